"""Mounts that a chart's values keep apart from the containers.

    controllers: {shop: {containers: {web: …, ship: …}}}
    persistence:
      logs:
        type: emptyDir
        advancedMounts: {shop: {web: [{path: /logs}], ship: [{path: /logs}]}}

Charts that rest on the common library of bjw-s have this form:
https://bjw-s-labs.github.io/helm-charts/docs/common-library/storage/types/
"""

from collections.abc import Iterator
from dataclasses import replace

from sidecar_spotter.model import Group, Mount, Volume
from sidecar_spotter.readers.kubernetes.containers import folder
from sidecar_spotter.readers.kubernetes.folders import apart
from sidecar_spotter.tree import Node, entries, get, items, line, text

MOST = 100
"""Volumes that are looked at."""


def mounted(group: Group, controller: str, kept: Node) -> Group:
    """Return a controller's unit with what it mounts of the volumes *kept*."""
    added: dict[str, list[Mount]] = {box.name: [] for box in group.containers}
    volumes = []
    for name, volume in list(entries(kept))[:MOST]:
        used = [
            (box, mount)
            for box, mount in _mounts(name, volume, controller, list(added))
            if box in added
        ]
        for box, mount in used:
            added[box].append(mount)
        if used:
            kind = text(get(volume, "type")) or "persistentVolumeClaim"
            volumes.append(Volume(text(name), kind, line(name)))
    boxes = [
        replace(box, mounts=(*box.mounts, *added[box.name])) for box in group.containers
    ]
    found, named = apart(boxes, (*group.volumes, *volumes))
    return replace(group, containers=tuple(found), volumes=tuple(named))


def _mounts(
    name: Node, volume: Node, controller: str, boxes: list[str]
) -> Iterator[tuple[str, Mount]]:
    """Yield the containers that mount a volume, and how each does."""
    if text(get(volume, "enabled")).lower() == "false":
        return
    chosen, everywhere = get(volume, "advancedMounts"), get(volume, "globalMounts")
    for box, mounts in entries(get(chosen, controller)):
        for one in items(mounts):
            yield text(box), _mount(name, one)
    for one in items(everywhere):
        for each in boxes:
            yield each, _mount(name, one)
    if chosen is None and everywhere is None:
        for each in boxes:
            yield each, _mount(name, None)


def _mount(name: Node, one: Node | None) -> Mount:
    path = get(one, "path")
    return Mount(
        text(name),
        text(path) or f"/{text(name)}",
        text(get(one, "readOnly")).lower() == "true",
        line(path or one or name),
        folder(one) if one is not None else "",
    )
