"""The text of a program, in whichever language: strings, brackets and names.

Nothing is run. Strings and comments are blanked and brackets matched, and then a call
or a literal is a list of fields, which most languages write almost alike.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from sidecar_spotter.model import Text
from sidecar_spotter.readers.common.brackets import Around, closing
from sidecar_spotter.readers.common.lines import Lines
from sidecar_spotter.readers.languages.language import WIDEST, Language

Span = tuple[int, int]

_OPENS = re.compile(r"\s*(?:new\s+[\w.]{1,120}\s*(?:\(\s*\))?\s*|&[\w.]{1,120})?\{")
_STEP = re.compile(r"\.(\w{1,60})\(")
_FIELD = re.compile(r"\s*(?:(\w+)|([\"'])_*[\"'])\s*[:=](?![=>:])")
_SHORT = re.compile(r"\s*(name|image)\s*")
"""A field of TypeScript whose value is the variable of its name."""
_STOP = re.compile(r"[,{(\[]")


class Code:
    """A file as text whose strings and comments are blanked, and what it names."""

    def __init__(self, text: str, language: Language) -> None:
        """Blank *text*, match its brackets, and note what it gives to its names."""
        self.text = text
        self.language = language
        self._strings: dict[int, str] = {}
        self.shape = language.tokens.sub(self._blank, text)
        self._starts = sorted(self._strings)
        self.line = Lines(text).of
        self.closes = closing(self.shape)
        self.assigned: dict[str, list[int]] = defaultdict(list)
        self._names: dict[int, str] = {}
        for match in language.assigned.finditer(self.shape):
            name = plain(match[1])
            self.assigned[name].append(match.end())
            self._names[match.end()] = name

    def _blank(self, match: re.Match[str]) -> str:
        said = match[0]
        if said[0] in "#/":
            return re.sub(r"[^\n]", " ", said)
        self._strings[match.start()] = said.strip("\"'`")
        inside = said[1:-1]
        if "\n" not in inside or self.language.strings_in_one_line:
            inside = "_" * len(inside)
        else:
            inside = re.sub(r"[^\n]", "_", inside)
        return said[0] + inside + said[-1:] * (len(said) > 1)

    @cached_property
    def around(self) -> Around:
        """Tells the innermost bracket around a place."""
        return Around(self.shape)

    def before(self, at: int) -> str:
        """Return what stands in front of a place, on its line."""
        return self.shape[max(at - 160, 0) : at].rpartition("\n")[2]

    def places(self, span: Span) -> Sequence[int]:
        """Return where the strings begin that begin in a span."""
        end = min(span[1], span[0] + WIDEST)
        first = bisect_left(self._starts, span[0])
        return self._starts[first : bisect_left(self._starts, end)]

    def string_at(self, at: int) -> str:
        """Return the string that begins at a place, "" if none does."""
        return self._strings.get(at, "")

    def strings(self, span: Span) -> Iterator[Text]:
        """Yield the strings that begin in a span."""
        for at in self.places(span):
            yield Text(self._strings[at], self.line(at))

    def body(self, opening: int) -> Span:
        """Return what lies between a bracket and its partner."""
        return opening + 1, self.closes.get(opening, opening + 1)

    def elements(self, opening: int) -> Iterator[Span]:
        """Yield what stands between the commas in a pair of brackets."""
        at = begin = opening + 1
        end = min(self.closes.get(opening, begin), opening + self.language.widest)
        while match := _STOP.search(self.shape, at, end):
            if match[0] == ",":
                yield begin, match.start()
                at = begin = match.end()
            else:
                at = self.closes.get(match.start(), match.start()) + 1
        if begin < end and self.shape[begin:end].strip():
            yield begin, end

    def fields(self, opening: int, *, inner: bool = True) -> dict[str, Span]:
        """Return the values of arguments by name: Python's, or in TypeScript's braces.

        Names are small and without the underscore that only one language has.
        """
        found: dict[str, Span] = {}
        for start, end in self.elements(opening):
            said = self.shape[start:end]
            if inner and (opening_ := _OPENS.match(said)) is not None:
                found |= self.fields(start + opening_.end() - 1, inner=False)
            elif inner and (built := said.find(".builder()")) >= 0:
                found |= self._built(start + built, end)
            elif match := _FIELD.match(self.shape, start, end):
                name = match[1] or self.string_at(match.start(2))
                name = name.lower().replace("_", "")
                found.setdefault(name, (match.end(), end))
            elif self.shape[opening] == "{" and (short := _SHORT.fullmatch(said)):
                found.setdefault(short[1].lower(), (start, end))
        return found

    def _built(self, start: int, end: int) -> dict[str, Span]:
        """Return the arguments of a chain of calls by their names, as Java has it."""
        found: dict[str, Span] = {}
        while match := _STEP.search(self.shape, start, end):
            start = self.closes.get(match.end() - 1, match.end())
            found.setdefault(match[1].lower(), (match.end(), start))
        return found

    def texts(self) -> Iterator[tuple[int, str]]:
        """Yield the strings, each with its line."""
        for at, said in self._strings.items():
            yield self.line(at), said

    def source(self, span: Span) -> str:
        """Return what stands in a span, in one line."""
        return " ".join(self.text[span[0] : min(span[1], span[0] + 200)].split())

    def name_at(self, at: int) -> str:
        """Return the variable that is given the value that begins at *at*."""
        return self._names.get(at, "")


def plain(name: str) -> str:
    """Return a name as all spell it: `this.task!` and `self.task` as `task`."""
    said = re.sub(r"[!?]|\(\)", "", name)
    return said.removeprefix("this.").removeprefix("self.")
