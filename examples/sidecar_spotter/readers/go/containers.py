"""One container that Go code describes, from the fields of its literal."""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Container, Mount, Port, Stage, Text
from sidecar_spotter.readers.common.source import Code, Span
from sidecar_spotter.readers.go.literals import Literal
from sidecar_spotter.readers.go.names import GIVEN, NAME
from sidecar_spotter.readers.go.package import Package
from sidecar_spotter.readers.go.program import Program
from sidecar_spotter.readers.go.values import rows, say, unmade, words

Fields = dict[str, Span]

_NOTHING = (0, 0)
_ADDS = re.compile(r"\bAdd:")


def container(
    program: Program, literal: Literal, stage: Stage, package: Package
) -> Container:
    """Return the container of a literal; *package* knows what other files name."""
    fields = literal.fields
    name = say(program, fields["Name"]) if "Name" in fields else None
    image = say(program, fields["Image"]) if "Image" in fields else None
    if name is not None and NAME.fullmatch(name.text):
        outside = program.names.from_elsewhere(name.text, literal.function)
        if outside and (found := package.constants.get(outside)):
            name = Text(found, name.line)
    at = name or image or Text("", program.code.line(literal.open))
    return Container(
        name=name.text if name else "",
        line=at.line,
        stage=stage,
        image=image,
        words=tuple(
            word
            for field in ("Command", "Args")
            if field in fields
            for word in words(program, fields[field])
        ),
        settings=tuple(_settings(program, fields)),
        ports=tuple(_ports(program, fields)),
        mounts=tuple(_mounts(program, fields)),
        capabilities=tuple(_capabilities(program, fields)),
        notes=(*_comments(program.code, literal), *_variable(program, literal)),
    )


def _variable(program: Program, literal: Literal) -> Iterator[Text]:
    """Yield how the code calls a container, where the name is a constant elsewhere."""
    given = GIVEN.match(program.code.before(literal.start))
    if given is not None:
        yield Text(f"variable: {given[1]}", program.code.line(literal.start))


def _settings(program: Program, fields: Fields) -> Iterator[Text]:
    for row in rows(program, fields.get("Env", _NOTHING), "EnvVar"):
        if "Name" in row:
            name = say(program, row["Name"])
            value = say(program, row["Value"]).text if "Value" in row else ""
            yield Text(f"{name.text}={value}", name.line)


def _ports(program: Program, fields: Fields) -> Iterator[Port]:
    for row in rows(program, fields.get("Ports", _NOTHING), "ContainerPort"):
        if "ContainerPort" in row:
            number = say(program, row["ContainerPort"])
            name = say(program, row["Name"]).text if "Name" in row else ""
            digits = number.text.isdecimal() and len(number.text) < 6
            yield Port(int(number.text) if digits else None, name, number.line)


def _mounts(program: Program, fields: Fields) -> Iterator[Mount]:
    for row in rows(program, fields.get("VolumeMounts", _NOTHING), "VolumeMount"):
        if "Name" in row:
            name = say(program, row["Name"])
            where = say(program, row["MountPath"]).text if "MountPath" in row else ""
            only = "ReadOnly" in row and say(program, row["ReadOnly"]).text == "true"
            yield Mount(name.text, where, only, name.line)
    for said in unmade(program, fields.get("VolumeMounts", _NOTHING), "VolumeMount"):
        yield Mount(f"{said.text}.Name", "", read_only=False, line=said.line)


def _capabilities(program: Program, fields: Fields) -> Iterator[Text]:
    shape = program.code.shape
    start, end = fields.get("SecurityContext", _NOTHING)
    match = _ADDS.search(shape, start, end)
    if match is not None:
        stop = shape.find("}", match.end(), end)
        yield from words(program, (match.end(), stop if stop > 0 else end))


def _comments(code: Code, literal: Literal) -> tuple[Text, ...]:
    """Return the comment right above a literal."""
    lines = code.text[max(literal.start - 1000, 0) : literal.start].split("\n")[1:-1]
    first = code.line(literal.start) - len(lines)
    found = []
    for number, said in reversed(list(enumerate(lines, first))):
        if not said.strip().startswith("//"):
            break
        found.append(Text(said.strip().lstrip("/ "), number))
    return tuple(reversed(found))
