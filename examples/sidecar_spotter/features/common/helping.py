"""Whether a container looks like one that helps a neighbor, or measures it.

Several features ask this to tell the two ends of a tie apart.
"""

from sidecar_spotter.model import Container
from sidecar_spotter.tables.known import MAIN, telling
from sidecar_spotter.tables.variables import known_as


def helps(box: Container) -> bool:
    """Whether a container looks like a helper: whom it calls is whom it serves."""
    found = known_as(box)
    if found is not None:
        return found.sure > 0
    return telling(box.name) not in (None, MAIN)


def measures(box: Container) -> bool:
    """Whether a container asks another how it is, which may be a helper itself."""
    found = known_as(box)
    said = {telling(box.name), found.role if found is not None else None}
    return not said.isdisjoint(("metrics-adapter", "health-probe"))


def is_front(box: Container) -> bool:
    """Whether a container is known to answer callers on behalf of one behind it."""
    found = known_as(box)
    return found is not None and found.role.endswith("proxy")
