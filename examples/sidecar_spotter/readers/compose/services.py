"""One service as a container, and what ties it to others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import yaml

from sidecar_spotter.model import Container, Port, Text, Volume
from sidecar_spotter.readers.common.fields import Fields, comment_above, port, words
from sidecar_spotter.readers.common.values import say
from sidecar_spotter.readers.compose.routes import routed
from sidecar_spotter.readers.compose.volumes import COLON, mounts_of, with_defaults
from sidecar_spotter.tree import Node, entries, get, line, text


@dataclass(frozen=True, slots=True)
class Service:
    """A service as a container, and what ties it to others."""

    box: Container
    called: str
    """Its `container_name`."""
    volumes: tuple[Volume, ...]
    taken: tuple[tuple[Text, bool], ...]
    """The services whose volumes it takes over, and whether only to read."""
    ended: tuple[str, ...]
    """The services that must have ended before it starts."""
    restart: str
    """When it is started again: `no`, `always` and the like, or nothing."""
    hosts: tuple[Text, ...]
    """The namespaces of the machine that it asks for."""
    published: tuple[int, ...]
    """The ports that the machine passes on to it."""
    everywhere: bool
    """Whether it runs once on each machine."""
    families: tuple[str, ...] = ()
    """The tasks of Amazon ECS that it becomes a part of."""


def service(name: Node, fields: Fields, lines: list[str]) -> Service:
    """Return the service *name*; *lines* are its file's, if it stands there."""
    first = line(name)
    mounts, volumes = mounts_of(text(name), fields)
    profiles = list(fields.texts("profiles"))
    privileged = fields.said("privileged") if fields.true("privileged") else None
    box = Container(
        name=text(name),
        line=first,
        image=fields.said("image"),
        words=(*_words(fields, "entrypoint"), *_words(fields, "command")),
        settings=tuple(fields.pairs("environment")),
        ports=(*_ports(fields, "ports", "expose"), *routed(fields)),
        mounts=mounts,
        probes=tuple(_probes(fields)),
        joins=tuple(_joins(fields)),
        waits_for=(
            *_waits(fields),
            *(
                replace(one, text=one.text.split(":")[0])
                for one in fields.texts("links")
            ),
        ),
        capabilities=(
            *fields.texts("capadd"),
            *((replace(privileged, text="privileged"),) if privileged else ()),
        ),
        notes=(*comment_above(lines, first, ("#",)), *_spoken_of(text(name), lines)),
        condition=(
            Text("profile " + ", ".join(one.text for one in profiles), profiles[0].line)
            if profiles
            else None
        ),
    )
    return Service(
        box,
        fields.say("containername"),
        volumes,
        tuple(_taken(fields)),
        tuple(_ended(fields)),
        fields.say("restart"),
        tuple(_hosts(fields)),
        tuple(
            one.number
            for one in (*_ports(fields, "ports"), *routed(fields))
            if one.number
        ),
        fields.under("deploy").say("mode") == "global",
        tuple(_families(fields)),
    )


_LETTERS = re.compile(r"[^\W\d_]")
HEAD = 40
"""Lines at the top of a file that may speak of its services."""


def _spoken_of(name: str, lines: list[str]) -> Iterator[Text]:
    """Yield the words of the comment above all services that call one a sidecar."""
    called = re.compile(rf"(?<![\w-])[`\"']?{re.escape(name)}[`\"']? side-?car\b", re.I)
    for number, one in enumerate(lines[:HEAD], 1):
        if not one.startswith("#") and one.strip():
            return
        # A line with nothing else is a title, and tells of the whole.
        if called.search(one) and _LETTERS.search(called.sub("", one)):
            yield Text(f"the {name} sidecar", number)


def _words(fields: Fields, name: str) -> Iterator[Text]:
    line_ = isinstance(fields.get(name), yaml.ScalarNode)
    for one in fields.texts(name):
        yield from words(one) if line_ else (one,)


def _ports(fields: Fields, *names: str) -> Iterator[Port]:
    """Yield the ports of the container, not of the machine."""
    for one in fields.each(*names):
        inside = Fields(one).get("target")
        said = say(inside) if inside is not None else text(one)
        number = COLON.split(said)[-1].split("/")[0].split("-")[0]
        if said:
            yield Port(port(number), Fields(one).say("name"), line(one))


def _probes(fields: Fields) -> Iterator[Text]:
    words = list(fields.under("healthcheck").texts("test"))
    said = [word.text for word in words if word.text not in ("CMD", "CMD-SHELL")]
    if said and said != ["NONE"]:
        yield Text(" ".join(said), words[0].line)


def _joins(fields: Fields) -> Iterator[Text]:
    for field, what in (
        ("networkmode", "network"),
        ("pid", "processes"),
        ("ipc", "ipc"),
    ):
        said = fields.said(field)
        if said is not None:
            how, _, name = with_defaults(said.text).partition(":")
            if how in ("service", "container") and name:
                yield Text(f"{what}:{name}", said.line)


def _hosts(fields: Fields) -> Iterator[Text]:
    for field, what in (
        ("networkmode", "network-of-the-host"),
        ("pid", "processes-of-the-host"),
    ):
        said = fields.said(field)
        if said is not None and said.text == "host":
            yield Text(what, said.line)


def _waits(fields: Fields) -> Iterator[Text]:
    for one in fields.each("dependson"):
        if text(one):
            yield Text(text(one), line(one))
        for name, _ in entries(one):
            yield Text(text(name), line(name))


def _ended(fields: Fields) -> Iterator[str]:
    for name, value in entries(fields.get("dependson")):
        if text(get(value, "condition")) == "service_completed_successfully":
            yield text(name)


def _taken(fields: Fields) -> Iterator[tuple[Text, bool]]:
    for one in fields.texts("volumesfrom"):
        parts = one.text.removeprefix("container:").split(":")
        yield replace(one, text=parts[0]), parts[-1] == "ro"


def _families(fields: Fields) -> Iterator[str]:
    """Yield the task families that labels name, as ECS Compose-X reads them."""
    for labels in (fields.under("deploy"), fields):
        for one in labels.pairs("labels"):
            key, _, said = one.text.partition("=")
            if key == "ecs.task.family":
                yield from filter(None, (name.strip() for name in said.split(",")))
