"""Follows a git branch: each commit a folder of its own, and a link to one.

The link ``current`` is replaced in one step. So whoever follows it once sees
one commit, whole, and never a mixture.
"""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from git import GitError, git
from serve import complain, say

NAME = "git-sync"


class Follower:
    """Follows one branch of one repository."""

    def __init__(self, repository: str, branch: str, site: Path, work: Path):
        """Take up what an earlier run has left in ``site``, and clear up.

        Raises OSError where it may not write.
        """
        self.repository = repository
        self.branch = branch
        self.stop = threading.Event()
        self.trees = site / "trees"
        self.current = site / "current"
        self.work = work
        self.clone = work / "none"
        self.trees.mkdir(exist_ok=True)
        for left in (*self.trees.glob("new-*"), *work.glob("clone-*")):
            # What a killed git still writes here, clear_up removes.
            shutil.rmtree(left, ignore_errors=True)

    def git(self, *words: str, env: Mapping[str, str] = {}) -> str:
        """Run git on the clone; ``self.stop`` ends it soon."""
        return git(self.clone, *words, stop=self.stop, env=env)

    @property
    def commit(self) -> str:
        """The commit that is served now; "" if there is none."""
        try:
            return self.current.readlink().name if self.current.exists() else ""
        except OSError:
            return ""

    # [fetch]
    def fetch(self) -> str:
        """Fetch the branch and return the commit at its tip."""
        if not self.clone.exists():
            self.clone = Path(tempfile.mkdtemp(prefix="clone-", dir=self.work))
            self.git("init", "--quiet", "--bare", "--template=")
        # "+": also if the branch was rewritten. Its tip is what counts.
        wanted = f"+refs/heads/{self.branch}:refs/heads/tip"
        source = f"file://{self.repository}"
        self.git("fetch", "--quiet", "--no-tags", source, wanted)
        return self.git("rev-parse", "refs/heads/tip")
        # [/fetch]

    def rewritten(self, commit: str) -> bool:
        """Say whether ``commit`` does not build on the one that is served."""
        try:
            self.git("merge-base", "--is-ancestor", self.commit, commit)
        except GitError:
            return True
        return False

    # [switch]
    def switch(self, commit: str) -> None:
        """Make the tree of a commit unless it is there, then serve it."""
        tree = self.trees / commit
        if not tree.exists():
            new = Path(tempfile.mkdtemp(prefix="new-", dir=self.trees))
            new.chmod(0o755)  # mkdtemp's folders are for one user alone
            self.git("read-tree", commit)
            place = {"GIT_WORK_TREE": str(new)}
            self.git("checkout-index", "--all", env=place)
            new.rename(tree)  # a tree with a commit's name is whole
        link = self.current.with_name("next")
        link.unlink(missing_ok=True)
        link.symlink_to(f"trees/{commit}")
        link.replace(self.current)  # the one step
        # [/switch]

    def follow(self) -> None:
        """Do one round; raise GitError or OSError if it fails."""
        old, new = self.commit, self.fetch()
        if new == old:
            return
        if old and self.rewritten(new):
            complain(NAME, f"{self.branch} was rewritten: to {new[:7]}")
        self.switch(new)
        say(NAME, f"now at {new[:7]}")
        if old:
            os.utime(self.trees / old)  # since when it is old

    def clear_up(self, keep: int, seconds: float) -> None:
        """Remove trees that are old for so long, and what is beyond ``keep``.

        Until then a reader that has begun with an old tree may end with it.
        """
        old = [it for it in self.trees.iterdir() if it.name != self.commit]
        old.sort(key=lambda tree: tree.stat().st_mtime, reverse=True)
        for place, tree in enumerate(old, 2):  # the first is the current one
            if place > keep or time.time() - tree.stat().st_mtime > seconds:
                # In one step, too: a reader has all of it, or knows better.
                gone = tree.rename(tree.with_name(f"new-{tree.name}"))
                shutil.rmtree(gone, ignore_errors=True)
