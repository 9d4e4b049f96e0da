"""Turn a log that is rotated into batches of whole lines, each in its turn."""

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

from logs import files, inode_of
from position import Age, Position

BLOCK = 1 << 20
"""Bytes that are read at once: a batch is no larger, but for a long line."""
LONGEST = 4 << 20
"""Bytes of the longest line; a longer one comes in parts of this size."""
MARK = 64
"""Bytes before a position that are kept with it."""
SETTLE = 1.0
"""Seconds after a rename in which an application may write to the old file."""


@dataclass(frozen=True)
class Batch:
    """The whole lines between two places in the log."""

    start: Position
    lines: bytes  # empty where nothing is to be sent, but a file to be begun
    end: Position


class Follower:
    """Reads a log and its rotated files, the oldest first, as they grow."""

    def __init__(self, log: Path) -> None:
        """Follow ``log``, which need not exist yet."""
        self.log = log
        self.opened: str | None = None  # its name, as in Position.file
        self.handle = -1

    # [read]
    def read(self, start: Position) -> Batch | None:
        """Return what comes after ``start``; None if nothing whole is there.

        Raises OSError if the log or its folder cannot be read.
        """
        if self.opened != start.file and not self.open(start):
            return self.begin(start, start.done)
        skip, size = len(start.mark), BLOCK
        while True:
            data = os.pread(self.handle, skip + size, start.offset - skip)
            cut = data.rfind(b"\n", skip) + 1
            if cut or len(data) < skip + size or size == LONGEST:
                break
            size *= 2  # a long line
        if not data.startswith(start.mark):
            self.opened = None  # truncated: the next read looks for the place
            return None
        if cut:
            return self.batch(start, data[skip:cut], data[:cut])
        if size == LONGEST and len(data) == skip + size:
            return self.batch(start, data[skip:] + b"\n", data)
        return self.finish(start, data[skip:], data)
        # [/read]

    def batch(self, start: Position, lines: bytes, data: bytes) -> Batch:
        """Return ``lines``; ``data`` is the mark and all up to the new place.

        The inode is a new one if we read on in a copy.
        """
        offset = start.offset - len(start.mark) + len(data)
        inode = os.fstat(self.handle).st_ino
        mark = data[-MARK:]
        end = replace(start, inode=inode, offset=offset, mark=mark)
        return Batch(start, lines, end)

    def finish(self, start: Position, rest: bytes, data: bytes) -> Batch | None:
        """Leave the file if it was rotated; ``rest`` is a line without end."""
        status = os.fstat(self.handle)
        # A rename changes this time, and so does a write.
        quiet = time.time() - status.st_ctime
        if inode_of(self.log) == status.st_ino or 0 <= quiet < SETTLE:
            return None
        ages = {file.inode: file.age for file in files(self.log, start.done)}
        age = ages.get(status.st_ino, (status.st_mtime_ns, 0))
        following = self.begin(start, age)
        if following and rest:
            return self.batch(start, rest + b"\n", data)
        return following

    def begin(self, start: Position, done: Age) -> Batch | None:
        """Go to the first file after those that are ``done``, if any."""
        for file in files(self.log, done):
            end = Position(token_hex(8), file.inode, done=done)
            return Batch(start, b"", end)
        return None

    def open(self, place: Position) -> bool:
        """Open the file that has the mark of ``place``: that inode, or a copy.

        Some tools rotate a log by a copy, and then make the original empty.
        """
        found = files(self.log, place.done)
        for file in sorted(found, key=lambda file: file.inode != place.inode):
            if file.inode != place.inode and not place.mark:
                break  # without a mark, any file would do
            try:
                handle = os.open(file.path, os.O_RDONLY)
            except FileNotFoundError:
                continue
            skip = len(place.mark)
            mark = os.pread(handle, skip, place.offset - skip)
            if os.fstat(handle).st_ino == file.inode and mark == place.mark:
                if self.handle >= 0:
                    os.close(self.handle)
                self.handle, self.opened = handle, place.file
                return True
            os.close(handle)
        return False
