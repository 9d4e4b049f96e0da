"""Count a unit once whose containers stand in a file each, as those of Quadlet do.

The report tells such a unit in each of its files: there each container has its line.
"""

from collections.abc import Iterable

from sidecar_spotter.model import SIDECARS, Judged
from sidecar_spotter.readers.quadlet import files


def once(judged: Iterable[Judged]) -> list[Judged]:
    """Return *judged* without what tells the same unit again, from another file.

    Kept is what stands in the file of a helper, as what is found there points to its
    own line; else in the file of the main container; else what comes first.
    """
    kept: dict[object, Judged] = {}
    for number, one in enumerate(judged):
        quadlet = one.group.platform == "quadlet"
        unit = files(one.group) if quadlet else number
        if unit not in kept or _rank(one) < _rank(kept[unit]):
            kept.pop(unit, None)  # so that files keep their order
            kept[unit] = one
    return list(kept.values())


def _rank(judged: Judged) -> int:
    """Return how far the container of the unit's own file is from a helper."""
    own = judged.group.containers[0]
    labels = {one.name: one.label for one in judged.findings}
    label = labels.get(own.name)
    return 0 if label in SIDECARS else 1 if label == "main" else 2
