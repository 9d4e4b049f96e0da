"""Rust: a quote may begin a lifetime, and a string may go over several lines."""

import re
from collections.abc import Iterator, Mapping

from sidecar_spotter.readers.languages.curly import with_bodies
from sidecar_spotter.readers.languages.language import Function, Language

_DEFINED = re.compile(r"\bfn\s+(\w+)")


def functions(shape: str, closes: Mapping[int, int]) -> Iterator[Function]:
    """Yield each `fn` that has a body."""
    return with_bodies(_DEFINED, shape, closes)


RUST = Language(
    tokens=re.compile(
        r"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|\"(?:\\.|[^\"\\])*(?:\"|\Z)|'(?:\\.|[^'\\\n])'"
    ),
    functions=functions,
)
