"""The arrows of a drawn unit: who starts before whom, who mounts, calls and helps."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sidecar_spotter.features.shared_volume import FIXED
from sidecar_spotter.model import Container, Finding, Group

DRAWN = {"shared-volume", "localhost", "shared-namespace"}
"""Features that the drawing shows as edges."""
CALLS = re.compile(r"calls localhost(?::(?P<port>\d+))?\b")
"""How the feature `localhost` begins what it says of the end that calls."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two nodes, by their ids, and the parts of a sentence on it."""

    start: str
    words: str
    end: str
    says: tuple[str, str, str]
    """Who, does what, to which; *which* of sentences that else agree are listed."""
    arrow: str = "-->"
    spare: bool = False
    """Whether it only stands in for a tie that nothing in the file shows."""


def edges_of(
    group: Group,
    boxes: Sequence[Container],
    findings: Sequence[Finding],
    ids: Mapping[str, str],
    volumes: Mapping[str, str],
) -> list[Edge]:
    """Return the arrows between the *boxes* of a unit, in the order they are drawn.

    *ids* and *volumes* have the nodes of containers and volumes, by their names.
    """
    return [
        *_in_order(boxes, findings, ids),
        *_visits(group, boxes, ids),
        *_mounts(group, _fewest_last(boxes, findings), ids, volumes),
        *_ties(group, boxes, findings, ids),
    ]


def sentences(edges: Iterable[Edge]) -> Iterator[str]:
    """Yield a sentence for those that follow one another with the same beginning."""
    for (who, does), parts in groupby(
        (edge.says for edge in edges), lambda one: one[:2]
    ):
        *most, last = dict.fromkeys(what for _, _, what in parts)
        yield f"{who} {does} {', '.join(most)}{' and ' if most else ''}{last}."


def _fewest_last(
    boxes: Sequence[Container], findings: Sequence[Finding]
) -> list[Container]:
    """Put the main container last where another mounts more volumes.

    Mermaid then draws fewer arrows across others.
    """
    mounted = {box: len({mount.volume for mount in box.mounts}) for box in boxes}
    main = {(one.name, one.line) for one in findings if one.label == "main"}
    most = max(mounted.values(), default=0)
    return sorted(
        boxes, key=lambda box: (box.name, box.line) in main and mounted[box] < most
    )


def _in_order(
    boxes: Sequence[Container], findings: Sequence[Finding], ids: Mapping[str, str]
) -> Iterator[Edge]:
    """Chain what starts one after the other, up to the main container."""
    chain = [box.name for box in boxes if box.stage != "run"]
    ends = {box.name: box.stage == "init" for box in boxes}
    main = [one.name for one in findings if one.label == "main" and one.name in ids]
    rest = [box.name for box in boxes if box.stage == "run"]
    for name, next_one in zip(chain, [*chain[1:], *(main or rest)[:1]], strict=False):
        words = "ends before" if ends[name] else "starts before"
        says = (name, words, f"{next_one} starts")
        yield Edge(ids[name], words, ids[next_one], says, "-.->")


def _visits(
    group: Group, boxes: Sequence[Container], ids: Mapping[str, str]
) -> Iterator[Edge]:
    """Show which ports of the unit are reached from outside; by a Service, or how."""
    for box in boxes:
        numbers = {port.number for port in box.ports} & set(group.served)
        for number in sorted(one for one in numbers if one is not None and one > 0):
            sends = ("Callers from outside", "send requests to")
            if group.platform == "kubernetes":
                sends = ("A Service", "sends requests to")
            says = (*sends, f"{box.name}, port {number}")
            yield Edge("service", f"port {number}", ids[box.name], says)


def _mounts(
    group: Group,
    boxes: Sequence[Container],
    ids: Mapping[str, str],
    volumes: Mapping[str, str],
) -> Iterator[Edge]:
    """Show who mounts which volume, and who may write to it."""
    fixed = {volume.name for volume in group.volumes if volume.kind in FIXED}
    writes: dict[tuple[str, str], bool] = {}
    for box in boxes:
        for mount in box.mounts:
            may_write = not mount.read_only and mount.volume not in fixed
            both = (box.name, mount.volume)
            writes[both] = writes.get(both, False) or may_write
    for (name, volume), may_write in writes.items():
        if volume in volumes:
            words = "may write" if may_write else "reads"
            does = "may write to" if may_write else "only reads"
            says = (name, does, f"the volume {volume}")
            yield Edge(ids[name], words, volumes[volume], says)


def _ties(
    group: Group,
    boxes: Sequence[Container],
    findings: Sequence[Finding],
    ids: Mapping[str, str],
) -> Iterator[Edge]:
    """Show calls at localhost, shared namespaces, waiting, and else who serves whom."""

    def edge(
        one: str, words: str, other: str, arrow: str = "-->", *, spare: bool = False
    ) -> Iterator[Edge]:
        if one in ids and other in ids and ids[one] != ids[other]:
            yield Edge(ids[one], words, ids[other], (one, words, other), arrow, spare)

    for finding in findings:
        for one in finding.evidence:
            if one.feature == "localhost" and (call := CALLS.match(one.says)):
                yield from _call(finding.name, one.about, call["port"] or "", ids)
    for box in boxes:
        for join in box.joins:
            what, _, name = join.text.partition(":")
            yield from edge(box.name, f"shares the {_word(what)} of", name)
        for wait in box.waits_for:
            yield from edge(box.name, "waits for", wait.text, "-.->")
    sees = any(share.text == "processes" for share in group.shares)
    words = "sees processes of" if sees else "serves"
    for finding in findings:
        ties = {one.feature for one in finding.evidence if one.about == finding.serves}
        if finding.serves and not ties & DRAWN:
            yield from edge(finding.name, words, finding.serves, "-.->", spare=True)


def _word(text: str) -> str:
    return text if text.isalpha() else "namespace"


def _call(one: str, other: str, port: str, ids: Mapping[str, str]) -> Iterator[Edge]:
    where = f"localhost:{port}" if port else "localhost"
    if one in ids and other in ids:
        says = (one, "calls", f"{other} at {where}")
        yield Edge(ids[one], f"calls {where}", ids[other], says)
