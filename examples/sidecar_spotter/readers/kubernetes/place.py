"""Where in a document a unit is."""

from dataclasses import dataclass

from sidecar_spotter.model import Volume
from sidecar_spotter.tree import Node


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document a unit is: what its ancestors say of it."""

    path: str
    kind: str
    name: str
    lines: list[bytes]
    metadata: Node | None
    claims: tuple[Volume, ...]
    marks: frozenset[str]
