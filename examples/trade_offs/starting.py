"""How long do start and stop take, and what is lost when the helper stops first?

A start counts from the first program to the application's first answer. Started in
order, the next program waits until the one before answers, as behind a startup probe
that is asked all the time; a kubelet asks once a second at most, which would come on
top. Lost is what the application wrote and the store never got.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from socket import socket

from trade_offs import client, paired, places, running
from trade_offs.result import Measure

QUESTION = "how long do start and stop take, and what is lost at a stop?"
PROGRAMS: dict[str, tuple[str, ...]] = {}

MOST = 3
"""Sidecars, at most."""
RATE = 100
"""Requests a second while everything stops."""
BEFORE = 0.3
"""Seconds of work before the stop."""
LATER = 0.3
"""Seconds after which no sender comes to the store any more."""
SEED = 4


def start_and_stop(sidecars: int, ordered: bool, stops: list[float]) -> float:
    """Return the seconds to the first answer; keep those of the stop in *stops*."""
    answer = str(running.PROGRAMS / "answer.py")
    *helpers, own = running.free_ports(sidecars + 1)
    with ExitStack() as started:
        children = []
        begun = time.perf_counter()
        for port in (*helpers, own):
            command = [sys.executable, answer, str(port)]
            children.append(started.enter_context(running.started(command)))
            if ordered or port == own:
                running.await_port(children[-1], "127.0.0.1", port)
        with client.connect(("127.0.0.1", own)) as line:
            client.ask(line)
        took = time.perf_counter() - begun
        begun = time.perf_counter()
        *others, application = children
        if ordered:
            for child in (application, *reversed(others)):
                child.terminate()
                child.wait(running.STOP)
        else:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(running.STOP)
        stops.append(1000 * (time.perf_counter() - begun))
    return 1000 * took


def lost(place: str, how: str) -> float:
    """Return how many lines the store did not get when all is stopped under load."""
    with places.node(place, 1) as node:
        asked = [0]
        line = client.connect(("127.0.0.1", node.ports[0]))
        asking = threading.Thread(target=keep_asking, args=(line, asked))
        asking.start()
        time.sleep(BEFORE)
        order = [*node.helpers, *node.applications]
        if how == "last":
            order.reverse()
        for child in order:
            child.terminate()
            if how != "together":
                child.wait(running.STOP)
        for child in order:
            child.wait(running.STOP)
        asking.join(client.LIMIT)
        time.sleep(LATER)
        return float(asked[0] - node.store.take_the_rest(client.LIMIT))


def keep_asking(line: socket, asked: list[int]) -> None:
    """Ask at the rate until nobody answers; count the answers in *asked*."""
    with line, suppress(OSError):
        while True:
            client.ask(line)
            asked[0] += 1
            time.sleep(1 / RATE)


def measure(left_out: dict[str, str], block: int) -> Iterator[Measure]:
    """Yield the measures of one block; its number is where chance begins.

    *left_out* gets what this machine could not have, with the reason: nothing.
    """
    seed = SEED + 10 * block
    stops: paired.Samples = {"no sidecar": []}
    starts: dict[str, Callable[[], float]] = {
        "no sidecar": partial(start_and_stop, 0, False, stops["no sidecar"])
    }
    for ordered, word in ((False, "together"), (True, "in order")):
        for count in range(1, MOST + 1):
            name = f"{count} sidecar{'s' * (count > 1)}, {word}"
            stops[name] = []
            starts[name] = partial(start_and_stop, count, ordered, stops[name])
    samples = paired.take_turns(starts, 1, seed=seed)
    yield Measure.of_block("time to the first answer", "ms", rounded(samples))
    yield Measure.of_block("time to stop", "ms", rounded(stops))
    stopped = {
        "a library": partial(lost, "a library", "together"),
        "a sidecar, stopped last": partial(lost, "sidecars", "last"),
        "a sidecar, stopped together": partial(lost, "sidecars", "together"),
        "a sidecar, stopped first": partial(lost, "sidecars", "first"),
    }
    gone = paired.take_turns(stopped, 1, seed=seed)
    yield Measure.of_block("lines lost", "lines", gone, step=2.0)


def rounded(samples: paired.Samples) -> paired.Samples:
    """Return *samples* without digits that mean nothing."""
    return {name: [round(x, 3) for x in every] for name, every in samples.items()}
