"""The nodes of YAML that stand for what HCL says."""

import yaml

from sidecar_spotter.readers.common.loops import FOR, once
from sidecar_spotter.readers.common.values import EXPRESSION, IF
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


def loop(said: Node, named: list[str], parts: list[Node]) -> Node:
    """Return what stands for each: over what, what it gives, and the key of it.

    Before it stand the condition in words, and the names of key and value.
    """
    mark_ = said.start_mark
    own = [yaml.ScalarNode("!string", one, mark_, None) for one in named]
    return yaml.SequenceNode(FOR, [said, *own, *parts], mark_, None)


def for_each(given: Node, line: int) -> Node:
    """Return the values of a mapping, or of a list, as a loop over them."""
    said = scalar("each of it", line, EXPRESSION)
    return loop(said, ["", "it"], [given, scalar("it", line, EXPRESSION)])


def is_identity(made: Node) -> bool:
    """Whether a loop makes a mapping of the very entries it goes over."""
    key, value = (str(one.value) for one in made.value[1:3])
    same = [made.value[5].value, made.value[4].value] == [key, value]
    return same and {made.value[4].tag, made.value[5].tag} == {EXPRESSION}


def merged(parts: list[Node], line: int) -> Node:
    """Return lists as one list, and mappings as one; the last one counts most."""
    parts = [
        once(one) if len(one.value) > 5 and one.tag == FOR else one for one in parts
    ]
    if any(
        isinstance(part, yaml.SequenceNode) and part.tag not in (IF, FOR)
        for part in parts
    ):
        return yaml.SequenceNode("!list", parts, mark(line), None)
    merges = [(scalar("<<", line), part) for part in reversed(parts)]
    return yaml.MappingNode("!block", merges, mark(line), None)


def dynamic(label: Token, body: Node) -> tuple[Node, Node] | None:
    """Return the entry that `dynamic "label" { for_each = …, content { … } }` means."""
    said, content, named = scalar("", label.line), None, None
    over, called = said, label.text
    for name, value in body.value if isinstance(body, yaml.MappingNode) else ():
        if name.value == "for_each":
            over = value
            source = value.value if isinstance(value, yaml.ScalarNode) else "…"
            said = scalar(f"for each of {source}", value.start_mark.line + 1)
        elif name.value == "iterator":
            called = str(value.value)
        elif name.value == "content":
            content = value
        elif name.value == "labels" and isinstance(value, yaml.SequenceNode):
            named = next(iter(value.value), None)
    if content is None:
        return None
    top = scalar(label.text, label.line)
    if isinstance(named, yaml.ScalarNode):
        # A block with a label, as a task of Nomad: it stands on the line of `dynamic`.
        own = scalar(str(named.value), label.line)
        return top, yaml.MappingNode("!block", [(own, content)], mark(label.line), None)
    return top, loop(said, [f"{called}.key", f"{called}.value"], [over, content])
