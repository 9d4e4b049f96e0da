r"""The printed book: what the PDF has and no other form of the handbook needs.

The look of it is TeX, in ``docs/_latex/handbook.sty``. This package makes what that
styles, out of the same pages:

* ``parts.py``: the parts, from the captions of the menu, the preface, the appendix;
* ``breaks.py``: where a page may end;
* ``ends.py``: how a chapter ends, and what the contents leave out;
* ``figures.py``: a number and a caption for each diagram;
* ``entries.py``: the entries of the index;
* ``pages.py``: the page that a cross-reference leads to;
* ``files.py``: what LaTeX needs beside the text.
"""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from . import breaks, ends, entries, figures, files, pages, parts


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add all of it."""
    app.add_node(parts.part)
    app.connect("doctree-read", parts.mark)
    app.add_post_transform(parts.MakeParts)
    app.add_post_transform(ends.QuietEnds)
    app.add_post_transform(figures.NumberDiagrams)
    app.add_post_transform(entries.IndexTerms)
    app.add_post_transform(breaks.BreakPages)
    app.set_translator("latex", pages.BookTranslator)
    app.connect("build-finished", files.write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
