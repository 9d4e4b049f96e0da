"""A number and its unit on one line: a space that does not break between them.

A page is written with a plain space, "269 % more". With a line's end in it a reader
meets a "%" that belongs to nothing.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

SPACE = "\N{NO-BREAK SPACE}"
# Both signs for "micro" are in use.
UNIT = r"(?:%|percent\b|(?:[m\u00b5\u03bc]?s|[KMG]i?B|[KMG]i|vCPU|rps|px)(?![\w-]))"
BETWEEN = re.compile(rf"(?<=\d)[ \n](?={UNIT})")
BEFORE = re.compile(rf"[ \n](?={UNIT})")
VERBATIM = (nodes.literal, nodes.FixedTextElement, nodes.raw, nodes.math, nodes.comment)


class KeepUnits(SphinxPostTransform):
    """Join each number in running text to the unit that follows it."""

    default_priority = 900
    formats = ("html", "latex")

    def run(self, **kwargs: Any) -> None:
        """Replace the spaces."""
        for text in list(self.document.findall(nodes.Text)):
            if any(isinstance(parent, VERBATIM) for parent in around(text)):
                continue
            joined = BETWEEN.sub(SPACE, text)
            # A figure that a role has fetched is a text of its own: "132 (95 to 172)".
            if re.search(r"[\d)]$", before(text)) and BEFORE.match(joined):
                joined = SPACE + joined[1:]
            if joined != text:
                text.parent.replace(text, nodes.Text(joined))


def before(text: nodes.Text) -> str:
    """Return the text that stands directly before *text* in its paragraph."""
    place = text.parent.index(text)
    previous = text.parent[place - 1] if place else None
    return str(previous) if isinstance(previous, nodes.Text) else ""


def around(node: nodes.Node) -> list[nodes.Node]:
    """Return what *node* stands in, from the inside out."""
    found = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found


def setup(app: Sphinx) -> dict[str, Any]:
    """Join them in every form of the handbook."""
    app.add_post_transform(KeepUnits)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
