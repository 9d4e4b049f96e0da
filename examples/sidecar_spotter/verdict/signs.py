"""Signs of what a unit exists for, one by one.

Each says how much more it makes a container look like a helper: a negative number
speaks for the main one. The numbers are set by hand, on the repositories that
`docs/reference/spotter.md` tells of, and mean something beside each other alone.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sidecar_spotter.model import Container, Evidence, Group
from sidecar_spotter.tables.known import MAIN, of_name, split, telling
from sidecar_spotter.tables.variables import known_as
from sidecar_spotter.units import OWN_IMAGE, own_name, stem
from sidecar_spotter.verdict.traits import (
    EXPRESSION,
    FRONT,
    STORES,
    callers,
    is_front,
    is_known_helper,
    is_published,
    is_ruled,
    is_store,
    joins,
    role,
)
from sidecar_spotter.verdict.weights import Reasons, apart, score

OWN_NAME = re.compile(
    r"^\{\{-?\s*(?:\.Chart\.Name"
    r"|(?:include|template)\s+\"[^\"]*\.(?:full|container)?[nN]ame\"[^}]*)\s*-?\}\}$"
)
"""The chart's own name, as `helm create` gives it to the main container."""
WORKLOADS = frozenset(("Deployment", "StatefulSet", "DaemonSet"))
"""Kinds that are called after the program that they are there for."""
_NAME_OF = re.compile(r"\"([\w-]+)\.(?:full)?name\"")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A container that could be the main one."""

    group: Group
    box: Container
    boxes: Sequence[Container]
    """All that run beside one another, itself among them."""
    reasons: Sequence[Evidence]
    """The evidence on it."""
    found: Reasons
    """The evidence on all of them."""


def started_as_a_sidecar(one: Candidate) -> float:
    """Return much for a native sidecar: the platform itself says what it is."""
    return 10 if one.box.stage == "native" else 0


def called_as_the_unit(one: Candidate) -> float:
    """Return less for the name, or a part of the name, that the whole unit has."""
    group, name = one.group, _plain(one.box.name)
    units = {_plain(group.name), *(_plain(label.text) for label in group.labels[:4])}
    if group.platform == "nomad" and own_name(group) == split(one.box.name) != []:
        return -0.8
    if group.kind in WORKLOADS and one.box.name == group.name:
        return -1.4  # then an "agent" in it is that of the unit
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


def the_units_gateway(one: Candidate) -> float:
    """Return less for a proxy after which its unit is called: that is a gateway."""
    if is_ruled(one.group, one.box, one.reasons):
        return -2.4  # requests go through it, and not through its controller
    own = one.group.kind in WORKLOADS and own_name(one.group)[-1:]
    if own in (["proxy"], ["gateway"]) and telling(one.box.name) in FRONT:
        return -2.4 if is_published(one.group, one.box) else 0
    return -1 if is_front(one.box) and one.box.name == one.group.name else 0


def reached_from_outside(one: Candidate) -> float:
    """Return less for whom callers of the unit reach: they came for it.

    Not for a web server that is called so, before a program that answers as well: who
    is reached through it is what they came for.
    """
    if not is_published(one.group, one.box):
        return 0
    named = of_name(one.box.name)
    front = named is not None and named.role == "reverse-proxy"
    behind = any(box is not one.box and box.ports for box in one.boxes)
    return 0 if front and behind else -0.5


def called_by_all(one: Candidate) -> float:
    """Return less for whom all its neighbors call, as a helper has one customer.

    Not for a store, nor where a main program is among those that call.
    """
    others = [box for box in one.boxes if box is not one.box]
    hub = len(others) > 1 and callers(one.reasons) >= {box.name for box in others}
    plain = apart(one.reasons) <= 0 and not is_store(one.box)
    programs = any(telling(box.name) == MAIN for box in others)
    return -1.5 if hub and plain and not programs else 0


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


def store_for_somebody(one: Candidate) -> float:
    """Return more for a database or a broker: somebody has to use it."""
    if is_store(one.box):
        return 1.1
    # By an expression alone, a store may be what its own chart is for.
    known = known_as(one.box)
    told = known is not None and known.role in STORES
    others = (box for box in one.boxes if box is not one.box)
    program = any(apart(one.found[box.name]) <= 0 and box.image for box in others)
    # A job of Nomad is no chart: what its values name is one of its programs.
    no_chart = "code" in one.group.marks or one.group.platform == "nomad"
    return 1.1 if told and program and no_chart else 0


def host_of_its_own(one: Candidate) -> float:
    """Return less for `shop`, whose namespace `shop-ocr` asks to share."""
    guests = (other for other in one.boxes if joins(other, one.box))
    return -1.2 if any(_is_called_after(one.box, guest) for guest in guests) else 0


def front_for_many(one: Candidate) -> float:
    """Return a little less for a proxy, since that can be what a unit is for."""
    return -0.3 if is_front(one.box) else 0


def beside_known_helpers(one: Candidate) -> float:
    """Return less for whoever shares a volume with what does nothing but help.

    Such is the driver among the helpers that call it over a socket.
    """
    if is_known_helper(one.box):
        return 0
    own = {mount.volume for mount in one.box.mounts}
    helpers = [other for other in one.boxes if is_known_helper(other)]
    shared = any(mount.volume in own for box in helpers for mount in box.mounts)
    return -0.5 if shared else 0


def known_helper(one: Candidate) -> float:
    """Return more for what is known to do nothing but help: no unit exists for it."""
    return 0.5 if is_known_helper(one.box) else 0


OF_ANOTHER = frozenset(
    (
        *("config-reloader", "config-sync", "git-sync", "certificate-agent"),
        *("metrics-adapter", "health-probe", "log-rotator", "debugger"),
    )
)
"""Roles that are about a neighbor. An agent, a proxy or a collector has such helpers
of its own."""


def about_another(one: Candidate) -> float:
    """Return more for whoever changes, measures or asks a neighbor, and works for it.

    Where a collector and what writes its configuration both look like helpers, the
    unit exists for the collector; so it does where one goes on with an init container.
    """
    # An image that all containers share is no evidence on any.
    own = any(reason.feature == "known-image" for reason in one.reasons)
    says = role(one.box, "sidecar") if own else telling(one.box.name)
    goes_on = any(reason.says.startswith("goes on with") for reason in one.reasons)
    works = says in OF_ANOTHER or goes_on
    return 1.6 if works and called_as_the_unit(one) >= 0 else 0


def named_by_its_author(one: Candidate) -> float:
    """Return less for what a comment calls the main container, more for a sidecar."""
    said = [o.says for o in one.reasons if o.feature == "telling-name"]
    if any(says.startswith("is called the main container by") for says in said):
        return -0.8
    return 0.8 if any(says.startswith("is called a sidecar by") for says in said) else 0


def looks_into_another(one: Candidate) -> float:
    """Return more for who asks to see the processes of a neighbor, to watch them."""
    joined = (join.text.partition(":")[0] for join in one.box.joins)
    return 0.8 if "processes" in joined else 0


def shows_anothers_files(one: Candidate) -> float:
    """Return more for a service that only reads what it waits for another to write.

    Callers reach it first, and it hands what it cannot answer on to the other one.
    """
    box = one.box
    if one.group.platform != "compose" or not is_published(one.group, box):
        return 0
    waits = {wait.text for wait in box.waits_for}
    written = {
        mount.volume
        for other in one.boxes
        if other.name in waits
        for mount in other.mounts
        if not mount.read_only
    }
    shared = [mount for mount in box.mounts if mount.volume in written]
    return 1.6 if shared and all(mount.read_only for mount in shared) else 0


def guest_among_equals(one: Candidate) -> float:
    """Return what its ties weigh, and one, off a service that joins a namespace.

    Those who live in the network of one tunnel are tied to each other by nothing else.
    One that is called after its host, and a store, are tied to it by what they do; so
    is one whose only neighbor has the name of a main program.
    """
    box = one.box
    if one.group.platform not in ("compose", "quadlet") or not box.joins:
        return 0
    if looks_into_another(one):
        return 0  # it is no tenant
    hosts = [other for other in one.boxes if joins(box, other)]
    guest = any(_is_called_after(host, box) for host in hosts) or is_store(box)
    if telling(box.name) is None and len(one.boxes) == 2:
        guest = guest or any(telling(host.name) == MAIN for host in hosts)
    alone = apart(one.reasons)
    return 0 if guest or alone > 0 else -(score(one.reasons) - alone + 1)


def always_there(one: Candidate) -> float:
    """Return less for the only one that its template declares in any case.

    Where all are optional it is the same for each of them.
    """
    others = [box for box in one.boxes if box is not one.box]
    begins = one.group.line
    optional = [b for b in others if b.condition and b.condition.line > begins]
    return -0.5 if len(optional) == len(others) > 1 else 0


SIGNS: tuple[Callable[[Candidate], float], ...] = (
    started_as_a_sidecar,
    called_as_the_unit,
    called_the_application,
    the_units_gateway,
    reached_from_outside,
    called_by_all,
    name_that_others_extend,
    the_units_image,
    called_as_its_image,
    store_for_somebody,
    host_of_its_own,
    front_for_many,
    beside_known_helpers,
    known_helper,
    about_another,
    named_by_its_author,
    looks_into_another,
    shows_anothers_files,
    guest_among_equals,
    always_there,
)
"""All of them are added up."""


# --- names


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


def _is_called_after(box: Container, other: Container) -> bool:
    """Whether *other* has the name of *box* with a word before or behind it."""
    return set(split(box.name)) < set(split(other.name)) and bool(split(box.name))


def _is_base(box: Container, boxes: Sequence[Container]) -> bool:
    """Whether all neighbors are called after a container."""
    words = set(split(box.name))
    others = [set(split(one.name)) for one in boxes if one.name != box.name]
    return bool(words and others) and all(words < other for other in others)
