"""Ports of this machine on which nothing listens."""

import os
import random
import socket

# Below those that the system gives out by itself, and a range for each worker of a
# parallel run, root's beside a user's: a port that one has just found must not be found
# by another, and podman takes every request to the ports of a pod, whoever listens
# there.
FIRST, EACH = (12_000 if os.geteuid() else 22_000), 1_000
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
RANGE = range(FIRST + WORKER * EACH, FIRST + (WORKER + 1) * EACH)
_position = random.randrange(EACH)


def free_ports(count: int) -> list[int]:
    """Return *count* ports of 127.0.0.1 that nobody listens on, no two the same.

    A port is not found again before all others of the range have had their turn.
    Raises RuntimeError if there are not so many.
    """
    global _position
    found: list[int] = []
    for _ in RANGE:
        if len(found) == count:
            return found
        _position = (_position + 1) % EACH
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", RANGE[_position]))
            except OSError:
                continue
            found.append(RANGE[_position])
    raise RuntimeError(f"no {count} free ports in {RANGE}")


def free_port() -> int:
    """Return one such port."""
    return free_ports(1)[0]
