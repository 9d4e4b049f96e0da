"""The icons that ``html_favicon`` cannot name, as it takes one file.

That one is the SVG. Safari takes a PNG for the home screen of a phone, and old
browsers want an ICO file; images/draw.py draws both.
"""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.fileutil import copy_asset_file

IMAGES = Path(__file__).parents[2] / "images"
ICONS = {
    "favicon.ico": 'rel="icon" sizes="48x48"',
    "apple-touch-icon.png": 'rel="apple-touch-icon"',
}


def link(
    app: Sphinx, page: str, template: str, context: dict[str, Any], *_: Any
) -> None:
    """Add the icons to the head of a page."""
    links = [
        f'<link {kind} href="{context["pathto"](f"_static/{name}", 1)}">\n'
        for name, kind in ICONS.items()
    ]
    context["metatags"] = context.get("metatags", "") + "".join(links)


def copy(app: Sphinx, error: Exception | None) -> None:
    """Put the icons beside the pages."""
    for name in ICONS if error is None else ():
        copy_asset_file(IMAGES / name, Path(app.outdir, "_static"))


def connect(app: Sphinx) -> None:
    """Do both for the site, and for no other form of the handbook."""
    if app.builder.name in ("html", "dirhtml"):
        app.connect("html-page-context", link)
        app.connect("build-finished", copy)


def setup(app: Sphinx) -> dict[str, Any]:
    """Wait until it is known what is built."""
    app.connect("builder-inited", connect)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
