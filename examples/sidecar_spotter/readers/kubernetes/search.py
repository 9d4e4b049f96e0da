"""The units below a place: lists of containers, and fields for helpers."""

from collections.abc import Iterator
from dataclasses import replace

import yaml

from sidecar_spotter.model import Group, Request
from sidecar_spotter.readers.kubernetes.boxes import (
    LISTS,
    as_helper,
    in_list,
    in_mapping,
)
from sidecar_spotter.readers.kubernetes.containers import container, image_of
from sidecar_spotter.readers.kubernetes.persistence import mounted
from sidecar_spotter.readers.kubernetes.place import Place
from sidecar_spotter.readers.kubernetes.requests import labels_of
from sidecar_spotter.readers.kubernetes.texts import list_in
from sidecar_spotter.readers.kubernetes.units import unit_at
from sidecar_spotter.tables import operators
from sidecar_spotter.tree import Node, entries, get, items, line, text

LEVELS = 24
"""How deep in a document a unit is searched: a CronJob's lies six levels down."""

OF_POLICIES = ("patchStrategicMerge", "overlay")
"""Fields in which a policy of Kyverno puts something into the pods of others.

https://kyverno.io/docs/policy-types/cluster-policy/mutate/
"""
UNIT = (*LISTS, "steps", "sidecars")
"""Fields of which one at least is in every unit."""


def search(
    place: Place,
    node: Node,
    metadata: Node | None,
    depth: int,
    seen: set[int],
    field: str = "",
) -> Iterator[Group]:
    """Yield the units at *node*, which stands under *field*, and below.

    *metadata* is the nearest above.
    """
    if not isinstance(node, yaml.MappingNode) or depth > LEVELS or id(node) in seen:
        return
    seen.add(id(node))
    starting = "init" in field.lower()
    pairs = [(text(name), name, value) for name, value in entries(node)]
    metadata = next((v for said, _, v in pairs if said == "metadata"), metadata)
    if any(said in UNIT for said, _, _ in pairs):
        unit = unit_at(place, node, metadata, ordered=field == "containerSet")
        if unit is not None:
            # Values have a unit under its name, and its main program may have the same.
            own = any(box.name == field for box in unit.containers)
            yield replace(unit, name=field) if own and not unit.name else unit
    for field, name, value in pairs:
        if field in LISTS:
            continue
        if field in OF_POLICIES:
            marks = place.marks | {"patch", "partial", "injects"}
            inside = replace(place, marks=marks)
            yield from search(inside, value, metadata, depth + 1, seen, field)
            continue
        if (kind := operators.OF_VALUES.get(field)) is not None:
            inside = replace(place, kind=kind)
            yield from search(inside, value, metadata, depth + 1, seen, field)
            continue
        if field == "traits" and place.kind == "Application":
            yield from _traits(place, node, value)
        if field == "controllers" and (kept := get(node, "persistence")) is not None:
            for one, controller in entries(value):
                said = text(one)
                for unit in search(place, controller, metadata, depth + 1, seen, said):
                    yield mounted(unit, said, kept)
            continue
        # Values may group more init containers under a word of their own.
        early = starting and "ontainer" in field
        helps = operators.holds_helpers(field) and not early
        early = early or field.endswith("InitContainers")
        if isinstance(value, yaml.ScalarNode):
            if not (helps or early) or "\n" not in value.value:
                continue
            value = list_in(value) or value
        unit = None
        if helps:
            unit = _field(place, name, value, metadata, node)
            if unit is None and (apart := list(_by_program(place, name, value))):
                yield from apart
                continue
        elif early:
            unit = _early(place, name, value)
        if unit is not None:
            yield unit
        elif items(value):
            for item in items(value):
                yield from search(place, item, metadata, depth + 1, seen, field)
        else:
            yield from search(place, value, metadata, depth + 1, seen, field)


def _field(
    place: Place, name: Node, value: Node, metadata: Node | None, node: Node
) -> Group | None:
    """Return a unit for a field that spells helpers out, or is there to be filled."""
    if get(node, "steps") or get(node, "container") or get(node, "script"):
        return None  # the unit beside it has taken them
    boxes = [
        container(box, place.lines)
        for box in items(value)
        if text(get(box, "image")) or text(get(box, "name"))
        if text(get(box, "runAsInit")) != "true"
    ]
    # By name, as in AWS Copilot's manifests, and in values of charts.
    boxes += [container(box, place.lines) for box in in_mapping(value)]
    helpers = tuple(as_helper(box, text(name)) for box in boxes)
    requests: tuple[Request, ...] = ()
    if not helpers:
        if isinstance(value, yaml.SequenceNode) and not value.value and not place.kind:
            says = "is an empty list that users may fill; nothing is declared"
            requests = (
                Request(
                    text(name),
                    "extension-point",
                    line(name),
                    says,
                    False,
                    "placeholder",
                ),
            )
        else:
            return None
    return Group(
        place.path,
        line(name),
        "kubernetes",
        place.kind or "values",
        place.name,
        helpers,
        requests=requests,
        marks=place.marks | {"operator-field", "partial"},
        labels=tuple(labels_of(metadata)),
    )


def _by_program(place: Place, name: Node, value: Node) -> Iterator[Group]:
    """Yield a unit for each program for which a field has a list of helpers."""
    for program, given in entries(value):
        if any(image_of(box) is not None for box in items(given)):
            unit = _field(place, name, given, None, value)
            if unit is not None:
                yield replace(unit, line=line(program), name=text(program))


def _traits(place: Place, component: Node, traits: Node) -> Iterator[Group]:
    """Yield the containers that traits of KubeVela put beside a component's own.

    https://kubevela.io/docs/end-user/traits/references/#sidecar
    """
    given = [
        properties
        for one in items(traits)
        if text(get(one, "type")) == "sidecar"
        and (properties := get(one, "properties")) is not None
    ]
    if given:
        boxes = [as_helper(container(box, place.lines), "sidecar") for box in given]
        name = text(get(component, "name"))
        yield Group(
            place.path,
            line(given[0]),
            "kubernetes",
            "component",
            name,
            tuple(boxes),
            marks=frozenset(("partial", "operator-field")),
        )


def _early(place: Place, name: Node, value: Node) -> Group | None:
    """Return a unit for a field for more init containers, native sidecars or not."""
    boxes = [container(box, place.lines, early=True) for box in in_list(value)]
    if not boxes or not any(box.image for box in boxes):
        return None
    marks = place.marks | {"partial"}
    kind = place.kind or "values"
    return Group(
        place.path,
        line(name),
        "kubernetes",
        kind,
        place.name,
        tuple(boxes),
        marks=marks,
    )
