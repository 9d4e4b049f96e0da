"""Tabs, dropdowns and cards for readers who cannot click: PDF, EPUB and text.

sphinx-design leaves them to LaTeX as headings of a wrong level (tabs, dropdowns)
or as run-on text (cards). Here a tab becomes a box with the tab's label, a
dropdown a box with its title, and a grid of cards a list of links.
"""

from collections.abc import Iterator
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
        for tab in components(self.document, "tab-item"):
            label, content = tab.children[0], tab.children[-1]
            tab.replace_self(box(label, content.children))
        for tab_set in components(self.document, "tab-set"):
            tab_set.replace_self(tab_set.children)
        for dropdown in components(self.document, "dropdown"):
            if not dropdown["has_title"]:
                dropdown.replace_self(dropdown.children)
            elif builder.format == "latex" and any(dropdown.findall(nodes.table)):
                dropdown.replace_self(unboxed(dropdown[0], dropdown[1:]))
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


def unboxed(label: nodes.Node, content: list[nodes.Node]) -> list[nodes.Node]:
    """Return the words of *label* and *content* without a box.

    LaTeX breaks no table within a box: what is too long for the page would be lost.
    """
    for part in content:
        for table in part.findall(nodes.table):
            table["classes"].append("longtable")
    words = nodes.strong("", "", *getattr(label, "children", []))
    return [nodes.paragraph("", "", words), *content]


def item(card: nodes.Element) -> nodes.list_item:
    """Return a *card* as an item: its title, linked, then what it says."""
    title = next(components(card, "card-title"), None)
    link = next(card.findall(nodes.reference), None)
    words: nodes.Element = nodes.strong("", title.astext() if title else "")
    if link is not None:
        target = {key: link[key] for key in ("refid", "refuri") if key in link}
        words = nodes.reference("", "", words, internal="refuri" not in link, **target)
    body = next(components(card, "card-body"))
    said = [
        child
        for child in body.children
        if child is not title and not isinstance(child, PassthroughTextElement)
    ]
    head = nodes.paragraph("", "", words)
    if said and isinstance(said[0], nodes.paragraph):
        head += [nodes.Text(": "), *said.pop(0).children]
    return nodes.list_item("", head, *said)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the replacement."""
    app.add_post_transform(PrintForms)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
