"""Puts a new version of the page into the repository: one commit.

    python3 publish.py /path/of/site.git "The new text"

Without a path it takes the one in REPO (/repository/site.git).
"""

import os
import sys
from pathlib import Path

from git import GitError, git
from serve import fail, say

NAME = "publish"
# Always the same, so that all who follow the lab get commits of the same name.
DATE = "2026-01-01T00:00:00Z"
DATES = {"GIT_AUTHOR_DATE": DATE, "GIT_COMMITTER_DATE": DATE}


def publish(place: Path, files: dict[str, str], branch: str = "main") -> str:
    """Add a commit with exactly these files to the branch; return its name.

    It needs no checked-out copy: it stores each file, then a list of them,
    then a commit that names the list.
    """
    lines = []
    for name, text in files.items():
        words = ("hash-object", "-w", "--stdin")
        blob = git(place, *words, stdin=text.encode())
        lines.append(f"100644 blob {blob}\t{name}\n")
    tree = git(place, "mktree", stdin="".join(lines).encode())
    reference = f"refs/heads/{branch}"
    old = git(place, "for-each-ref", "--format=%(objectname)", reference)
    parent = ("-p", old) if old else ()
    commit = git(place, "commit-tree", tree, *parent, "-m", "Page", env=DATES)
    git(place, "update-ref", reference, commit)
    return commit


def edition(text: str, number: int) -> dict[str, str]:
    """Return the files of the site: a page, and which edition it is."""
    return {"index.txt": f"{text}\n", "about.txt": f"edition {number}\n"}


def main() -> None:
    """Publish the text of the command line."""
    if not 2 <= len(sys.argv) <= 3:
        fail(NAME, "say which repository, and the text of the new page")
    default = os.environ.get("REPO", "/repository/site.git")
    place = Path(sys.argv[1] if len(sys.argv) == 3 else default)
    if not place.is_dir():
        fail(NAME, f"no repository at {place}: say where it is")
    try:
        past = git(place, "rev-list", "--count", "refs/heads/main")
        commit = publish(place, edition(sys.argv[-1], int(past) + 1))
    except GitError as error:
        fail(NAME, f"cannot publish in {place} ({error})")
    say(NAME, f"edition {int(past) + 1} is commit {commit[:7]}")


if __name__ == "__main__":
    main()
