"""Go: functions begin at the start of a line, and are not in one another."""

import re
from collections.abc import Iterator, Mapping

from sidecar_spotter.readers.languages.language import Function, Language

FUNCTION = re.compile(r"^func\s*(?:\([^)\n]*\)\s*)?(\w+)", re.M)
_OPENS_BODY = re.compile(r"\{[ \t]*$", re.M)


def functions(shape: str, closes: Mapping[int, int]) -> Iterator[Function]:
    """Yield each function, with its body where it has one."""
    found = list(FUNCTION.finditer(shape))
    nexts = [*(match.start() for match in found), len(shape)][1:]
    for match, after in zip(found, nexts, strict=True):
        opening = _OPENS_BODY.search(shape, match.end(), after)
        end = closes.get(opening.start(), match.end()) if opening else match.end()
        yield Function(match[1], match.start(), min(end + 1, after))


GO = Language(
    tokens=re.compile(
        r"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|`[^`]*(?:`|\Z)|\"(?:\\.|[^\"\\\n])*\"?"
        r"|'(?:\\.|[^'\\\n]){1,8}'"
    ),
    functions=functions,
    assigned=re.compile(r"\b(\w+)\s*:?=(?!=)"),
    widest=1 << 19,  # a pod's specification is one literal, and may be a long one
    # Statements end with their lines, and those with a script in backquotes do not.
    strings_in_one_line=True,
)
