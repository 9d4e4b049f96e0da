"""What a unit is called itself, apart from what surrounds it."""

import re

from sidecar_spotter.model import Group
from sidecar_spotter.tables.known import split

_HOLES = re.compile(r"\$\{[^{}]*\}|\{\{.*?\}\}|\[\[.*?\]\]")


def own_name(group: Group) -> list[str]:
    """Return the words of a unit's name, without its job's name and expressions."""
    return split(_HOLES.sub("", group.name).rpartition("/")[2])
