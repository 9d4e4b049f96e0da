"""One checkout, as the readers see it: other files by their paths."""

import os
import posixpath
from functools import lru_cache

from sidecar_spotter.checkout.discover import within
from sidecar_spotter.checkout.load import Entry, load
from sidecar_spotter.tree import Unreadable

LARGEST = 1024 * 1024
"""Bytes of a file that another one refers to. They are kept, in case that several
files refer to it, as the templates of a chart to its named templates."""

FOLDERS = 60
"""Folders below a folder that are looked into."""
LEVELS = 3
"""How deep they may lie, as `templates/vendor/mesh` of a chart does."""


class Checkout:
    """Gives the files of a checkout, and none outside it: a `Look`."""

    def __init__(self, top: str) -> None:
        """Give the files below *top*, a path without links."""
        self.top = top
        self._file = lru_cache(maxsize=64)(self._load)
        self._names = lru_cache(maxsize=64)(self._list)
        self._below = lru_cache(maxsize=16)(self._walk)

    def __call__(self, path: str) -> bytes | None:
        """Return the bytes of a file, or None where it cannot be read."""
        return self._file(posixpath.normpath(path))

    def names(self, folder: str) -> list[str]:
        """Return the paths of a folder's files, in order; none if there is none."""
        return self._names(posixpath.normpath(folder))

    def below(self, folder: str) -> list[str]:
        """Return the paths of the files in a folder and those in it, nearest first.

        No link to a folder is followed.
        """
        return self._below(posixpath.normpath(folder))

    def _walk(self, folder: str) -> list[str]:
        found = self._names(folder)
        level, seen = [folder], 0
        for _ in range(LEVELS):
            inner = [one for outer in level for one in self._folders(outer)]
            level = inner[: FOLDERS - seen]
            seen += len(level)
            for one in level:
                found = found + self._names(one)
        return found

    def _folders(self, folder: str) -> list[str]:
        target = self._inside(folder)
        if target is None:
            return []
        try:
            with os.scandir(f"{self.top}/{target}") as listing:
                names = sorted(
                    one.name for one in listing if one.is_dir(follow_symlinks=False)
                )
        except OSError:
            return []
        return [posixpath.normpath(f"{folder}/{name}") for name in names]

    def _load(self, path: str) -> bytes | None:
        target = self._inside(path)
        if target is None:
            return None
        try:
            return load(self.top, Entry(path, target), LARGEST)
        except Unreadable:
            return None

    def _list(self, folder: str) -> list[str]:
        target = self._inside(folder)
        if target is None:
            return []
        try:
            with os.scandir(f"{self.top}/{target}") as listing:
                names = sorted(one.name for one in listing if one.is_file())
        except OSError:
            return []
        return [posixpath.normpath(f"{folder}/{name}") for name in names]

    def _inside(self, path: str) -> str | None:
        """Return where a path leads to; None where that is outside, or nowhere."""
        if path.startswith("/"):
            return None
        try:
            place = os.path.realpath(f"{self.top}/{path}", strict=True)
        except (OSError, ValueError):  # a NUL in the path is no OSError
            return None
        return within(place, self.top)
