"""What the names in a Go file stand for: strings, other names, results of calls."""

import re
from collections import defaultdict

from sidecar_spotter.readers.common.functions import Functions, named
from sidecar_spotter.readers.common.source import Code
from sidecar_spotter.readers.languages.go import FUNCTION

NAME = re.compile(r"[A-Za-z_]\w*")
TO_CALL = re.compile(r"\b(\w+)(?:, *\w+){0,3} *:?= *(?:\w+\.){0,4}(\w+)\(")
"""A name that gets what a function returns."""
GIVEN = re.compile(r"\s*(?:var\s+)?(\w+)(?:, *\w+){0,3}\s*:?=\s*&?$")
"""The name that gets a value, in front of the value."""

_TO_STRING = re.compile(r"\b(\w+)(?:[ \t]+string)?[ \t]*:?=[ \t]*(?=[\"`])")
_TO_NAME = re.compile(r"\b(\w+)[ \t]*:?=[ \t]*(\w+)[ \t]*$", re.M)


class Names:
    """Where the names of a file lead, each in the function in which it is used."""

    def __init__(self, code: Code, functions: Functions) -> None:
        """Note what *code* gives to its names."""
        self._code = code
        self.assigned = named(code, functions)
        self._strings: dict[tuple[str, str], str] = {}
        for match in _TO_STRING.finditer(code.shape):
            name = (functions.name(match.start()), match[1])
            self._strings.setdefault(name, code.string_at(match.end()))
        self._others = {
            (functions.name(match.start()), match[1]): match[2]
            for match in _TO_NAME.finditer(code.shape)
        }
        self._results: dict[str, set[str]] = defaultdict(set)
        for match in TO_CALL.finditer(code.shape):
            self._results[match[2]].add(match[1])
        self._in_order: dict[str, list[str]] = {}
        self._parameters = {
            (match[1], name)
            for match in FUNCTION.finditer(code.shape)
            for name in NAME.findall(_rest_of_line(code.shape, match.end()))
        }

    def constant(self, name: str, function: str) -> str:
        """Return the string that a name stands for in this file, or the name."""
        for one in (name, self._others.get((function, name), name)):
            for where in (function, ""):
                if value := self._strings.get((where, one)):
                    return value
        return name

    def from_elsewhere(self, name: str, function: str) -> str:
        """Return the name of the package that a local name stands for, if any."""
        name = self._others.get((function, name), name)
        here = (function, name)
        return "" if here in self.assigned or here in self._parameters else name

    def parameters(self, function: str) -> list[str]:
        """Return the names of a function's parameters, in their order."""
        if function not in self._in_order:
            self._in_order[function] = self._declared(function) if function else []
        return self._in_order[function]

    def _declared(self, function: str) -> list[str]:
        match = re.compile(
            rf"^func\s*(?:\([^)\n]*\)\s*)?{re.escape(function)}(\()", re.M
        ).search(self._code.shape)
        if match is None:
            return []
        return [
            next(iter(NAME.findall(self._code.shape, start, end)), "")
            for start, end in self._code.elements(match.start(1))
        ]

    def handed_on(self, ahead: str, function: str) -> frozenset[str]:
        """Return by which names code knows a value that stands in a function.

        They are the variable that gets it, as *ahead* of it says, the function, and
        the variables that get what the function returns.
        """
        given = GIVEN.match(ahead)
        variable = {given[1]} if given else set()
        return frozenset(variable | {function} | self._results.get(function, set()))


def _rest_of_line(shape: str, at: int) -> str:
    return shape[at : at + 400].partition("\n")[0]
