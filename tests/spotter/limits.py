"""Limits for the processor time of hostile input, on machines of any speed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

STEPS = 1_000_000
USUAL = 0.05
"""Seconds that so many steps take on the machine for which the limits were chosen."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail where what is done takes more processor time than *seconds*.

    A machine that is slow at the moment, as one that others use as well can be by half,
    gets as much more.
    """
    began = time.process_time()
    yield
    spent = time.process_time() - began
    assert spent < seconds or spent < seconds * _slowness()


def _slowness() -> float:
    """Return how many times longer a plain loop takes now than it usually does."""
    times = []
    for _ in range(3):
        began = time.process_time()
        total = 0
        for step in range(STEPS):
            total += step
        times.append(time.process_time() - began)
    return max(1.0, min(times) / USUAL)
