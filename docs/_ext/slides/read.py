"""What is known of a slide without a build: its number, its title and its times."""

import re
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "talk" / "deck" / "slides.md"

CUTS = ("short", "long")
"""The two lengths of the talk; each is a page of the deck with that name."""

WORDS_PER_MINUTE = 130
"""How fast the notes are spoken, pauses included."""

OPENING = re.compile(r"(?m)^:{3,}\{slide\} (.+)\n((?:^:[a-z-]+:.*\n)*)")
OPTION = re.compile(r"(?m)^:([a-z-]+): *(.*)$")
TIME = re.compile(r"(\d+):([0-5]\d)")


@dataclass(frozen=True)
class Slide:
    """A slide of the source; ``seconds`` has no entry for a cut that lacks it."""

    number: int
    title: str
    seconds: dict[str, int]


def seconds(time: str) -> int:
    """Return how many seconds ``M:SS`` is.

    Raises ValueError for anything else.
    """
    found = TIME.fullmatch(time.strip())
    if not found:
        raise ValueError(f"{time!r} is no time: write minutes and seconds, as in 1:30")
    return int(found[1]) * 60 + int(found[2])


def clock(of: int) -> str:
    """Return seconds as ``M:SS``."""
    return f"{of // 60}:{of % 60:02}"


def slides(text: str) -> list[Slide]:
    """Return the slides of a source, in their order."""
    found = []
    for number, opening in enumerate(OPENING.finditer(text), 1):
        options = dict(OPTION.findall(opening[2]))
        times = {cut: seconds(options[cut]) for cut in CUTS if cut in options}
        found.append(Slide(number, opening[1].strip(), times))
    return found


def spoken(words: str) -> float:
    """Return how many seconds it takes to say *words*."""
    return len(words.split()) * 60 / WORDS_PER_MINUTE
