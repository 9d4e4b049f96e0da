"""Which containers of other files one unit places together with a file's own."""

from collections.abc import Sequence
from dataclasses import replace

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Port
from sidecar_spotter.readers.quadlet import sockets
from sidecar_spotter.readers.quadlet.file import SECTION, Unit, declares, unit_of

NEIGHBORS = 60
"""Files of the folder that are read beside one."""


def others_of(path: str, look: Look) -> list[Unit]:
    """Return the containers of the other files of a file's folder."""
    folder = path.rpartition("/")[0]
    return [
        unit_of(other, found)
        for other in look.names(folder)[: NEIGHBORS * 10]
        if other != path and declares(other)
        if (found := look(other)) is not None and SECTION.search(found)
    ][:NEIGHBORS]


def started(unit: Unit, folder: str, look: Look) -> Unit:
    """Return *unit* with the ports at which a socket of its name starts it."""
    ports = sockets.of_unit(folder, unit.stem, look)
    more = (Port(number, "", unit.box.line) for number in ports)
    box = replace(unit.box, ports=(*unit.box.ports, *more))
    return replace(unit, box=box, published=(*unit.published, *ports))


def tied(mine: Unit, others: Sequence[Unit]) -> list[Unit]:
    """Return those of *others* that one unit places together with this one."""
    found = [mine]
    waiting = list(others)
    for unit in found:  # which grows: a neighbor's neighbor is one, too
        near = [other for other in waiting if _together(unit, other)]
        found += near
        waiting = [other for other in waiting if other not in near]
    return found[1:]


def far(mine: Unit, near: list[Unit], folder: str, look: Look) -> list[Unit]:
    """Return containers of folders nearby that this one joins, or that join it.

    People sort the parts of one unit into folders; systemd knows them by name alone.
    """
    up = folder.rpartition("/")[0]
    missing = mine.box.joins and not any(_joins(mine, other) for other in near)
    paths = look.below(up if missing else folder)[: NEIGHBORS * 10]
    known = {mine.path, *(unit.path for unit in near)}
    found = [
        unit_of(path, data)
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
    names = {f"network:{name}" for name in called(other)}
    return any(join.text in names for join in one.box.joins)


def called(unit: Unit) -> tuple[str, str, str]:
    """Return the names of a container: podman puts `systemd-` before a file's."""
    return unit.box.name, unit.stem, f"systemd-{unit.stem}"
