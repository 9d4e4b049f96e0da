"""From evidence to labels: what each container of a unit is, and what a repository is.

A container's score is the sum of its evidence's weights. Of the containers that run
side by side the one that speaks least like a helper is the main container; position
decides only where nothing else does. Every other is a helper, unless it is a peer, a
step or alone. The rules follow the definition on the handbook's first page: a helper
runs as long as one main program, is placed with it, and exists to serve it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sidecar_spotter.features import evidence
from sidecar_spotter.features.localhost import asks_elsewhere
from sidecar_spotter.features.placeholder import SIDECAR_FIELD
from sidecar_spotter.features.shared_volume import TAKEN
from sidecar_spotter.known import MAIN, known, split, telling
from sidecar_spotter.model import (
    SIDECARS,
    Container,
    Evidence,
    Finding,
    Group,
    Judged,
    Label,
    Request,
    Verdict,
)
from sidecar_spotter.operators import OWN_CONTAINERS
from sidecar_spotter.units import OWN_IMAGE, idles, running, stem

Reasons = Mapping[str, Sequence[Evidence]]

HELPER = 0.9
"""The score from which a container counts as a helper without seeing its main one."""
STORES = {"database", "broker"}
"""Roles that neighbors use, but that serve no one neighbor."""
CROWD = 4
"""More services than these that share files are no main program and its helpers."""
FRONT = {"proxy", "mesh-proxy"}
"""Roles of programs that can also be what a unit is for, as a gateway's."""
WHOLE = {"Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}
"""Kinds whose containers all stand in the file; to others an operator adds its own."""
MANY = "runs beside many that are no helpers, and serves none of them alone"
LOOKS = {"known-image", "telling-name"}
TIES = {"shared-volume", "localhost", "shared-namespace", "life-cycle"}

_PRESENTED = re.compile(r"\b(adapter|ambassador)\b", re.IGNORECASE)


def judge(group: Group) -> Judged:
    """Return *group* with a finding for each container, and for each request."""
    asked = {(ask.line, ask.container) for ask in group.requests}
    found: dict[str, list[Evidence]] = defaultdict(list)
    of_requests: dict[int, list[Evidence]] = defaultdict(list)
    for one in evidence(group):
        if (one.line, one.container) in asked:
            of_requests[one.line].append(one)
        else:
            found[one.container].append(one)
    findings = [_asked(ask, of_requests[ask.line]) for ask in group.requests]
    findings += [
        _finding(box, "init", found, "prepares the unit")
        for box in group.containers
        if box.stage == "init"
    ]
    # An init container may have the name of one that runs.
    beside = {
        name: [one for one in reasons if one.feature != "init-only"]
        for name, reasons in found.items()
    }
    findings += _side_by_side(group, defaultdict(list, beside))
    findings.sort(key=lambda finding: finding.line)
    return Judged(group, tuple(findings))


def _asked(ask: Request, found: Sequence[Evidence]) -> Finding:
    label: Label = "injected-sidecar" if ask.wanted else "not-a-sidecar"
    reasons = tuple(one for one in found if one.container == ask.container)
    return Finding(ask.container, ask.line, label, ask.role, None, ask.says, reasons)


def _side_by_side(group: Group, found: Reasons) -> list[Finding]:
    """Return what the containers that run beside one another are.

    Both sides of a template's `if` may declare the same container: it is one.
    """
    boxes: dict[str | int, Container] = {}
    copies = [
        box
        for box in running(group)
        if boxes.setdefault(box.name or box.line, box) is not box
    ]
    findings = _sorted_out(group, list(boxes.values()), found)
    of = {one.name: one for one in findings}
    return findings + [
        replace(of[box.name], line=box.line) for box in copies if box.name in of
    ]


def _sorted_out(group: Group, boxes: list[Container], found: Reasons) -> list[Finding]:
    """Return what *boxes* are, those that only hold a place among them."""
    holders = [box for box in boxes if _only_holds(found[box.name])]
    if 0 < len(holders) < len(boxes):
        boxes = [box for box in boxes if box not in holders]
        why = "only holds what its neighbors share, and waits"
        return [
            *(_finding(box, "not-a-sidecar", found, why) for box in holders),
            *_those(group, boxes, found),
        ]
    return _those(group, boxes, found)


def _only_holds(reasons: Sequence[Evidence]) -> bool:
    """Whether a container waits, and lends its namespaces, as a pause container."""
    idle = any(one.feature == "placeholder" for one in reasons)
    return idle and any(one.says.startswith("lends its") for one in reasons)


def _those(group: Group, boxes: list[Container], found: Reasons) -> list[Finding]:
    """Return what *boxes* are, which run beside one another."""
    if not boxes:
        return []
    if "steps" in group.marks:
        return _steps(group, boxes, found)
    if "partial" in group.marks or (len(boxes) == 1 and "patch" in group.marks):
        others = [one for box in boxes if (one := _without_main(group, box, found))]
        early = any(box.stage == "init" for box in group.containers)
        if not others and early and "partial" not in group.marks and not boxes[0].image:
            # It changes the container before which it puts another.
            return [_finding(boxes[0], "main", found, "is what the unit exists for")]
        return others + _brought(group, boxes, others, found)
    why = "is added to a unit whose main container stands elsewhere"
    if "fragment" in group.marks and all(_called_helper(found[b.name]) for b in boxes):
        return [_finding(box, _kind(group, box), found, why) for box in boxes]
    if len(boxes) == 1:
        return _alone(group, boxes[0], found)
    unit = _under_one_roof(group, boxes)
    main = min(unit, key=lambda box: _likeness(group, box, boxes, found))
    if all(_only_helps(found[box.name]) for box in boxes):
        why = "helps a program that stands in another file"
        return [_finding(box, _kind(group, box), found, why) for box in boxes]
    what: Label = "main"
    why = "is what the unit exists for"
    beside = {
        box.name: _beside(group, box, main, found) for box in boxes if box is not main
    }
    helped = any(one.label in SIDECARS for one in beside.values())
    if "daemon" in group.marks and not helped and _serves_machine(found[main.name]):
        what, why = "not-a-sidecar", "serves the machine: one copy runs on each"
    if not helped and sum(one.why == MANY for one in beside.values()) > 2:
        what, why = "not-a-sidecar", MANY
    loose = group.platform == "compose" or group.kind == "containers"
    if loose and not helped and not _joined(boxes):
        # Files alone make no unit of services.
        what, why = "not-a-sidecar", f"shares files with {next(iter(beside))}, no more"
    return [
        _finding(box, what, found, why) if box is main else beside[box.name]
        for box in boxes
    ]


def _brought(
    group: Group, boxes: list[Container], others: list[Finding], found: Reasons
) -> list[Finding]:
    """Return the container that an operator brings, where a resource changes it."""
    own = OWN_CONTAINERS.get(group.kind, frozenset())
    helpers = {one.name for one in others}
    why = "is what the operator runs, changed here"
    return [
        _finding(box, "main", found, why)
        for box in boxes
        if others and box.name in own and box.name not in helpers
    ][:1]


def _joined(boxes: Iterable[Container]) -> bool:
    """Whether containers ask to share a namespace, or were taken from one another."""
    return any(box.joins for box in boxes)


def _is_store(box: Container) -> bool:
    """Whether a container runs the image of a database or a broker.

    Where its author calls it a sidecar by a field of that name, it is private to one.
    """
    if any(SIDECAR_FIELD.match(note.text) for note in box.notes):
        return False
    image = box.image.text if box.image is not None else ""
    found = known(image, [word.text for word in box.words])
    # A template's expression may only say what chart the image belongs to.
    return found is not None and found.role in STORES and found.by == "image"


def _other_name(box: Container) -> bool:
    """Whether a container is not called as its image is, as `nginx` is."""
    image = box.image.text.lower() if box.image is not None else ""
    return not any(word in image for word in split(box.name))


def _called_helper(reasons: Sequence[Evidence]) -> bool:
    """Whether a name says "sidecar", or the name and the image of a helper agree."""
    return _score(one for one in reasons if one.feature in LOOKS) >= 1.5


def _serves_machine(reasons: Sequence[Evidence]) -> bool:
    """Whether an image is known as a node's agent."""
    return any(one.says.endswith("known as node-agent") for one in reasons)


def _only_helps(reasons: Sequence[Evidence]) -> bool:
    """Whether an image is known to do nothing but help."""
    return any(one.feature == "known-image" and one.weight >= 2 for one in reasons)


def _likeness(
    group: Group, box: Container, boxes: list[Container], found: Reasons
) -> tuple[float, int]:
    """Return how much *box* looks like a helper, and its position."""
    score = _score(found[box.name])
    if box.stage == "native":
        score += 10
    names = {_plain(group.name)} | {_plain(label.text) for label in group.labels[:4]}
    if _plain(box.name) in names or OWN_NAME.search(box.name):
        score -= 0.8
    elif _plain(box.name) and _plain(box.name) in _plain(group.name):
        score -= 0.4
    elif _is_what_function_makes(group, box):
        score -= 0.8
    if role(box, "sidecar") in FRONT and box.name == group.name:
        score -= 1  # a unit that is called after its proxy is a gateway
    if any(port.number in group.served for port in box.ports):
        score -= 0.5
    if box.image is not None and _is_base(box, boxes):
        score -= 0.5  # `agent`, beside `trace-agent` and `agent-probe`
    if box.image is None:
        score -= 0.5  # a patch adds to it, or an operator brings it
    elif OWN_IMAGE.search(box.image.text):
        score -= 1.6
    if _is_store(box):
        score += 1.1  # somebody has to use it
    if any(_is_called_after(box, one) for one in boxes if _joins(one, box)):
        score -= 1.2  # `shop-ocr` moves in with `shop`
    guest = any(_is_called_after(one, box) for one in boxes if _joins(box, one))
    if role(box, "sidecar") in FRONT:
        score -= 0.3
    if _has_known_helpers(box, boxes):
        score -= 0.5
    if _is_known_helper(box):
        score += 0.5  # it is never what a unit is for
    services = group.platform in ("compose", "quadlet")
    alone = _apart(found[box.name])
    guest = guest or _is_store(box)
    if services and box.joins and not guest and alone <= 0:
        score -= _score(found[box.name]) - alone + 1  # its ties are those of its equals
    return round(score, 2), boxes.index(box)


OF_CODE = "make new build create get ensure generate add apply default set with for"
"""What names of functions say of any container, and so of none: verbs, and these."""
OF_CODE += " container containers spec pod template name stateful deployment daemon to"


def _is_what_function_makes(group: Group, box: Container) -> bool:
    """Whether code names a function after a container: `makeImporterContainers`."""
    if "code" not in group.marks or telling(box.name) not in (None, MAIN):
        return False
    own = set(split(group.name)) - set(OF_CODE.split())
    return not own.isdisjoint(split(box.name))


def _has_known_helpers(box: Container, boxes: Iterable[Container]) -> bool:
    """Whether what is known to do nothing but help shares a volume with a container.

    Such is the driver among the helpers that call it over a socket.
    """
    own = {mount.volume for mount in box.mounts}
    return any(
        not own.isdisjoint(mount.volume for mount in other.mounts)
        and other is not box
        and _is_known_helper(other)
        for other in boxes
    ) and not _is_known_helper(box)


def _is_known_helper(box: Container) -> bool:
    image = box.image.text if box.image is not None else ""
    found = known(image, [word.text for word in box.words])
    return found is not None and found.sure >= 1


def _joins(one: Container, other: Container) -> bool:
    return any(join.text.partition(":")[2] == other.name for join in one.joins)


def _under_one_roof(group: Group, boxes: list[Container]) -> list[Container]:
    """Return those of *boxes* of which one is the main program.

    Where services share a namespace, others that only share files with one of them
    have a roof of their own.
    """
    if group.platform not in ("compose", "quadlet") or group.kind == "pod":
        return boxes
    lent = {join.text.partition(":")[2] for box in boxes for join in box.joins}
    return [box for box in boxes if box.joins or box.name in lent] or boxes


def _is_called_after(box: Container, other: Container) -> bool:
    """Whether *other* has the name of *box* with a word before or behind it."""
    return set(split(box.name)) < set(split(other.name)) and bool(split(box.name))


OWN_NAME = re.compile(
    r"^\{\{-?\s*(?:\.Chart\.Name|(?:include|template)\s+\"[^\"]*\.(?:full)?name\"[^}]*)\s*-?\}\}$"
)
"""The chart's own name, as `helm create` gives it to the main container."""
_NAME_OF = re.compile(r"\"([\w-]+)\.(?:full)?name\"")


def _plain(name: str) -> str:
    """Return the letters of a name; a chart's name for an expression that gives it."""
    name = name.split("=")[-1]
    if match := _NAME_OF.search(name):
        name = match[1]
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _score(reasons: Iterable[Evidence]) -> float:
    """Return the sum of the weights; a feature that speaks often counts once."""
    best: dict[str, float] = {}
    for one in reasons:
        if abs(one.weight) > abs(best.get(one.feature, 0)):
            best[one.feature] = one.weight
    return sum(best.values())


def _beside(group: Group, box: Container, main: Container, found: Reasons) -> Finding:
    """Return what a container is that runs beside the main one."""
    reasons = found[box.name]
    here = {other.name for other in running(group) if not idles(other)} | {""}
    ties = {one.feature for one in reasons if _ties(one, main) and one.about in here}
    helps = _apart(reasons)
    private = "localhost" in ties or _joins(box, main)  # nobody else reaches it
    if _is_store(box) and not private and stem(box) != stem(main):
        why = "is a store that its neighbors use, and could run anywhere"
        return _finding(box, "not-a-sidecar", found, why)
    together = {one.text for one in box.joins} & {one.text for one in main.joins}
    lent = {one.about for one in reasons if one.feature == "shared-namespace"}
    lent &= here - {""}
    own = any(one.about == main.name and one.weight >= 0.5 for one in reasons)
    if together and helps <= 0 and not own and main.name not in lent and lent:
        why = f"uses {', '.join(sorted(lent))} as {main.name} does: they are equals"
        return _finding(box, "not-a-sidecar", found, why)
    if group.platform in ("compose", "quadlet") and not together:
        # There a volume is the only way to share files, for equals too.
        published = any(port.number in group.served for port in box.ports)
        what = role(box, "sidecar")
        front = what in FRONT or (what == "reverse-proxy" and helps <= 0.6)
        if published and front:
            why = "is a front door: callers from outside reach it first"
            return _finding(box, "not-a-sidecar", found, why)
        shared = [one.weight for one in reasons if one.feature == "shared-volume"]
        takes = any(m.read_only and TAKEN.search(m.volume) for m in box.mounts)
        if max(shared, default=0) < 0.6 or not (takes or helps > 0):
            ties -= {"shared-volume", "life-cycle"}
        sent = any(
            one.feature == "helper-configuration" and one.weight >= 2 for one in reasons
        )
        if not (lent or sent or group.kind == "pod" or _common(box, main)):
            why = f"shares nothing with {main.name}"
            return _finding(box, "not-a-sidecar", found, why)
        crowd = len(running(group)) > CROWD  # where a name tells little
        with_whom = {one.about for one in reasons if one.feature == "shared-volume"}
        if crowd and len(with_whom) > 2 and not lent and helps <= 1:
            why = f"shares files with {len(with_whom)} others, and serves none alone"
            return _finding(box, "not-a-sidecar", found, why)
        if with_whom and not lent and _serves_many(group, box, reasons):
            why = "shares files with programs that have nothing to do with one another"
            return _finding(box, "not-a-sidecar", found, why)
        if not ties and (helps < 0.5 or (crowd and helps <= 1)):
            why = f"runs beside {main.name}, and nothing says that it serves it"
            return _finding(box, "not-a-sidecar", found, why)
    if "daemon" in group.marks and not ties and _serves_machine(found[main.name]):
        why = f"serves the machine, as {main.name} does: one copy runs on each"
        return _finding(box, "not-a-sidecar", found, why)
    callers = {one.about for one in reasons if one.feature == "localhost"}
    if ties == {"localhost"} and main.name not in callers and helps < 0.5:
        why = f"is called by {', '.join(sorted(callers))}, and not by {main.name}"
        return _finding(box, "not-a-sidecar", found, why)
    gets = bool(main.ports) and not box.ports
    if gets and (group.kind == "Service" or group.platform == "cloud-run"):
        why = f"runs beside {main.name or 'the one'} that alone gets the requests"
        return _finding(box, _kind(group, box), found, why, main.name)
    equals = sum(
        _score(found[one.name]) <= 0 for one in running(group) if one is not box
    )
    if not ties and helps < 0.7 and equals > 2 and group.platform != "kubernetes":
        return _finding(box, "not-a-sidecar", found, MANY)
    told = any(one.feature != "known-image" and one.weight >= 0.5 for one in reasons)
    if not ties and helps <= 0.6 and not told and helps > 0 and _other_name(box):
        why = f"has no tie to {main.name}, and its image is as often the main program"
        return _finding(box, "not-a-sidecar", found, why)
    if helps < 0.5 and _twins(box, main, ties):
        why = f"is to its unit what {main.name} is, from the same image"
        return _finding(box, "not-a-sidecar", found, why)
    if not ties and helps < 1.5 and _one_of_many(box, main):
        why = f"runs another program of the image of {main.name}: they are equals"
        return _finding(box, "not-a-sidecar", found, why)
    if not ties and helps <= 0:
        against = min(reasons, key=lambda one: one.weight)
        why = f"has no tie to {main.name}, and no name or image of a helper"
        if against.weight < 0:
            why = against.says
        return _finding(box, "not-a-sidecar", found, why)
    abouts = {one.about for one in reasons if _ties(one, main)} & here - {""}
    if helps < 0 and abouts and main.name not in abouts and _same_image(box, main):
        why = f"runs the same image as {main.name}, and has no tie to it: an equal"
        return _finding(box, "not-a-sidecar", found, why)
    files = ties == {"shared-volume"} and all(
        one.weight <= 0.3 for one in reasons if one.feature == "shared-volume"
    )
    visited = any(one.feature == "peers" and one.weight <= -0.7 for one in reasons)
    equal = visited or role(box, "sidecar") in STORES
    if helps < 0 and files and equal and group.platform != "kubernetes":
        why = f"works on the same files as {main.name}, as its equal"
        return _finding(box, "not-a-sidecar", found, why)
    label = _kind(group, box)
    served = main.name
    if group.platform == "compose" and lent and served not in lent:
        served = next(one.about for one in reasons if one.about in lent)
    why = f"runs beside {served or 'the main container'} and serves it"
    return _finding(box, label, found, why, served)


def _common(box: Container, main: Container) -> bool:
    """Whether two services share a volume, or what one of them joins."""
    own = {mount.volume for mount in main.mounts}
    return bool(box.joins or main.joins) or any(m.volume in own for m in box.mounts)


def _serves_many(group: Group, box: Container, reasons: Sequence[Evidence]) -> bool:
    """Whether a service takes files from several programs: it is nobody's own.

    Copies of one program are one. What does nothing but help has one that it serves.
    """
    if _only_helps(reasons):
        return False
    mine = {mount.volume for mount in box.mounts}
    with_: dict[str, set[str]] = defaultdict(set)
    for other in running(group):
        if other is not box:
            for mount in other.mounts:
                if mount.volume in mine and not mount.read_only:
                    with_[stem(other) or other.name].add(mount.volume)
    shared = {v.name for v in group.volumes if v.kind in ("named", "bind")}
    return sum(bool(volumes & shared) for volumes in with_.values()) > 1


def _is_base(box: Container, boxes: Iterable[Container]) -> bool:
    """Whether all neighbors are called after a container."""
    words = set(split(box.name))
    others = [set(split(one.name)) for one in boxes if one.name != box.name]
    return bool(words and others) and all(words < other for other in others)


def _same_image(one: Container, other: Container) -> bool:
    return stem(one) != "" and stem(one) == stem(other)


def _one_of_many(box: Container, main: Container) -> bool:
    """Whether two containers run one image, told by their words what each is to be.

    A worker and a web server of one product are equals, and its scheduler is a third.
    """
    scheduled = telling(box.name) == "scheduler"
    return scheduled and bool(box.words and main.words) and _same_image(box, main)


def _twins(box: Container, main: Container, ties: set[str]) -> bool:
    """Whether two containers of one image are equals, by name or by what they mount.

    `tpu-1` and `tpu-2` are; so are a `server` and an `api` that only call each other.
    """
    if not _same_image(box, main):
        return False
    ways = {(mount.volume, mount.path, mount.read_only) for mount in box.mounts}
    both = ways == {(m.volume, m.path, m.read_only) for m in main.mounts}
    if both and _unnumbered(box.name) == _unnumbered(main.name) != "":
        return True
    mains = telling(box.name) == MAIN == telling(main.name)
    return mains and ties <= {"localhost"}


def _unnumbered(name: str) -> str:
    return re.sub(r"[-_]?(?:\d+|[a-d])$", "", name)


def _apart(reasons: Iterable[Evidence]) -> float:
    """Return how much speaks for a helper apart from its ties to neighbors."""
    return _score(one for one in reasons if one.feature not in TIES)


def _ties(reason: Evidence, main: Container) -> bool:
    """Whether a reason ties a container to its neighbor."""
    if reason.feature == "shared-volume":
        return reason.weight > 0  # else both only find something there
    if reason.feature == "life-cycle":
        # Whoever waits for a helper is served by it.
        return reason.weight > 0 or reason.about == main.name
    return reason.feature in TIES


def _kind(group: Group, box: Container) -> Label:
    """Return which kind of sidecar a helper is, by how its author presents it."""
    if box.stage == "native" and group.platform == "kubernetes":
        return "native-sidecar"
    said = [box.name, *(note.text for note in box.notes)]
    for text in said:
        if match := _PRESENTED.search(text):
            return "adapter" if match[1].lower() == "adapter" else "ambassador"
    return "sidecar"


def _without_main(group: Group, box: Container, found: Reasons) -> Finding | None:
    """Return what a container is whose main one stands in another file, if telling."""
    score = _score(found[box.name])
    if "patch" in group.marks and box.image and (box.words or box.mounts or box.ports):
        score += 1  # a patch that only changes a container has no need of all that
    if "injects" in group.marks and box.image:
        score += 1  # code that adds it to a pod which it was given
    if box.stage == "native" or score >= HELPER:
        why = "is added to a unit whose main container stands elsewhere"
        return _finding(box, _kind(group, box), found, why)
    return None


def _alone(group: Group, box: Container, found: Reasons) -> list[Finding]:
    """Return what a container is that has no neighbor, if there is a word to say."""
    wanted = any(ask.wanted for ask in group.requests)
    # A list for what runs before it gives it no neighbor.
    asked = any(
        ask.how != "placeholder" or "init" not in ask.container.lower()
        for ask in group.requests
    )
    if box.stage == "native":
        why = "runs on beside whatever the unit gets"
        return [_finding(box, _kind(group, box), found, why)]
    looks = _score(one for one in found[box.name] if one.feature in LOOKS)
    early = any(other.stage == "init" for other in group.containers)
    ends = group.kind in ("Job", "CronJob")  # then a step came before it
    agent = group.kind == "DaemonSet" and role(box, "sidecar") == "node-agent"
    if group.kind not in WHOLE and looks > 0 and asks_elsewhere(box):
        why = "calls a program at localhost that stands in another file"
        return [_finding(box, _kind(group, box), found, why)]
    if not wanted and looks > 0.8 and not (early and ends):
        why = "runs alone: no other program is in its unit"
        return [_finding(box, "not-a-sidecar", found, why)]
    if group.kind == "DaemonSet" and not wanted and (agent or not early):
        why = "serves the machine: one copy runs on each"
        return [_finding(box, "not-a-sidecar", found, why)]
    if early and not wanted and idles(box):
        why = "only waits: the work is done by the steps before it"
        return [_finding(box, "not-a-sidecar", found, why)]
    if asked or early or "grows" in group.marks:
        return [_finding(box, "main", found, "is what the unit exists for")]
    return []


def _steps(group: Group, boxes: list[Container], found: Reasons) -> list[Finding]:
    """Return what steps in order are, and the helpers that run beside them."""
    helpers = [box for box in boxes if _score(found[box.name]) > 0]
    steps = [box for box in boxes if box not in helpers]
    label: Label = "main" if helpers else "not-a-sidecar"
    why = "is a step: it ends before the next one begins"
    named = [box for box in steps if box.name == "main"]
    serves = steps[0].name if steps else None
    return [
        _finding(box, "main" if box in named else label, found, why) for box in steps
    ] + [
        _finding(box, _kind(group, box), found, "runs beside the steps", serves)
        for box in helpers
    ]


def _finding(
    box: Container, label: Label, found: Reasons, why: str, serves: str | None = None
) -> Finding:
    reasons = tuple(sorted(found[box.name], key=lambda one: -abs(one.weight)))
    return Finding(box.name, box.line, label, role(box, label), serves, why, reasons)


def role(box: Container, label: Label) -> str:
    """Return what a container is for, in one word of the field."""
    image = box.image.text if box.image else ""
    found = known(image, [word.text for word in box.words])
    told = telling(box.name)
    helps = told not in (None, "main")
    surer = found is not None and not (helps and found.by == "expression")
    if found is not None and surer and (label != "main" or found.sure < 0):
        return found.role
    if told is not None and told != "main" and label != "main":
        return told
    return {"main": "application", "init": "init"}.get(label, "helper")


def verdict_of(judged: Iterable[Judged]) -> Verdict:
    """Return what a repository is, from all its groups."""
    code = False
    for one in judged:
        fields = {ask.line for ask in one.group.requests if ask.how == "operator-field"}
        for finding in one.findings:
            if finding.label in SIDECARS:
                if "code" not in one.group.marks and finding.line not in fields:
                    return "uses-sidecar"
                code = True
    return "injects-or-operates-sidecars-in-code-only" if code else "no-sidecar"
