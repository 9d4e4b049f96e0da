"""Containers that a Terraform module is handed, under whatever name it asks for them.

A module of somebody else's makes the unit. What the caller writes down is a list of
containers, or only those that are to run beside the module's own.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import yaml

from sidecar_spotter.model import Container, Group, Request, Stage, Text
from sidecar_spotter.readers import ecs
from sidecar_spotter.readers.common.fields import Fields, fold
from sidecar_spotter.readers.common.shapes import container
from sidecar_spotter.readers.common.values import Names, choices
from sidecar_spotter.readers.terraform.names import PARTS
from sidecar_spotter.tree import Node, entries, line, text, walk

COMMENTS = ("#", "//")
MOST = 5_000
"""Values of a module's arguments that are looked at."""
HELPERS = re.compile("sidecar|companion")
"""What the name of an argument for helpers holds."""
ADDED = re.compile(r"sidecar|companion|additional|extra|custom|other")
"""What the name of an argument holds that adds to a module's own containers."""
EARLY = re.compile(r"init")
PLATFORMS = (
    (re.compile(r"cloud-?run|google", re.IGNORECASE), "cloud-run"),
    (re.compile(r"container-?app|azure", re.IGNORECASE), "container-apps"),
    (re.compile(r"ecs|fargate|aws", re.IGNORECASE), "ecs"),
)
"""What a module's source says of the platform."""


def handed(label: Node, body: Node, names: Names, lines: list[str]) -> Iterator[Group]:
    """Yield the unit of the containers that the module *label* is handed."""
    top = Fields(body, names)
    source = top.say("source")
    found, of_ecs = _boxes(body, names, lines)
    if not found:
        return
    whole = any(not ADDED.search(field) for field, _ in found)
    boxes = [
        _as_helper(box, field) if HELPERS.search(field) else box for field, box in found
    ]
    platform = next((said for sign, said in PLATFORMS if sign.search(source)), "")
    platform = platform or ("ecs" if of_ecs else "")
    yield Group(
        "",
        line(label),
        platform or "kubernetes",
        "module",
        top.say("name") or text(label),
        tuple(boxes),
        marks=frozenset() if whole else frozenset({"partial"}),
    )


def helpers_of(body: Node, names: Names, lines: list[str]) -> Iterator[Container]:
    """Yield the containers that a module is handed in an argument for helpers."""
    found, _ = _boxes(body, names, lines)
    for field, box in found:
        if HELPERS.search(field):
            yield _as_helper(box, field)


def _boxes(
    body: Node, names: Names, lines: list[str]
) -> tuple[list[tuple[str, Container]], bool]:
    """Return what a module is handed, with its arguments, and whether it is of ECS."""
    found: list[tuple[str, Container]] = []
    of_ecs = False
    for field, value in _arguments(body):
        for node, condition in choices(_listed(value), names):
            one = Fields(node, names)
            if not (_has_image(one) or (HELPERS.search(field) and _runs(one))):
                continue
            stage: Stage = "init" if EARLY.search(field) else "run"
            if any(part in one for part in PARTS if part != "containername"):
                of_ecs = True
                task = ecs.task([(node, condition)], Fields(None, names), lines)
                boxes = list(task.containers)
            else:
                boxes = [
                    container(one, lines, COMMENTS, stage=stage, condition=condition)
                ]
            found += [(field, box) for box in boxes if box.name]
    return found, of_ecs


OF_APPS = ("template", "containers", "container", "image", "ingress")
"""Fields of which one stands beside the word for Dapr in what declares an app."""


def apps_with_dapr(label: Node, body: Node, kind: str) -> Iterator[Group]:
    """Yield the wish for Dapr's container of each app that *body* tells a module of.

    Modules for Azure Container Apps are handed maps of apps, which variables may have
    as their default.
    """
    left = MOST
    for node in walk(body):
        left -= 1
        if left < 0:
            return
        app = Fields(node)
        top = app.key("dapr")
        if top is None or not any(field in app for field in OF_APPS):
            continue
        dapr = app.under("dapr")
        if ("appid" in dapr or dapr.true("enabled")) and dapr.say("enabled") != "false":
            says = "asks the platform for Dapr's container: the app has a `dapr`"
            ask = Request("daprd", "app-runtime", line(top), says)
            name = app.say("name") or text(label)
            at = line(label)
            yield Group("", at, "container-apps", kind, name, requests=(ask,))


def _has_image(one: Fields) -> bool:
    return "image" in one or "containerimage" in one


def _runs(one: Fields) -> bool:
    """Whether a container has a command, and the module's own image."""
    return "name" in one and any(word in one for word in ("command", "args", "ports"))


def as_helpers(group: Group, name: Node) -> Group:
    """Return a unit whose containers a name calls sidecars."""
    boxes = tuple(_as_helper(box, text(name)) for box in group.containers)
    return replace(group, containers=boxes)


def _as_helper(box: Container, field: str) -> Container:
    return replace(box, notes=(*box.notes, Text(f"field: {field}", box.line)))


def _arguments(body: Node) -> Iterator[tuple[str, Node]]:
    """Yield name and value of each argument that could hold containers."""
    left = MOST
    for node in walk(body):
        left -= 1
        if left < 0:
            return
        for name, value in entries(node):
            folded = fold(text(name))
            if "container" in folded or HELPERS.search(folded):
                yield folded, value


def _listed(value: Node) -> Node:
    """Return a map of containers by their names as a list; all else as it is."""
    if not isinstance(value, yaml.MappingNode) or "image" in Fields(value):
        return value
    found: list[Node] = []
    for name, inner in entries(value):
        fields = Fields(inner)
        if isinstance(inner, yaml.MappingNode) and "image" in fields:
            named = yaml.ScalarNode("!string", "name", name.start_mark, None)
            own = [] if "name" in fields else [(named, name)]
            found.append(
                yaml.MappingNode(
                    inner.tag, [*own, *inner.value], inner.start_mark, None
                )
            )
    return yaml.SequenceNode("!list", found, value.start_mark, None)
