"""One file of Terraform, and a block in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.readers.common.values import Names
from sidecar_spotter.tree import Node, text

COMMENTS = ("#", "//")

TEXTS = 300
"""Texts of a file that are read."""

LEVELS = 12
"""How deep in a resource its containers are searched: a cron job's lie nine down."""


@dataclass(frozen=True, slots=True)
class File:
    """One file, and what its names stand for."""

    path: str
    lines: list[str]
    look: Look
    tree: Node | None
    names: Names
    services: dict[str, list[Fields]]
    """The services of Amazon ECS by each word of the task definition they name."""
    taken: set[int] = field(default_factory=set)
    """The texts and containers that a task has taken."""


@dataclass(frozen=True, slots=True)
class Block:
    """A resource or module."""

    kind: str
    label: Node
    fields: Fields

    @property
    def name(self) -> str:
        """How it is called in the cloud, or else in the file."""
        meta = self.fields.under("metadata").say("name")
        said = self.fields.say("name", "family") or meta
        return said if said and not said.startswith("${") else text(self.label)


Reader = Callable[[File, Block], Iterator[Group]]
