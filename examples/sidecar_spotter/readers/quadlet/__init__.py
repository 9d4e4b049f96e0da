"""Podman Quadlet: containers as units of systemd, a file each.

The files of a folder belong together: `Pod=` puts containers into one pod, and
`Network=container:NAME` lets one join another's network. So the reader of a file looks
at its neighbors too. All that these declare points to the line of this file that ties
its container to them, and a note says in which file they stand.

`file` reads one file; `neighbors` finds those that belong to it, `sockets` its ports.
"""

from collections.abc import Iterator
from dataclasses import replace

from sidecar_spotter import elsewhere
from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Container, Group, Stage, Text
from sidecar_spotter.readers.compose import SOCKET
from sidecar_spotter.readers.quadlet.file import (
    SECTION,
    Unit,
    declares,
    published,
    settings,
    unit_of,
)
from sidecar_spotter.readers.quadlet.neighbors import (
    called,
    far,
    others_of,
    started,
    tied,
)
from sidecar_spotter.units import stem


def suits(path: str, data: bytes) -> bool:
    """Whether the file declares a container. The file of a pod lists none."""
    return declares(path) and SECTION.search(data) is not None


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the unit that the container of this file belongs to."""
    folder = path.rpartition("/")[0]
    mine = started(unit_of(path, data), folder, look)
    others = others_of(path, look)
    others += far(mine, others, folder, look)
    near = tied(mine, others)
    at = mine.box.line
    # In the same order in each of the files, so that all choose the same main one.
    unit = sorted((mine, *near), key=lambda one: one.path)
    boxes = [one.box if one is mine else _elsewhere(one, at) for one in unit]
    boxes = [_with_names(box, unit) for box in boxes]
    if not (near or mine.pod or mine.box.joins or _misleads(mine)):
        return
    volumes = {volume.name: volume for one in unit for volume in one.volumes}
    ports = {number for one in unit for number in one.published}
    if mine.pod:
        pod = look(f"{folder}/{mine.pod}.pod".lstrip("/"))
        ports |= set(published(settings(pod or b"")))
    alone = not near and bool(mine.pod or mine.box.joins)
    yield Group(
        path,
        at,
        "quadlet",
        "pod" if mine.pod else "containers" if near else "container",
        mine.pod or mine.box.name,
        tuple(boxes),
        tuple(replace(one, line=at) for one in volumes.values()),
        shares=() if near else mine.hosts,
        served=tuple(sorted(ports)),
        marks=frozenset({"partial"} if alone else ()),
    )


def _elsewhere(unit: Unit, at: int) -> Container:
    """Return a container of another file: all that it says points to line *at*."""
    box = unit.box

    def moved(texts: tuple[Text, ...]) -> tuple[Text, ...]:
        return tuple(replace(one, line=at) for one in texts)

    return replace(
        box,
        line=at,
        image=replace(box.image, line=at) if box.image is not None else None,
        words=moved(box.words),
        settings=moved(box.settings),
        ports=tuple(replace(one, line=at) for one in box.ports),
        mounts=tuple(replace(one, line=at) for one in box.mounts),
        probes=moved(box.probes),
        joins=moved(box.joins),
        waits_for=moved(box.waits_for),
        capabilities=moved(box.capabilities),
        notes=(*moved(box.notes), elsewhere.note(unit.path, at)),
    )


def _with_names(box: Container, units: list[Unit]) -> Container:
    """Return *box* with the names of containers where it names units."""
    names = {name: unit.box.name for unit in units for name in called(unit)}
    awaited = {names.get(one.text) for unit in units for one in unit.box.waits_for}
    stage: Stage = "init" if box.stage == "init" and box.name in awaited else "run"
    joins = []
    for join in box.joins:
        what, _, name = join.text.partition(":")
        joins.append(replace(join, text=f"{what}:{names.get(name, name)}"))
    waits = {names[one.text]: one for one in box.waits_for if one.text in names}
    return replace(
        box,
        stage=stage,
        joins=tuple(joins),
        waits_for=tuple(replace(one, text=name) for name, one in waits.items()),
    )


def _misleads(unit: Unit) -> bool:
    """Whether a container that is tied to none has something of a sidecar's look."""
    box = unit.box
    said = f"{unit.stem} {box.name} {stem(box)}".lower()
    host = any(
        mount.volume == "/" or SOCKET.search(mount.volume) for mount in box.mounts
    )
    pid = any(share.text == "processes-of-the-host" for share in unit.hosts)
    return "sidecar" in said or host or pid
