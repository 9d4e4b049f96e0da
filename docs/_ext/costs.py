"""What helpers cost in a system of some size, from the measured model.

``{costs}`` makes a table of worked sizes, each with copies, nodes, requests a second::

    ```{costs}
    :caption: What helpers cost, worked out
    50 / 1 / 500
    200 / 10 / 2000
    ```

On the site ``costs.js`` puts a form above it, which works out any other size by the
same formula: examples/trade_offs/model.py, with the terms that stand in the result of
``growing``. ``{costs-on-paper}`` makes the table of systems that nobody measured, with
the interval of the fit; ``{costs-terms}`` the table of the terms themselves. The role
``{costs-crossing}`` says from how many copies on an agent takes less memory than the
helper that it names.
"""

import json
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from measured import RESULTS, missing, result, row
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.writers.html5 import HTML5Translator
from sphinx.writers.latex import LaTeXTranslator
from trade_offs import model
from trade_offs.model import Size
from trade_offs.words import between, short

SCRIPT, STYLE = "costs.js", "costs.css"
NAMES = {
    "a library": "library",
    "sidecars": "sidecar beside",
    "a node agent": "node agent",
    "a proxy each": "sidecar on the way",
    "a proxy for all": "sidecarless: node proxy",
}
"""The variants of the measurement, in the words of the page, in the order of rows."""
TERMS = {
    "memory of a node": "Memory, each node",
    "memory of a copy": "Memory, each copy",
    "processor of a node": "Processor, each node",
    "processor of a copy": "Processor, each copy",
    "processor of a request": "Processor, each request",
    "time of a request": "Time added",
}
UNITS = ("MiB", "MiB", "ms a second", "ms a second", "ms", "µs")


def fits() -> dict[str, Any]:
    """Return what the result of `growing` says of the model. Raises KeyError."""
    found: dict[str, Any] = result("growing").get("fits", {})
    if unknown := [name for name in NAMES if name not in found.get("model", {})]:
        raise KeyError(f"the result of growing has no model of {unknown[0]!r}")
    return found


def terms() -> dict[str, dict[str, float]]:
    """Return the terms of each helper by its name on the page. Raises KeyError."""
    found = fits()["model"]
    return {
        NAMES[variant]: {term: found[variant][term][0] for term in model.TERMS}
        for variant in NAMES
    }


def worked(size: Size) -> dict[str, list[str]]:
    """Return the cells of each helper in a system of this size. Raises KeyError."""
    found = {}
    for name, own in terms().items():
        cost = model.cost(own, size)
        found[name] = [short(x) for x in (cost.memory, cost.processor, cost.time)]
    return found


class costs(nodes.General, nodes.Element):
    """The place of the calculator; its child is the table."""


class Table(SphinxDirective):
    """What the tables have in common."""

    option_spec: ClassVar[dict[str, Any]] = {"caption": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Make the table, or say what is missing."""
        self.env.note_dependency(str(RESULTS / "growing.json"))
        self.env.note_dependency(str(Path(model.__file__)))
        try:
            rows = self.rows()
        except KeyError as error:
            return missing(error, self.get_location())[0]
        made = nodes.table("", nodes.title("", self.options.get("caption", "")))
        made["classes"] += ["measured", "colwidths-given"]
        group = nodes.tgroup("", cols=len(rows[0]))
        made += group
        for width in (26, *[16] * (len(rows[0]) - 1)):
            group += nodes.colspec("", colwidth=width)
        group += nodes.thead("", row(rows[0]))
        group += nodes.tbody("", *map(row, rows[1:]))
        self.set_source_info(made)
        return self.around(made)

    def rows(self) -> list[list[str]]:
        """Return the cells, the head first. Raises KeyError."""
        raise NotImplementedError

    def around(self, table: nodes.table) -> list[nodes.Node]:
        """Return what stands on the page."""
        return [table]


class Costs(Table):
    """Worked sizes, and the place of the calculator."""

    has_content = True

    def rows(self) -> list[list[str]]:
        """Return a row for each helper at each size."""
        system = "Copies / nodes / requests a second"
        cells = [[system, "Helper", "Memory, MiB", "Processors", "Added, µs"]]
        for line in self.content:
            if line.strip():
                size = Size(*(float(word) for word in line.split(" / ")))
                words = " / ".join(
                    f"{x:,.0f}" for x in (size.copies, size.nodes, size.requests)
                )
                for name, found in worked(size).items():
                    cells.append([words, name, *found])
        return cells

    def around(self, table: nodes.table) -> list[nodes.Node]:
        """Return the table in the place of the calculator."""
        return [costs("", table, model=json.dumps(terms()))]


class OnPaper(Table):
    """Systems that nobody measured."""

    def rows(self) -> list[list[str]]:
        """Return a row for each helper, with memory and processors at each size."""
        found = fits()["on paper"]
        sizes = list(next(iter(found.values())))
        kinds = (("memory", "GiB", 1024), ("processor", "processors", 1))
        head = [f"{int(n):,} copies, {unit}" for n in sizes for _, unit, _ in kinds]
        cells = [["Helper", *head]]
        for variant, name in NAMES.items():
            told = []
            for size in sizes:
                for kind, _, by in kinds:
                    value, low, high = (x / by for x in found[variant][size][kind])
                    told.append(f"{short(value)} ({between(low, high)})")
            cells.append([name, *told])
        return cells


class Terms(Table):
    """The terms of the model."""

    def rows(self) -> list[list[str]]:
        """Return a row for each term, and a column for each helper."""
        found = fits()["model"]
        cells = [["Term, unit", *NAMES.values()]]
        for (term, name), unit in zip(TERMS.items(), UNITS, strict=True):
            told = []
            for variant in NAMES:
                value, low, high = found[variant][term]
                told.append(f"{short(value)} ({between(low, high)})")
            cells.append([f"{name}, {unit}", *told])
        return cells


class CrossingRole(SphinxRole):
    """From how many copies on a node agent takes less memory than another helper."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as text, with its interval."""
        try:
            value, low, high = fits()["crossings"][self.text]
        except KeyError as error:
            return missing(KeyError(f"no crossing: {error}"), self.get_location())
        return [nodes.Text(f"{short(value)} ({between(low, high)})")], []


def visit_html(self: HTML5Translator, node: costs) -> None:
    """Begin the place, with the terms for the script."""
    told = {"data-model": node["model"]}
    self.body.append(self.starttag(node, "div", CLASS="costs", **told))


def depart_html(self: HTML5Translator, node: costs) -> None:
    """End the place."""
    self.body.append("</div>\n")


def nothing(self: LaTeXTranslator, node: costs) -> None:
    """Print the table alone."""


def add_files(
    app: Sphinx, pagename: str, templatename: str, context: Any, doctree: Any
) -> None:
    """Add the script and the sheet to a page that has the calculator, and no other."""
    if doctree is None or app.builder.name == "epub":
        return
    if next(doctree.findall(costs), None) is not None:
        app.add_css_file(STYLE)
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directives and the role."""
    app.add_node(costs, html=(visit_html, depart_html), latex=(nothing, nothing))
    app.add_directive("costs", Costs)
    app.add_directive("costs-on-paper", OnPaper)
    app.add_directive("costs-terms", Terms)
    app.add_role("costs-crossing", CrossingRole())
    app.connect("html-page-context", add_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
