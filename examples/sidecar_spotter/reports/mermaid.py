"""The layout of a group as a Mermaid flowchart: who mounts, calls and waits for what.

The classes `main`, `sidecar`, `volume` and `outside` are left to whoever draws; without
a style for them the shapes and words still tell. Names of the scanned files stand in
quoted labels alone, never where Mermaid reads its own words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sidecar_spotter.features.shared_volume import FIXED
from sidecar_spotter.model import SIDECARS, Container, Finding, Group, Judged, Report
from sidecar_spotter.reports.words import LABELS, shown, unit

MOST = 40
"""Containers, and volumes, in one drawing."""
MOST_EDGES = 100
"""Arrows in one drawing. With some hundred of them Mermaid takes minutes, and refuses
from 500 on or from 50,000 characters."""
LONGEST = 48
"""Characters of a name in a label."""

NAMELESS = "(no name)"

SHARES = {
    "processes": "one list of processes",
    "network-of-the-host": "the network of the machine",
    "processes-of-the-host": "the processes of the machine",
}
"""What a whole unit may share -> how the drawing says so."""
DRAWN = {"shared-volume", "localhost", "shared-namespace"}
"""Features that the drawing shows as edges."""
CALLS = re.compile(r"calls localhost(?::(?P<port>\d+))?\b")
"""How the feature `localhost` begins what it says of the end that calls."""

_SYNTAX = str.maketrans(
    {'"': "'"} | {char: chr(ord(char) + 0xFEE0) for char in "#%&*<>\\`"}
)
"""What Mermaid could read as syntax inside a label -> what is drawn: the same signs in
their full-width forms. Its own escapes are not drawn in every place, these are."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two nodes, by their ids, and the sentence that says the same."""

    start: str
    words: str
    end: str
    says: str
    arrow: str = "-->"


def render(reports: Sequence[Report]) -> str:
    """Return a flowchart for each group of the reports.

    Where there are several, each stands after a comment with its file and line: cut
    there, as Mermaid draws one flowchart at a time.
    """
    groups = [judged for report in reports for judged in report.groups]
    drawn = [(one.group, source) for one in groups if (source := draw(one))]
    if len(drawn) == 1:
        return drawn[0][1]
    return "\n".join(
        f"%% {label(group.path, 1000)}:{group.line}\n{source}"
        for group, source in drawn
    )


def draw(judged: Judged) -> str:
    """Return the flowchart of one group; "" where there is no container to draw.

    Of containers with the same name the first gets all the arrows.
    """
    group, findings = judged.group, judged.findings
    boxes = group.containers[:MOST]
    added = [ask.container for ask in group.requests if ask.wanted][:MOST]
    if not boxes and not added:
        return ""
    ids: dict[str, str] = {}
    for number, box in enumerate(boxes, 1):
        ids.setdefault(box.name, f"c{number}")
    used = dict.fromkeys(mount.volume for box in boxes for mount in box.mounts)
    volumes = {name: f"v{number}" for number, name in enumerate(list(used)[:MOST], 1)}
    edges = [
        *_in_order(boxes, findings, ids),
        *_visits(group, boxes, ids),
        *_mounts(group, boxes, ids, volumes),
        *_ties(boxes, findings, ids),
        *_added(added),
    ]
    rest = {
        "containers": len(group.containers) - len(boxes),
        "volumes": len(used) - len(volumes),
        "arrows": len(edges) - MOST_EDGES,
    }
    left_out = [f"{count} {what}" for what, count in rest.items() if count > 0]
    edges = edges[:MOST_EDGES]
    starts = {edge.start for edge in edges}
    found = {(one.name, one.line): one for one in findings}
    kinds = {volume.name: volume.kind for volume in group.volumes}
    title = "<br/>".join([label(unit(group)), *_shared(group)])
    lines = [
        f"accTitle: {label(unit(group), 100)} and what its containers share",
        f"accDescr: {_description(findings, edges)}",
        *(['service(["Service"]):::outside'] if "service" in starts else []),
        *(['adder(["injector or operator"]):::outside'] if added else []),
        f'subgraph unit["{title}"]',
        "    direction TB",
        *(
            f"    {_container(f'c{number}', box, found.get((box.name, box.line)))}"
            for number, box in enumerate(boxes, 1)
        ),
        *([f'    rest["not drawn: {", ".join(left_out)}"]'] if left_out else []),
        *(
            f'    {id}[("{_rows(name, kinds.get(name, ""))}")]:::volume'
            for name, id in volumes.items()
        ),
        *(
            f'    a{number}["{label(name)}"]:::sidecar'
            for number, name in enumerate(added, 1)
        ),
        "end",
        *(f"{one.start} {one.arrow}|{one.words}| {one.end}" for one in edges),
    ]
    return "\n".join(["flowchart TB", *(f"    {line}" for line in lines), ""])


def label(text: str, longest: int = LONGEST) -> str:
    """Return *text* so that Mermaid draws it as it is, in one line."""
    return shown(text.strip(), longest).translate(_SYNTAX) or NAMELESS


def _rows(name: str, *more: str) -> str:
    return "<br/>".join([label(name), *(label(text) for text in more if text)])


def _shared(group: Group) -> list[str]:
    shares = {share.text for share in group.shares}
    return [words for what, words in SHARES.items() if what in shares]


def _description(findings: Sequence[Finding], edges: Sequence[Edge]) -> str:
    """Return the drawing in words, for those who do not see it."""
    said = [f"{one.name or 'One'} is {LABELS[one.label]}." for one in findings[:MOST]]
    return label(" ".join([*said, *(edge.says for edge in edges)]), 4000)


def _container(id: str, box: Container, finding: Finding | None) -> str:
    """Return the line that draws a container."""
    helps = finding is not None and finding.label in SIDECARS
    stages = {"run": "", "init": "init container", "native": "native sidecar"}
    role = finding.role if finding is not None and helps else ""
    numbers = dict.fromkeys(str(port.number) for port in box.ports if port.number)
    ports = ", ".join(list(numbers)[:6])
    rows = _rows(
        box.name,
        stages[box.stage],
        role if role != box.name else "",
        ports and f"port{'s' if len(numbers) > 1 else ''} {ports}",
    )
    main = finding is not None and finding.label == "main"
    style = ":::sidecar" if helps else ":::main" if main else ""
    return f'{id}["{rows}"]{style}'


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
        says = f"{name} {words} {next_one} starts."
        yield Edge(ids[name], words, ids[next_one], says, "-.->")


def _visits(
    group: Group, boxes: Sequence[Container], ids: Mapping[str, str]
) -> Iterator[Edge]:
    """Show which ports of the unit a Service sends requests to."""
    for box in boxes:
        numbers = {port.number for port in box.ports} & set(group.served)
        for number in sorted(filter(None, numbers)):
            says = f"A Service sends requests to {box.name}, port {number}."
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
            words = "reads, writes" if may_write else "reads"
            says = f"{name} {words.replace(',', ' and')} the volume {volume}."
            yield Edge(ids[name], words, volumes[volume], says)


def _ties(
    boxes: Sequence[Container], findings: Sequence[Finding], ids: Mapping[str, str]
) -> Iterator[Edge]:
    """Show calls at localhost, shared namespaces, waiting, and else who serves whom."""

    def edge(one: str, words: str, other: str, arrow: str = "-->") -> Iterator[Edge]:
        if one in ids and other in ids and ids[one] != ids[other]:
            says = f"{one} {words} {other}."
            yield Edge(ids[one], words, ids[other], says, arrow)

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
    for finding in findings:
        ties = {one.feature for one in finding.evidence if one.about == finding.serves}
        if finding.serves and not ties & DRAWN:
            yield from edge(finding.name, "serves", finding.serves, "-.->")


def _word(text: str) -> str:
    return text if text.isalpha() else "namespace"


def _call(one: str, other: str, port: str, ids: Mapping[str, str]) -> Iterator[Edge]:
    where = f"localhost, port {port}" if port else "localhost"
    if one in ids and other in ids:
        says = f"{one} calls {other} at {where}."
        yield Edge(ids[one], where, ids[other], says)


def _added(names: Sequence[str]) -> Iterator[Edge]:
    """Show the containers that are asked for."""
    for number, name in enumerate(names, 1):
        says = f"An injector or operator adds {name}."
        yield Edge("adder", "adds", f"a{number}", says, "-.->")
