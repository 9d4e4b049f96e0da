"""The words of a file: names, signs, numbers and texts, with their lines."""

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from sidecar_spotter.tree import Unreadable

WORDS = 150_000
"""Words, signs and line breaks that a file may hold: so many take a second."""

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


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the source: what it is, what it says, and where it stands."""

    kind: str
    text: str
    line: int
    start: int
    end: int


def tokens_of(source: str, quote: str) -> list[Token]:
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
