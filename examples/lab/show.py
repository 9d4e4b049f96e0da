"""What stands on the screen: each line after the name of its container."""

import os
import sys
import threading
from collections.abc import Callable
from itertools import cycle

COLORS = (36, 33, 35, 32, 34, 31)
"""ANSI colors: cyan, yellow, magenta, green, blue, red."""


class Screen:
    """Prints lines of several containers, whole and one after the other."""

    def __init__(self, names: list[str], closed: Callable[[], None]) -> None:
        """Give each of *names* a column of the same width, and a color.

        *closed* is called when nobody reads what is printed any more.
        """
        self.closed = closed
        self.width = max(map(len, names), default=0)
        colored = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self.colors = dict(zip(names, cycle(COLORS), strict=False)) if colored else {}
        self.lock = threading.Lock()

    def __call__(self, name: str, line: str) -> None:
        """Print one *line* of the container *name*, which may not move the cursor."""
        head = f"{name:{self.width}} |"
        if name in self.colors:
            head = f"\x1b[{self.colors[name]}m{head}\x1b[0m"
        with self.lock:
            try:
                print(head, harmless(line.expandtabs()), flush=True)
            except BrokenPipeError:
                self.closed()


def harmless(text: str) -> str:
    """Replace what could move the cursor, color the screen or end the line."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
