"""What does it take to replace the helper while requests come in?

A library is replaced with its application, a sidecar alone: the one that reads a log,
and one that every request goes through. Each stops first and starts then, as the only
copy on a machine does.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from trade_offs import failing, paired, places, running
from trade_offs.result import Measure

QUESTION = "what does it take to replace the helper while requests come in?"
PROGRAMS: dict[str, tuple[str, ...]] = {}

SEED = 6
LATER = 0.3
"""Seconds after which nothing more comes to the store."""


def shipped(*names: str) -> int:
    """Return the bytes of the programs that a new version consists of."""
    return sum((running.PROGRAMS / name).stat().st_size for name in names)


WAYS = {
    "a library": shipped("app.py", "answer.py", "ship.py"),
    "a sidecar beside": shipped("ship.py"),
    "a sidecar on the way": shipped("relay.py"),
}
"""Bytes to bring to the machine for each."""


@dataclass(frozen=True)
class Replaced:
    """What those who asked noticed while the helper was replaced."""

    failed: float
    """Requests."""
    lost: float
    """Lines that the store did not get; less than none: it got some twice."""
    restarts: float
    """Of the application."""


def replaced(way: str) -> Replaced:
    """Replace the helper under load, and return what was noticed."""
    with tempfile.TemporaryDirectory() as folder:
        log = None if way == "a library" else Path(folder, "log")
        port, outside = running.free_ports(2)
        store = places.Store()
        programs = [running.spawned(places.application(port, store, log))]
        if log is not None:
            programs.append(running.spawned(places.ship(store, [log])))
        if way == "a sidecar on the way":
            relay = str(running.PROGRAMS / "relay.py")
            command = [sys.executable, relay, str(outside), "127.0.0.1", str(port)]
            programs.append(running.spawned(command))
        else:
            outside = port
        answered = [0]
        applications = {programs[0].pid}
        try:
            ask = failing.reconnecting(outside)
            failing.ready(ask)
            answered[0] += 1

            def counted() -> bool:
                answer = ask()
                answered[0] += answer
                return answer

            def replace() -> None:
                programs[-1].terminate()

            def keep() -> None:
                if programs[-1].poll() is not None:
                    programs[-1] = running.spawned(programs[-1].args)
                    applications.add(programs[0].pid)

            outage = failing.asked(counted, replace, keep)
            time.sleep(LATER)
            lost = float(answered[0] - store.lines)
            return Replaced(outage.failed, lost, float(len(applications) - 1))
        finally:
            for child in programs:
                running.end(child)
            store.close()


def measure(left_out: dict[str, str], block: int) -> Iterator[Measure]:
    """Yield the measures of one block; its number is where chance begins.

    *left_out* gets what this machine could not have, with the reason: nothing.
    """
    noticed: dict[str, list[Replaced]] = {way: [] for way in WAYS}

    def once(way: str) -> Callable[[], float]:
        def turn() -> float:
            noticed[way].append(replaced(way))
            return noticed[way][-1].failed

        return turn

    turns = {way: once(way) for way in WAYS}
    failed = paired.take_turns(turns, 1, seed=SEED + 10 * block)
    lost = {way: [one.lost for one in every] for way, every in noticed.items()}
    restarts = {way: [one.restarts for one in every] for way, every in noticed.items()}
    yield Measure.of_block("requests failed", "requests", failed, step=1.0)
    name = "lines lost (less than none: sent twice)"
    yield Measure.of_block(name, "lines", lost, step=1.0)
    yield Measure.of_block("restarts of the application", "restarts", restarts)
    sizes = {way: [float(size)] for way, size in WAYS.items()}
    yield Measure.of_block("shipped", "bytes", sizes)
