"""The index of the site's own search, made by Pagefind from what the pages say.

Pagefind wants a site to read. It gets a plain copy of each page's text instead of the
page: without menus, drawings, solutions and what to read next, with the names of
places on the headings, where Pagefind looks for them, and with the page's synonyms
(``search`` in its front matter). The copies stand beside Sphinx's own notes of a page,
so a later build writes those alone that changed. A page with ``nosearch`` in its front
matter is left out, as Sphinx leaves it out of its own index.

Where Pagefind has no program for a machine, the build says so in one line, and the
search page uses Sphinx's index, as it does on pages opened from a disk.
"""

import re
import shutil
import subprocess
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

COPIES = "search"
# Not .html: they are no pages. The script of the search page knows it, too.
COPY = ".page"
INDEX = "pagefind"
# What Pagefind adds for its own search boxes, which are not used.
UNUSED = ("pagefind-*ui.*", "pagefind-highlight.js", "wasm.unknown.pagefind")

DROPPED = re.compile(
    r"<svg\b.*?</svg>"
    r'|<a class="headerlink".*?</a>'
    r'|\s*<span class="bibtex-citation".*?\]</span>'
    r'|<details class="exercise-answer">.*?</details>'
    r'|<section id="next">.*?</section>',
    re.DOTALL,
)
HEADING = re.compile(
    r'<section id="([^"]+)">\s*((?:<span id="[^"]*"></span>\s*)*)<h(\d)'
)
TERM = re.compile(r'<dt id="([^"]+)">(.*?)</dt>', re.DOTALL)
# A word of a listing says less of a page than one of its text.
LISTING = '<div data-pagefind-weight="0.2" class="highlight-'


def copy_of(title: str, part: str, synonyms: str, body: str) -> str:
    """Return what Pagefind reads of a page, from the page's HTML *body*."""
    text = DROPPED.sub("", body)
    text = HEADING.sub(r'<section>\2<h\3 id="\1"', text)
    text = TERM.sub(r'<h3 data-pagefind-weight="2" id="\1">\2</h3>', text)
    text = text.replace('<div class="highlight-', LISTING)
    text = text.replace('<div class="citation"', '<div data-pagefind-weight="0.1"')
    told = f'data-part="{escape(part)}" data-synonyms="{escape(synonyms)}"'
    meta = 'data-pagefind-meta="part[data-part], synonyms[data-synonyms]"'
    return (
        f'<!doctype html><html lang="en"><title>{title}</title>'
        f"<body><main {told} {meta}>{text}</main></body></html>"
    )


def write_copy(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Write the copy of one page that was made from a source."""
    if app.builder.name != "html" or doctree is None:
        return
    copy = Path(app.doctreedir) / COPIES / f"{pagename}{COPY}"
    meta = context["meta"] or {}
    if "nosearch" in meta:
        copy.unlink(missing_ok=True)
        return
    text = copy_of(
        context["title"],
        context.get("part", ""),
        meta.get("search", ""),
        context["body"],
    )
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text, encoding="utf-8")


def make_index(app: Sphinx, exception: Exception | None) -> None:
    """Let Pagefind read the copies; put its index beside the pages."""
    if exception is not None or app.builder.name != "html":
        return
    copies = Path(app.doctreedir) / COPIES
    for copy in copies.rglob(f"*{COPY}"):
        page = copy.relative_to(copies).with_suffix("").as_posix()
        if page not in app.env.found_docs:
            copy.unlink()
    target = Path(app.outdir) / INDEX
    shutil.rmtree(target, ignore_errors=True)
    program = pagefind()
    if program is None:
        logger.info("no Pagefind for this machine: the site searches as Sphinx does")
        return
    command = [program, "--site", str(copies), "--output-path", str(target)]
    command += ["--glob", f"**/*{COPY}", "--keep-index-url", "--silent"]
    # With its output taken, its end is noticed at once, not at the next look.
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    for pattern in UNUSED:
        for file in target.glob(pattern):
            file.unlink()


def pagefind() -> str | None:
    """Return the path of Pagefind's program, or None where there is none."""
    try:
        from pagefind.service import get_executable

        program = get_executable()
    except (ImportError, FileNotFoundError):
        return None
    return str(program) if program and program.is_file() else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Copy what each page says, and make the index at the end."""
    # After the facts of a page are known, see page_facts.py.
    app.connect("html-page-context", write_copy, priority=600)
    app.connect("build-finished", make_index)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
