"""What the readers of code have to know of a language."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

WIDEST = 8000
"""Characters of one value that are looked at."""
ASSIGNED = re.compile(r"(?<![\w.])([\w.]{1,120})\s*(?::\s*[\w.]{1,80}\s*)?=(?![=>])\s*")
STRINGS = r"\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?"
"""A string of one line, as most languages have it."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function by its name, and where it starts and ends."""

    name: str
    start: int
    end: int


Find = Callable[[str, Mapping[int, int]], Iterator[Function]]
"""Finds the functions in a text without strings, by the partners of its brackets."""


@dataclass(frozen=True, slots=True)
class Language:
    """How the programs in a language, or in a family of them, are written."""

    tokens: re.Pattern[str]
    """A string or a comment."""
    functions: Find
    assigned: re.Pattern[str] = ASSIGNED
    """What gives a name, its group 1, the value that stands behind it."""
    widest: int = WIDEST
    """Characters of a pair of brackets whose elements are looked at."""
    lines_end_values: bool = False
    """Whether a value outside of brackets ends with its line."""
    strings_in_one_line: bool = False
    """Whether a string of several lines belongs to the line on which it begins."""
