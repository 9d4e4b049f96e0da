"""Network namespaces: a pod has one, and so has another host. Linux, as root."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLONE_NEWNET = 0x40000000  # setns(2)
HERE = "/proc/thread-self/ns/net"


class NoNamespaces(Exception):
    """This machine or user cannot have any; the message says why."""


def ip(*words: str) -> None:
    """Run ip(8). Raises NoNamespaces with its words if it fails."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, timeout=20)
    if done.returncode:
        raise NoNamespaces(f"ip {' '.join(words)}: {done.stderr.strip()}")


@contextmanager
def pod(name: str, own: str, outside: str) -> Iterator[str]:
    """Make a namespace with a cable to this one; give its name, remove it at the end.

    *own* and *outside* are the addresses of its two ends, of one /30. Raises
    NoNamespaces where they cannot be had.
    """
    if os.geteuid() != 0:
        raise NoNamespaces("only root may make a network namespace")
    if shutil.which("ip") is None:
        raise NoNamespaces("no ip here: apt-get install iproute2")
    ip("netns", "add", name)
    try:
        ip("link", "add", f"{name}-o", "type", "veth", "peer", f"{name}-i")
        ip("link", "set", f"{name}-i", "netns", name)
        ip("addr", "add", f"{outside}/30", "dev", f"{name}-o")
        ip("link", "set", f"{name}-o", "up")
        ip("-n", name, "addr", "add", f"{own}/30", "dev", f"{name}-i")
        ip("-n", name, "link", "set", f"{name}-i", "up")
        ip("-n", name, "link", "set", "lo", "up")
        yield name
    finally:
        # Its end of the cable goes with it, and so does the other end.
        ip("netns", "del", name)


@contextmanager
def within(name: str) -> Iterator[None]:
    """Put this thread into a namespace until the block ends.

    A connection that is opened there stays there.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(HERE).open("rb") as back, Path("/run/netns", name).open("rb") as there:
        try:
            if libc.setns(there.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
            yield
        finally:
            libc.setns(back.fileno(), CLONE_NEWNET)


@contextmanager
def delayed(name: str, milliseconds: float) -> Iterator[None]:
    """Let everything that leaves a namespace be late, as on a longer way.

    Raises NoNamespaces where the kernel cannot do it.
    """
    device = ("dev", f"{name}-i", "root", "netem")
    words = ["tc", "-n", name, "qdisc", "add", *device, "delay", f"{milliseconds}ms"]
    if shutil.which("tc") is None:
        raise NoNamespaces("no tc here: apt-get install iproute2")
    done = subprocess.run(words, capture_output=True, text=True, timeout=20)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[0]
        raise NoNamespaces(f"this kernel delays no packets (tc netem: {reason})")
    try:
        yield
    finally:
        subprocess.run(
            ["tc", "-n", name, "qdisc", "del", "dev", f"{name}-i", "root"],
            check=True,
            timeout=20,
        )
