"""Ansible: tasks that run a container of Docker or Podman, one task each.

They are tied as the services of a Compose file are: one joins the network of another,
or takes its volumes. So they become such services here, under the names that Compose
has for the same fields.

https://docs.ansible.com/ansible/latest/collections/community/docker/docker_container_module.html
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import yaml

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group
from sidecar_spotter.parse import documents_in
from sidecar_spotter.readers import compose
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.readers.compose.services import service
from sidecar_spotter.tree import Node, entries, mappings, text

MODULE = re.compile(r"(?:[\w.]+\.)?((?:docker|podman)_container)$")
HINT = re.compile(rb"(?:docker|podman)_container:")
MOST = 300
"""Containers of one file that are read."""
SAME = {
    "env": "environment",
    "capabilities": "cap_add",
    "pid_mode": "pid",
    "ipc_mode": "ipc",
    "published_ports": "ports",
    "publish": "ports",
    "network": "network_mode",
    "volume": "volumes",
    "restart_policy": "restart",
}
"""What Compose calls a field of such a task."""


def suits(path: str, data: bytes) -> bool:
    """Whether the file has a task that runs a container."""
    return b"_container:" in data and HINT.search(data) is not None


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the units that the containers of a file form."""
    lines = data.decode("utf-8", "replace").split("\n")
    for before, part in documents_in(data):
        tree, marks = compose.tree_in(part, before)
        found = list(_tasks(tree))[:MOST]
        services = [service(name, Fields(body), lines) for name, body in found]
        for group in compose.grouped(services):
            marked = group.marks | marks
            yield replace(group, path=path, kind="docker_container", marks=marked)


def _tasks(tree: Node | None) -> Iterator[tuple[Node, Node]]:
    """Yield the name and the fields of each container that is run, not removed."""
    for task in mappings(tree):
        for module, body in entries(task):
            fields = Fields(body)
            name = fields.get("name")
            gone = fields.say("state") == "absent"
            if MODULE.fullmatch(text(module)) and name is not None and not gone:
                yield name, _renamed(body)


def _renamed(body: Node) -> Node:
    """Return the fields of a task under the names that Compose has for them."""
    renamed = [
        (yaml.ScalarNode("", SAME.get(text(key), text(key)), key.start_mark), value)
        for key, value in entries(body)
    ]
    return yaml.MappingNode("", renamed, body.start_mark)
