"""In which function of a program a place is, and what gets a value there."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping

from sidecar_spotter.readers.common.source import Code, Span
from sidecar_spotter.readers.languages.language import Function

Named = Mapping[tuple[str, str], list[int]]
"""Where values begin, by the function that gives them and the name that gets them."""


class Functions:
    """The functions of a program, which may lie in one another."""

    def __init__(self, code: Code) -> None:
        """Find them in *code*."""
        found = code.language.functions(code.shape, code.closes)
        self._all = sorted(found, key=lambda one: one.start)
        self._starts = [one.start for one in self._all]
        self._outer: list[int] = []
        """For each function the number of the one around it, or -1."""
        open_: list[int] = []
        for number, one in enumerate(self._all):
            while open_ and self._all[open_[-1]].end <= one.start:
                open_.pop()
            self._outer.append(open_[-1] if open_ else -1)
            open_.append(number)
        self.bodies: dict[str, Span] = {}
        """From where to where each goes, by name; of two the first."""
        for one in self._all:
            self.bodies.setdefault(one.name, (one.start, one.end))

    def around(self, at: int) -> Function | None:
        """Return the innermost function around a place, if there is one."""
        number = bisect_right(self._starts, at) - 1
        while number >= 0 and self._all[number].end <= at:
            number = self._outer[number]
        return self._all[number] if number >= 0 else None

    def name(self, at: int) -> str:
        """Return the name of the innermost function around a place, "" outside."""
        found = self.around(at)
        return found.name if found is not None else ""


def named(code: Code, functions: Functions) -> Named:
    """Return where names get their values, by function and name."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name, places in code.assigned.items():
        for at in places:
            found[functions.name(at), name].append(at)
    return dict(found)
