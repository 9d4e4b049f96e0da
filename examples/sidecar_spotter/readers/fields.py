"""Fields of a tree by name, for the platforms that share their words.

One platform writes `containerPort`, another `container_port` or `ContainerPort`, a
third repeats a block where the first has a list, and templates put conditions between.
`Fields` hides the difference, so that a reader asks once.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping

import yaml

from sidecar_spotter.model import Text
from sidecar_spotter.readers import loops
from sidecar_spotter.tree import (
    Node,
    Unreadable,
    compose,
    entries,
    get,
    items,
    line,
    moved,
    text,
    walk,
)

MOST = 100_000
"""Values that a file may hold. Real ones hold a hundredth; so many take a second."""
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

Entry = tuple[Node, Node]

_ODD = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_WORD = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")
_SEPARATOR = re.compile(rb"[\n,:\[{]")


def tree_of(data: bytes, before: int = 0) -> Node | None:
    """Return the tree of a YAML or JSON document with *before* lines in front of it.

    Raises Unreadable where it is neither, or where its aliases make it too large.
    """
    if len(data) > MOST and len(_SEPARATOR.findall(data)) > MOST:
        raise Unreadable(f"holds more than {MOST:,} values")
    if data.lstrip()[:1] in (b"{", b"["):
        # JSON may be indented by tabs and cut a character in two; YAML may not.
        data = _ODD.sub(rb"\\ufffd", data.replace(b"\t", b" "))
    node = compose(data, before)
    _check_size(node)
    return node


def _check_size(root: Node | None) -> None:
    """Raise Unreadable where a tree with its aliases written out is too large."""
    sizes: dict[int, int] = {}
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting[-1]
        below = _below(node)
        if id(node) not in sizes:
            sizes[id(node)] = MOST  # so much, too, where a node holds itself
            waiting += [one for one in below if id(one) not in sizes]
        else:
            waiting.pop()
            sizes[id(node)] = 1 + sum(sizes[id(one)] for one in below)
            if sizes[id(node)] > MOST:
                raise Unreadable(f"holds more than {MOST:,} values with its aliases")


def _below(node: Node) -> list[Node]:
    if isinstance(node, yaml.MappingNode):
        return [one for entry in node.value for one in entry]
    return items(node)


class Names(dict[str, Node]):
    """What the names of a file stand for, as `local.containers`."""

    steps = 20_000
    """How many values may still be followed: names may stand for one another."""

    def __init__(self, *args: Mapping[str, Node]) -> None:
        """Begin with what *args* hold."""
        super().__init__(*args)
        self.far: set[str] = set()
        """Names of another file: what they stand for is on the line of the name."""
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


def fold(name: str) -> str:
    """Return a field's name as it is compared: `container_port` as `containerport`."""
    return name.replace("_", "").replace("-", "").lower()


def _is_null(node: Node) -> bool:
    """Whether a field says `null`, as answers of an API do of all that is not set."""
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    return plain and node.value == "null" and node.tag != "!string"


class Fields:
    """The fields of a mapping; names are given as `fold` makes them."""

    def __init__(self, node: Node | None, names: Names | None = None) -> None:
        """Read *node*, in a file whose *names* stand for something."""
        self.node = node
        self.names = Names() if names is None else names
        self._found: dict[str, list[Entry]] = {}
        for name, value in entries(node):
            if not _is_null(value):
                self._found.setdefault(fold(text(name)), []).append((name, value))

    def __contains__(self, name: str) -> bool:
        """Whether there is such a field."""
        return name in self._found

    def key(self, *names: str) -> Node | None:
        """Return the key of the first of these fields that there is."""
        return next((self._found[one][0][0] for one in names if one in self), None)

    def get(self, *names: str) -> Node | None:
        """Return the value of the first of these fields that there is."""
        for name in names:
            if name in self:
                return resolve(self._found[name][0][1], self.names)
        return None

    def under(self, *path: str) -> "Fields":
        """Return the fields that stand below these, one in the other."""
        fields = self
        for name in path:
            fields = Fields(next(fields.each(name), None), self.names)
        return fields

    def say(self, *names: str) -> str:
        """Return what the first of these fields says."""
        return say(self.get(*names))

    def said(self, *names: str) -> Text | None:
        """Return what the first of these fields says, and where."""
        node = self.get(*names)
        return Text(say(node), line(node)) if node is not None else None

    def true(self, name: str) -> bool:
        """Whether a field says `true`."""
        return self.say(name).lower() == "true"

    def choices(self, *names: str) -> Iterator[tuple[Node, Text | None]]:
        """Yield the items of these fields, each with its condition.

        A field may hold a list, or one mapping, or be repeated.
        """
        for name in names:
            for _, value in self._found.get(name, ()):
                yield from choices(value, self.names)

    def each(self, *names: str) -> Iterator[Node]:
        """Yield the items of these fields."""
        for node, _ in self.choices(*names):
            yield node

    def mappings(self, *names: str) -> Iterator["Fields"]:
        """Yield the fields of each item of these fields."""
        for node in self.each(*names):
            yield Fields(node, self.names)

    def texts(self, *names: str) -> Iterator[Text]:
        """Yield what each item of these fields says."""
        for node in self.each(*names):
            if said := say(node):
                yield Text(said, line(node))

    def pairs(self, *names: str) -> Iterator[Text]:
        """Yield NAME=value for variables: a mapping, or a list of names and values."""
        for node in self.each(*names):
            if isinstance(node, yaml.ScalarNode):
                yield Text(text(node), line(node))
                continue
            fields = Fields(node, self.names)
            if (name := fields.get("name")) is not None:
                value = fields.get("value", "securevalue", "valuefrom")
                yield Text(f"{say(name)}={say(value)}", line(value or name))
            else:
                for key, value in entries(node):
                    yield Text(f"{text(key)}={say(value)}", line(key))


_OF_MODULE = re.compile(r"^(module\.[\w-]+)\[[^\]\n]*\]")
"""One of several that a module makes stands for each."""


def resolve(node: Node, names: Names) -> Node:
    """Return what *node* stands for, where it is a name of the file."""
    for _ in range(DEEPEST):
        if loops.is_map(node):
            node = next(_of_loop(node, names), (loops.once(node), None))[0]
        if node.tag != EXPRESSION:
            break
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
    pairs: list[tuple[Node, Node, Text | None]] = []
    over = resolve(loop.value[3], names)
    if next(entries(over), None) is not None:
        pairs = [(key, resolve(value, names), None) for key, value in entries(over)]
    elif over.tag != EXPRESSION:
        found = list(choices(over, names))
        pairs = [(one, one, only_if) for one, only_if in found]
    known = [pair for pair in pairs if pair[1].tag != EXPRESSION]
    names.steps -= loops.size(loop) * len(known)
    if names.steps < 0:
        raise Unreadable(f"its names stand for more than {Names.steps:,} values")
    if not known:
        return
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


def number(node: Node | None) -> int | None:
    """Return the port that a value says, if it says one."""
    return port(say(node))


def port(said: str) -> int | None:
    """Return the port that *said* is the number of, if it is one."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else None


def words(said: Text) -> Iterator[Text]:
    """Yield the words of a command line, without the quotes around their parts."""
    for word in _WORD.findall(said.text):
        yield Text(re.sub(r"[\"']", "", word), said.line)


def comment_above(
    lines: list[str], at: int, signs: tuple[str, ...]
) -> tuple[Text, ...]:
    """Return the comment lines right above line *at* that are indented as it is."""
    found: list[Text] = []
    if not 0 < at <= len(lines):
        return ()
    indent = len(lines[at - 1]) - len(lines[at - 1].lstrip())
    while at > 1 and len(found) < 6:
        at -= 1
        bare = lines[at - 1].lstrip()
        if not bare.startswith(signs) or len(lines[at - 1]) - len(bare) != indent:
            break
        if said := bare.lstrip("#/* ").rstrip("*/ "):
            found.append(Text(said, at))
    return tuple(reversed(found))
