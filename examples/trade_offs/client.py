"""A client as small as possible: what it needs itself is in every measured time."""

import socket
import time
from pathlib import Path

REQUEST = b"GET / HTTP/1.1\r\nHost: application\r\n\r\n"
END = b"ok"
LIMIT = 5.0
"""Seconds to wait for an answer."""

Address = tuple[str, int] | Path
"""A host and its port, or the path of a Unix socket."""


def connect(address: Address) -> socket.socket:
    """Open a connection that is kept. Raises OSError if nobody answers."""
    if isinstance(address, Path):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(LIMIT)
        line.connect(str(address))
    else:
        line = socket.create_connection(address, timeout=LIMIT)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def ask(line: socket.socket) -> float:
    """Ask once and return the seconds to the end of the answer.

    Raises ConnectionError if the connection ends first, TimeoutError if nothing comes.
    """
    begun = time.perf_counter()
    line.sendall(REQUEST)
    receive(line)
    return time.perf_counter() - begun


def receive(line: socket.socket) -> None:
    """Read one answer to its end: proxies add headers, but the body is the last."""
    answer = b""
    while not answer.endswith(END):
        part = line.recv(65536)
        if not part:
            raise ConnectionError(f"the connection ended after {answer!r}")
        answer += part


def saturate(lines: list[socket.socket], seconds: float) -> float:
    """Ask on all *lines* again and again; return the answers a second."""
    done = 0
    begun = time.perf_counter()
    while (took := time.perf_counter() - begun) < seconds:
        for line in lines:
            line.sendall(REQUEST)
        for line in lines:
            receive(line)
        done += len(lines)
    return done / took
