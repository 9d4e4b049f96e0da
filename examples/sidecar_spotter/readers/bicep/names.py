"""What the names of a Bicep file stand for, and which of them hold containers."""

from collections.abc import Iterator

import yaml

from sidecar_spotter.model import Request
from sidecar_spotter.readers.common.fields import fold
from sidecar_spotter.readers.common.values import EXPRESSION, Names, say
from sidecar_spotter.tree import Node, entries, line, text, walk


def declared(tree: Node) -> Names:
    """Return what variables stand for, and parameters unless somebody sets them."""
    names = Names()
    for field, value in entries(tree):
        if text(field) == "var":
            names.update((text(name), body) for name, body in entries(value))
    for name, default in _defaults(tree):
        if say(default) not in ("true", "false"):  # it may be switched
            names[text(name)] = default
    return names


def _defaults(tree: Node) -> Iterator[tuple[Node, Node]]:
    """Yield each parameter that has a default, with that."""
    for field, value in entries(tree):
        for name, typed in entries(value) if text(field) == "param" else ():
            for _, default in entries(typed):
                yield name, default


def joined(body: Node, names: Names) -> set[str]:
    """Return the names of the lists that are put together as an app's containers."""
    found: set[str] = set()
    waiting = [
        value
        for node in walk(body)
        for name, value in entries(node)
        if fold(text(name)) == "containers"
    ]
    while waiting:
        one = waiting.pop()
        if isinstance(one, yaml.SequenceNode):
            waiting += one.value
        elif one.tag == EXPRESSION and text(one) not in found:
            found.add(text(one))
            waiting += [names[text(one)]] if text(one) in names else []
    return found


def fills(tree: Node, body: Node, names: Names) -> Iterator[Request]:
    """Yield a word for each list of containers that whoever calls a module may fill."""
    lists = joined(body, names)
    for name, default in _defaults(tree):
        empty = isinstance(default, yaml.SequenceNode) and not default.value
        if empty and text(name) in lists:
            says = "is an empty list that users may fill; nothing is declared"
            at = line(name)
            yield Request(text(name), "extension-point", at, says, False, "placeholder")
