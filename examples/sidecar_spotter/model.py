"""What the parts of the spotter hand to one another, as frozen dataclasses.

A reader turns a file into `Group`s, a feature looks at a group and yields
`Evidence`, the verdict turns a group and its evidence into `Finding`s, and a
report shows them. Every value keeps the line that it stands on; lines count from 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Stage = Literal["run", "init", "native"]
"""How the platform runs a container: beside the others for the unit's whole life;
once and first; or beside the others, started first (a native sidecar)."""

Label = Literal[
    "main",
    "sidecar",
    "native-sidecar",
    "injected-sidecar",
    "ambassador",
    "adapter",
    "init",
    "not-a-sidecar",
]
SIDECARS: frozenset[Label] = frozenset(
    ("sidecar", "native-sidecar", "injected-sidecar", "ambassador", "adapter")
)

Verdict = Literal[
    "uses-sidecar", "no-sidecar", "injects-or-operates-sidecars-in-code-only"
]


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text and the line that it stands on."""

    text: str
    line: int
    source: str = ""
    """What that line names, if the text stands in there: `ConfigMap shop`."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port that a container says it listens on."""

    number: int | None
    """None where it is a template's expression; below 0 where the platform chooses."""
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume in a container: which, where, and whether it may be written."""

    volume: str
    path: str
    read_only: bool
    line: int
    folder: str = ""
    """The folder of the volume that it is, where it is not the whole."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of the unit, and what it is: `emptyDir`, `configMap`, `secret`, …"""

    name: str
    kind: str
    line: int
    source: str = ""
    """The name of the ConfigMap that it shows as files."""


@dataclass(frozen=True, slots=True)
class Container:
    """One container (task, service) of a unit, as its file declares it."""

    name: str
    line: int
    stage: Stage = "run"
    image: Text | None = None
    words: tuple[Text, ...] = ()
    """Its command and arguments."""
    settings: tuple[Text, ...] = ()
    """Its environment, as NAME=value."""
    variables: tuple[Text, ...] = ()
    """ConfigMaps whose entries are in its environment, too."""
    configured: tuple[Text, ...] = ()
    """Lines of files that it reads which name this machine."""
    ports: tuple[Port, ...] = ()
    mounts: tuple[Mount, ...] = ()
    probes: tuple[Text, ...] = ()
    """What its probes ask, as `:PORT/path` or a command."""
    joins: tuple[Text, ...] = ()
    """Containers whose namespaces it asks to share, as `network:NAME` or
    `processes:NAME`."""
    waits_for: tuple[Text, ...] = ()
    """Containers that must have started (or ended) before it starts."""
    capabilities: tuple[Text, ...] = ()
    hooks: tuple[Text, ...] = ()
    """What it runs after its start and before its stop."""
    notes: tuple[Text, ...] = ()
    """What its author says of it: the comment above it, or a name in a template."""
    condition: Text | None = None
    """The condition under which a template adds it."""
    branches: tuple[tuple[int, int], ...] = ()
    """Where it stands in a choice between branches: the line of each, and which one."""
    essential: bool = True
    """Whether the unit ends when it ends (ECS)."""


@dataclass(frozen=True, slots=True)
class Request:
    """A line that asks somebody else to add a container, or not to."""

    container: str
    """The name of the container that would be added."""
    role: str
    line: int
    says: str
    wanted: bool = True
    """False for an opt-out."""
    how: str = "injection"
    """The feature it is evidence for: `injection` or `operator-field`. A `chart-value`
    is of the latter, but what it switches on stands in the chart, and in no code."""
    ports: tuple[int, ...] = ()
    """The ports at localhost on which what is added answers."""


@dataclass(frozen=True, slots=True)
class Group:
    """Containers that one unit of deployment places together."""

    path: str
    line: int
    platform: str
    kind: str
    name: str
    containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    requests: tuple[Request, ...] = ()
    shares: tuple[Text, ...] = ()
    """Namespaces that the whole unit shares beyond the platform's rule:
    `processes`, `network-of-the-host`, `processes-of-the-host`."""
    served: tuple[int, ...] = ()
    """Ports that a Service in the same file sends requests to."""
    marks: frozenset[str] = frozenset()
    """What else a reader saw: `template`, `code`, `steps`, `patch`, `untied`, …"""
    labels: tuple[Text, ...] = ()
    """Labels of the unit, as key=value."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason, by one feature, at one line."""

    feature: str
    container: str
    """The container that it speaks of."""
    line: int
    says: str
    """The reason in words, after the container's name: "mounts logs, which …"."""
    weight: float
    """How strongly it speaks for a helper; negative against; see `verdict`."""
    about: str = ""
    """The neighbor that it ties the container to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a container is, on which evidence."""

    name: str
    line: int
    label: Label
    role: str
    serves: str | None
    """The container it serves; None for all but helpers, or where it is unknown."""
    why: str
    """The label's reason in one sentence."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A group and what its containers are."""

    group: Group
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, or not in full, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a scan found."""

    root: str
    verdict: Verdict
    summary: str
    groups: tuple[Judged, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[str, ...] = field(default=())
    """What limits the scan as a whole, as a missing libyaml."""
    folder: str = ""
    """The folder from which the paths count, as the call names it."""

    @property
    def sidecars(self) -> Iterable[tuple[Group, Finding]]:
        """Every finding whose label is a kind of sidecar, with its group."""
        for judged in self.groups:
            for finding in judged.findings:
                if finding.label in SIDECARS:
                    yield judged.group, finding
