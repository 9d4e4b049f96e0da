"""Readers: one module a platform, each turns one file into groups of containers.

Where there is more to do, as for `kubernetes` and `go`, it is a package of small ones.
`common` has what several share; `hcl` and `languages` read no platform, but a text.

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
from functools import cache
from importlib import import_module
from types import ModuleType

from sidecar_spotter.checkout.forms import Form, form_of
from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group

READERS: dict[str, tuple[Form, ...]] = {
    "ansible": ("yaml",),
    "dapr_runs": ("yaml",),
    "compose": ("yaml", "json", "template"),
    "terraform": ("hcl", "json"),
    "ecs": ("json", "yaml", "template"),
    "container_apps": ("yaml", "json"),
    "bicep": ("bicep",),
    "nomad": ("hcl", "template", "json"),
    "quadlet": ("unit",),
    "cdk": ("program", "go"),
    "go": ("go",),
    "programs": ("program", "go"),
    "jenkins": ("jenkins",),
    "jsonnet": ("jsonnet",),
    "shell": ("shell",),
    "helm": ("yaml", "json", "template"),
    "kubernetes": ("yaml", "json", "template"),
}
"""The forms of files that each reader reads, in the order in which they are asked."""


@cache
def readers_of(form: Form | None) -> tuple[ModuleType, ...]:
    """Return the readers for files of a form; they are imported only now.

    A repository has files of few forms, and all readers together take a while.
    """
    names = [name for name, forms in READERS.items() if form in forms]
    return tuple(import_module(f"{__name__}.{name}") for name in names)


def reader_of(path: str, data: bytes) -> ModuleType | None:
    """Return the reader for a file, if there is one: the first that suits."""
    readers = readers_of(form_of(path))
    return next((reader for reader in readers if reader.suits(path, data)), None)


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the groups of containers in one file."""
    reader = reader_of(path, data)
    if reader is not None:
        yield from reader.read(path, data, look)
