"""Bicep: container apps and container groups of Azure, and modules that make them."""

import re
from collections.abc import Iterator
from dataclasses import replace

import yaml

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group, Request
from sidecar_spotter.readers.bicep.calls import handed
from sidecar_spotter.readers.bicep.modules import wishes
from sidecar_spotter.readers.bicep.names import declared, fills
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.readers.common.values import Names, choices, say
from sidecar_spotter.readers.container_apps import app, site
from sidecar_spotter.readers.hcl import bicep
from sidecar_spotter.tree import Node, entries, line, text

HINT = re.compile(
    rb"\bcontainers\b|\bdaprEnabled\b|\bdaprSidecar\b|/sitecontainers@", re.IGNORECASE
)
CALL = re.compile(rb"^module\s[^\n]*\.bicep'", re.MULTILINE)
ON = re.compile(rb":\s*true\b")
"""A module of the same checkout is called, and something is switched on in the file."""
HANDED = re.compile(rb"^module\s", re.MULTILINE), re.compile(rb"\bimage\s*:")
"""A module is called, and something has an image: it may be handed a container."""
KIND = re.compile(
    r"Microsoft\.App/(?:containerApps|jobs)|Microsoft\.ContainerInstance/|container",
    re.IGNORECASE,
)


def suits(path: str, data: bytes) -> bool:
    """Whether the file could hold a container app or a container group."""
    if not path.lower().endswith(".bicep"):
        return False
    calls = CALL.search(data) is not None and ON.search(data) is not None
    calls = calls or all(sign.search(data) is not None for sign in HANDED)
    return calls or HINT.search(data) is not None


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the container apps and container groups of a file."""
    lines = data.decode("utf-8", "replace").split("\n")
    tree = bicep(data)
    names = declared(tree)
    yield from site(path, list(_typed(tree, names)), lines, ("//",))
    for field, value in entries(tree):
        if text(field) not in ("resource", "module"):
            continue
        for symbol, typed in entries(value):
            for kind, body in entries(typed):
                for one, _ in choices(body, names):
                    given = Fields(one, names)
                    yield from wishes(path, symbol, text(kind), given, look)
                    units = list(_units(path, symbol, text(kind), given, lines))
                    for unit in units:
                        asked = fills(tree, one, names) if unit.containers else ()
                        yield replace(unit, requests=(*unit.requests, *asked))
                    if text(field) == "module" and not units:
                        yield from handed(path, symbol, text(kind), given, lines, look)


def _units(
    path: str, symbol: Node, kind: str, given: Fields, lines: list[str]
) -> Iterator[Group]:
    """Yield the units that a resource or a module of this *kind* declares."""
    if given.node is None or KIND.search(kind) is None:
        return
    yield from _of_radius(path, symbol, given)
    name = say(given.get("name")) or text(symbol)
    sort = kind.split("@")[0]
    first = line(symbol)
    yield from app(path, first, sort, name, given.node, lines, ("//",), given.names)


def _typed(tree: Node, names: Names) -> Iterator[Fields]:
    """Yield the fields of each resource with its type among them, as ARM has it."""
    for field, value in entries(tree):
        for _, typed in entries(value) if text(field) == "resource" else ():
            for kind, body in entries(typed):
                for one, _ in choices(body, names):
                    top = yaml.ScalarNode("!string", "type", kind.start_mark, None)
                    whole = [(top, kind), *entries(one)]
                    node = yaml.MappingNode("!block", whole, one.start_mark, None)
                    yield Fields(node, names)


def _of_radius(path: str, symbol: Node, fields: Fields) -> Iterator[Group]:
    """Yield the wish for a Dapr container that an extension of Radius is.

    https://docs.radapp.io/reference/resource-schema/core-schema/container-schema/
    """
    for node in fields.under("properties").each("extensions"):
        extension = Fields(node)
        if extension.say("kind").lower() != "daprsidecar":
            continue
        says = "asks Radius for Dapr's container, by an extension of the application"
        top = extension.key("kind") or node
        ask = Request("daprd", "app-runtime", line(top), says)
        name = fields.say("name") or text(symbol)
        yield Group(path, line(symbol), "radius", "container", name, requests=(ask,))
