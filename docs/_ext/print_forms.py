"""Tabs, dropdowns and cards for readers who cannot click: PDF, EPUB and text.

sphinx-design leaves them to LaTeX as headings of a wrong level (tabs, dropdowns)
or as run-on text (cards). Here a tab becomes a box with the tab's label, a
dropdown a box with its title, and a grid of cards a list of links. In LaTeX a box that
a page may have to break is a block between two rules.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_design.shared import PassthroughTextElement


class PrintForms(SphinxPostTransform):
    """Replace what needs a click, for every builder but those of the site."""

    # After references are resolved (10), before sphinx-design's own (199).
    default_priority = 100

    def run(self, **kwargs: Any) -> None:
        """Replace the components of one page."""
        builder = self.app.builder
        if builder.format == "html" and builder.name != "epub":
            return
        latex = builder.format == "latex"
        for tab in components(self.document, "tab-item"):
            label, content = tab.children[0], tab.children[-1]
            last = tab is tab.parent.children[-1]
            if latex:
                tab.replace_self(block(label, content.children, closed=last))
            else:
                tab.replace_self(box(label, content.children))
        for tab_set in components(self.document, "tab-set"):
            tab_set.replace_self(tab_set.children)
        for dropdown in components(self.document, "dropdown"):
            if not dropdown["has_title"]:
                dropdown.replace_self(dropdown.children)
            elif latex and any(dropdown.findall(is_long)):
                dropdown.replace_self(block(dropdown[0], dropdown[1:]))
            else:
                dropdown.replace_self(box(dropdown[0], dropdown[1:]))
        for made in self.document.findall(nodes.admonition):
            # What replaces a component inherits its classes, and with them its look.
            made["classes"] = [c for c in made["classes"] if not c.startswith("sd-")]
        for grid in components(self.document, "grid-container"):
            cards = [item(card) for card in components(grid, "card")]
            grid.replace_self(nodes.bullet_list("", *cards, bullet="-"))


def components(node: nodes.Element, kind: str) -> Iterator[nodes.Element]:
    """Yield the sphinx-design components of one *kind* below *node*."""
    found = [
        element
        for element in node.findall(nodes.container)
        if element.get("design_component") == kind
    ]
    yield from found


def box(label: nodes.Node, content: Any) -> nodes.admonition:
    """Return a titled box: the words of *label*, then *content*."""
    title = nodes.title("", "", *getattr(label, "children", []))
    return nodes.admonition("", title, *content, classes=["print-box"])


def is_long(node: nodes.Node) -> bool:
    """Say whether LaTeX would have to break *node* to fit it on a page."""
    return isinstance(node, nodes.table | nodes.literal_block | nodes.doctest_block)


def block(
    label: nodes.Node, content: Sequence[nodes.Node], closed: bool = True
) -> list[nodes.Node]:
    """Return the words of *label* and *content* between two rules, for LaTeX.

    What is not *closed* has no rule below, as the next block begins with one.

    LaTeX breaks no table within a box, and a listing badly: what is too long for the
    page would be lost. handbook.sty says what it looks like.
    """
    for part in content:
        for table in part.findall(nodes.table):
            table["classes"].append("longtable")
    words = nodes.inline("", "", *getattr(label, "children", []))
    head = nodes.paragraph("", "", raw("\\handbookopen{"), words, raw("}"))
    return [head, *content, *([raw("\n\\handbookclose\n")] if closed else [])]


def raw(tex: str) -> nodes.raw:
    """Return *tex* as a node."""
    return nodes.raw("", tex, format="latex")


def item(card: nodes.Element) -> nodes.list_item:
    """Return a *card* as an item: its title, what it says, and where it leads.

    The link is the last paragraph, if there is one of its own, else the title.
    """
    title = next(components(card, "card-title"), None)
    words: nodes.Element = nodes.strong("", title.astext() if title else "")
    body = next(components(card, "card-body"))
    said = [
        child
        for child in body.children
        if child is not title and not isinstance(child, PassthroughTextElement)
    ]
    link = next(card.findall(nodes.reference), None)
    if link is not None and len(said) > 1 and isinstance(said[-1], nodes.paragraph):
        said[-1] = nodes.paragraph("", "", linked(said[-1].astext(), link))
    elif link is not None:
        words = linked(words.astext(), link, nodes.strong)
    head = nodes.paragraph("", "", words)
    if said and isinstance(said[0], nodes.paragraph):
        head += [nodes.Text(": "), *said.pop(0).children]
    return nodes.list_item("", head, *said)


def linked(
    words: str, link: nodes.reference, style: type[nodes.TextElement] = nodes.inline
) -> nodes.reference:
    """Return *words* as a link to the place to which *link* leads."""
    target = {key: link[key] for key in ("refid", "refuri") if key in link}
    internal = not link.get("refuri", "").startswith(("http:", "https:"))
    return nodes.reference("", "", style("", words), internal=internal, **target)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the replacement."""
    app.add_post_transform(PrintForms)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
