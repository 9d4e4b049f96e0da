"""The other files of a workload's folder, in which a part of it may stand."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.parse import documents_in, mend
from sidecar_spotter.tree import Node, Unreadable

SIBLINGS = 30
"""Files of the folder that are looked at."""

Compose = Callable[[bytes], Node | None]
"""Composes a document: that of a template as its reader does."""


def plain(document: bytes) -> Node | None:
    """Return the tree of a document, or None where it is no YAML."""
    with suppress(Unreadable):
        return mend(document, tell=False)
    return None


def siblings(path: str, look: Look) -> Iterator[bytes]:
    """Yield what the YAML files beside the one at *path* say."""
    names = look.names(path.rpartition("/")[0])
    others = (one for one in names if one.endswith((".yaml", ".yml")))
    for name in islice(others, SIBLINGS):
        data = look(name) if name != path else None
        if data is not None:
            yield data


def of_kind(kind: str, data: bytes, tree: Compose = plain) -> Iterator[Node | None]:
    """Yield the documents in a file that say that they are of a kind."""
    says = re.compile(rb"^kind: *[\"']?%s\b" % kind.encode(), re.MULTILINE)
    if says.search(data):
        for _, document in documents_in(data):
            if says.search(document):
                yield tree(document)
