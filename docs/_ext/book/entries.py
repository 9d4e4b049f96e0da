"""The entries of the book's index: where a term is used, not only where it is defined.

A page links a term to the glossary where it first needs it; there the index leads. It
leads as well to each mention of a project that ``docs/projects.toml`` names.
"""

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

HEADINGS = (nodes.title, nodes.rubric, nodes.caption, addnodes.index)


class IndexTerms(SphinxPostTransform):
    """Add an entry to the index beside each link to a term or to a project."""

    default_priority = 330
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Add the entries."""
        terms = {
            name: term.astext()
            for term in self.document.findall(nodes.term)
            for name in term["ids"]
        }
        projects = {
            place.url: place.name
            for place in getattr(self.app, "projects", {}).values()
            if place.name
        }
        for link in list(self.document.findall(nodes.reference)):
            address = link.get("refuri", "")
            name = projects.get(address)
            if is_term(link):
                name = terms.get(address.partition("#")[2] or link.get("refid", ""))
            if name and not any(isinstance(node, HEADINGS) for node in around(link)):
                name = re.sub(r"^The (.+)", r"\1, the", name)
                entry = addnodes.index(entries=[("single", name, "", "", None)])
                link.parent.insert(link.parent.index(link), entry)


def is_term(link: nodes.reference) -> bool:
    """Say whether a link leads to a term of the glossary."""
    return any("std-term" in inline["classes"] for inline in link.findall(nodes.inline))


def around(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield what *node* stands in, from the inside out."""
    while node.parent is not None:
        node = node.parent
        yield node
