"""On which line a place in a text is."""

import re
from bisect import bisect_left


class Lines:
    """Tells the line of a place, and reads the text but once for all of them."""

    def __init__(self, text: str) -> None:
        """Note where the lines of *text* end."""
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def of(self, at: int) -> int:
        """Return the line, from 1, of a place."""
        return bisect_left(self._ends, at) + 1
