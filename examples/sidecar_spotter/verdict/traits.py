"""What a container is by itself, and what it has in common with another one."""

import re
from collections.abc import Iterable, Sequence

from sidecar_spotter.features.placeholder import SIDECAR_FIELD
from sidecar_spotter.model import Container, Evidence, Group, Label
from sidecar_spotter.tables.known import ALWAYS, MAIN, NEVER, Known, split, telling
from sidecar_spotter.tables.variables import known_as
from sidecar_spotter.units import (
    answers,
    is_handed_in,
    listens,
    loops,
    repeats,
    stem,
)

EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
"""What a template puts into a name."""
STORES = {"database", "broker"}
"""Roles that neighbors use, but that serve no one neighbor."""
FRONT = {"proxy", "mesh-proxy"}
"""Roles of programs that can also be what a unit is for, as a gateway's."""
_MOMENTS = frozenset(
    ("copy", "install", "create", "set", "setup", "fix", "change", "clean", "remove")
)
"""With these the name of a step begins that handles what others run."""
UNKNOWN = {"main": "application", "init": "init", "not-a-sidecar": "program"}
"""What a container is for that nothing tells more of: `helper` for all others."""


def role(box: Container, label: Label) -> str:
    """Return what a container is for, in one word of the field."""
    words = split(box.name)
    if label == "not-a-sidecar" and is_handed_in(box):
        return "extension-point"
    if label == "init" and ("sidecar" in words or not _MOMENTS.isdisjoint(words[:1])):
        return UNKNOWN["init"]
    found, told = known_as(box), telling(box.name)
    helps = told not in (None, MAIN)
    if found is not None and _image_tells(found, label, helps=helps):
        said: str | None = found.role
    else:
        said = told if helps and label != "main" else None
    if said is None or (said == "sidecar" != label):  # that is a label, and not its own
        return UNKNOWN.get(label, "helper")
    return said


def _image_tells(found: Known, label: Label, *, helps: bool) -> bool:
    """Whether an image tells what a container is for, and not its name.

    That *helps* if it is a helper's.
    """
    if helps and found.by == "expression":
        return False
    if label == "init":
        return found.sure >= 0  # else it works a moment with the tools of that image
    if label == "main":
        return found.sure < 0
    # A helper may work with the tools of a main program's image.
    return not (helps and NEVER < found.sure < 0)


def is_known_helper(box: Container) -> bool:
    """Whether a container is known to do nothing but help."""
    found = known_as(box)
    return found is not None and found.sure >= ALWAYS


def is_tunnel(box: Container) -> bool:
    """Whether a container is a tunnel by its image."""
    found = known_as(box)
    return found is not None and found.role == "tunnel-proxy"


def is_front(box: Container) -> bool:
    """Whether a container passes requests on, and could do so as a gateway."""
    return role(box, "sidecar") in FRONT


def callers(reasons: Iterable[Evidence]) -> set[str]:
    """Return the neighbors that call a container at localhost."""
    return {
        one.about
        for one in reasons
        if one.says.startswith("is called by ")  # as the feature `localhost` says it
    }


def is_ruled(group: Group, box: Container, reasons: Sequence[Evidence]) -> bool:
    """Whether a controller beside a gateway that callers reach tells it what to do."""
    ruled = any("controller" in split(name) for name in callers(reasons))
    return ruled and is_published(group, box)


def is_store(box: Container) -> bool:
    """Whether a container runs the image of a database or a broker.

    Where its author calls it a sidecar by a field of that name, it is private to one.
    """
    if any(SIDECAR_FIELD.match(note.text) for note in box.notes):
        return False
    if repeats(box):
        return False  # it has the tools of one
    found = known_as(box)
    # A template's expression may only say what chart the image belongs to.
    return found is not None and found.role in STORES and found.by == "image"


def serves_machine(box: Container, reasons: Iterable[Evidence]) -> bool:
    """Whether a container is known as a node's agent, by an image that is its own.

    There is no evidence on an image that all containers of a unit share.
    """
    found = known_as(box)
    own = any(one.feature == "known-image" for one in reasons)
    return own and found is not None and found.role == "node-agent"


def is_published(group: Group, box: Container) -> bool:
    """Whether callers from outside the unit reach a container.

    A port that no container declares may be one that a probe or an option names.
    """
    if not group.served:
        return False
    own = {port.number for port in box.ports}
    declared = {port.number for one in group.containers for port in one.ports}
    return not (own | (listens(box) - declared)).isdisjoint(group.served)


def has_no_callers(box: Container) -> bool:
    """Whether a container is a loop of a shell that says of no port that it listens."""
    return loops(box) and not answers(box)


def joins(one: Container, other: Container) -> bool:
    """Whether a container asks to share a namespace of another one."""
    return any(join.text.partition(":")[2] == other.name for join in one.joins)


def same_image(one: Container, other: Container) -> bool:
    """Whether two containers run images of the same name."""
    return stem(one) != "" and stem(one) == stem(other)


def is_named_unlike_its_image(box: Container) -> bool:
    """Whether a container is not called as its image is, as `nginx` is."""
    image = box.image.text.lower() if box.image is not None else ""
    return not any(word in image for word in split(box.name))
