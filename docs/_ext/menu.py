"""The menu beside each page, made once for each folder instead of once for each page.

Sphinx resolves the whole table of contents anew for every page, and Furo parses it
anew, only to mark the entry that is open. With ten times the pages, that took more
than half of a build. Here all pages of a folder share one menu, in which nothing is
marked; then the entry of the page itself is.
"""

import re
from functools import partial
from html import escape
from itertools import count
from posixpath import dirname, join
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment.adapters.toctree import global_toctree_for_doc

CAPTION = re.compile(r'<p class="caption" role="heading">(.*?)</p>\s*<ul', re.DOTALL)
# How Sphinx and Furo write an entry that has none below it, and the one that is open.
ENTRY = '<li class="toctree-l1"><a class="reference internal" href="{}">'
OPEN = (
    '<li class="toctree-l1 current current-page">'
    '<a aria-current="page" class="current reference internal" href="#">'
)


def menu_of_folder(app: Sphinx, menus: dict[str, str], folder: str, **how: Any) -> str:
    """Return the menu for pages in *folder*, from *menus* if it stands there.

    *how* is what a theme passes to Sphinx's ``toctree``: see "Helper functions" in
    https://www.sphinx-doc.org/en/master/development/html_themes/templating.html
    """
    if folder not in menus:
        assert isinstance(app.builder, StandaloneHTMLBuilder)
        # No page has this name, so no entry is marked; links start from its folder.
        nobody = join(folder, "_")
        env, tags = app.builder.env, app.builder.tags
        tree = global_toctree_for_doc(env, nobody, app.builder, tags=tags, **how)
        menu = app.builder.render_partial(tree)["fragment"]
        menus[folder] = named(menu)
    return menus[folder]


def named(menu: str) -> str:
    """Return the menu whose captions name its lists.

    Sphinx calls a caption a heading, of no level, before the page's first heading.
    """
    numbers = count(1)
    return CAPTION.sub(
        lambda found: (
            f'<p class="caption" id="menu-{(number := next(numbers))}">'
            f'{found[1]}</p>\n<ul aria-labelledby="menu-{number}"'
        ),
        menu,
    )


def share_menu(
    menus: dict[str, str],
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give Furo the menu of the page's folder; it keeps what it made of it."""
    if pagename == getattr(app.config, "notfound_pagename", None):
        return  # its links are made by an extension of their own
    context["toctree"] = partial(menu_of_folder, app, menus, dirname(pagename))


def mark_open(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Mark the entry of the page in the menu that Furo made."""
    if "furo_navigation_tree" not in context:
        return  # an EPUB, which has another theme and no menu
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    nobody = join(dirname(pagename), "_")
    link = escape(app.builder.get_relative_uri(nobody, pagename))
    tree = context["furo_navigation_tree"]
    if pagename == getattr(app.config, "notfound_pagename", None):
        tree = named(tree)
    context["furo_navigation_tree"] = tree.replace(ENTRY.format(link), OPEN, 1)


def setup(app: Sphinx) -> dict[str, Any]:
    """Stand around Furo's own handler, which has the usual priority of 500."""
    app.connect("html-page-context", partial(share_menu, {}), priority=490)
    app.connect("html-page-context", mark_open, priority=510)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
