"""Links to the talk's deck, which another build puts beside the pages.

``{deck}`the long cut <long.html>``` leads to ``talk/deck/long.html``. On the site that
is a relative address, so that it works from a disk, too; in the PDF and the EPUB it is
the site's. The link check leaves it alone: the site may not be published yet.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import ReferenceRole

FOLDER = "talk/deck/"
"""Where the deck is, from the site's first page."""


class deck_link(nodes.General, nodes.TextElement):
    """A link to the deck, before it is known what is built."""


class DeckRole(ReferenceRole):
    """``{deck}`words <page>```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link."""
        return [deck_link("", self.title, page=self.target)], []


class ResolveDeckLinks(SphinxPostTransform):
    """Make a link of each, as the output needs it."""

    default_priority = 100

    def run(self, **kwargs: Any) -> None:
        """Replace the links of one page."""
        for link in list(self.document.findall(deck_link)):
            link.replace_self(self.resolved(link["page"], link.astext()))

    def resolved(self, page: str, words: str) -> nodes.Node:
        """Return the link to *page* of the deck, or its *words* where none can be."""
        builder = self.app.builder
        if builder.name == "linkcheck":
            return nodes.Text(words)
        on_site = builder.format == "html" and builder.name != "epub"
        if on_site:
            up = "../" * self.env.current_document.docname.count("/")
            address = f"{up}{FOLDER}{page}"
        else:
            address = f"{self.config.html_baseurl.rstrip('/')}/{FOLDER}{page}"
        return nodes.reference("", words, refuri=address, internal=on_site)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the role."""
    app.add_node(deck_link)
    app.add_role("deck", DeckRole())
    app.add_post_transform(ResolveDeckLinks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
