"""What a chart's own values give to a loop of its templates.

A template hands its containers what stands in `values.yaml`: `range $k, $v := …`. What
is of interest there is whom a container calls in its own unit.
"""

import json
import re
from contextlib import suppress
from functools import lru_cache

import yaml

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.parse import compose
from sidecar_spotter.tree import Node, Unreadable, entries, get, text

LARGEST = 200_000
"""Bytes of values that are composed."""
MOST = 20
"""Entries that a loop is given."""
LONGEST = 300
"""Characters of one value."""

_ACTION = r"\{\{[^{}]{1,60}\}\}"
_LOOP = re.compile(
    r"\{\{-? *range +(\$\w+) *, *(\$\w+) *:= *(?:\$|\.Root)?\.Values\.([\w.]{1,100})"
    r" *-?\}\}([^{}]{0,80}" + _ACTION + r"[^{}]{0,80}" + _ACTION + r")"
    r"([^{}]{0,80}\{\{-? *end *-?\}\})"
)
"""A loop over names and values, which has two expressions in it."""
_HERE = re.compile(r"\b(?:localhost|127\.0\.0\.1)\b")


def with_values(body: str, path: str, look: Look, added: str) -> str:
    """Return a template's text with the entries of each loop that call localhost.

    Line breaks that the chart's file does not have are marked with *added*.
    """
    if "templates/" not in path or "range $" not in body or not _LOOP.search(body):
        return body  # before the values are composed, which takes longer
    values = _values(look(f"{path.rpartition('templates/')[0]}values.yaml") or b"")

    def filled(loop: re.Match[str]) -> str:
        calls = list(_calls(values, loop[3]))
        if not calls or "value" not in loop[4]:
            return loop[0]
        head = loop[0][: loop.start(4) - loop.start()]
        items = [_item(loop, name, said) for name, said in calls]
        more = "".join(one.replace("\n", f"{added}\n") for one in items[1:])
        return head + items[0] + more + loop[5]

    return _LOOP.sub(filled, body)


def _item(loop: re.Match[str], name: str, said: str) -> str:
    """Return what stands in a loop with a name and a value for its two variables."""

    def word(action: re.Match[str]) -> str:
        if re.search(rf"{re.escape(loop[2])}\b", action[0]):
            return json.dumps(said)
        return name.upper() if "upper" in action[0] else name

    return re.sub(_ACTION, word, loop[4])


def _calls(values: Node | None, way: str) -> list[tuple[str, str]]:
    """Return the entries of a mapping in the values that call localhost."""
    found = [
        (text(name), text(value))
        for name, value in entries(get(values, *way.split(".")))
        if isinstance(value, yaml.ScalarNode) and _HERE.search(value.value)
    ]
    return [
        (name, said)
        for name, said in found[:MOST]
        if len(said) <= LONGEST and re.fullmatch(r"[\w.-]+", name) and "{{" not in said
    ]


@lru_cache(maxsize=8)
def _values(data: bytes) -> Node | None:
    if len(data) > LARGEST or _HERE.search(data.decode("utf-8", "replace")) is None:
        return None
    with suppress(Unreadable):
        return compose(data, 0)
    return None
