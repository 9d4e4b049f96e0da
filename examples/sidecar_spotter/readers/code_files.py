"""Which files are programs that a reader looks at, and their text."""

import re

from sidecar_spotter.tree import Unreadable

LARGEST = 1 << 18
"""Bytes of a file that a person wrote, in most languages."""
TESTS = (
    r"(?:^|/)(?:tests?|__tests__)/|\.(?:test|spec)\.[jt]s$|(?:^|/)test_|Tests?\.\w+$"
)
"""The path of a test, as a pattern."""


def suits(
    path: str,
    data: bytes,
    files: re.Pattern[str],
    skipped: re.Pattern[str],
    hint: re.Pattern[bytes],
) -> bool:
    """Whether *path* is one of *files*, is not to be *skipped*, and has the *hint*."""
    return (
        files.search(path) is not None
        and skipped.search(path) is None
        and hint.search(data) is not None
    )


def text_of(data: bytes, largest: int = LARGEST, what: str = "code") -> str:
    """Return the text of a file; raise Unreadable where it has too many bytes."""
    if len(data) > largest:
        raise Unreadable(f"{what} of more than {largest} bytes")
    return data.decode("utf-8", "replace")
