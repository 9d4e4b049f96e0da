"""Run files of Dapr: programs of one machine, each with a sidecar of its own.

`dapr run -f` reads such a file, and starts a `daprd` beside each program in its list.

https://docs.dapr.io/developing-applications/local-development/multi-app-dapr-run/
"""

from collections.abc import Iterator

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group, Request
from sidecar_spotter.parse import documents_in
from sidecar_spotter.readers.common.fields import Fields, tree_of
from sidecar_spotter.tree import line

FOLDER = "appDirPath"
"""The field that each program of the list must have."""


def suits(path: str, data: bytes) -> bool:
    """Whether the file could be a run file."""
    return FOLDER.encode() in data and b"apps:" in data


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield a unit for each program that a file runs."""
    for before, part in documents_in(data):
        tree = tree_of(part, before)
        if tree is None:
            continue
        for app in Fields(tree).mappings("apps"):
            place = app.key(FOLDER.lower())
            if place is None:
                continue
            named = app.key("appid")
            first = line(named or place)
            says = (
                "is started beside the program, as `dapr run` does for each of `apps`"
            )
            ask = Request("daprd", "app-runtime", first, says)
            name = app.say("appid") or app.say(FOLDER.lower()).rstrip("/")
            name = name.rpartition("/")[2]
            yield Group(path, first, "dapr", "run file", name, requests=(ask,))
