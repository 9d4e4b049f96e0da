"""One unit: its containers, its volumes and what they share."""

import re
from collections.abc import Iterator
from dataclasses import replace

from sidecar_spotter.model import Container, Group, Text, Volume
from sidecar_spotter.readers.kubernetes.boxes import (
    as_helper,
    both_sides,
    in_list,
    in_mapping,
    is_switched,
)
from sidecar_spotter.readers.kubernetes.containers import container
from sidecar_spotter.readers.kubernetes.folders import apart
from sidecar_spotter.readers.kubernetes.place import Place
from sidecar_spotter.readers.kubernetes.requests import asked_by, labels_of
from sidecar_spotter.readers.kubernetes.texts import list_in
from sidecar_spotter.tables import operators
from sidecar_spotter.tree import Node, entries, get, items, key, line, text

_NAME = re.compile(r"[\w-]+")
_ORDER = re.compile(r"(?<![\w-])([\w-]+)[\"']?\s*:\s*\[([^\[\]]*)\]")
"""A container, and those that have to start before it. libyaml refuses the loose form,
in which no blank follows a colon."""


def unit_at(
    place: Place, node: Node, metadata: Node | None, *, ordered: bool
) -> Group | None:
    """Return the unit that *node* is, if it is one."""
    before, last = both_sides(node)
    last = list_in(last)
    named = in_list(last) or in_mapping(last)
    early = in_list(get(node, "initContainers"))
    early = early or in_mapping(get(node, "initContainers"))
    begun = key(node, "initContainers") is not None
    if begun and (not early or is_switched(node, place.lines)):
        early += before
    else:
        named = before + named
    if "injects" in place.marks:
        named, early = _whole(named), _whole(early)
    steps = in_list(get(node, "steps"))
    single = get(node, "container") or get(node, "script")
    helpers = in_list(get(node, "sidecars"))
    marks = set(place.marks)
    boxes: list[Container] = []
    if named or early:
        boxes += [container(box, place.lines, early=True) for box in early]
        own = operators.OWN_CONTAINERS.get(place.kind)
        for box in named:
            one = container(box, place.lines)
            added = own is not None and one.name not in own
            boxes.append(as_helper(one, "containers") if added else one)
        if own is not None or (named and get(node, "image") is not None):
            # The image beside a list is that of a container which the list lacks.
            marks.add("partial")
        if ordered:
            marks.add("steps")
    elif helpers and (steps or single is not None):
        marks.add("operator-field")
        if single is not None:
            main = container(single, place.lines)
            boxes.append(replace(main, name=main.name or "main", notes=()))
        boxes += [replace(container(box, place.lines)) for box in steps]
        if len(steps) > 1:
            marks.add("steps")
        boxes += [as_helper(container(box, place.lines), "sidecars") for box in helpers]
        boxes += [container(b, place.lines, early=True) for b in early]
    elif len(steps) > 1 and place.kind in ("Task", "ClusterTask", "TaskRun", "Job"):
        marks.add("steps")
        boxes += [container(box, place.lines) for box in steps]
    if not boxes:
        return None
    boxes = [replace(box, waits_for=_waits(metadata, box.name)) for box in boxes]
    boxes, volumes = apart(boxes, [*_volumes(node), *place.claims])
    first = key(node, "containers") or key(node, "initContainers") or node
    return Group(
        place.path,
        line(first),
        "kubernetes",
        place.kind or "pod",
        place.name or text(get(metadata, "name")) or text(get(node, "name")),
        tuple(boxes),
        tuple(volumes),
        tuple(asked_by(metadata, "pod")) if metadata is not place.metadata else (),
        tuple(_shares(node)),
        marks=frozenset(marks),
        labels=tuple(labels_of(metadata)),
    )


def _whole(boxes: list[Node]) -> list[Node]:
    """Return the containers that a policy adds, without those that it only changes."""
    return [
        box
        for box in boxes
        if text(get(box, "image")) and (name := text(get(box, "name")))
        if "{{" not in name and "*" not in name
    ]


def _waits(metadata: Node | None, name: str) -> tuple[Text, ...]:
    """Return what a container waits for on Cloud Run, which an annotation says.

    It is JSON there, or looser: `{shop:[rates,sums]}`.
    https://cloud.google.com/run/docs/configuring/services/containers
    """
    said = get(metadata, "annotations", "run.googleapis.com/container-dependencies")
    if said is None:
        return ()
    for whose, whom in _ORDER.findall(text(said)):
        if whose == name:
            return tuple(Text(one, line(said)) for one in _NAME.findall(whom))
    return ()


def _volumes(node: Node) -> Iterator[Volume]:
    for volume in items(get(node, "volumes")):
        name = get(volume, "name")
        kinds = [text(k) for k, _ in entries(volume) if text(k) != "name"]
        if name is not None:
            kind = kinds[0] if kinds else "emptyDir"
            source = text(get(volume, "configMap", "name"))
            yield Volume(text(name), kind, line(name), source)


def _shares(node: Node) -> Iterator[Text]:
    fields = {
        "shareProcessNamespace": "processes",
        "hostNetwork": "network-of-the-host",
        "hostPID": "processes-of-the-host",
    }
    for field, share in fields.items():
        if text(get(node, field)).lower() == "true":
            yield Text(share, line(key(node, field) or node))
