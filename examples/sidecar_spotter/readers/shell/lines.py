"""The lines of a script, and where a command begins in one."""

import re
from collections.abc import Iterator

START = r"(?:^|[;&|({=!@]|\b(?:then|do|else|exec|sudo|nohup|time|call|start)\s)[ \t]*"
"""What stands in front of a command."""
NEXT = re.compile(r"&&|\|\||;")
"""What stands between a command and the next one."""
COMMENT = re.compile(r"\s*(?:#|::|rem\s)", re.IGNORECASE)
CONTINUED = ("\\", "`", "^")
"""With one of these a line ends that goes on in the next one."""


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line that is no comment, with those in which it goes on."""
    waiting: list[str] = []
    for number, row in enumerate(text.split("\n"), 1):
        waiting.append(row)
        if COMMENT.match(waiting[0]) or not row.rstrip().endswith(CONTINUED):
            if not COMMENT.match(waiting[0]):
                yield number - len(waiting) + 1, "\n".join(waiting)
            waiting = []
    if waiting:
        yield text.count("\n") + 2 - len(waiting), "\n".join(waiting)
