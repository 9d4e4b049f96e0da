"""Rules that ask whom a container serves: many, or nobody here, is no one to help."""

import re

from sidecar_spotter.features.localhost import CLIENT
from sidecar_spotter.tables.known import MAIN, split, telling
from sidecar_spotter.units import idles, is_handed_in, listens, running, stem
from sidecar_spotter.verdict.labels import kind_of
from sidecar_spotter.verdict.pair import Pair, Ruling
from sidecar_spotter.verdict.traits import (
    callers,
    has_no_callers,
    is_named_unlike_its_image,
    is_published,
    is_store,
    joins,
    role,
    serves_machine,
)
from sidecar_spotter.verdict.weights import CLEAR, score

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
_BINDS_HERE = re.compile(
    r"(?:^|\s)--?(?:listen|bind|host|address|addr)[\w-]*[=\s]+[\"']?"
    r"(?:\w+://)?(?:127\.0\.0\.1|localhost|\[::1\])(?![\w.-])"
)
"""An option that lets a program listen for its own machine alone."""
_NO_SERVICE = re.compile("metric|prom|stat|health|ready|live|probe|debug|pprof|admin")
"""What a port is called at which no program asks for work."""
_SERVERS = frozenset(
    ("server", "web", "webserver", "webapp", "backend", "api", "app", "application")
)
"""With such a word a name promises that somebody's requests are answered."""
ONE_DOOR = frozenset(("cloud-run", "container-apps", "app-service"))
"""Platforms that send all requests to one port of a unit, and hide the others."""
MANY = "runs beside many that are no helpers, and serves none of them alone"


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


def handed_in(pair: Pair) -> Ruling | None:
    """Whoever uses the file hands it in: there is a place for it, and nobody in it."""
    if not is_handed_in(pair.box):
        return None
    return Ruling("is a place that others may fill; nothing is declared")


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


def who_only_waits(pair: Pair) -> Ruling | None:
    """To wait helps nobody, unless somebody works there on a neighbor.

    Such a tool is called so, or sees the processes of its neighbor.
    """
    watches = any("processes" in one.says for one in pair.by("shared-namespace"))
    waits = idles(pair.box) and not idles(pair.main)
    if not waits or pair.helps > 0 or watches:
        return None
    return Ruling("does nothing but wait")


def meets_others_at_localhost(pair: Pair) -> Ruling | None:
    """Whoever is called at localhost, but not by the main program, serves others.

    Who only calls others does so for itself, if it does not look like a helper. One
    that asks a neighbor to have work for it, as a proxy does, is that one's helper.
    """
    at_localhost = pair.by("localhost")
    main, met = pair.main.name, {one.about for one in at_localhost}
    if pair.ties != {"localhost"} or main in met or pair.helps >= 0.5:
        return None
    if calling := callers(at_localhost):
        return Ruling(f"is called by {', '.join(sorted(calling))}, and not by {main}")
    if pair.helps > 0 or any(one.weight >= CLEAR for one in at_localhost):
        return None
    return Ruling(f"calls {', '.join(sorted(met))}, and not {main}")


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


def hidden_in_the_unit(pair: Pair) -> Ruling | None:
    """Who listens where its neighbors alone can call is there for them.

    Behind a proxy, a main program listens there as well.
    """
    box, main = pair.box, pair.main
    said = " ".join(word.text for word in box.words)
    hidden = _BINDS_HERE.search(said) is not None and "0.0.0.0" not in said
    serves = hidden and (listens(box) or "-port" in said)
    serves = serves and not (box.ports or CLIENT.search(said))
    behind = role(main, "sidecar").endswith("proxy") or telling(box.name) == MAIN
    if not serves or behind or pair.ties or pair.loose:
        return None
    why = f"answers at localhost alone, where nobody but {main.name} could call it"
    return Ruling(why, kind_of(pair.group, box), main.name)


def no_service_reaches(pair: Pair) -> Ruling | None:
    """Who answers where Services send requests to its neighbor alone serves that one.

    Nobody else knows its port. Ports for numbers and for health are no service.
    """
    group, box, main = pair.group, pair.box, pair.main
    pod = group.platform == "kubernetes" and len(running(group)) == 2
    if not pod or pair.ties or pair.helps > 0 or telling(box.name) == MAIN:
        return None
    if is_published(group, box) or not is_published(group, main):
        return None
    answers = [port.number for port in box.ports if not _NO_SERVICE.search(port.name)]
    if not answers or answers[0] is None:
        return None
    why = f"answers on port {answers[0]}, and Services lead to {main.name} alone"
    return Ruling(why, kind_of(group, box), main.name)


def all_requests_reach_it_first(pair: Pair) -> Ruling | None:
    """Where Services lead to one alone, its neighbor, a server, answers behind it.

    A server whose own port no Service names gets its requests from who has them.
    """
    group, box, main = pair.group, pair.box, pair.main
    pod = group.platform == "kubernetes" and len(running(group)) == 2
    if not pod or pair.ties or telling(box.name) == MAIN:
        return None
    answers = not _SERVERS.isdisjoint(split(main.name))
    behind = answers and sorted(listens(main) - listens(box))
    if not behind or is_published(group, main) or not is_published(group, box):
        return None
    why = f"gets all requests, and {main.name} answers behind it on port {behind[0]}"
    return Ruling(why, kind_of(group, box), main.name)


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


def front_of_nobody(pair: Pair) -> Ruling | None:
    """A loop of a shell has no callers, so that no web server stands in front of it.

    It may well call others, and a tunnel is there for that.
    """
    front = role(pair.box, "sidecar") == "reverse-proxy"
    if not front or pair.ties or not has_no_callers(pair.main):
        return None
    return Ruling(f"passes requests on, and {pair.main.name} answers none")


def _behind_one_door(pair: Pair) -> bool:
    """Whether the platform lets nobody but its neighbors reach a container."""
    alone = len(running(pair.group)) == 2  # among several it is anybody's
    hidden = not is_published(pair.group, pair.box)
    # A Pod of Knative, which is a `Service` that has containers, is reached so, too.
    one = pair.group.kind == "Service" or pair.group.platform in ONE_DOOR
    return one and alone and hidden
