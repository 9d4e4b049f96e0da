"""Containers that are told by their fields: TypeScript's objects, Python's dicts.

One that waits in a variable for a unit elsewhere is told by the variable's name, too.

As `{ name: "a", image: "b" }`, or `a: { image: "b" }` where a task lists them by name.
"""

import re
from collections.abc import Iterator, Set

from sidecar_spotter.readers.common.source import Code
from sidecar_spotter.readers.programs.literal import Literal, variable

_CALLED = re.compile(
    r"[a-z](?:Container|Sidecar)$|_(?:container|sidecar)$|^(?:container|sidecar)$", re.A
)
"""What a variable is called that holds a container."""
RUN = frozenset(
    (
        *("essential", "env", "environment", "portmappings", "ports", "command"),
        *("logconfiguration", "firelensconfiguration", "memory", "resources"),
        *("memoryreservation", "cpu", "volumemounts", "mountpoints", "args"),
    )
)
"""Fields of which what is to be run has one."""

_KEY = re.compile(r"[{,]\s*([\w\"']+)\s*:\s*\Z")


def objects(code: Code, seen: Set[int]) -> Iterator[Literal]:
    """Yield what has a name and an image, but what has its brace in *seen*."""
    for at in sorted(code.closes):
        if code.shape[at] != "{" or at in seen:
            continue
        fields = code.fields(at, inner=False)
        key = _KEY.search(code.shape, max(at - 80, 0), at)
        if key is not None and "image" in fields:
            fields.setdefault("name", key.span(1))  # a container by its name
        runs = not RUN.isdisjoint(fields)
        if "image" in fields and ("name" in fields or runs):
            given = variable(code.shape, at)
            sure = "name" in fields and runs and _CALLED.search(given) is not None
            yield Literal(at, at, code.closes[at], fields, given, sure)
