"""Jenkins: pods whose manifests stand as text in a Jenkinsfile or other Groovy code.

The pod of an agent is written there as YAML between three quotes. The older way is a
list of calls, `containerTemplate(name: 'docker', image: 'docker:dind')`: those that
follow one another are the containers of one pod.

https://github.com/jenkinsci/kubernetes-plugin/blob/master/README.md
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Container, Group, Text
from sidecar_spotter.parse import mend
from sidecar_spotter.readers import kubernetes
from sidecar_spotter.readers.common.lines import Lines
from sidecar_spotter.tree import Unreadable

TEXT = re.compile(
    r"'''([^']*(?:'(?!'')[^']*)*)'''|\"\"\"([^\"]*(?:\"(?!\"\")[^\"]*)*)\"\"\""
)
CALL = re.compile(r"\bcontainerTemplate\s*\(([^()]{0,4000})")
PAIR = re.compile(r"\b(name|image|command|args)\s*:\s*(?:'([^'\n]*)'|\"([^\"\n]*)\")")
BETWEEN = re.compile(r"[\s),\]]*")
"""What may stand between two calls of one list."""
MOST = 200
"""Texts and calls of one file that are looked at."""


def suits(path: str, data: bytes) -> bool:
    """Whether the file is Groovy code that could hold a pod."""
    return form_of(path) == "jenkins" and (
        b"containers:" in data or b"containerTemplate" in data
    )


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the pods in a file."""
    code = data.decode("utf-8", "replace")
    lines = data.split(b"\n")
    line = Lines(code).of
    for match in islice(TEXT.finditer(code), MOST):
        inside = match[1] if match[1] is not None else match[2]
        if "containers:" in inside:
            with suppress(Unreadable):
                before = line(match.start()) - 1
                tree = mend(inside.encode("utf-8", "replace"), before)
                yield from kubernetes.units(path, tree, lines)
    boxes: list[Container] = []
    last = 0
    for match in islice(CALL.finditer(code), MOST):
        if boxes and not BETWEEN.fullmatch(code, last, match.start()):
            yield from _unit(path, boxes)
            boxes = []
        boxes.append(_container(match, line))
        last = match.end()
    yield from _unit(path, boxes)


def _unit(path: str, boxes: list[Container]) -> Iterator[Group]:
    if len(boxes) > 1:
        kind = "podTemplate"
        yield Group(path, boxes[0].line, "kubernetes", kind, "", tuple(boxes))


def _container(call: re.Match[str], line: Callable[[int], int]) -> Container:
    """Return the container that a call declares, by its named arguments."""
    said: dict[str, Text] = {}
    for match in PAIR.finditer(call[1]):
        at = call.start(1) + match.start()
        said.setdefault(match[1], Text(match[2] or match[3] or "", line(at)))
    name = said.get("name")
    words = tuple(said[one] for one in ("command", "args") if one in said)
    return Container(
        name=name.text if name else "",
        line=name.line if name else line(call.start()),
        image=said.get("image"),
        words=words,
    )
