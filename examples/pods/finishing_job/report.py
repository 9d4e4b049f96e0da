"""The main container: makes a small report from numbers, then ends.

It leaves one file for each number in OUT_DIR, and summary.txt with the sum
right before it ends. It does not know who takes the files away.

Settings (environment variables): OUT_DIR (/var/report), NUMBERS (3 1 4),
SECONDS that the work takes (2), FAIL (set to 1, it fails before the summary).

Exit status: 0 if the report is complete, 3 if it failed, 143 if it was asked
to stop before, 2 if it cannot work with its settings.
"""

import os
import re
import sys
from pathlib import Path

from serve import complain, fail, number, say, setting, stop_event, writable

NAME = "report"
FAILED = 3
STOPPED = 143  # 128 + 15, the number of SIGTERM: how a shell counts it


# [write]
def write(place: Path, name: str, text: str) -> None:
    """Make the file ``name`` in ``place``, all of it at once.

    It is written under a name that begins with a dot, which no reader takes
    for a finished file, and renamed when it is complete.
    """
    unfinished = place / f".{name}"
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(place / name)
    say(NAME, f"wrote {name}")
    # [/write]


def work(place: Path, numbers: list[int], seconds: float) -> int:
    """Write all files, ``seconds`` in all; return the exit status."""
    stop = stop_event()
    say(NAME, f"working on {len(numbers)} numbers")
    for position, value in enumerate(numbers, start=1):
        if stop.wait(seconds / len(numbers)):
            say(NAME, "stopped")
            return STOPPED
        write(place, f"part-{position}.txt", f"{value}\n")
    if os.environ.get("FAIL") == "1":
        complain(NAME, "FAIL is 1: no summary")
        return FAILED
    write(place, "summary.txt", f"sum {sum(numbers)}\n")
    return 0


def main() -> int:
    """Check the settings, do the work, return the exit status."""
    place = writable(NAME, "OUT_DIR", "/var/report")
    text = setting(NAME, "NUMBERS", "3 1 4")
    if not re.fullmatch(r"\s*\d{1,9}(\s+\d{1,9}){0,99}\s*", text, re.ASCII):
        wanted = "set it to 1 to 100 whole numbers"
        fail(NAME, f"NUMBERS is {text[:40]!r}: {wanted}")
    seconds = number(NAME, "SECONDS", 2)
    try:
        return work(place, [int(word) for word in text.split()], seconds)
    except OSError as error:
        problem = f"cannot write to {place} ({error.strerror})"
        fail(NAME, f"{problem}: set OUT_DIR to a volume that it may use")


if __name__ == "__main__":
    sys.exit(main())
