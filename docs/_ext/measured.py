"""Figures of the committed results, for the page on what a sidecar costs.

The role gives one figure: ``{measured}`hop / time at 500 requests a second / nginx /
times```. The last word is ``median``, ``added`` (than the first variant) or ``times``;
with ``interval`` after it the interval comes along, in brackets.

The directive makes a table. With one measure, each variant has a row::

    ```{measured} hop
    :caption: What the way through a proxy costs
    time at 500 requests a second
    ```

With several, each measure has a row and each variant a column; a name for the row may
stand after the measure's own. ``:variants:`` chooses, and orders; with ``:turned:`` the
variants are the rows::

    ```{measured} growing
    :caption: Memory in MiB
    :head: Copies
    :variants: a library / sidecars
    memory of 1 copy / 1
    memory of 50 copies / 50
    ```

``{measured-on}`hop``` names the machine, ``{measured-missing}`hop``` says what it could
not have, and ``{measured-blocks}`hop``` in how many blocks it was taken.

Nobody types a figure: a new result changes the page.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from trade_offs.words import between, short

logger = logging.getLogger(__name__)

RESULTS = Path(__file__).parents[2] / "examples" / "trade_offs" / "results"
MINUS = "\N{MINUS SIGN}"
WIDTHS = (34, 18, 24, 18, 12)
"""Of the columns, relative to each other."""


@cache
def result(name: str) -> dict[str, Any]:
    """Return a committed result. Raises KeyError with what is wrong."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in RESULTS.glob("*.json")))
        raise KeyError(f"no result {name!r}: {known}")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def estimate(name: str, measure: str, variant: str, kind: str) -> list[float]:
    """Return value, low and high. Raises KeyError with what is wrong."""
    found = result(name)["estimates"]
    for key, what in ((measure, "measure"), (variant, "variant"), (kind, "kind")):
        if key not in found:
            raise KeyError(f"{name} has no {what} {key!r}: {', '.join(found)}")
        found = found[key]
    values: list[float] = found
    return values


def units(name: str) -> dict[str, str]:
    """Return the unit of each measure."""
    return {measure["name"]: measure["unit"] for measure in result(name)["measures"]}


def missing(
    error: KeyError, location: str
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Warn of what is not in a result; return nothing to show."""
    logger.warning("%s", error.args[0], location=location, type="measured")
    return [], []


class MeasuredRole(SphinxRole):
    """One figure."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the figure as text."""
        name, measure, variant, kind = (
            *(part.strip() for part in self.text.split(" / ")),
            *[""] * 4,
        )[:4]
        try:
            kind, _, more = kind.partition(" ")
            value, low, high = estimate(name, measure, variant, kind)
        except KeyError as error:
            return missing(error, self.get_location())
        text = short(value)
        if more == "interval":
            text += f" ({between(low, high)})"
        return [nodes.Text(text)], []


class MachineRole(SphinxRole):
    """The machine of a result, in words."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words as text."""
        try:
            found = result(self.text)
        except KeyError as error:
            return missing(error, self.get_location())
        machine = found["machine"]
        words = (
            f"{found['taken'][:10]}, on {machine['cores']} cores of an "
            f"{machine['processor']} with {machine['memory']}, under "
            f"{machine['system']}, with Python {machine['Python']}; the load was "
            f"{machine['load before']} when it began"
        )
        return [nodes.Text(words)], []


class MissingRole(SphinxRole):
    """What a machine could not have, in words."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words as text."""
        try:
            found = result(self.text)
        except KeyError as error:
            return missing(error, self.get_location())
        by_reason: dict[str, list[str]] = {}
        for name, reason in found["left_out"].items():
            by_reason.setdefault(reason, []).append(f'"{name}"')
        words = " ".join(
            f"Left out here: {', '.join(names)}: {reason}."
            for reason, names in by_reason.items()
        )
        return [nodes.Text(words)], []


class BlocksRole(SphinxRole):
    """In how many blocks a measurement was taken."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as text."""
        try:
            return [nodes.Text(str(result(self.text)["blocks"]))], []
        except KeyError as error:
            return missing(error, self.get_location())


class MeasuredDirective(SphinxDirective):
    """A table of figures."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "caption": directives.unchanged_required,
        "head": directives.unchanged,
        "variants": directives.unchanged,
        "turned": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Make the table, or say what is missing."""
        try:
            rows = self.rows()
        except KeyError as error:
            return missing(error, self.get_location())[0]
        self.env.note_dependency(str(RESULTS / f"{self.arguments[0]}.json"))
        made = nodes.table("", nodes.title("", self.options.get("caption", "")))
        made["classes"] += ["measured", "colwidths-given"]
        group = nodes.tgroup("", cols=len(rows[0]))
        made += group
        for width in WIDTHS[: len(rows[0])]:
            group += nodes.colspec("", colwidth=width)
        group += nodes.thead("", row(rows[0]))
        group += nodes.tbody("", *map(row, rows[1:]))
        self.set_source_info(made)
        self.add_name(made)
        return [made]

    def rows(self) -> list[list[str]]:
        """Return the cells, the head first. Raises KeyError."""
        name = self.arguments[0]
        lines = [line.split(" / ") for line in self.content if line.strip()]
        measures = {line[0].strip(): line[-1].strip() for line in lines}
        first = next(iter(measures), "")
        known = result(name)["estimates"].get(first, {})
        asked = self.options.get("variants", " / ".join(known))
        variants = [variant.strip() for variant in asked.split(" / ")]
        head = self.options.get("head", "Variant")
        if len(measures) > 1:
            cells = [[head, *variants]]
            for measure, label in measures.items():
                medians = [estimate(name, measure, x, "median")[0] for x in variants]
                cells.append([label, *map(short, medians)])
            turned = [list(column) for column in zip(*cells, strict=True)]
            return turned if "turned" in self.options else cells
        estimate(name, first, variants[0], "median")
        base = next(iter(known))
        unit = units(name)[first]
        cells = [[head, f"Median, {unit}", "Interval", f"More than {base}", "Times"]]
        for variant in variants:
            value, low, high = estimate(name, first, variant, "median")
            told = [variant, short(value), between(low, high)]
            for kind in ("added", "times"):
                found = known[variant].get(kind) if variant != base else None
                told.append(short(found[0], sign=kind == "added") if found else "")
            cells.append(told)
        return cells


def number(cell: str) -> bool:
    """Say whether a cell holds a figure, not a name."""
    return cell.lstrip("+-")[:1].isdigit()


INTERVAL = re.compile(r" (\(\S+ to \S+\))$")
"""What stands below its value, on a line of its own on the site."""


def words(cell: str) -> list[nodes.Node]:
    """Return what a cell says."""
    if not number(cell):
        return [nodes.Text(cell)]
    value, *interval = INTERVAL.split(cell.replace("-", MINUS))
    if not interval:
        return [nodes.Text(value)]
    return [
        nodes.Text(f"{value} "),
        nodes.inline("", interval[0], classes=["interval"]),
    ]


def row(cells: list[str]) -> nodes.row:
    """Make a row of a table."""
    made = nodes.row("")
    for cell in cells:
        made += nodes.entry("", nodes.paragraph("", "", *words(cell)))
    return made


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the role and the directive."""
    app.add_role("measured", MeasuredRole())
    app.add_role("measured-on", MachineRole())
    app.add_role("measured-missing", MissingRole())
    app.add_role("measured-blocks", BlocksRole())
    app.add_directive("measured", MeasuredDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
