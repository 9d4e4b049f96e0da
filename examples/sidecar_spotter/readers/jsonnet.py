"""Jsonnet: objects that look like containers, in code that makes manifests.

The code is not run, so which objects end up in one pod stays unknown: each one is a
unit by itself, whose neighbors stand elsewhere. Strings and comments are blanked, and
an object that has an `image` and a `name` is a container.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from sidecar_spotter.discover import form_of
from sidecar_spotter.look import Look
from sidecar_spotter.model import Container, Group, Port, Text
from sidecar_spotter.readers.lines import Lines

MOST = 200
"""Objects of one file that are looked at."""
WIDEST = 20_000
"""Characters of an object that is looked at."""
STRINGS = 100
"""Strings of a command that are looked at."""

_TOKEN = re.compile(
    r"//[^\n]*|#[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|'(?:\\.|[^'\\])*'?|\"(?:\\.|[^\"\\])*\"?"
)
_IMAGE = re.compile(r"\bimage\s*\+?:{1,3}")
_FIELD = re.compile(r"\s*(\w+)\s*\+?:{1,3}")
_STEP = re.compile(r"[\[{(\]}),]")
_PORT = re.compile(r"\bcontainerPort\s*:\s*(\d{1,5})\b")

Span = tuple[int, int]


def suits(path: str, data: bytes) -> bool:
    """Whether the file is Jsonnet that could hold a container."""
    return form_of(path) == "jsonnet" and b"image" in data and b"ontainer" in data


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield a unit for each container in a file."""
    code = data.decode("utf-8", "replace")
    strings: dict[int, str] = {}

    def blank(match: re.Match[str]) -> str:
        said = match[0]
        if said[0] in "'\"":
            strings[match.start()] = said.strip("'\"")
        return "".join(one if one == "\n" else " " for one in said)

    shape = _TOKEN.sub(blank, code)
    line = Lines(code).of
    seen: set[int] = set()
    for match in islice(_IMAGE.finditer(shape), MOST):
        start = _opening(shape, match.start())
        if start is None or start in seen:
            continue
        seen.add(start)
        box = _container(code, shape, strings, line, start)
        if box is not None:
            marks = frozenset(("partial",))
            kind = "jsonnet object"
            yield Group(path, box.line, "kubernetes", kind, "", (box,), marks=marks)


def _opening(shape: str, at: int) -> int | None:
    """Return where the object begins that a place is directly in."""
    depth = 0
    for place in range(at - 1, max(at - WIDEST, -1), -1):
        sign = shape[place]
        if sign in ")]}":
            depth += 1
        elif sign in "([{":
            if not depth:
                return place if sign == "{" else None
            depth -= 1
    return None


def _fields(shape: str, start: int) -> dict[str, Span]:
    """Return the value of each field of the object whose brace is at *start*."""
    found: dict[str, Span] = {}
    depth, begin = 0, start + 1
    for match in _STEP.finditer(shape, start, start + WIDEST):
        sign = match[0]
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        if (sign == "," and depth == 1) or depth == 0:
            if field := _FIELD.match(shape, begin, match.start()):
                found.setdefault(field[1], (field.end(), match.start()))
            begin = match.end()
        if depth == 0:
            break
    return found


def _container(
    code: str,
    shape: str,
    strings: dict[int, str],
    line: Callable[[int], int],
    start: int,
) -> Container | None:
    fields = _fields(shape, start)
    if "name" not in fields or "image" not in fields:
        return None

    def say(field: str) -> Text:
        begin, end = fields[field]
        begin += len(code[begin:end]) - len(code[begin:end].lstrip())
        own = strings.get(begin)
        return Text(own or " ".join(code[begin:end].split())[:200], line(begin))

    name = say("name")
    words = [
        Text(strings[at], line(at))
        for field in ("command", "args")
        if field in fields
        for at in islice(range(*fields[field]), WIDEST)
        if at in strings
    ]
    ports = fields.get("ports", (0, 0))
    return Container(
        name=name.text,
        line=name.line,
        image=say("image"),
        words=tuple(words[:STRINGS]),
        ports=tuple(
            Port(int(match[1]), "", line(match.start()))
            for match in _PORT.finditer(shape, *ports)
        ),
    )
