"""Which texts could hold a unit: quick, by bytes."""

import re

from sidecar_spotter.tables import operators

HINTS = (
    *(b"containers", b"Containers", b"Container:", b"sidecar", b"Sidecar", b"steps:"),
    *(b"annotations", b"Annotations", b"njection", b"\nvolumeMounts:"),
    *(b"containerMode:", b"ContainerList:", b"prometheusSpec:"),
    b"gitSync:",
    *(b"kind: " + kind.encode() for kind in ("Namespace", *sorted(operators.KINDS))),
)
"""One of these is in every document with a unit, or with a request for one."""


NAMED_SO = re.compile(r"container[\w.-]{0,60}\.ya?ml$", re.IGNORECASE)
"""What a file with one container is called, at its end."""


def hinted(data: bytes, path: str = "") -> bool:
    """Whether a text could hold a unit, ask for a container, or be one by its name."""
    return any(hint in data for hint in HINTS) or NAMED_SO.search(path) is not None
