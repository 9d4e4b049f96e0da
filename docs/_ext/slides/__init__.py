"""The talk's deck, in two cuts from one source, with notes and a presenter's page.

* ``read.py``: what is known of a slide from its source;
* ``show.py``: the blocks of the source, and what they become;
* ``files.py``: what the pages load, and the presenter's page.

Scripts, the sheet and the templates are beside the source, in docs/talk/deck/.
"""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from . import files, show


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the blocks and what the deck's pages load."""
    app.setup_extension("sphinx_revealjs")
    app.add_directive("slide", show.SlideBlock)
    app.add_directive("notes", show.NotesBlock)
    app.add_directive("cut", show.CutBlock)
    app.add_directive("drawing", show.Drawing)
    app.add_directive("sources", show.Sources)
    app.add_node(show.slide, html=(show.visit_slide, show.depart_slide))
    app.add_node(show.slide_title, html=(show.visit_title, show.depart_title))
    app.add_node(show.notes, html=(show.visit_notes, show.depart_notes))
    app.set_translator("revealjs", show.DeckTranslator)
    app.connect("builder-inited", files.leave_out)
    app.connect("html-collect-pages", files.presenter)
    app.connect("html-page-context", files.add_facts)
    app.connect("build-finished", files.write_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
