"""The verdict on a repository in two sentences."""

from collections.abc import Sequence

from sidecar_spotter.model import SIDECARS, Finding, Group, Judged
from sidecar_spotter.units import is_deployed


def summary_of(judged: Sequence[Judged], of: str = "repository") -> str:
    """Return the verdict in two sentences for a person, *of* what was scanned."""
    pairs = [(one.group, finding) for one in judged for finding in one.findings]
    helpers = [pair for pair in pairs if pair[1].label in SIDECARS]
    if not helpers:
        near = [pair for pair in pairs if pair[1].label == "not-a-sidecar"]
        first = "Nothing in here is a sidecar."
        if not near:
            return f"{first} No unit has two programs that run side by side."
        return f"{first} The nearest miss is {_told(*_clearest(near))}"
    deployed = [pair for pair in helpers if is_deployed(pair[0])]
    if not deployed:
        first = "Only program code in here builds sidecars; no file deploys one."
        return f"{first} The clearest is {_told(*_clearest(helpers))}"
    units = len({(group.path, group.line) for group, _ in deployed})
    how_many = f"{_count(len(deployed), 'container')} in {_count(units, 'unit')}"
    first = f"This {of} uses the sidecar pattern: {how_many}."
    return f"{first} The clearest is {_told(*_clearest(deployed))}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _clearest(pairs: Sequence[tuple[Group, Finding]]) -> tuple[Group, Finding]:
    """Return the finding with the weightiest evidence, test data last."""

    def weight(pair: tuple[Group, Finding]) -> tuple[bool, float]:
        reasons = pair[1].evidence
        made_up = any(one.feature == "test-fixture" for one in reasons)
        return not made_up, sum(abs(one.weight) for one in reasons)

    return max(pairs, key=weight)


def _told(group: Group, finding: Finding) -> str:
    where = f"{group.path}, line {finding.line}"
    name = finding.name or "a container"
    beside = f", beside {finding.serves}" if finding.serves else ""
    sign = 1 if finding.label in SIDECARS else -1
    best = max(finding.evidence, key=lambda one: sign * one.weight, default=None)
    reason = finding.why if best is None else best.says
    return f"{name}{beside} ({where}): it {reason}."
