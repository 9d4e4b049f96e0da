"""What a container is beside the main one: rules, of which the first that fits decides.

A helper runs as long as the main program, is placed with it, and exists to serve it.
All that come here run on, and one unit places them. So nearly all rules are about the
last part: whom does it serve? Many, nobody here, or as an equal is no helper. The last
rule has no condition: what none of the others could explain serves the main program.
"""

import re
from collections.abc import Callable

from sidecar_spotter.known import MAIN, split, telling
from sidecar_spotter.model import Container, Evidence, Finding
from sidecar_spotter.units import running, stem
from sidecar_spotter.verdict.labels import finding, kind_of
from sidecar_spotter.verdict.pair import Pair, Ruling
from sidecar_spotter.verdict.services import service
from sidecar_spotter.verdict.tasks import task_of_the_same_job
from sidecar_spotter.verdict.traits import (
    STORES,
    is_named_unlike_its_image,
    is_published,
    is_store,
    joins,
    role,
    same_image,
    serves_machine,
)
from sidecar_spotter.verdict.weights import apart, score

PODS = ("kubernetes", "ecs", "cloud-run", "container-apps")
"""Platforms on which a unit is placed as one, on one machine."""
PUBLIC = re.compile(r"(?:(?:docker\.io/)?library/)?[\w.-]+(?:[:@]\S+)?$")
"""An image of nobody's own: it has no owner."""
_TELLS = re.compile(
    r"^/etc/|nginx|httpd|apache|caddy|haproxy|traefik|conf|cert|ssl|tls|sock|html|www"
    r"|htdocs|/srv\b|/run\b|template|\{",
    re.IGNORECASE,
)
"""Where a volume is that tells a web server something, or has its pages."""
ONE_DOOR = frozenset(("cloud-run", "container-apps", "app-service"))
"""Platforms that send all requests to one port of a unit, and hide the others."""
NO_KIND = frozenset(("container", "containers", "ctr", "name", "pod", "process"))
"""With these a name ends that says nothing of its kind."""
CLEAR = 0.5
"""What a reason weighs that says by itself that a container serves another one."""
MANY = "runs beside many that are no helpers, and serves none of them alone"


def beside(pair: Pair) -> Finding:
    """Return what a container is that runs beside the main one."""
    rulings = (rule(pair) for rule in RULES)
    said = next(ruling for ruling in rulings if ruling is not None)
    return finding(pair.box, said.label, pair.found, said.why, said.serves)


# --- whom does it serve?


def store(pair: Pair) -> Ruling | None:
    """A database or a broker can be placed anywhere, as many programs use it.

    Unless nobody else reaches it. Some platforms send all requests to one
    container of an instance, so that the others are private there: such a store
    is there for its neighbor. One that is called at localhost may be as well:
    other rules ask on.
    """
    box, main = pair.box, pair.main
    if not is_store(box) or box.stage == "native":
        return None
    if _behind_one_door(pair):
        who = main.name or "its neighbor"
        why = f"is a store that nobody but {who} can reach"
        return Ruling(why, kind_of(pair.group, box), main.name)
    if joins(box, main) or "localhost" in pair.ties or stem(box) == stem(main):
        return None
    why = "is a store that its neighbors use, and serves no one of them alone"
    return Ruling(why)


def equal_user_of_a_helper(pair: Pair) -> Ruling | None:
    """Two that use the namespace of a third are both served by it: each is a main one.

    They are equals of each other.
    """
    to_main = any(o.about == pair.main.name and o.weight >= 0.5 for o in pair.reasons)
    served = pair.roommates and pair.rooms and pair.main.name not in pair.rooms
    if not served or pair.helps > 0 or to_main:
        return None
    rooms = ", ".join(sorted(pair.rooms))
    return Ruling(f"uses {rooms} as {pair.main.name} does: they are equals", "main")


def agent_of_the_machine(pair: Pair) -> Ruling | None:
    """Beside a node's agent, what has no tie to it serves the node as well.

    So does another node's agent: files of the machine are there for both.
    """
    main = pair.main
    if pair.box.stage == "native":
        return None  # it is started for a neighbor
    itself = pair.group.kind == "DaemonSet" and serves_machine(pair.box, pair.reasons)
    if not itself and ("daemon" not in pair.group.marks or pair.ties):
        return None
    if "localhost" in pair.ties or not serves_machine(main, pair.found[main.name]):
        return None
    return Ruling(f"serves the machine, as {main.name} does: one copy runs on each")


def called_by_others(pair: Pair) -> Ruling | None:
    """Whoever is called at localhost, but not by the main program, serves others."""
    callers = {one.about for one in pair.by("localhost")}
    if pair.ties != {"localhost"} or pair.main.name in callers or pair.helps >= 0.5:
        return None
    who = ", ".join(sorted(callers))
    return Ruling(f"is called by {who}, and not by {pair.main.name}")


def without_requests(pair: Pair) -> Ruling | None:
    """Where the platform sends all requests to one container, the others serve it.

    Such are services of Cloud Run: the one with a port gets the requests.
    """
    group, main = pair.group, pair.main
    one_door = group.kind == "Service" or group.platform == "cloud-run"
    if not one_door or not main.ports or pair.box.ports:
        return None
    why = f"runs beside {main.name or 'the one'} that alone gets the requests"
    return Ruling(why, kind_of(group, pair.box), main.name)


def one_of_several_programs(pair: Pair) -> Ruling | None:
    """Among several that are no helpers, one without a tie serves no one alone.

    Who puts them into one Pod or task says that they belong together.
    """
    others = (one for one in running(pair.group) if one is not pair.box)
    programs = sum(score(pair.found[one.name]) <= 0 for one in others)
    elsewhere = pair.group.platform not in PODS
    if pair.ties or pair.helps >= 0.7 or programs <= 2 or not elsewhere:
        return None
    return Ruling(MANY)


def image_of_main_programs(pair: Pair) -> Ruling | None:
    """An image that is as often a main program has to be tied, or called a helper."""
    image_alone = not any(
        one.feature != "known-image" and one.weight >= 0.5 for one in pair.reasons
    )
    weak = 0 < pair.helps <= 0.6 and image_alone and bool(pair.by("known-image"))
    if pair.ties or not weak or not is_named_unlike_its_image(pair.box):
        return None
    main = pair.main.name
    return Ruling(f"has no tie to {main}, and its image is as often the main program")


def web_server_as_it_comes(pair: Pair) -> Ruling | None:
    """A public web server that was given nothing shows its own first page, to nobody.

    To pass requests on it needs a file, a setting or a command that says where to.
    """
    box = pair.box
    image = box.image.text if box.image is not None else ""
    given = box.words or box.settings or any(_TELLS.search(m.path) for m in box.mounts)
    if pair.group.platform != "kubernetes" or "template" in pair.group.marks or given:
        return None
    public = PUBLIC.match(image) is not None
    told = pair.ties or pair.helps > 0.6
    if not public or told or role(box, "sidecar") != "reverse-proxy":
        return None
    return Ruling("is a web server as it comes: nothing tells it whom to serve")


# --- is it an equal?


def of_the_same_kind(pair: Pair) -> Ruling | None:
    """`test-users` and `test-orders`, or `old-files-clean` and `old-keys-clean`.

    Names that end alike tell of two of one kind, and no more than files ties them.
    """
    one, other = split(pair.box.name), split(pair.main.name)
    differ = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    last = one[-1] if one else ""
    alike = len(one) == len(other) > 1 and len(differ) == 1 and one[-1] == other[-1]
    if not alike or last in NO_KIND or telling(last) not in (None, MAIN):
        return None
    known_image = any(reason.weight > 0 for reason in pair.by("known-image"))
    if pair.ties - {"shared-volume"} or known_image:
        return None
    return Ruling(f"is called as {pair.main.name} is, but for a word: they are equals")


def called_for_the_same(pair: Pair) -> Ruling | None:
    """`sync-users` beside `sync-orders`, from one image: what a name tells, both do."""
    box, main = pair.box, pair.main
    told = telling(box.name)
    if pair.ties or told in (None, MAIN) or told != telling(main.name):
        return None
    if not same_image(box, main):
        return None
    return Ruling(f"does what {main.name} does, from the same image: they are equals")


def copy_of_the_main_one(pair: Pair) -> Ruling | None:
    """Two of one program do the same work: neither exists to serve the other.

    `tpu-1` and `tpu-2` do; so do a `server` and an `api` that only call each other.
    """
    box, main = pair.box, pair.main
    if pair.helps >= 0.5 or not same_image(box, main):
        return None
    mounts, its = (
        {(mount.volume, mount.path, mount.read_only) for mount in one.mounts}
        for one in (box, main)
    )
    copies = mounts == its and _unnumbered(box.name) == _unnumbered(main.name) != ""
    numbered = _unnumbered(box.name) == _unnumbered(main.name) != ""
    copies |= numbered and not (box.words or main.words)
    # One name in common, as `LOG_DIR`, tells of the folder and not of the work.
    alike = _set_up(box) == _set_up(main) and len(_set_up(box)) > 1
    copies |= mounts == its and bool(mounts) and alike
    mains = telling(box.name) == MAIN == telling(main.name)
    faint = all(one.weight <= 0.3 for one in pair.by("shared-volume"))
    told = bool(box.words and main.words and faint)
    loose = pair.ties <= ({"localhost", "shared-volume"} if told else {"localhost"})
    if not copies and not (mains and loose):
        return None
    said = [[word.text for word in one.words] for one in (box, main)]
    if said[0] != said[1] or _set_up(box) != _set_up(main):
        return Ruling(f"runs the same image as {main.name}: they are equals")
    return Ruling(f"does the same work as {main.name}, from the same image")


def each_has_visitors(pair: Pair) -> Ruling | None:
    """Two that others reach from outside may well call each other, too.

    `graphql-server` and `auth-server` do, at localhost. That makes neither a helper.
    """
    main = pair.main.name
    visited = any(one.weight <= -0.7 for one in pair.by("peers"))
    if not visited or pair.helps >= 0 or pair.ties - {"localhost"}:
        return None
    return Ruling(f"is reached from outside, as {main} is: they are equals")


def told_the_same(pair: Pair) -> Ruling | None:
    """Two that are told the very same do the same work, if no files tie them.

    Where only a number parts their names, files that both write change nothing.
    """
    said = [[word.text for word in one.words] for one in (pair.box, pair.main)]
    copies = _unnumbered(pair.box.name) == _unnumbered(pair.main.name) != ""
    if len(said[0]) < 2 or said[0] != said[1]:
        return None
    if pair.ties - {"localhost"} and not copies:
        return None
    return Ruling(f"is told what {pair.main.name} is told: they are equals")


def linked_by_name(pair: Pair) -> Ruling | None:
    """On a network where each has its own address, a link is a call to an equal.

    What the main program calls by name could run anywhere, unless it has the look of
    a helper.
    """
    main = pair.main.name
    calls = any(one.text == main for one in pair.box.waits_for)
    apart = "bridge-network" in pair.group.marks
    if not apart or calls or pair.helps > 0 or pair.ties != {"life-cycle"}:
        return None
    return Ruling(f"is what {main} calls by name, over a network")


def part_of_the_same_product(pair: Pair) -> Ruling | None:
    """A scheduler from the main one's image is the product's third program, no helper.

    Their words tell what each is to be: the worker, the web server, the scheduler.
    """
    box, main = pair.box, pair.main
    told = box.words and main.words and telling(box.name) == "scheduler"
    if pair.ties or pair.helps >= 1.5 or not told or not same_image(box, main):
        return None
    return Ruling(f"runs another program of the image of {main.name}: they are equals")


def nothing_speaks_for_it(pair: Pair) -> Ruling | None:
    """To be placed beside a program is not yet to serve it.

    Nor is to start before it, or to be called by what passes requests on, for what has
    the name of a main program.
    """
    ties = pair.ties
    if telling(pair.box.name) == MAIN and pair.helps < 0:
        faint = all(one.weight < CLEAR for one in pair.by("localhost"))
        ties = ties - ({"life-cycle", "localhost"} if faint else {"life-cycle"})
    if ties or pair.helps > 0:
        return None
    against = [
        one
        for one in pair.reasons
        if one.weight < 0 and one.feature != "test-fixture"  # says nothing of its part
    ]
    if against:
        return Ruling(min(against, key=lambda one: one.weight).says)
    return Ruling(f"has no tie to {pair.main.name}, and no name or image of a helper")


def tied_to_others(pair: Pair) -> Ruling | None:
    """One from the main one's image, with ties to others alone, is not there for it."""
    elsewhere = pair.tied_to and pair.main.name not in pair.tied_to
    if pair.helps > 0 or not elsewhere or not same_image(pair.box, pair.main):
        return None
    main = pair.main.name
    return Ruling(f"runs the same image as {main}, and has no tie to it: an equal")


def equal_at_the_same_files(pair: Pair) -> Ruling | None:
    """Programs with callers of their own, and stores, share files as equals do.

    In Kubernetes the two stand in one Pod, and there such a volume is made for both.
    """
    files = pair.ties == {"shared-volume"}
    faint = all(one.weight <= 0.3 for one in pair.by("shared-volume"))
    visited = any(one.weight <= -0.7 for one in pair.by("peers"))
    program = visited or role(pair.box, "sidecar") in STORES
    elsewhere = pair.group.platform not in PODS
    if pair.helps >= 0 or not (files and faint and program and elsewhere):
        return None
    return Ruling(f"works on the same files as {pair.main.name}, as its equal")


# --- else it helps


def serves_it(pair: Pair) -> Ruling | None:
    """It runs on, it is placed with the main one, and it is there for nobody else.

    A service that lends its namespace serves those who use it.
    """
    served = pair.main.name
    if pair.group.platform == "compose" and pair.rooms and served not in pair.rooms:
        served = next(one.about for one in pair.reasons if one.about in pair.rooms)
    else:
        served = _works_for(pair) or served
    why = f"runs beside {served or 'the main container'} and serves it"
    if not any(
        one.weight >= CLEAR and one.about in ("", served) for one in pair.reasons
    ):
        why = (
            f"runs beside {served or 'the main container'}, and is taken for its helper"
        )
    return Ruling(why, kind_of(pair.group, pair.box), served)


def _works_for(pair: Pair) -> str:
    """Return the neighbor that a helper calls, if it is not the main one.

    An exporter beside three programs measures one of them. That can be a helper, if it
    is called after it; else it only asks it about the main program.
    """
    if pair.main.name in pair.tied_to:
        return ""
    own = set(split(pair.box.name))
    for one in pair.reasons:
        tie = one.feature == "localhost" or _shares_apart(pair, one)
        if tie and one.weight >= CLEAR and one.about in pair.tied_to:
            words = set(split(one.about))
            if apart(pair.found[one.about]) <= 0 or (words and words <= own):
                return one.about
    return ""


def _shares_apart(pair: Pair, reason: Evidence) -> bool:
    """Whether two share files of which the main program has no part."""
    if reason.feature != "shared-volume":
        return False
    its, others, main = (
        {mount.volume for box in boxes for mount in box.mounts}
        for boxes in (
            [pair.box],
            [box for box in running(pair.group) if box.name == reason.about],
            [pair.main],
        )
    )
    return main.isdisjoint(its & others)


RULES: tuple[Callable[[Pair], Ruling | None], ...] = (
    store,
    equal_user_of_a_helper,
    service,
    agent_of_the_machine,
    called_by_others,
    without_requests,
    one_of_several_programs,
    image_of_main_programs,
    web_server_as_it_comes,
    of_the_same_kind,
    called_for_the_same,
    copy_of_the_main_one,
    task_of_the_same_job,
    each_has_visitors,
    told_the_same,
    linked_by_name,
    part_of_the_same_product,
    nothing_speaks_for_it,
    tied_to_others,
    equal_at_the_same_files,
    serves_it,
)
"""In the order in which they are asked."""


def _behind_one_door(pair: Pair) -> bool:
    """Whether the platform lets nobody but its neighbors reach a container."""
    alone = len(running(pair.group)) == 2  # among several it is anybody's
    hidden = not is_published(pair.group, pair.box)
    # A Pod of Knative, which is a `Service` that has containers, is reached so, too.
    one = pair.group.kind == "Service" or pair.group.platform in ONE_DOOR
    return one and alone and hidden


def _set_up(box: Container) -> set[str]:
    """Return the names of a container's settings."""
    return {one.text.partition("=")[0] for one in box.settings}


def _unnumbered(name: str) -> str:
    return re.sub(r"[-_]?(?:\d+|[a-d])$", "", name)
