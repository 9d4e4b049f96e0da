"""Scripts of a shell, of PowerShell, of Windows and of make: what they deploy.

Manifests in here-documents, patches on command lines, `commands` that ask for a
sidecar, and `runs` of containers side by side. Nothing is run, and what a variable
stands for stays unknown. `lines` finds where a command begins.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group
from sidecar_spotter.parse import documents_in, mend
from sidecar_spotter.readers import kubernetes
from sidecar_spotter.readers.common.here_documents import manifests
from sidecar_spotter.readers.common.lines import Lines
from sidecar_spotter.readers.shell import commands, runs
from sidecar_spotter.tree import Unreadable

MOST = 200
"""Patches of one script that are looked at."""
HINT = re.compile(
    rb"<<|\b(?:kubectl|oc)\b|" + commands.HINT.pattern + rb"|" + runs.HINT.pattern
)

_COMMAND = re.compile(
    # Where a command begins: not in a comment, nor in what `echo` prints. One that goes
    # on in the next line is read but once.
    r"(?:^|&&|\|\||[;|]|\b(?:then|do|else)\b)[ \t]*(?:sudo[ \t]+)?(?:kubectl|oc)\b"
    r"(?:[^\n|;&\\'\"]++|\\[\s\S]|'[^']{0,4000}'"
    r"|\"(?:[^\"\\]|\\[\s\S]){0,4000}\"){0,200}+",
    re.MULTILINE,
)
_PATCH = re.compile(
    r"\spatch\s(?:.|\n){0,400}?\s(?:-p|--patch)[ =]'(\{[^']{1,4000}\})'"
)


def suits(path: str, data: bytes) -> bool:
    """Whether the file is a script that could deploy something."""
    return HINT.search(data) is not None


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the units in the here-documents of a script, and what it asks for."""
    text = data.decode("utf-8", "replace")
    rows = data.split(b"\n")
    for ahead, body in manifests(text):
        for before, part in documents_in(body.encode("utf-8", "replace")):
            if kubernetes.hinted(part):
                with suppress(Unreadable):
                    tree = mend(part, ahead + before, tell=False)
                    yield from kubernetes.units(path, tree, rows)
    yield from _patched(path, text)
    yield from commands.units(path, text)
    if runs.HINT.search(data) is not None:
        yield from runs.units(path, text)


def _patched(path: str, text: str) -> Iterator[Group]:
    """Yield the units that the patches on command lines are about."""
    line = Lines(text).of
    found = (_PATCH.search(text, *one.span()) for one in _COMMAND.finditer(text))
    for command in islice(filter(None, found), MOST):
        patch = command[1].encode("utf-8", "replace")
        with suppress(Unreadable, ValueError):
            json.loads(patch)
            tree = mend(patch, line(command.start(1)) - 1, tell=False)
            yield from kubernetes.units(path, tree, patch.split(b"\n"))
