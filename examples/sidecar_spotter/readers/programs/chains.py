"""Containers that a chain of calls builds: Java's and Kotlin's builders, and Rust's.

As `new ContainerBuilder().withName("a").withImage("b")`, and `.addNewContainer()` in
the chain that builds a pod.
"""

import re
from collections.abc import Iterator, Set
from itertools import islice

from sidecar_spotter.model import Stage
from sidecar_spotter.readers.common.source import Code, Span
from sidecar_spotter.readers.programs.literal import Literal, variable

MOST = 300
"""Chains of one file that are looked at."""
STEPS = 60
"""Calls of one chain that are looked at."""

_BEGINS = re.compile(
    r"\b(?:ContainerBuilder::new|new_container_builder)\s*(\()|"
    r"\.addNew(?:Init)?Container\s*(\()"
)
_CALL = re.compile(r"\s*\.\s*(\w{1,60})\s*\(")
_NESTS = re.compile(r"(?:add|with|edit|editOr)New|edit[A-Z]")
_ENDS = re.compile(r"end[A-Z]")
_SETS = re.compile(r"^(?:with|set|addTo|add)_?(?=[A-Z_])")


def built(code: Code, seen: Set[int]) -> Iterator[Literal]:
    """Yield the containers of builders, but those whose brackets are in *seen*."""
    for match in islice(_BEGINS.finditer(code.shape), MOST):
        opening = match.start(1) if match[1] else match.start(2)
        if opening in seen:
            continue
        fields, end = chain(code, code.closes.get(opening, opening) + 1)
        if match[1]:
            first = next(code.elements(opening), None)
            if first is not None:
                fields.setdefault("name", first)
        early: Stage = "init" if "Init" in match[0] else "run"
        if "name" in fields or "image" in fields:
            at = match.start()
            given = variable(code.shape, at)
            yield Literal(at, opening, end, fields, given, True, early)


def chain(code: Code, at: int) -> tuple[dict[str, Span], int]:
    """Return the arguments of a chain of calls by name, and where it ends.

    What lies between `addNewEnv()` and `endEnv()` speaks of another thing.
    """
    found: dict[str, Span] = {}
    depth, outer = 0, at
    for _ in range(STEPS):
        match = _CALL.match(code.shape, at)
        if match is None:
            break
        name = match[1]
        close = code.closes.get(match.end() - 1, match.end())
        if _NESTS.match(name):
            if depth == 0:
                outer = match.start()
            depth += 1
        elif _ENDS.match(name):
            depth -= 1
            if depth < 0:
                break
            if depth == 0:
                key = name[3:].lower() + "s"
                found.setdefault(key, (outer, close))
        elif depth == 0:
            key = _SETS.sub("", name).lower().replace("_", "")
            found.setdefault(key, (match.end(), close))
        at = close + 1
    return found, at
