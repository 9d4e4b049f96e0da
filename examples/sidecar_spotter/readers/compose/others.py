"""What a Compose file takes from others: whole services, and fields of them."""

import posixpath
from collections.abc import Iterator

import yaml

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.readers.common.fields import MOST, Fields
from sidecar_spotter.readers.compose.documents import tree_in
from sidecar_spotter.readers.compose.volumes import with_defaults
from sidecar_spotter.tree import (
    Node,
    Unreadable,
    entries,
    get,
    items,
    line,
    settle,
    text,
)

OTHERS = 20
"""Other files that one file may name, and those that they name."""

EXTENDS = 5
"""How many services may extend one another in a row."""


class Others:
    """The other files that a file names, by paths from its folder."""

    def __init__(self, path: str, look: Look) -> None:
        """Look from the file at *path*."""
        self.path = path
        self._look = look
        self._left = OTHERS

    def tree(self, named: Node) -> tuple[Node | None, "Others"]:
        """Return the tree of the file that *named* names, all of it on that line.

        Beside it is what looks from there. Files that name one another end here.
        """
        said = with_defaults(text(named))
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), said))
        there = Others(path, self._look)
        self._left -= 1
        there._left = self._left
        data = self._look(path) if said and self._left >= 0 else None
        if data is None or path == self.path:
            return None, there
        try:
            tree, _ = tree_in(data, 0)
        except Unreadable:
            return None, there  # its own report says why
        settle(tree, line(named))
        return tree, there


def included(tree: Node | None, others: Others) -> Iterator[tuple[Node, Fields]]:
    """Yield the services of the files that a file includes."""
    for one in items(get(tree, "include")):
        paths = items(get(one, "path")) or [get(one, "path") or one]
        for named in paths:
            found, there = others.tree(named)
            yield from services_in(found, there)


def services_in(tree: Node | None, others: Others) -> Iterator[tuple[Node, Fields]]:
    """Yield name and fields of each service; before version 2 they stood at the top."""
    found = get(tree, "services")
    if found is None and get(tree, "version") is None:
        found = tree
    bodies = {text(name): value for name, value in entries(found)}
    fields = 0
    for name, value in entries(found):
        if text(name).startswith("x-") or not isinstance(value, yaml.MappingNode):
            continue
        whole = _extended(value, bodies, others)
        fields += len(whole.value)
        if fields > MOST:
            raise Unreadable(f"holds more than {MOST:,} fields, by `extends`")
        yield name, Fields(whole)


def _extended(
    node: yaml.MappingNode, bodies: dict[str, Node], others: Others
) -> yaml.MappingNode:
    """Return a service with the fields of those that it extends."""
    fields = [*node.value]
    base: Node | None = node
    for _ in range(EXTENDS):
        extends = get(base, "extends")
        if extends is None:
            break
        if (file := get(extends, "file")) is not None:
            tree, others = others.tree(file)
            bodies = {text(name): body for name, body in entries(get(tree, "services"))}
        base = bodies.get(text(extends) or text(get(extends, "service")))
        own = {text(key) for key, _ in fields}
        fields += [entry for entry in entries(base) if text(entry[0]) not in own]
    return yaml.MappingNode(node.tag, fields, node.start_mark, node.end_mark)
