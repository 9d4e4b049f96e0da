"""The files of a checkout as a few texts: one holds a hundred thousand of them.

Files of a folder stay together, since a chart's templates read the same others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice

from sidecar_spotter.checkout.load import Entry

MOST = 20
"""Files of a folder that one process takes at a time."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some files of one folder, in order."""

    first: int
    """The number of the first file; the others follow."""
    folder: str
    """Its path, with a slash at its end; "" for the root."""
    names: str
    """The files' names, with the one sign between them that no name can have."""
    targets: tuple[str, ...]
    """Where they lead to, if there are links among them."""

    def __len__(self) -> int:
        """Return how many files these are."""
        return self.names.count("/") + 1

    def __iter__(self) -> Iterator[tuple[int, Entry]]:
        """Yield each file with its number."""
        for place, name in enumerate(self.names.split("/")):
            target = self.targets[place] if self.targets else ""
            yield self.first + place, Entry(self.folder + name, target)


def batches(entries: Iterable[Entry]) -> Iterator[Batch]:
    """Yield *entries* in batches."""
    first = 0
    for folder, files in groupby(entries, lambda one: _folder(one.path)):
        while some := list(islice(files, MOST)):
            names = "/".join(one.path[len(folder) :] for one in some)
            links = any(one.target for one in some)
            targets = tuple(one.target for one in some) if links else ()
            yield Batch(first, folder, names, targets)
            first += len(some)


def _folder(path: str) -> str:
    return path[: path.rfind("/") + 1]
