"""What a page says about itself: its part, the time it takes, its last change, a summary.

The templates show them: docs/_templates/partials/. Other extensions read them too: the
search, the site's lists and the description that search engines and messengers show.
"""

import re
import subprocess
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

WORDS_PER_MINUTE = 200
SUMMARY_LENGTH = 160
# What is looked at, not read word by word.
NOT_READ = (nodes.literal_block, nodes.doctest_block, nodes.raw, nodes.Invisible)


def parts(env: BuildEnvironment) -> dict[str, str]:
    """Return the caption under which each page stands in the menu."""
    trees = env.get_doctree(env.config.root_doc).findall(addnodes.toctree)
    return {
        page: tree["caption"] or "" for tree in trees for page in tree["includefiles"]
    }


def texts(node: nodes.Node) -> Iterator[str]:
    """Yield the pieces of running text below *node*."""
    if isinstance(node, nodes.Text):
        yield node.astext()
    elif not isinstance(node, NOT_READ):
        for child in node.children:
            yield from texts(child)


def minutes(doctree: nodes.document) -> int:
    """Return how many minutes the text of a page takes, listings left out."""
    count = len(" ".join(texts(doctree)).split())
    return max(1, round(count / WORDS_PER_MINUTE))


def summary(doctree: nodes.document) -> str:
    """Return the first sentences of a page, as many as fit into a search result."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            words = " ".join(paragraph.astext().split())
            words = re.sub(r"\s*\[[a-z][\w-]*\d{4}\w*\]", "", words)  # citations
            return shortened(words)
    return ""


def shortened(words: str) -> str:
    """Return *words* cut after a sentence, or after a word where one is too long."""
    kept = ""
    for sentence in re.split(r"(?<=[.?!]) ", words):
        if kept and len(kept) + len(sentence) >= SUMMARY_LENGTH:
            break
        kept = f"{kept} {sentence}".strip()
    if len(kept) <= SUMMARY_LENGTH:
        return kept
    return kept[: SUMMARY_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


@cache
def changes(folder: Path) -> dict[str, str]:
    """Return the day on which each page below *folder* last changed, such as 2026-11-26.

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
    if doctree is None:
        return
    context["part"] = known.get(pagename, "")
    context["minutes"] = minutes(doctree)
    context["summary"] = summary(doctree)
    context["last_updated"] = changes(Path(app.srcdir)).get(pagename, "")


def setup(app: Sphinx) -> dict[str, Any]:
    """Learn the parts once all pages are read, and add the facts to each page."""
    known: dict[str, str] = {}

    def learn(app: Sphinx, env: BuildEnvironment) -> None:
        if app.builder.name == "html":
            known.update(parts(env))
            changes(Path(app.srcdir))  # once, before the work is shared out

    app.connect("env-updated", learn)
    app.connect("html-page-context", partial(add_facts, known))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
