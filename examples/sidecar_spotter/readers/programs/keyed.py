"""Containers in a map by their names that other files of the program describe.

As `containers: { web: { image: "shop" }, log_router: logRouter }`, which is how Pulumi
declares a task of Amazon ECS. Of an imported one nothing is known but its name.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from sidecar_spotter.readers.common.source import Span
from sidecar_spotter.readers.programs.literal import Literal
from sidecar_spotter.readers.programs.program import Program

MOST = 50
"""Entries of one map that are looked at."""

_ENTRY = re.compile(r"(?<=[{,\s])([\w\"']+)\s*:\s*([A-Za-z_]\w*)\s*(?=[,}\n])")
_NO_NAME = frozenset(("true", "false", "null", "undefined", "None", "True", "False"))


def is_map(program: Program, span: Span) -> bool:
    """Whether a value is written as a map, and no list."""
    return program.code.shape[slice(*span)].lstrip()[:1] == "{"


def imported(
    program: Program, span: Span, function: str, known: Sequence[Literal]
) -> Iterator[Literal]:
    """Yield the containers of a map that stand elsewhere, but none in a *known* one."""
    named = program.named
    for match in islice(_ENTRY.finditer(program.code.shape, *span), MOST):
        at, other = match.start(1), match[2]
        inside = any(one.at <= at <= one.end for one in known)
        here = ("", other) in named or (function, other) in named
        if not inside and not here and other not in _NO_NAME:
            fields = {"name": match.span(1)}
            yield Literal(at, at, match.end(), fields, other, False)
