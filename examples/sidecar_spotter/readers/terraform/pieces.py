"""Containers that wait in a name for a unit which another file has."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from sidecar_spotter.model import Group, Text
from sidecar_spotter.readers import ecs
from sidecar_spotter.readers.common.fields import Fields, fold
from sidecar_spotter.readers.common.loops import FOR
from sidecar_spotter.readers.common.values import say
from sidecar_spotter.readers.hcl import labeled
from sidecar_spotter.readers.terraform import modules
from sidecar_spotter.readers.terraform import names as module_names
from sidecar_spotter.readers.terraform.file import COMMENTS, LEVELS, TEXTS, File
from sidecar_spotter.readers.terraform.services import boxes_of
from sidecar_spotter.tree import Node, entries, items, line, text, walk

_TOLD = re.compile(r"container|sidecar", re.IGNORECASE)
"""What the name of a local says that holds a container, whatever fields this has."""


def pieces(file: File) -> Iterator[Group]:
    """Yield the containers that wait in names for a task of another file."""
    for block, value in entries(file.tree):
        if text(block) == "locals":
            for name, node in entries(value):
                helps = "sidecar" in fold(text(name))
                boxes = list(_definitions(file, node, any_=_TOLD.search(text(name))))
                for group in _piece(file, name, "locals", boxes):
                    yield modules.as_helpers(group, name) if helps else group
    for name, body in labeled(file.tree, "variable"):
        default = Fields(body).get("default")
        if default is not None and _TOLD.search(text(name)):
            helps = "sidecar" in fold(text(name))
            boxes = list(_definitions(file, default, any_=_TOLD.search(text(name))))
            for group in _piece(file, name, "variable", boxes):
                yield modules.as_helpers(group, name) if helps else group
    for name, body in labeled(file.tree, "module"):
        if module_names.is_container(Fields(body)):
            boxes = [(body, None)] if id(body) not in file.taken else []
            yield from _piece(file, name, "module", boxes)


def ended_in(tree: Node | None) -> Iterator[str]:
    """Yield the containers for whose end others of the file wait."""
    for node in walk(tree):
        fields = Fields(node)
        if "condition" in fields and fields.say("condition") in ("SUCCESS", "COMPLETE"):
            yield fields.say("containername")


def _piece(
    file: File, name: Node, kind: str, boxes: list[tuple[Node, Text | None]]
) -> Iterator[Group]:
    if boxes:
        found = ecs.task(boxes, Fields(None, file.names), file.lines, COMMENTS)
        whole = kind == "locals" and _is_all(file, text(name))
        yield replace(
            found,
            path=file.path,
            line=line(name),
            kind=kind,
            name=text(name),
            marks=found.marks if whole else found.marks | {"partial"},
        )


def _is_all(file: File, name: str) -> bool:
    """Whether a task of the same module, a folder, has no containers but these."""
    all_of_it = re.compile(
        rb"^\s*container_definitions\s*=\s*(?:jsonencode\(\s*)?local\.%s\b[\s)]*$"
        % re.escape(name.encode()),
        re.MULTILINE,
    )
    return any(
        all_of_it.search(file.look(other) or b"") is not None
        for other in file.look.names(posixpath.dirname(file.path))[
            : module_names.SIBLINGS
        ]
        if other.endswith(".tf") and other != file.path
    )


def _definitions(
    file: File, node: Node, *, any_: re.Match[str] | None
) -> Iterator[tuple[Node, Text | None]]:
    """Yield what declares a container below *node*, unless a task has taken it.

    What a loop gives has the loop as its condition. *any_* is where a name tells that
    it is one without a field of Amazon ECS.
    """
    waiting: list[tuple[Node, Text | None]] = [(node, None)]
    while waiting:
        one, condition = waiting.pop()
        fields = Fields(one)
        image = "image" in fields or "containerimage" in fields
        named = "name" in fields or "containername" in fields
        sure = any_ or any(part in fields for part in module_names.PARTS)
        if image and named and sure:
            if id(one) not in file.taken:
                yield one, condition
            continue
        if one.tag == FOR:
            condition = condition or Text(say(items(one)[0]), line(one))
        below = items(one) or [value for _, value in entries(one)]
        waiting += [(each, condition) for each in reversed(below)]


def overlays(file: File) -> Iterator[Group]:
    """Yield the pods that an output hands on, as a module does that adds to one."""
    for name, body in labeled(file.tree, "output"):
        for node in islice(walk(body), TEXTS * LEVELS):
            unit = Fields(node, file.names)
            if "initcontainers" in unit or "containers" in unit:
                boxes = tuple(box for box in boxes_of(file, unit) if box.image)
                marks = frozenset(("partial",))
                if boxes:
                    at, said = line(name), text(name)
                    yield Group(
                        file.path, at, "kubernetes", "output", said, boxes, marks=marks
                    )
                    break
