"""Documents with task definitions, and resources of CloudFormation in them."""

from collections.abc import Iterator

from sidecar_spotter.readers.common.fields import Fields, tree_of
from sidecar_spotter.readers.hcl import loose
from sidecar_spotter.tree import Node, Unreadable, entries, text


def tree_or_template(data: bytes, before: int = 0) -> Node | None:
    """Return the tree of a document, which may be a template or lack a comma."""
    try:
        return tree_of(data, before)
    except Unreadable as fault:
        bracket = data.lstrip()[:1] in (b"{", b"[")
        if not bracket or not str(fault).startswith("not YAML"):
            raise
        return loose(data, before)


def resources(tree: Node | None, kind: str) -> Iterator[tuple[str, Node]]:
    """Yield logical name and properties of the resources of one type."""
    for name, resource in entries(Fields(tree).get("resources")):
        fields = Fields(resource)
        if fields.say("type") == kind and (node := fields.get("properties")):
            yield text(name), node
