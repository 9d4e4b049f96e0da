"""One container that a program describes, from the fields of its literal."""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Container, Mount, Port, Stage, Text
from sidecar_spotter.readers.common.source import Code, Span, plain
from sidecar_spotter.readers.languages.language import WIDEST
from sidecar_spotter.readers.programs.literal import Literal
from sidecar_spotter.readers.programs.program import Program
from sidecar_spotter.readers.programs.settings import settings

ABOVE = 6
"""Lines above a container in which its comment is searched."""

_NOTHING = (0, 0)
_CONTAINER_PORT = re.compile(r"container_?port[\"']?\s*[:=(]\s*(\d{1,5})\b", re.I)
_PATH = re.compile(r"mount_?path[\"']?\s*[:=(]\s*[\w.(]*[\"'`]([^\"'`]*)", re.I)
_VOLUME = re.compile(
    r"(?<![a-z_])(?:with_?)?name[\"']?\s*[:=(]\s*([\w.]*[\"'`]?[^\"'`,)}\s]*)", re.I
)
_ONLY = re.compile(r"read_?only[\"']?\s*[:=(]\s*(?:Some\()?true\b", re.I)
_PLAINLY = re.compile(
    r"(?:Some\(|Optional\.of\(|f|pulumi\.interpolate"
    r"|(?:pulumi|aws|jsii)\.String(?:Ptr)?\()?[\"'`]"
)
"""What stands in front of a string that says all of a value."""
_CONVERTED = re.compile(
    r"^&|\.(?:to_string|into|to_owned|clone|as_str|to_container_name|ToString)\(\)"
)
"""What Rust and C# need to hand a name on."""


def container(program: Program, literal: Literal, stage: Stage) -> Container:
    """Return the container that a literal describes."""
    code, fields = program.code, literal.fields
    name, image = (_say(program, fields.get(one)) for one in ("name", "image"))
    at = name or image or Text("", code.line(literal.at))
    return Container(
        name=name.text if name else "",
        line=at.line,
        stage=stage,
        image=image,
        words=tuple(
            word
            for one in ("command", "args", "entrypoint")
            for word in code.strings(fields.get(one, _NOTHING))
        ),
        settings=tuple(
            settings(program, fields.get("env", fields.get("environment", _NOTHING)))
        ),
        ports=tuple(_ports(code, fields)),
        mounts=tuple(_mounts(code, fields.get("volumemounts", _NOTHING))),
        notes=tuple(_comments(code, literal.at)),
    )


def _say(program: Program, span: Span | None) -> Text | None:
    """Return what a value says: a string, a constant's, or the code itself."""
    if span is None:
        return None
    code = program.code
    start, end = span[0], min(span[1], span[0] + WIDEST)
    inside = code.shape[start:end]
    start += len(inside) - len(inside.lstrip())
    line = code.line(start)
    said = next(code.strings((start, end)), None)
    source = code.source((start, end)).strip()
    if said is not None and _PLAINLY.match(source):
        return Text(said.text, line)
    source = _CONVERTED.sub("", source)
    for at in program.named.get(("", plain(source)), []):
        constant = next(code.strings((at, at + 1)), None)
        if constant is not None:
            return Text(constant.text, line)
    return Text(source, line)


def _ports(code: Code, fields: dict[str, Span]) -> Iterator[Port]:
    for field in ("ports", "portmappings"):
        for match in _CONTAINER_PORT.finditer(code.text, *fields.get(field, _NOTHING)):
            yield Port(int(match[1]), "", code.line(match.start()))


def _mounts(code: Code, span: Span) -> Iterator[Mount]:
    """Yield the mounts in a span: each from a path, with the name that is near it."""
    for match in _PATH.finditer(code.text, *span):
        opening = code.around(match.start())
        start, end = opening, code.closes.get(opening, opening)
        if opening < span[0] or code.shape[opening] not in "{(":
            start, end = max(match.start() - 200, span[0]), match.end() + 200
        volume = _VOLUME.search(code.text, start, min(end, span[1]))
        only = _ONLY.search(code.text, start, min(end, span[1])) is not None
        if volume is not None:
            name = volume[1].strip("\"'`")
            yield Mount(name, match[1], only, code.line(match.start()))


def _comments(code: Code, at: int) -> Iterator[Text]:
    """Yield the comment above the statement that a place is in."""
    number = code.line(at)
    lines = code.text[max(at - 2000, 0) : at].split("\n")[:-1]
    for said in reversed(lines[-ABOVE:]):
        number -= 1
        bare = said.strip()
        if bare.startswith(("#", "//", "/*", "*")):
            yield Text(bare.strip("#/* "), number)
        elif not bare.endswith(("(", "[", "{", ":")):
            return
