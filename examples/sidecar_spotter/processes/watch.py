"""A limit for the processor time of one file, whatever its reader does with it."""

import gc
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

TICK = 0.1
"""Seconds between two looks at the time."""


class TooSlow(BaseException):
    """Raised in the midst of what takes too long.

    It is no Exception, so that code which goes on after any Exception ends too.
    """


class Watch:
    """Raises `TooSlow` in what runs too long between `start` and `stop`.

    A signal interrupts Python code and the matching of expressions, but not a library
    in C. Only the main thread can have it; in another one nothing is watched.
    """

    def __init__(self, seconds: float) -> None:
        """Allow *seconds* of processor time each time."""
        self.seconds = seconds
        self._since: float | None = None
        self._collecting: float | None = None

    def __enter__(self) -> "Watch":
        """Set the timer, and keep the one that there was."""
        self._set = hasattr(signal, "setitimer") and (
            threading.current_thread() is threading.main_thread()
        )
        if self._set:
            # Not the timer of the wall clock: others use that one, and a busy machine
            # is no fault of the file.
            self._handler = signal.signal(signal.SIGVTALRM, self._look)
            self._timer = signal.setitimer(signal.ITIMER_VIRTUAL, TICK, TICK)
            gc.callbacks.append(self._collect)
        return self

    def __exit__(self, *exception: object) -> None:
        """Put back what there was."""
        if self._set:
            gc.callbacks.remove(self._collect)
            signal.setitimer(signal.ITIMER_VIRTUAL, *self._timer)
            with suppress(TypeError):  # None: set by something that is not Python
                signal.signal(signal.SIGVTALRM, self._handler)

    def start(self) -> None:
        """Begin to count."""
        self._since = time.process_time()

    def stop(self) -> None:
        """Count no more."""
        self._since = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do not count what is done meanwhile."""
        spent = time.process_time() - (self._since or 0)
        self._since = None
        yield
        self._since = time.process_time() - spent

    def _collect(self, phase: str, info: dict[str, int]) -> None:
        """Do not count a collection of all objects: most are those of the caller."""
        if info["generation"] < 2:
            return
        now = time.process_time()
        if phase == "start":
            self._collecting = now
            return
        if self._since is not None and self._collecting is not None:
            self._since += now - self._collecting
        self._collecting = None

    def _look(self, number: int, frame: FrameType | None) -> None:
        if self._since is None or self._collecting is not None:
            return
        now = time.process_time()
        if now - self._since > self.seconds:
            self._since += TICK  # it is raised again, should somebody catch it
            raise TooSlow
