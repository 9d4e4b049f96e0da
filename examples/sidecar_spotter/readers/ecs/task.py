"""One task: its containers, and what they have in common."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from yaml import ScalarNode

from sidecar_spotter.model import Container, Group, Text, Volume
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.readers.common.shapes import with_volumes_from
from sidecar_spotter.readers.common.values import Names, resolve, say
from sidecar_spotter.readers.ecs.containers import WAITS, container, name_of, taken_by
from sidecar_spotter.tables.known import split
from sidecar_spotter.tree import Node, entries, line
from sidecar_spotter.units import prepares

Definitions = Iterable[tuple[Node, Text | None]]
"""The mappings that declare the containers of a task, each with its condition."""


def task(
    definitions: Definitions,
    fields: Fields,
    lines: list[str],
    signs: tuple[str, ...] = ("#",),
) -> Group:
    """Return the unit of these containers; *fields* are the task's own.

    Path and line are the caller's to fill in; *signs* begin a comment of the file.
    """
    definitions = list(definitions)
    found = [
        (Fields(node, fields.names), condition)
        for node, condition in definitions
        if next(entries(node), None) is not None and not _is_blank(Fields(node))
    ]
    boxes = [container(box, condition, lines, signs) for box, condition in found]
    declared = [box for box, _ in found]
    boxes = with_volumes_from(boxes, {name_of(box): taken_by(box) for box in declared})
    boxes = _ended(boxes, declared)
    boxes = _with_router(boxes, declared)
    proxy = next(fields.mappings("proxyconfiguration"), Fields(None))
    boxes += _filled_in(definitions, fields.names)
    boxes = [_with_proxy(box, proxy) for box in boxes]
    return Group(
        "",
        1,
        "ecs",
        "task definition",
        fields.say("family"),
        tuple(boxes),
        tuple(_volumes(fields)),
        shares=tuple(_shares(fields)),
        served=tuple(_proxied(proxy)),
        marks=_network(fields, declared),
    )


def _is_blank(box: Fields) -> bool:
    """Whether name and image are empty texts: it only shows what fields there are."""
    named = box.get("name", "containername"), box.get("image", "containerimage")
    return all(isinstance(one, ScalarNode) and not say(one) for one in named)


FILLED_IN = re.compile(r"\$\{?([A-Za-z]\w{0,80})\}?")

_NO_PART_OF_A_NAME = {"container", "json", "def", "definition", "task", "config"}


def _filled_in(definitions: Definitions, names: Names) -> Iterator[Container]:
    """Yield a container for each item of the list that a script puts there.

    `$PROXY_CONTAINER_JSON` stands for the container `proxy`.
    """
    for node, condition in definitions:
        said = resolve(node, names)
        if isinstance(said, ScalarNode) and (match := FILLED_IN.fullmatch(say(said))):
            words = [w for w in split(match[1]) if w not in _NO_PART_OF_A_NAME]
            yield Container("-".join(words), line(said), condition=condition)


def _ended(boxes: list[Container], declared: list[Fields]) -> list[Container]:
    """Return *boxes* with those as init that others wait for until they have ended."""
    ended = {
        wait.say("containername")
        for box in declared
        for wait in box.mappings(*WAITS)
        if wait.say("condition") in ("COMPLETE", "SUCCESS")
    }
    return [
        replace(box, stage="init") if box.name in ended or prepares(box) else box
        for box in boxes
    ]


def _with_router(boxes: list[Container], declared: list[Fields]) -> list[Container]:
    """Return *boxes* with a note on the one that routes the logs of the others."""
    users = [
        box.name
        for box, fields in zip(boxes, declared, strict=True)
        if fields.under("logconfiguration").say("logdriver") == "awsfirelens"
    ]
    found = []
    for box, fields in zip(boxes, declared, strict=True):
        top = fields.key("firelensconfiguration")
        if top is not None:
            whose = ", ".join(users[:3]) or "the other containers"
            says = f"configured: gets the logs of {whose}, by firelensConfiguration"
            box = replace(box, notes=(*box.notes, Text(says, line(top))))
        found.append(box)
    return found


def _with_proxy(box: Container, proxy: Fields) -> Container:
    """Return *box* with a note, if the task sends its traffic through it."""
    name = proxy.said("containername")
    if name is None or name.text != box.name:
        return box
    note = Text("proxy of the task's other containers", name.line)
    return replace(box, notes=(*box.notes, note))


def _proxied(proxy: Fields) -> Iterator[int]:
    """Yield the ports of the application to which a proxy passes requests on."""
    for pair in proxy.pairs("properties"):
        name, _, value = pair.text.partition("=")
        if name == "AppPorts":
            yield from (
                int(port) for port in re.findall(r"\b\d{1,5}\b", value[:200], re.ASCII)
            )


def _volumes(fields: Fields) -> Iterator[Volume]:
    for one in fields.mappings("volumes", "volume"):
        name = one.get("name")
        if name is not None:
            kind = next(
                (
                    kind
                    for field, kind in (
                        ("efsvolumeconfiguration", "efs"),
                        ("dockervolumeconfiguration", "docker"),
                        ("fsxwindowsfileservervolumeconfiguration", "fsx"),
                    )
                    if field in one
                ),
                "emptyDir",
            )
            host = one.under("host").said("sourcepath") or one.said("hostpath")
            if kind == "emptyDir" and host is not None and host.text:
                kind = "hostPath"
            yield Volume(say(name), kind, line(name))


def _shares(fields: Fields) -> Iterator[Text]:
    for field, value, share in (
        ("pidmode", "task", "processes"),
        ("pidmode", "host", "processes-of-the-host"),
        ("networkmode", "host", "network-of-the-host"),
    ):
        said = fields.said(field)
        if said is not None and said.text == value:
            yield Text(share, said.line)


def _network(fields: Fields, boxes: Iterable[Fields]) -> frozenset[str]:
    """Return the mark of a task whose containers have a network each."""
    bridge = fields.say("networkmode") == "bridge" or any("links" in b for b in boxes)
    return frozenset({"bridge-network"} if bridge else ())
