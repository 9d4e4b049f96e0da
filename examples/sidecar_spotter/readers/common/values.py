"""What a value of a tree stands for: names, conditions, lists in lists, and loops.

An expression of HCL, a condition of CloudFormation and a name that stands for a list
are all looked through here, so that no reader has to ask which of them a field holds.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping

import yaml

from sidecar_spotter.model import Text
from sidecar_spotter.readers.common import loops
from sidecar_spotter.tree import (
    Node,
    Unreadable,
    entries,
    get,
    items,
    line,
    moved,
    text,
    walk,
)

LONGEST = 6
"""Parts of a name with points in it that are looked at."""


DEEPEST = 8
"""Conditions, functions and references that may stand inside one another."""


EXPRESSION = loops.EXPRESSION
"""The tag of a scalar that is source text to be computed, as `var.image`."""


FILE = "!file"
"""The tag of a scalar that names a file whose text stands there."""


IF = "!If"
"""The tag of a sequence of a condition and what stands there if it holds, or not."""


class Names(dict[str, Node]):
    """What the names of a file stand for, as `local.containers`."""

    steps = 20_000
    """How many values may still be followed: names may stand for one another."""
    room = 40_000
    """How many values loops may still give that are written out; then they are not."""
    deep = 0
    """In how many loops what is followed stands."""

    def __init__(self, *args: Mapping[str, Node]) -> None:
        """Begin with what *args* hold."""
        super().__init__(*args)
        self.far: set[str] = set()
        """Names of another file: what they stand for is on the line of the name."""
        self.maps: dict[str, Node] = {}
        """The files that a ConfigMap holds, by the name of the resource that is one."""
        self._near: dict[tuple[str, int], Node] = {}

    def at(self, name: str, where: int) -> Node | None:
        """Return what a name that is used on a line stands for, if it is known."""
        node = self.get(name)
        if node is None or name not in self.far:
            return node
        if (name, where) not in self._near:
            self.steps -= sum(1 for _ in walk(node))
            if self.steps < 0:
                return None
            self._near[name, where] = moved(node, where)
        return self._near[name, where]


_OF_MODULE = re.compile(r"^(module\.[\w-]+)\[[^\]\n]*\]")
"""One of several that a module makes stands for each."""


def resolve(node: Node, names: Names) -> Node:
    """Return what *node* stands for, where it is a name of the file."""
    for _ in range(DEEPEST):
        if loops.is_map(node):
            node = next(_of_loop(node, names), (loops.once(node), None))[0]
        if node.tag != EXPRESSION:
            return _with_merged(node, names)
        parts = _OF_MODULE.sub(r"\1", text(node)).split(".", LONGEST)[:LONGEST]
        ways = (".".join(parts[:length]) for length in (3, 2, 1))
        way = next((way for way in ways if way in names), None)
        found = names.at(way, line(node)) if way is not None else None
        if way is None or found is None:
            break
        rest = parts[way.count(".") + 1 :]
        if rest and parts[0] in ("local", "var") and next(entries(found), None):
            found = get(found, *rest)  # a field of what the name stands for
            if found is None:
                break
        node = found
    return node


def _with_merged(node: Node, names: Names) -> Node:
    """Return a mapping with what the names that are merged into it stand for."""
    if not isinstance(node, yaml.MappingNode) or node.tag != "!block":
        return node
    known = {
        id(value): resolve(value, names)
        for key, value in node.value
        if key.value == "<<" and value.tag == EXPRESSION
    }
    if not any(isinstance(one, yaml.MappingNode) for one in known.values()):
        return node
    names.steps -= len(node.value)
    pairs = [(key, known.get(id(value), value)) for key, value in node.value]
    return yaml.MappingNode(node.tag, pairs, node.start_mark, None)


def choices(node: Node, names: Names) -> Iterator[tuple[Node, Text | None]]:
    """Yield the items of a list, each with its condition; of all else, itself.

    Lists in lists are one list, as the functions `concat` and `flatten` make one.
    """
    waiting: deque[tuple[Node, Text | None]] = deque([(node, None)])
    while waiting:
        names.steps -= bool(names)
        if names.steps < 0:
            raise Unreadable(f"its names stand for more than {Names.steps:,} values")
        one, condition = waiting.popleft()
        one = resolve(one, names)
        if one.tag == loops.FOR:
            every = list(_of_loop(one, names))
            said = condition or Text(say(one.value[0]), line(one.value[0]))
            every = [(node, only_if or condition) for node, only_if in every]
            waiting.extendleft(reversed(every or [(loops.once(one), said)]))
            continue
        parts = _if(one)
        if parts:
            found = condition or Text(say(parts[0]), line(parts[0]))
            waiting.extendleft((part, found) for part in reversed(parts[1:3]))
        elif isinstance(one, yaml.SequenceNode):
            waiting.extendleft((part, condition) for part in reversed(one.value))
        elif not _nothing(one):
            yield one, condition


def _of_loop(loop: Node, names: Names) -> Iterator[tuple[Node, Text | None]]:
    """Yield what a loop gives for each, with its condition; nothing if none is known.

    A loop that makes a mapping gives one.
    """
    if names.deep >= DEEPEST:
        return  # it may go over itself
    names.deep += 1
    try:
        pairs = _gone_over(loop.value[3], names)
    finally:
        names.deep -= 1
    known = [pair for pair in pairs if pair[1].tag != EXPRESSION]
    cost = loops.size(loop) * len(known)
    if not known or cost > names.room:
        return
    names.room -= cost
    if loops.is_map(loop):
        yield (
            loops.written_out(loop, [(key, value) for key, value, _ in known])[0],
            None,
        )
        return
    for key, value, only_if in pairs:
        if value.tag == EXPRESSION and loops.is_block(loop):
            yield loops.once(loop), Text(say(loop.value[0]), line(loop.value[0]))
        elif value.tag == EXPRESSION:
            yield value, only_if  # of it nothing is known but its name
        else:
            yield loops.written_out(loop, [(key, value)])[0], only_if


def _gone_over(given: Node, names: Names) -> list[tuple[Node, Node, Text | None]]:
    """Return the keys and values over which a loop goes, each with its condition."""
    over = resolve(given, names)
    if text(given).startswith("module."):
        # It goes over what a module makes, be it one container or one for each.
        each = get(over, "for_each")
        made = loops.each_of(over, each) if each is not None else over
        return [(one, one, only_if) for one, only_if in choices(made, names)]
    if next(entries(over), None) is not None:
        return [(key, resolve(value, names), None) for key, value in entries(over)]
    if over.tag == EXPRESSION:
        return []
    return [(one, one, only_if) for one, only_if in choices(over, names)]


def _if(node: Node) -> list[Node]:
    """Return condition and choices of a conditional; nothing for all else."""
    if node.tag == IF:
        return items(node)
    for name, value in _function(node):
        if name == "Fn::If":
            return items(value)
    return []


def _function(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield name and argument where *node* is a function of CloudFormation."""
    if isinstance(node, yaml.MappingNode) and len(node.value) == 1:
        name, value = node.value[0]
        yield text(name), value


def _nothing(node: Node) -> bool:
    said = text(node)
    if node.tag == "!Ref" or any(name == "Ref" for name, _ in _function(node)):
        return said == "AWS::NoValue" or "AWS::NoValue" in map(
            text, (value for _, value in entries(node))
        )
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return plain and said in ("", "~", "null") and node.tag in ("", EXPRESSION)


def say(node: Node | None, depth: int = 0) -> str:
    """Return what a value says; `${name}` where the file does not tell."""
    if node is None or depth > DEEPEST:
        return ""
    if isinstance(node, yaml.ScalarNode):
        if node.tag == EXPRESSION and not re.match(
            r"[\d.-]+$|true$|false$", node.value
        ):
            return f"${{{node.value}}}"
        named = node.tag in ("!Ref", "!GetAtt", "!ImportValue")
        return f"${{{node.value}}}" if named else str(node.value)
    if parts := _if(node):
        return say(parts[1], depth + 1) if len(parts) > 1 else ""
    if node.tag == "!Join":
        return _joined(node, depth)
    if node.tag in ("!Sub", "!Select", "!FindInMap") and items(node):
        return say(items(node)[0], depth + 1)
    for name, value in _function(node):
        if name in ("Ref", "Fn::GetAtt", "Fn::ImportValue"):
            return f"${{{say(value, depth + 1)}}}"
        if name == "Fn::Join":
            return _joined(value, depth)
        if name.startswith("Fn::"):
            return say((items(value) or [value])[0], depth + 1)
    return ""


def _joined(node: Node, depth: int) -> str:
    parts = items(node)
    between = text(parts[0]) if parts else ""
    return between.join(
        said
        for part in items(parts[1] if len(parts) > 1 else None)
        if (said := say(part, depth + 1))
    )
