"""Go functions that make a container by a given name: one for each of their calls."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from sidecar_spotter.known import MAIN, split, telling
from sidecar_spotter.readers.go.literals import Literal
from sidecar_spotter.readers.go.program import Program

MOST = 300
"""Calls of one function that are looked at."""


def instead(program: Program, literals: Iterable[Literal]) -> Iterator[Literal]:
    """Yield, for each literal that a function makes by a given name, its calls.

    What such a function makes is as many containers as it is called for.
    """
    for literal in literals:
        helpers = gives_helpers(literal.function)
        calls = [] if helpers else list(_calls(program, literal))
        yield from calls if len(calls) > 1 else [literal]


def gives_helpers(function: str) -> bool:
    """Whether a function is called after a helper, so that all it returns helps."""
    called = [one for one in split(function) if one not in ("container", "containers")]
    return telling("-".join(called)) not in (None, MAIN)


def _calls(program: Program, literal: Literal) -> Iterator[Literal]:
    """Yield what the calls in this file make, if a literal's name is a parameter."""
    code = program.code
    parameters = program.names.parameters(literal.function)
    given = {
        field: parameters.index(name)
        for field, span in literal.fields.items()
        if (name := code.shape[slice(*span)].strip()) in parameters
    }
    if "Name" not in given:
        return
    called = re.compile(rf"(?<!\w){re.escape(literal.function)}\(")
    for match in islice(called.finditer(code.shape), MOST):
        before = code.before(match.start())
        if before.lstrip().startswith("func"):
            continue
        arguments = list(code.elements(match.end() - 1))
        fields = {
            field: arguments[at] for field, at in given.items() if at < len(arguments)
        }
        if "Name" in fields:
            function = program.functions.name(match.start())
            ahead = re.sub(r"[\w.]+\.\Z", "", before)
            names = program.names.handed_on(ahead, function)
            rest = {**literal.fields, **fields}
            yield Literal(match.end() - 1, match.start(), rest, function, names)
