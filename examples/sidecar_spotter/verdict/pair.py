"""A container beside the main one: what the rules ask of the two."""

from collections.abc import Sequence
from dataclasses import dataclass

from sidecar_spotter.features.shared_volume import TAKEN
from sidecar_spotter.model import Container, Evidence, Group, Label
from sidecar_spotter.units import idles, running
from sidecar_spotter.verdict.weights import Reasons, apart, is_tie

OF_ONE = 0.6
"""The weight from which a shared volume shows who serves whom."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A container, the main one that it runs beside, and what is known of them."""

    group: Group
    box: Container
    main: Container
    found: Reasons
    """The evidence on all containers of the unit."""
    reasons: Sequence[Evidence]
    """That on the container itself."""
    helps: float
    """How much speaks for a helper apart from what ties it to others."""
    ties: frozenset[str]
    """Features that tie it to one that does more than wait."""
    tied_to: frozenset[str]
    """Those that the same features name."""
    rooms: frozenset[str]
    """Those whose namespace it uses, and those that use its own."""
    roommates: bool
    """Whether both ask for a namespace of the same third one."""
    loose: bool
    """Whether both are services of one file, and no namespace holds them together."""

    def by(self, feature: str) -> list[Evidence]:
        """Return the evidence on the container that one feature found."""
        return [one for one in self.reasons if one.feature == feature]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a rule says that a container is."""

    why: str
    label: Label = "not-a-sidecar"
    serves: str | None = None
    equal: bool = False
    """Whether it does what the main one does: then neither leads."""


def pair_of(group: Group, box: Container, main: Container, found: Reasons) -> Pair:
    """Return what is known of *box* beside *main*."""
    reasons = found[box.name]
    here = {one.name for one in running(group) if not idles(one)}
    tying = [one for one in reasons if is_tie(one, main)]
    helps = apart(reasons)
    ties = {one.feature for one in tying if one.about in here | {""}}
    rooms = {one.about for one in reasons if one.feature == "shared-namespace"}
    asked, same = ({join.text for join in one.joins} for one in (box, main))
    roommates = not asked.isdisjoint(same)
    loose = group.platform in ("compose", "quadlet") and not roommates
    if loose and not _serves_by_files(box, reasons, helps):
        ties -= {"shared-volume", "life-cycle"}
    return Pair(
        group=group,
        box=box,
        main=main,
        found=found,
        reasons=reasons,
        helps=helps,
        ties=frozenset(ties),
        tied_to=frozenset(one.about for one in tying) & here - {""},
        rooms=frozenset(rooms) & here - {""},
        roommates=roommates,
        loose=loose,
    )


def _serves_by_files(box: Container, reasons: Sequence[Evidence], helps: float) -> bool:
    """Whether the files that a service shares show who serves whom.

    A volume is the only way there to share files, and equals share them too.
    """
    of_one = [
        one
        for one in reasons
        if one.feature == "shared-volume" and one.weight >= OF_ONE
    ]
    lines = {one.line for one in of_one}
    takes = any(TAKEN.search(one.volume) and one.line in lines for one in box.mounts)
    called = any(one.says.startswith("answers ") for one in of_one)
    return bool(of_one) and (takes or called or helps > 0)


def whose_files(reasons: Sequence[Evidence]) -> list[str]:
    """Return whom a container serves by files, as the volumes that they share show."""
    return [
        one.about
        for one in reasons
        if one.feature == "shared-volume" and one.weight >= OF_ONE
    ]
