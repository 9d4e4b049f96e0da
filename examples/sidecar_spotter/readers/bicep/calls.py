"""Containers that a module of Bicep is handed, to run beside its own.

A module of the same checkout is looked into: it has to put what it is handed among the
containers of its application. Of any other, the parameter's name tells.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import yaml

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Container, Group, Text
from sidecar_spotter.readers.bicep.modules import module
from sidecar_spotter.readers.bicep.names import declared, joined
from sidecar_spotter.readers.common.fields import Fields, fold
from sidecar_spotter.readers.common.shapes import container
from sidecar_spotter.readers.common.values import (
    EXPRESSION,
    Names,
    choices,
    resolve,
    say,
)
from sidecar_spotter.readers.container_apps import KINDS, app
from sidecar_spotter.readers.hcl import bicep
from sidecar_spotter.tree import Node, Unreadable, entries, line, moved, text

HELPERS = ("sidecar", "companion")
"""What the name of a parameter for helpers holds."""

Given = dict[str, list[Container]]
"""The containers that a call hands over, by parameter."""


def handed(
    path: str, symbol: Node, where: str, fields: Fields, lines: list[str], look: Look
) -> Iterator[Group]:
    """Yield the unit of the module at *where*, with the containers it is handed.

    The module's own stand on the line of the call, *symbol*.
    """
    params = fields.under("params")
    given = _given(params, lines)
    called = fields.say("name") or text(symbol)
    tree = _module(path, where, look) if given else None
    if tree is None:
        yield from _by_name(path, symbol, called, given)
        return
    names = _names(tree, params, given)
    for kind, body in _apps(tree):
        lists = joined(body, names)
        more = [box for name in given if name in lists for box in given[name]]
        if not more:
            continue
        here = moved(body, line(symbol))
        name = say(Fields(here, names).get("name"))
        name = name if name and "${" not in name else called
        for one in app(path, line(symbol), kind, name, here, [], (), names):
            # What the module asks the platform for is told where it says so.
            boxes = (*one.containers, *more)
            yield replace(one, kind="module", containers=boxes, requests=())


def _by_name(path: str, symbol: Node, called: str, given: Given) -> Iterator[Group]:
    """Yield the helpers of a module that cannot be looked into."""
    boxes = tuple(box for name in given if _helps(name) for box in given[name])
    if boxes:
        marks = frozenset({"partial"})
        at, platform = line(symbol), "container-apps"
        yield Group(path, at, platform, "module", called, boxes, marks=marks)


def _given(params: Fields, lines: list[str]) -> Given:
    """Return the containers among what a call hands over."""
    found: Given = {}
    for key, value in entries(params.node):
        name = text(key)
        for node, condition in choices(value, params.names):
            one = Fields(node, params.names)
            if "image" in one and "name" in one:
                box = container(one, lines, ("//",), condition=condition)
                if _helps(name):
                    note = Text(f"field: {name}", box.line)
                    box = replace(box, notes=(*box.notes, note))
                found.setdefault(name, []).append(box)
    return found


def _helps(name: str) -> bool:
    return any(word in fold(name) for word in HELPERS)


def _module(path: str, where: str, look: Look) -> Node | None:
    """Return the tree of a module of the same checkout that makes applications."""
    data = module(path, where, look)
    tree = _read(data) if data is not None else None
    return tree if tree is not None and any(_apps(tree)) else None


@lru_cache(maxsize=32)
def _read(data: bytes) -> Node | None:
    try:
        return bicep(data)
    except Unreadable:
        return None  # its own report says why


def _apps(tree: Node) -> Iterator[tuple[str, Node]]:
    """Yield type and body of each application that a module makes."""
    for field, value in entries(tree):
        for _, typed in entries(value) if text(field) == "resource" else ():
            for kind, body in entries(typed):
                if KINDS.search(text(kind)) is not None:
                    yield text(kind).split("@")[0], body


def _names(tree: Node, params: Fields, given: Given) -> Names:
    """Return what a module's names stand for in a call that hands *params* over.

    A name of the caller's is not one of the module's: so it is a text.
    """
    names = declared(tree)
    names.far.update(names)
    for key, value in entries(params.node):
        name = text(key)
        names.far.discard(name)
        names.pop(name, None)
        if name not in given:
            one = resolve(value, params.names)
            if one.tag == EXPRESSION:
                one = yaml.ScalarNode("!string", say(one), one.start_mark, None)
            names[name] = one
    return names
