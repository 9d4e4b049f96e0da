"""Drop from a List of Kubernetes what can hold nothing to report.

A cluster's backup is one document with hundreds of objects. To compose them all takes
longer than a file may, and most of them deploy one program, or none.
"""

import re
from collections.abc import Callable

WORTH = 100_000
"""Bytes of a List from which on it takes longer to compose than to look into."""

_LIST = re.compile(rb"^kind: *[\"']?\w*List\b", re.MULTILINE)
_ITEMS = re.compile(rb"^items: *\n(?=- )", re.MULTILINE)
_END = re.compile(rb"^[^- \n#]", re.MULTILINE)
_ITEM = re.compile(rb"^- ", re.MULTILINE)
_DEPLOYS = re.compile(rb"^  kind: *Deployment$", re.MULTILINE)
_OWNED = re.compile(
    rb"^  ownerReferences:\n(?:  .*\n){0,9}?  [- ] kind: *Deployment$", re.MULTILINE
)
_KIND = re.compile(rb"^kind: *[\"']?(\w+)", re.MULTILINE)


def sift_list(document: bytes, holds: Callable[[bytes], bool]) -> bytes:
    """Return a document, with the objects emptied that hold nothing if it is a List.

    *holds* tells of a document in small letters whether it could hold something.
    Services stay, as they tell which ports of others are reached.
    """
    if len(document) < WORTH or not _LIST.search(document):
        return document
    begin = _ITEMS.search(document)
    if begin is None:
        return document
    end = _END.search(document, begin.end())
    last = end.start() if end else len(document)
    starts = [one.start() for one in _ITEM.finditer(document, begin.end(), last)]
    objects = [
        document[start:stop]
        for start, stop in zip(starts, [*starts[1:], last], strict=True)
    ]
    deploys = _DEPLOYS.search(document) is not None
    return b"".join(
        (
            document[: begin.end()],
            *(
                one if _stays(_alone(one), holds, deploys) else b"\n" * one.count(b"\n")
                for one in objects
            ),
            document[last:],
        )
    )


def _alone(item: bytes) -> bytes:
    """Return an object as it would stand in a file of its own."""
    return item[2:].replace(b"\n  ", b"\n")


def _stays(item: bytes, holds: Callable[[bytes], bool], deploys: bool) -> bool:
    """Whether an object could hold something that no other object of its List has.

    That *deploys* if there are Deployments in it, which the cluster's own ReplicaSets
    repeat, as they are or as they were.
    """
    kind = _KIND.search(item)
    if kind is not None and kind[1] == b"Service":
        return True
    if deploys and kind is not None and kind[1] == b"ReplicaSet":
        return _OWNED.search(item) is None and holds(item.lower())
    return holds(item.lower())
