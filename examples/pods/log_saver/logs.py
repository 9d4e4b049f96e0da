"""Which files a log consists of: LOG itself, and the rotated LOG.NUMBER."""

import re
import stat
from pathlib import Path
from typing import NamedTuple

from position import Age

CURRENT: Age = (1 << 63, 0)
"""The age of the log that is written now: no rotated file is younger."""


class LogFile(NamedTuple):
    """One file; its inode is the number that stays when it is renamed."""

    age: Age
    inode: int
    path: Path
    size: int  # bytes


def look(log: Path, done: Age) -> list[LogFile]:
    """Return the files of ``log`` after those that are ``done``, in order.

    The oldest comes first: the one to which the last write was the earliest.
    Raises OSError if the folder cannot be read.
    """
    found = []
    name = re.compile(re.escape(log.name) + r"(?:\.(\d{1,18}))?")
    for path in log.parent.iterdir():
        if not (match := name.fullmatch(path.name)):
            continue
        try:
            status = path.stat()
        except FileNotFoundError:
            continue  # renamed or deleted since we read the folder
        number = match[1]
        age = (status.st_mtime_ns, int(number)) if number else CURRENT
        if stat.S_ISREG(status.st_mode) and age > done:
            found.append(LogFile(age, status.st_ino, path, status.st_size))
    return sorted(found)


def files(log: Path, done: Age) -> list[LogFile]:
    """Return what `look` does, but never what a rename has just changed.

    A file that is renamed between the listing and the look at it would be
    missed. So look until two looks find the same.
    """
    before: list[tuple[int, Path]] | None = None
    while True:
        found = look(log, done)
        now = [(file.inode, file.path) for file in found]
        if now == before:
            return found
        before = now


def inode_of(log: Path) -> int:
    """Return the inode of the log itself, 0 if it is not there."""
    try:
        return log.stat().st_ino
    except FileNotFoundError:
        return 0
