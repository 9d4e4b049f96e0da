"""What a container is beside the main one: rules, of which the first that fits decides.

A helper runs as long as the main program, is placed with it, and exists to serve it.
All that come here run on, and one unit places them. So nearly all rules are about the
last part: whom does it serve? Many, nobody here, or as an equal is no helper. The last
rule has no condition: what none of the others could explain serves the main program.
"""

from collections.abc import Callable

from sidecar_spotter.features.shared_volume import FIXED
from sidecar_spotter.model import Container, Evidence, Group
from sidecar_spotter.tables.known import split
from sidecar_spotter.units import running
from sidecar_spotter.verdict import equals, whom
from sidecar_spotter.verdict.labels import kind_of
from sidecar_spotter.verdict.pair import Pair, Ruling
from sidecar_spotter.verdict.services import service
from sidecar_spotter.verdict.tasks import task_of_the_same_job
from sidecar_spotter.verdict.weights import CLEAR, apart


def beside(pair: Pair) -> Ruling:
    """Return what a container is that runs beside the main one."""
    rulings = (rule(pair) for rule in RULES)
    return next(ruling for ruling in rulings if ruling is not None)


def serves_it(pair: Pair) -> Ruling | None:
    """It runs on, it is placed with the main one, and it is there for nobody else.

    A service that lends its namespace serves those who use it, and one that uses a
    third one's serves the main program if that does so, too.
    """
    served = pair.main.name
    if pair.rooms and served not in pair.rooms and not pair.roommates:
        served = next(one.about for one in pair.reasons if one.about in pair.rooms)
    else:
        served = _works_for(pair) or served
    why = f"runs beside {served or 'the main container'} and serves it"
    if not any(
        one.weight >= CLEAR and one.about in ("", served) for one in pair.reasons
    ):
        why = (
            f"runs beside {served or 'the main container'}, and is taken for its helper"
        )
    return Ruling(why, kind_of(pair.group, pair.box), served)


def _works_for(pair: Pair) -> str:
    """Return the neighbor for which a helper clearly works, if it is not the main one.

    An exporter beside three programs measures one of them. That can be a helper, if it
    is called after it; else it only asks it about the main program.
    """
    if pair.main.name in pair.tied_to:
        return ""
    if (other := _called_after(pair)) is not None:
        return other
    own = set(split(pair.box.name))
    for one in pair.reasons:
        tied = one.weight >= CLEAR and one.about in pair.tied_to
        if tied and not _is_about_files_of_all(pair, one):
            words = set(split(one.about))
            if apart(pair.found[one.about]) <= 0 or (words and words <= own):
                return one.about
    alone = [name for name in pair.tied_to if apart(pair.found[name]) < 0]
    only = len(alone) == len(pair.tied_to) == 1 and not pair.loose
    return alone[0] if only else ""


def _called_after(pair: Pair) -> str | None:
    """Return the program whose name a helper's begins with, as `mail-nanny` does.

    The main one comes first, and a helper is no such program.
    """
    words = split(pair.box.name)
    for one in (pair.main, *running(pair.group)):
        own = split(one.name)
        begins = 0 < len(own) < len(words) and words[: len(own)] == own
        if begins and apart(pair.found[one.name]) <= 0:
            return one.name
    return None


def _is_about_files_of_all(pair: Pair, reason: Evidence) -> bool:
    """Whether two share files of which the main program has a part, too."""
    with_main = _common_files(pair.group, pair.box, pair.main)
    return reason.feature == "shared-volume" and any(
        not with_main.isdisjoint(_common_files(pair.group, pair.box, other))
        for other in running(pair.group)
        if other.name == reason.about
    )


def _common_files(group: Group, one: Container, other: Container) -> set[str]:
    """Return the volumes in which one of two leaves files for the other.

    Settings are in each of them, and two that only read a third one's files leave none.
    """
    fixed = {volume.name for volume in group.volumes if volume.kind in FIXED}
    return {
        mount.volume
        for mount in one.mounts
        for its in other.mounts
        if mount.volume == its.volume and not (mount.read_only and its.read_only)
    } - fixed


RULES: tuple[Callable[[Pair], Ruling | None], ...] = (
    whom.handed_in,
    whom.store,
    whom.who_only_waits,
    whom.equal_user_of_a_helper,
    service,
    whom.agent_of_the_machine,
    whom.meets_others_at_localhost,
    whom.without_requests,
    whom.one_of_several_programs,
    whom.image_of_main_programs,
    whom.web_server_as_it_comes,
    whom.front_of_nobody,
    equals.of_the_same_kind,
    equals.called_for_the_same,
    equals.copy_of_the_main_one,
    task_of_the_same_job,
    equals.each_has_visitors,
    equals.one_of_a_whole_stack,
    equals.told_the_same,
    equals.linked_by_name,
    equals.part_of_the_same_product,
    whom.hidden_in_the_unit,
    whom.no_service_reaches,
    whom.all_requests_reach_it_first,
    equals.nothing_speaks_for_it,
    equals.tied_to_others,
    equals.has_a_helper_of_its_own,
    equals.equal_at_the_same_files,
    serves_it,
)
"""In the order in which they are asked."""
