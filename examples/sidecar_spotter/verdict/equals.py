"""Rules that ask whether a container is the equal of the main one."""

import re

from sidecar_spotter.model import Container
from sidecar_spotter.tables.known import MAIN, split, telling
from sidecar_spotter.verdict.pair import Pair, Ruling
from sidecar_spotter.verdict.traits import (
    STORES,
    role,
    same_image,
)
from sidecar_spotter.verdict.weights import CLEAR, apart
from sidecar_spotter.verdict.whom import PODS

NO_KIND = frozenset(("container", "containers", "ctr", "name", "pod", "process"))
"""With these a name ends that says nothing of its kind."""


def of_the_same_kind(pair: Pair) -> Ruling | None:
    """`test-users` and `test-orders`, or `old-files-clean` and `old-keys-clean`.

    Names that end alike tell of two of one kind, and no more than files ties them.
    """
    one, other = split(pair.box.name), split(pair.main.name)
    differ = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    last = one[-1] if one else ""
    alike = len(one) == len(other) > 1 and len(differ) == 1 and one[-1] == other[-1]
    if not alike or last in NO_KIND or telling(last) not in (None, MAIN):
        return None
    known_image = any(reason.weight > 0 for reason in pair.by("known-image"))
    if pair.ties - {"shared-volume"} or known_image:
        return None
    return Ruling(
        f"is called as {pair.main.name} is, but for a word: they are equals", equal=True
    )


def called_for_the_same(pair: Pair) -> Ruling | None:
    """`sync-users` beside `sync-orders`, from one image: what a name tells, both do."""
    box, main = pair.box, pair.main
    told = telling(box.name)
    if pair.ties or told in (None, MAIN) or told != telling(main.name):
        return None
    if not same_image(box, main):
        return None
    return Ruling(
        f"does what {main.name} does, from the same image: they are equals", equal=True
    )


def copy_of_the_main_one(pair: Pair) -> Ruling | None:
    """Two of one program do the same work: neither exists to serve the other.

    `tpu-1` and `tpu-2` do; so do a `server` and an `api` that only call each other.
    """
    box, main = pair.box, pair.main
    if pair.helps >= 0.5 or not same_image(box, main):
        return None
    mounts, its = (
        {(mount.volume, mount.path, mount.read_only) for mount in one.mounts}
        for one in (box, main)
    )
    copies = mounts == its and _unnumbered(box.name) == _unnumbered(main.name) != ""
    numbered = _unnumbered(box.name) == _unnumbered(main.name) != ""
    copies |= numbered and not (box.words or main.words)
    # One name in common, as `LOG_DIR`, tells of the folder and not of the work.
    alike = _set_up(box) == _set_up(main) and len(_set_up(box)) > 1
    copies |= mounts == its and bool(mounts) and alike
    mains = telling(box.name) == MAIN == telling(main.name)
    faint = all(one.weight <= 0.3 for one in pair.by("shared-volume"))
    told = bool(box.words and main.words and faint)
    loose = pair.ties <= ({"localhost", "shared-volume"} if told else {"localhost"})
    if not copies and not (mains and loose):
        return None
    said = [[word.text for word in one.words] for one in (box, main)]
    if said[0] != said[1] or _set_up(box) != _set_up(main):
        return Ruling(
            f"runs the same image as {main.name}: they are equals", equal=True
        )
    return Ruling(f"does the same work as {main.name}, from the same image", equal=True)


def each_has_visitors(pair: Pair) -> Ruling | None:
    """Two that others reach from outside may well call each other, too.

    `graphql-server` and `auth-server` do, at localhost. That makes neither a helper.
    """
    main = pair.main.name
    visited = any(one.weight <= -0.7 and one.about for one in pair.by("peers"))
    if not visited or pair.helps >= 0 or pair.ties - {"localhost"}:
        return None
    why = f"is reached from outside, as {main} is: they are equals"
    return Ruling(why, equal=not pair.ties)


def one_of_a_whole_stack(pair: Pair) -> Ruling | None:
    """Where one image runs everything, its programs call each other as equals do."""
    all_alike = [one for one in pair.by("peers") if not one.about]
    if not all_alike or pair.helps >= 0 or pair.ties - {"localhost"}:
        return None
    return Ruling(all_alike[0].says, equal=True)


def told_the_same(pair: Pair) -> Ruling | None:
    """Two that are told the very same do the same work, if no files tie them.

    Where only a number parts their names, files that both write change nothing.
    """
    said = [[word.text for word in one.words] for one in (pair.box, pair.main)]
    copies = _unnumbered(pair.box.name) == _unnumbered(pair.main.name) != ""
    if len(said[0]) < 2 or said[0] != said[1]:
        return None
    if pair.ties - {"localhost"} and not copies:
        return None
    return Ruling(f"is told what {pair.main.name} is told: they are equals", equal=True)


def linked_by_name(pair: Pair) -> Ruling | None:
    """On a network where each has its own address, a link is a call to an equal.

    What the main program calls by name could run anywhere, unless it has the look of
    a helper.
    """
    main = pair.main.name
    calls = any(one.text == main for one in pair.box.waits_for)
    apart = "bridge-network" in pair.group.marks
    if not apart or calls or pair.helps > 0 or pair.ties != {"life-cycle"}:
        return None
    return Ruling(f"is what {main} calls by name, over a network")


def part_of_the_same_product(pair: Pair) -> Ruling | None:
    """A scheduler from the main one's image is the product's third program, no helper.

    Their words tell what each is to be: the worker, the web server, the scheduler.
    """
    box, main = pair.box, pair.main
    told = box.words and main.words and telling(box.name) == "scheduler"
    if pair.ties or pair.helps >= 1.5 or not told or not same_image(box, main):
        return None
    return Ruling(f"runs another program of the image of {main.name}: they are equals")


def nothing_speaks_for_it(pair: Pair) -> Ruling | None:
    """To be placed beside a program is not yet to serve it.

    Nor is to start before it, or to be called by what passes requests on, for what has
    the name of a main program.
    """
    ties = pair.ties
    if telling(pair.box.name) == MAIN and pair.helps < 0:
        faint = all(one.weight < CLEAR for one in pair.by("localhost"))
        ties = ties - ({"life-cycle", "localhost"} if faint else {"life-cycle"})
    if ties or pair.helps > 0:
        return None
    against = [
        one
        for one in pair.reasons
        if one.weight < 0 and one.feature != "test-fixture"  # says nothing of its part
    ]
    if against:
        most = min(against, key=lambda one: one.weight)
        return Ruling(most.says, equal=most.feature == "peers")
    return Ruling(f"has no tie to {pair.main.name}, and no name or image of a helper")


def tied_to_others(pair: Pair) -> Ruling | None:
    """One from the main one's image, with ties to others alone, is not there for it."""
    elsewhere = pair.tied_to and pair.main.name not in pair.tied_to
    if pair.helps > 0 or not elsewhere or not same_image(pair.box, pair.main):
        return None
    main = pair.main.name
    return Ruling(
        f"runs the same image as {main}, and has no tie to it: an equal", equal=True
    )


def has_a_helper_of_its_own(pair: Pair) -> Ruling | None:
    """What looks like a main program, and is tied to helpers alone, is whom they help.

    Neither it nor the main one is there for the other.
    """
    elsewhere = pair.tied_to and pair.main.name not in pair.tied_to
    served = all(apart(pair.found[name]) > 0 for name in pair.tied_to)
    if pair.loose or pair.helps >= 0 or not (elsewhere and served):
        return None
    helpers = ", ".join(sorted(pair.tied_to))
    why = f"is helped by {helpers}, and has no tie to {pair.main.name}"
    return Ruling(f"{why}: they are equals", "main")


def equal_at_the_same_files(pair: Pair) -> Ruling | None:
    """Programs with callers of their own, and stores, share files as equals do.

    In Kubernetes the two stand in one Pod, and there such a volume is made for both.
    """
    files = pair.ties == {"shared-volume"}
    faint = all(one.weight <= 0.3 for one in pair.by("shared-volume"))
    visited = any(one.weight <= -0.7 for one in pair.by("peers"))
    program = visited or role(pair.box, "sidecar") in STORES
    elsewhere = pair.group.platform not in PODS
    if pair.helps >= 0 or not (files and faint and program and elsewhere):
        return None
    return Ruling(f"works on the same files as {pair.main.name}, as its equal")


def _set_up(box: Container) -> set[str]:
    """Return the names of a container's settings."""
    return {one.text.partition("=")[0] for one in box.settings}


def _unnumbered(name: str) -> str:
    return re.sub(r"[-_]?(?:\d+|[a-d])$", "", name)
