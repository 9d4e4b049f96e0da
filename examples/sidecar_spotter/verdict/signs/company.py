"""Signs by what a container shares with those beside it, and who calls it."""

from sidecar_spotter.tables.known import MAIN, of_name, telling
from sidecar_spotter.verdict.signs.candidate import Candidate
from sidecar_spotter.verdict.signs.names import is_called_after
from sidecar_spotter.verdict.traits import (
    callers,
    is_known_helper,
    is_published,
    is_store,
    is_tunnel,
    joins,
)
from sidecar_spotter.verdict.weights import apart, score


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


def host_of_its_own(one: Candidate) -> float:
    """Return less for `shop`, whose namespace `shop-ocr` asks to share."""
    guests = (other for other in one.boxes if joins(other, one.box))
    return -1.2 if any(is_called_after(one.box, guest) for guest in guests) else 0


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
    guest = any(is_called_after(host, box) for host in hosts) or is_store(box)
    if telling(box.name) is None and len(one.boxes) == 2:
        guest = guest or any(telling(host.name) == MAIN for host in hosts)
    alone = apart(one.reasons)
    return 0 if guest or alone > 0 else -(score(one.reasons) - alone + 1)


def goes_through_a_tunnel(one: Candidate) -> float:
    """Return less for whom a tunnel takes out, be it called as a helper itself.

    `shop_proxy` in the network of a tunnel is what that tunnel is there for.
    """
    hosts = [other for other in one.boxes if joins(one.box, other)]
    return -2.5 if any(map(is_tunnel, hosts)) and not is_tunnel(one.box) else 0


def always_there(one: Candidate) -> float:
    """Return less for the only one that its template declares in any case.

    Where all are optional it is the same for each of them.
    """
    others = [box for box in one.boxes if box is not one.box]
    begins = one.group.line
    optional = [b for b in others if b.condition and b.condition.line > begins]
    return -0.5 if len(optional) == len(others) > 1 else 0
