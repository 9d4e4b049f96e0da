"""Read one file of an untrusted checkout: a regular one, bounded, as text.

What cannot be read raises Unreadable with the reason.
"""

import os
import stat
from dataclasses import dataclass

from sidecar_spotter.tree import Unreadable

LARGEST = 8 * 1024 * 1024
"""Bytes of the largest file that is read. Kubernetes stores no object of more than
1.5 MiB; install files, which bundle dozens of them, reach 4 MiB."""

_OPEN = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)  # it was no link when it was found
    | getattr(os, "O_NONBLOCK", 0)  # a FIFO would wait for its writer
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
MARKS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe\0\0": "utf-32-le",  # before UTF-16's, which is its beginning
    b"\0\0\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
"""Encodings by the byte order mark at the start of a file."""
ODD_BREAKS = ("\x85".encode(), "\u2028".encode(), "\u2029".encode())
"""Characters that end a line for YAML, but not for editors and git."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to read, by its path in the checkout."""

    path: str
    target: str = ""
    """Where a link leads to, from the top of the checkout; "" for all but links."""


def load(top: str, entry: Entry, limit: int = LARGEST) -> bytes:
    r"""Return the text of a file: UTF-8 without a mark, `\n` at the end of each line.

    No line changes its number. Raises Unreadable with the reason where it cannot.
    """
    try:
        data = read(f"{top}/{entry.target or entry.path}", limit)
    except OSError as error:
        raise Unreadable(because(error)) from None
    return as_text(data)


def read(place: str, limit: int) -> bytes:
    """Return the bytes of a regular file that has no more than *limit* of them."""
    descriptor = os.open(place, _OPEN)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("no regular file")
        if status.st_size > limit:
            raise Unreadable(f"larger than {limit // 1024:,} KiB")
        data = os.read(descriptor, status.st_size + 1)
        if len(data) > status.st_size:
            raise Unreadable("grew while it was read")
    finally:
        os.close(descriptor)
    return data


def as_text(data: bytes) -> bytes:
    """Return the bytes of a file as `load` promises them."""
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            try:
                data = data[len(mark) :].decode(encoding).encode()
            except UnicodeError:
                raise Unreadable(f"not {encoding.upper()}, as its mark says") from None
            break
    if b"\0" in data:
        raise Unreadable("binary: it has NUL bytes")
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise Unreadable(f"not UTF-8 (line {line})") from None
        for odd in ODD_BREAKS:
            data = data.replace(odd, b" " * len(odd))
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        data = data.replace(b"\r", b" " if b"\n" in data else b"\n")
    return data


def because(error: OSError | Unreadable) -> str:
    """Return an error as a reason: without the path, which stands beside it."""
    said = error.strerror if isinstance(error, OSError) else None
    return said.lower() if said else str(error)
