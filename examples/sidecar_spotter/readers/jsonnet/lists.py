"""Lists of containers in Jsonnet, and how its brackets enclose one another.

What is looked at is the *shape* of a file: its text with strings and comments blanked,
but for a `"` where a string begins.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sidecar_spotter.model import Container

MOST = 200
"""Lists of one file that are looked at, and names in one list."""
WIDEST = 20_000
"""Characters of an object, a call or a list that are looked at."""
BEFORE = 200
"""Characters in front of an expression in which the name that it gets is looked for."""

_STEP = re.compile(r"[\[{(\]}),;]")
_BOUND = re.compile(
    r"(?:\blocal\s{1,20}(\w{1,80})\s{0,20}(?:\([^()]{0,150}\)\s{0,20})?="
    r"|\b(\w{1,80})\s{0,20}(?:\([^()]{0,150}\)\s{0,20})?\+?:{1,3})\s*\Z"
)
_LIST = re.compile(
    r"\b(?P<field>c|initC)ontainers_*\s*(?P<more>\+?):{1,3}(?=\s)"
    r"|\bwith(?P<early>Init)?Containers(?P<mixin>Mixin)?\("
    r"|\b(?:\w{0,40}(?:eployment|tate[fF]ul[sS]et|aemon[sS]et|eplica[sS]et)|(?:cron)?[jJ]ob)\.new\("
)
_NAME = re.compile(r"(?<![\w$.])(?:[\w$]{1,80}\.){0,8}(\w{1,80})(?!\w)")
_GIVEN = re.compile(r"\s*(?:containers\s*=\s*)?(?:std\.\w{1,20}\(\s*){0,2}\[")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Made:
    """A container, where the expression stands that makes it, and its name in code."""

    start: int
    end: int
    name: str
    box: Container


@dataclass(slots=True)
class Listed:
    """The containers of one unit, as far as the file makes them."""

    start: int
    run: list[Made] = field(default_factory=list)
    early: list[Made] = field(default_factory=list)
    whole: bool = True
    """Whether no others can stand beside them."""


def lists(shape: str, made: Sequence[Made]) -> list[Listed]:
    """Return the units that a file lists, of the containers that it makes."""
    found: dict[int, Listed] = {}
    named: dict[str, list[Made]] = {}
    for one in made:
        named.setdefault(one.name, []).append(one)
    for match in islice(_LIST.finditer(shape), MOST):
        span = _span(shape, match)
        if span is None or any(one.start < match.start() < one.end for one in made):
            continue
        boxes, whole = _members(shape, span, made, named)
        if not boxes:
            continue
        # Both lists of one object are those of one pod.
        pod = opening(shape, match.start(), "{") if match["field"] else match.start()
        at = match.start() if pod is None else pod
        listed = found.setdefault(at, Listed(match.start()))
        early = match["field"] == "initC" or match["early"] is not None
        (listed.early if early else listed.run).extend(boxes)
        # What is added to nothing else, in kube.libsonnet's manner, is all as well.
        adds = match["mixin"] or (match["more"] and len(boxes) < 2)
        listed.whole &= whole and not adds
    return list(found.values())


def _span(shape: str, match: re.Match[str]) -> Span | None:
    """Return from where to where a list is, in a field or an argument."""
    if match["field"]:
        return match.end(), expression_end(shape, match.end())
    given = list(parts(shape, match.end() - 1))
    if match[0].endswith(".new("):
        return next((one for one in given if _GIVEN.match(shape, *one)), None)
    return (given[0][0], given[-1][1]) if given else None


def _members(
    shape: str, span: Span, made: Sequence[Made], named: dict[str, list[Made]]
) -> tuple[list[Made], bool]:
    """Return the containers in a list, in their order, and whether these are all."""
    inside = [one for one in made if span[0] <= one.start and one.end <= span[1]]
    inside = [
        one
        for one in inside
        if not any(other.start < one.start < other.end for other in inside)
    ]
    found = {one.start: one for one in inside}
    for match in islice(_NAME.finditer(shape, *span), MOST):
        one = _nearest(named.get(match[1], ()), match.start())
        if one is None or one in found.values():
            continue
        if not any(other.start <= match.start() < other.end for other in inside):
            found[match.start()] = one
    first = shape.find("[", *span)
    several = len(list(parts(shape, first))) if first >= 0 else 0
    return [found[at] for at in sorted(found)], several <= len(found)


def _nearest(made: Sequence[Made], at: int) -> Made | None:
    """Return the last of *made* in front of a place, or else the first behind it.

    Objects of one file may each have a `container`.
    """
    ahead = [one for one in made if one.start < at]
    return ahead[-1] if ahead else next(iter(made), None)


def opening(shape: str, at: int, sign: str) -> int | None:
    """Return where the bracket *sign* is that a place is directly in, if in one."""
    depth = 0
    for place in range(at - 1, max(at - WIDEST, -1), -1):
        one = shape[place]
        if one in ")]}":
            depth += 1
        elif one in "([{":
            if not depth:
                return place if one == sign else None
            depth -= 1
    return None


def steps(shape: str, start: int) -> Iterator[tuple[re.Match[str], int]]:
    """Yield each bracket and separator from *start* on, and the depth behind it."""
    depth = 0
    for match in _STEP.finditer(shape, start, start + WIDEST):
        depth += (match[0] in "([{") - (match[0] in ")]}")
        yield match, depth


def parts(shape: str, start: int) -> Iterator[Span]:
    """Yield what stands between the commas in the bracket that is at *start*."""
    begin = start + 1
    for match, depth in steps(shape, start):
        if (match[0] == "," and depth == 1) or depth == 0:
            if shape[begin : match.start()].strip() or match[0] == ",":
                yield begin, match.start()
            begin = match.end()
        if depth == 0:
            return


def expression_end(shape: str, start: int) -> int:
    """Return where the expression ends that begins at *start*."""
    for match, depth in steps(shape, start):
        if depth < 0 or (depth == 0 and match[0] in ",;"):
            return match.start()
    return min(start + WIDEST, len(shape))


def binding(shape: str, start: int) -> str:
    """Return the name that code gives to the expression at *start*, "" if none."""
    match = _BOUND.search(shape, max(start - BEFORE, 0), start)
    return match[1] or match[2] if match else ""
