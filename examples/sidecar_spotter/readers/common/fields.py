"""Fields of a tree by name, for the platforms that share their words.

One platform writes `containerPort`, another `container_port` or `ContainerPort`, a
third repeats a block where the first has a list, and templates put conditions between.
`Fields` hides the difference, so that a reader asks once.
"""

import re
from collections.abc import Iterator

import yaml

from sidecar_spotter.model import Text
from sidecar_spotter.parse import compose
from sidecar_spotter.readers.common.values import Names, choices, resolve, say
from sidecar_spotter.tree import Node, Unreadable, entries, items, line, text

MOST = 100_000
"""Values that a file may hold. Real ones hold a hundredth; so many take a second."""


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
