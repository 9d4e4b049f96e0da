"""A path through the handbook: pages in order, with the time that each one takes.

``{path}`` takes a line for each page: its label, and for a page with something to do a
plus and the minutes for it::

    ```{path} The four goals
    define
    lab-served-log + 20
    ```

The minutes to read are those that page_facts.py counts, so they follow the page when
it grows.
"""

import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

LINE = re.compile(r"([\w-]+)(?:\s*\+\s*(\d+))?")


class minutes(nodes.inline):
    """Minutes, not yet known: to read what ``labels`` name, and ``more`` to do."""


class PathDirective(SphinxDirective):
    """A table of pages in order, with minutes and their sum."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Make the table; the minutes are filled in when all pages have been read."""
        table = nodes.table("", nodes.title("", self.arguments[0]))
        table["classes"] += ["colwidths-given"]
        group = nodes.tgroup("", cols=3)
        table += group
        for width in (64, 18, 18):
            group += nodes.colspec("", colwidth=width)
        group += nodes.thead("", row(text("Page"), text("Read"), text("Do")))
        body = nodes.tbody("")
        group += body
        labels, doing = [], 0
        for line in self.content:
            found = LINE.fullmatch(line.strip())
            if found is None:
                logger.warning(
                    "write a label, or 'LABEL + MINUTES': %r",
                    line,
                    location=self.get_location(),
                    type="paths",
                )
                continue
            label, more = found[1], int(found[2] or 0)
            labels.append(label)
            doing += more
            body += row(self.link(label), reading(label), text(spoken(more)))
        total = nodes.strong("", "Together")
        body += row(total, reading(*labels), text(spoken(doing)))
        self.set_source_info(table)
        return [table]

    def link(self, label: str) -> addnodes.pending_xref:
        """Return a link to the page with a label, with the page's title."""
        link = addnodes.pending_xref(
            "",
            nodes.inline("", label, classes=["std", "std-ref"]),
            refdomain="std",
            reftype="ref",
            reftarget=label,
            refexplicit=False,
            refwarn=True,
            refdoc=self.env.docname,
        )
        self.set_source_info(link)
        return link


class Minutes(SphinxPostTransform):
    """Fill in the minutes."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Replace each placeholder by a number."""
        found = self.env.domains.standard_domain.labels
        for node in list(self.document.findall(minutes)):
            places = [found[label][0] for label in node["labels"] if label in found]
            read = sum(self.env.metadata[place]["minutes"] for place in places)
            node.replace_self(nodes.Text(spoken(read)))


def reading(*labels: str) -> minutes:
    """Return the place for the minutes to read what *labels* name."""
    return minutes("", labels=labels)


def text(words: str) -> nodes.Text:
    """Return *words* as a node."""
    return nodes.Text(words)


def row(*cells: nodes.Node) -> nodes.row:
    """Make a row of a table."""
    made = nodes.row("")
    for cell in cells:
        made += nodes.entry("", nodes.paragraph("", "", cell))
    return made


def spoken(number: int) -> str:
    """Return minutes in words; nothing for none."""
    if number >= 90:
        return f"{number // 60}\N{NO-BREAK SPACE}h {number % 60}\N{NO-BREAK SPACE}min"
    return f"{number}\N{NO-BREAK SPACE}min" if number else ""


def rewrite(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name the pages to write anew after any page has changed."""
    return [name for name in env.all_docs if name == "paths"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive."""
    app.setup_extension("page_facts")
    app.add_directive("path", PathDirective)
    app.add_node(minutes)
    app.add_post_transform(Minutes)
    app.connect("env-updated", rewrite)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
