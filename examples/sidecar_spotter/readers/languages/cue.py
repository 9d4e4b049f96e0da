"""CUE: a language of objects as Jsonnet is, in which a line's end also ends a field."""

import re

from sidecar_spotter.readers.languages.jsonnet import functions
from sidecar_spotter.readers.languages.language import STRINGS, Language

TOKENS = re.compile(
    r"//[^\n]*|\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z)|" + STRINGS
)
_GOES_ON = re.compile(r"[:,(\[{&|.]\s*\Z|^\s*\Z")
"""A line whose last word asks for another one, or that says nothing."""


def with_commas(shape: str) -> str:
    """Return a text without strings and comments, with the commas that lines stand for.

    https://cuelang.org/docs/reference/spec/#commas
    """
    *lines, last = shape.split("\n")
    return (
        "".join(one + ("\n" if _GOES_ON.search(one) else ",") for one in lines) + last
    )


CUE = Language(tokens=TOKENS, functions=functions, lines_end_values=True)
