r"""Where a page may end: not in a short listing, but in a long table.

A listing of a few lines that is cut in two is two riddles; a long one shows more than
its first line before the page ends. A table of many rows leaves half a page empty when
it goes to the next one as a whole, so LaTeX may break it, where the widths of its
columns are given: for those it would have to look at all rows at once.
"""

from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from .parts import raw

WHOLE = 16
"""The longest listing, in lines, that no page's end may cut."""
FIRST = 5
"""How many lines of a longer one stand on the page where it begins."""
ROWS = 8
"""The most rows of a table that stays whole."""
OPENS = "\\handbookopen"
TITLE = 5
"""What such a title takes, in lines."""
BOXES = (nodes.Admonition, nodes.table)


class BreakPages(SphinxPostTransform):
    """Ask for the room of each listing, and let long tables be broken."""

    default_priority = 340
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Mark listings and tables."""
        for kind in (nodes.literal_block, nodes.doctest_block):
            for listing in list(self.document.findall(kind)):
                self.keep(listing)
        for table in self.document.findall(nodes.table):
            rows = len(list(table.findall(nodes.row)))
            if rows > ROWS and "colwidths-given" in table["classes"]:
                table["classes"].append("longtable")

    def keep(self, listing: nodes.Element) -> None:
        """Ask for the room of a *listing*, with its caption, before it."""
        outer = listing.parent
        captioned = isinstance(outer, nodes.container) and any(
            isinstance(child, nodes.caption) for child in outer.children
        )
        place = outer if captioned else listing
        if place.parent is None or boxed(place):
            return
        lines = len(listing.astext().splitlines())
        asked = lines if lines <= WHOLE else FIRST
        lines += 2 if captioned else 0
        index = place.parent.index(place)
        if index and OPENS in place.parent[index - 1].astext():
            # The title of a tab or a fold goes along.
            index, asked, lines = index - 1, asked + TITLE, lines + TITLE
        place.parent.insert(index, raw(rf"\handbooklines{{{asked}}}{{{lines}}}"))


def boxed(node: nodes.Node) -> bool:
    """Say whether *node* stands in a box, which LaTeX breaks by rules of its own."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, BOXES):
            return True
    return False
