"""cdk8s: containers of Kubernetes, in code that is written as for AWS CDK.

`deployment.addContainer({…})` makes a container of a pod. Its fields have names of
their own, and a helper of the project may stand around them: `withDefaults({…})`.
"""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Container, Mount, Port, Text
from sidecar_spotter.readers.common.source import Code, Span

USED = re.compile(r"[\"'@](?:[\w/-]{0,60}/)?cdk8s")
"""What code says that needs the library."""
KIND = "cdk8s pod"
UNNAMED = "main"
"""The name that the library gives to a container without one."""

_WRAPPED = re.compile(r"\s*(?:await\s+)?[\w.]{1,120}\(\s*\{")
_NUMBER = re.compile(r"\bnumber\s*:\s*(\d{1,5})\b")
_PATH = re.compile(r"\bpath\s*:\s*[\"'`]([^\"'`\n]{1,200})[\"'`]")
_VOLUME = re.compile(r"\bvolume\s*:\s*([\w.]{1,120})\s*[,}]")
_ONLY = re.compile(r"\breadOnly\s*:\s*true\b")
_ABOVE = 6
"""Lines above a call in which its comment may stand."""
_NOTHING = (0, 0)


def fields_of(code: Code, opening: int) -> dict[str, Span]:
    """Return what a call is given by name, whatever function it goes through first."""
    given = next(iter(code.elements(opening)), _NOTHING)
    wrapped = _WRAPPED.match(code.shape, *given)
    if wrapped is None:
        return code.fields(opening)
    return code.fields(wrapped.end() - 1, inner=False)


def container(code: Code, call: re.Match[str]) -> Container:
    """Return the container that a call adds, which ends with its bracket."""
    at, opening = call.start(), call.end() - 1
    early = "init" in call[2].lower()
    fields = fields_of(code, opening)
    image = fields.get("image")
    name = next(_texts(code, fields, "name"), Text(UNNAMED, 0))
    said = next(_texts(code, fields, "image"), None)
    if image is not None and said is None:
        said = Text(code.source(image), code.line(image[0]))
    return Container(
        name=name.text,
        line=code.line(at),
        stage="init" if early else "run",
        image=said,
        words=tuple(_texts(code, fields, "command", "args")),
        settings=tuple(_settings(code, fields.get("envvariables", _NOTHING))),
        ports=tuple(_ports(code, fields)),
        mounts=tuple(_mounts(code, fields.get("volumemounts", _NOTHING))),
        notes=tuple(_comments(code, at)),
    )


def _texts(code: Code, fields: dict[str, Span], *names: str) -> Iterator[Text]:
    for name in names:
        yield from code.strings(fields.get(name, _NOTHING))


def _settings(code: Code, span: Span) -> Iterator[Text]:
    """Yield each variable with the value that stands in its call, if one does."""
    opening = code.shape.find("{", *span)
    for name, value in code.fields(opening).items() if opening >= 0 else ():
        said = next(code.strings(value), None)
        if said is not None:
            yield Text(f"{name.upper()}={said.text}", said.line)


def _ports(code: Code, fields: dict[str, Span]) -> Iterator[Port]:
    for match in _NUMBER.finditer(code.text, *fields.get("ports", _NOTHING)):
        yield Port(int(match[1]), "", code.line(match.start()))
    for name in ("port", "portnumber"):
        span = fields.get(name, _NOTHING)
        digits = code.source(span)
        if digits.isdecimal() and len(digits) < 6:
            yield Port(int(digits), "", code.line(span[0]))


def _mounts(code: Code, span: Span) -> Iterator[Mount]:
    """Yield the mounts whose volume has a name in the code."""
    opening = code.shape.find("[", *span)
    for start, end in code.elements(opening) if opening >= 0 else ():
        path = _PATH.search(code.text, start, end)
        volume = _VOLUME.search(code.text, start, end)
        if path is not None and volume is not None:
            only = _ONLY.search(code.text, start, end) is not None
            yield Mount(volume[1], path[1], only, code.line(path.start()))


def _comments(code: Code, at: int) -> Iterator[Text]:
    """Yield the lines of the comment right above a call."""
    number = code.line(at)
    lines = code.text[max(at - 1000, 0) : at].split("\n")[:-1]
    for said in reversed(lines[-_ABOVE:]):
        number -= 1
        if not said.strip().startswith(("//", "#")):
            return
        yield Text(said.strip().strip("/# "), number)
