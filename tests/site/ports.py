"""Ports of this machine on which nothing listens."""

import random
import socket

# Below those that the system gives out by itself: podman takes every request to the
# ports of a pod, whoever else was given them.
RANGE = range(12_000, 16_000)
_position = random.randrange(len(RANGE))


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
        _position = (_position + 1) % len(RANGE)
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
