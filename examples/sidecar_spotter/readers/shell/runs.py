"""Containers that a script starts side by side with Docker or Podman, a command each.

    podman pod create --name shop
    podman run --detach --pod shop --name web shop/web:1
    podman run --detach --pod shop --name ship --volumes-from web fluent-bit

Together are those of one pod, and those of which one joins a namespace of another. They
have the fields of a Compose file's services under other names. Whoever is not detached
is waited for: a step of the script, or somebody's look into a container.

https://docs.podman.io/en/latest/markdown/podman-run.1.html
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import yaml

from sidecar_spotter.model import Group, Text
from sidecar_spotter.readers import compose
from sidecar_spotter.readers.common import code_files
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.readers.common.shapes import with_volumes_from
from sidecar_spotter.readers.compose.services import service
from sidecar_spotter.readers.shell.options import Command, commands_in
from sidecar_spotter.tree import Node, moved

HINT = re.compile(rb"--pod[= ]|=container:|[ \"']container:")
MOST = 300
"""Commands of one file that are read."""

_SAME = {
    "cap-add": "cap_add",
    "e": "environment",
    "entrypoint": "entrypoint",
    "env": "environment",
    "expose": "expose",
    "health-cmd": "healthcheck",
    "ipc": "ipc",
    "mount": "volumes",
    "net": "network_mode",
    "network": "network_mode",
    "p": "ports",
    "pid": "pid",
    "privileged": "privileged",
    "publish": "ports",
    "restart": "restart",
    "tmpfs": "tmpfs",
    "v": "volumes",
    "volume": "volumes",
    "volumes-from": "volumes_from",
}
"""What Compose calls an option."""
_ONE = frozenset(("ipc", "network_mode", "pid", "privileged", "restart"))
"""Fields with one value, not with a list."""


def units(path: str, text: str) -> Iterator[Group]:
    """Yield the units of the containers that a script starts."""
    if len(text) > code_files.LARGEST:
        return
    commands = list(islice(commands_in(text), MOST))
    rows = text.split("\n")
    pods: dict[str, list[compose.Service]] = defaultdict(list)
    others: list[compose.Service] = []
    for one in commands:
        if one.stays and one.words and not one.makes_pod:
            described = _service(one, rows)
            pod = one.says("pod").removeprefix("new:")
            (pods[pod] if pod else others).append(described)
    made = {_name_of(one): one for one in commands if one.makes_pod}
    for name, services in pods.items():
        if len(services) > 1:
            yield _placed(path, name, services, made.get(name))
    for group in compose.grouped(others):
        if len(group.containers) > 1 and any(box.joins for box in group.containers):
            yield replace(group, path=path, kind="containers of a script")


def _name_of(pod: Command) -> str:
    return pod.says("name") or (pod.words[0].text if pod.words else "")


def _placed(
    path: str, name: str, services: Sequence[compose.Service], pod: Command | None
) -> Group:
    """Return the unit of a pod's containers; *pod* makes it, where that is here."""
    volumes = {one.name: one for each in services for one in each.volumes}
    taken = {one.box.name: one.taken for one in services}
    boxes = with_volumes_from([one.box for one in services], taken)
    served = [port for one in services for port in one.published]
    shares = []
    if pod is not None:
        served += _service(pod, []).published
        shares = [
            Text("processes", value.line)
            for option, value in pod.options
            if option == "share" and "pid" in re.split(r"\W", value.text)
        ]
    return Group(
        path,
        boxes[0].line,
        "podman",
        "podman pod",
        name,
        tuple(boxes),
        tuple(volumes.values()),
        shares=tuple(shares),
        served=tuple(sorted(set(served))),
    )


def _service(command: Command, rows: list[str]) -> compose.Service:
    image = command.words[0].text if command.words else ""
    stem = re.split(r"[:@]", image.rpartition("/")[2])[0]
    name = _scalar(Text(command.says("name") or stem, command.line))
    found = service(name, Fields(_fields(command)), rows)
    if command.says("init-ctr"):
        found = replace(found, box=replace(found.box, stage="init"))
    return found


def _fields(command: Command) -> Node:
    """Return what a command says, as a service of a Compose file says it."""
    fields: dict[str, list[Node]] = defaultdict(list)
    for option, value in command.options:
        if option == "mount":
            fields["volumes"].append(_mount(value))
        elif option in _SAME:
            fields[_SAME[option]].append(_scalar(value))
    image, *arguments = command.words or (Text("", command.line),)
    fields["image"], fields["command"] = [_scalar(image)], list(map(_scalar, arguments))
    found: list[tuple[str, Node]] = []
    for name, nodes in fields.items():
        listed = nodes[-1] if name in _ONE | {"image"} else _list(nodes, command.line)
        if name == "healthcheck":
            listed = _mapping([("test", listed)], command.line)
        found.append((name, listed))
    return _mapping(found, command.line)


def _mount(said: Text) -> Node:
    """Return the long form of a mount: `type=volume,source=logs,target=/logs,ro`."""
    source, target, only = compose.options_of(said.text)
    tmpfs = "type=tmpfs" in said.text.split(",")
    pairs = {
        "type": "tmpfs" if tmpfs else "",
        "source": source,
        "target": target,
        "read_only": str(only).lower(),
    }
    nodes = [(key, _scalar(Text(value, said.line))) for key, value in pairs.items()]
    return _mapping(nodes, said.line)


def _scalar(said: Text) -> Node:
    return moved(yaml.ScalarNode("", said.text), said.line)


def _list(nodes: list[Node], line: int) -> Node:
    return yaml.SequenceNode("", nodes, _scalar(Text("", line)).start_mark)


def _mapping(pairs: Iterable[tuple[str, Node]], line: int) -> Node:
    keyed = [(_scalar(Text(name, line)), value) for name, value in pairs]
    return yaml.MappingNode("", keyed, _scalar(Text("", line)).start_mark)
