"""Count a unit once that the report has to tell twice.

The containers of a Quadlet unit stand in a file each, and the report tells the unit in
each of them: there each container has its line. A helper in a chart's named template is
told where it is written, and in each unit that includes it.
"""

from collections.abc import Iterable, Sequence

from sidecar_spotter.model import SIDECARS, Judged
from sidecar_spotter.readers.quadlet import files

NAMED = "named template"


def once(judged: Iterable[Judged]) -> list[Judged]:
    """Return *judged* without what tells the same unit again, from another file.

    Kept is what stands in the file of a helper, as what is found there points to its
    own line; else in the file of the main container; else what comes first. Of a named
    template is kept what no unit includes.
    """
    judged = list(judged)
    included = _included(judged)
    kept: dict[object, Judged] = {}
    for number, one in enumerate(judged):
        boxes = _boxes(one) if one.group.kind == NAMED else set()
        if boxes and boxes <= included.get(chart(one), set()):
            continue
        quadlet = one.group.platform == "quadlet"
        unit = files(one.group) if quadlet else number
        if unit not in kept or _rank(one) < _rank(kept[unit]):
            kept.pop(unit, None)  # so that files keep their order
            kept[unit] = one
    return list(kept.values())


def _included(judged: Sequence[Judged]) -> dict[str, set[tuple[str, str]]]:
    """Return the containers in the units of each chart, its named templates apart."""
    found: dict[str, set[tuple[str, str]]] = {}
    for one in judged:
        if "template" in one.group.marks and one.group.kind != NAMED:
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


def _rank(judged: Judged) -> int:
    """Return how far the container of the unit's own file is from a helper."""
    own = judged.group.containers[0]
    labels = {one.name: one.label for one in judged.findings}
    label = labels.get(own.name)
    return 0 if label in SIDECARS else 1 if label == "main" else 2
