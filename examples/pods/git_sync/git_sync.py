"""The sidecar container: keeps a folder at the tip of a git branch.

Settings (environment variables): HOST, PORT (8087), REPO
(/repository/site.git), BRANCH (main), SITE_DIR (/srv/site), WORK_DIR
(/var/lib/git-sync), PERIOD (1, seconds), KEEP (3 trees), KEEP_SECONDS (10),
GIT_SECONDS (10, for one call of git).
"""

import shutil
import time

from follower import Follower
from git import GitError
from serve import (
    Handler,
    complain,
    fail,
    number,
    say,
    serve_beside,
    setting,
    stop_event,
    writable,
)

NAME = "git-sync"


class SyncHandler(Handler):
    """Answers ``/healthz``: in step or stale? And ``/alive``: does it run?"""

    follower: Follower
    problem = "not asked yet"
    in_step_at = time.monotonic()

    def health(self) -> tuple[int, bytes]:
        """Say whether the last round went well, and which commit is served."""
        commit = self.follower.commit[:7] or "nothing"
        if not self.problem:
            return 200, f"in step: {commit}\n".encode()
        age = time.monotonic() - self.in_step_at
        text = f"stale for {age:.0f} s: {commit} is served; {self.problem}\n"
        return 503, text.encode()

    def page(self) -> tuple[int, bytes]:
        """Answer ``/alive``: it runs, whatever the repository does."""
        if self.path == "/alive":
            return 200, b"ok\n"
        return 404, b"here are /alive and /healthz\n"


# [round]
def do_round(follower: Follower, keep: int, seconds: float) -> None:
    """Follow the branch once; on failure say why, and keep what there is."""
    try:
        follower.follow()
        follower.clear_up(keep, seconds)
    except (GitError, OSError) as error:
        # Whatever is wrong, the next round begins with a new clone.
        shutil.rmtree(follower.clone, ignore_errors=True)
        problem = str(error)
        if problem != SyncHandler.problem and not follower.stop.is_set():
            commit = follower.commit[:7] or "nothing"
            complain(NAME, f"{problem}; {commit} is served")
        SyncHandler.problem = problem
    else:
        if SyncHandler.problem:
            say(NAME, f"in step with {follower.branch}")
        SyncHandler.problem, SyncHandler.in_step_at = "", time.monotonic()
    # [/round]


def main() -> None:
    """Do a round every PERIOD seconds until told to stop."""
    stop = stop_event()
    repository = setting(NAME, "REPO", "/repository/site.git")
    if not repository.startswith("/"):
        fail(NAME, f"REPO is {repository!r}: set it to a path from / on")
    site = writable(NAME, "SITE_DIR", "/srv/site")
    work = writable(NAME, "WORK_DIR", "/var/lib/git-sync")
    period = max(0.05, number(NAME, "PERIOD", 1))
    keep = int(number(NAME, "KEEP", 3))
    seconds = number(NAME, "KEEP_SECONDS", 10)
    branch = setting(NAME, "BRANCH", "main")
    try:
        follower = Follower(repository, branch, site, work)
    except OSError as error:
        problem = f"cannot make {error.filename} ({error.strerror})"
        fail(NAME, f"{problem}: set SITE_DIR to a volume with room for it")
    follower.stop = stop
    SyncHandler.follower = follower
    serve_beside(NAME, SyncHandler, default_port=8087)
    while not stop.is_set():
        do_round(follower, keep, seconds)
        stop.wait(period)
    say(NAME, "stopped")


if __name__ == "__main__":
    main()
