"""Python: functions end where the text is indented less."""

import re
from collections.abc import Iterator, Mapping

from sidecar_spotter.readers.languages.language import STRINGS, Function, Language

_DEFINED = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.M)


def functions(shape: str, closes: Mapping[int, int]) -> Iterator[Function]:
    """Yield each function, up to the next that is indented no deeper."""
    waiting: list[tuple[int, re.Match[str]]] = []
    for match in _DEFINED.finditer(shape):
        indent = len(match[0]) - len(match[0].lstrip())
        while waiting and waiting[-1][0] >= indent:
            _, ended = waiting.pop()
            yield Function(ended[1], ended.start(), match.start())
        waiting.append((indent, match))
    for _, ended in waiting:
        yield Function(ended[1], ended.start(), len(shape))


PYTHON = Language(
    tokens=re.compile(
        r"#[^\n]*|\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z)|" + STRINGS
    ),
    functions=functions,
    lines_end_values=True,
)
