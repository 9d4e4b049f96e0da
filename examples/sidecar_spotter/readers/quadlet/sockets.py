"""Sockets of systemd: ports on which it waits, to start the service of that name.

https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html
"""

import re

from sidecar_spotter.checkout.look import Look

_STREAM = re.compile(rb"^ListenStream[ \t]*=[ \t]*(?![/@%])(\S+)[ \t]*$", re.MULTILINE)
"""What is no path is an address of the machine, with a port behind it or alone."""
ENDS = ("", ".in", ".j2")
"""What may stand behind a socket's name, where it is a template."""
SOME_PORT = -1
"""The port that a template leaves open."""


def of_unit(folder: str, stem: str, look: Look) -> tuple[int, ...]:
    """Return the ports of the machine at which the unit *stem* is started."""
    return tuple(
        int(port) if (port := said.rpartition(b":")[2]).isdigit() else SOME_PORT
        for end in ENDS
        for said in _STREAM.findall(
            look(f"{folder}/{stem}.socket{end}".lstrip("/")) or b""
        )
    )
