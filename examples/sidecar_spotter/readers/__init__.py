"""Readers: one module a platform, each turns one file into groups of containers.

Where there is more to do, as for `kubernetes` and `go`, it is a package of small ones.

A reader has two functions::

    def suits(path: str, data: bytes) -> bool:
        "Whether the file could hold what this reader reads; quick, by bytes."

    def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
        "Yield the groups of the file. Raises Unreadable(reason) where it cannot."

*path* is relative to the scanned folder, with forward slashes. *look* gives the bytes
of another file of the same checkout by such a path, or None; `look.names(folder)`
gives the paths of the files in a folder.
"""

from collections.abc import Iterator
from types import ModuleType

from sidecar_spotter.look import Look
from sidecar_spotter.model import Group
from sidecar_spotter.readers import (
    bicep,
    cdk,
    compose,
    container_apps,
    ecs,
    go,
    helm,
    jenkins,
    jsonnet,
    kubernetes,
    nomad,
    programs,
    quadlet,
    terraform,
)

READERS: tuple[ModuleType, ...] = (
    compose,
    terraform,
    ecs,
    container_apps,
    bicep,
    nomad,
    quadlet,
    cdk,
    go,
    programs,
    jenkins,
    jsonnet,
    helm,
    kubernetes,
)
"""In the order in which they are asked; the first that suits reads the file."""


def reader_of(path: str, data: bytes) -> ModuleType | None:
    """Return the reader for a file, if there is one."""
    return next((reader for reader in READERS if reader.suits(path, data)), None)


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the groups of containers in one file."""
    reader = reader_of(path, data)
    if reader is not None:
        yield from reader.read(path, data, look)
