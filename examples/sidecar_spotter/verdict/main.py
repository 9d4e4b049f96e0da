"""The choice of the main container: the one that looks least like a helper.

Evidence is counted first. It speaks of helpers, so it says little about two containers
that are both none. For these there are the `signs` of what a unit exists for. Position
decides only where nothing else does.
"""

from collections.abc import Sequence

from sidecar_spotter.model import Container, Group
from sidecar_spotter.units import idles
from sidecar_spotter.verdict.signs import SIGNS, Candidate
from sidecar_spotter.verdict.weights import Reasons, apart, score


def main_of(group: Group, boxes: Sequence[Container], found: Reasons) -> Container:
    """Return the main container of those that run beside one another."""

    def likeness(box: Container) -> tuple[float, int]:
        one = Candidate(group, box, boxes, found[box.name], found)
        total = sum((sign(one) for sign in SIGNS), score(one.reasons))
        return round(total, 2), boxes.index(box)

    return min(_at_work(_under_one_roof(group, boxes), found), key=likeness)


def _at_work(boxes: Sequence[Container], found: Reasons) -> Sequence[Container]:
    """Return those of *boxes* that do more than wait, if one of them is no helper.

    Beside helpers alone, who waits may be there for people to work in.
    """
    busy = [box for box in boxes if not idles(box)]
    return busy if any(apart(found[box.name]) <= 0 for box in busy) else boxes


def _under_one_roof(group: Group, boxes: Sequence[Container]) -> Sequence[Container]:
    """Return those of *boxes* of which one is the main program.

    Where services share a namespace, others that only share files with one of them
    have a roof of their own.
    """
    lent = {join.text.partition(":")[2] for box in boxes for join in box.joins}
    return [box for box in boxes if box.joins or box.name in lent] or boxes
