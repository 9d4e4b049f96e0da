"""Which systems there are, and what this machine lacks to run one."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from lab.manifest import notes

PODS = Path(__file__).resolve().parents[1] / "pods"

DEBIAN = {
    "git": "git",
    "nginx": "nginx-light",
    "openssl": "openssl",
    "redis-server": "redis-server",
    "podman": "podman",
    "runc": "runc",
    "busybox": "busybox-static",
    "ldd": "libc-bin",
}
"""The Debian package that brings each program."""


def systems() -> dict[str, str]:
    """Return every system's name and what it is about, in one line."""
    files = sorted(PODS.glob("*/pod.yaml"))
    return {file.parent.name: notes(file).about for file in files}


def find(program: str) -> str | None:
    """Return where *program* is; daemons are often beside a user's search path."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")


def missing(programs: Iterable[str]) -> str:
    """Return one line that says what is not on this machine; "" if all is there."""
    lacking = [program for program in programs if find(program) is None]
    if not lacking:
        return ""
    packages = " ".join(DEBIAN.get(program, program) for program in lacking)
    return f"no {', '.join(lacking)} on this machine: apt-get install {packages}"
