"""HCL and Bicep as the same kind of tree as YAML, so that one reader suits them all.

It reads the structure and computes nothing: a block is an entry whose value is a
mapping, one level for each label, as in Terraform's own JSON form; a block that
stands twice is two entries. An expression is a scalar that keeps its source text. It
is tolerant: what it does not understand, such as a template's `[[ if ]]`, it leaves
out, line by line.
"""

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml

from sidecar_spotter.readers.fields import EXPRESSION, FILE, IF
from sidecar_spotter.tree import TOO_DEEP, Node, Unreadable, entries, items, text

DEEPEST = 100
"""Levels that a file may nest; each takes a few of Python's own calls."""

WORDS = 150_000
"""Words, signs and line breaks that a file may hold: so many take a second."""

HEREDOC = "!heredoc"
"""The tag of a scalar whose text begins on the line after its own."""

ENCODERS = frozenset(
    (
        *("jsonencode", "jsondecode", "yamlencode", "yamldecode", "flatten", "compact"),
        *("tolist", "toset", "tomap", "try", "coalesce", "coalescelist", "sensitive"),
        *("nonsensitive", "array", "any", "json", "string"),
    )
)
"""Functions that give what their first argument holds, in another dress."""

_TOKEN = re.compile(
    r"""(?P<blank>[^\S\n]+|\ufeff)
    |(?P<newline>\n)
    |(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<heredoc><<[-~]?[ \t]*(?P<mark>[^\W\d][\w-]*)[ \t]*\r?\n)
    |(?P<quote>'''|["'])
    |(?P<word>[^\W\d][\w-]*+(?:\.[\w*-]++)*+)
    |(?P<number>\d[\w.]*)
    |(?P<sign>=>|[=!<>]=|&&|\|\||\?\?|\?\.|::|\.\.\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = {
    '"': re.compile(r'(?:\\.|[^"\\\n])*"?'),
    "'": re.compile(r"(?:\\.|[^'\\\n])*'?"),
}
_STEP = {
    '"': re.compile(r'\\.|\$\$\{|%%\{|[$%]\{|["{}\n]', re.DOTALL),
    "'": re.compile(r"\\.|\$\{|['{}\n]", re.DOTALL),
}
_OPERATORS = frozenset(
    (
        *("?", ":", "&&", "||", "==", "!=", "<=", ">=", "<", ">", "??", "!", "=", "."),
        *("+", "-", "*", "/", "%"),
    )
)
_LEADING = frozenset(("?", "&&", "||", "==", "!=", "??"))
"""Operators that may begin a line which continues the one before."""
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the source: what it is, what it says, and where it stands."""

    kind: str
    text: str
    line: int
    start: int
    end: int


def hcl(data: bytes) -> Node:
    """Return the tree of an HCL file; raise Unreadable where it nests too deeply."""
    source = data.decode("utf-8", "replace")
    return _stacked(_Parser(source, _tokens(source, '"')).file)


def bicep(data: bytes) -> Node:
    """Return the tree of a Bicep file; raise Unreadable where it nests too deeply."""
    source = data.decode("utf-8", "replace")
    return _stacked(_Parser(source, _tokens(source, "'")).file)


def loose(data: bytes, before: int = 0) -> Node:
    """Return the tree of JSON that JSON's own rules forbid, by the rules of HCL.

    It may have comments, lack commas, and be a template. *before* lines precede it.
    """
    source = "\n" * before + data.decode("utf-8", "replace")
    return _stacked(_Parser(source, _tokens(source, '"')).value)


def _stacked(parse: Callable[[], Node]) -> Node:
    """Return what *parse* does; its calls in calls may be more than the stack takes."""
    try:
        return parse()
    except RecursionError:
        raise Unreadable(TOO_DEEP) from None


# --- words


def _tokens(source: str, quote: str) -> list[Token]:
    """Return the words of *source*, without blanks and comments."""
    found: list[Token] = []
    at, line = 0, 1
    end_of_string = _string_reader(source, quote)
    while (match := _TOKEN.match(source, at)) is not None:
        kind = match.lastgroup or "sign"
        kind = "heredoc" if kind == "mark" else kind
        start, at = at, match.end()
        said = match[0]
        if kind == "heredoc":
            body, at = _heredoc(source, match)
            said = body
        elif kind == "quote" and said == "'''" and quote == "'":
            at = source.find("'''", at)
            at = len(source) if at < 0 else at + 3
            kind, said = "string", source[start + 3 : at - 3].removeprefix("\n")
        elif kind == "quote" and said[0] == quote:
            at = end_of_string(start + 1)
            kind, said = "string", _unquote(source[start + 1 : at], quote)
        elif kind == "quote":
            at = start + 1
            kind, said = "sign", source[start]
        if kind not in ("blank", "comment"):
            found.append(Token(kind, said, line, start, at))
            if len(found) > WORDS:
                raise Unreadable(f"holds more than {WORDS:,} words")
        line += source.count("\n", start, at)
    found.append(Token("end", "", line, len(source), len(source)))
    return found


def _heredoc(source: str, match: re.Match[str]) -> tuple[str, int]:
    """Return the text of a heredoc that *match* begins, and where it ends."""
    last = re.compile(rf"^[ \t]*{match['mark']}(?=[ \t\r,)\]]*$)", re.MULTILINE)
    found = last.search(source, match.end())
    if found is None:
        raise Unreadable(f"the text from <<{match['mark']} on does not end")
    body = source[match.end() : found.start()]
    return textwrap.dedent(body) if match[0][2] in "-~" else body, found.end()


def _string_reader(source: str, quote: str) -> Callable[[int], int]:
    """Return a function that finds where the string that begins somewhere ends.

    A string may hold `${}` with strings in it. Where one does not end at all, those
    after it are read to the next quote: looking to the end for each would take long.
    """
    broken = False

    def end_of_string(start: int) -> int:
        nonlocal broken
        if not broken:
            inside = ["string"]
            for step in _STEP[quote].finditer(source, start):
                sign = step[0]
                if inside[-1] == "string":
                    if sign == quote:
                        inside.pop()
                    elif sign in ("${", "%{"):
                        inside.append("braces")
                    elif sign == "\n" and len(inside) == 1:
                        return step.start()
                elif sign == quote:
                    inside.append("string")
                elif sign.endswith("{"):
                    inside.append("braces")
                elif sign == "}":
                    inside.pop()
                if not inside:
                    return step.end()
            broken = True
        plain = _PLAIN[quote].match(source, start)
        return plain.end() if plain else start

    return end_of_string


def _unquote(raw: str, quote: str) -> str:
    signs = {"n": "\n", "t": "\t", "r": "\r"}
    return _ESCAPE.sub(lambda one: signs.get(one[1], one[1]), raw.removesuffix(quote))


# --- structure


class _Parser:
    """Reads a list of words from front to back, once."""

    def __init__(self, source: str, tokens: list[Token]) -> None:
        self.source = source
        self.tokens = tokens
        self.at = 0

    def file(self) -> Node:
        return self._body(self.tokens[0].line, "", 0)

    def value(self) -> Node:
        self._over_lines()
        return self._value(0)

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def _next(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def _is(self, *signs: str) -> bool:
        return self.here.kind == "sign" and self.here.text in signs

    def _over_lines(self) -> None:
        while self.here.kind == "newline":
            self.at += 1

    def _skip(self, until: frozenset[str], *, line: bool = True) -> None:
        """Skip to one of the signs, or the line's end, outside of all brackets."""
        depth = 0
        while self.here.kind != "end":
            sign = self.here.text if self.here.kind == "sign" else ""
            if not depth and (sign in until or (line and self.here.kind == "newline")):
                return
            if sign in _OPENING:
                depth += 1
            elif sign in _CLOSING:
                if not depth:
                    return
                depth -= 1
            self.at += 1

    def _body(self, line: int, closer: str, depth: int) -> yaml.MappingNode:
        """Read entries up to *closer*: of a file, a block or an object."""
        if depth > DEEPEST:
            raise Unreadable(f"nested more than {DEEPEST} levels deep")
        found: list[tuple[Node, Node]] = []
        while self.here.kind != "end":
            if closer and self._is(closer):
                self.at += 1
                break
            token = self.here
            if token.kind in ("word", "string", "number") or self._is("("):
                if (entry := self._entry(depth)) is not None:
                    found.append(entry)
                if not self._is(",", "}") and self.here.kind != "newline":
                    self._skip(frozenset(",}"))
            elif token.kind == "newline" or self._is(",", "}", "]", ")"):
                self.at += 1
            else:
                self._skip(frozenset())
        return yaml.MappingNode("!block", found, _mark(line), None)

    def _entry(self, depth: int) -> tuple[Node, Node] | None:
        """Read one entry: `key = value`, `key: value` or `key label { … }`."""
        first = self._next()
        bracket = first.kind == "sign"
        name = self._bracketed() if bracket else first.text
        labels: list[Token] = []
        if first.text == "for" and first.kind == "word" and self.here.kind == "word":
            return self._for_object(first, depth)
        while True:
            token = self.here
            if self._is("=", ":"):
                self.at += 1
                value = self._value(depth + 1)
                break
            if self._is("{"):
                self.at += 1
                value = self._body(token.line, "}", depth + 1)
                break
            if token.kind in ("word", "string"):
                labels.append(token)
            elif not self._is("[", "]", "|", "?", "(", ")", "<", ">"):
                return None
            self.at += 1
        if first.text == "dynamic" and labels:
            # Terraform: a block for each of something is a block under a condition.
            return _dynamic(labels[0], value)
        for label in reversed(labels[:4]):
            inner = (_scalar(label.text, label.line), value)
            value = yaml.MappingNode("!block", [inner], _mark(label.line), None)
        return _scalar(name, first.line), value

    def _bracketed(self) -> str:
        start = self.here.start
        self._skip(frozenset(), line=False)
        end = self._next().start
        return self.source[start:end].strip().strip('"')

    def _for_object(self, first: Token, depth: int) -> tuple[Node, Node] | None:
        """Read `for a, b in c : key => value`, as one entry."""
        self._skip(frozenset(":"), line=False)
        self.at += self._is(":")
        key = self._value(depth + 1)
        if not self._is("=>"):
            return None
        self.at += 1
        value = self._value(depth + 1)
        self._skip(frozenset("}"), line=False)
        return _scalar(str(key.value), first.line), value

    def _value(self, depth: int) -> Node:
        """Read an expression, up to a comma, a closing bracket or the line's end."""
        if depth > DEEPEST:
            raise Unreadable(f"nested more than {DEEPEST} levels deep")
        first = self.at
        whole: Node | None = None
        parts = 0
        while True:
            token = self.here
            if token.kind == "newline":
                if not self._continues(first):
                    break
                self._over_lines()
                continue
            if token.kind == "end" or self._is(",", "}", "]", ")", ":", "=>"):
                break
            if self._is("?") and parts:
                return self._conditional(first, depth)
            parts += 1
            if self._is("{", "[", "("):
                whole = self._structure(first, depth)
            elif token.kind in ("string", "heredoc"):
                self.at += 1
                tag = HEREDOC if token.kind == "heredoc" else "!string"
                whole = _scalar(token.text, token.line, tag)
            else:
                self.at += 1
                whole = None
                if token.kind == "word" and self._is("("):
                    whole = self._call(token, depth)
        if parts == 1 and whole is not None:
            return whole
        return _scalar(self._source(first), self.tokens[first].line, EXPRESSION)

    def _continues(self, first: int) -> bool:
        """Whether the expression that began at *first* goes on in the next line."""
        last = self.tokens[self.at - 1]
        if self.at > first and last.kind == "sign" and last.text in _OPERATORS:
            return True
        at = self.at
        while self.tokens[at].kind == "newline":
            at += 1
        ahead = self.tokens[at]
        return self.at > first and ahead.kind == "sign" and ahead.text in _LEADING

    def _source(self, first: int) -> str:
        if self.at == first:
            return ""
        start, end = self.tokens[first].start, self.tokens[self.at - 1].end
        return " ".join(self.source[start : min(end, start + 500)].split())

    def _structure(self, first: int, depth: int) -> Node | None:
        """Read what a bracket opens; None where it only belongs to an expression."""
        token = self._next()
        if token.text == "{":
            return self._body(token.line, "}", depth + 1)
        if token.text == "(":
            self._over_lines()
            inner = self._value(depth + 1)
            self._skip(frozenset(), line=False)
            self.at += self._is(")")
            return inner
        before = self.tokens[self.at - 2]
        if self.at - 1 > first and before.end == token.start:
            self._skip(frozenset(), line=False)  # an index
            self.at += self._is("]")
            return None
        return self._list(token, "]", depth)

    def _list(self, token: Token, closer: str, depth: int) -> Node:
        self._over_lines()
        if self.here.text == "for" and self.here.kind == "word":
            return self._for_list(token, depth)
        found: list[Node] = []
        while self.here.kind != "end":
            if self._is(closer):
                self.at += 1
                break
            if self._is("}"):
                break  # the closing bracket is missing
            if self.here.kind == "newline" or self._is(",", ")", "]", ":", "=>"):
                self.at += 1
            else:
                found.append(self._value(depth + 1))
        return yaml.SequenceNode("!list", found, _mark(token.line), None)

    def _for_list(self, token: Token, depth: int) -> Node:
        """Read `[for a in b : value]` as a value that stands under a condition."""
        first = self.at
        self._skip(frozenset(":"), line=False)
        said = _scalar(self._source(first), token.line, EXPRESSION)
        self.at += self._is(":")
        self._over_lines()
        value = self._value(depth + 1)
        self._skip(frozenset("]"), line=False)
        self.at += self._is("]")
        return _condition(said, [value])

    def _conditional(self, first: int, depth: int) -> Node:
        said = self._source(first)
        start = self.tokens[first].line
        self.at += 1
        self._over_lines()
        yes = self._value(depth + 1)
        self._over_lines()
        found = [yes]
        if self._is(":"):
            self.at += 1
            self._over_lines()
            found.append(self._value(depth + 1))
        return _condition(_scalar(said, start, EXPRESSION), found)

    def _call(self, name: Token, depth: int) -> Node | None:
        """Read the arguments of a function; return what it gives, if that shows."""
        bracket = self._next()
        inside = self._list(bracket, ")", depth)
        found = list(inside.value)
        if name.text == "if" and self._is("{") and found:
            self.at += 1
            return _condition(found[0], [self._body(name.line, "}", depth + 1)])
        if name.text in ENCODERS:
            return found[0] if found else None
        if name.text == "concat":
            return inside
        if name.text in ("merge", "union"):
            return _merged(found, name.line)
        if name.text in ("file", "templatefile", "loadTextContent", "loadJsonContent"):
            said = str(found[0].value) if found else ""
            return _scalar(said, name.line, FILE)
        return None


def _mark(line: int) -> yaml.Mark:
    return yaml.Mark("", 0, line - 1, 0, None, 0)


def _scalar(said: str, line: int, tag: str = "!string") -> Node:
    return yaml.ScalarNode(tag, said, _mark(line), None)


def _condition(said: Node, found: list[Node]) -> Node:
    return yaml.SequenceNode(IF, [said, *found], said.start_mark, None)


def _merged(parts: list[Node], line: int) -> Node:
    """Return lists as one list, and mappings as one; the last one counts most."""
    if any(isinstance(part, yaml.SequenceNode) and part.tag != IF for part in parts):
        return yaml.SequenceNode("!list", parts, _mark(line), None)
    merges = [(_scalar("<<", line), part) for part in reversed(parts)]
    return yaml.MappingNode("!block", merges, _mark(line), None)


def _dynamic(label: Token, body: Node) -> tuple[Node, Node] | None:
    """Return the entry that `dynamic "label" { for_each = …, content { … } }` means."""
    for_each, content, named = _scalar("", label.line), None, None
    for name, value in body.value if isinstance(body, yaml.MappingNode) else ():
        if name.value == "for_each":
            said = value.value if isinstance(value, yaml.ScalarNode) else "…"
            for_each = _scalar(f"for each of {said}", value.start_mark.line + 1)
        elif name.value == "content":
            content = value
        elif name.value == "labels" and isinstance(value, yaml.SequenceNode):
            named = next(iter(value.value), None)
    if content is None:
        return None
    top = _scalar(label.text, label.line)
    if isinstance(named, yaml.ScalarNode):
        # A block with a label, as a task of Nomad: it stands on the line of `dynamic`.
        said = _scalar(str(named.value), label.line)
        return top, yaml.MappingNode(
            "!block", [(said, content)], _mark(label.line), None
        )
    return top, _condition(for_each, [content])


def labeled(node: Node | None, kind: str) -> Iterator[tuple[Node, Node]]:
    """Yield label and body of each block `kind "label" { … }` in *node*."""
    for name, value in entries(node):
        if text(name) == kind:
            for block in items(value) or [value]:  # JSON may list blocks
                yield from entries(block)
