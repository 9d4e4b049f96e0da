"""The helper that is measured: sends every line of some logs to a store.

    ship.py STORE-PORT LOG...

When it is asked to stop it looks once more, and sends what is there. It has four
faults on purpose: SIGUSR1 crashes it, SIGUSR2 makes it leak memory until it has none,
SIGALRM makes it go round in a circle, and SIGHUP makes it fill the folder of its log.

Beside each log it keeps how far it has come, for its next start.

As a sidecar it follows the log of one application, as a node agent those of all
applications on the machine. As a library it is imported by an application, which hands
it each line itself (see app.py). The work, and the code that sends, are the same.
"""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

LOOK = 0.05
"""Seconds between two looks at the logs."""
AGAIN = 0.05
"""Seconds until a store that was not there is tried again."""


class Faults:
    """What goes wrong when a signal says so, wherever the helper is."""

    def __init__(self) -> None:
        """Wait for the signals. Only the main thread of a program may."""
        self.hoard: list[bytearray] = []
        self.leaks = self.circles = self.fills = False
        signal.signal(signal.SIGUSR1, lambda number, frame: os._exit(1))
        signal.signal(signal.SIGUSR2, lambda number, frame: self.begin("leaks"))
        signal.signal(signal.SIGALRM, lambda number, frame: self.begin("circles"))
        signal.signal(signal.SIGHUP, lambda number, frame: self.begin("fills"))

    def begin(self, name: str) -> None:
        """Let a fault begin; the helper's own thread has it."""
        setattr(self, name, True)

    def happen(self, folder: Path | None = None) -> None:
        """Go wrong, if something is to go wrong; *folder* may be filled."""
        while self.circles:
            pass
        while self.leaks:
            try:
                self.hoard.append(bytearray(4 << 20))
            except MemoryError:
                os._exit(137)  # as the kernel would end it
            time.sleep(0.01)
        if self.fills and folder is not None:
            self.fills = False
            with suppress(OSError), (folder / "rubbish").open("wb", 0) as rubbish:
                while rubbish.write(bytes(4096)):
                    pass


class Store:
    """The way to the store: what it does not take now, it gets later."""

    def __init__(self, port: int) -> None:
        """Keep the port of the store; connect when there is something to send."""
        self.port = port
        self.line: socket.socket | None = None

    def send(self, data: bytes) -> None:
        """Send *data*, and try for as long as it takes."""
        while True:
            try:
                if self.line is None:
                    address = ("127.0.0.1", self.port)
                    self.line = socket.create_connection(address, timeout=5)
                self.line.sendall(data)
                return
            except OSError:
                with suppress(AttributeError, OSError):
                    self.line.close()  # type: ignore[union-attr]
                self.line = None
                time.sleep(AGAIN)


class Shipper:
    """The library: takes lines from the application and sends them from a thread."""

    def __init__(self, port: int) -> None:
        """Start the thread, which ends with the program."""
        self.store = Store(port)
        self.waiting: list[bytes] = []
        self.sending = threading.Lock()
        self.faults = Faults()
        threading.Thread(target=self.work, daemon=True).start()

    def add(self, line: bytes) -> None:
        """Hand over a line; it is sent soon."""
        self.waiting.append(line)

    def work(self) -> None:
        """Send what waits, for ever."""
        while True:
            time.sleep(LOOK)  # several lines at once, as from a log
            self.faults.happen()
            self.send()

    def send(self) -> None:
        """Send what waits now."""
        with self.sending:
            lines, self.waiting = self.waiting, []
            if lines:
                self.store.send(b"".join(lines))


def follow(port: int, paths: Sequence[Path]) -> None:
    """Send each whole line that is written to the logs, until SIGTERM."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stopping.set())
    faults = Faults()
    store = Store(port)
    logs = []
    for path in paths:
        path.touch()
        log = path.open("rb")
        log.seek(position(path))
        logs.append((path, log))
    last = False
    while not last:
        last = stopping.wait(LOOK)
        faults.happen(paths[0].parent)
        for path, log in logs:
            begun = log.tell()
            new = log.read()
            whole = new.rfind(b"\n") + 1
            if whole:
                store.send(new[:whole])
                with suppress(OSError):  # a full disk: then it sends some twice
                    beside(path).write_text(str(begun + whole))
            log.seek(begun + whole)


def beside(path: Path) -> Path:
    """Return the file that says how far a log was sent."""
    return path.with_name(f"{path.name}.sent")


def position(path: Path) -> int:
    """Return how far a log was sent before; not at all is 0."""
    try:
        return int(beside(path).read_text() or 0)
    except FileNotFoundError:
        return 0


if __name__ == "__main__":
    follow(int(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
