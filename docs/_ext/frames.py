"""Frames for what may be wider than the page: listings, tables and diagrams.

A frame scrolls by itself, the page never does. So that the keyboard can scroll it, it
takes the focus and has a name; ``_static/frames.js`` takes the focus away where nothing
is to scroll. Each picture gets a button that opens it large, by the same script.
"""

import re
from html import escape, unescape
from typing import Any

from docutils import nodes
from lean import lean
from slim import slim
from sphinx.application import Sphinx

PHONE_COLUMNS = 36
"""How long a line of code may be before it scrolls on a phone of 360 CSS pixels."""

LANGUAGES = {
    "console": "terminal",
    "pycon": "Python session",
    "python": "Python",
    "yaml": "YAML",
    "json": "JSON",
    "text": "text",
    "default": "text",
}
"""The name of a language in the markup -> how a person calls it; others: as it is."""

LISTING = re.compile(
    r'(?:<div class="code-block-caption"><span class="caption-text">'
    r"(?P<caption>.*?)</span><a [^>]*>[^<]*</a></div>\s*)?"
    r'<div class="highlight-(?P<language>[\w+-]+)[^>]*><div class="highlight">'
    r"<pre>(?P<code>.*?)</pre>",
    re.DOTALL,
)
TABLE = re.compile(
    r'<div class="table-wrapper(?P<more>[^>]*)>\s*<table[^>]*>'
    r'(?:\s*<caption><span class="caption-text">(?P<caption>.*?)</span>)?',
    re.DOTALL,
)
PICTURE = re.compile(
    r'<svg[^>]*(?:id="diagram-|class="drawing).*?<title[^>]*>(?P<title>.*?)</title>'
    r".*?</svg>(?:</div>)?",
    re.DOTALL,
)
CODE = re.compile(r'<code class="docutils literal notranslate">([^<]*)</code>')
LONG_CODE = 18
"""How many letters of code in a sentence stay on one line; longer code may wrap."""
OPTION = re.compile(rf"(?<!\S)(?:-\S{{1,{LONG_CODE}}}|\. \S{{1,{LONG_CODE}}})(?!\S)")
"""In long code, what stays whole: ``--every`` and ``. FILE``, never ``--`` alone."""

# A link that shows its address: on paper it needs no second one.
SHOWN = re.compile(r'<a class="reference external" href="([^"]+)">(?=\1</a>)')
BUTTON = (
    '<button class="enlarge" type="button" aria-label="Enlarge: {}">Enlarge</button>'
)


def words(html: str) -> str:
    """Return the text of *html*, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def frame(name: str) -> str:
    """Return the attributes of a frame called *name*."""
    return f' tabindex="0" role="group" aria-label="{escape(name)}"'


def listing(found: re.Match[str]) -> str:
    """Frame a listing with a line that a phone cannot show; drop empty marks."""
    code = re.sub(r'<span class="w">(\s*)</span>', r"\1", found["code"])
    code = re.sub(r"^<span></span>(?!\n)", "", code)
    head = found[0][: found.start("code") - found.start()]
    lines = unescape(re.sub(r"<[^>]*>", "", code)).splitlines()
    if max(map(len, lines), default=0) > PHONE_COLUMNS:
        language = LANGUAGES.get(found["language"], found["language"])
        name = words(found["caption"] or language)
        head = f"{head.removesuffix('<pre>')}<pre{frame(f'Listing: {name}')}>"
    return f"{head}{code}</pre>"


def table(found: re.Match[str]) -> str:
    """Frame a table, named by its caption; Furo gives both the same id."""
    name = words(found["caption"] or "")
    attributes = re.sub(r' id="[^"]*"', "", found["more"])
    attributes += frame(f"Table: {name}" if name else "Table")
    return found[0].replace(found["more"], attributes, 1)


def picture(found: re.Match[str]) -> str:
    """Make a picture small, and add the button that opens it."""
    return slim(found[0]) + BUTTON.format(escape(words(found["title"])))


def code(found: re.Match[str]) -> str:
    """Mark code that is too long to stay on one line; a name with a hyphen is not."""
    if len(unescape(found[1])) <= LONG_CODE:
        return f'<code class="literal notranslate">{found[1]}</code>'
    words = OPTION.sub(lambda option: f"<span>{option[0]}</span>", found[1])
    return f'<code class="literal long notranslate">{words}</code>'


def framed(html: str) -> str:
    """Return the HTML of a page with frames around what may be wide."""
    html = lean(html)
    html = CODE.sub(code, html)
    html = SHOWN.sub(r'<a class="reference external shown" href="\1">', html)
    return PICTURE.sub(picture, TABLE.sub(table, LISTING.sub(listing, html)))


def frame_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Frame the parts of a page of the site; an e-reader has pages, and no script."""
    if app.builder.name != "epub" and "body" in context:
        context["body"] = framed(context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Work on each page before it is put into its template."""
    app.connect("html-page-context", frame_page, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
