"""The containers of a field, as a list, or as a mapping by their names."""

import re
from dataclasses import replace

import yaml

from sidecar_spotter.model import Container, Text
from sidecar_spotter.tree import Node, empty, entries, get, items, key, line, text

LISTS = ("containers", "initContainers", "ephemeralContainers")


_OF_IMAGES = frozenset(("registry", "repository", "tag", "digest", "pullPolicy"))
"""Fields of an image alone, as lists of those to be copied have."""


def in_list(node: Node | None) -> list[Node]:
    """Return the containers that a list declares, without those a patch takes away."""
    return [
        box
        for box in items(node)
        if any(text(name) not in _OF_IMAGES for name, _ in entries(box))
        and text(get(box, "$patch")) != "delete"
    ]


def in_mapping(node: Node | None) -> list[Node]:
    """Return the containers that a mapping declares by their names, with these.

    Values of charts do so; what they say of the image may be a mapping of its own.
    """
    found: list[Node] = []
    for name, value in entries(node):
        where = _image(value)
        if where is None or not isinstance(value, yaml.MappingNode):
            continue
        named = yaml.ScalarNode("", "name", name.start_mark, name.end_mark)
        runs = yaml.ScalarNode("", "image", where.start_mark, where.end_mark)
        given = [one for one in value.value if text(one[0]) not in ("image", "name")]
        fields = [(named, name), (runs, where), *given]
        ends = (name.start_mark, value.end_mark)  # a comment is above the name
        found.append(yaml.MappingNode(value.tag, fields, *ends))
    return found


NAMED = ("repository", "repo", "name", "location", "build")
"""Fields of an image that say which it is: charts' words, and those of AWS Copilot."""


def _image(box: Node) -> Node | None:
    """Return what names the image of a container, or the first word of how it is built.

    Nothing where no image is told.
    """
    image = get(box, "image")
    found = (get(image, field) for field in NAMED)
    said = next((one for one in found if one is not None), image)
    while said is not None and not text(said):
        said = next((value for _, value in entries(said)), None)
    return said


def both_sides(node: Node) -> tuple[list[Node], Node | None]:
    """Return the containers under all keys `containers` but the last, and the last.

    A template may have the key twice, each time under a condition. What stands between
    them then is in the one list or the other.
    """
    found = [
        value
        for name, value in (node.value if isinstance(node, yaml.MappingNode) else ())
        if text(name) == "containers" and not empty(value)
    ]
    if len(found) < 2:
        return [], found[0] if found else get(node, "containers")
    return [box for one in found[:-1] for box in in_list(one)], found[-1]


_BEGINS = re.compile(rb"\s*\{\{-? *(?:if|else)\b")
_ENDS = re.compile(rb"\s*\{\{-? *end\b")


def is_switched(node: Node, lines: list[bytes]) -> bool:
    """Whether a template only adds the key `containers`, between an `if` and its `end`.

    Without the key, what follows it belongs to the list above.
    """
    top = key(node, "containers")
    at = line(top) if top is not None else 0
    around = lines[at - 2 : at + 1] if at > 1 else []
    enough = len(around) == 3
    return enough and bool(_BEGINS.match(around[0]) and _ENDS.match(around[2]))


def as_helper(box: Container, field: str) -> Container:
    """Return the container with the note that a field for helpers declares it."""
    return replace(box, notes=(*box.notes, Text(f"field: {field}", box.line)))
