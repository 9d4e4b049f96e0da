"""What a service is beside another one, where nothing but their file places them.

A file of Compose, and a folder of Quadlet files, lists what runs on a machine, be it a
unit or ten programs that have nothing to do with one another. So here a service has to
show by more than its place in the file that it runs with one program, and serves it.
"""

from collections import defaultdict

from sidecar_spotter.units import running, stem
from sidecar_spotter.verdict.pair import Pair, Ruling, whose_files
from sidecar_spotter.verdict.traits import is_front, is_published, role
from sidecar_spotter.verdict.weights import apart, only_helps

MANY_FOLDERS = 3
"""Who takes files from more folders than these, and each is another's, collects."""
CROWD = 4
"""In a file with more services than these, a name or a folder tells little."""


def front_door(pair: Pair) -> Ruling | None:
    """A proxy that callers from outside reach serves them, and not its neighbor.

    Where one program alone shares its namespace, it is the door of that one. Helpers
    may share it as well, as a second proxy that stands between the two.
    """
    programs = {name for name in pair.rooms if apart(pair.found[name]) <= 0}
    if pair.main.name in pair.rooms and programs <= {pair.main.name}:
        return None
    reverse = role(pair.box, "sidecar") == "reverse-proxy" and pair.helps <= 0.6
    if is_published(pair.group, pair.box) and (is_front(pair.box) or reverse):
        return Ruling("is a front door: callers from outside reach it first")
    return None


def shares_nothing(pair: Pair) -> Ruling | None:
    """What has no volume and no namespace in common could run on any machine.

    It is placed with the main one all the same where the file is that of a pod, or
    where it is handed a configuration that is about its neighbor.
    """
    own = {mount.volume for mount in pair.main.mounts}
    common = any(mount.volume in own for mount in pair.box.mounts)
    if pair.rooms or common or _handed(pair) or pair.group.kind == "pod":
        return None
    if users := [one.about for one in pair.by("shared-volume")]:
        return Ruling(
            f"shares files with {users[0]}, and nothing says that it serves it"
        )
    return Ruling(f"shares nothing with {pair.main.name}")


def shares_with_many(pair: Pair) -> Ruling | None:
    """In a crowd, a folder that is everybody's makes nobody a helper of one."""
    users = {one.about for one in pair.by("shared-volume")}
    if _crowd(pair) and len(users) > 2 and not pair.rooms and pair.helps <= 1:
        return Ruling(f"shares files with {len(users)} others, and serves none alone")
    return None


def serves_several(pair: Pair) -> Ruling | None:
    """A service that takes files from several programs exists for no one of them.

    Copies of one program are one. What does nothing but help has one that it serves.
    """
    if pair.rooms or only_helps(pair.reasons) or _handed(pair):
        return None
    group, box = pair.group, pair.box
    mine = {mount.volume for mount in box.mounts}
    of_one = whose_files(pair.reasons)
    shared = {v.name for v in group.volumes if v.kind in ("named", "bind")} & mine
    writers: dict[str, set[str]] = defaultdict(set)
    others = [one for one in running(group) if one is not box]
    # Whoever holds the folder of all could write there; the others do.
    rest = [one for one in others if one.name not in of_one]
    written = [m.volume for one in rest for m in one.mounts if not m.read_only]
    if len(shared.intersection(written)) > MANY_FOLDERS:
        of_one = []
    for other in others:
        if not of_one or other.name in of_one:
            for mount in other.mounts:
                if not mount.read_only:
                    writers[stem(other) or other.name].add(mount.volume)
    if sum(not shared.isdisjoint(volumes) for volumes in writers.values()) < 2:
        return None
    return Ruling("shares files with several programs, and serves none of them alone")


def untied(pair: Pair) -> Ruling | None:
    """Without a tie, it takes a name or an image that says "helper" clearly."""
    unclear = pair.helps < 0.5 or (_crowd(pair) and pair.helps <= 1)
    if pair.ties or not unclear:
        return None
    return Ruling(f"runs beside {pair.main.name}, and nothing says that it serves it")


RULES = (front_door, shares_nothing, shares_with_many, serves_several, untied)
"""In the order in which they are asked."""


def service(pair: Pair) -> Ruling | None:
    """What only a file lists together is not yet placed together: these rules ask."""
    if not pair.loose:
        return None
    return next((said for rule in RULES if (said := rule(pair)) is not None), None)


def _handed(pair: Pair) -> bool:
    """Whether a service is handed what is about one neighbor."""
    return any(one.weight >= 2 for one in pair.by("helper-configuration"))


def _crowd(pair: Pair) -> bool:
    return len(running(pair.group)) > CROWD
