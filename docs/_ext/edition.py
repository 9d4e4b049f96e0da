"""The date of this edition: that of the last commit, and so the same at every build.

The title page says it, and SOURCE_DATE_EPOCH hands it on, in seconds since 1970, to all
that would write the time of the build into a file: the PDF and the EPUB of one commit
are the same byte for byte. See https://reproducible-builds.org/specs/source-date-epoch/
"""

import datetime
import os
import re
import subprocess
import time
from pathlib import Path

REPO = Path(__file__).parents[2]


def epoch() -> int:
    """Return the moment of the edition.

    It is as told, of the last commit, of the last release, or else now.
    """
    if told := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(told)
    known = last_commit(REPO) or last_release(REPO / "CHANGELOG.md")
    return known or int(time.time())


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
    """Return the day of the newest release in *changelog*; 0 where it has none."""
    text = changelog.read_text(encoding="utf-8") if changelog.exists() else ""
    found = re.search(r"\((\d{4}-\d\d-\d\d)\)", text)
    if not found:
        return 0
    day = datetime.datetime.fromisoformat(found[1]).replace(tzinfo=datetime.UTC)
    return int(day.timestamp())


def day(seconds: int) -> str:
    """Return the day of a moment, as the title page says it."""
    when = datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)
    return f"{when:%B} {when.day}, {when.year}"
