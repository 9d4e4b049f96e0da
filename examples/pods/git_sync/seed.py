"""The init container: makes the repository, with one page, and ends.

It stands in for a git server, which this system does without.

Settings (environment variables): REPO (/repository/site.git), BRANCH (main).
"""

from pathlib import Path

from git import GitError, git
from publish import edition, publish
from serve import fail, say, setting

NAME = "seed"


def main() -> None:
    """Make the repository unless it is there, from an earlier run."""
    repository = Path(setting(NAME, "REPO", "/repository/site.git"))
    branch = setting(NAME, "BRANCH", "main")
    if (repository / "refs" / "heads" / branch).exists():
        say(NAME, f"the repository {repository} is there")
        return
    try:
        repository.mkdir(exist_ok=True)
        git(repository, "init", "--quiet", "--bare", "--template=")
        page = edition("Hello from git!", 1)
        commit = publish(repository, page, branch)
    except (GitError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        fail(NAME, f"cannot make {repository} ({why}): mount its volume")
    say(NAME, f"made {repository.name}, first commit {commit[:7]}")


if __name__ == "__main__":
    main()
