"""Finds the program that uses a file, in another container, and signals it."""

import os
import re
import signal
from itertools import pairwise
from pathlib import Path


# [find]
def find(path: Path) -> list[int]:
    """Return the processes started with ``--config path`` that catch SIGHUP.

    One that does not catch it would die of it: a program that just starts.
    """
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            status = (entry / "status").read_text(errors="replace")
        except OSError:
            continue  # it has just ended
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.M)
        catches = caught and int(caught[1], 16) & 1 << (signal.SIGHUP - 1)
        if catches and (b"--config", os.fsencode(path)) in pairwise(words):
            found.append(int(entry.name))
    return found
    # [/find]


def hang_up(path: Path) -> list[int]:
    """Send SIGHUP to the processes that `find` finds; return those it reached.

    Raises PermissionError if one belongs to another user.
    """
    reached = []
    for process in find(path):
        try:
            os.kill(process, signal.SIGHUP)
        except ProcessLookupError:
            continue  # it has just ended
        reached.append(process)
    return reached
