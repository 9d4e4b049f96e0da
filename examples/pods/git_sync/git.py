"""Calls git: it never asks, never takes for ever, and leaves none behind."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from serve import number

HERE = Path(__file__).parent
LIMIT = number("git", "GIT_SECONDS", 10)  # that one call may take
SETTINGS = {
    "GIT_CONFIG_GLOBAL": str(HERE / "gitconfig"),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "file",
    "LC_ALL": "C",
}


class GitError(Exception):
    """Git failed, was too slow or had to stop; the text says which and why."""


def git(
    repository: Path,
    *words: str,
    stdin: bytes = b"",
    stop: threading.Event | None = None,
    env: Mapping[str, str] = {},
) -> str:
    """Run ``git words`` on a repository; return what it prints, stripped.

    After LIMIT seconds, or when ``stop`` is set, it is killed, and so is all
    that it has started. Raises GitError if it does not end well.
    """
    try:
        child = subprocess.Popen(
            ["git", f"--git-dir={repository}", *words],
            env=os.environ | SETTINGS | dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,  # so that it can be killed with its helpers
        )
    except FileNotFoundError:
        raise GitError("no program git: install it") from None
    end = time.monotonic() + LIMIT
    given: bytes | None = stdin
    while True:
        try:
            out, errors = child.communicate(given, timeout=0.1)
            break
        except subprocess.TimeoutExpired:
            given = None
            stopped = stop is not None and stop.is_set()
            if stopped or time.monotonic() > end:
                os.killpg(child.pid, signal.SIGKILL)
                child.communicate()
                raise GitError(f"git {words[0]} was too slow") from None
    if child.returncode != 0:
        first_line = errors.decode(errors="replace").strip().split("\n")[0]
        raise GitError(f"git {words[0]}: {first_line or child.returncode}")
    return out.decode(errors="replace").strip()
