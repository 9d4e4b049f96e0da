"""What ties services of a file to each other."""

import re
from collections import defaultdict
from collections.abc import Iterable

from sidecar_spotter.model import Container, Mount, Text, Volume

TYING = ("named", "bind", "anonymous")
"""Kinds of volumes that tie: no place of the machine, and no file of settings."""
FOR_ONE = re.compile(r"--?app-channel-address(?:[= ]([\w.-]+))?$")
"""An option of a helper that names the one program which it is there for: Dapr's, where
it has a network of its own."""


def told_whom(boxes: list[Container], called: dict[str, str]) -> dict[str, Text]:
    """Return the helpers whose command says which service they are there for, and whom.

    *called* has the service of each name that a container was given.
    """
    names = {*called, *(box.name for box in boxes)}
    return {
        box.name: Text(called.get(said.text, said.text), said.line)
        for box in boxes
        if (said := _is_for(box)) is not None and said.text in names
    }


def _is_for(box: Container) -> Text | None:
    """Return the program that a helper's command says it is for, if it does."""
    option = False
    for word in box.words:
        if option:
            return word
        match = FOR_ONE.match(word.text)
        if match is not None and match[1]:
            return Text(match[1], word.line)
        option = match is not None
    return None


def sets_of(
    boxes: list[Container], told: dict[str, Text], volumes: dict[str, Volume]
) -> list[list[int]]:
    """Return the numbers of the *boxes* that belong together, set by set.

    Whoever lives under one roof is one unit, whatever files it shares with other units.
    """
    sets = _Sets(box.name for box in boxes)
    for box in boxes:
        for other in _joined(box):
            sets.unite(box.name, other)
    living = {name for box in boxes if box.joins for name in (box.name, *_joined(box))}
    roofs = {name: sets.of(name) for name in living & sets.up.keys()}
    for name, whom in told.items():
        sets.unite(whom.text, name)
    for first, *others in _writing(boxes, volumes):
        for other in others:
            roof = roofs.get(first)
            if roof is None or roofs.get(other) in (None, roof):
                sets.unite(first, other)
    together: dict[str, list[int]] = defaultdict(list)
    for number, box in enumerate(boxes):
        together[sets.of(box.name)].append(number)
    return list(together.values())


def _joined(box: Container) -> list[str]:
    """Return the services whose namespaces one joins."""
    return [join.text.partition(":")[2] for join in box.joins]


def _writing(boxes: list[Container], volumes: dict[str, Volume]) -> Iterable[list[str]]:
    """Yield the users of each volume that ties, where one of them may write."""
    users: dict[str, list[tuple[str, Mount]]] = defaultdict(list)
    for box in boxes:
        for mount in box.mounts:
            users[mount.volume].append((box.name, mount))
    for name, uses in users.items():
        ties = name not in volumes or volumes[name].kind in TYING
        if ties and not all(mount.read_only for _, mount in uses):
            yield [user for user, _ in uses]


class _Sets:
    """Which names belong together, as a union-find."""

    def __init__(self, names: Iterable[str]) -> None:
        self.up = {name: name for name in names}

    def of(self, name: str) -> str:
        while self.up[name] != name:
            self.up[name] = self.up[self.up[name]]
            name = self.up[name]
        return name

    def unite(self, one: str, other: str) -> None:
        if one in self.up and other in self.up:
            self.up[self.of(other)] = self.of(one)
