"""Shell scripts: manifests in here-documents, and commands that ask for a sidecar.

A label that `kubectl label` gives to a namespace asks for as much as the same label in
a manifest does. Nothing is run, and what a variable stands for stays unknown.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from sidecar_spotter import injectors
from sidecar_spotter.discover import form_of
from sidecar_spotter.look import Look
from sidecar_spotter.model import Group, Request, Text
from sidecar_spotter.readers import kubernetes
from sidecar_spotter.readers.here_documents import manifests
from sidecar_spotter.readers.lines import Lines
from sidecar_spotter.tree import Unreadable, documents, mend

MOST = 200
"""Commands of one script that are looked at."""
HINT = re.compile(rb"<<|\b(?:kubectl|oc)\b|--enable-dapr")

_BEGIN = r"(?:^|&&|\|\||[;|]|\b(?:then|do|else)\b)[ \t]*(?:sudo[ \t]+)?"
"""Where a command begins: not in a comment, nor in what `echo` prints."""
_ON = r"((?:[^\n|;&\\]|\\\n|\\.){1,1000})"
"""The rest of a command, with the lines on which it goes on."""
_COMMAND = re.compile(_BEGIN + r"(?:kubectl|oc)\b" + _ON, re.M)
_MARKS = re.compile(r"\s(?:label|annotate)\s+(?:--\S+\s+)*(ns\b|namespaces?\b)?")
_PAIR = re.compile(r"\s[\"']?([\w.-]{1,80}(?:/[\w.-]{1,80})?)=[\"']?([\w.-]{1,60})")
_PATCH = re.compile(r"\spatch\s.{0,400}?\s(?:-p|--patch)[ =]'(\{[^']{1,4000}\})'", re.S)
_DAPR = re.compile(
    _BEGIN
    + r"az\s+containerapp\b"
    + _ON.replace("{1,1000}", "{1,2000}?")
    + r"(--enable-dapr)(?:[ =]+(true|false))?\b",
    re.M,
)


def suits(path: str, data: bytes) -> bool:
    """Whether the file is a script that could deploy something."""
    return form_of(path) == "shell" and HINT.search(data) is not None


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the units in the here-documents of a script, and what it asks for."""
    text = data.decode("utf-8", "replace")
    rows = data.split(b"\n")
    for ahead, body in manifests(text):
        for before, part in documents(body.encode("utf-8", "replace")):
            if kubernetes.hinted(part):
                with suppress(Unreadable):
                    tree = mend(part, ahead + before, tell=False)
                    yield from kubernetes.units(path, tree, rows)
    yield from _asked(path, text)


def _asked(path: str, text: str) -> Iterator[Group]:
    """Yield what the commands of a script ask for, each by itself."""
    line = Lines(text).of
    asked: list[Request] = []
    for command in islice(_COMMAND.finditer(text), MOST):
        said, at = command[1], command.start(1)
        if marks := _MARKS.search(said):
            pairs = [
                (Text(one[1], line(at + one.start(1))), Text(one[2], line(at)))
                for one in _PAIR.finditer(said, marks.end() - 1)
            ]
            where = "namespace" if marks[1] else "workload"
            asked += injectors.requests(pairs, where)
        elif patch := _PATCH.search(said):
            yield from _patched(path, patch[1], line(at + patch.start(1)))
    for one in islice(_DAPR.finditer(text), MOST):
        wanted = one[3] != "false"
        says = "asks the platform for Dapr's container" if wanted else "asks for none"
        at = line(one.start(2))
        asked.append(
            Request("daprd", "app-runtime", at, f"{says}: --enable-dapr", wanted)
        )
    if asked:
        first = min(one.line for one in asked)
        yield Group(path, first, "kubernetes", "script", "", requests=tuple(asked))


def _patched(path: str, patch: str, at: int) -> Iterator[Group]:
    """Yield the units that a patch on a command line is about."""
    with suppress(Unreadable, ValueError):
        json.loads(patch)
        tree = mend(patch.encode("utf-8", "replace"), at - 1, tell=False)
        yield from kubernetes.units(path, tree, patch.encode().split(b"\n"))
