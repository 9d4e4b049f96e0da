"""One application and one helper, in three places: what several measurements compare.

The helper sends every line of the application's log to a store. As a sidecar there is
one beside each copy of the application, as a node agent one for all copies, and as a
library it is part of each copy.
"""

import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from trade_offs import running

PLACES = ("a library", "sidecars", "a node agent")


class Store:
    """Takes lines at a port of this machine, and counts them."""

    def __init__(self) -> None:
        """Listen; a thread of its own takes what comes."""
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]
        self.lines = 0
        self.lock = threading.Lock()
        self.open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self.server.accept()
                self.open.append(line)
                threading.Thread(target=self._take, args=(line,), daemon=True).start()

    def _take(self, line: socket.socket) -> None:
        with suppress(OSError):
            while part := line.recv(65536):
                with self.lock:
                    self.lines += part.count(b"\n")

    def close(self) -> None:
        """Take nothing more."""
        for one in (self.server, *self.open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@dataclass
class Node:
    """What runs on one machine: copies of the application, and their helpers."""

    store: Store
    ports: list[int]
    applications: list[psutil.Popen] = field(default_factory=list)
    helpers: list[psutil.Popen] = field(default_factory=list)

    @property
    def programs(self) -> list[psutil.Popen]:
        """All that runs."""
        return [*self.applications, *self.helpers]

    def memory(self) -> float:
        """Return the memory of all programs together, in MiB (Pss)."""
        return sum(one.memory_full_info().pss for one in self.programs) / 1024**2


def ship(store: Store, logs: list[Path]) -> list[str]:
    """Return the command of the helper for some logs."""
    program = str(running.PROGRAMS / "ship.py")
    return [sys.executable, program, str(store.port), *map(str, logs)]


def application(port: int, store: Store, log: Path | None) -> list[str]:
    """Return the command of an application; without a *log* it has the library."""
    program = str(running.PROGRAMS / "app.py")
    how = ["--ship", str(store.port)] if log is None else [str(log)]
    return [sys.executable, program, str(port), *how]


@contextmanager
def node(place: str, copies: int) -> Iterator[Node]:
    """Run so many copies of the application, with the helper in its *place*.

    All are started at once; given is the node when each application answers.
    """
    with ExitStack() as started:
        folder = Path(started.enter_context(tempfile.TemporaryDirectory()))
        store = Store()
        started.callback(store.close)
        found = Node(store, running.free_ports(copies))
        logs = [folder / f"{port}.log" for port in found.ports]
        commands = [ship(store, [log]) for log in logs] if place == "sidecars" else []
        if place == "a node agent":
            commands = [ship(store, logs)]
        for command in commands:
            found.helpers.append(started.enter_context(running.started(command)))
        for port, log in zip(found.ports, logs, strict=True):
            command = application(port, store, None if place == "a library" else log)
            found.applications.append(started.enter_context(running.started(command)))
        for port, child in zip(found.ports, found.applications, strict=True):
            running.await_port(child, "127.0.0.1", port)
        yield found
