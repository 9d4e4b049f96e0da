"""What machines read of the site: the site map, robots.txt, llms.txt, the social card.

The lists name pages by their full addresses, which begin with ``html_baseurl``. The
packages that make such lists write them in the order in which the pages happen to be
done, or from the sources; these come out the same each time.
"""

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from page_facts import changes, parts
from sphinx.application import Sphinx
from sphinx.util.fileutil import copy_asset_file

CARD = Path(__file__).parents[2] / "images" / "social-card.png"


def address(app: Sphinx, page: str) -> str:
    """Return the full address of *page*."""
    return f"{app.config.html_baseurl.rstrip('/')}/{app.builder.get_target_uri(page)}"


def sitemap(app: Sphinx, pages: list[str]) -> str:
    """Return the list of all pages, with the day of their last change if known."""
    days = changes(Path(app.srcdir))
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines += ['<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for page in pages:
        day = days.get(page)
        changed = f"<lastmod>{day}</lastmod>" if day else ""
        lines.append(f"<url><loc>{escape(address(app, page))}</loc>{changed}</url>")
    return "\n".join([*lines, "</urlset>", ""])


def robots(app: Sphinx) -> str:
    """Return the invitation to read everything."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {address(app, 'sitemap')[:-5]}.xml\n"


def llms(app: Sphinx, pages: list[str]) -> str:
    """Return what the site holds, for programs that read for people: llmstxt.org."""
    of = parts(app.env)
    about = {page: app.env.metadata[page]["summary"] for page in pages}
    root = app.config.root_doc
    lines = [f"# {app.config.project}", "", f"> {about[root]}"]
    shown = None
    for page in of:
        if of[page] != shown:
            shown = of[page]
            lines += ["", f"## {shown}", ""]
        title = app.env.titles[page].astext()
        lines.append(f"- [{title}]({address(app, page)}): {about[page]}")
    return "\n".join([*lines, ""])


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the files beside the pages."""
    if exception is not None or app.builder.name != "html":
        return
    pages = sorted(app.env.found_docs)
    folder = Path(app.outdir)
    (folder / "sitemap.xml").write_text(sitemap(app, pages), encoding="utf-8")
    (folder / "robots.txt").write_text(robots(app), encoding="utf-8")
    (folder / "llms.txt").write_text(llms(app, pages), encoding="utf-8")
    copy_asset_file(CARD, folder / "_static")


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the files at the end of a build."""
    app.connect("build-finished", write_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
