"""What ConfigMaps give to the containers of a unit: variables, and files to read.

A call to a neighbor may stand in there alone: as `API_URL` in a ConfigMap that becomes
the environment, or as `proxy_pass` in a file that is mounted. It points to the line of
the unit that names the ConfigMap, and says so. It is looked for in the unit's file and
in its folder, also among those that a `kustomization.yaml` makes of files.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Container, Group, Text
from sidecar_spotter.readers.kubernetes.siblings import (
    Compose,
    of_kind,
    plain,
    siblings,
)
from sidecar_spotter.tree import Node, entries, get, items, text
from sidecar_spotter.units import running

FILES = 30
"""Files of a ConfigMap that are read."""
ROWS = 20
"""Lines of a mounted file that are kept: only those that name this machine."""
LONGEST = 2_000
"""Characters of a value or a line that are kept."""
HERE = re.compile(r"localhost|127\.0\.0\.1|\[::1\]")
MAKES = b"configMapGenerator:"

Maps = dict[str, dict[str, str]]
"""What each ConfigMap holds, by its name."""


def with_maps(
    groups: list[Group], path: str, look: Look, tree: Compose = plain
) -> Iterator[Group]:
    """Yield the units of the file at *path*, with what ConfigMaps tell containers."""
    wanted = {name for group in groups for name in _named(group)}
    maps = _maps(path, wanted, look, tree) if wanted else {}
    for group in groups:
        boxes = (told(group, box, maps) for box in group.containers)
        yield replace(group, containers=tuple(boxes)) if maps else group


def _named(group: Group) -> Iterator[str]:
    """Yield the ConfigMaps that a unit of several containers reads."""
    if len(running(group)) > 1:
        yield from (one.text for box in group.containers for one in box.variables)
        yield from (volume.source for volume in group.volumes if volume.source)


def told(group: Group, box: Container, maps: Maps) -> Container:
    """Return a container with what the ConfigMaps that it reads say."""
    settings = [
        Text(f"{name}={value}"[:LONGEST], one.line, f"ConfigMap {one.text}")
        for one in box.variables
        for name, value in maps.get(one.text, {}).items()
    ]
    sources = {volume.name: volume.source for volume in group.volumes}
    rows = (
        Text(row.strip()[:LONGEST], mount.line, f"ConfigMap {source}")
        for mount in box.mounts
        if (source := sources.get(mount.volume, ""))
        for value in maps.get(source, {}).values()
        for row in value.splitlines()
        if HERE.search(row) and not row.lstrip().startswith(("#", ";", "//"))
    )
    return replace(
        box,
        settings=(*box.settings, *settings),
        configured=tuple(islice(rows, ROWS)),
    )


def _maps(path: str, wanted: set[str], look: Look, tree: Compose) -> Maps:
    """Return the ConfigMaps in the folder of the file at *path*, if they are wanted."""
    folder = path.rpartition("/")[0]
    found: Maps = {}
    for data in chain([look(path) or b""], siblings(path, look)):
        if wanted <= found.keys():
            break
        if MAKES in data:
            found = {**_made(folder, plain(data), look), **found}
        elif any(one.encode() in data for one in wanted):
            written = _written(of_kind("ConfigMap", data, tree))
            found = {**dict(written), **found}
    return found


def _written(trees: Iterable[Node | None]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield name and entries of each ConfigMap among documents."""
    for tree in trees:
        if text(get(tree, "kind")) == "ConfigMap":
            held = entries(get(tree, "data"))
            name = text(get(tree, "metadata", "name"))
            yield name, {text(key): text(value) for key, value in held}


def _made(folder: str, kustomization: Node | None, look: Look) -> Maps:
    """Return the ConfigMaps that Kustomize makes of literals and files.

    https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/configmapgenerator/
    """
    found: Maps = {}
    for one in items(get(kustomization, "configMapGenerator")):
        held = found.setdefault(text(get(one, "name")), {})
        pairs = [text(literal) for literal in items(get(one, "literals"))]
        for field in ("files", "envs"):
            for listed in islice(items(get(one, field)), FILES):
                name = text(listed).rpartition("=")[2]
                data = look(f"{folder}/{name}".lstrip("/")) or b""
                said = data.decode("utf-8", "replace")
                if field == "files":
                    held[name] = said
                else:
                    pairs += said.splitlines()
        held |= {
            key: value for key, _, value in (pair.partition("=") for pair in pairs)
        }
    return found
