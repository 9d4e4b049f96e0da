"""TypeScript, JavaScript, Java, Kotlin and C#: bodies of functions stand in braces."""

import re
from collections.abc import Iterator, Mapping

from sidecar_spotter.readers.languages.language import STRINGS, Function, Language

FAR = 2000
"""Characters between a function's name and its body."""

_DEFINED = re.compile(
    r"\bfunction\s+(\w+)|^[ \t]*(?:[\w<>\[\],?.]+[ \t]+){0,5}?(\w+)[ \t]*"
    r"\([^;{}()]*(?:\([^;{}()]*\)[^;{}()]*)*\)[^;{}()=]{0,120}(?=\{)"
    r"|\b(\w+)\s*=\s*(?:async\s*)?\([^;{}()]*\)[^;{}()=]{0,60}=>",
    re.M,
)
_NO_FUNCTIONS = {"if", "for", "while", "switch", "catch", "return", "new", "match"}
"""What looks like a call with a body behind it, and is a statement."""


def functions(shape: str, closes: Mapping[int, int]) -> Iterator[Function]:
    """Yield each function, method and named arrow that has a body."""
    return with_bodies(_DEFINED, shape, closes)


def with_bodies(
    defined: re.Pattern[str], shape: str, closes: Mapping[int, int]
) -> Iterator[Function]:
    """Yield what *defined* names, in one of its groups, where a body in braces follows.

    *closes* are the partners of the opening brackets in *shape*.
    """
    for match in defined.finditer(shape):
        name = next(filter(None, match.groups()), "")
        opening = shape.find("{", match.end(), match.end() + FAR)
        if name and name not in _NO_FUNCTIONS and opening >= 0:
            yield Function(name, match.start(), closes.get(opening, opening))


CURLY = Language(
    tokens=re.compile(
        r"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|`(?:\\.|[^`\\])*(?:`|\Z)|" + STRINGS
    ),
    functions=functions,
)
