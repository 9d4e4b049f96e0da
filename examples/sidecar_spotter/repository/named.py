"""Say of a named template's container what it is in the units that include it.

A template by itself does not show whom its container runs beside. It can be a helper
that many units share, or all that a unit has, its main program first.
"""

from collections.abc import Iterable
from dataclasses import replace

from sidecar_spotter.model import SIDECARS, Container, Finding, Judged
from sidecar_spotter.repository.once import NAMED, chart, is_part
from sidecar_spotter.verdict.parts import WHOLE

Key = tuple[str, str, str]
"""The chart, and name and image of a container, as its file spells them."""


def agreed(judged: Iterable[Judged]) -> list[Judged]:
    """Return *judged* with the findings of named templates as their units have them."""
    judged = list(judged)
    of_units: dict[Key, list[Finding | None]] = {}
    for one in judged:
        if "template" in one.group.marks and _is_unit(one):
            said = {(each.name, each.line): each for each in one.findings}
            for box in one.group.containers:
                found = said.get((box.name, box.line))
                of_units.setdefault(_key(one, box), []).append(found)
    return [_with(one, of_units) if is_part(one.group) else one for one in judged]


def _is_unit(one: Judged) -> bool:
    """Whether all of a workload stands there: a named template may hold it, too."""
    group = one.group
    return not is_part(group) or (group.kind != NAMED and group.kind in WHOLE)


def _with(one: Judged, of_units: dict[Key, list[Finding | None]]) -> Judged:
    """Return the findings on a template's containers, by what their units say.

    Of one that is alone wherever it is there is no word to say.
    """
    findings = []
    boxes = {(box.name, box.line): box for box in one.group.containers}
    for said in one.findings:
        box = boxes.get((said.name, said.line))
        seen = of_units.get(_key(one, box), []) if box is not None else []
        found = [each for each in seen if each is not None]
        found.sort(key=lambda each: (each.label not in SIDECARS, each.label != "main"))
        if not seen or (found and _shows_nothing(found[0])):
            findings.append(said)
        elif found and found[0].label in SIDECARS and said.label in SIDECARS:
            findings.append(replace(said, label=found[0].label))
        elif found:
            findings.append(replace(found[0], line=said.line, evidence=said.evidence))
    told = {(said.name, said.line) for said in one.findings}
    for place, box in boxes.items():
        seen = [] if place in told else of_units.get(_key(one, box), [])
        main = next((each for each in seen if each and each.label == "main"), None)
        if main is not None:
            findings.append(replace(main, line=box.line, evidence=()))
    findings.sort(key=lambda each: each.line)
    return replace(one, findings=tuple(findings))


def _shows_nothing(said: Finding) -> bool:
    """Whether a unit has no reason for or against a container: it only lacks a tie."""
    against = any(one.weight < 0 for one in said.evidence)
    return said.label == "not-a-sidecar" and not against


def _key(one: Judged, box: Container) -> Key:
    return chart(one), box.name, box.image.text if box.image is not None else ""
