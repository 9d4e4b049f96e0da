"""Azure Container Apps and Container Instances, in YAML and ARM templates.

A revision of a container app is the unit, as is a container group: its containers are
placed together and share localhost. `dapr` makes the platform add a container.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Container, Group, Port, Request, Text
from sidecar_spotter.parse import documents_in
from sidecar_spotter.readers.common.fields import Fields, fold, number
from sidecar_spotter.readers.common.shapes import container, volumes
from sidecar_spotter.readers.common.values import Names, choices
from sidecar_spotter.readers.ecs import tree_or_template
from sidecar_spotter.tree import Node, entries, items, line, text, walk

FILES = re.compile(r"\.(?:ya?ml|json|jsonc)$", re.IGNORECASE)
KINDS = re.compile(
    r"Microsoft\.App/(?:containerApps|jobs)|Microsoft\.ContainerInstance/"
    r"|Microsoft\.Web/sites/sitecontainers",
    re.IGNORECASE,
)
FOREIGN = re.compile(rb"^(?:apiVersion|kind):[ \t]*\S", re.MULTILINE)
"""Kubernetes' own words, at the top of a document."""
SITE = re.compile(r"Microsoft\.Web/sites/sitecontainers", re.IGNORECASE)
"""A container of a web app of Azure App Service, a resource for each."""
WORDS = (
    b"Microsoft.App/",
    b"/sitecontainers",
    b"Microsoft.ContainerInstance/",
    b"nvironmentId",
)


def suits(path: str, data: bytes) -> bool:
    """Whether the file could hold a container app or a container group."""
    return (
        FILES.search(path) is not None
        and b"containers" in data
        and any(word in data for word in WORDS)
        and FOREIGN.search(data) is None
    )


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the container apps and container groups of a file."""
    lines = data.decode("utf-8", "replace").split("\n")
    for before, part in documents_in(data):
        tree = tree_or_template(part, before)
        resources = list(_resources(tree))
        yield from site(path, [Fields(node) for node in resources], lines, ("#",))
        for node in resources or ([tree] if tree is not None else []):
            fields = Fields(node)
            kind = fields.say("type") or "container app"
            first = line(fields.key("name", "type") or node)
            yield from app(path, first, kind, fields.say("name"), node, lines, ("#",))


def _resources(tree: Node | None) -> Iterator[Node]:
    """Yield the resources of an ARM template that hold containers."""
    waiting = [tree] if tree is not None else []
    while waiting:
        node = waiting.pop()
        fields = [text(name) for name, _ in entries(node)]
        if "type" in fields and "properties" in fields and _is_app(node):
            yield node
        else:
            waiting += reversed(items(node) or [value for _, value in entries(node)])


def _is_app(node: Node) -> bool:
    return KINDS.search(Fields(node).say("type")) is not None


def app(
    path: str,
    first: int,
    kind: str,
    name: str,
    body: Node,
    lines: list[str],
    signs: tuple[str, ...],
    names: Names | None = None,
) -> Iterator[Group]:
    """Yield the unit that the *body* of a resource declares, if it does.

    *first* is its line; *signs* begin a comment of the file; *names* are what its
    file's names stand for.
    """
    place = next((node for node in walk(body) if _has_containers(node)), None)
    if place is None:
        return
    fields = Fields(place, names)
    boxes = [
        container(Fields(node, names), lines, signs, stage="init", condition=condition)
        for node, condition in fields.choices(
            "initcontainers", "initcontainerstemplate"
        )
    ]
    boxes += [
        container(Fields(node, names), lines, signs, condition=condition)
        for node, condition in fields.choices("containers")
        if next(entries(node), None) is not None
    ]
    group = "ContainerInstance" in kind or "container-group" in kind
    yield Group(
        path,
        first,
        "container-instances" if group else "container-apps",
        kind,
        name,
        tuple(boxes),
        tuple(volumes(fields, "volumes")),
        tuple(_dapr(body)),
        served=tuple(_ingress(body)),
    )


def site(
    path: str, resources: list[Fields], lines: list[str], signs: tuple[str, ...]
) -> Iterator[Group]:
    """Yield the unit of each web app for which *resources* declare containers.

    One of them says `isMain`; the others are its sidecars, in Azure's own words.
    https://learn.microsoft.com/azure/app-service/configure-sidecar
    """
    apps: dict[str, list[Container]] = {}
    for one in resources:
        inner = one.under("properties")
        if SITE.search(one.say("type")) is None or "image" not in inner:
            continue
        box = container(one, lines, signs)
        whose, _, name = one.say("name").rpartition("/")
        ports = (
            (Port(number(port), "", line(port)),)
            if (port := inner.get("targetport")) is not None
            else ()
        )
        box = replace(box, name=name or box.name, ports=ports)
        main = inner.said("ismain")
        if main is not None and main.text.lower() == "false":
            box = replace(
                box, notes=(*box.notes, Text("field: isMain: false", main.line))
            )
        apps.setdefault(one.say("parent") or whose, []).append(box)
    for whose, boxes in apps.items():
        noted = all(_is_beside(box) for box in boxes)
        yield Group(
            path,
            boxes[0].line,
            "app-service",
            "web app",
            whose,
            tuple(boxes),
            marks=frozenset({"partial"} if noted else ()),
        )


def _is_beside(box: Container) -> bool:
    return any(note.text.startswith("field: ") for note in box.notes)


def _has_containers(node: Node) -> bool:
    return any(
        text(name) == "containers" and (items(value) or text(value))
        for name, value in entries(node)
    )


def _dapr(body: Node) -> Iterator[Request]:
    """Yield the wish for a Dapr container, or the word against it."""
    for node in walk(body):
        for name, value in entries(node):
            if text(name) != "dapr":
                continue
            asked = [
                (one, condition)
                for one, condition in choices(value, Names())
                if {"enabled", "appid"} & {fold(text(key)) for key, _ in entries(one)}
            ]
            # Of two sides of a condition the one counts that could add it.
            asked.sort(key=lambda pair: Fields(pair[0]).say("enabled") == "false")
            for one, condition in asked[:1]:
                yield _asks(name, Fields(one), condition.text if condition else "")


def _asks(name: Node, fields: Fields, condition: str) -> Request:
    said = fields.say("enabled") or "true"
    wanted = said.lower() != "false"
    condition = condition or ("" if said.lower() == "true" else said)
    says = "asks the platform for Dapr's container: `dapr` is enabled"
    if not wanted:
        says = "asks for no Dapr container: `dapr` is not enabled"
    elif condition:
        says = f"asks the platform for Dapr's container, where {condition} holds"
    top = fields.key("enabled") or name
    return Request("daprd", "app-runtime", line(top), says, wanted)


def _ingress(body: Node) -> Iterator[int]:
    for node in walk(body):
        for name, value in entries(node):
            if text(name) in ("ingress", "ingressTargetPort"):
                port = number(Fields(value).get("targetport")) or number(value)
                if port is not None:
                    yield port
