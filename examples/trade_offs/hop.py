"""How much longer does a request take on its way through a sidecar?

The same tiny application is asked directly and through proxies, in turns: by a call
within the program, over loopback, over a Unix socket, from inside and from outside a
pod, and, where the kernel can delay packets, as if it were on another host.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from socket import socket

import psutil

from trade_offs import client, namespace, paired, running
from trade_offs.client import Address
from trade_offs.result import Measure

QUESTION = "how much longer does a request take on its way through a sidecar?"
PROGRAMS = {"nginx": ("nginx", "-v"), "haproxy": ("haproxy", "-v")}

RATES = {500: 60, 100: 15}
"""Requests a second -> rounds in a block."""
SECONDS = 0.2
"""How long each turn at saturation takes."""
LINES = 8
"""Connections that are busy at saturation."""
WARM = 50
"""Requests on each connection before anything counts."""
CALLS = 1000
FAR = (0.2, 1.0, 10.0)
"""Delays to another host, in milliseconds."""
SEED = 1


@dataclass(frozen=True)
class Way:
    """One way to the application."""

    address: Address
    programs: tuple[psutil.Process, ...]
    """What works for each request, the application first."""
    space: str = ""
    """The network namespace that the client is in; none is the machine's own."""

    def open(self) -> socket:
        """Open a connection on this way and warm it up."""
        with ExitStack() as inside:
            if self.space:
                inside.enter_context(namespace.within(self.space))
            line = client.connect(self.address)
        for _ in range(WARM):
            client.ask(line)
        return line


def proxies(folder: Path, backend: int) -> dict[str, Callable[[int], list[str]]]:
    """Return the command of each proxy for *backend*, given the port to listen on."""

    def nginx(port: int) -> list[str]:
        return running.nginx(folder, {port: backend})

    def haproxy(port: int) -> list[str]:
        values = {"port": port, "backend": f"127.0.0.1:{backend}"}
        path = running.filled("haproxy.cfg", folder, **values)
        return ["haproxy", "-f", str(path)]

    def relay(port: int) -> list[str]:
        program = str(running.PROGRAMS / "relay.py")
        return [sys.executable, program, str(port), "127.0.0.1", str(backend)]

    return {"nginx": nginx, "haproxy": haproxy, "a Python relay": relay}


@contextmanager
def ways(left_out: dict[str, str]) -> Iterator[dict[str, Way]]:
    """Start everything; give each way by its name, the direct one first.

    *left_out* gets the ways that cannot be had here, with the reason.
    """
    with ExitStack() as started:
        folder = Path(started.enter_context(tempfile.TemporaryDirectory()))
        found: dict[str, Way] = {}
        port, *ports = running.free_ports(4)
        unix = folder / "application.socket"
        answer = [sys.executable, str(running.PROGRAMS / "answer.py")]
        command = [*answer, str(port), str(unix)]
        application = started.enter_context(running.program(command, port=port))
        found["direct"] = Way(("127.0.0.1", port), (application,))
        found["a Unix socket"] = Way(unix, (application,))
        for (name, make), own in zip(proxies(folder, port).items(), ports, strict=True):
            if which(make(own)[0]) is None:
                left_out[name] = f"not here: apt-get install {name}"
                continue
            proxy = started.enter_context(running.program(make(own), port=own))
            found[name] = Way(("127.0.0.1", own), (application, proxy))
        try:
            found |= in_pods(started, folder / "pod")
        except namespace.NoNamespaces as error:
            left_out["pods"] = str(error)
        for delay in FAR:
            try:
                way = far_away(started, delay)
            except namespace.NoNamespaces as error:
                left_out[f"another host, {delay:g} ms"] = str(error)
            else:
                found[f"another host, {delay:g} ms"] = way
        yield found


def in_pods(started: ExitStack, folder: Path) -> dict[str, Way]:
    """Start a pod with the application and nginx; return the ways to it.

    Raises NoNamespaces where there can be no pod.
    """
    folder.mkdir()
    address = "10.213.0.2"
    space = started.enter_context(namespace.pod("hop-pod", address, "10.213.0.1"))
    within = ["ip", "netns", "exec", space]
    answer = [*within, sys.executable, str(running.PROGRAMS / "answer.py"), "8080"]
    application = started.enter_context(
        running.program(answer, port=8080, host=address)
    )
    found = {
        "direct, in one pod": Way(("127.0.0.1", 8080), (application,), space),
        "another pod": Way((address, 8080), (application,)),
    }
    if which("nginx"):
        command = [*within, *proxies(folder, 8080)["nginx"](8081)]
        proxy = started.enter_context(running.program(command, port=8081, host=address))
        both = (application, proxy)
        found["nginx, in one pod"] = Way(("127.0.0.1", 8081), both, space)
        found["nginx, another pod"] = Way((address, 8081), both)
    return found


def far_away(started: ExitStack, delay: float) -> Way:
    """Start the application on what stands for another host, *delay* ms away.

    Raises NoNamespaces where there can be none.
    """
    number = FAR.index(delay) + 1
    address, outside = f"10.213.{number}.2", f"10.213.{number}.1"
    with ExitStack() as host:
        space = host.enter_context(namespace.pod(f"hop-far{number}", address, outside))
        host.enter_context(namespace.delayed(space, delay))
        command = ["ip", "netns", "exec", space, sys.executable]
        command += [str(running.PROGRAMS / "answer.py"), "8080"]
        there = running.program(command, port=8080, host=address)
        application = host.enter_context(there)
        started.push(host.pop_all())
    return Way((address, 8080), (application,))


def call() -> float:
    """Return the seconds of a call within the program that answers the same."""

    def answer() -> bytes:
        return client.END

    begun = time.perf_counter()
    for _ in range(CALLS):
        answer()
    return (time.perf_counter() - begun) / CALLS


def latency(found: Mapping[str, Way], rate: int, rounds: int, seed: int) -> Measure:
    """Ask at *rate* requests a second, in turns; return the microseconds of each."""
    lines = {name: way.open() for name, way in found.items()}
    try:
        asks = {name: asking(line) for name, line in lines.items()}
        asks["a call within the program"] = call
        samples = paired.take_turns(asks, rounds, seed=seed, pace=1 / rate)
    finally:
        for line in lines.values():
            line.close()
    name = f"time at {rate} requests a second"
    return Measure.of_block(name, "µs", scaled(samples, 1e6))


def asking(line: socket) -> Callable[[], float]:
    """Return the function that asks once on *line*."""
    return lambda: client.ask(line)


def scaled(samples: paired.Samples, factor: float) -> paired.Samples:
    """Return *samples* in another unit, without digits that mean nothing."""
    return {
        name: [round(one * factor, 3) for one in every]
        for name, every in samples.items()
    }


def saturation(found: Mapping[str, Way], seed: int) -> list[Measure]:
    """Ask as fast as it goes; return answers a second, and processor time for each."""
    used: paired.Samples = {name: [] for name in found}
    lines = {name: [way.open() for _ in range(LINES)] for name, way in found.items()}

    def asking_all(name: str) -> Callable[[], float]:
        def turn() -> float:
            programs = running.families(found[name].programs)
            before = running.processor_seconds(programs)
            rate = client.saturate(lines[name], SECONDS)
            spent = running.processor_seconds(programs) - before
            used[name].append(spent / (rate * SECONDS))
            return rate

        return turn

    try:
        turns = {name: asking_all(name) for name in found}
        rates = paired.take_turns(turns, 1, seed=seed)
    finally:
        for several in lines.values():
            for line in several:
                line.close()
    return [
        Measure.of_block("answers at saturation", "a second", scaled(rates, 1)),
        Measure.of_block("processor time for a request", "µs", scaled(used, 1e6)),
    ]


def measure(left_out: dict[str, str], block: int) -> Iterator[Measure]:
    """Yield the measures of one block; its number is where chance begins.

    *left_out* gets what this machine could not have, with the reason.
    """
    seed = SEED + 10 * block
    with ways(left_out) as found:
        for rate, rounds in RATES.items():
            yield latency(found, rate, rounds, seed)
        near = {name: way for name, way in found.items() if "host" not in name}
        yield from saturation(near, seed)
