"""The verdict on a repository in two sentences."""

import re
from collections.abc import Sequence

from sidecar_spotter.features.known_image import BY_VALUE
from sidecar_spotter.features.telling_name import NAME
from sidecar_spotter.model import SIDECARS, Evidence, Finding, Group, Judged, Text
from sidecar_spotter.repository.once import unit_of
from sidecar_spotter.units import is_declared, is_deployed

Pair = tuple[Group, Finding]

_EXPRESSION = re.compile(r"\{\{[^{}]{18,}\}\}")
"""An expression that is longer than `{{ .Release.Name }}` is."""

_SET_ASIDE = re.compile(
    r"(?:^|/)[._-]?(?:archived?|deprecated|disabled|legacy|obsolete|old|unused)/", re.I
)
"""A folder for what is no longer run."""


def summary_of(judged: Sequence[Judged], files: int = 0) -> str:
    """Return the verdict in two sentences for a person.

    *files* is how many files of a folder were looked into; 0 for a single file.
    """
    pairs = [(one.group, finding) for one in judged for finding in one.findings]
    helpers = [pair for pair in pairs if pair[1].label in SIDECARS]
    if not helpers:
        return f"No sidecar was found in here. {_nearest(judged, files)}"
    declared = [pair for pair in helpers if is_declared(pair[0], pair[1].line)]
    built = [pair for pair in helpers if not is_deployed(pair[0])]
    if not declared:
        return f"{_undeclared(helpers, built)} The clearest is {_clearest(helpers)}"
    deployed = [pair for pair in helpers if is_deployed(pair[0])]
    units = len({unit_of(group) for group, _ in deployed})
    how_many = f"{_count(len(deployed), 'sidecar')} in {_count(units, 'unit')}"
    if all(map(_is_made_up, declared)):
        how_many += ", in folders for tests alone"
        if own := [pair for pair in built if not _is_made_up(pair)]:
            how_many += f"; program code builds {_count(len(own), 'sidecar')}"
            declared = own
    of = "repository" if files else "file"
    first = f"This {of} uses the sidecar pattern: {how_many}."
    return f"{first} The clearest is {_clearest(declared)}"


def _undeclared(helpers: Sequence[Pair], built: Sequence[Pair]) -> str:
    """Return the first sentence where none stands in a unit of this repository."""
    asking = len(helpers) - len(built)
    if not asking:
        return "Only program code in here builds sidecars; no file deploys one."
    some = "a custom resource asks" if asking == 1 else f"{asking} custom resources ask"
    first = f"No unit in here declares a sidecar; {some} an operator for one"
    return f"{first}, and program code builds {len(built)}." if built else f"{first}."


def _clearest(helpers: Sequence[Pair]) -> str:
    return _told(*max(helpers, key=_weight))


def of_source(readme: str, said: Text) -> str:
    """Return the verdict on a repository that is the source of a helper."""
    first = "This repository is the source of a sidecar; no file in here deploys one."
    return f'{first} {readme}, line {said.line}, says so: "{said.text}"'


def short(text: str) -> str:
    """Return *text* with `{{…}}` for each long expression of a template.

    A reason names its neighbors, and in a chart a name can be longer than the reason.
    """
    return _EXPRESSION.sub("{{…}}", text)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _is_made_up(pair: Pair) -> bool:
    return any(one.feature == "test-fixture" for one in pair[1].evidence)


def _weight(pair: Pair) -> tuple[bool, bool, float]:
    """Return how clear a helper is: what contradicts counts off.

    What has been set aside comes after that, and test data last.
    """
    in_use = _SET_ASIDE.search(pair[0].path) is None
    return not _is_made_up(pair), in_use, sum(one.weight for one in pair[1].evidence)


def _told(group: Group, finding: Finding) -> str:
    beside = f", beside {short(finding.serves)}" if finding.serves else ""
    # To run beside another is what the reason says already.
    told = [one for one in finding.evidence if one.feature != "second-container"]
    # A name is a promise: what can be seen to be so is told before it.
    speaks = [one for one in told if one.weight > 0]
    best = max(speaks, key=lambda one: (not _is_a_name(one), one.weight), default=None)
    reason = finding.why if best is None else best.says
    return f"{_name(finding)}{beside} ({_where(group, finding)}): it {short(reason)}."


def _is_a_name(one: Evidence) -> bool:
    return one.feature == NAME or one.says.startswith(BY_VALUE)


def _nearest(judged: Sequence[Judged], files: int) -> str:
    """Return the sentence on what comes nearest to a sidecar, and why it is none."""
    near = [
        (one.group, finding)
        for one in judged
        for finding in one.findings
        if finding.label == "not-a-sidecar"
    ]
    if not near:
        # Of a folder, a file is not read that has one program or unrelated ones.
        looked = f" in the {_count(files, 'file')} that could tell" if files else ""
        if files or any(one.group.containers for one in judged):
            return f"No unit{looked} has two programs that run side by side."
        return "No unit of containers was recognized."
    group, finding = max(near, key=_nearness)
    place, why = f"{_name(finding)} ({_where(group, finding)})", short(finding.why)
    best = max(finding.evidence, key=lambda one: one.weight, default=None)
    if best is None or best.weight <= 0:
        return (
            f"The nearest miss is {place}. It is none, because it {short(finding.why)}."
        )
    says, why = short(best.says), short(finding.why)
    return f"The nearest miss is {place}: it {says}, but it {why}."


def _nearness(pair: Pair) -> tuple[bool, float, bool]:
    """Return how much a container looks like a helper that it is not."""
    group, finding = pair
    speaks_for = sum(max(one.weight, 0) for one in finding.evidence)
    return not _is_made_up(pair), speaks_for, len(group.containers) > 1


def _name(finding: Finding) -> str:
    return finding.name or "a container"


def _where(group: Group, finding: Finding) -> str:
    return f"{group.path}, line {finding.line}"
