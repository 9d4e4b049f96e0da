"""Units of which a file shows a part, a single container, or steps in order.

There is no main container to compare with, so each is judged by itself.
"""

from sidecar_spotter.features.common.addresses import asks_elsewhere
from sidecar_spotter.model import Container, Finding, Group, Label
from sidecar_spotter.tables.known import split, telling
from sidecar_spotter.tables.operators import OWN_CONTAINERS
from sidecar_spotter.units import idles, is_handed_in
from sidecar_spotter.verdict.labels import ADDED, MAIN, finding, helper
from sidecar_spotter.verdict.signs.names import OWN_NAME
from sidecar_spotter.verdict.traits import EXPRESSION, role
from sidecar_spotter.verdict.weights import Reasons, looks, score

HELPER = 0.9
"""The score from which a container counts as a helper without seeing its main one."""
CALLED = 1.5
"""How much a name says that has "sidecar" in it, or that the image agrees with."""
WHOLE = {"Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}
"""Kinds whose containers all stand in the file; to others an operator adds its own."""


def added(group: Group, boxes: list[Container], found: Reasons) -> list[Finding]:
    """Return what *boxes* are, which a patch, an operator or code adds to a unit."""
    helpers = [
        helper(group, box, found, ADDED)
        for box in boxes
        if _is_added_to_help(group, box, found)
    ]
    if helpers or "partial" in group.marks:
        return helpers + _brought(group, boxes, helpers, found)
    early = any(box.stage == "init" for box in group.containers)
    if early and not boxes[0].image:
        # It changes the container before which it puts another.
        return [finding(boxes[0], "main", found, MAIN)]
    return []


def _is_added_to_help(group: Group, box: Container, found: Reasons) -> bool:
    """Whether a container is a helper, whatever its main one turns out to be.

    What has the unit's name is the one that a patch changes, and no helper of it.
    """
    if is_handed_in(box):
        return False  # nobody stands in the place for it
    if group.platform == "nomad":
        return box.stage == "native"  # its language tells which task is no main one
    patch = "patch" in group.marks
    if not box.name and "embedded" in group.marks:
        return False  # an overlay says by other means which one it changes
    if group.kind == "named template" and "main" in split(group.name):
        return False
    if patch and _is_called_as_the_unit(group, box):
        return False
    weight = score(found[box.name])
    if patch and box.image and (box.words or box.mounts or box.ports):
        weight += 1  # a patch that only changes a container has no need of all that
    if "injects" in group.marks and box.image:
        weight += 1  # code that adds it to a pod which it was given
    return weight >= HELPER


def _is_called_as_the_unit(group: Group, box: Container) -> bool:
    """Whether a container has the unit's name, or that of its chart.

    Beside a template's expression the rest of both tells it. An empty name tells
    nothing. And what a patch changes without an image may lack the prefix that an
    overlay gives to the unit.
    """
    words = split(box.name)
    if box.image is None and words and words == split(group.name)[-len(words) :]:
        return True
    own, its = (EXPRESSION.sub("", name) for name in (group.name, box.name))
    return OWN_NAME.search(box.name) is not None or own == its != ""


def _brought(
    group: Group, boxes: list[Container], helpers: list[Finding], found: Reasons
) -> list[Finding]:
    """Return the container that an operator brings, where a resource changes it."""
    own = OWN_CONTAINERS.get(group.kind, frozenset())
    names = {one.name for one in helpers}
    why = "is what the operator runs, changed here"
    return [
        finding(box, "main", found, why)
        for box in boxes
        if helpers and box.name in own and box.name not in names
    ][:1]


def are_called_helpers(group: Group, boxes: list[Container], found: Reasons) -> bool:
    """Whether names say "sidecar" of all, or names and images of helpers agree.

    A list for an injector may have a name of its own, which says it for all in it.
    """
    told = telling(group.name)
    named = told == "sidecar" or (told is not None and "sidecar" in split(group.name))
    if named or "injects" in group.marks:
        return True
    return all(looks(found[box.name]) >= CALLED for box in boxes)


def lonely(group: Group) -> str:
    """Return why a container is no helper that has no neighbor."""
    if group.kind == "service":
        return "has neither files nor localhost in common with another service here"
    return "runs alone: no other program is in its unit"


def alone(group: Group, box: Container, found: Reasons) -> list[Finding]:
    """Return what a container is that has no neighbor, if there is a word to say."""
    wanted = any(ask.wanted for ask in group.requests)
    # A list for what runs before it gives it no neighbor.
    asked = any(
        ask.how != "placeholder" or "init" not in ask.container.lower()
        for ask in group.requests
    )
    if box.stage == "native":
        return [helper(group, box, found, "runs on beside whatever the unit gets")]
    helps = looks(found[box.name])
    early = any(other.stage == "init" for other in group.containers)
    # What ends has steps before it, and what a workload is called after may be a proxy.
    prepared = early and (
        group.kind in ("Job", "CronJob")
        or (group.kind in ("Deployment", "StatefulSet") and "sidecar" not in box.name)
    )
    agent = role(box, "sidecar") == "node-agent"
    partly = group.platform == "kubernetes" and group.kind not in WHOLE
    if partly and helps > 0 and asks_elsewhere(box):
        why = "calls a program at localhost that stands in another file"
        return [helper(group, box, found, why)]
    if not wanted and helps > 0.8 and not prepared:
        return [finding(box, "not-a-sidecar", found, lonely(group))]
    if group.kind == "DaemonSet" and not wanted and (agent or not early):
        why = "serves the machine: one copy runs on each"
        return [finding(box, "not-a-sidecar", found, why)]
    if early and not wanted and idles(box):
        why = "only waits: the work is done by the steps before it"
        return [finding(box, "not-a-sidecar", found, why)]
    if asked or early or "grows" in group.marks:
        return [finding(box, "main", found, MAIN)]
    return []


def steps(group: Group, boxes: list[Container], found: Reasons) -> list[Finding]:
    """Return what steps in order are, and the helpers that run beside them."""
    helpers = [box for box in boxes if score(found[box.name]) > 0]
    others = [box for box in boxes if box not in helpers]
    label: Label = "main" if helpers else "not-a-sidecar"
    why = "is a step: it ends before the next one begins"
    serves = others[0].name if others else None
    return [
        finding(box, "main" if box.name == "main" else label, found, why)
        for box in others
    ] + [helper(group, box, found, "runs beside the steps", serves) for box in helpers]
