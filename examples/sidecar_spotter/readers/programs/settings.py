"""The environment of a container in a program, with what its constants stand for."""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Text
from sidecar_spotter.readers.common.source import Span, plain
from sidecar_spotter.readers.programs.program import Program

MOST = 5
"""Places where a name gets a value that are looked at."""
_FIELD = re.compile(r"\s*(?:(\w+)|([\"'])_*[\"'])\s*:(?!:)")
_NUMBER = re.compile(r"\s*(\d[\d_]*)\s*(?:[;,)\n]|$)")
_NAMED = re.compile(r"(?:String|str|int|Number|\$)?\(?\s*([A-Za-z_]\w*)\s*\)?")
"""A name, or what makes a string of it."""
_INSIDE = re.compile(r"\$\{\s*([A-Za-z_]\w*)\s*\}")
"""A name in a string."""


def settings(program: Program, span: Span) -> Iterator[Text]:
    """Yield what a container is given, as NAME=value where an object says so."""
    code = program.code
    start = span[0] + len(code.shape[span[0] : span[1]])
    start -= len(code.shape[span[0] : span[1]].lstrip())
    if code.shape[start : start + 1] != "{" or start not in code.closes:
        yield from code.strings(span)
        return
    for begin, end in code.elements(start):
        field = _FIELD.match(code.shape, begin, end)
        if field is None:
            yield from code.strings((begin, end))
            continue
        name = field[1] or code.string_at(field.start(2))
        value = _value(program, (field.end(), end))
        yield Text(f"{name}={value}", code.line(field.start(1 if field[1] else 2)))


def _value(program: Program, span: Span) -> str:
    """Return what a value says, "" where the file does not tell."""
    code = program.code
    said = next(code.strings(span), None)
    if said is not None:
        return _INSIDE.sub(
            lambda match: _constant(program, match[1]) or match[0], said.text
        )
    source = code.text[span[0] : span[1]].strip()
    named = _NAMED.fullmatch(source)
    return (_constant(program, named[1]) if named is not None else "") or source


def _constant(program: Program, name: str) -> str:
    """Return the number or the string that a name of the file stands for."""
    code = program.code
    for at in program.named.get(("", plain(name)), [])[:MOST]:
        if (number := _NUMBER.match(code.text, at)) is not None:
            return number[1].replace("_", "")
        for said in code.strings((at, at + 2)):
            return said.text
    return ""
