"""Podman Quadlet: containers as units of systemd, a file each.

The files of a folder belong together: `Pod=` puts containers into one pod, and
`Network=container:NAME` lets one join another's network. So the reader of a file looks
at its neighbors too. All that these declare points to the line of this file that ties
its container to them, and a note says in which file they stand.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sidecar_spotter import elsewhere
from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Container, Group, Mount, Port, Stage, Text, Volume
from sidecar_spotter.readers.common.fields import comment_above, port, words
from sidecar_spotter.readers.compose import SOCKET, parts, volume
from sidecar_spotter.readers.quadlet import sockets
from sidecar_spotter.units import stem

LINES = 5_000
"""Lines of a unit that are read; a real one has dozens."""
LONGEST = 20_000
"""Characters of a value that are read."""
NEIGHBORS = 60
"""Files of the folder that are read beside one."""

SECTION = re.compile(rb"^\[Container\]", re.MULTILINE)
_NETWORK = re.compile(r"--net(?:work)?[= ](\S+)")
_POD = re.compile(r"--pod[= ](\S+)")
_PID = re.compile(r"--pid[= ](\S+)")


def suits(path: str, data: bytes) -> bool:
    """Whether the file declares a container. The file of a pod lists none."""
    return _declares(path) and SECTION.search(data) is not None


def _declares(path: str) -> bool:
    """Whether a file is a container's by its name, be it a template of one."""
    return form_of(path) == "unit" and (
        path.endswith(".container") or ".container." in path
    )


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the unit that the container of this file belongs to."""
    folder = path.rpartition("/")[0]
    mine = _started(_unit(path, data), folder, look)
    others = [
        _unit(other, found)
        for other in look.names(folder)[: NEIGHBORS * 10]
        if other != path and _declares(other)
        if (found := look(other)) is not None and SECTION.search(found)
    ][:NEIGHBORS]
    others += _far(mine, others, folder, look)
    tied = _tied(mine, others)
    at = mine.box.line
    # In the same order in each of the files, so that all choose the same main one.
    unit = sorted((mine, *tied), key=lambda one: one.path)
    boxes = [one.box if one is mine else _elsewhere(one, at) for one in unit]
    boxes = [_with_names(box, unit) for box in boxes]
    if not (tied or mine.pod or mine.box.joins or _misleads(mine)):
        return
    volumes = {volume.name: volume for one in unit for volume in one.volumes}
    ports = set(mine.published)
    if mine.pod:
        pod = look(f"{folder}/{mine.pod}.pod".lstrip("/"))
        ports |= set(_published(_settings(pod or b"")))
    alone = not tied and bool(mine.pod or mine.box.joins)
    yield Group(
        path,
        at,
        "quadlet",
        "pod" if mine.pod else "containers" if tied else "container",
        mine.pod or mine.box.name,
        tuple(boxes),
        tuple(replace(one, line=at) for one in volumes.values()),
        shares=() if tied else mine.hosts,
        served=tuple(sorted(ports)),
        marks=frozenset({"partial"} if alone else ()),
    )


# --- one file

Settings = dict[str, list[Text]]
"""What a unit sets, by key in small letters; a key may stand often."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The container of a file, and what ties it to others."""

    path: str
    stem: str
    """The file's name without its ending."""
    box: Container
    pod: str
    volumes: tuple[Volume, ...]
    published: tuple[int, ...]
    hosts: tuple[Text, ...]


def _settings(data: bytes) -> Settings:
    """Return what a unit sets; a line that ends in a backslash goes on."""
    found: Settings = {}
    lines = data.decode("utf-8", "replace").split("\n", LINES)[:LINES]
    whole, first = "", 0
    for number, one in enumerate(lines, 1):
        bare = one.strip()
        if bare.startswith(("#", ";")):
            continue
        first = first or number
        whole += bare.removesuffix("\\")
        if bare.endswith("\\") and len(whole) < LONGEST:
            whole += " "
            continue
        key, sign, value = whole.partition("=")
        if sign:
            said = Text(value.strip()[:LONGEST], first)
            found.setdefault(key.strip().lower(), []).append(said)
        whole, first = "", 0
    return found


def _unit(path: str, data: bytes) -> Unit:
    found = _settings(data)
    stem = path.rpartition("/")[2].partition(".container")[0]
    arguments = found.get("podmanargs", [])
    networks = [*found.get("network", []), *_options(_NETWORK, arguments)]
    pods = [*found.get("pod", []), *_options(_POD, arguments)]
    joins = tuple(join for one in networks if (join := _join(one)) is not None)
    named, image = found.get("containername", []), found.get("image", [])
    mounts, volumes = _mounts(stem, found)
    lines = [*pods, *joins, *named, *image]
    first = lines[0].line if lines else 1
    box = Container(
        name=named[-1].text if named else stem,
        line=first,
        stage="init" if _says(found, "type") == "oneshot" else "run",
        image=image[-1] if image else None,
        words=tuple(_words(found, "entrypoint", "exec")),
        settings=tuple(_words(found, "environment")),
        ports=tuple(
            Port(number, "", one.line)
            for one, number in _ports(found, "exposehostport")
        ),
        mounts=mounts,
        probes=tuple(found.get("healthcmd", [])),
        joins=joins,
        waits_for=tuple(
            replace(one, text=one.text.removesuffix(".service"))
            for key in ("after",)  # `Requires=` orders nothing
            for said in found.get(key, [])
            for one in (replace(said, text=word) for word in said.text.split())
        ),
        capabilities=tuple(_words(found, "addcapability")),
        notes=(*_notes(data, image), *found.get("description", [])),
    )
    hosts = [
        Text("network-of-the-host", one.line) for one in networks if one.text == "host"
    ]
    hosts += [
        Text("processes-of-the-host", one.line)
        for one in _options(_PID, arguments)
        if one.text == "host"
    ]
    pod = pods[-1].text.removesuffix(".pod") if pods else ""
    return Unit(path, stem, box, pod, volumes, tuple(_published(found)), tuple(hosts))


def _options(option: re.Pattern[str], arguments: list[Text]) -> list[Text]:
    """Return the values of an option of podman's own command line."""
    return [
        Text(match[1], one.line)
        for one in arguments
        for match in option.finditer(one.text)
    ]


def _says(found: Settings, key: str) -> str:
    return found[key][-1].text if key in found else ""


def _notes(data: bytes, image: list[Text]) -> tuple[Text, ...]:
    """Return the comment above the section, which tells what the container is for."""
    lines = data.decode("utf-8", "replace").split("\n")
    at = next((n for n, one in enumerate(lines, 1) if one.startswith("[Container]")), 0)
    above = image[0].line if image else 0
    top = next((n for n, one in enumerate(lines, 1) if not one.startswith("#")), 0)
    return (
        *comment_above([*lines[: top - 1], ""], top, ("#",)),
        *comment_above(lines, at, ("#",)),
        *comment_above(lines, above, ("#",)),
    )


def _words(found: Settings, *keys: str) -> Iterator[Text]:
    for key in keys:
        for said in found.get(key, []):
            yield from words(said)


def _join(network: Text) -> Text | None:
    """Return the container whose network one joins, if it does."""
    how, _, name = network.text.partition(":")
    if how == "container" and name:
        return Text(f"network:{name}", network.line)
    if network.text.endswith(".container"):
        return Text(f"network:{network.text.removesuffix('.container')}", network.line)
    return None


def _ports(found: Settings, *keys: str) -> Iterator[tuple[Text, int]]:
    for key in ("publishport", *keys):
        for one in found.get(key, []):
            said = one.text.split(":")[-1].split("/")[0].split("-")[0]
            if (number := port(said)) is not None:
                yield one, number


def _published(found: Settings) -> Iterator[int]:
    for _, number in _ports(found):
        yield number


def _mounts(stem: str, found: Settings) -> tuple[tuple[Mount, ...], tuple[Volume, ...]]:
    """Return what a container mounts, and the volumes that these are."""
    mounts, volumes = [], []
    for said in found.get("volume", []):
        source, path, options = parts(said.text)
        name, kind = volume(source)
        if kind == "anonymous":
            name = f"{stem}:{path}"
        name = name.removesuffix(".volume")
        mounts.append(Mount(name, path, "ro" in options.split(","), said.line))
        volumes.append(Volume(name, kind, said.line))
    for said in found.get("mount", []):
        settings = [word.partition("=") for word in said.text.split(",")]
        fields = {name: value for name, _, value in settings}
        name, kind = volume(fields.get("source") or fields.get("src") or "")
        path = (
            fields.get("destination") or fields.get("target") or fields.get("dst", "")
        )
        read_only = "ro" in fields or fields.get("readonly") == "true"
        if name:
            mounts.append(
                Mount(name.removesuffix(".volume"), path, read_only, said.line)
            )
            volumes.append(Volume(name.removesuffix(".volume"), kind, said.line))
    return tuple(mounts), tuple(volumes)


# --- neighbors


def _started(unit: Unit, folder: str, look: Look) -> Unit:
    """Return *unit* with the ports at which a socket of its name starts it."""
    ports = sockets.of_unit(folder, unit.stem, look)
    more = (Port(number, "", unit.box.line) for number in ports)
    box = replace(unit.box, ports=(*unit.box.ports, *more))
    return replace(unit, box=box, published=(*unit.published, *ports))


def _tied(mine: Unit, others: Sequence[Unit]) -> list[Unit]:
    """Return those of *others* that one unit places together with this one."""
    found = [mine]
    waiting = list(others)
    for unit in found:  # which grows: a neighbor's neighbor is one, too
        near = [other for other in waiting if _together(unit, other)]
        found += near
        waiting = [other for other in waiting if other not in near]
    return found[1:]


def _far(mine: Unit, near: list[Unit], folder: str, look: Look) -> list[Unit]:
    """Return containers of folders nearby that this one joins, or that join it.

    People sort the parts of one unit into folders; systemd knows them by name alone.
    """
    up = folder.rpartition("/")[0]
    missing = mine.box.joins and not any(_joins(mine, other) for other in near)
    paths = look.below(up if missing else folder)[: NEIGHBORS * 10]
    known = {mine.path, *(unit.path for unit in near)}
    found = [
        _unit(path, data)
        for path in paths
        if path.endswith(".container")
        and path not in known
        and (data := look(path)) is not None
        and SECTION.search(data)
    ][:NEIGHBORS]
    return [unit for unit in found if _joins(mine, unit) or _joins(unit, mine)]


def _together(one: Unit, other: Unit) -> bool:
    if one.pod and one.pod == other.pod:
        return True
    if _joins(one, other) or _joins(other, one):
        return True
    writes = {m.volume: m.read_only for m in one.box.mounts}
    kinds = {v.name: v.kind for v in (*one.volumes, *other.volumes)}
    return any(
        mount.volume in writes
        and kinds.get(mount.volume) in ("named", "bind")
        and not (mount.read_only and writes[mount.volume])
        for mount in other.box.mounts
    )


def _joins(one: Unit, other: Unit) -> bool:
    names = {f"network:{name}" for name in _called(other)}
    return any(join.text in names for join in one.box.joins)


def _called(unit: Unit) -> tuple[str, str, str]:
    """Return the names of a container: podman puts `systemd-` before a file's."""
    return unit.box.name, unit.stem, f"systemd-{unit.stem}"


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
    names = {name: unit.box.name for unit in units for name in _called(unit)}
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
