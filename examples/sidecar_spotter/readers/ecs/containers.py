"""One container of a task."""

from collections.abc import Iterator
from dataclasses import replace

from sidecar_spotter.model import Container, Mount, Port, Text
from sidecar_spotter.readers.common.fields import Fields, comment_above, number
from sidecar_spotter.readers.common.values import say
from sidecar_spotter.tree import line

WAITS = ("dependson", "dependencies", "containerdependson")


def name_of(box: Fields) -> str:
    """Return what a container is called."""
    return box.say("name", "containername")


def container(
    box: Fields, condition: Text | None, lines: list[str], signs: tuple[str, ...]
) -> Container:
    """Return the container that *box* declares; *signs* begin a comment of its file."""
    top = box.key("name", "containername") or box.key("image") or box.node
    first = line(top) if top is not None else 1
    start = line(box.node) if box.node is not None else first
    linux = box.under("linuxparameters", "capabilities")
    privileged = box.said("privileged") if box.true("privileged") else None
    return Container(
        name=name_of(box),
        line=first,
        image=box.said("image", "containerimage"),
        words=tuple(box.texts("entrypoint", "command")),
        settings=tuple(box.pairs("environment", "secrets", "mapenvironment")),
        ports=tuple(_ports(box)),
        mounts=tuple(_mounts(box)),
        probes=tuple(_probes(box)),
        waits_for=tuple(_waits(box)),
        capabilities=(
            *linux.texts("add"),
            *((Text("privileged", privileged.line),) if privileged else ()),
        ),
        notes=comment_above(lines, start, signs),
        condition=condition,
        essential=box.say("essential").lower() != "false",
    )


def _waits(box: Fields) -> Iterator[Text]:
    """Yield the containers that must run before: asked for, or linked by name."""
    for wait in box.mappings(*WAITS):
        if (said := wait.said("containername")) is not None:
            yield said
    for link in box.texts("links"):
        yield replace(link, text=link.text.split(":")[0])


def _ports(box: Fields) -> Iterator[Port]:
    for one in box.mappings("portmappings"):
        node = one.get("containerport")
        if node is not None:
            yield Port(number(node), one.say("name"), line(node))


def _mounts(box: Fields) -> Iterator[Mount]:
    for one in box.mappings("mountpoints"):
        name = one.get("sourcevolume")
        if name is not None:
            path = one.say("containerpath")
            yield Mount(say(name), path, one.true("readonly"), line(name))


def _probes(box: Fields) -> Iterator[Text]:
    words = list(box.under("healthcheck").texts("command"))
    if words:
        said = [word.text for word in words if word.text not in ("CMD", "CMD-SHELL")]
        yield Text(" ".join(said), words[0].line)


def taken_by(box: Fields) -> list[tuple[Text, bool]]:
    """Return whose volumes a container takes over, and whether only to read."""
    return [
        (said, one.true("readonly"))
        for one in box.mappings("volumesfrom")
        if (said := one.said("sourcecontainer")) is not None
    ]
