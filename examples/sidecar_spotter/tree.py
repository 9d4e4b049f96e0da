"""Safe ways to walk the untrusted tree of a YAML document, and to move it.

`parse` makes the tree. The node of an alias is shared, not copied, so that an "entity
bomb" costs nothing until somebody walks it. Whoever walks a whole tree does it with
`walk`, which visits a node once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

Node = yaml.Node


class Unreadable(Exception):
    """A file, or a document of it, that cannot be read; its text says why."""


@dataclass(frozen=True, slots=True)
class At:
    """A line from 0, as PyYAML's marks give it."""

    line: int


def move(node: Node | None, by: int) -> None:
    """Move *node* and all below it *by* lines down."""
    for one in walk(node):
        one.start_mark = At(one.start_mark.line + by)
        if one.end_mark is not None:
            one.end_mark = At(one.end_mark.line + by)


def settle(node: Node | None, at: int) -> None:
    """Put *node* and all below it on the line *at*, from 1: it stands elsewhere."""
    for one in walk(node):
        one.start_mark = one.end_mark = At(at - 1)


def relocate(node: Node | None, places: Sequence[At]) -> None:
    """Put *node* and all below it on the places that *places* has for their lines."""
    last = len(places) - 1
    if node is not None and node.end_mark is not None:
        node.end_mark = places[min(node.end_mark.line, last)]
    waiting = [node] if node is not None else []
    while waiting:
        one = waiting.pop()
        if isinstance(one.start_mark, At):
            continue  # by another alias, it was here before
        one.start_mark = places[min(one.start_mark.line, last)]
        if isinstance(one, yaml.MappingNode):
            for pair in one.value:
                waiting += pair
        elif isinstance(one, yaml.SequenceNode):
            waiting += one.value


def moved(node: Node, at: int) -> Node:
    """Return a copy of *node* that stands on the line *at*, from 1."""
    mark = At(at - 1)
    copies: dict[int, Node] = {}
    for one in reversed(list(walk(node))):
        if isinstance(one, yaml.ScalarNode):
            value: Any = one.value
        elif isinstance(one, yaml.MappingNode):
            value = [(copies.get(id(k), k), copies.get(id(v), v)) for k, v in one.value]
        else:
            value = [copies.get(id(item), item) for item in one.value]
        copy = type(one)(one.tag, value, None, None)
        copy.start_mark = copy.end_mark = mark
        copies[id(one)] = copy
    return copies[id(node)]


def line(node: Node) -> int:
    """Return the line of *node*, from 1."""
    return int(node.start_mark.line) + 1


def rows_of(node: Node, lines: list[bytes]) -> list[bytes]:
    """Return those of a file's *lines* that *node* takes; all if it was put there."""
    start, end = node.start_mark, node.end_mark
    if end is None or end is start or end.line < start.line:
        return lines
    return lines[start.line : end.line + 1]


def text(node: Node | None) -> str:
    """Return what a scalar says; "" for anything else."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def empty(node: Node | None) -> bool:
    """Whether nothing stands there: no node, or YAML's null."""
    if node is None:
        return True
    plain = isinstance(node, yaml.ScalarNode) and not node.style and not node.tag
    return plain and node.value in ("", "~", "null", "Null", "NULL")


def items(node: Node | None) -> list[Node]:
    """Return the items of a sequence; none for anything else."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def entries(node: Node | None) -> Iterator[tuple[Node, Node]]:
    """Yield key and value of each entry of a mapping, those merged by `<<` last.

    A mapping that merges itself, or another twice, gives its entries once.
    """
    if not isinstance(node, yaml.MappingNode):
        return
    if not any(k.value == "<<" for k, _ in node.value):
        yield from node.value
        return
    seen: set[int] = set()
    waiting: list[Node] = [node]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, yaml.MappingNode) or id(one) in seen:
            continue
        seen.add(id(one))
        for k, value in one.value:
            if text(k) == "<<":
                waiting += items(value) or [value]
            else:
                yield k, value


def pair(node: Node | None, name: str) -> tuple[Node, Node] | None:
    """Return key and value of a mapping's entry *name*, if there is one."""
    if not isinstance(node, yaml.MappingNode):
        return None
    merges = False
    for k, value in node.value:
        if k.value == name:
            return k, value
        merges = merges or k.value == "<<"
    if merges:
        return next((one for one in entries(node) if text(one[0]) == name), None)
    return None


def key(node: Node | None, name: str) -> Node | None:
    """Return the key *name* of a mapping as a node, to ask for its line."""
    found = pair(node, name)
    return found[0] if found is not None else None


def get(node: Node | None, *names: str) -> Node | None:
    """Return what stands under the keys *names*, one below the other, if anything."""
    for name in names:
        found = pair(node, name)
        node = found[1] if found is not None else None
    return node


def walk(node: Node | None) -> Iterator[Node]:
    """Yield *node* and all below it, each once, parents first."""
    seen: set[int] = set()
    waiting = [node] if node is not None else []
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, yaml.MappingNode):
            for k, value in reversed(one.value):
                waiting += [value, k]
        elif isinstance(one, yaml.SequenceNode):
            waiting += reversed(one.value)


def mappings(node: Node | None) -> Iterator[yaml.MappingNode]:
    """Yield the mappings at and below *node*, each once, parents first.

    Faster than `walk`, as most nodes are scalars.
    """
    seen: set[int] = set()
    waiting = [node] if node is not None else []
    while waiting:
        one = waiting.pop()
        if isinstance(one, yaml.ScalarNode) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, yaml.MappingNode):
            yield one
            for k, value in reversed(one.value):
                waiting += (value, k)
        else:
            waiting += reversed(one.value)


def scalars(node: Node | None) -> Iterator[yaml.ScalarNode]:
    """Yield the scalars at and below *node*, in no order; one with aliases, as often.

    Faster than `walk` for those who look at nothing else: most nodes are scalars.
    """
    seen: set[int] = set()
    waiting = [node] if node is not None else []
    while waiting:
        one = waiting.pop()
        if isinstance(one, yaml.ScalarNode):
            yield one
        elif id(one) not in seen:
            seen.add(id(one))
            if isinstance(one, yaml.MappingNode):
                for pair in one.value:
                    waiting += pair
            else:
                waiting += one.value
