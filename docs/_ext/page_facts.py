"""What is known of a page: its part, the time it takes, its last change, its aims.

The templates show them: docs/_templates/partials/. Other extensions read them too: the
search, the site's lists and the description that search engines and messengers show.
"""

import datetime
import re
import subprocess
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from docutils import nodes
from exercises.write import answer
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

WORDS_PER_MINUTE = 200
SUMMARY_LENGTH = 160
# What is looked at, not read word by word; and answers, which are folded.
NOT_READ = (
    nodes.literal_block,
    nodes.doctest_block,
    nodes.raw,
    nodes.Invisible,
    answer,
)


def parts(env: BuildEnvironment) -> dict[str, str]:
    """Return the caption under which each page stands in the menu."""
    trees = env.get_doctree(env.config.root_doc).findall(addnodes.toctree)
    return {
        page: tree["caption"] or "" for tree in trees for page in tree["includefiles"]
    }


def texts(node: nodes.Node) -> Iterator[str]:
    """Yield the pieces of running text below *node*, without citations."""
    if isinstance(node, nodes.Text):
        yield node.astext()
    elif isinstance(node, NOT_READ) or is_citation(node):
        return
    else:
        for child in node.children:
            yield from texts(child)


def is_citation(node: nodes.Node) -> bool:
    """Say whether *node* names a source, before it is resolved."""
    return isinstance(node, addnodes.pending_xref) and node["refdomain"] == "cite"


def plain(node: nodes.Node) -> str:
    """Return the words of *node* on one line, without citations."""
    words = " ".join("".join(texts(node)).split())
    return re.sub(r" (?=[.,;:?!])", "", words)


def minutes(doctree: nodes.document) -> int:
    """Return how many minutes a page takes, listings and answers left out."""
    count = len(" ".join(texts(doctree)).split())
    return max(1, round(count / WORDS_PER_MINUTE))


def summary(doctree: nodes.document) -> str:
    """Return in two lines what a page gives: its aims, or else its first sentences."""
    for box in doctree.findall(nodes.admonition):
        if box.first_child_matching_class(nodes.bullet_list) is not None:
            title, *items = plain(box[0]), *map(plain, box.findall(nodes.list_item))
            return shortened(f"{title} {' '.join(items)}", r"(?<=[;.]) ")
    for paragraph in doctree.findall(nodes.paragraph):
        words = plain(paragraph)
        if isinstance(paragraph.parent, nodes.section) and words[:8] != "You need":
            return shortened(words, r"(?<=[.?!]) ")
    return ""


def shortened(words: str, end: str) -> str:
    """Return the first parts of *words* that fit; *end* matches where a part ends."""
    kept = ""
    for part in re.split(end, words):
        if kept and len(kept) + len(part) >= SUMMARY_LENGTH:
            break
        kept = f"{kept} {part}".strip()
    if len(kept) > SUMMARY_LENGTH:
        kept = kept[: SUMMARY_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return kept[:-1] + "." if kept.endswith(";") else kept


def learn_facts(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what only a page's text can say with the page's metadata."""
    facts: dict[str, Any] = app.env.metadata[app.env.current_document.docname]
    facts["minutes"] = minutes(doctree)
    facts["summary"] = summary(doctree)


@cache
def changes(folder: Path) -> dict[str, str]:
    """Return the day on which each page below *folder* last changed: 2026-11-26.

    One call of git says so for all of them. Without git, or outside a clone, nothing is
    known. Neither is it of a page that is older than a shallow clone reaches back.
    """
    marker = "\x01"
    command = ["git", "log", "--no-renames", f"--format={marker}%as %d", "--name-only"]
    command += ["--decorate", "--relative", "--", "*.md"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    days: dict[str, str] = {}
    for commit in done.stdout.split(marker)[1:] if done.returncode == 0 else []:
        head, *names = commit.split("\n")
        day = "" if "grafted" in head else head[:10]
        for name in filter(None, names):
            days.setdefault(name.removesuffix(".md"), day)
    return days


def add_facts(
    known: dict[str, str],
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the templates what is known of the page; *known* are the parts."""
    if doctree is None or app.builder.name != "html":
        return
    context["part"] = known.get(pagename, "")
    context |= {name: context["meta"][name] for name in ("minutes", "summary")}
    if day := changes(Path(app.srcdir)).get(pagename):
        date = datetime.date.fromisoformat(day)
        context["last_updated"] = f"{date:%B} {date.day}, {date.year}"


def setup(app: Sphinx) -> dict[str, Any]:
    """Learn the parts once all pages are read, and add the facts to each page."""
    known: dict[str, str] = {}

    def learn(app: Sphinx, env: BuildEnvironment) -> None:
        if app.builder.name == "html":
            known.update(parts(env))
            changes(Path(app.srcdir))  # once, before the work is shared out

    app.connect("doctree-read", learn_facts)
    app.connect("env-updated", learn)
    app.connect("html-page-context", partial(add_facts, known))
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
