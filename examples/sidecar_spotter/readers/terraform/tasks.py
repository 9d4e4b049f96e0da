"""Amazon ECS: task definitions, the modules that make them, and services."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import yaml

from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.model import Group, Request, Text
from sidecar_spotter.readers import ecs
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.readers.common.values import EXPRESSION, FILE, choices, say
from sidecar_spotter.readers.hcl.nodes import HEREDOC
from sidecar_spotter.readers.terraform.file import COMMENTS, TEXTS, Block, File
from sidecar_spotter.tree import Node, entries, line, text

DEFINITIONS = (
    *("containerdefinitions", "containerdefinition"),
    *("containerdefinitionjson", "containerdefinitionsjson"),
)
"""Arguments that take the containers of a task, or a text that lists them."""


def task(file: File, block: Block) -> Iterator[Group]:
    """Yield the task of a task definition, or of a module that makes one."""
    given = block.fields.get(*DEFINITIONS)
    if given is None:
        return
    if given.tag == FILE:
        yield from _elsewhere(file, say(given))
        return
    if isinstance(given, yaml.MappingNode) and "image" not in Fields(given):
        given = _listed(given)
    services = file.services[text(block.label)]
    boxes = [box for one in choices(given, file.names) for box in _parts(file, *one)]
    file.taken.update(id(node) for node, _ in boxes)
    found = ecs.task(boxes, block.fields, file.lines, COMMENTS)
    more = any(_HANDED_IN.fullmatch(text(node)) for node, _ in boxes)
    if more and len(found.containers) == 1:
        found = replace(found, marks=found.marks | {"partial"})
    if found.containers:
        yield replace(
            found,
            path=file.path,
            line=line(block.label),
            kind=block.kind,
            name=block.name,
            served=tuple(sorted({*found.served, *ecs.balanced(services)})),
            marks=found.marks | ecs.daemon(services),
        )


_HANDED_IN = re.compile(
    r"var\.(?!\w*(?:sidecar|companion|additional|extra|custom|other))\w*container\w*",
    re.IGNORECASE,
)
"""The containers that whoever calls a module hands to it, the main one among them."""


def _parts(
    file: File, given: Node, condition: Text | None
) -> Iterator[tuple[Node, Text | None]]:
    """Yield what declares a container in *given*, which may be a list as a text.

    Such a text may have names in it: `"[${local.app}, ${local.proxy}]"`.
    """
    if text(given).lstrip()[:1] not in ("[", "{"):
        yield given, condition
        return
    file.taken.add(id(given))
    inside = text(given).encode("utf-8", "replace")
    before = line(given) - (given.tag != HEREDOC)
    for node, when in choices(
        ecs.tree_or_template(inside, before) or given, file.names
    ):
        named = list(_named(node)) if node.tag == EXPRESSION else []
        if not named:
            yield node, when or condition
        for one, only_if in named:
            for found, why in choices(one, file.names):
                yield found, only_if or why or when or condition


_REFERENCE = re.compile(
    r"\b(?:local|module|var|data\.template_file)\.[\w-]+(?:\.[\w-]+)*"
)


def _named(node: Node) -> Iterator[tuple[Node, Text | None]]:
    """Yield the names in the braces of a text, each with the condition it is under."""
    said = text(node)
    for match in islice(_REFERENCE.finditer(said), TEXTS):
        between = said[: match.start()]
        if "?" in said[match.end() : match.end() + 3]:
            continue  # it is the condition
        first = yaml.ScalarNode(EXPRESSION, match[0], node.start_mark, None)
        only_if = Text(said[:80], line(node)) if "?" in between else None
        yield first, only_if


def _listed(given: yaml.MappingNode) -> Node:
    """Return a map of containers by name as a list of containers with names."""
    found: list[Node] = []
    for name, value in entries(given):
        if isinstance(value, yaml.MappingNode):
            named = yaml.ScalarNode("!string", "name", name.start_mark, None)
            fields = [(named, name), *value.value]
            found.append(yaml.MappingNode(value.tag, fields, value.start_mark, None))
        else:
            found.append(value)
    return yaml.SequenceNode("!list", found, given.start_mark, None)


def _elsewhere(file: File, said: str) -> Iterator[Group]:
    """Yield the task whose containers stand in a file that nobody else reads."""
    inside = re.sub(r"^\$\{path\.\w+\}/", "", said)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), inside))
    if path.startswith("../") or "${" in path or form_of(path) is not None:
        return
    data = file.look(path)
    if data is not None and ecs.suits(path + ".json", data):
        yield from ecs.read(path, data, file.look)


MESH = "modules/mesh-task"


def of_mesh(module: Fields) -> Iterator[Request]:
    """Yield what a module of a service mesh adds to the task that it makes."""
    source = module.said("source")
    if source is not None and MESH in source.text:
        says = "is added by Consul's module mesh-task to each task that it makes"
        yield Request("consul-dataplane", "mesh-proxy", source.line, says)


def connected(service: Fields) -> Iterator[Request]:
    """Yield the wish of a service of Amazon ECS for the proxy of Service Connect."""
    for node, condition in service.choices("serviceconnectconfiguration"):
        # A block for each of something asks for nothing until somebody fills it.
        if condition is None and next(entries(node), None) is not None:
            key = service.key("serviceconnectconfiguration") or node
            yield ecs.connect(Fields(node, service.names), key)


def service_of_ecs(file: File, block: Block) -> Iterator[Group]:
    """Yield what a service asks Amazon ECS for, in the unit that another file has."""
    if asked := tuple(connected(block.fields)):
        first = line(block.label)
        yield Group(file.path, first, "ecs", block.kind, block.name, requests=asked)
