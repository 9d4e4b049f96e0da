"""The other files of a Go package: what their constants stand for."""

import re
from functools import cached_property

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.readers.go.files import LARGEST, SKIPPED

_CONSTANT = re.compile(rb"^(?:const |\t)(\w+)(?: +string)? *= *\"([^\"\n]*)\"", re.M)


class Package:
    """The other files of a file's package, read when a name is asked for."""

    def __init__(self, path: str, look: Look) -> None:
        """Note which file's package it is."""
        self._path = path
        self._look = look

    @cached_property
    def constants(self) -> dict[str, str]:
        """What its names stand for that are strings."""
        found: dict[str, str] = {}
        size = 0
        for other in self._look.names(self._path.rpartition("/")[0]):
            if not other.endswith(".go") or SKIPPED.search(other) or size > 2 * LARGEST:
                continue
            data = b"" if other == self._path else (self._look(other) or b"")[:LARGEST]
            size += len(data)
            for match in _CONSTANT.finditer(data):
                found.setdefault(match[1].decode(), match[2].decode("utf-8", "replace"))
        return found
