"""From evidence to labels: what each container of a unit is, and what a repository is.

The rules follow the definition on the handbook's first page: a helper runs as long as
one main program, is placed with it, and exists to serve it. The way through a unit:

- `together`: what runs side by side, without copies and without who only waits;
- `parts`: units of which the file shows a part, a single container, or steps in order;
- `main`: the choice of the main container, by one of the `signs` after the other;
- `beside`: what another one is to it, by one rule after the other, with those for
  `services` that nothing but a file ties together.

These ask `pair` for what is known of two containers, `traits` for what is known of one,
`weights` for the sum of its evidence, and `labels` for the words of a finding.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sidecar_spotter.features import evidence
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
from sidecar_spotter.units import is_declared
from sidecar_spotter.verdict.branches import forms, merged
from sidecar_spotter.verdict.labels import finding
from sidecar_spotter.verdict.parts import lonely
from sidecar_spotter.verdict.together import together

PARTS = ("partial", "patch", "code")
"""Marks of units that may have more containers, which stand elsewhere."""
AFTER = ("lifecycle hook poststop", "lifecycle hook poststart")
"""What Nomad says of tasks that run once and prepare nothing."""


def judge(group: Group, *, whole: bool = False) -> Judged:
    """Return *group* with a finding for what there is a word to say of.

    That is each container that has a neighbor, and each request; where *whole*, each
    container that has none, too.
    """
    if group.platform == "quadlet" and group.kind == "containers" and group.name:
        # That is the name of the file's own container, and not that of the unit.
        return replace(judge(replace(group, name=""), whole=whole), group=group)
    bare = [box for box in group.containers if not box.name]
    if len(bare) < 2:
        return _judge(group, whole)
    # The evidence on a container is kept by its name: each has to have one.
    boxes = [
        box if box.name else replace(box, name=_stand_in(box))
        for box in group.containers
    ]
    judged = _judge(replace(group, containers=tuple(boxes)), whole)
    stand_ins = {_stand_in(box) for box in bare}
    findings = [
        replace(
            one,
            name="" if one.name in stand_ins else one.name,
            serves="" if one.serves in stand_ins else one.serves,
        )
        for one in judged.findings
    ]
    return Judged(group, tuple(findings))


def _stand_in(box: Container) -> str:
    return f"the container on line {box.line}"


def _judge(group: Group, whole: bool) -> Judged:
    """Return *group* with its findings; no two of its containers lack a name."""
    several = forms(group)
    if len(several) > 1:
        merged_ = merged(_judge(one, whole).findings for one in several)
        return Judged(group, tuple(sorted(merged_, key=lambda one: one.line)))
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
        finding(box, "not-a-sidecar", found, "runs once, after the main task")
        if any(note.text in AFTER for note in box.notes)
        else finding(box, "init", found, "prepares the unit")
        for box in group.containers
        if box.stage == "init"
    ]
    # An init container may have the name of one that runs.
    of_running = {
        name: [one for one in reasons if one.feature != "init-only"]
        for name, reasons in found.items()
    }
    reasons = defaultdict(list, of_running)
    findings += together(group, reasons)
    if whole and group.marks.isdisjoint(PARTS):
        told = {(one.name, one.line) for one in findings}
        findings += [
            finding(box, "not-a-sidecar", reasons, lonely(group))
            for box in group.containers
            if (box.name, box.line) not in told
        ]
    # Two branches of a condition may put the same container into a unit.
    findings = sorted(dict.fromkeys(findings), key=lambda one: one.line)
    return Judged(group, tuple(findings))


def _asked(ask: Request, found: Sequence[Evidence]) -> Finding:
    """Return what a line is that asks somebody else for a container."""
    label: Label = "injected-sidecar" if ask.wanted else "not-a-sidecar"
    reasons = tuple(one for one in found if one.container == ask.container)
    return Finding(ask.container, ask.line, label, ask.role, None, ask.says, reasons)


def verdict_of(judged: Iterable[Judged]) -> Verdict:
    """Return what a repository is, from all its groups."""
    code = False
    for one in judged:
        for said in one.findings:
            if said.label in SIDECARS:
                if is_declared(one.group, said.line):
                    return "uses-sidecar"
                code = True
    return "injects-or-operates-sidecars-in-code-only" if code else "no-sidecar"
