"""The nodes of YAML that stand for what HCL says."""

import yaml

from sidecar_spotter.readers.fields import IF
from sidecar_spotter.readers.hcl.words import Token
from sidecar_spotter.tree import Node

HEREDOC = "!heredoc"
"""The tag of a scalar whose text begins on the line after its own."""


def mark(line: int) -> yaml.Mark:
    """Return the place of a line, which counts from 1."""
    return yaml.Mark("", 0, line - 1, 0, None, 0)


def scalar(said: str, line: int, tag: str = "!string") -> Node:
    """Return a text; an expression keeps its source, with a tag of its own."""
    return yaml.ScalarNode(tag, said, mark(line), None)


def condition(said: Node, found: list[Node]) -> Node:
    """Return what stands on the sides of a condition, after what it says."""
    return yaml.SequenceNode(IF, [said, *found], said.start_mark, None)


def merged(parts: list[Node], line: int) -> Node:
    """Return lists as one list, and mappings as one; the last one counts most."""
    if any(isinstance(part, yaml.SequenceNode) and part.tag != IF for part in parts):
        return yaml.SequenceNode("!list", parts, mark(line), None)
    merges = [(scalar("<<", line), part) for part in reversed(parts)]
    return yaml.MappingNode("!block", merges, mark(line), None)


def dynamic(label: Token, body: Node) -> tuple[Node, Node] | None:
    """Return the entry that `dynamic "label" { for_each = …, content { … } }` means."""
    for_each, content, named = scalar("", label.line), None, None
    for name, value in body.value if isinstance(body, yaml.MappingNode) else ():
        if name.value == "for_each":
            said = value.value if isinstance(value, yaml.ScalarNode) else "…"
            for_each = scalar(f"for each of {said}", value.start_mark.line + 1)
        elif name.value == "content":
            content = value
        elif name.value == "labels" and isinstance(value, yaml.SequenceNode):
            named = next(iter(value.value), None)
    if content is None:
        return None
    top = scalar(label.text, label.line)
    if isinstance(named, yaml.ScalarNode):
        # A block with a label, as a task of Nomad: it stands on the line of `dynamic`.
        said = scalar(str(named.value), label.line)
        return top, yaml.MappingNode(
            "!block", [(said, content)], mark(label.line), None
        )
    return top, condition(for_each, [content])
