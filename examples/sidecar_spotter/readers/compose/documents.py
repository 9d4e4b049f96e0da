"""The tree of a Compose file, or of a template for one."""

import re

from sidecar_spotter.readers.common.fields import tree_of
from sidecar_spotter.tree import Node, Unreadable


def tree_in(data: bytes, before: int) -> tuple[Node | None, frozenset[str]]:
    """Return the tree of a document, and the mark `template` if it is one."""
    try:
        return tree_of(data, before), frozenset()
    except Unreadable:
        said = data.decode("utf-8", "replace")
        if "{{" not in said and "{%" not in said:
            raise
        for brackets in (("{%", "%}"), ("{#", "#}"), ("{{", "}}")):
            said = _without(said, *brackets)
        return tree_of(said.encode("utf-8", "replace"), before), frozenset({"template"})


def _without(said: str, opening: str, closing: str) -> str:
    """Return *said* with a variable for each expression, and no statements.

    A line that holds nothing else is left empty; no line moves.
    """
    found = []
    at = 0
    while (start := said.find(opening, at)) >= 0:
        end = said.find(closing, start)
        if end < 0:
            break
        inside = said[start + 2 : end]
        end += 2
        row = said[said.rfind("\n", 0, start) + 1 : start]
        alone = not row.strip() and said[end : end + 1] in ("\n", "\r", "")
        found.append(said[at:start] + "\n" * inside.count("\n"))
        if opening == "{{" and not alone:
            found.append("$" + "_".join(re.findall(r"[\w.]+", inside[:200])))
        at = end
    return "".join(found) + said[at:]
