"""Amazon ECS: task definitions in JSON, YAML and CloudFormation.

A task is the unit: its containers are placed together. Terraform declares the same
fields in its own spelling, so its reader hands them to `task`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group
from sidecar_spotter.parse import documents_in, without_statements
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.readers.ecs.definitions import definitions
from sidecar_spotter.readers.ecs.documents import tree_or_template
from sidecar_spotter.readers.ecs.services import (
    balanced,
    by_definition,
    connect,
    connected,
    daemon,
)
from sidecar_spotter.readers.ecs.task import task
from sidecar_spotter.tree import Node, items, line

FORMS = ("json", "yaml", "template")

WORDS = (
    b"containerDefinitions",
    b"ContainerDefinitions",
    b"container_definitions",
    b"AWS::ECS::TaskDefinition",
    b"erviceConnectConfiguration",
)

ITEM = re.compile(rb"\s*,\s*\{")

PARTS = re.compile(
    rb'"(?:essential|portMappings|logConfiguration|mountPoints|containerPort)"'
)


def suits(path: str, data: bytes) -> bool:
    """Whether the file could hold a task definition, or a list of its containers."""
    if form_of(path) not in FORMS:
        return False
    if any(word in data for word in WORDS):
        return b"CustomResourceDefinition" not in data
    bare = data[:200].lstrip()[:1] == b"[" or _is_item(path, data)
    return bare and b'"image"' in data and PARTS.search(data) is not None


def _is_item(path: str, data: bytes) -> bool:
    """Whether a file is a template for an item of a list, with its comma in front."""
    return ".json" in path and path.endswith("tpl") and ITEM.match(data) is not None


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the task definitions of a file."""
    lines = data.decode("utf-8", "replace").split("\n")
    data = without_statements(data)
    if _is_item(path, data):
        yield from _item(path, data, lines)
        return
    for before, part in documents_in(data):
        tree = tree_or_template(part, before)
        if tree is not None and items(tree):
            yield from listed(path, tree, lines)
        for found in definitions(tree):
            yield found.group(path, lines)
        for group in connected(tree):
            yield replace(group, path=path)


def _item(path: str, data: bytes, lines: list[str]) -> Iterator[Group]:
    """Yield the container that a template adds to a list of another file."""
    tree = tree_or_template(data.replace(b",", b" ", 1))
    if tree is not None and "image" in Fields(tree):
        found = task([(tree, None)], Fields(None), lines)
        marks = found.marks | {"partial"}
        yield replace(found, path=path, line=line(tree), marks=marks)


def listed(path: str, tree: Node, lines: list[str]) -> Iterator[Group]:
    """Yield the task whose containers a file lists without anything around them."""
    boxes = [box for box in items(tree) if "image" in Fields(box)]
    if boxes:
        found = task([(box, None) for box in boxes], Fields(None), lines)
        yield replace(found, path=path, line=line(tree))


__all__ = (
    "balanced",
    "by_definition",
    "connect",
    "daemon",
    "listed",
    "read",
    "suits",
    "task",
    "tree_or_template",
)
