"""Texts that are YAML themselves, as in a ConfigMap."""

import re
from collections.abc import Iterator
from contextlib import suppress

import yaml

from sidecar_spotter.parse import compose, documents_in
from sidecar_spotter.readers.common.here_documents import manifests
from sidecar_spotter.tree import Node, Unreadable, line, rows_of, scalars

_TEXT = re.compile(rb"[|>][+-]?\d?[+-]? *\r?$")

_INSIDE = re.compile(
    r"^[ \t]*(?:-[ \t]+)?\w{0,60}(?:[cC]ontainers|[sS]ide_?[cC]ars?(?:Containers)?):"
    r"[ \t]*(?:$|[\[{|>&#])|^[ \t]*[\w.]{0,60}(?:[aA]nnotations|[lL]abels):[ \t]*$"
    # A JSON patch of a pod's lists.
    r"|^[ \t]*(?:-[ \t]+)?\"?path\"?:[ \t]*[\"']?/spec/[\w/]{0,40}ontainers\b",
    re.M,
)
"""Keys of which one is in every text that is worth to be composed."""


def texts_of(document: Node, lines: list[bytes]) -> Iterator[yaml.ScalarNode]:
    """Yield the texts in a document that could be YAML with a unit, in their order."""
    rows = rows_of(document, lines)
    if not any(_TEXT.search(one) for one in rows if b"|" in one or b">" in one):
        return
    texts = {id(one): one for one in scalars(document) if one.style in ("|", ">")}
    for node in sorted(texts.values(), key=line):
        if _INSIDE.search(node.value):
            yield node


def list_in(node: Node | None) -> Node | None:
    """Return the list that a text is, as charts take it, or else what was given."""
    if not isinstance(node, yaml.ScalarNode) or "\n" not in node.value:
        return node
    return next((tree for tree in trees_in(node) if tree is not None), node)


def trees_in(node: yaml.ScalarNode) -> Iterator[Node | None]:
    """Yield the documents in a text that is YAML itself, as far as they are.

    Of a script these are its here-documents.
    """
    said = [(0, node.value)]
    if "<<" in node.value:
        said = list(manifests(node.value)) or said
    for ahead, whole in said:
        for before, part in documents_in(whole.encode("utf-8", "replace")):
            with suppress(Unreadable):
                yield _composed(part, line(node) + ahead + before)


_ALONE = re.compile(rb"^[ \t]*(?:\{\{[^{}\n]*\}\}[ \t]*)+\r?$", re.M)
"""A line on which nothing stands but what a template says."""
_OPENS, _CLOSES, _QUOTE = "\ue003", "\ue004", "\ue005"
"""Stand for the braces of a template, which YAML takes for its own, and for its quotes,
which would end a string around it."""
_ACTION = re.compile(r"\{\{[^{}\n]*\}\}")


def _composed(part: bytes, before: int) -> Node | None:
    """Return the tree of a document that may be a template, too."""
    try:
        return compose(part, before)
    except Unreadable:
        if b"{{" not in part:
            raise
    plain = _ALONE.sub(b"", part).decode("utf-8", "replace")
    plain = _ACTION.sub(lambda one: one[0].replace('"', _QUOTE), plain)
    plain = plain.replace("{{", _OPENS).replace("}}", _CLOSES)
    tree = compose(plain.encode(), before)
    for one in scalars(tree) if tree is not None else ():
        one.value = one.value.replace(_OPENS, "{{").replace(_CLOSES, "}}")
        one.value = one.value.replace(_QUOTE, '"')
    return tree
