"""Kubernetes: Pods, workloads, Lists, patches and custom resources, in YAML or JSON.

A unit is whatever has a list of containers: `spec` of a Pod, the pod template of a
workload, and the same shape anywhere in a custom resource whose kind nobody told us.
A schema has no such list (its `containers:` holds a mapping), so it is no unit.

From module to module: `hints` says which texts are worth to be composed; `documents`
finds out what a document is; `search` goes down in it, and `units` makes a unit of a
place that has one, of the `boxes` there, each described by `containers`. `patches` and
`texts` are for documents that hold pieces of others; `requests` for what asks others to
add a container; `services` for the ports that a Service sends requests to, and
`config_maps` for what containers read, both of which may stand in `siblings`.
"""

from collections.abc import Iterator

from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group
from sidecar_spotter.parse import documents_in, mend, without_statements
from sidecar_spotter.readers.kubernetes.config_maps import with_maps
from sidecar_spotter.readers.kubernetes.containers import container
from sidecar_spotter.readers.kubernetes.documents import units
from sidecar_spotter.readers.kubernetes.hints import hinted
from sidecar_spotter.readers.kubernetes.requests import pairs_of
from sidecar_spotter.readers.kubernetes.services import (
    Way,
    ways_beside,
    ways_in,
    with_ways,
)
from sidecar_spotter.tree import Unreadable

__all__ = (
    "Way",
    "container",
    "hinted",
    "pairs_of",
    "read",
    "suits",
    "units",
    "ways_in",
    "with_maps",
    "with_ways",
)


def suits(path: str, data: bytes) -> bool:
    """Whether the file could hold a unit."""
    form = form_of(path)
    if form == "template":
        return b"kind:" in data and hinted(data)
    return form in ("yaml", "json") and hinted(data, path)


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the units of all documents; raise Unreadable last if one was not YAML."""
    data = without_statements(data)
    faults = []
    found: list[Group] = []
    ways: list[Way] = []
    lines = data.split(b"\n")
    for before, document in documents_in(data):
        if hinted(document, path) or b"kind: Service" in document:
            try:
                node = mend(document, before)
            except Unreadable as fault:
                faults.append(fault)
                continue
            found += units(path, node, lines)
            ways += ways_in(node)
    ways += ways_beside(found, path, look)
    yield from (with_ways(group, ways) for group in with_maps(found, path, look))
    if faults:
        raise faults[0]
