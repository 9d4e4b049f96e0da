"""Tell once what stands in several files.

The containers of a Quadlet unit stand in a file each, and the reader of each shows it
whole. There a container has its own line, so there it is told. A helper in a chart's
named template is told where it is written, and in each unit that includes it.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from sidecar_spotter.elsewhere import files, own
from sidecar_spotter.model import Group, Judged

NAMED = "named template"


def is_part(group: Group) -> bool:
    """Whether a group stands in a named template, to be put into a unit elsewhere.

    Helm gives what a file holds whose name begins with `_` to others alone.
    """
    file = group.path.rpartition("/")[2]
    return group.kind == NAMED or ("template" in group.marks and file.startswith("_"))


def at_home(judged: Iterable[Judged]) -> list[Judged]:
    """Return *judged* with the findings on the containers of each group's own file."""
    return [_own(one) if one.group.platform == "quadlet" else one for one in judged]


def _own(judged: Judged) -> Judged:
    name = own(judged.group).name
    return replace(
        judged, findings=tuple(one for one in judged.findings if one.name == name)
    )


def unit_of(group: Group) -> Hashable:
    """Return what is the same for all groups that show one unit."""
    return files(group) if group.platform == "quadlet" else (group.path, group.line)


def once(judged: Iterable[Judged]) -> list[Judged]:
    """Return *judged* without the named templates that a unit includes."""
    judged = list(judged)
    included = _included(judged)
    return [
        one
        for one in judged
        if not (
            is_part(one.group)
            and one.group.containers  # else it asks for some
            and _boxes(one) <= included.get(chart(one), set())
        )
    ]


def _included(judged: Sequence[Judged]) -> dict[str, set[tuple[str, str]]]:
    """Return the containers in the units of each chart, its named templates apart."""
    found: dict[str, set[tuple[str, str]]] = {}
    for one in judged:
        if "template" in one.group.marks and not is_part(one.group):
            found.setdefault(chart(one), set()).update(_boxes(one))
    return found


def chart(judged: Judged) -> str:
    """Return the folder of the chart that a template belongs to."""
    return judged.group.path.partition("templates/")[0]


def _boxes(judged: Judged) -> set[tuple[str, str]]:
    """Return name and image of each container of a unit, as its file spells them."""
    return {
        (box.name, box.image.text if box.image is not None else "")
        for box in judged.group.containers
    }
