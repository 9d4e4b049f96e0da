"""What the tests of the readers share: a made-up checkout, and questions about it."""

from textwrap import dedent

import pytest
from sidecar_spotter.model import Container, Finding, Group
from sidecar_spotter.readers import read
from sidecar_spotter.tree import Unreadable
from sidecar_spotter.verdict import judge


class Files(dict[str, str]):
    """Stands for a checkout: texts by their paths."""

    def __call__(self, path: str) -> bytes | None:
        return self[path].encode() if path in self else None

    def names(self, folder: str) -> list[str]:
        return sorted(path for path in self if path.rpartition("/")[0] == folder)

    def below(self, folder: str) -> list[str]:
        return sorted(path for path in self if path.startswith(f"{folder}/"))


def units(path: str, text: str, files: dict[str, str] | None = None) -> list[Group]:
    """Return the units of a file, which lies in a checkout with *files*.

    What is tied to nothing is left out, as in the scan of a folder.
    """
    checkout = Files(files or {})
    checkout[path] = dedent(text)
    found = read(path, checkout[path].encode(), checkout)
    return [group for group in found if "untied" not in group.marks]


def unit(path: str, text: str, files: dict[str, str] | None = None) -> Group:
    """Return the only unit of a file."""
    (found,) = units(path, text, files)
    return found


def box(group: Group, name: str) -> Container:
    """Return the container of that name."""
    return next(box for box in group.containers if box.name == name)


def names(group: Group) -> list[str]:
    """Return the names of a unit's containers."""
    return [box.name for box in group.containers]


def refuses(path: str, text: str) -> str:
    """Return why a file cannot be read."""
    with pytest.raises(Unreadable) as refusal:
        units(path, text)
    return str(refusal.value)


def judged(path: str, text: str) -> dict[str, Finding]:
    """Return what the verdict says of the only unit of a file, by container."""
    return {one.name: one for one in judge(unit(path, text)).findings}
