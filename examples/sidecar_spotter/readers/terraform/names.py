"""What the names of a Terraform file stand for.

A folder is one module of Terraform: its files share their locals, their variables and
the modules that they call. What another file of the folder says of a name stands on the
line where the name is used.
"""

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache

import yaml

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Text
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.readers.common.values import EXPRESSION, Names, say
from sidecar_spotter.readers.hcl import hcl, labeled
from sidecar_spotter.tables.known import known
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

MAP = "kubernetes_config_map"
_USED = re.compile(
    rb"\b(local|var|module|kubernetes_config_map)(?:_v1)?\.([A-Za-z_][\w-]*)"
)
_MADE = re.compile(
    r"\bmodule\.([A-Za-z_][\w-]*)(?:\[[^\]\n]*\])?"
    r"\.(?!init_)(?:(?:\w+_)?containers?|(?:\w+_)?container_(?:definitions?|json)\w*"
    r"|json_map\w*)\b"
)
"""What a module is asked for that makes a container: its output is called so."""


def names(tree: Node | None, data: bytes, path: str, look: Look) -> Names:
    """Return what the names of the file at *path* stand for."""
    found = _declared(tree)
    found.update(_made(tree, data, found))
    missing = {b".".join(used).decode() for used in set(_USED.findall(data))}
    missing -= found.keys() | {f"{MAP}.{name}" for name in found.maps}
    if not missing:
        return found
    for other in look.names(posixpath.dirname(path))[:SIBLINGS]:
        if other == path or not other.endswith((".tf", ".tofu")):
            continue
        said = look(other) or b""
        if len(said) > LARGEST or not _may_declare(said, missing):
            continue
        there = _of_file(said)
        for name, node in there.items():
            if name not in found and not _is_empty(node):
                found[name] = node
                found.far.add(name)
        found.maps = there.maps | found.maps
    return found


def _may_declare(data: bytes, missing: set[str]) -> bool:
    kinds = {name.partition(".")[0] for name in missing}
    words = {"local": b"locals", "var": b"variable", "module": b"module"}
    return any(words.get(kind, kind.encode()) in data for kind in kinds)


@lru_cache(maxsize=SIBLINGS)  # a folder's files all ask for the same ones
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
    for resource, named in labeled(tree, "resource"):
        if text(resource).removesuffix("_v1") == MAP:
            found.maps |= {
                text(name): held
                for name, body in entries(named)
                if (held := Fields(body).get("data")) is not None
            }
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


def _made(
    tree: Node | None, data: bytes, declared: Names
) -> Iterator[tuple[str, Node]]:
    """Yield what stands for a container that a module makes by itself.

    The caller hands no image to it: its source tells what it is, `modules/firelens`.
    """
    asked = set(_MADE.findall(data.decode("utf-8", "replace")))
    for name, body in labeled(tree, "module"):
        module = Fields(body)
        called = f"module.{text(name)}"
        whole = "containerdefinitions" in module or "containerdefinition" in module
        if text(name) in asked and called not in declared and not whole:
            source = module.said("source")
            if source is not None:
                yield called, _stand_in(name, body, source)


def _stand_in(label: Node, body: Node, source: Text) -> Node:
    """Return a container with the name and the image that a module tells of."""

    def pair(key: str, value: str, at: Node) -> tuple[Node, Node]:
        mark = at.start_mark
        name = yaml.ScalarNode("!string", key, mark, None)
        return name, yaml.ScalarNode("!string", value, mark, None)

    module = Fields(body)
    own = [(k, v) for k, v in entries(body) if text(k) not in ("image", "source")]
    said = module.get("name", "container_name")
    pairs = [pair("image", _image_of(source.text), module.get("source") or label)]
    if said is None or said.tag == EXPRESSION or not say(said):
        own = [(k, v) for k, v in own if text(k) not in ("name", "container_name")]
        pairs.append(pair("name", text(label), label))
    return yaml.MappingNode("!map", pairs + own, label.start_mark, None)


def _image_of(source: str) -> str:
    """Return what the source of a module tells of the image: `firelens` or `nginx`."""
    path = source.partition("?")[0].removesuffix(".git").rstrip("/")
    words = [word for word in re.split(r"/+", path) if word not in ("", ".", "..")]
    told = (word for word in reversed(words[-3:]) if known(word, ()) is not None)
    return next(told, words[-1] if words else "")


def is_container(module: Fields) -> bool:
    """Whether a module is one container of a task, and no task or service."""
    if module.say("containerimage"):
        return "containername" in module
    named = "image" in module and "name" in module
    return named and any(part in module for part in PARTS)
