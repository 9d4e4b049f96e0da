"""Containers of Docker that a Terraform file declares, one resource each.

They are tied as the services of a Compose file are: one joins the network of another,
or mounts what another one writes. So they become such services here.

https://registry.terraform.io/providers/kreuzwerker/docker/latest/docs/resources/container
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from sidecar_spotter.model import Container, Group, Mount, Port, Text, Volume
from sidecar_spotter.readers import compose
from sidecar_spotter.readers.common.fields import Fields, comment_above, number
from sidecar_spotter.readers.common.values import Names, say
from sidecar_spotter.readers.hcl import labeled
from sidecar_spotter.tree import Node, entries, line, text

KIND = "docker_container"
COMMENTS = ("#", "//")
MOST = 300
"""Containers of one file that are read."""
_NAMED = re.compile(r"\$\{docker_container\.([\w-]+)(?:\[[^\]]*\])?\.\w+\}")
_VOLUME = re.compile(r"\$\{docker_volume\.([\w-]+)(?:\[[^\]]*\])?\.\w+\}")
_SPACES = (*(("networkmode", "network"), ("pidmode", "processes"), ("ipcmode", "ipc")),)
"""Fields that can name a container whose namespace is joined."""


def units(tree: Node | None, names: Names, lines: list[str]) -> Iterator[Group]:
    """Yield the units that the containers of a file form."""
    found = {
        text(label): (label, Fields(body, names))
        for kind, named in labeled(tree, "resource")
        if text(kind) == KIND
        for label, body in entries(named)
    }
    called = {label: _name(label, fields) for label, (_, fields) in found.items()}
    services = [
        _service(at, called, fields, lines)
        for at, fields in list(found.values())[:MOST]
    ]
    for group in compose.grouped(services):
        yield replace(group, kind=KIND)


def _name(label: str, fields: Fields) -> str:
    said = fields.say("name")
    return said if said and "${" not in said else label


def _service(
    at: Node, called: dict[str, str], fields: Fields, lines: list[str]
) -> compose.Service:
    mounts, volumes = _mounts(fields)
    image = fields.said("image")
    box = Container(
        name=called[text(at)],
        line=line(fields.key("name") or at),
        image=image and replace(image, text=re.sub(r"^\$\{|\}$", "", image.text)),
        words=(*fields.texts("entrypoint"), *fields.texts("command")),
        settings=tuple(fields.texts("env")),
        ports=tuple(_ports(fields, "internal")),
        mounts=mounts,
        joins=tuple(_joins(fields, called)),
        capabilities=tuple(fields.under("capabilities").texts("add")),
        notes=comment_above(lines, line(at), COMMENTS),
    )
    published = tuple(one.number for one in _ports(fields, "internal") if one.number)
    taken = tuple(
        (Text(_of(one.text, called), one.line), False)
        for block in fields.mappings("volumes")
        if (one := block.said("fromcontainer")) is not None
    )
    return compose.Service(
        box, box.name, volumes, taken, (), fields.say("restart"), (), published, False
    )


def _of(said: str, called: dict[str, str]) -> str:
    """Return the container that a value names."""
    match = _NAMED.search(said)
    return called.get(match[1], match[1]) if match is not None else said


def _joins(fields: Fields, called: dict[str, str]) -> Iterator[Text]:
    for field, what in _SPACES:
        said = fields.said(field)
        if said is not None and said.text.startswith("container:"):
            whose = _of(said.text.removeprefix("container:"), called)
            yield Text(f"{what}:{whose}", said.line)


def _ports(fields: Fields, field: str) -> Iterator[Port]:
    for one in fields.mappings("ports"):
        node = one.get(field)
        if node is not None:
            yield Port(number(node), "", line(node))


def _mounts(fields: Fields) -> tuple[tuple[Mount, ...], tuple[Volume, ...]]:
    """Return what a container mounts, and the volumes that these are."""
    mounts, volumes = [], []
    for one in fields.mappings("volumes", "mounts"):
        source = one.get("volumename", "hostpath", "source")
        path = one.get("containerpath", "target")
        if source is None or path is None:
            continue
        made = _VOLUME.search(say(source))
        name, kind = (made[1], "named") if made else compose.volume(say(source))
        mounts.append(Mount(name, say(path), one.true("readonly"), line(source)))
        volumes.append(Volume(name, kind, line(source)))
    return tuple(mounts), tuple(volumes)
