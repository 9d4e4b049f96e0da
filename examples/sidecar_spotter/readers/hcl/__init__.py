"""HCL and Bicep as the same kind of tree as YAML, so that one reader suits them all.

It reads the structure and computes nothing: a block is an entry whose value is a
mapping, one level for each label, as in Terraform's own JSON form; a block that
stands twice is two entries. An expression is a scalar that keeps its source text. It
is tolerant: what it does not understand, such as a template's `[[ if ]]`, it leaves
out, line by line.
"""

from collections.abc import Callable, Iterator

from sidecar_spotter.parse import TOO_DEEP
from sidecar_spotter.readers.hcl.parser import Parser
from sidecar_spotter.readers.hcl.words import tokens_of
from sidecar_spotter.tree import Node, Unreadable, entries, items, text


def hcl(data: bytes) -> Node:
    """Return the tree of an HCL file; raise Unreadable where it nests too deeply."""
    source = data.decode("utf-8", "replace")
    return _stacked(Parser(source, tokens_of(source, '"')).file)


def bicep(data: bytes) -> Node:
    """Return the tree of a Bicep file; raise Unreadable where it nests too deeply."""
    source = data.decode("utf-8", "replace")
    return _stacked(Parser(source, tokens_of(source, "'")).file)


def loose(data: bytes, before: int = 0) -> Node:
    """Return the tree of JSON that JSON's own rules forbid, by the rules of HCL.

    It may have comments, lack commas, and be a template. *before* lines precede it.
    """
    source = "\n" * before + data.decode("utf-8", "replace")
    return _stacked(Parser(source, tokens_of(source, '"')).value)


def _stacked(parse: Callable[[], Node]) -> Node:
    """Return what *parse* does; its calls in calls may be more than the stack takes."""
    try:
        return parse()
    except RecursionError:
        raise Unreadable(TOO_DEEP) from None


def labeled(node: Node | None, kind: str) -> Iterator[tuple[Node, Node]]:
    """Yield label and body of each block `kind "label" { … }` in *node*."""
    for name, value in entries(node):
        if text(name) == kind:
            for block in items(value) or [value]:  # JSON may list blocks
                yield from entries(block)
