"""What the containers are that run beside one another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sidecar_spotter.model import SIDECARS, Container, Evidence, Finding, Group
from sidecar_spotter.tables.known import MAIN as KNOWN
from sidecar_spotter.tables.known import split, telling
from sidecar_spotter.units import ends, running
from sidecar_spotter.verdict import parts
from sidecar_spotter.verdict.beside import beside
from sidecar_spotter.verdict.labels import (
    ADDED,
    MAIN,
    OF_EQUALS,
    finding,
    helper,
    kind_of,
)
from sidecar_spotter.verdict.main import main_of
from sidecar_spotter.verdict.pair import Ruling, pair_of, whose_files
from sidecar_spotter.verdict.traits import same_image, serves_machine
from sidecar_spotter.verdict.weights import Reasons, looks, only_helps
from sidecar_spotter.verdict.whom import MANY


def together(group: Group, found: Reasons) -> list[Finding]:
    """Return what the containers are that run beside one another.

    Both sides of a template's `if` may declare the same container: it is one.
    """
    boxes: dict[str, Container] = {}
    copies = [
        box for box in running(group) if boxes.setdefault(box.name, box) is not box
    ]
    findings = _without_holders(group, list(boxes.values()), found)
    of = {one.name: one for one in findings}
    return findings + [
        _copy(group, of[box.name], box) for box in copies if box.name in of
    ]


def _copy(group: Group, said: Finding, box: Container) -> Finding:
    """Return a finding for the other side of an `if`, which may be in another list."""
    label = kind_of(group, box) if said.label in SIDECARS else said.label
    return replace(said, line=box.line, label=label)


def _without_holders(
    group: Group, boxes: list[Container], found: Reasons
) -> list[Finding]:
    """Return what *boxes* are, those first that have no part in the unit's work.

    They only hold a place for the others, or do a moment's work in a Job and end.
    """
    holders = [box for box in boxes if _only_holds(found[box.name])]
    if len(holders) == len(boxes):
        holders = []
    in_job = group.kind in ("Job", "CronJob")
    steps = [box for box in boxes if in_job and ends(box) and box.stage != "native"]
    others = [box for box in boxes if box not in holders and box not in steps]
    if others and all(only_helps(found[box.name]) for box in others):
        # The Job is there for somebody: what ends is whom they help.
        others, steps = [box for box in boxes if box not in holders], []
    holds = "only holds what its neighbors share, and waits"
    ended = "is a step: its command does one thing, and ends"
    return [
        *(finding(box, "not-a-sidecar", found, holds) for box in holders),
        *(finding(box, "not-a-sidecar", found, ended) for box in steps),
        *_judged(group, others, found),
    ]


def _only_holds(reasons: Sequence[Evidence]) -> bool:
    """Whether a container waits, and lends its namespaces, as a pause container."""
    idle = any(one.feature == "placeholder" for one in reasons)
    return idle and any(one.says.startswith("lends its") for one in reasons)


def _judged(group: Group, boxes: list[Container], found: Reasons) -> list[Finding]:
    """Return what *boxes* are, by how much of their unit the file shows."""
    if "steps" in group.marks:
        return parts.steps(group, boxes, found)
    if "partial" in group.marks or (len(boxes) == 1 and "patch" in group.marks):
        return parts.added(group, boxes, found)
    if "fragment" in group.marks and parts.are_called_helpers(group, boxes, found):
        return [helper(group, box, found, ADDED) for box in boxes]
    if len(boxes) == 1:
        return parts.alone(group, boxes[0], found)
    # What a workload is called after is its main program, whatever it is known as.
    named = any(box.name == group.name for box in boxes)
    if not named and all(_only_helps(group, found[box.name]) for box in boxes):
        why = "helps a program that stands in another file"
        return [helper(group, box, found, why) for box in boxes]
    return _with_main(group, boxes, found)


def _only_helps(group: Group, reasons: Sequence[Evidence]) -> bool:
    """Whether a container does nothing but help, by its image.

    In code a value gives the image: then its name and that of the container tell it.
    """
    return only_helps(reasons) or ("code" in group.marks and looks(reasons) >= 2)


def _with_main(group: Group, boxes: list[Container], found: Reasons) -> list[Finding]:
    """Return which of *boxes* is the main container, and what each is beside it."""
    main = main_of(group, boxes, found)
    others = {
        box.name: beside(pair_of(group, box, _whose(group, box, main, found), found))
        for box in boxes
        if box is not main
    }
    served = {one.serves for one in others.values() if one.label in SIDECARS}
    for box in boxes:
        idle = box is not main and others[box.name].label not in SIDECARS
        if idle and box.name in served and _is_loose(group):
            # What only files tie can be several units.
            others[box.name] = Ruling(MAIN, "main")
    why = _why_no_main(group, main, boxes, found, others)
    led = Ruling(why, "not-a-sidecar") if why else _leads(others.values())
    said = ((box, led if box is main else others[box.name]) for box in boxes)
    return [finding(box, one.label, found, one.why, one.serves) for box, one in said]


def _leads(others: Iterable[Ruling]) -> Ruling:
    """Return why what was chosen is the main one; among equals somebody has to be."""
    served = any(one.label in SIDECARS for one in others)
    return Ruling(MAIN if served else OF_EQUALS, "main")


def _why_no_main(
    group: Group,
    main: Container,
    boxes: Sequence[Container],
    found: Reasons,
    others: Mapping[str, Ruling],
) -> str:
    """Return why what was chosen is no main program: nobody serves it, nor need to.

    Files that they share make no unit of services. Equals have no main one among them.
    A node's agent is what others call a helper, but that of a machine.
    """
    helpers = [one for one in others.values() if one.label in SIDECARS]
    if helpers and not (
        _is_loose(group) and all(one.serves in others for one in helpers)
    ):
        return ""
    if _is_loose(group):
        other = next(iter(others))
        return f"is a program of its own, which only shares files with {other}"
    if sum(one.why == MANY for one in others.values()) > 2:
        return MANY
    words = split(main.name)
    called = words == split(group.name)[-len(words) :] != []
    program = called or telling(main.name) == KNOWN
    if not program and all(one.equal for one in others.values()):
        return f"is the equal of {next(iter(others))}: neither is there for the other"
    if "daemon" in group.marks and serves_machine(main, found[main.name]):
        return "serves the machine: one copy runs on each"
    return ""


def _is_loose(group: Group) -> bool:
    """Whether nothing but files ties the services of a unit."""
    loose = group.platform == "compose" or group.kind == "containers"
    return loose and not any(box.joins for box in running(group))


def _whose(group: Group, box: Container, main: Container, found: Reasons) -> Container:
    """Return whom a container could serve: *main*, or whose files a helper takes.

    Services that only files tie have no one main program.
    """
    if not _is_loose(group) or looks(found[box.name]) <= 0:
        return main
    told = [one for one in found[box.name] if one.feature == "helper-configuration"]
    names = [one.about for one in told if one.about and one.weight >= 2]
    names = names or whose_files(found[box.name])
    own = {mount.volume for mount in main.mounts}
    if not names and own.isdisjoint(mount.volume for mount in box.mounts):
        tied = (one for one in found[box.name] if one.feature == "shared-volume")
        names = sorted({one.about for one in tied})
        if len(names) > 1 or any(looks(found[name]) > 0 for name in names):
            names = []
    if not names or main.name in names or same_image(box, main):
        return main
    return next((one for one in running(group) if one.name == names[0]), main)
