"""Containers that are told by their type, as all seven languages have them.

`V1Container(name="a", …)` in Python, `new V1Container { Name = "a" }` in C#,
`Container { name: …, .. }` in Rust, `new Container()` and its setters in Java.
"""

import re
from collections.abc import Iterator
from itertools import islice

from sidecar_spotter.readers.common.source import Code, Span
from sidecar_spotter.readers.languages.language import WIDEST
from sidecar_spotter.readers.programs.chains import chain
from sidecar_spotter.readers.programs.literal import Literal, variable

MOST = 300
"""Calls of one file that are looked at."""

_TYPED = re.compile(
    r"(?<![\w])(new\s+)?(?:\w+(?:\.|::)){0,4}"
    r"(?:V1Container(?:Builder)?|Container(?:Args|Builder)?"
    r"|(\w{1,60}Container(?:Definition)?Args))\s*([({])"
)
_KEY = re.compile(r"[{,]\s*([\w\"'.]+)\s*:\s*\Z")
"""The name of a container in a map, in front of it."""
_SETTER = re.compile(r"\.set(Name|Image|Command|Args|RestartPolicy)\(")
_QUOTES = ("'", '"')


def typed(code: Code) -> Iterator[Literal]:
    """Yield the containers that calls of a type make, and literals of structs."""
    for match in islice(_TYPED.finditer(code.shape), MOST):
        literal = _made(code, match)
        if literal is not None:
            yield literal


def _made(code: Code, match: re.Match[str]) -> Literal | None:
    """Return the container that a call of its type makes, or a struct's literal."""
    opening = match.start(3)
    closing = code.closes.get(opening, opening)
    fields = code.fields(opening, inner=match[3] == "(")
    made, end = chain(code, closing + 1)
    fields = {**made, **fields}
    first = next(code.elements(opening), None)
    plain = first is not None and code.shape[slice(*first)].lstrip()[:1] in _QUOTES
    if plain and first is not None and "image" in fields:
        fields.setdefault("name", first)  # C# has it without its name
    key = _KEY.search(code.shape, max(match.start() - 80, 0), match.start())
    if key is not None and "image" in fields:
        fields.setdefault("name", key.span(1))
    if not fields and match[1]:
        fields, end = _set_later(code, match, closing), closing
        if not fields:
            return None
    elif not _is_container(match, fields):
        return None
    given = variable(code.shape, match.start())
    return Literal(match.start(), opening, max(end, closing), fields, given, True)


def _is_container(match: re.Match[str], fields: dict[str, Span]) -> bool:
    """Whether a type's name and the fields given say that it is Kubernetes' own."""
    named, imaged = "name" in fields, "image" in fields
    if match[2]:  # other things have such names, too, as a `BlobContainerArgs`
        return imaged
    told = "V1" in match[0] or "Args" in match[0] or match[1] or match[3] == "{"
    return (named or imaged) if told else (named and imaged)


def _set_later(code: Code, match: re.Match[str], closing: int) -> dict[str, Span]:
    """Return the fields that a container gets from setters, line by line."""
    owner = variable(code.shape, match.start())
    fields: dict[str, Span] = {}
    end = min(closing + WIDEST, len(code.shape))
    for one in _SETTER.finditer(code.shape, closing, end):
        ahead = code.shape[max(one.start() - 80, 0) : one.start()]
        if owner and re.search(rf"\b{re.escape(owner)}\Z", ahead):
            inside = one.end(), code.closes.get(one.end() - 1, one.end())
            fields.setdefault(one[1].lower(), inside)
    return fields
