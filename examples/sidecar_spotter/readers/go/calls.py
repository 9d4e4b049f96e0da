"""Go functions that make containers: by a given name, or in a file out of sight."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from sidecar_spotter.readers.common.source import Span
from sidecar_spotter.readers.go.literals import Literal
from sidecar_spotter.readers.go.names import NAME
from sidecar_spotter.readers.go.program import Program
from sidecar_spotter.tables.known import MAIN, split, telling

MOST = 300
"""Calls of one function that are looked at."""

_ELEMENT = re.compile(
    r"\s*[*&]?(?:\w+\.){0,4}(?P<verb>(?i:create|build|new|make|get|generate))?"
    r"(?P<name>\w+)(?P<open>\()"
)
"""A call as an element of a list, without the verb in the function's name."""
_OF_VALUES = frozenset(("DeepCopy", "Build", "Obj", "Object", "Complete", "Get"))
"""Methods of a value that is one already."""
_SUFFIX = re.compile(r"(?<=\w)Container(?:With\w*|Spec)?$")
"""What a function's name ends with, behind the name of the container."""
_LIST = re.compile(r"\[\]\*?\w+\.Container(\{)")


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


def called_in(program: Program, span: Span, known: frozenset[str]) -> Iterator[Literal]:
    """Yield a container for each call that is an element of a list in a span.

    What the function makes, another file says. Its name is known where the call gives
    one, and else the function is called after it. What is given a container that is
    *known* gives that one back.
    """
    code = program.code
    for match in islice(_LIST.finditer(code.shape, *span), MOST):
        for start, end in code.elements(match.start(1)):
            if not known.isdisjoint(NAME.findall(code.shape, start, end)):
                continue
            if (one := called(program, (start, end))) is not None:
                yield one


def called(program: Program, span: Span) -> Literal | None:
    """Return the container that the call in a span makes, if it is a call."""
    code = program.code
    start, end = span
    match = _ELEMENT.match(code.shape, start, end)
    if match is None:
        return None
    opening = match.start("open")
    rest = code.shape[code.closes.get(opening, end) + 1 : end]
    whole = (match["verb"] or "") + match["name"]
    if rest.strip() or whole in program.functions.bodies or whole in _OF_VALUES:
        return None  # what stands in this file is read there
    first = next(code.elements(opening), (0, 0))
    given = [at for at in code.places(first) if not code.shape[first[0] : at].strip()]
    name = first if given else _short(match.span("name"), match["name"])
    function = program.functions.name(start)
    return Literal(opening, start, {"Name": name}, function, frozenset())


def _short(span: Span, name: str) -> Span:
    """Return where a function's name stands, without what it says of any container."""
    match = _SUFFIX.search(name)
    return (span[0], span[0] + match.start()) if match else span
