"""What a call that adds a container is given by name, in code of AWS CDK.

As `task.addContainer("trace", traceOptions)`, or in a loop over a list of sidecars.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from sidecar_spotter.readers.common.source import Code, Span, plain

AHEAD = 400
"""Characters in front of a call in which its loop begins."""

_NAME = re.compile(r"[\w.]{1,120}")
_LOOP = re.compile(
    r"^([ \t]*)(?:.*\bfor\b.*\b(?:in|of)[ (]+(?:enumerate\()?([\w.]*sidecars?\w*)"
    r"|.*?([\w.]*sidecars?\w*)\??\.(?:forEach|map)\().*$",
    re.IGNORECASE | re.MULTILINE,
)


def fields(code: Code, given: Sequence[Span], at: int) -> dict[str, Span]:
    """Return the fields of the objects whose names a call at a place is given."""
    found: dict[str, Span] = {}
    for span in given:
        name = plain(code.source(span))
        places = code.assigned.get(name, []) if _NAME.fullmatch(name) else []
        place = bisect_right(places, at)
        if not place:
            continue
        start = places[place - 1]
        brace = code.shape.find("{", start, start + 80)
        if brace >= 0 and not code.shape[start:brace].strip():
            found |= code.fields(brace, inner=False)
    return found


def loop_over_sidecars(code: Code, at: int) -> str:
    """Return the list of sidecars over which a loop around a place goes, or nothing."""
    begin = code.shape.rfind("\n", 0, at) + 1
    indent = len(code.shape[begin:at]) - len(code.shape[begin:at].lstrip())
    first = max(begin - AHEAD, 0)
    for match in reversed(list(_LOOP.finditer(code.shape, first, begin))):
        between = code.shape[match.end() : begin].split("\n")
        deeper = [line for line in between if line.strip()]
        outer = len(match[1].expandtabs())
        if indent > outer and all(
            len(line) - len(line.lstrip()) > outer for line in deeper
        ):
            return match[2] or match[3]
    return ""
