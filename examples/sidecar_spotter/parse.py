"""Text of YAML to a tree that keeps its lines.

PyYAML's composer in C makes the nodes: it keeps line and column, and builds no objects.
What a template has between the lines, and what is no YAML at all, is left out.
"""

import re
from collections.abc import Iterator, Sequence
from contextvars import ContextVar

import yaml

from sidecar_spotter.tree import Node, Unreadable, move

try:
    from yaml import CBaseLoader as Base

    FAST = True
except ImportError:  # pragma: no cover - PyYAML's wheels bring libyaml
    from yaml import BaseLoader as Base  # type: ignore[assignment]

    FAST = False


class Loader(Base):
    """Composes nodes, and leaves open which type a plain scalar would be.

    Deciding that would take a third of the time, and here every scalar is text.
    """

    def resolve(self, kind: type[Node], value: object, implicit: object) -> str:
        """Return the same tag for every node."""
        return ""

    def descend_resolver(self, *_: object) -> None:
        """Do nothing: `resolve` needs no path."""

    def ascend_resolver(self) -> None:
        """Do nothing: `resolve` needs no path."""


DEEPEST = 1000
"""Levels that a document may nest. libyaml's composer calls itself for each level:
it takes 12,000 and ends the process at 100,000 (tried)."""

TOO_DEEP = "nested too deep for the stack of this Python"

FAR = 200
"""Lines in front of a document from which on its nodes are moved one by one. To have
the composer count these lines costs less for few, and too much before every one of a
thousand documents."""

REPAIRS = 40
"""Lines that may be dropped from one document."""
MENDED = 100_000
"""Bytes of a document that is worth mending: each try reads all of it."""

_STATEMENT = re.compile(
    # What begins again before it has ended is none, so each byte is read but once.
    rb"\{%(?:[^%{]|%(?!\})|\{(?!%)){0,2000}%\}"
    rb"|(?<![^\s])\{#(?=[-\s])(?:[^#{]|#(?!\})|\{(?!#)){0,2000}#\}"
    rb"|<%(?![=%])(?:[^%<]|%(?!>)|<(?!%)){0,2000}%>"
    # Terraform's own: the file that it is the template of has no such sign.
    rb"|%\{[-~ ]*(?:if|else|endif|for|endfor)\b[^{}\n]{0,500}\}"
)
_EITHER = re.compile(
    # An `if` that begins and ends on one line: what its sides say.
    (
        rb"<<(?:if|unless)\b[^\n%}]{0,300}>>"
        rb"((?:(?!<<(?:if|unless|for|el|end))[^\n]){0,500})"
        rb"<<el(?:se|if|sif)\b[^\n%}]{0,300}>>"
        rb"((?:(?!<<(?:if|unless|for|end))[^\n]){0,500})"
        rb"<<end(?:if)?\b *[-+~]?>>"
    )
    .replace(b"<<", rb"(?:\{%|<%|%\{)[-+~]? *")
    .replace(b">>", rb"(?:%\}|%>|\})")
)
# Plain text first: the search for it alone runs at the speed of memory.
_MARKER = re.compile(rb"\n---(?=[ \t\r\n]|\Z)")
_COLUMNS = re.compile(rb"\n[ \t?:-]{%d}" % DEEPEST)
_BRACKET = re.compile(rb"[\[{]|[\]}]")


LEFT_OUT: ContextVar[set[int] | None] = ContextVar("left_out", default=None)
"""Gets the lines, from 1, that `mend` leaves out of what is read, where it is set."""


def without_statements(data: bytes) -> bytes:
    """Return *data* without what only steers or comments a template.

    That is one of Jinja, ERB or Terraform. Lines keep their numbers. Both sides of an
    `if` stay, unless they stand on one line: a value cannot be both.
    """
    if b"%" not in data and b"{#" not in data:
        return data  # nearly all: one sign is found faster than two
    if not any(sign in data for sign in (b"{%", b"{#", b"<%", b"%{")):
        return data
    if b"else" in data or b"elif" in data or b"elsif" in data:
        data = _EITHER.sub(lambda match: match[1].strip() or match[2], data)
    return _STATEMENT.sub(lambda match: b"\n" * match[0].count(b"\n"), data)


def documents_in(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each document of a YAML stream with the number of lines before it."""
    start = lines = 0
    for marker in _MARKER.finditer(data):
        end = marker.start() + 1
        yield lines, data[start:end]
        lines += data.count(b"\n", start, end)
        start = end
    yield lines, data[start:]


def compose(data: bytes, before: int = 0) -> Node | None:
    """Return the tree of one document that has *before* lines in front of it.

    Raises Unreadable where it is no YAML or nests too deeply.
    """
    check_depth(data)
    # The line breaks make the composer count the lines in front.
    ahead = before if before < FAR else 0
    try:
        node: Node | None = Loader(b"\n" * ahead + data).get_single_node()
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(_say(error, before - ahead)) from None
    except RecursionError:
        # Without libyaml the composer is Python, and in a browser the stack is small.
        raise Unreadable(TOO_DEEP) from None
    if before > ahead:
        move(node, before)
    return node


def mend(
    data: bytes, before: int = 0, rows: Sequence[int] = (), *, tell: bool = True
) -> Node | None:
    """Return the tree of a document of which some lines are no YAML, without them.

    Up to `REPAIRS` lines are dropped: the one that the composer trips over, or the one
    in front of it where the fault is that a plain value is followed by deeper lines. A
    list's item that is such a one is moved to where these lines fit it.

    *rows* says on which line of its file, from 0, each line of a text stands that was
    made of the file. `LEFT_OUT` gets those left out, if *tell*. Raises Unreadable where
    that does not help.
    """
    left = data.split(b"\n")
    dropped: list[int] = []
    emptied = False
    for _ in range(REPAIRS if len(data) < MENDED else 2):
        try:
            node = compose(b"\n".join(left), before)
        except Unreadable as fault:
            found = re.search(r"\(line (\d+)\)$", str(fault))
            if found is None:
                raise
            if not emptied:
                # Blanks that a template's line leaves behind may be too many.
                spaced, left = left, [one if one.strip() else b"" for one in left]
                emptied = True
                if left != spaced:
                    continue
            row = min(int(found[1]) - 1 - before, len(left) - 1)
            row = _filled(left, row)
            ahead = _filled(left, row - 1)
            if ahead >= 0 and left[ahead].strip() == b"---":
                # An indented file: its next document.
                dropped += range(ahead + 1, len(left))
                del left[ahead:]
                continue
            deeper = ahead >= 0 and _indent(left[ahead]) < _indent(left[row])
            below = next((one for one in left[row + 1 :] if one.strip()), b"")
            if deeper and "mapping values" in str(fault):
                row, below = ahead, left[row]
            left[row] = _as_deep(left[row], below)
            if not left[row]:
                dropped.append(row)
        else:
            if tell and (told := LEFT_OUT.get()) is not None:
                told.update(
                    1 + (rows[row] if rows else row) + before for row in dropped
                )
            return node
    raise Unreadable("not YAML, even without the lines that are none")


def _filled(rows: list[bytes], row: int) -> int:
    """Return the nearest row at or above *row* that says something; -1 if none does."""
    while row >= 0 and (not rows[row].strip() or rows[row].lstrip()[:1] == b"#"):
        row -= 1
    return row


def _as_deep(row: bytes, below: bytes) -> bytes:
    """Return a list's item *row*, moved to where the line *below* it is a part of it.

    Any other row is no YAML: b"".
    """
    item, column = row.lstrip(), _indent(below) - 2
    moves = item.startswith(b"- ") and b": " in item and column > _indent(row)
    return b" " * column + item if moves else b""


def _indent(row: bytes) -> int:
    return len(row) - len(row.lstrip())


def check_depth(data: bytes) -> None:
    """Raise Unreadable where *data* could nest deeper than `DEEPEST` levels.

    A block level takes at least one column, a flow level one bracket. Brackets in
    strings count too: a document that has a thousand of them open is as good as none.
    """
    deep = _COLUMNS.search(b"\n" + data) is not None
    if not deep and data.count(b"[") + data.count(b"{") > DEEPEST:
        depth = 0
        for bracket in _BRACKET.finditer(data):
            depth += 1 if bracket[0] in b"[{" else -1
            if depth > DEEPEST:
                deep = True
                break
    if deep:
        raise Unreadable(f"nested more than {DEEPEST} levels deep")


def _say(error: Exception, before: int) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
    if "expected ':'" in problem:  # noticed on the line behind the one that lacks it
        mark = getattr(error, "context_mark", None) or mark
    where = f" (line {mark.line + 1 + before})" if mark else ""
    return f"not YAML: {problem}{where}"
