"""The date of this edition: that of the last commit, and so the same at every build.

The title page says it, and SOURCE_DATE_EPOCH hands it on, in seconds since 1970, to all
that would write the time of the build into a file: the PDF and the EPUB of one commit
are the same byte for byte. See https://reproducible-builds.org/specs/source-date-epoch/
"""

import datetime
import os
import re
import subprocess
from pathlib import Path

REPO = Path(__file__).parents[2]


def epoch() -> int:
    """Return the moment of the edition: as told, of the last commit, of a release."""
    if told := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(told)
    return last_commit(REPO) or last_release(REPO / "CHANGELOG.md")


def last_commit(folder: Path) -> int:
    """Return when the last commit was made; 0 where there is no git or no clone."""
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=60
        )
    except OSError:
        return 0
    return int(done.stdout or 0) if done.returncode == 0 else 0


def last_release(changelog: Path) -> int:
    """Return the day of the newest release in *changelog*.

    Raises ValueError where it has none.
    """
    found = re.search(r"\((\d{4}-\d\d-\d\d)\)", changelog.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"{changelog.name} names no release with its date")
    day = datetime.datetime.fromisoformat(found[1]).replace(tzinfo=datetime.UTC)
    return int(day.timestamp())


def day(seconds: int) -> str:
    """Return the day of a moment, as the title page says it."""
    when = datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)
    return f"{when:%B} {when.day}, {when.year}"
