"""From a list to the containers in it, through variables and functions of the file."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from sidecar_spotter.readers.common.source import Code, Span
from sidecar_spotter.readers.languages.language import WIDEST
from sidecar_spotter.readers.programs.literal import Literal
from sidecar_spotter.readers.programs.program import Program

DEEPEST = 4
"""Names and functions that may lead from a list to its containers."""
NAMES = 2000
"""Names of one file that are followed."""

_BRACKET = re.compile(r"[\[{()}\],;]")
_CALLED = re.compile(r"(?<![\w.])(?:self\.|this\.)?(\w+)\s*([.(]?)")


class Ways:
    """The ways that lead to the containers of a program, as far as they are gone."""

    def __init__(self, program: Program) -> None:
        """Begin with none."""
        self._program = program
        self._code = program.code
        self._starts = [literal.at for literal in program.literals]
        self._steps = NAMES

    def reached(self, span: Span, function: str) -> Iterator[Literal]:
        """Yield the containers that a value in a function holds or leads to."""
        return self._reached(span, function, DEEPEST, set())

    def added(self, name: str, function: str) -> Iterator[Literal]:
        """Yield what calls in a function put into the list in a variable."""
        return self._added(name, function, DEEPEST, set())

    def _reached(
        self, span: Span, function: str, deep: int, seen: set[Span]
    ) -> Iterator[Literal]:
        if span in seen or deep < 0:
            return
        seen.add(span)
        inside = self._inside(span)
        yield from inside
        for match in _CALLED.finditer(self._code.shape, *span):
            if any(one.at <= match.start() <= one.end for one in inside):
                continue
            self._steps -= 1
            if self._steps < 0:
                return
            name = match[1]
            if match[2] == "(":
                body = self._program.functions.bodies.get(name)
                if body is not None and name != function:
                    yield from self._reached(body, name, deep - 1, seen)
                continue
            outside = self._program.named.get(("", name), [])
            for at in self._program.named.get((function, name), outside):
                self._steps -= 1
                if self._steps < 0:
                    return
                value = at, end_of_value(self._code, at)
                yield from self._reached(value, function, deep - 1, seen)
            yield from self._added(name, function, deep, seen)

    def _inside(self, span: Span) -> list[Literal]:
        """Return the containers that stand in a span, but those in another of them."""
        found: list[Literal] = []
        for literal in self._program.literals[bisect_left(self._starts, span[0]) :]:
            if literal.at >= span[1]:
                break
            if not found or literal.at > found[-1].end:
                found.append(literal)
        return found

    def _added(
        self, name: str, function: str, deep: int, seen: set[Span]
    ) -> Iterator[Literal]:
        body = self._program.functions.bodies.get(function, (0, 0))
        called = re.compile(
            rf"(?<![\w.]){re.escape(name)}\s*"
            r"(?:\.(?:append|extend|add|addAll|push|insert|Add)\(|\+=\s*\[)"
        )
        for match in called.finditer(self._code.shape, *body):
            end = self._code.closes.get(match.end() - 1, match.end())
            yield from self._reached((match.end(), end), function, deep - 1, seen)


def end_of_value(code: Code, at: int) -> int:
    """Return where the value ends that begins at a place."""
    end = min(at + WIDEST, len(code.shape))
    start = at
    while match := _BRACKET.search(code.shape, at, end):
        if code.language.lines_end_values:
            newline = code.shape.find("\n", start, match.start())
            if newline > 0 and code.around(start) < 0:
                return newline
        if match[0] in ",;)]}":
            return match.start()
        at = start = code.closes.get(match.start(), match.start()) + 1
    return end
