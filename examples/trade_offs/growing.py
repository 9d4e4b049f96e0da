"""How do memory and processor time grow with the copies of the application?

One helper in three places: beside each copy, once for all, or within each copy.
"""

import time
from collections.abc import Callable, Iterator
from socket import socket

from trade_offs import client, paired, places, running
from trade_offs.result import Measure

QUESTION = "how do memory and processor time grow with the copies of the application?"
PROGRAMS: dict[str, tuple[str, ...]] = {}

COPIES = (1, 2, 5, 10, 20, 50)
ROUNDS = 3
WATCH = 1.0
"""Seconds of work that are watched."""
RATE = 10
"""Requests a second to each copy."""
SEED = 3


def use(place: str, copies: int) -> tuple[float, float]:
    """Return MiB and milliseconds a second of all programs, at work."""
    with places.node(place, copies) as node:
        lines = [client.connect(("127.0.0.1", port)) for port in node.ports]
        try:
            work(lines, 0.3)  # what a first request costs does not count
            before = running.processor_seconds(node.programs)
            asked = work(lines, WATCH)
            spent = running.processor_seconds(node.programs) - before
            return node.memory(), 1000 * spent / asked
        finally:
            for line in lines:
                line.close()


def work(lines: list[socket], seconds: float) -> float:
    """Ask each copy at the rate for so long; return the seconds that it took."""
    begun = due = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        for line in lines:
            client.ask(line)
        due += 1 / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
    return time.perf_counter() - begun


def measure(left_out: dict[str, str], share: float) -> Iterator[Measure]:
    """Yield each measure; *share* of the usual rounds, for a quick look.

    *left_out* gets what this machine could not have, with the reason: nothing.
    """
    for copies in COPIES:
        processor: paired.Samples = {place: [] for place in places.PLACES}

        def once(place: str, copies: int, spent: list[float]) -> Callable[[], float]:
            def turn() -> float:
                memory, time_used = use(place, copies)
                spent.append(round(time_used, 3))
                return round(memory, 3)

            return turn

        turns = {
            place: once(place, copies, processor[place]) for place in places.PLACES
        }
        memory = paired.take_turns(turns, max(2, round(ROUNDS * share)), seed=SEED)
        word = "copy" if copies == 1 else "copies"
        yield Measure(f"memory of {copies} {word}", "MiB", memory)
        yield Measure(f"processor time of {copies} {word}", "ms a second", processor)
