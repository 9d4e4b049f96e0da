r"""Cross-references that say the page, for those who read on paper.

Sphinx would say it after every link (``latex_show_pagerefs``), in headings too, and
where the place is on the same page. So ours writes ``\handbookpage{LABEL}``, which
handbook.sty fills or leaves empty.
"""

from docutils import nodes
from sphinx.writers.latex import LaTeXTranslator

TOGETHER = 3
"""How many rows at the end of a table stand on one page."""


class BookTranslator(LaTeXTranslator):
    """The writer of Sphinx, with pages after links."""

    def depart_row(self, node: nodes.Element) -> None:
        """End a row; a page's end leaves no last row of a long table alone.

        What Sphinx writes would not do with a star: tabulary has taken it away.
        """
        place = len(self.body)
        super().depart_row(node)
        after = len(node.parent) - node.parent.index(node) - 1
        long = self.table is not None and self.table.get_table_type() == "longtable"
        if long and 0 < after < TOGETHER:
            self.body[place] = "\\tabularnewline*\n"

    def depart_reference(self, node: nodes.Element) -> None:
        """End a link, and say the page it leads to."""
        super().depart_reference(node)
        place = self.place_of(node)
        if place and not self.in_title and not self.in_caption:
            name = "handbookinnerpage" if in_brackets(node) else "handbookpage"
            self.body.append(rf"\{name}{{{self.idescape(place)}}}")

    def place_of(self, node: nodes.Element) -> str:
        """Return the label of the place to which a link leads; "" for no page.

        A term is in the glossary, which is in the order of the alphabet; a source is on
        the list of sources, by its key. Neither needs a page.
        """
        classes = {name for inner in node.findall() for name in names(inner)}
        if node.parent and "bibtex-citation" in names(node.parent):
            return ""
        if "std-term" in classes:
            return ""
        address = str(node.get("refuri", ""))
        if not address and node.get("refid"):
            address = f"%{self.curfilestack[-1]}#{node['refid']}"
        if address.startswith("#"):
            return f"{self.curfilestack[-1]}:{address[1:]}"
        if address.startswith("%"):
            page, _, place = address[1:].partition("#")
            return f"{page}:{place}" if place else f"{page}::doc"
        return ""


def in_brackets(node: nodes.Element) -> bool:
    """Say whether the text before *node* has opened a bracket and not closed it."""
    if node.parent is None:
        return False
    siblings = node.parent.children
    before = "".join(child.astext() for child in siblings[: siblings.index(node)])
    return before.count("(") > before.count(")")


def names(node: nodes.Node) -> list[str]:
    """Return the classes of *node*."""
    return list(node["classes"]) if isinstance(node, nodes.Element) else []
