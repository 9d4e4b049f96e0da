"""Folders of one volume that have nothing in common: each is a volume of its own.

    volumeMounts: [{name: data, mountPath: /db, subPath: db}]
    volumeMounts: [{name: data, mountPath: /out, subPath: dumps}]

These two containers share no file, although both mount `data`.
https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath
"""

from collections.abc import Sequence
from dataclasses import replace

from sidecar_spotter.model import Container, Mount, Volume

SETTINGS = frozenset(("configMap", "secret", "projected", "downwardAPI"))
"""Volumes of which a folder is a single file, and which nobody writes."""


def apart(
    boxes: Sequence[Container], volumes: Sequence[Volume]
) -> tuple[list[Container], list[Volume]]:
    """Return containers and volumes with a name for each folder that stands apart.

    A volume of which somebody mounts the whole has no such folders.
    """
    fixed = {one.name for one in volumes if one.kind in SETTINGS}
    mounted: dict[str, list[str]] = {}
    for box in boxes:
        for mount in box.mounts:
            if mount.volume not in fixed:
                mounted.setdefault(mount.volume, []).append(mount.folder)
    tops = {
        name: found
        for name, folders in mounted.items()
        if len(found := _tops(folders)) > 1
    }
    if not tops:
        return list(boxes), list(volumes)
    own = [
        replace(box, mounts=tuple(_renamed(mount, tops) for mount in box.mounts))
        for box in boxes
    ]
    named = [
        replace(volume, name=f"{volume.name}/{top}" if top else volume.name)
        for volume in volumes
        for top in tops.get(volume.name, ("",))
    ]
    return own, named


def _tops(folders: Sequence[str]) -> list[str]:
    """Return the folders that lie in no other one; "" is the whole volume."""
    found: list[str] = []
    for folder in sorted(set(folders)):
        if not any(_within(folder, top) for top in found):
            found.append(folder)
    return found


def _renamed(mount: Mount, tops: dict[str, list[str]]) -> Mount:
    for top in tops.get(mount.volume, ()):
        if _within(mount.folder, top):
            return replace(mount, volume=f"{mount.volume}/{top}")
    return mount


def _within(folder: str, top: str) -> bool:
    return not top or folder == top or folder.startswith(f"{top}/")
