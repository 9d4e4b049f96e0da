"""Pods that Go code writes as maps: a manifest in another spelling.

`map[string]any{"containers": []any{…}}` becomes the same tree as YAML would, and what
Kubernetes' reader knows of manifests holds for it. A name stands for the map or the
list that its function gives to it, with all that is appended; a call for the map that a
function of the file returns. Any other expression is a word.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import yaml

from sidecar_spotter.model import Group
from sidecar_spotter.readers import kubernetes
from sidecar_spotter.readers.common.source import Span
from sidecar_spotter.readers.go.program import Program
from sidecar_spotter.tree import At, Node, get, items

MOST = 50
"""Maps of one file that are looked at."""
DEEPEST = 24
"""Literals in one another, and names that stand for others."""
LARGEST = 5_000
"""Values of one tree."""
PLACES = 20
"""Values that one name gets, and what is appended to it, that are looked at."""

_ANY = r"(?:interface\{\s*\}|any|string|map\[string\](?:interface\{\s*\}|any|string))"
_MAP = re.compile(rf"\s*(?:map\[string\]{_ANY})?(\{{)")
_LIST = re.compile(rf"\s*\[\]{_ANY}(\{{)")
_IS_MAP = re.compile(rf"(?:map\[string\]{_ANY}|[{{,]\s*)\Z")
_KEY = re.compile(r"\s*[\"`]_*[\"`]\s*:")
_NAME = re.compile(r"\s*&?(\w+)\s*\Z")
_CALL = re.compile(r"\s*(?:\w+\.)?(\w+)\([^\n]*\)\s*\Z")
_NUMBER = re.compile(r"\s*(?:\w+\()?(\d+)\)?\s*\Z")
_RETURNS = re.compile(rf"\breturn\s+(?=map\[string\]{_ANY}\{{)")
_ROOT = re.compile(r"\"(?:initC|c)ontainers\"\s*:")
_NEAR = 80
"""Characters in front of a brace that tell what it opens."""


def units(path: str, program: Program) -> Iterator[Group]:
    """Yield the units that the maps of a file declare."""
    lines = program.code.text.encode("utf-8", "replace").split(b"\n")
    seen: set[int] = set()
    for match in islice(_ROOT.finditer(program.code.text), MOST):
        opening = _outermost(program, match.start())
        if opening in seen:
            continue
        seen.add(opening)
        root = _Trees(program).of((opening, program.code.closes.get(opening, 0) + 1))
        for group in kubernetes.units(path, _as_pod(root), lines):
            if any(box.image is not None for box in group.containers):
                yield replace(group, marks=group.marks | {"code"})


def _outermost(program: Program, at: int) -> int:
    """Return the brace of the largest map around a place."""
    shape, opening = program.code.shape, -1
    for _ in range(DEEPEST * 2):
        at = program.code.around(at)
        if at < 0 or shape[at] != "{":
            break
        ahead = shape[max(at - _NEAR, 0) : at]
        if _IS_MAP.search(ahead):
            opening = at
        elif not re.search(rf"\[\]{_ANY}\Z", ahead):
            break  # a struct, or the body of a function
    return opening


def _as_pod(root: Node) -> Node:
    """Return a whole Pod for the specification of one."""
    if get(root, "kind") is not None or not items(get(root, "containers")):
        return root
    mark = At(root.start_mark.line)
    said = (
        (_scalar("kind", mark), _scalar("Pod", mark)),
        (_scalar("spec", mark), root),
    )
    return _marked(yaml.MappingNode("", list(said)), mark)


class _Trees:
    """Makes trees of literals; what is too large or too deep is a word."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._code = program.code
        self._left = LARGEST

    def of(self, span: Span, deep: int = 0) -> Node:
        """Return the tree of the expression in a span."""
        shape = self._code.shape
        self._left -= 1
        mark = At(self._code.line(self._begin(span)) - 1)
        if deep > DEEPEST or self._left < 0:
            return _scalar("", mark)
        if found := _LIST.match(shape, *span):
            inside = self._code.elements(found.start(1))
            values = [self.of(one, deep + 1) for one in inside]
            return _marked(yaml.SequenceNode("", values), mark)
        if found := _MAP.match(shape, *span):
            return _marked(
                yaml.MappingNode("", self._pairs(found.start(1), deep)), mark
            )
        if _KEY.fullmatch(f"{shape[slice(*span)].strip()}:"):
            return _scalar(self._code.string_at(self._begin(span)), mark)
        if number := _NUMBER.match(shape[slice(*span)]):
            return _scalar(number[1], mark)
        return self._meant(span, deep) or _scalar(self._code.source(span), mark)

    def _begin(self, span: Span) -> int:
        start, end = span
        said = self._code.shape[start:end]
        return start + len(said) - len(said.lstrip())

    def _pairs(self, opening: int, deep: int) -> list[tuple[Node, Node]]:
        found = []
        for start, end in self._code.elements(opening):
            if key := _KEY.match(self._code.shape, start, end):
                name = self.of((start, key.end() - 1), deep + 1)
                found.append((name, self.of((key.end(), end), deep + 1)))
        return found

    def _meant(self, span: Span, deep: int) -> Node | None:
        """Return the tree for which a name or a call stands, if it is in this file."""
        shape, functions = self._code.shape, self._program.functions
        said = shape[slice(*span)]
        if (call := _CALL.match(said)) and call[1] in functions.bodies:
            made = _RETURNS.search(shape, *functions.bodies[call[1]])
            return self._literal(made.end(), deep) if made else None
        name = _NAME.match(said)
        if name is None:
            return None
        here = (functions.name(span[0]), name[1])
        node: Node | None = None
        for at in self._program.names.assigned.get(here, ())[:PLACES]:
            made = re.compile(rf"\s*append\(\s*{name[1]}\s*,").match(shape, at)
            if made is None:
                node = node or self._literal(at, deep)
            elif isinstance(node, yaml.SequenceNode):
                opening = shape.index("(", at)
                more = list(self._code.elements(opening))[1:]
                node.value += [self.of(one, deep + 1) for one in more]
        return node

    def _literal(self, at: int, deep: int) -> Node | None:
        """Return the tree of the map or the list that begins at a place."""
        shape = self._code.shape
        found = _LIST.match(shape, at) or _MAP.match(shape, at)
        if found is None:
            return None
        end = self._code.closes.get(found.start(1), at) + 1
        return self.of((at, end), deep + 1)


def _scalar(said: str, mark: At) -> Node:
    return _marked(yaml.ScalarNode("tag:yaml.org,2002:str", said), mark)


def _marked(node: Node, mark: At) -> Node:
    node.start_mark = node.end_mark = mark
    return node
