"""The layout of a group as a Mermaid flowchart: who mounts, calls and waits for what.

The classes `main`, `sidecar`, `volume` and `outside` are left to whoever draws; without
a style for them the shapes and words still tell. Names of the scanned files stand in
quoted labels alone, never where Mermaid reads its own words.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sidecar_spotter.model import SIDECARS, Container, Finding, Judged, Report
from sidecar_spotter.reports.arrows import Edge, edges_of, sentences
from sidecar_spotter.reports.words import LABELS, shown, unit
from sidecar_spotter.repository.once import unit_of

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
KINDS = {
    "main": "main container",
    "injected-sidecar": "injected sidecar",
    "native-sidecar": "native sidecar",
    "sidecar": "sidecar",
    "ambassador": "ambassador",
    "adapter": "adapter",
}
"""Labels that a box shows, in words."""
STAGES = {"run": "", "init": "init container", "native": "native sidecar"}
"""What a box shows where its label has no words."""
_SYNTAX = str.maketrans(
    {'"': "'"} | {char: chr(ord(char) + 0xFEE0) for char in "#%&*<>\\`"}
)
"""What Mermaid could read as syntax inside a label -> what is drawn: the same signs in
their full-width forms. Its own escapes are not drawn in every place, these are."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The flowchart of a group in its parts, for who wants to add to it."""

    title: str
    said: tuple[str, ...]
    """The sentences on the boxes, for those who do not see them."""
    around: tuple[str, ...]
    """Lines that draw what lies outside the unit."""
    boxes: tuple[str, ...]
    """Lines that draw the unit and what is in it."""
    edges: tuple[Edge, ...]
    containers: Mapping[str, str]
    """The ids of the containers, by their names."""
    volumes: Mapping[str, str]
    """The ids of the volumes, by their names."""

    @property
    def description(self) -> str:
        """The drawing in words."""
        said = " ".join([*self.said, *sentences(self.edges)])
        return label(said, 4000)

    def source(self, title: str = "", also: str = "", more: Sequence[str] = ()) -> str:
        """Return the flowchart in Mermaid's language.

        It has *title* for its own one if that is given, the sentences *also* after its
        description, and before the unit the lines *more*, which are Mermaid's language.
        """
        lines = [
            f"accTitle: {title or self.title}",
            f"accDescr: {self.description} {also}".rstrip(),
            *more,
            *self.around,
            *self.boxes,
            *(f"{one.start} {one.arrow}|{one.words}| {one.end}" for one in self.edges),
        ]
        return "\n".join(["flowchart TB", *(f"    {line}" for line in lines), ""])


def render(reports: Sequence[Report]) -> str:
    """Return a flowchart for each group of the reports.

    Where there are several, each stands after a comment with its file and line: cut
    there, as Mermaid draws one flowchart at a time.
    """
    groups = _whole(
        judged
        for report in reports
        for judged in report.groups
        if "untied" not in judged.group.marks
    )
    drawn = [(one.group, source) for one in groups if (source := draw(one))]
    if len(drawn) == 1:
        return drawn[0][1]
    return "\n".join(
        f"%% {label(group.path, 1000)}:{group.line}\n{source}"
        for group, source in drawn
    )


def _whole(judged: Iterable[Judged]) -> list[Judged]:
    """Return each unit once: of files that share one, each tells but its own part."""
    found: dict[object, Judged] = {}
    for one in judged:
        if one.group.platform != "quadlet":
            found[len(found)] = one
            continue
        unit = unit_of(one.group)
        first = found.setdefault(unit, replace(one, findings=()))
        lines = {box.name: box.line for box in first.group.containers}
        told = [
            replace(finding, line=lines.get(finding.name, finding.line))
            if one.group is not first.group
            else finding
            for finding in one.findings
        ]
        found[unit] = replace(first, findings=(*first.findings, *told))
    return list(found.values())


def draw(judged: Judged) -> str:
    """Return the flowchart of one group; "" where there is no container to draw."""
    drawn = picture(judged)
    return drawn.source() if drawn is not None else ""


def picture(judged: Judged) -> Picture | None:
    """Return the picture of one group; None where there is no container to draw.

    Of containers with the same name the first gets all the arrows.
    """
    group, findings = judged.group, judged.findings
    boxes = group.containers[:MOST]
    added = [ask.container for ask in group.requests if ask.wanted][:MOST]
    if not boxes and not added:
        return None
    ids: dict[str, str] = {}
    for number, box in enumerate(boxes, 1):
        ids.setdefault(box.name, f"c{number}")
    used = dict.fromkeys(mount.volume for box in boxes for mount in box.mounts)
    volumes = {name: f"v{number}" for number, name in enumerate(list(used)[:MOST], 1)}
    edges = [
        *edges_of(group, boxes, findings, ids, volumes),
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
    caller = "Service" if group.platform == "kubernetes" else "callers"
    shares = [SHARES[one.text] for one in group.shares if one.text in SHARES]
    # One line, as the box keeps no place for a second. And no direction: the arrows
    # from outside would then end at the box, and not at a container.
    title = ", ".join([label(unit(group)), *shares])
    lines = [
        f'subgraph unit["{title}"]',
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
            f'    a{number}["{_rows(name, "injected sidecar")}"]:::sidecar'
            for number, name in enumerate(added, 1)
        ),
        "end",
    ]
    return Picture(
        title=f"{label(unit(group), 100)} and what its containers share",
        said=(*_said(boxes, findings), *(f"All share {one}." for one in shares)),
        around=(
            *((f'service(["{caller}"]):::outside',) if "service" in starts else ()),
            *(('adder(["injector or operator"]):::outside',) if added else ()),
        ),
        boxes=tuple(lines),
        edges=tuple(edges),
        containers=ids,
        volumes=volumes,
    )


def label(text: str, longest: int = LONGEST) -> str:
    """Return *text* so that Mermaid draws it as it is, in one line."""
    return shown(text.strip(), longest).translate(_SYNTAX) or NAMELESS


def _rows(name: str, *more: str) -> str:
    return "<br/>".join([label(name), *(label(text) for text in more if text)])


def _ports(box: Container) -> str:
    """Return the ports that a container declares, or the first six of them."""
    numbers = dict.fromkeys(str(port.number) for port in box.ports if port.number)
    listed = ", ".join(list(numbers)[:6])
    return f"port{'s' if len(numbers) > 1 else ''} {listed}" if numbers else ""


def _container(id: str, box: Container, finding: Finding | None) -> str:
    """Return the line that draws a container, no word of it twice."""
    is_a = finding.label if finding is not None else ""
    helps = is_a in SIDECARS
    role = finding.role if finding is not None and helps else ""
    rows = [KINDS.get(is_a) or STAGES[box.stage], role]
    rows = [row for row in rows if row not in ("helper", box.name)]
    style = ":::sidecar" if helps else ":::main" if is_a == "main" else ""
    return f'{id}["{_rows(box.name, *rows, _ports(box))}"]{style}'


def _said(boxes: Sequence[Container], findings: Sequence[Finding]) -> Iterator[str]:
    """Say of each container what it is, and on which ports it listens."""
    ports = {(box.name, box.line): _ports(box) for box in boxes}
    judged = {(one.name, one.line) for one in findings}
    for box in boxes:
        if (box.name, box.line) not in judged:
            on = f" on {_ports(box)}" if _ports(box) else ""
            yield f"{box.name or 'One'} is a container{on}."
    for one in findings[:MOST]:
        on = ports.get((one.name, one.line), "")
        name = f"{one.name or 'One'}, on {on}," if on else one.name or "One"
        yield f"{name} is {LABELS[one.label]}."


def _added(names: Sequence[str]) -> Iterator[Edge]:
    """Show the containers that are asked for."""
    for number, name in enumerate(names, 1):
        says = ("An injector or operator", "adds", name)
        yield Edge("adder", "adds", f"a{number}", says, "-.->")
