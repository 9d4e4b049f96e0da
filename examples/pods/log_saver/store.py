"""A small store for log lines. It stands for a search engine far away.

POST /lines appends the body, whole lines, to one file. GET / shows the end of
that file. The sender adds ?file=NAME&offset=BYTES, so that a store could tell
what it has already; this one keeps everything, so that you can see it.

Settings (environment variables): HOST, PORT (8083), STORE_DIR (/var/lib/store).
"""

import os
import threading
from pathlib import Path

from serve import Handler, complain, fail, folder, serve

NAME = "store"
LARGEST = 16 << 20  # bytes in one request
SHOWN = 64 << 10  # bytes at the end that GET / looks at
LAST_LINES = 100


class Lines:
    """The file of all lines; it always ends with a whole one."""

    def __init__(self, path: Path) -> None:
        """Open ``path``; raise OSError if that cannot be done."""
        self.lock = threading.Lock()
        self.file = path.open("a+b", buffering=0)
        # A crash may have left a part of a batch: that was never confirmed.
        size = self.file.seek(0, os.SEEK_END)
        while size and os.pread(self.file.fileno(), 1, size - 1) != b"\n":
            start = max(0, size - SHOWN)
            piece = os.pread(self.file.fileno(), size - start, start)
            size = start + piece.rfind(b"\n") + 1
        os.truncate(path, size)

    # [keep]
    def keep(self, lines: bytes) -> None:
        """Append a batch: all of it, on the disk, or an OSError and nothing."""
        with self.lock:
            size = self.file.seek(0, os.SEEK_END)
            try:
                while lines:
                    lines = lines[self.file.write(lines) :]
                os.fsync(self.file.fileno())
            except OSError:
                os.ftruncate(self.file.fileno(), size)
                raise
        # [/keep]

    def last(self) -> bytes:
        """Return the last lines, or what there is of them."""
        size = os.fstat(self.file.fileno()).st_size
        end = os.pread(self.file.fileno(), SHOWN, max(0, size - SHOWN))
        return b"".join(end.splitlines(keepends=True)[-LAST_LINES:])


class StoreHandler(Handler):
    """Takes batches by POST, and shows the last lines."""

    lines: Lines

    def page(self) -> tuple[int, bytes]:
        """Return the end of what is stored."""
        if self.path != "/":
            return 404, b"the last lines are at /\n"
        return 200, self.lines.last()

    def do_POST(self) -> None:
        """Answer 200 when the batch is stored, and not before."""
        if self.path.partition("?")[0] != "/lines":
            return self.answer(404, b"lines go to /lines\n")
        status, batch = self.received(LARGEST)
        if status != 200:
            return self.answer(status, batch)
        if not batch.endswith(b"\n"):
            return self.answer(400, b"send whole lines\n")
        try:
            self.lines.keep(batch)
        except OSError as error:
            complain(NAME, f"cannot store a batch ({error.strerror})")
            return self.answer(507, b"cannot store it\n")
        return self.answer(200, b"stored\n")


def main() -> None:
    """Store lines until told to stop."""
    path = folder(NAME, "STORE_DIR", "/var/lib/store") / "lines.log"
    try:
        StoreHandler.lines = Lines(path)
    except OSError as error:
        problem = f"cannot write {path} ({error.strerror})"
        fail(NAME, f"{problem}: set STORE_DIR to a folder you may write to")
    serve(NAME, StoreHandler, default_port=8083)


if __name__ == "__main__":
    main()
