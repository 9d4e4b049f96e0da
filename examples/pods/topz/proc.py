"""Reads what Linux tells about processes, from the files under /proc."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Process:
    """One process at one moment. None is what this user may not read."""

    pid: int
    started: int
    """When, in ticks since the machine's start: tells a reused number apart."""
    seconds: float
    """Processor time that it has used so far."""
    rss: int
    """Bytes of memory, with all that it shares with others."""
    pss: int | None
    """Bytes of memory, with its part of what it shares."""
    threads: int
    files: int | None
    command: str


def printable(text: str) -> str:
    """Replace what would move the cursor, or hide text, on a screen."""
    return "".join(c if c.isprintable() else "?" for c in text)


# [read]
def read(pid: int) -> Process | None:
    """Return a process; None if it has ended. Never looks at `environ`."""
    folder = PROC / str(pid)
    try:
        stat = (folder / "stat").read_bytes().decode(errors="replace")
        words = (folder / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return None
    # The name stands in brackets and may hold spaces and brackets itself.
    name, _, rest = stat.partition("(")[2].rpartition(") ")
    fields = rest.split()  # fields[0] is the third of "man 5 proc"
    command = words.rstrip("\0").replace("\0", " ") or f"[{name}]"
    return Process(
        pid=pid,
        started=int(fields[19]),
        seconds=(int(fields[11]) + int(fields[12])) / TICKS,
        rss=int(fields[21]) * PAGE,
        pss=_pss(folder),
        threads=int(fields[17]),
        files=_files(folder),
        command=printable(command),
    )
    # [/read]


def _pss(folder: Path) -> int | None:
    try:
        text = (folder / "smaps_rollup").read_text(errors="replace")
    except OSError:
        return None
    found = re.search(r"^Pss:\s*(\d+) kB$", text, re.M)
    return int(found[1]) * 1024 if found else None


def _files(folder: Path) -> int | None:
    try:
        return sum(1 for _ in (folder / "fd").iterdir())
    except OSError:
        return None


def everything(neighbor: str) -> dict[int, Process]:
    """Return the others with ``neighbor`` in their command line."""
    numbers = {int(p.name) for p in PROC.iterdir() if p.name.isdecimal()}
    numbers.discard(os.getpid())
    found = (read(pid) for pid in sorted(numbers))
    return {p.pid: p for p in found if p and neighbor in p.command}
