"""What is known of a slide without a build: its number, its title and its times."""

import re
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "talk" / "deck" / "slides.md"

CUTS = ("short", "long")
"""The two lengths of the talk; each is a page of the deck with that name."""

WORDS_PER_MINUTE = 130
"""How fast the notes are spoken, pauses included."""

NOTES = re.compile(r"(?ms)^(:{3,})\{notes\}\n(.*?)^\1$")
CUT = re.compile(r"(?ms)^(:{3,})\{cut\} (\w+)\n(.*?)^\1$")
MARKS = re.compile(r"[*`]")
OPENING = re.compile(r"(?m)^:{3,}\{slide\} (.+)\n((?:^:[a-z-]+:.*\n)*)")
OPTION = re.compile(r"(?m)^:([a-z-]+): *(.*)$")
TIME = re.compile(r"(\d+):([0-5]\d)")


@dataclass(frozen=True)
class Slide:
    """A slide of the source; ``seconds`` has no entry for a cut that lacks it.

    ``words`` counts what the notes have in each cut, what one only does included.
    """

    number: int
    title: str
    seconds: dict[str, int]
    words: dict[str, int]


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
    starts = [*OPENING.finditer(text)]
    ends = [opening.start() for opening in starts[1:]] + [len(text)]
    for number, (opening, end) in enumerate(zip(starts, ends, strict=True), 1):
        options = dict(OPTION.findall(opening[2]))
        times = {cut: seconds(options[cut]) for cut in CUTS if cut in options}
        said = NOTES.search(text, opening.end(), end)
        words = {cut: len(notes(said[2] if said else "", cut).split()) for cut in times}
        found.append(Slide(number, opening[1].strip(), times, words))
    return found


def notes(text: str, cut: str) -> str:
    """Return the words of the notes *text* in a *cut*."""
    kept = CUT.sub(lambda block: block[3] if block[2] == cut else "", text)
    return MARKS.sub("", kept)


def spoken(words: int) -> float:
    """Return how many seconds it takes to say so many *words*."""
    return words * 60 / WORDS_PER_MINUTE
