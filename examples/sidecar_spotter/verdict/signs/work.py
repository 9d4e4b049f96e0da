"""Signs by what a container is there for: helpers, stores and proxies."""

from sidecar_spotter.tables.known import telling
from sidecar_spotter.tables.variables import is_gateway, known_as
from sidecar_spotter.units import is_handed_in, own_name
from sidecar_spotter.verdict.signs.candidate import WORKLOADS, Candidate
from sidecar_spotter.verdict.signs.names import called_as_the_unit
from sidecar_spotter.verdict.traits import (
    FRONT,
    STORES,
    is_front,
    is_known_helper,
    is_published,
    is_ruled,
    is_store,
    role,
)
from sidecar_spotter.verdict.weights import apart


def started_as_a_sidecar(one: Candidate) -> float:
    """Return much for a native sidecar: the platform itself says what it is."""
    return 10 if one.box.stage == "native" else 0


def handed_in(one: Candidate) -> float:
    """Return more for a place that others may fill, beside what is declared."""
    return 0.5 if is_handed_in(one.box) else 0


def the_units_gateway(one: Candidate) -> float:
    """Return less for a proxy after which its unit is called: that is a gateway."""
    if is_gateway(one.box) or is_ruled(one.group, one.box, one.reasons):
        return -2.4  # requests go through it, and not through its controller
    own = one.group.kind in WORKLOADS and own_name(one.group)[-1:]
    if own in (["proxy"], ["gateway"]) and telling(one.box.name) in FRONT:
        return -2.4 if is_published(one.group, one.box) else 0
    return -1 if is_front(one.box) and one.box.name == one.group.name else 0


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


def front_for_many(one: Candidate) -> float:
    """Return a little less for a proxy, since that can be what a unit is for."""
    return -0.3 if is_front(one.box) else 0


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
