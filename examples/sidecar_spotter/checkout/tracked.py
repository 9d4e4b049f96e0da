"""Which files git keeps, although an ignore file names them.

An ignore file speaks of what is not yet in the repository. A file that somebody added
all the same belongs to it. git's index lists such files, each name with its length in
front and a zero byte behind it, so a name can be searched without reading the rest. The
fourth version of the index shortens names: there nothing is found, and the ignore file
decides.
"""

import re
from functools import lru_cache
from pathlib import Path

INDEX = ".git/index"
LARGEST = 32 * 1024 * 1024
"""Bytes of the largest index that is read: some 300,000 files."""
ASKED = 2000
"""Names that are searched; a name takes the time to read the index once."""


def in_work_tree(top: str) -> bool:
    """Whether git has a say about the folder *top*: it, or one above it, has `.git`.

    A checkout that was unpacked from an archive holds only what git keeps.
    """
    place = Path(top)
    return any((folder / ".git").exists() for folder in (place, *place.parents))


class Tracked:
    """The names in an index of git; b"" is none."""

    def __init__(self, index: bytes) -> None:
        """Search in *index*."""
        self._index = index if index.startswith(b"DIRC") else b""
        self._left = ASKED if self._index else 0
        self.holds = lru_cache(maxsize=None)(self._holds)

    def _holds(self, path: str) -> bool:
        """Whether git keeps a file, or a file in a folder: that ends with a slash."""
        self._left -= 1
        if self._left < 0:
            return False
        name = path.encode("utf-8", "surrogateescape")
        if not path.endswith("/"):
            length = min(len(name), 0xFFF).to_bytes(2, "big")
            return length + name + b"\0" in self._index
        # In front of a name stands its length, below 0x1000.
        start = re.compile(rb"[\x00-\x0f][\x00-\xff]" + re.escape(name), re.DOTALL)
        return start.search(self._index) is not None
