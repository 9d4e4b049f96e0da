"""The Services of a file and of its folder, and the units that they send requests to.

Most repositories have the Service of a workload in a file of its own beside it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group
from sidecar_spotter.readers.kubernetes.siblings import of_kind, siblings
from sidecar_spotter.tree import Node, entries, get, items, text
from sidecar_spotter.units import running


@dataclass(frozen=True, slots=True)
class Way:
    """A Service: the labels that it selects, and the ports behind it."""

    selector: frozenset[tuple[str, str]]
    ports: tuple[str, ...]


def ways_in(document: Node | None) -> Iterator[Way]:
    """Yield the Services of a document, which may be a List or OpenShift's Template."""
    inner = (get(document, field) for field in ("items", "objects"))
    for item in (*chain.from_iterable(map(items, inner)), document):
        if text(get(item, "kind")) == "Service":
            selector = frozenset(
                (text(k), text(v)) for k, v in entries(get(item, "spec", "selector"))
            )
            ports = [
                text(get(one, "targetPort")) or text(get(one, "port"))
                for one in items(get(item, "spec", "ports"))
            ]
            if selector:
                yield Way(selector, tuple(ports))


def ways_beside(groups: Iterable[Group], path: str, look: Look) -> Iterator[Way]:
    """Yield the Services in the other files of a folder, if a unit has use for them.

    That is one with several containers, of which a Service may tell the main one.
    """
    if not any(group.labels and len(running(group)) > 1 for group in groups):
        return
    for data in siblings(path, look):
        for document in of_kind("Service", data):
            yield from ways_in(document)


def with_ways(group: Group, ways: list[Way]) -> Group:
    """Return *group* with the ports that Services of its file send requests to."""
    labels = {tuple(label.text.split("=", 1)) for label in group.labels}
    wanted = {port for way in ways if way.selector <= labels for port in way.ports}
    served = {int(port) for port in wanted if port.isdecimal() and len(port) < 6}
    served |= {
        port.number
        for box in group.containers
        for port in box.ports
        if port.name in wanted and port.number is not None
    }
    return replace(group, served=tuple(sorted(served))) if served else group
