"""One application and one helper, in three places: what several measurements compare.

The helper sends every line of the application's log to a store. As a sidecar there is
one beside each copy of the application, as a node agent one for all copies, and as a
library it is part of each copy. Beside them stand the application alone, and a helper
of the other kind: a proxy, one for each copy or one for all.
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
PROXIES = ("a proxy each", "a proxy for all")
"""Helpers on the way of each request: an nginx for each copy, or one for all."""
NONE = "no helper"
"""The application alone, which writes its log for nobody."""
FOR_ALL = ("a node agent", "a proxy for all")


class Store:
    """Takes lines at a port of this machine, and counts them."""

    def __init__(self) -> None:
        """Listen; a thread of its own takes what comes."""
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]
        self.lines = 0
        self.lock = threading.Lock()
        self.open: list[socket.socket] = []
        self.taking: list[threading.Thread] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self.server.accept()
                self.open.append(line)
                thread = threading.Thread(target=self._take, args=(line,), daemon=True)
                thread.start()
                self.taking.append(thread)

    def _take(self, line: socket.socket) -> None:
        with suppress(OSError):
            while part := line.recv(65536):
                with self.lock:
                    self.lines += part.count(b"\n")

    def take_the_rest(self, limit: float) -> int:
        """Return the number of lines when all senders have gone.

        *limit* is how many seconds a sender may still take.
        """
        for thread in self.taking:
            thread.join(limit)
        return self.lines

    def close(self) -> None:
        """Take nothing more."""
        for one in (self.server, *self.open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@dataclass
class Node:
    """What runs on one machine: copies of the application, and their helpers."""

    place: str
    folder: Path
    store: Store
    ports: list[int] = field(default_factory=list)
    """Where each copy is asked: its own, or those of its proxy."""
    backends: dict[int, int] = field(default_factory=dict)
    """The port of the application behind each of them."""
    applications: list[psutil.Popen] = field(default_factory=list)
    helpers: list[psutil.Popen] = field(default_factory=list)

    def grow(self, copies: int) -> None:
        """Run so many copies; come back when each answers.

        A helper for all copies is replaced by one that knows of the new ones.
        """
        count = copies - len(self.ports)
        if not count:
            return
        free = running.free_ports(2 * count)
        new = dict(zip(free[:count], free[count:], strict=True))
        if self.place not in PROXIES:
            new = {port: port for port in new}
        self.ports += new
        self.backends |= new
        if self.place in FOR_ALL:
            running.end(*self.helpers)
            self.helpers.clear()
        self.helpers += map(running.spawned, self._help(new))
        for port in new.values():
            log = None if self.place == "a library" else self.log(port)
            command = application(port, self.store, log)
            self.applications.append(running.spawned(command))
        for port, child in zip(new.values(), self.applications[-count:], strict=True):
            running.await_port(child, "127.0.0.1", port)
        for port, child in zip(new, self.helpers[-count:], strict=False):
            if self.place in PROXIES:
                running.await_port(child, "127.0.0.1", port)

    def log(self, port: int) -> Path:
        """Return the log of the application at *port*."""
        return self.folder / f"{port}.log"

    def _help(self, new: dict[int, int]) -> list[list[str]]:
        """Return the commands of the helpers to start."""
        if self.place == "sidecars":
            return [ship(self.store, [self.log(port)]) for port in new]
        if self.place == "a node agent":
            return [ship(self.store, [self.log(port) for port in self.ports])]
        if self.place == "a proxy for all":
            return [running.nginx(self.folder, self.backends)]
        if self.place == "a proxy each":
            commands = []
            for port, backend in new.items():
                own = self.folder / str(port)
                own.mkdir()
                commands.append(running.nginx(own, {port: backend}))
            return commands
        return []

    @property
    def programs(self) -> list[psutil.Process]:
        """All that runs, with what it has started."""
        return running.families([*self.applications, *self.helpers])

    def end(self) -> None:
        """End all programs."""
        running.end(*self.applications, *self.helpers)
        self.store.close()


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
    """Run so many copies of the application, with the helper in its *place*."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as started:
        found = Node(place, Path(folder), Store())
        started.callback(found.end)
        found.grow(copies)
        yield found
