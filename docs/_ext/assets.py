"""What a page loads: one sheet, without what no page uses, and scripts.

Furo, sphinx-design and Pygments bring four style sheets for everything that anybody may
write, 22 KB compressed; two thirds of their rules are for parts that the handbook does
not have. Here they become one file, ``theme.css``, without the rules that ``UNUSED``
names. Where a page begins to use one of those, a test says so; then take it from there.
Our own sheets that every page loads (``OURS``) are in it too: together they compress
better than one by one, and a browser asks once.

A script is loaded only where the page has what it works on, see ``NEEDED_FOR``.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import furo  # type: ignore[import-untyped]
import sphinx_design
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder

SHEET = "theme.css"

REPLACED = {
    "_static/pygments.css",
    "_static/styles/furo.css",
    "_static/sphinx-design.min.css",
    "_static/styles/furo-extensions.css",
    "_static/diagrams.css",
}
"""The sheets that theme.css stands for, as far as somebody adds them to a page."""

OURS = ("diagrams", "shell", "frames", "handbook", "find", "print")
"""Our own sheets in theme.css, in their order; print.css is for paper alone."""

UNUSED = re.compile(
    # sphinx-design: buttons, badges, steps, colors, and most of its grids and spaces.
    r"sd-(?:btn|bg|outline|text|border|badge|steps?|avatar|aside|accordion|animate|cards"
    r"|material|fs|align|rounded|flex|clear|fade|font-(?!weight-bold$)|gx|gy|g-[0-24-5]$"
    r"|g-(?:xs|sm|md|lg)-[0-24-5]$|m[xytrl]?-|mb-[0-25]$|p[xytrbl]?-|h-|w-(?!100$)"
    r"|d-(?!flex-row$)|shadow-(?!sm$)|card-(?:img|subtitle|cols|footer|link|header-)|container(?!-fluid)|g-xl"
    r"|tab-set-vertical|summary-(?:chevron-down|icon)"
    r"|row-cols-(?:xs-|sm-|md-|lg-)?(?:auto|[03-9]|1[0-2])$"
    r"|row-cols-xl|col-(?:auto|x?[slm][gmls]?|\d))"
    # Furo: parts of other books, and of Read the Docs before its addons.
    r"|field-list|option-list|footnote|sig|sidebar$|topic|contents$|local$|guilabel$"
    r"|admonition-todo|versionadded|versionchanged|versionremoved|deprecated$"
    r"|announcement|back-to-top|show-back-to-top|sidebar-toggle|overlay$|[nt]\w+-overlay$"
    r"|sidebar-overlay|toctree-checkbox|has-children|only-(?:light|dark)|scrolled"
    r"|attention|caution|seealso|highlight-link|shadow|lowerroman|upper(?:alpha|roman)"
    r"|text-(?:align|center|left|right)$|align-(?:left|right|center)$|attribution"
    r"|math|domainindex|line-block|pull-quote|epigraph|highlights$|viewcode|property$"
    r"|classifier|centered$|this-will-duplicate|view-this-page|toc-backref|right-details"
    r"|furo-readthedocs-versions|furo-sidebar-ad-placement|rst-|copybtn|sphinx-bs"
    r"|theme-icon-when|highlighttable|linenodiv|hll$|menuselection|problematic$"
    # Furo: the boxes by which it opens its drawers; ours are popovers, see shell.html.
    r"|__(?:navigation|toc)$"
    # Pygments: kinds of words that none of our listings has.
    r"|(?:cs|err|gu|ges?|gs|cpf|ch|cp|gh|gd|gi|pm|mb|mh|ss|fm|vc|vg|vi|il|esc"
    r"|cm|k[dprt]|ld|n[ilx]|s[bcrx])$"
)
"""Begins of names of classes and ids; a rule that needs one of them is left out."""

ELSEWHERE = re.compile(
    # Titles of boxes: handbook.css shows no icon, and gives them no ground.
    r"\.admonition-title::?before$|\.[\w-]+>\.admonition-title$"
    # Labels of the boxes that open Furo's drawers, and an element that no page has.
    r"|^\.(?:sidebar-tree|mobile-header)\b.* label\b|^kbd\b"
)
"""Selectors whose rules our own sheets or pages have no use for."""

NEEDED_FOR: dict[str, tuple[str, ...]] = {
    "_static/documentation_options.js": (),
    "_static/doctools.js": (),
    "_static/sphinx_highlight.js": (),
    "_static/scripts/furo.js": (),
    "_static/design-tabs.js": ("sd-tab-set",),
    "_static/copy.js": ('class="highlight"',),
    "_static/frames.js": ('tabindex="0"', 'class="enlarge"'),
    "_static/print.js": ("<details",),
}
"""Script -> what a page loads it for, if its HTML has any of that; (): no page does."""


REMARK = re.compile(
    r"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)(?:\n|\Z)", re.MULTILINE
)
"""Whole lines of a sheet or a script that are for its maintainers."""


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield each block of a sheet: what stands before its braces, and within them."""
    start = 0
    while (opened := css.find("{", start)) >= 0:
        depth, end = 1, opened + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[start:opened].rpartition(";")[2].strip(), css[opened + 1 : end - 1]
        start = end


def used(selector: str) -> bool:
    """Say whether a page can have what *selector* names."""
    asked = re.sub(r":not\([^)]*\)", "", selector)
    names = re.findall(r"[.#]([A-Za-z_][\w-]*)", asked)
    return not ELSEWHERE.search(asked) and not any(map(UNUSED.match, names))


def pruned(css: str) -> str:
    """Return a sheet without comments and without the rules that no page uses."""
    kept = []
    for head, body in blocks(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if head.startswith(("@media", "@supports")):
            body = pruned(body)
        elif not head.startswith("@"):
            selectors = re.split(r",(?![^(]*\))", head)
            head = ",".join(name.strip() for name in selectors if used(name))
        if head and body.strip():
            kept.append(f"{head}{{{body.strip()}}}")
    return "".join(kept)


def tight(css: str) -> str:
    """Return a sheet of ours without remarks, and without space that says nothing."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s*\n\s*", "\n", css.strip())
    css = re.sub(r"(?<=[{};,])\n|\n(?=\})|;\n?(?=\})", "", css)
    return re.sub(r"(?<=[\w-]): |\s(?=\{)", lambda found: found[0].strip(), css)


def without_idle(css: str) -> str:
    """Return a sheet without animations that no rule starts."""
    for found in re.findall(r"@keyframes ([\w-]+)\{(?:[^{}]*\{[^{}]*\})*\}", css):
        if not re.search(rf"animation[^;}}]*\b{found}\b", css):
            css = re.sub(
                rf"@keyframes {found}\{{(?:[^{{}}]*\{{[^{{}}]*\}})*\}}", "", css
            )
    return css


VALUE = r"""(?:[^;{}'"]|'[^']*'|"[^"]*")*(?:;|(?=\}))"""
"""The value of a property, which may be a picture in quotes, to the end."""


def without_idle_properties(css: str, elsewhere: str) -> str:
    """Return a sheet without properties that neither it nor *elsewhere* reads."""
    asked = set(re.findall(r"var\((--[\w-]+)", css + elsewhere))
    kept = re.sub(
        rf"(?<=[{{;])(--[\w-]+):{VALUE}",
        lambda found: found[0] if found[1] in asked else "",
        css,
    )
    return kept if kept == css else without_idle_properties(kept, elsewhere)


def without_replaced(css: str, ours: str) -> str:
    """Return a sheet without the properties that our own sheet sets for every page.

    Ours, in its first rule, weighs more than any rule of the theme.
    """
    _, body = next(blocks(re.sub(r"/\*.*?\*/", "", ours, flags=re.DOTALL)))
    names = "|".join(re.findall(r"(--[\w-]+):", body))
    return re.sub(rf"(?<=[{{;])(?:{names}):{VALUE}", "", css)


def texts(folder: Path) -> str:
    """Return all that our own sheets, scripts, templates and extensions say."""
    places = ("_static", "_templates", "_ext")
    files = [f for place in places for f in sorted((folder / place).rglob("*.*"))]
    kinds = {".css", ".js", ".html", ".py"}
    return "".join(f.read_text("utf-8") for f in files if f.suffix in kinds)


def strip_remarks(app: Sphinx, exception: Exception | None) -> None:
    """Take the lines that are remarks out of the sheets and scripts of the site.

    They are a fifth of what a reader would load. The hash in an address is that of the
    file with its remarks, and stands for the one without them as well.
    """
    if exception or app.builder.format != "html" or app.builder.name == "epub":
        return
    for file in sorted(Path(app.outdir, "_static").glob("*.*")):
        if file.suffix in {".js", ".css"}:
            text = file.read_text("utf-8")
            if (stripped := REMARK.sub("", text)) != text:
                file.write_text(stripped, encoding="utf-8")


def write_sheet(app: Sphinx, builder: Builder) -> None:
    """Write theme.css before the pages, which carry a hash of it."""
    if builder.format != "html" or builder.name == "epub":
        return
    theme, design = furo.THEME_PATH / "static", Path(sphinx_design.__file__).parent
    sheets = [
        furo.get_pygments_stylesheet(),
        (theme / "styles/furo.css").read_text("utf-8"),
        (design / "static/sphinx-design.min.css").read_text("utf-8"),
        (theme / "styles/furo-extensions.css").read_text("utf-8"),
    ]
    place = Path(builder.outdir, "_static")
    place.mkdir(parents=True, exist_ok=True)
    css = without_idle("".join(pruned(sheet) for sheet in sheets))
    static = Path(app.srcdir, "_static")
    ours = {name: (static / f"{name}.css").read_text("utf-8") for name in OURS}
    css = without_replaced(css, ours["handbook"])
    css = without_idle_properties(css, texts(Path(app.srcdir)))
    for name, sheet in ours.items():
        css += f"@media print{{{tight(sheet)}}}" if name == "print" else tight(sheet)
    (place / SHEET).write_text(css, encoding="utf-8")


def choose(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Leave out the sheets that theme.css replaces, and scripts without work here."""
    if app.builder.name == "epub":
        return
    body = context.get("body", "")
    css_files = context["css_files"]
    context["css_files"] = [
        file for file in css_files if str(file.filename) not in REPLACED
    ]
    context["script_files"] = [
        file for file in context["script_files"] if needed(str(file.filename), body)
    ]


def needed(script: str, body: str) -> bool:
    """Say whether a page with the HTML *body* needs *script*."""
    return script not in NEEDED_FOR or any(mark in body for mark in NEEDED_FOR[script])


def add_files(app: Sphinx) -> None:
    """Add the sheet and our scripts to the site; an e-reader has no use for them."""
    if app.builder.format != "html" or app.builder.name == "epub":
        return
    app.add_css_file(SHEET, priority=100)
    app.add_js_file("page.js", loading_method="defer")
    app.add_js_file("copy.js", loading_method="defer")
    app.add_js_file("frames.js", loading_method="defer")
    app.add_js_file("print.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what a page loads; others may add files, which pass untouched."""
    app.connect("builder-inited", add_files)
    app.connect("write-started", write_sheet)
    app.connect("html-page-context", choose, priority=900)
    app.connect("build-finished", strip_remarks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
