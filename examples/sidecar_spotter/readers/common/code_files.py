"""Which files are programs that a reader looks at, and their text."""

import re

from sidecar_spotter.tree import Unreadable

LARGEST = 1 << 18
"""Bytes of a file that a person wrote, in most languages."""
NOT_READ = "|".join(
    (
        r"\.d\.\w+$",
        r"(?:^|/)(?:tests?|__tests__)/",
        r"\.(?:test|spec)\.[jt]s$",
        r"(?:^|/)test_",
        r"Tests?\.\w+$",
    )
)
"""The path of a test, or of TypeScript's declarations, as a pattern."""


def suits(
    path: str,
    data: bytes,
    endings: tuple[str, ...],
    skipped: re.Pattern[str],
    hint: re.Pattern[bytes],
) -> bool:
    """Whether a file ends so, has the *hint*, and is none of those to be *skipped*."""
    return (
        path.endswith(endings)
        and skipped.search(path) is None
        and hint.search(data) is not None
    )


def text_of(data: bytes, largest: int = LARGEST, what: str = "code") -> str:
    """Return the text of a file; raise Unreadable where it has too many bytes."""
    if len(data) > largest:
        raise Unreadable(f"{what} of more than {largest} bytes")
    return data.decode("utf-8", "replace")
