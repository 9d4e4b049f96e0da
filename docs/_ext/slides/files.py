"""What a page of the deck loads, from the site alone, and the presenter's page.

sphinx-revealjs brings 5.8 MB, of which the deck needs a script, a sheet and their
license. Its presenter's view is a page that a script writes into a window, with scripts
and frames inside: a site with a policy against those shows it empty. So the deck has
one of its own, ``presenter.html``, which gets the slides by messages.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from code_styles import Dark, Light
from docutils import nodes
from palette import properties
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.util.fileutil import copy_asset_file
from sphinx_revealjs.utils import get_internal_static_path, get_revealjs_path

REVEAL = {"dist/reveal.js": "reveal.js", "dist/reveal.css": "reveal.css"}
LICENSE = "reveal.LICENSE"
MARK = Path(__file__).parents[3] / "images" / "mark.svg"


def scheme(number: int, style: type) -> str:
    """Return the colors of a scheme, 0 light or 1 dark, of slides and of listings."""
    names = "".join(f"--{name}:{value};" for name, value in properties(number).items())
    code = HtmlFormatter(style=style).get_style_defs(".highlight")
    return f":root{{{names}}}\n{code}\n"


def leave_out(app: Sphinx) -> None:
    """Keep the files of sphinx-revealjs out of the deck."""
    unwanted = str(get_internal_static_path())
    paths = app.config.html_static_path
    app.config.html_static_path = [path for path in paths if path != unwanted]


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the colors, a sheet for each scheme, and of reveal.js what is needed."""
    if exception is not None or app.builder.name != "revealjs":
        return
    static = Path(app.outdir, "_static")
    (static / "light.css").write_text(scheme(0, Light), encoding="utf-8")
    (static / "dark.css").write_text(scheme(1, Dark), encoding="utf-8")
    for source, name in REVEAL.items():
        copy_asset_file(get_revealjs_path() / source, static / name)
    copy_asset_file(get_revealjs_path() / "LICENSE", static / LICENSE)
    copy_asset_file(MARK, static)


def presenter(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Add the page of the presenter's view."""
    yield "presenter", {}, "presenter.html"


def add_facts(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the template the page's title: the writer leaves it out."""
    if title := app.env.titles.get(pagename):
        context["title"] = title.astext()
