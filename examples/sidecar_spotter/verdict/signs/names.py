"""Signs by what a container, its image and its unit are called."""

import re
from collections.abc import Sequence

from sidecar_spotter.model import Container, Group
from sidecar_spotter.tables.known import MAIN, of_name, split, telling
from sidecar_spotter.units import OWN_IMAGE, own_name, stem
from sidecar_spotter.verdict.signs.candidate import WORKLOADS, Candidate
from sidecar_spotter.verdict.traits import EXPRESSION

OWN_NAME = re.compile(
    r"^\{\{-?\s*(?:\.Chart\.Name"
    r"|(?:include|template)\s+\"[^\"]*\.(?:full|container)?[nN]ame\"[^}]*)\s*-?\}\}$"
)
"""The chart's own name, as `helm create` gives it to the main container."""
_NAME_OF = re.compile(r"\"([\w-]+)\.(?:full)?name\"")


def called_as_the_unit(one: Candidate) -> float:
    """Return less for the name, or a part of the name, that the whole unit has."""
    group, name = one.group, _plain(one.box.name)
    units = {_plain(group.name), *(_plain(label.text) for label in group.labels[:4])}
    if group.platform == "nomad" and own_name(group) == split(one.box.name) != []:
        return -0.8
    if group.kind in WORKLOADS and one.box.name == group.name:
        return -2  # then an "agent" in it is that of the unit
    if (name and name in units) or OWN_NAME.search(one.box.name):
        return -0.8
    if name and name in _plain(group.name):
        return -0.4
    if _is_a_kind_of(group, one.box):
        return -0.4
    return -0.8 if _is_what_function_makes(group, one.box) else 0


def _is_a_kind_of(group: Group, box: Container) -> bool:
    """Whether a container has the unit's name with more behind it: `disk-default`.

    With the name of a helper's image behind it, `disk-nginx` is no kind of disk.
    """
    own, words = split(group.name), split(box.name)
    longer = words[: len(own)] == own
    plain = "{" not in group.name and telling(box.name) in (None, MAIN)
    helper = of_name("-".join(words[len(own) :])) is not None
    kind = longer and plain and not helper
    return bool(own) and kind and group.kind in (*WORKLOADS, "pod")


OF_CODE = frozenset(
    (
        *("make", "new", "build", "create", "get", "ensure", "generate", "add"),
        *("apply", "default", "set", "with", "for", "to", "container", "containers"),
        *("spec", "pod", "template", "name", "stateful", "deployment", "daemon"),
    )
)
"""What names of functions say of any container, and so of none."""


def _is_what_function_makes(group: Group, box: Container) -> bool:
    """Whether code names a function after a container: `makeImporterContainers`."""
    if "code" not in group.marks or telling(box.name) not in (None, MAIN):
        return False
    own = set(split(group.name)) - OF_CODE
    return not own.isdisjoint(split(box.name))


def called_the_application(one: Candidate) -> float:
    """Return less for what is called `app`, and nothing more, whatever its image is."""
    return -1 if one.box.name.lower() in ("app", "application", "main") else 0


def name_that_others_extend(one: Candidate) -> float:
    """Return less for `agent` where all others are called as `trace-agent` is."""
    return -0.5 if one.box.image is not None and _is_base(one.box, one.boxes) else 0


def the_units_image(one: Candidate) -> float:
    """Return less for an image that the unit's author had no need to name.

    Without an image, a patch changes the container, or an operator brings it. And the
    image at the top of a chart's values is that of the chart's program.
    """
    if one.box.image is None:
        # A call in a program's list tells no image, be it whose it may.
        return 0 if "code" in one.group.marks else -0.5
    if one.group.kind in WORKLOADS and stem(one.box) == one.group.name != "":
        return -0.5
    return -1.6 if OWN_IMAGE.search(one.box.image.text) else 0


def called_as_its_image(one: Candidate) -> float:
    """Return less for `shop` from the image `shop` that also its worker runs."""
    box = one.box
    own = stem(box) == box.name != ""
    also = any(other is not box and stem(other) == stem(box) for other in one.boxes)
    plain = telling(box.name) in (None, MAIN)
    return -0.8 if own and also and plain else 0


def named_by_its_author(one: Candidate) -> float:
    """Return less for what a comment calls the main container, more for a sidecar."""
    said = [o.says for o in one.reasons if o.feature == "telling-name"]
    if any(says.startswith("is called the main container by") for says in said):
        return -0.8
    return 0.8 if any(says.startswith("is called a sidecar by") for says in said) else 0


def _plain(name: str) -> str:
    """Return the letters of a name; a chart's name for an expression that gives it."""
    name = name.split("=")[-1]
    if EXPRESSION.sub("", name).strip(" -\"'"):
        name = EXPRESSION.sub(_chart_of, name)  # what stands beside it tells more
    elif match := _NAME_OF.search(name):
        name = match[1]
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _chart_of(match: re.Match[str]) -> str:
    """Return the name of the chart that an expression is about, if it is one's name."""
    chart = _NAME_OF.search(match[0])
    return chart[1] if chart else ""


def is_called_after(box: Container, other: Container) -> bool:
    """Whether *other* has the name of *box* with a word before or behind it."""
    return set(split(box.name)) < set(split(other.name)) and bool(split(box.name))


def _is_base(box: Container, boxes: Sequence[Container]) -> bool:
    """Whether all neighbors are called after a container."""
    words = set(split(box.name))
    others = [set(split(one.name)) for one in boxes if one.name != box.name]
    return bool(words and others) and all(words < other for other in others)
