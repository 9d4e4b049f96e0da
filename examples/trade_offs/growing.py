"""How do memory and processor time grow with the copies of the application?

One helper in three places: beside each copy, once for all, or within each copy. And a
proxy in two: before each copy, or once before all. All of it beside no helper at all.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from shutil import which
from socket import socket

from trade_offs import client, paired, places, running
from trade_offs.result import Measure

QUESTION = "how do memory and processor time grow with the copies of the application?"
PROGRAMS = {"nginx": ("nginx", "-v")}

COPIES = (1, 2, 5, 10, 20, 50)
IDLE = (50,)
"""At these, the processor is watched without requests too."""
WARM = 0.1
"""Seconds of work before anything counts."""
WATCH = 0.3
"""Seconds that are watched."""
RATE = 10
"""Requests a second to each copy."""
SEED = 3


@dataclass(frozen=True)
class Use:
    """What all programs together used at one size."""

    memory: float
    """MiB, of all together."""
    processor: float
    """Milliseconds a second."""
    idle: float
    """The same without requests; zero where it is not watched."""
    times: list[float]
    """Microseconds to each answer."""


def use(node: places.Node, copies: int, *, idle: bool = False) -> Use:
    """Let a node grow to so many copies, and say what it uses at work."""
    node.grow(copies)
    lines = [client.connect(("127.0.0.1", port)) for port in node.ports]
    try:
        work(lines, WARM)  # what a first request costs does not count
        programs = node.programs
        before, begun = running.processor_seconds(programs), time.perf_counter()
        times = work(lines, WATCH)
        took = time.perf_counter() - begun
        busy = running.processor_seconds(programs) - before
        memory = running.mebibytes(programs)
        calm = rest(node) if idle else 0.0
        micro = [round(1e6 * one, 3) for one in times]
        return Use(memory, 1000 * busy / took, calm, micro)
    finally:
        for line in lines:
            line.close()


def rest(node: places.Node) -> float:
    """Ask nothing for a while; return the milliseconds a second that it takes."""
    programs = node.programs
    before, begun = running.processor_seconds(programs), time.perf_counter()
    time.sleep(WATCH)
    took = time.perf_counter() - begun
    return 1000 * (running.processor_seconds(programs) - before) / took


def work(lines: list[socket], seconds: float) -> list[float]:
    """Ask each copy at the rate for so long; return the seconds to each answer."""
    times = []
    begun = due = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        # One after the other, so that no copy waits for the processor of another.
        for line in lines:
            times.append(client.ask(line))
            due += 1 / RATE / len(lines)
            time.sleep(max(0.0, due - time.perf_counter()))
    return times


def measure(left_out: dict[str, str], block: int) -> Iterator[Measure]:
    """Yield the measures of one block; its number is where chance begins.

    *left_out* gets what this machine could not have, with the reason.
    """
    names = [places.NONE, *places.PLACES]
    if which("nginx"):
        names += places.PROXIES
    else:
        left_out["a proxy each"] = "not here: apt-get install nginx"
    uses: dict[str, list[Use]] = {}

    def once(place: str) -> Callable[[], float]:
        def turn() -> float:
            with places.node(place, 0) as node:
                uses[place] = [use(node, n, idle=n in IDLE) for n in COPIES]
            return 0.0

        return turn

    paired.take_turns({name: once(name) for name in names}, 1, seed=SEED + 10 * block)
    for place, copies in enumerate(COPIES):
        word = "copy" if copies == 1 else "copies"
        at = {name: uses[name][place] for name in names}
        memory = {name: [round(one.memory, 3)] for name, one in at.items()}
        yield Measure.of_block(f"memory of {copies} {word}", "MiB", memory)
        busy = {name: [round(one.processor, 3)] for name, one in at.items()}
        name = f"processor time of {copies} {word}"
        yield Measure.of_block(name, "ms a second", busy)
        if copies in IDLE:
            calm = {name: [round(one.idle, 3)] for name, one in at.items()}
            yield Measure.of_block(f"{name}, idle", "ms a second", calm)
    last = {name: uses[name][-1].times for name in names}
    fewest = min(map(len, last.values()))
    times = {name: every[:fewest] for name, every in last.items()}
    yield Measure.of_block(f"time of an answer of {copies} {word}", "µs", times)
