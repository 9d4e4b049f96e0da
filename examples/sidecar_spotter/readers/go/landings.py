"""In which list of a pod the values of Go's names land: `Containers`, or the other."""

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from sidecar_spotter.readers.common.functions import Functions
from sidecar_spotter.readers.common.source import Code, Span
from sidecar_spotter.readers.go.names import NAME, TO_CALL

APPENDS = re.compile(r"\.(?:InitContainers|Containers)\s*=\s*append\(")
"""What puts more into a pod that is given."""
_FOR_EACH = re.compile(r"\bfor\b[^{\n]*\brange\b[^{\n]*\{")
_TO_POD = re.compile(r"\b(\w+)(?:\.\w+)*\.(?:InitContainers|Containers)\s*=\s*append\(")
_MADE = re.compile(r"\b(\w+)\s*:=\s*&?[\w.]+\{")
_SPELLED = re.compile(r"(?<!\w)Containers:")
FEW, MOST = 30, 300
"""Loops, and variables, of one function that are looked at."""
_OPENS = re.compile(r"[^;{\n]*;[^{\n]*(\{)")
"""What stands behind the call in `if proxy := proxyOf(cr); proxy != nil {`."""
_LANDS = re.compile(r"^.*?\b(\w*(?i:containers))\s*(?::=|:|=)(?!=).*$", re.M)


class Landings:
    """The lines of a file that put something into a list of containers."""

    def __init__(self, code: Code, functions: Functions) -> None:
        """Note which names *code* puts into lists."""
        self._shape = code.shape
        self._closes = code.closes
        self._each: dict[int, list[Span]] = {}
        self._functions = functions
        self._calls: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._blocks: dict[str, list[tuple[int, Span]]] = defaultdict(list)
        self._filled: dict[str, list[int]] = defaultdict(list)
        for match in TO_CALL.finditer(code.shape):
            self._calls[match[2], match[1]].append(match.start())
            self._filled[match[1]].append(match.start())
            if block := self._block(match):
                self._blocks[match[1]].append((match.start(), block))
        self._ways: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.appended: set[str] = set()
        """The names that are appended to the containers of a pod."""
        for match in _LANDS.finditer(code.shape):
            stage = "init" if "nitContainers" in match[1] else "run"
            names = set(NAME.findall(match[0]))
            names -= {match[1]}  # how a list is called does not say where it goes
            for one in names:
                self._ways[one].append((match.start(), stage))
            if APPENDS.search(match[0]):
                self.appended |= names

    def of(self, names: Iterable[str], function: str) -> set[str]:
        """Return the stages, `run` or `init`, of the lists in which a value lands.

        It stands in *function* and is known by *names*. A variable for what a function
        returned may have been used for others, too: what it is put into before the
        next such call is what counts.
        """
        found: set[str] = set()
        for name in names:
            calls = self._calls.get((function, name), ())
            ways = self._ways.get(name, ())
            near = [way for way in ways if self._functions.name(way[0]) == function]
            ways = near or ways
            for at in calls:
                again = (one for one in self._filled[name] if one > at)
                end = next(again, len(self._shape))
                found |= {stage for start, stage in ways if at < start < end}
            if not calls:
                found |= {stage for _, stage in ways}
        return found

    def _block(self, match: re.Match[str]) -> Span | None:
        """Return the block of a condition in which its variable gets a result."""
        begin = self._shape.rfind("\n", 0, match.start()) + 1
        if not self._shape[begin : match.start()].rstrip().endswith("if"):
            return None
        close = self._closes.get(match.end() - 1, match.end())
        opens = _OPENS.match(self._shape, close + 1)
        if opens is None:
            return None
        return opens.end(), self._closes.get(opens.start(1), opens.end())

    def gets(self, name: str, callee: str, function: str, at: int) -> bool:
        """Whether a variable of *function* has at a place what *callee* returns.

        What a condition gives to a variable of its own ends with its block, and inside
        of that the variable is nothing else.
        """
        calls = self._calls.get((callee, name), ())
        blocks = self._blocks.get(name, ())
        inside = [call for call, (start, end) in blocks if start <= at < end]
        if inside:
            return inside[-1] in calls
        over = {call for call, _ in blocks}
        return any(
            self._functions.name(call) == function for call in calls if call not in over
        )

    def grows(self, at: int) -> bool:
        """Whether the function around a place appends to a pod's containers."""
        around = self._functions.around(at)
        if around is None:
            return False
        return APPENDS.search(self._shape, around.start, around.end) is not None

    def makes_each(self, at: int) -> bool:
        """Whether a function makes a pod, and at a place one container for each item.

        These are all that the pod has: none is added to another.
        """
        around = self._functions.around(at)
        if around is None:
            return False
        if around.start not in self._each:
            self._each[around.start] = self._loops(around.start, around.end)
        return any(start <= at < end for start, end in self._each[around.start])

    def _loops(self, start: int, end: int) -> list[Span]:
        """Return the loops of a function that fill a pod of its own."""
        shape = self._shape
        pods = {one[1] for one in islice(_TO_POD.finditer(shape, start, end), FEW)}
        made = {one[1] for one in islice(_MADE.finditer(shape, start, end), MOST)}
        if not pods or not pods <= made or _SPELLED.search(shape, start, end):
            return []
        loops = islice(_FOR_EACH.finditer(shape, start, end), FEW)
        return [(one.end(), self._closes.get(one.end() - 1, 0)) for one in loops]
