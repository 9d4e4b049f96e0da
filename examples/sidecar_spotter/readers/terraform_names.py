"""What the names of a Terraform file stand for.

A folder is one module of Terraform: its files share their locals, their variables and
the modules that they call. What another file of the folder says of a name stands on the
line where the name is used.
"""

import posixpath
import re
from functools import lru_cache

import yaml

from sidecar_spotter.look import Look
from sidecar_spotter.readers.fields import Fields, Names, say
from sidecar_spotter.readers.hcl import hcl, labeled
from sidecar_spotter.tree import Node, Unreadable, entries, items, text

PARTS = (
    *("essential", "portmappings", "mountpoints", "logconfiguration"),
    *("firelensconfiguration", "containername"),
)
"""Fields that only a container of Amazon ECS has."""
SIBLINGS = 50
"""Files of a folder that are looked into."""
LARGEST = 200_000
"""Bytes of such a file that are read."""

_USED = re.compile(rb"\b(local|var|module)\.([A-Za-z_][\w-]*)")


def names(tree: Node | None, data: bytes, path: str, look: Look) -> Names:
    """Return what the names of the file at *path* stand for."""
    found = _declared(tree)
    missing = {
        b".".join(used).decode() for used in set(_USED.findall(data))
    } - found.keys()
    if not missing:
        return found
    for other in look.names(posixpath.dirname(path))[:SIBLINGS]:
        if other == path or not other.endswith(".tf"):
            continue
        said = look(other) or b""
        if len(said) > LARGEST or not _may_declare(said, missing):
            continue
        for name, node in _of_file(said).items():
            if name not in found and not _is_empty(node):
                found[name] = node
                found.far.add(name)
    return found


def _may_declare(data: bytes, missing: set[str]) -> bool:
    kinds = {name.partition(".")[0] for name in missing}
    words = {"local": b"locals", "var": b"variable", "module": b"module"}
    return any(words[kind] in data for kind in kinds)


@lru_cache(maxsize=32)
def _of_file(data: bytes) -> Names:
    try:
        return _declared(hcl(data))
    except Unreadable:
        return Names()  # its own report says why


def _is_empty(node: Node) -> bool:
    """Whether a default is there to be replaced."""
    if isinstance(node, yaml.ScalarNode):
        return say(node) in ("", "null", "${null}", "true", "false")
    return not items(node) and next(entries(node), None) is None


def _declared(tree: Node | None) -> Names:
    """Return what locals, modules, templates and variables' defaults stand for."""
    found = Names()
    for block, value in entries(tree):
        kind = text(block)
        if kind == "locals":
            found.update((f"local.{text(k)}", v) for k, v in entries(value))
        elif kind == "variable":
            for name, body in entries(value):
                if (default := Fields(body).get("default")) is not None:
                    found[f"var.{text(name)}"] = default
    for name, body in labeled(tree, "module"):
        if is_container(Fields(body)):
            found[f"module.{text(name)}"] = body
    for kind_, named in labeled(tree, "data"):
        if text(kind_) == "template_file":
            for name, body in entries(named):
                if (source := Fields(body).get("template")) is not None:
                    found[f"data.template_file.{text(name)}"] = source
    return found


def is_container(module: Fields) -> bool:
    """Whether a module is one container of a task, and no task or service."""
    if module.say("containerimage"):
        return "containername" in module
    named = "image" in module and "name" in module
    return named and any(part in module for part in PARTS)
