"""Nomad jobs in JSON, as its interface takes them, in the shape of those in HCL.

HCL has a block `task "web" { … }` where the interface has `{"Name": "web", …}` in a
list `Tasks`. Most other names are the same but for their capital letters. The
interface answers with all fields there are: one that is `null` is none.
"""

from collections.abc import Callable, Iterable

import yaml

from sidecar_spotter.readers.common.fields import tree_of
from sidecar_spotter.tree import Node, empty, get, items, text, walk

WORD = b'"TaskGroups"'
Entry = tuple[Node, Node]


def job(data: bytes) -> Node | None:
    """Return the tree of a job as HCL would give it."""
    tree = tree_of(data)
    for node in walk(tree):
        if isinstance(node, yaml.MappingNode):
            node.value = [entry for entry in node.value if not empty(entry[1])]
    top = get(tree, "Job") or tree
    if top is None or get(top, "TaskGroups") is None:
        return None
    groups = _named(items(get(top, "TaskGroups")), _group)
    body = _mapping(top, [*_entries(top, "Type"), (_key("group", top), groups)])
    called = get(top, "Name") or get(top, "ID") or top
    whole = _mapping(top, [(_label(called), body)])
    return _mapping(top, [(_key("job", top), whole)])


def _group(node: Node) -> list[Entry]:
    """Return the fields of a task group."""
    networks = [_mapping(one, _network(one)) for one in items(get(node, "Networks"))]
    return [
        (_key("network", node), _list(node, networks)),
        (_key("service", node), _list(node, _services(node))),
        *_renamed(node, {"Volumes": "volume"}),
        (_key("task", node), _named(items(get(node, "Tasks")), _task)),
    ]


def _network(node: Node) -> list[Entry]:
    ports = [
        *items(get(node, "DynamicPorts")),
        *items(get(node, "ReservedPorts")),
    ]
    return [
        *_entries(node, "Mode"),
        (_key("port", node), _named(ports, _port, name="Label")),
    ]


def _port(node: Node) -> list[Entry]:
    return _renamed(node, {"To": "to", "Value": "static"})


def _services(node: Node) -> list[Node]:
    """Return the services of a group or task; one names its port by a label."""
    return [
        _mapping(one, [*_all(one), *_renamed(one, {"PortLabel": "port"})])
        for one in items(get(node, "Services"))
    ]


def _task(node: Node) -> list[Entry]:
    """Return the fields of a task."""
    templates = [
        _mapping(one, _renamed(one, {"EmbeddedTmpl": "data"}))
        for one in items(get(node, "Templates"))
    ]
    return [
        *_entries(node, "Driver", "Config", "Env", "Lifecycle", "Leader"),
        *_renamed(node, {"VolumeMounts": "volume_mount"}),
        (_key("template", node), _list(node, templates)),
        (_key("service", node), _list(node, _services(node))),
    ]


# --- making nodes


def _named(
    nodes: Iterable[Node], fields: Callable[[Node], list[Entry]], name: str = "Name"
) -> Node:
    """Return blocks, which have their label as a key, of nodes that have a name."""
    found: list[Entry] = []
    first: Node | None = None
    for node in nodes:
        first = first or node
        label = get(node, name)
        if label is not None:
            found.append((_label(label), _mapping(node, fields(node))))
    start = first.start_mark if first is not None else None
    return yaml.MappingNode("", found, start, None)


def _label(node: Node) -> Node:
    return yaml.ScalarNode("", text(node), node.start_mark, None)


def _key(name: str, node: Node) -> Node:
    return yaml.ScalarNode("", name, node.start_mark, None)


def _mapping(node: Node, fields: list[Entry]) -> Node:
    return yaml.MappingNode("", fields, node.start_mark, None)


def _list(node: Node, found: list[Node]) -> Node:
    return yaml.SequenceNode("", found, node.start_mark, None)


def _all(node: Node) -> list[Entry]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _entries(node: Node, *names: str) -> list[Entry]:
    return [entry for entry in _all(node) if text(entry[0]) in names]


def _renamed(node: Node, names: dict[str, str]) -> list[Entry]:
    """Return the entries of *node* that have a name in *names*, by their new ones."""
    return [
        (yaml.ScalarNode("", names[text(key)], key.start_mark, None), value)
        for key, value in _all(node)
        if text(key) in names
    ]
