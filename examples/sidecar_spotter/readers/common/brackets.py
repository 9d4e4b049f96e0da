"""Which brackets belong together in a text that has no strings and no comments."""

import re
from bisect import bisect_right

_BRACKET = re.compile(r"[\[{()}\]]")


def closing(shape: str) -> dict[int, int]:
    """Return the place of the closing bracket for that of each opening one."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for match in _BRACKET.finditer(shape):
        if match[0] in "[{(":
            waiting.append(match.start())
        elif waiting:
            found[waiting.pop()] = match.start()
    return found


class Around:
    """The innermost bracket around each place of a text."""

    def __init__(self, shape: str) -> None:
        """Note what is open behind each bracket of *shape*."""
        self._places: list[int] = [-1]
        self._open: list[int] = [-1]
        waiting: list[int] = []
        for match in _BRACKET.finditer(shape):
            if match[0] in "[{(":
                waiting.append(match.start())
            elif waiting:
                waiting.pop()
            self._places.append(match.start())
            self._open.append(waiting[-1] if waiting else -1)

    def __call__(self, at: int) -> int:
        """Return where the bracket around a place opens, or -1."""
        return self._open[bisect_right(self._places, at - 1) - 1]
