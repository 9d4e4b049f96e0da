"""What Go's expressions say: strings, lists of structs, and the fields of one."""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Text
from sidecar_spotter.readers.common.source import Code, Span
from sidecar_spotter.readers.go.names import NAME
from sidecar_spotter.readers.go.program import Program
from sidecar_spotter.readers.languages.language import WIDEST

ASSIGNMENTS = 10
"""Places that give a variable its value, as `append` does, that are looked at."""
WITH = re.compile(r"\s*(?:\.|\w+\.)\s*With(\w+)\(")
"""A call that gives one field of what a chain of calls builds."""

_ENDS = re.compile(r"[\n{(\[]")
_FIELD = re.compile(r"\s*(\w+)\s*:(?!=)")
_OF_STRUCT = re.compile(r"([a-z]\w*)\.([A-Z]\w*)")
_CONVERTED = re.compile(r"string\((.*)\)")
_STRUCT = re.compile(r"\s*&?(?:\w+\.)?[A-Z]\w*\{")
_STRING = re.compile(r"[\"`]_*[\"`]")


def fields(code: Code, opening: int) -> dict[str, Span]:
    """Return the value of each field of the literal whose brace is *opening*.

    Beside `Code.fields`, which reads the other languages: Go's names keep their size,
    as `Name` is a field and `name` a variable, and what has no colon is no field.
    """
    found = {}
    for start, end in code.elements(opening):
        if match := _FIELD.match(code.shape, start, end):
            found[match[1]] = (match.end(), end)
    return found


def chain(code: Code, at: int) -> dict[str, Span]:
    """Return the arguments of `.WithName(…).WithImage(…)`, without the `With`."""
    found: dict[str, Span] = {}
    while match := WITH.match(code.shape, at):
        at = code.closes.get(match.end() - 1, match.end()) + 1
        start, end = found.get(match[1], (match.end(), at - 1))
        found[match[1]] = (start, max(end, at - 1))
    return found


def rows(program: Program, span: Span, kind: str) -> Iterator[dict[str, Span]]:
    """Yield the fields of each struct in a value: a list of *kind*, or its name.

    An element may be the name of a struct that stands above.
    """
    code = program.code
    list_of = re.compile(rf"(\[\]\*?(\w+\.)?{kind}|{kind}Array)\s*\Z")
    for begin, stop in sources(program, span):
        at = begin
        while (at := code.shape.find("{", at, stop)) >= 0:
            if list_of.search(code.shape, max(at - 60, 0), at):
                for element in code.elements(at):
                    yield from _above(program, element, kind)
                at += 1  # the list's own brace
                continue
            yield fields(code, at)
            at = code.closes.get(at, at) + 1


def unmade(program: Program, span: Span, kind: str) -> Iterator[Text]:
    """Yield the names in a list of *kind* that stand for what is made elsewhere."""
    code = program.code
    list_of = re.compile(rf"\[\]\*?(?:\w+\.)?{kind}\{{")
    for begin, stop in sources(program, span):
        if found := list_of.search(code.shape, begin, stop):
            for element in code.elements(found.end() - 1):
                name = _named(code, element)
                if name and next(_above(program, element, kind), None) is None:
                    yield Text(name, code.line(element[1]))


def _named(code: Code, element: Span) -> str:
    """Return the name that an element of a list is, "" if it is none."""
    start, end = element
    name = code.shape[start : min(end, start + WIDEST)].strip().lstrip("*&")
    return name if NAME.fullmatch(name) else ""


def _above(program: Program, element: Span, kind: str) -> Iterator[dict[str, Span]]:
    """Yield the fields of the struct for whose name an element of a list is."""
    code = program.code
    struct = re.compile(rf"\s*&?(?:\w+\.)?{kind}\{{")
    here = (program.functions.name(element[0]), _named(code, element))
    for at in program.names.assigned.get(here, ())[:ASSIGNMENTS]:
        if made := struct.match(code.shape, at):
            yield fields(code, made.end() - 1)
            return


def sources(program: Program, span: Span) -> Iterator[Span]:
    """Yield where a value is spelled out: here, or where its variable is made."""
    start, end = span
    name = program.code.shape[start : min(end, start + WIDEST)].strip()
    if not NAME.fullmatch(name):
        yield start, min(end, start + WIDEST)
        return
    places = program.names.assigned.get((program.functions.name(start), name), [])
    for begin in places[:ASSIGNMENTS]:
        yield begin, end_of_statement(program.code, begin)


def end_of_statement(code: Code, start: int) -> int:
    """Return where the statement ends that goes on at a place: with its line."""
    at, last = start, min(start + WIDEST, len(code.shape))
    while match := _ENDS.search(code.shape, at, last):
        if match[0] == "\n":
            return match.start()
        at = code.closes.get(match.start(), match.start()) + 1
    return last


def words(program: Program, span: Span) -> Iterator[Text]:
    """Yield the strings of a value, and of the variable that it is."""
    code = program.code
    for begin, stop in sources(program, span):
        for match in _STRING.finditer(code.shape[begin:stop]):
            at = begin + match.start()
            yield Text(code.string_at(at), code.line(at))


def say(program: Program, span: Span) -> Text:
    """Return what a value says: a string, a constant's, or the code itself.

    `main.Image` is what the struct of that name says, where it stands in the function.
    """
    code = program.code
    start, end = span[0], min(span[1], span[0] + WIDEST)
    inside = code.shape[start:end]
    start += len(inside) - len(inside.lstrip())
    bare = inside.strip()
    line = code.line(start)
    if converted := _CONVERTED.fullmatch(bare):
        return say(program, (start + converted.start(1), start + converted.end(1)))
    if NAME.fullmatch(bare):
        function = program.functions.name(start)
        return Text(program.names.constant(bare, function), line)
    if (one := _OF_STRUCT.fullmatch(bare)) and (inner := _field(program, start, one)):
        return Text(say(program, inner).text, line)
    strings = code.places((start, end))
    call = re.match(r"[\w.]+\(", bare)
    if strings and (strings[0] == start or (call and len(strings) == 1)):
        return Text(code.string_at(strings[0]), line)
    return Text(" ".join(code.text[start:end].split())[:200], line)


def _field(program: Program, at: int, said: re.Match[str]) -> Span | None:
    """Return the field that `struct.Field` is, of a struct in the same function."""
    places = program.names.assigned.get((program.functions.name(at), said[1]), ())
    for start in places[:ASSIGNMENTS]:
        if made := _STRUCT.match(program.code.shape, start):
            span = fields(program.code, made.end() - 1).get(said[2])
            inside = program.code.shape[slice(*span)] if span else ""
            return span if span and not _OF_STRUCT.fullmatch(inside.strip()) else None
    return None
