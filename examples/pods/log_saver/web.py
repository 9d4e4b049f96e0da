"""The main container: a web application that logs each request to a file.

When the file has grown to MAX_BYTES it is renamed to access.log.1, the next
one to access.log.2, and so on; only the last KEEP of these stay. The
application knows nothing about the sidecar that reads them.

Settings (environment variables): HOST, PORT (8080), LOG_DIR (/var/log/web),
MAX_BYTES (1048576), KEEP (20).
"""

import errno
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from string import punctuation
from urllib.parse import quote

from serve import Handler, complain, fail, log_file, number, serve

NAME = "web"


class AccessLog:
    """A file to which lines are appended, and which is renamed when full."""

    def __init__(self, path: Path, max_bytes: int, keep: int) -> None:
        """Open the log at ``path``; raise OSError if that cannot be done."""
        self.path, self.max_bytes, self.keep = path, max_bytes, keep
        self.lock = threading.Lock()
        self.file = path.open("a+b", buffering=0)
        # A crash may have left half a line: end it, or the next joins it.
        size = self.file.seek(0, os.SEEK_END)
        if size and os.pread(self.file.fileno(), 1, size - 1) != b"\n":
            self.file.write(b"\n")

    # [append]
    def append(self, line: bytes) -> None:
        """Append one line, which ends in a newline; raise OSError if not."""
        with self.lock:
            size = os.fstat(self.file.fileno()).st_size
            if size >= self.max_bytes:
                self.rotate()
                size = 0
            if self.file.write(line) < len(line):
                # The disk is full: take the half line back.
                os.ftruncate(self.file.fileno(), size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def rotate(self) -> None:
        """Rename the full log, start a new one, delete what is too old."""
        old = sorted(
            int(file.suffix[1:])
            for file in self.path.parent.glob(f"{self.path.name}.*")
            if file.suffix[1:].isdecimal()
        )
        new = old[-1] + 1 if old else 1
        self.path.rename(f"{self.path}.{new}")
        self.file.close()
        self.file = self.path.open("a+b", buffering=0)
        for older in [*old, new][: -self.keep]:
            Path(f"{self.path}.{older}").unlink(missing_ok=True)
        # [/append]


class WebHandler(Handler):
    """Greets every visitor. Requests for /healthz are not logged."""

    log: AccessLog

    def page(self) -> tuple[int, bytes]:
        """Log the request, then return the greeting."""
        time = datetime.now(UTC).isoformat(timespec="seconds")
        # Quoted, as control characters would garble the reader's screen.
        path = quote(self.path, safe=punctuation)
        try:
            self.log.append(f"{time} GET {path} 200\n".encode())
        except OSError as error:
            # A visitor still gets the page when, say, the volume is full.
            complain(NAME, f"cannot write {self.log.path} ({error.strerror})")
        return 200, f"Hello! You asked for {path}\n".encode()


def main() -> None:
    """Run the web application until it is told to stop."""
    path = log_file(NAME)
    max_bytes = int(number(NAME, "MAX_BYTES", 1 << 20))
    keep = max(1, int(number(NAME, "KEEP", 20)))
    try:
        WebHandler.log = AccessLog(path, max_bytes, keep)
    except OSError as error:
        fail(
            NAME,
            f"cannot write {path} ({error.strerror}): "
            "set LOG_DIR to a folder in a volume that this user may write to",
        )
    serve(NAME, WebHandler, default_port=8080)


if __name__ == "__main__":
    main()
