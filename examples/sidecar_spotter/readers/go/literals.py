"""Where Go code says what a container is: a struct, a chain of calls, or options."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sidecar_spotter.readers.common.source import Span
from sidecar_spotter.readers.go.program import Program
from sidecar_spotter.readers.go.values import WITH, chain, end_of_statement, fields

_IMPORT = re.compile(
    r"(?:\b(\w+)[ \t]+)?\"(?:k8s\.io/api/core/v1|github\.com/pulumi/[^\"\n]*/core/v1)\""
)
_USUAL = frozenset(("corev1", "v1", "apiv1", "core", "k8sv1", "kcorev1", "coreV1"))
"""What Kubernetes' package is called where a file does not import it itself."""
_LITERAL = re.compile(r"(\[\]\*?)?(?<![\w.])(\w+)\.Container(?:Args)?\{")
_OWN = re.compile(r"(?<!\w)(?:Init)?Containers:[ \t]*\[\]\*?Container\{")
"""A pod's list in a program that has types of its own for what it deploys."""
_APPLIED = re.compile(r"\b\w+\.Container\(\)(?=\s*\.)")
"""What begins a chain of calls that builds a configuration to apply."""
_MADE = re.compile(
    r"^[ \t]*(\w+)(?:, *\w+){0,3} *:?= *(?:\w+\.){0,4}\w*[cC]ontainer\w*\(", re.M
)
"""A variable that gets a container from a function."""
_GIVEN = re.compile(r"[(,]\s*(\w+) \*?\w+\.Container(?=\s*[,)])")
"""A container that a function is given, to go on with."""
_EMPTY = re.compile(
    r"^[ \t]*(?:(\w+)[ \t]*:=[ \t]*&?\w+\.Container\{\s*\}"
    r"|var[ \t]+(\w+)[ \t]+\w+\.Container[ \t]*$)",
    re.M,
)
"""A container that has nothing yet."""
_GETS = re.compile(
    r"^[ \t]*(\w+)\.(Name|Image|Command|Args|Ports|Env|VolumeMounts|RestartPolicy)"
    r"[ \t]*=(?!=)",
    re.M,
)
"""A field of such a variable, and its new value."""
_ENOUGH = 3
"""Fields that a function has to give to what it gets, or it only changes one."""
_OPTIONS = re.compile(r"\bcontainer\.(?:Apply|New)(\()")


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal of a container, and the names by which the code hands it on."""

    open: int
    """Where its brace is."""
    start: int
    """Where the statement that it stands in begins to speak of it."""
    fields: dict[str, Span]
    function: str
    names: frozenset[str]


def literals(program: Program) -> Iterator[Literal]:
    """Yield the literals that say what a container is called or runs."""
    yield from _structs(program)
    yield from _made(program)
    code = program.code
    for match in _APPLIED.finditer(code.shape):
        at = match.start()
        yield from _literal(program, at, at, chain(code, match.end()))
    for match in _OPTIONS.finditer(code.shape):
        at = match.start()
        yield from _literal(program, at, at, _options(program, match.start(1)))


def _made(program: Program) -> Iterator[Literal]:
    """Yield what a function makes of a container that it gets from another one.

    It gives it a name, and most of what a literal would.
    """
    shape, functions = program.code.shape, program.functions
    made = {
        (functions.name(match.end()), match[match.lastindex or 1])
        for pattern in (_MADE, _GIVEN, _EMPTY)
        for match in pattern.finditer(shape)
    }
    found: dict[tuple[str, str], dict[str, Span]] = {}
    for match in _GETS.finditer(shape) if made else ():
        whose = (functions.name(match.start(1)), match[1])
        if whose in made:
            value = (match.end(), end_of_statement(program.code, match.end()))
            found.setdefault(whose, {}).setdefault(match[2], value)
    for (function, variable), given in found.items():
        if "Name" in given and len(given) >= _ENOUGH:
            start = shape.rindex("\n", 0, given["Name"][0]) + 1
            names = program.names.handed_on(f"{variable} := ", function)
            yield Literal(given["Name"][0], start, given, function, names)


def _structs(program: Program) -> Iterator[Literal]:
    """Yield what `corev1.Container{…}` says, and each of `[]corev1.Container{{…}}`."""
    code = program.code
    imported = {match[1] or "v1" for match in _IMPORT.finditer(code.text)}
    aliases = imported or _USUAL
    for match in _LITERAL.finditer(code.shape):
        if match[2] not in aliases:
            continue
        opening = match.end() - 1
        openings = [opening]
        if match[1]:
            openings = [
                start + code.shape[start:end].index("{")
                for start, end in code.elements(opening)
                if code.shape[start:end].lstrip().startswith(("{", "&{"))
            ]
        for one in openings:
            yield from _literal(program, one, match.start(), fields(code, one))
    for match in _OWN.finditer(code.shape):
        for start, end in code.elements(match.end() - 1):
            found = fields(code, start + code.shape[start:end].find("{"))
            if {"Name", "Image"} <= set(found):
                yield from _literal(program, start, match.start(), found)


def _options(program: Program, opening: int) -> dict[str, Span]:
    """Return the arguments of `WithName(…), WithImage(…)`, without the `With`."""
    code = program.code
    found = {}
    for start, end in code.elements(opening):
        if option := WITH.match(code.shape, start, end):
            close = code.closes.get(option.end() - 1, end)
            found[option[1]] = (option.end(), close)
    return found


def _literal(
    program: Program, open_: int, start: int, found: dict[str, Span]
) -> Iterator[Literal]:
    """Yield the container that the fields in *found* describe, if they name one."""
    if "Name" in found or "Image" in found:
        function = program.functions.name(start)
        names = program.names.handed_on(program.code.before(start), function)
        yield Literal(open_, start, found, function, names)
