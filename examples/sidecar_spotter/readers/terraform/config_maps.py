"""What ConfigMaps that resources of the same folder hold tell containers.

A script or a web server's configuration is mounted, and may name the neighbor that it
calls. It stands in the resource as a text, or in a file of the checkout.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from sidecar_spotter.model import Group, Volume
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.readers.common.values import FILE, say
from sidecar_spotter.readers.kubernetes.config_maps import FILES, HERE, told
from sidecar_spotter.readers.terraform.file import File
from sidecar_spotter.tree import entries, text
from sidecar_spotter.units import running

_NAMED = re.compile(r"\bkubernetes_config_map(?:_v1)?\.([\w-]+)\.")
_HERE = re.compile(r"^\$\{path\.\w+\}/")
"""The folder of the module, or of the one that calls it."""


def with_sources(volumes: Iterable[Volume], unit: Fields) -> Iterator[Volume]:
    """Yield *volumes* with the resources of the ConfigMaps that they show as files."""
    sources = {
        one.say("name"): found[1]
        for one in unit.mappings("volumes", "volume")
        if (found := _NAMED.search(one.under("configmap").say("name"))) is not None
    }
    for volume in volumes:
        yield replace(volume, source=sources.get(volume.name, ""))


def with_maps(group: Group, file: File) -> Group:
    """Return a unit with what ConfigMaps of its folder tell its containers."""
    shown = {one.source for one in group.volumes} & file.names.maps.keys()
    if len(running(group)) < 2 or not shown:
        return group
    maps = {name: dict(_files(file, name)) for name in shown}
    boxes = tuple(told(group, box, maps) for box in group.containers)
    return replace(group, containers=boxes)


def _files(file: File, name: str) -> Iterator[tuple[str, str]]:
    """Yield name and calls of each file that a ConfigMap holds."""
    for key, value in islice(entries(file.names.maps[name]), FILES):
        if value.tag != FILE:
            yield text(key), _calls(say(value))
            continue
        inside = _HERE.sub("", say(value))
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), inside))
        data = None if path.startswith("../") else file.look(path)
        yield text(key), _calls(data or b"")


@lru_cache(maxsize=64)  # many units may mount the same one
def _calls(said: str | bytes) -> str:
    """Return the lines of a file that name this machine."""
    whole = said if isinstance(said, str) else said.decode("utf-8", "replace")
    return "\n".join(row for row in whole.splitlines() if HERE.search(row))
