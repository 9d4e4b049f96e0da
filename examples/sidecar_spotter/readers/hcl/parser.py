"""Blocks, objects, lists and expressions, out of words."""

import yaml

from sidecar_spotter.readers.common.values import EXPRESSION, FILE
from sidecar_spotter.readers.hcl.nodes import (
    HEREDOC,
    condition,
    dynamic,
    for_each,
    is_identity,
    loop,
    mark,
    merged,
    scalar,
)
from sidecar_spotter.readers.hcl.words import Token
from sidecar_spotter.tree import Node, Unreadable

DEEPEST = 100
"""Levels that a file may nest; each takes a few of Python's own calls."""

ENCODERS = frozenset(
    (
        *("jsonencode", "jsondecode", "yamlencode", "yamldecode", "flatten", "compact"),
        *("tolist", "toset", "tomap", "try", "coalesce", "coalescelist", "sensitive"),
        *("nonsensitive", "array", "any", "json", "string", "distinct", "reverse"),
    )
)
"""Functions that give what their first argument holds, in another dress."""

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


class Parser:
    """Reads a list of words from front to back, once."""

    def __init__(self, source: str, tokens: list[Token]) -> None:
        """Begin at the first of *tokens*, which are the words of *source*."""
        self.source = source
        self.tokens = tokens
        self.at = 0

    def file(self) -> Node:
        """Read the entries of a whole file."""
        return self._body(self.tokens[0].line, "", 0)

    def value(self) -> Node:
        """Read one expression."""
        self._over_lines()
        return self._value(0)

    @property
    def here(self) -> Token:
        """The word that is read next."""
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
        return yaml.MappingNode("!block", found, mark(line), None)

    def _entry(self, depth: int) -> tuple[Node, Node] | None:
        """Read one entry: `key = value`, `key: value` or `key label { … }`."""
        first = self._next()
        bracket = first.kind == "sign"
        name = self._bracketed() if bracket else first.text
        labels: list[Token] = []
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
            return dynamic(labels[0], value)
        for label in reversed(labels[:4]):
            inner = (scalar(label.text, label.line), value)
            value = yaml.MappingNode("!block", [inner], mark(label.line), None)
        return scalar(name, first.line), value

    def _bracketed(self) -> str:
        start = self.here.start
        self._skip(frozenset(), line=False)
        end = self._next().start
        return self.source[start:end].strip().strip('"')

    def _loop(self, depth: int) -> tuple[Node, list[str], Node]:
        """Read `for a, b in c :`, up to what it gives; Bicep writes `for (b, a)`."""
        word = self._next()
        first = self.at
        named: list[str] = []
        while (self.here.kind == "word" and self.here.text != "in") or self._is(
            ",", "("
        ):
            if self.here.kind == "word":
                named.append(self.here.text)
            self.at += 1
        if self._is(")"):
            named.reverse()
            self.at += 1
        self.at += self.here.text == "in"
        over = self._value(depth + 1)
        self._skip(frozenset(":"), line=False)
        said = scalar(self._source(first), word.line, EXPRESSION)
        self.at += self._is(":")
        self._over_lines()
        return said, ["", *named][-2:] if named else ["", ""], over

    def _for_map(self, depth: int) -> Node:
        """Read `{for a, b in c : key => value}`, after its bracket."""
        said, named, over = self._loop(depth)
        key = self._value(depth + 1)
        self._over_lines()
        self.at += self._is("=>")
        self._over_lines()
        value = self._value(depth + 1)
        self._skip(frozenset("}"), line=False)
        self.at += self._is("}")
        made = loop(said, named, [over, value, key])
        return over if is_identity(made) else made

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
            if parts and token.kind == "word" and token.text == "if":
                break  # which of them a loop is about
            if self._is("?") and parts:
                return self._conditional(first, depth)
            parts += 1
            if self._is("{", "[", "("):
                whole = self._structure(first, depth)
            elif token.kind in ("string", "heredoc"):
                self.at += 1
                tag = HEREDOC if token.kind == "heredoc" else "!string"
                whole = scalar(token.text, token.line, tag)
            else:
                self.at += 1
                whole = None
                if token.kind == "word" and self._is("("):
                    whole = self._call(token, depth)
        if parts == 1 and whole is not None:
            return whole
        return scalar(self._source(first), self.tokens[first].line, EXPRESSION)

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
            at = self.at
            self._over_lines()
            if self.here.text == "for" and self.tokens[self.at + 1].kind == "word":
                return self._for_map(depth)
            self.at = at
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
            return self._for_list(depth)
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
        return yaml.SequenceNode("!list", found, mark(token.line), None)

    def _for_list(self, depth: int) -> Node:
        """Read `[for a in b : value]`, after its bracket."""
        said, named, over = self._loop(depth)
        value = self._value(depth + 1)
        self._skip(frozenset("]"), line=False)
        self.at += self._is("]")
        return loop(said, named, [over, value])

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
        return condition(scalar(said, start, EXPRESSION), found)

    def _call(self, name: Token, depth: int) -> Node | None:
        """Read the arguments of a function; return what it gives, if that shows."""
        bracket = self._next()
        inside = self._list(bracket, ")", depth)
        found = list(inside.value)
        if name.text == "if" and self._is("{") and found:
            self.at += 1
            return condition(found[0], [self._body(name.line, "}", depth + 1)])
        if name.text in ENCODERS:
            return found[0] if found else None
        if name.text in ("concat", "setunion"):
            return inside
        if name.text == "values" and found:
            return for_each(found[0], name.line)
        if (
            name.text == "format"
            and str(found[0].value if found else "").lstrip()[:1] == "["
        ):
            return yaml.SequenceNode("!list", found[1:], mark(name.line), None)
        if name.text == "lookup" and len(found) > 1 and found[0].tag == EXPRESSION:
            said = f"{found[0].value}.{found[1].value}"
            return scalar(said, name.line, EXPRESSION)
        if name.text in ("merge", "union"):
            return merged(found, name.line)
        if name.text in ("file", "templatefile", "loadTextContent", "loadJsonContent"):
            said = str(found[0].value) if found else ""
            return scalar(said, name.line, FILE)
        return None
