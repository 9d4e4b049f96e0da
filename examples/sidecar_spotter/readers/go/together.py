"""Containers that one Go function puts into a list of its own: a whole unit."""

import re
from collections.abc import Iterator
from itertools import islice

from sidecar_spotter.readers.common.source import Code, Span
from sidecar_spotter.readers.go.calls import called, gives_helpers
from sidecar_spotter.readers.go.literals import Literal
from sidecar_spotter.readers.go.names import NAME
from sidecar_spotter.readers.go.pods import Pod
from sidecar_spotter.readers.go.program import Program
from sidecar_spotter.readers.languages.language import WIDEST

MOST = 300
"""Lists of one file that are looked at, and calls that add to one."""
NEAR = 200
"""Characters in front of a list, and behind it, that are looked at."""

_LIST = re.compile(
    r"(?:\b(\w+)[ \t]*:?=|\breturn\b)[ \t]*(?:[\w.]+\((?:\w+,[ \t]*)*){0,4}"
    r"\[\]\*?\w+\.Container\{"
)
_EMPTY = re.compile(
    r"^[ \t]*(?:var[ \t]+)?(\w+)[ \t]*"
    r"(?::=[ \t]*make\(\[\]\*?\w+\.Container,[^\n]*\)|\[\]\*?\w+\.Container)[ \t]*$",
    re.M,
)
"""A list that has nothing yet."""
_SPREAD = re.compile(r"\},\s*[\w.]+(?:\([^()\n]*\))?\.\.\.\s*\)")
"""What stands behind a list to which others are appended: `}, more...)`."""
_IN_FRONT = re.compile(
    r"([\w.\[\]]+\.(?:Init)?Containers)[ \t]*=[ \t]*append\("
    r"[ \t]*\[\]\*?\w+\.Container\{"
)
"""A list that is put in front of what a pod has."""
_TO_LIST = re.compile(r"\bappend\(\s*(\w+)\s*,")
_NO_UNIT = re.compile(r"init|side_?car|helper|extra|additional|test", re.IGNORECASE)
"""In the name of a list or its function, these tell that it holds no main program."""


def together(
    program: Program, found: list[Literal], pods: list[Pod]
) -> list[list[Literal]]:
    """Return the literals that one function puts into a list of its own: whole units.

    What is appended to a list that the function was given is no unit: the others of
    the list stand elsewhere. Neither is a list of which an element is unknown, or, if
    it begins with nothing, one that is appended.
    """
    code = program.code
    units: list[list[Literal]] = []
    taken: set[int] = set()
    inside = [(pod.open, code.closes.get(pod.open, 0)) for pod in pods]
    for match in _lists(code):
        name, function = match[1] or "", program.functions.name(match.start())
        if not _may_be_a_unit(code, match, function, inside):
            continue
        empty = match.re is _EMPTY
        elements = [] if empty else list(code.elements(match.end() - 1))
        spelled = [of_element(program, found, function, span) for span in elements]
        added = [
            of_element(program, found, function, span)
            for span in _added(program, name, function, match.end())
        ]
        if empty and None in added:
            continue
        if any(spelled):
            spelled = [
                one or called(program, span)
                for one, span in zip(spelled, elements, strict=True)
            ]
        unit = {id(one): one for one in [*spelled, *added] if one is not None}
        grows = _SPREAD.search(code.shape, match.end(), _end_of_line(code, match))
        enough = len(unit) > 1 or (len(unit) == 1 and grows)
        if None not in spelled and enough and not taken & set(unit):
            taken |= set(unit)
            units.append(list(unit.values()))
    return units


def _lists(code: Code) -> Iterator[re.Match[str]]:
    """Yield where a function begins a list: with what is in it, then with nothing."""
    for pattern in (_LIST, _EMPTY):
        yield from islice(pattern.finditer(code.shape), MOST)


def _may_be_a_unit(
    code: Code, match: re.Match[str], function: str, inside: list[Span]
) -> bool:
    """Whether a list holds more than helpers, and is none that a pod spells out."""
    if _NO_UNIT.search(f"{match[1] or ''} {function}") or gives_helpers(function):
        return False
    if any(start < match.end() and match.start() < end for start, end in inside):
        return False
    return not _is_put_in_front(code, match)


def _is_put_in_front(code: Code, match: re.Match[str]) -> bool:
    """Whether a list is put in front of the containers of a pod that is given."""
    start = code.shape.rfind("\n", 0, match.start()) + 1
    start = max(start, match.start() - NEAR)
    begins = _IN_FRONT.search(code.shape, start, match.end())
    if begins is None:
        return False
    close = code.closes.get(match.end() - 1, match.end()) + 1
    rest = code.shape[close : close + NEAR]
    return rest.lstrip(", \t\n").startswith(f"{begins[1]}...")


def _end_of_line(code: Code, match: re.Match[str]) -> int:
    """Return where the line ends on which a list does."""
    close = code.closes.get(match.end() - 1, match.end())
    end = code.shape.find("\n", close)
    return end if end > 0 else len(code.shape)


def _added(program: Program, name: str, function: str, at: int) -> list[Span]:
    """Return what a function appends to its list *name* behind a place."""
    code = program.code
    found = []
    for one in islice(_TO_LIST.finditer(code.shape, at), MOST):
        if name and one[1] == name and program.functions.name(one.start()) == function:
            opening = code.shape.index("(", one.start())
            found += list(code.elements(opening))[1:]
    return found


def of_element(
    program: Program, found: list[Literal], function: str, span: Span
) -> Literal | None:
    """Return the literal that an element of a list is, or that its name stands for."""
    code = program.code
    start, end = span
    names = set(NAME.findall(code.shape, start, min(end, start + WIDEST)))
    for one in found:
        if start <= one.open < end:
            return one
    for one in found:
        own = one.names - {function} if one.function == function else one.names
        known = own & names
        if known and one.function in (function, *names):
            return one
        gets = program.landings.gets
        if any(gets(name, one.function, function, start) for name in known):
            return one
    return None
