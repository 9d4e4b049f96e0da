"""What stands for each of something: `for` in HCL and Bicep, `dynamic` in Terraform.

A loop is a sequence with the tag `FOR`: its condition in words, the names of its key
and its value, what it goes over, and what it gives for each; a loop that makes a
mapping has the key of each entry as well. Where the file tells what it goes over, it is
written out: the names in it give way to what they stand for.
"""

import re

import yaml

from sidecar_spotter.tree import Node, entries, get, line, text, walk

FOR = "!For"
"""The tag of a loop."""
EXPRESSION = "!expression"
"""The tag of a scalar that is source text to be computed, as `var.image`."""

_PATH = re.compile(r"[\w.-]+(?:\[\"[\w.-]+\"\])*")
_OUTPUT = re.compile(r"json_map\w*|(?:\w+_)?container_(?:definitions?|json)\w*")
_SAYS = re.compile(r"(?:name|image)$")
_HOLE = re.compile(r"\$\{\s*([\w.-]+)\s*\}")


def is_map(loop: Node) -> bool:
    """Whether a loop makes a mapping, and no list."""
    return loop.tag == FOR and len(loop.value) > 5


def is_block(loop: Node) -> bool:
    """Whether a loop makes blocks, as `dynamic` does, and no values."""
    return text(loop.value[2]).endswith(".value")


def once(loop: Node) -> Node:
    """Return what a loop gives for something unknown."""
    if not is_map(loop):
        given: Node = loop.value[4]
        return given
    entry = (loop.value[5], loop.value[4])
    return yaml.MappingNode("!block", [entry], loop.start_mark, None)


def written_out(loop: Node, pairs: list[tuple[Node, Node]]) -> list[Node]:
    """Return what a loop gives for each pair of a key and a value it goes over.

    That of a loop that makes a mapping is one mapping.
    """
    given = loop.value[4]
    if not is_map(loop):
        return [_filled(given, _terms(loop, *pair)) for pair in pairs]
    made = [
        (_filled(loop.value[5], terms), _filled(given, terms))
        for terms in (_terms(loop, *pair) for pair in pairs)
    ]
    return [yaml.MappingNode("!block", made, loop.start_mark, None)]


def each_of(body: Node, over: Node) -> Node:
    """Return a block of Terraform as a loop over what it has one for each of."""
    said = scalar("for each", line(over))
    named = [scalar(one, line(over)) for one in ("each.key", "each.value")]
    return yaml.SequenceNode(FOR, [said, *named, over, body], said.start_mark, None)


def size(loop: Node) -> int:
    """Return how many values a loop gives for each."""
    return sum(1 for _ in walk(loop.value[4]))


def _terms(loop: Node, key: Node, value: Node) -> dict[str, Node]:
    names = text(loop.value[1]), text(loop.value[2])
    return {
        name: node
        for name, node in zip(names, (key, value), strict=True)
        if name not in ("", "_")
    }


def _filled(node: Node, terms: dict[str, Node]) -> Node:
    """Return a copy of *node* in which *terms* stand for their names."""
    copies: dict[int, Node] = {}
    for one in reversed(list(walk(node))):
        if isinstance(one, yaml.ScalarNode):
            copies[id(one)] = _term(one, terms)
            continue
        if isinstance(one, yaml.MappingNode):
            value: list[object] = [
                _entry(copies[id(k)], v, copies[id(v)]) for k, v in one.value
            ]
        else:
            value = [copies[id(item)] for item in one.value]
        copies[id(one)] = type(one)(one.tag, value, one.start_mark, one.end_mark)
    return copies[id(node)]


def _entry(key: Node, before: Node, value: Node) -> tuple[Node, Node]:
    """Return an entry whose key stands where its value is written, if elsewhere.

    That is where a field of something is put in, as `each.name`.
    """
    field = "." in text(before).removeprefix("each.").partition("[")[0]
    if before is value or not (field and isinstance(value, yaml.ScalarNode)):
        return key, value
    if line(before) == line(value) or value.tag == EXPRESSION:
        return key, value
    return yaml.ScalarNode(key.tag, text(key), value.start_mark, None), value


def _term(node: yaml.ScalarNode, terms: dict[str, Node]) -> Node:
    """Return what a text or an expression is with *terms* in it."""
    said = str(node.value)
    if node.tag == EXPRESSION:
        found = _found(said, terms)
        return node if found is None else found
    if "${" not in said:
        return node

    def fill(match: re.Match[str]) -> str:
        found = _found(match[1], terms)
        return match[0] if found is None or not text(found) else text(found)

    return yaml.ScalarNode(node.tag, _HOLE.sub(fill, said), node.start_mark, None)


def _found(said: str, terms: dict[str, Node]) -> Node | None:
    """Return what `name.field` stands for; nothing where it has another name."""
    if not _PATH.fullmatch(said):
        return None
    said = re.sub(r"\[\"([\w.-]+)\"\]", r".\1", said)
    name = next(
        (one for one in terms if said == one or said.startswith(f"{one}.")), None
    )
    if name is None:
        return None
    rest = said[len(name) + 1 :]
    value = terms[name]
    if not rest:
        return value
    if isinstance(value, yaml.ScalarNode):
        # What it stands for is not known any further.
        path = f"{value.value}.{rest}"
        known = value.tag != EXPRESSION
        return None if known else scalar(path, line(value))
    if next(entries(value), None) is None:
        return None
    if _OUTPUT.fullmatch(rest) and get(value, rest) is None:
        return value  # what a module makes is told by what it is handed
    found = get(value, *rest.split("."))
    # Without a name or an image it would be no container any more.
    return found or (None if _SAYS.search(rest) else scalar("null", line(value)))


def scalar(said: str, at: int) -> Node:
    """Return an expression on a line."""
    mark = yaml.Mark("", 0, at - 1, 0, None, 0)
    return yaml.ScalarNode(EXPRESSION, said, mark, None)
