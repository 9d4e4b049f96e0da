"""Units of which a template deploys one of several forms: the branches of an `if`.

What stands behind `else` never runs beside what stands before it. So each form is
judged by itself, and their findings are put together again.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice, product

from sidecar_spotter.model import Container, Finding, Group

MOST = 8
"""Forms of one unit that are judged; of more, the last branches are left out."""


def forms(group: Group) -> list[Group]:
    """Return a group for each choice of branches: one where there is none to make.

    One branch is always there, so no condition makes what stands in it an addition.
    """
    branches: dict[int, set[int]] = {}
    for box in group.containers:
        for fork, number in box.branches:
            branches.setdefault(fork, set()).add(number)
    forks = [fork for fork, numbers in branches.items() if len(numbers) > 1]
    choices = product(*(sorted(branches[fork]) for fork in forks))
    return [
        replace(
            group, containers=tuple(_chosen(group, dict(zip(forks, one, strict=True))))
        )
        for one in islice(choices, MOST)
    ]


def _chosen(group: Group, choice: dict[int, int]) -> Iterable[Container]:
    for box in group.containers:
        forked = [(fork, number) for fork, number in box.branches if fork in choice]
        if all(choice[fork] == number for fork, number in forked):
            yield replace(box, condition=None) if forked else box


def merged(found: Iterable[Iterable[Finding]]) -> list[Finding]:
    """Return one finding for each container: the first that has a word on its part."""
    kept: dict[tuple[str, int], Finding] = {}
    for findings in found:
        for one in findings:
            before = kept.get((one.name, one.line))
            if before is None or before.label == "not-a-sidecar":
                kept[one.name, one.line] = one
    return list(kept.values())
