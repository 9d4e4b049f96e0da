"""The words of a finding: which kind of helper a container is, and on what ground."""

import re

from sidecar_spotter.model import Container, Finding, Group, Label
from sidecar_spotter.verdict.traits import role
from sidecar_spotter.verdict.weights import Reasons

MAIN = "is what the unit exists for"
"""Why a container is the main one."""
OF_EQUALS = "is taken for the main one, though nothing in the unit serves it"
"""Why a container is the main one of several of which none is a helper."""
ADDED = "is added to a unit whose main container stands elsewhere"
"""Why a container is a helper whose main one the file does not show."""

_PRESENTED = re.compile(r"\b(adapter|ambassador)\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"(adapter|ambassador)(?:-(?:pattern|pod|container|example|demo))*", re.IGNORECASE
)
"""A unit that is there to show one of the two."""
_FOLDER = re.compile(r"(adapter|ambassador)[-_ ]pattern\b", re.IGNORECASE)


def kind_of(group: Group, box: Container) -> Label:
    """Return which kind of sidecar a helper is, by how its author presents it."""
    if box.stage == "native" and group.platform == "kubernetes":
        return "native-sidecar"
    said = [_PRESENTED.search(one) for one in (box.name, *(n.text for n in box.notes))]
    for match in (*said, _WHOLE.fullmatch(group.name), _FOLDER.search(group.path)):
        if match:
            return "adapter" if match[1].lower() == "adapter" else "ambassador"
    return "sidecar"


def finding(
    box: Container, label: Label, found: Reasons, why: str, serves: str | None = None
) -> Finding:
    """Return that *box* is *label* because of *why*, the strongest evidence first."""
    once = dict.fromkeys(found[box.name])  # two branches may declare one container
    reasons = tuple(sorted(once, key=lambda one: -abs(one.weight)))
    return Finding(box.name, box.line, label, role(box, label), serves, why, reasons)


def helper(
    group: Group, box: Container, found: Reasons, why: str, serves: str | None = None
) -> Finding:
    """Return that *box* is a helper, of whichever kind."""
    return finding(box, kind_of(group, box), found, why, serves)
