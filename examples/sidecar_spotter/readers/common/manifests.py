"""Manifests that stand as text in a program."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from sidecar_spotter.model import Group
from sidecar_spotter.parse import mend
from sidecar_spotter.readers import kubernetes
from sidecar_spotter.tree import Unreadable

MOST = 20
"""Texts of one file that are read."""
WORD = "containers:"
"""What is in every text that is worth to be composed."""
BEGINS = re.compile(
    r"\s*(?:(?:#.*)?\n|---.*\n)*\s*(?:apiVersion|kind|metadata|spec|containers):"
)
"""How a manifest begins; a text about one, such as a comment, has words before it."""
PATCHES = re.compile(
    r"\s*\[\s*\{\s*\"(?:op|path)\"[^\[\]{}]{0,200}/spec/(?:template/spec/)?\w{0,20}ontainers"
)
"""How a JSON patch begins that adds containers."""


def units(path: str, code: str, texts: Iterable[tuple[int, str]]) -> Iterator[Group]:
    """Yield the units in *texts*, each with the line on which it begins in *code*."""
    told = (
        (at, said)
        for at, said in texts
        if (WORD in said and BEGINS.match(said)) or PATCHES.match(said)
    )
    lines: list[bytes] = []
    for at, said in islice(told, MOST):
        lines = lines or code.encode("utf-8", "replace").split(b"\n")
        with suppress(Unreadable):
            tree = mend(said.encode("utf-8", "replace"), at - 1, tell=False)
            for group in kubernetes.units(path, tree, lines):
                yield replace(group, marks=group.marks | {"code", "embedded"})
