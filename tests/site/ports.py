"""Ports of this machine on which nothing listens."""

import socket
from contextlib import ExitStack


def free_ports(count: int) -> list[int]:
    """Return *count* ports of 127.0.0.1, no two the same, that nobody listens on.

    All are held until the last is found: the system may give a port that was let go
    to the next who asks.
    """
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def free_port() -> int:
    """Return one such port."""
    return free_ports(1)[0]
