"""Do two things at the same time, on two processors."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


def possible() -> bool:
    """Whether a second process can be had, and would run beside this one.

    A copy of a process with several threads could wait for a lock forever.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return hasattr(os, "fork") and cores > 1 and threading.active_count() == 1


def both(
    here: Callable[[], Result], there: Callable[[], Result]
) -> tuple[Result, Result]:
    """Return what *here* and *there* return; *there* runs in a copy of this process.

    If the copy ends without a result, *there* runs in this process after all.
    """
    import pickle  # here, as only large checkouts have need of it

    from_copy, to_us = os.pipe()
    copy = os.fork()
    if not copy:
        os.close(from_copy)
        _run_and_end(there, to_us)
    os.close(to_us)
    try:
        with os.fdopen(from_copy, "rb") as pipe:
            first = here()
            answer = pipe.read()
    except BaseException:
        with suppress(ProcessLookupError):
            os.kill(copy, signal.SIGKILL)
        raise
    finally:
        os.waitpid(copy, 0)
    try:
        return first, pickle.loads(answer)
    except (pickle.UnpicklingError, EOFError):
        return first, there()


def _run_and_end(there: Callable[[], object], to_parent: int) -> None:
    """Write what *there* returns, and end without a word and without a clean-up.

    What is in buffers, and what is to be done at the end, belongs to the original.
    """
    import pickle

    try:
        answer = pickle.dumps(there(), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(to_parent, "wb") as pipe:
            pipe.write(answer)
    except BaseException:
        pass
    finally:
        os._exit(0)
