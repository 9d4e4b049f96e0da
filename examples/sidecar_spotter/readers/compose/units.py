"""Which services make a unit."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import yaml

from sidecar_spotter.model import Container, Group, Text, Volume
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.readers.common.shapes import with_volumes_from
from sidecar_spotter.readers.compose.services import Service, service
from sidecar_spotter.readers.compose.ties import sets_of, told_whom
from sidecar_spotter.readers.compose.volumes import SOCKET, with_folders_inside
from sidecar_spotter.tables.known import MAIN, of_name, telling
from sidecar_spotter.tree import moved
from sidecar_spotter.units import stem

VARIABLE = re.compile(r"\$?\{+\s*([\w.]+)[^{}]*\}+")
"""A name that stands elsewhere: the variable tells as much."""
PREPARES = re.compile(
    r"(?:^|[-_])(?:init|setup|seed|migrat\w*|bootstrap|prepare|create|permissions)",
    re.IGNORECASE,
)
"""Names of services that prepare something and end, where nothing restarts them."""


def grouped(services: list[Service]) -> Iterator[Group]:
    """Yield a unit for each set of services that are tied, and for each other one.

    What has no tie and does not mislead has the mark `untied`.
    """
    services = [*services, *_lenders_elsewhere(services)]
    called = {one.called: one.box.name for one in services if one.called}
    meant = called | _made(services)
    ended = _ending(services)
    boxes = with_volumes_from(
        [_with_names(one.box, meant, ended) for one in services],
        {one.box.name: one.taken for one in services},
    )
    told = told_whom(boxes, called)
    volumes = {mounted.name: mounted for one in services for mounted in one.volumes}
    boxes = with_folders_inside(boxes, volumes)
    tasks = _tasks(services)
    for family, numbers in tasks.items():
        found = [_with_note(boxes[number], told) for number in numbers]
        one = _unit(found, [services[number] for number in numbers], volumes)
        if one is not None:
            yield replace(one, platform="ecs", kind="task family", name=family)
    placed = {number for numbers in tasks.values() for number in numbers}
    for numbers in sets_of(boxes, told, volumes):
        if not placed.isdisjoint(numbers):
            continue
        found = [_with_note(boxes[number], told) for number in numbers]
        yield _unit(found, [services[number] for number in numbers], volumes)


def _lenders_elsewhere(services: list[Service]) -> Iterator[Service]:
    """Yield a service for each helper of another file whose namespace one joins.

    It has a name and nothing else, on the line that joins it. Who has not the name of
    a helper could as well be the one that is helped.
    """
    here = {name for one in services for name in (one.box.name, one.called)}
    here |= _made(services).keys()
    joins = (join for one in services for join in one.box.joins)
    named = {join.text.partition(":")[2]: join.line for join in reversed([*joins])}
    for name, where in named.items():
        said = VARIABLE.sub(r"\1", name)
        known = of_name(said)
        tells = telling(said) not in (None, MAIN)
        if name not in here and (tells or (known and known.role == "tunnel-proxy")):
            yield service(moved(yaml.ScalarNode("", name), where), Fields(None), [])


def _tasks(services: list[Service]) -> dict[str, list[int]]:
    """Return the numbers of the services of each task that several belong to."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(services):
        for family in dict.fromkeys(one.families):
            found[family].append(number)
    return {family: numbers for family, numbers in found.items() if len(numbers) > 1}


def _unit(
    found: list[Container], tied: list[Service], volumes: dict[str, Volume]
) -> Group:
    """Return the unit of services that are tied, or of a single one."""
    alone = len(found) == 1
    marks = set()
    if alone and not (found[0].joins or _misleads(found[0], tied[0])):
        marks.add("untied")
    if alone and found[0].joins:
        marks.add("partial")
    if alone and tied[0].everywhere:
        marks.add("daemon")
    mounted = dict.fromkeys(mount.volume for box in found for mount in box.mounts)
    return Group(
        "",
        found[0].line,
        "compose",
        "services" if not alone else "service",
        "",
        tuple(found),
        tuple(volumes[name] for name in mounted if name in volumes),
        shares=tied[0].hosts if alone else (),
        served=tuple(sorted({p for one in tied for p in one.published})),
        marks=frozenset(marks),
    )


def _made(services: list[Service]) -> dict[str, str]:
    """Return the services that others join by the names which Compose makes.

    A container without a name of its own gets `project-service-1`.
    """
    return {
        whose: one.box.name
        for other in services
        for join in other.box.joins
        for one in services
        if re.fullmatch(
            rf".+[_-]{re.escape(one.box.name)}[_-]\d+",
            whose := join.text.partition(":")[2],
        )
    }


def _ending(services: list[Service]) -> set[str]:
    """Return the services that prepare something and end."""
    waited_for = {name for one in services for name in one.ended}
    return waited_for | {
        one.box.name
        for one in services
        if one.restart.startswith(("no", "on-failure"))
        and PREPARES.search(one.box.name)
    }


def _with_names(box: Container, called: dict[str, str], ended: set[str]) -> Container:
    """Return *box* with services where it names containers, and its stage."""
    joins = []
    for join in box.joins:
        what, _, name = join.text.partition(":")
        joins.append(Text(f"{what}:{called.get(name, name)}", join.line))
    stage = "init" if box.name in ended else box.stage
    return replace(box, joins=tuple(joins), stage=stage)


def _with_note(box: Container, told: dict[str, Text]) -> Container:
    """Return *box* with a note on whom it is told to serve, if it is."""
    if (whom := told.get(box.name)) is None:
        return box
    says = f"configured: is told to serve {whom.text} alone, by app-channel-address"
    return replace(box, notes=(*box.notes, Text(says, whom.line)))


def _misleads(box: Container, service: Service) -> bool:
    """Whether a service that is tied to none has something of a sidecar's look."""
    said = f"{box.name} {service.called} {stem(box)}".lower()
    host = any(
        mount.volume == "/" or SOCKET.search(mount.volume) for mount in box.mounts
    )
    pid = any(share.text == "processes-of-the-host" for share in service.hosts)
    return "sidecar" in said or host or pid
