"""What still works when the helper fails?

Each helper of the labs is killed, and then held still and then killed, while
its application is asked; the lab starts it again, as a kubelet would. Those that may
write into a volume that they share fill it, until somebody makes room. Then one helper
fails beside its application and within it, as a library: it crashes, goes round in a
circle, leaks memory up to a limit, or fills the disk that it shares.
"""

import os
import signal
import socket
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from trade_offs import client, disk, labs, paired, places, running
from trade_offs.labs import Lab
from trade_offs.result import Measure

QUESTION = "what still works when the helper fails?"
PROGRAMS = {"nginx": ("nginx", "-v"), "redis": ("redis-server", "--version")}

RATE = 100
"""Requests a second."""
CALM = 0.1
"""Seconds of work before the failure."""
HELD = 0.4
"""Seconds that a helper hangs until it is killed, or a volume is full."""
AFTER = 0.75
"""Seconds of work after it."""
PATIENCE = 0.25
"""Seconds that those who ask wait for an answer."""
LIMIT = 64 << 20
"""Bytes of memory that a helper that leaks may have, or the application with it."""
SEED = 5


LABS = [
    Lab("served_log", "log-server", 8080, "/hello"),
    Lab("log_saver", "log-saver", 8080, "/hello"),
    Lab("https_termination", "https-proxy", 8443, scheme="https"),
    Lab("dynamic_config", "config-manager", 8088, shared="config"),
    Lab("topz", "topz", 8090),
    Lab("git_sync", "git-sync", 8086, shared="site"),
    Lab("ambassador", "ambassador", 8093, "/items/tea"),
    Lab("adapter", "adapter", 6379, scheme="redis"),
]

KILLED, HANGS, FILLS = "is killed", "hangs", "fills the volume"
"""What a lab's helper can do wrong."""

FAULTS = {
    "crashes": signal.SIGUSR1,
    "goes round in a circle": signal.SIGALRM,
    "leaks memory": signal.SIGUSR2,
    "fills the disk": signal.SIGHUP,
}
"""What the helper of `places` can do wrong, and the signal for it."""


@dataclass
class Outage:
    """What those who asked noticed."""

    failed: float = 0.0
    """Requests."""
    seconds: float = 0.0
    """From the failure to the last request that failed."""
    answer: float = 0.0
    """The median time of an answer after the failure, in seconds."""


def asked(
    ask: Callable[[], bool], fail: Callable[[], object], keep: Callable[[], object]
) -> Outage:
    """Ask at the rate, let it *fail*, ask on; *keep* is called after each request."""
    outage = Outage()
    begun = due = time.perf_counter()
    failed_at = 0.0
    answers: list[float] = []
    while True:
        now = time.perf_counter()
        if not failed_at and now - begun > CALM:
            fail()
            failed_at = time.perf_counter()
        if failed_at and now - failed_at > AFTER:
            outage.answer = statistics.median(answers) if answers else AFTER
            return outage
        if not ask():
            outage.failed += 1
            outage.seconds = time.perf_counter() - (failed_at or begun)
        elif failed_at:
            answers.append(time.perf_counter() - now)
        keep()
        due += 1 / RATE
        time.sleep(max(0.0, due - time.perf_counter()))


def asking(url: str) -> Callable[[], bool]:
    """Return what asks a lab's application once, and says whether it answered."""
    context = labs.any_certificate()
    parts = urlsplit(url)

    def get() -> bool:
        try:
            with urllib.request.urlopen(
                url, timeout=PATIENCE, context=context
            ) as answer:
                return bool(answer.read()) or answer.status < 500
        except urllib.request.HTTPError as error:
            return error.code < 500
        except OSError:
            return False

    def ping() -> bool:
        address = (parts.hostname, parts.port)
        try:
            with socket.create_connection(address, timeout=PATIENCE) as line:
                line.sendall(b"PING\r\n")
                return line.recv(100) == b"+PONG\r\n"
        except OSError:
            return False

    return ping if parts.scheme == "redis" else get


def of_a_lab(lab: Lab, fault: str) -> Outage:
    """Run a lab, let its helper fail, and return what was noticed."""
    with ExitStack() as stack:
        processes, url = stack.enter_context(labs.prepared(lab))
        if fault == FILLS:
            stack.enter_context(disk.small(processes.volumes[lab.shared]))
        stack.callback(processes.stop)
        processes.start()
        ask = asking(url)
        ready(ask)
        later: list[tuple[float, Callable[[], object]]] = []

        def send(number: signal.Signals) -> None:
            os.kill(processes.pid(lab.helper), number)

        def fail() -> None:
            over = time.perf_counter() + HELD
            if fault == KILLED:
                send(signal.SIGKILL)
            elif fault == HANGS:
                send(signal.SIGSTOP)
                later.append((over, lambda: send(signal.SIGKILL)))
            else:
                rubbish = disk.fill(processes.volumes[lab.shared])
                later.append((over, rubbish.unlink))

        def keep() -> None:
            if later and time.perf_counter() > later[0][0]:
                later.pop()[1]()

        return asked(ask, fail, keep)


def ready(ask: Callable[[], bool]) -> None:
    """Wait until the application answers. Raises TimeoutError if it does not."""
    limit = time.monotonic() + running.START
    while not ask():
        if time.monotonic() > limit:
            raise TimeoutError("the application does not answer")
        time.sleep(0.05)


class Kept:
    """A program that is started again when it ends, as a kubelet would."""

    def __init__(self, command: list[str]) -> None:
        """Start it, with the limit."""
        self.command = command
        self.again()

    def again(self) -> None:
        """Start it."""
        self.child = running.spawned(self.command)
        self.child.rlimit(psutil.RLIMIT_DATA, (LIMIT, LIMIT))

    def look(self) -> None:
        """Start it again if it has ended."""
        if self.child.poll() is not None:
            self.again()


def of_a_place(place: str, fault: str) -> Outage:
    """Run the application and the helper of `places`, and let the helper fail."""
    with small_disk() as folder:
        log = None if place == "a library" else folder / "log"
        (port,) = running.free_ports(1)
        store = places.Store()
        application = Kept(places.application(port, store, log))
        helper = application if log is None else Kept(places.ship(store, [log]))
        try:
            ask = reconnecting(port)
            ready(ask)

            def keep() -> None:
                application.look()
                helper.look()

            return asked(ask, lambda: helper.child.send_signal(FAULTS[fault]), keep)
        finally:
            running.end(helper.child)
            running.end(application.child)
            store.close()


@contextmanager
def small_disk() -> Iterator[Path]:
    """Give a folder, on a disk of its own of 1 MiB where this user may mount one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with disk.small(folder) if os.geteuid() == 0 else nullcontext():
            yield folder


def reconnecting(port: int) -> Callable[[], bool]:
    """Return what asks once, on a connection that is opened again when it broke."""
    lines: list[socket.socket] = []

    def ask() -> bool:
        try:
            if not lines:
                lines.append(client.connect(("127.0.0.1", port)))
                lines[0].settimeout(PATIENCE)
            client.ask(lines[0])
        except OSError:
            while lines:
                lines.pop().close()
            return False
        return True

    return ask


def measure(left_out: dict[str, str], block: int) -> Iterator[Measure]:
    """Yield the measures of one block; its number is where chance begins.

    *left_out* gets what this machine could not have, with the reason.
    """
    seed = SEED + 10 * block
    here = []
    for lab in LABS:
        if reason := lab.missing():
            left_out[lab.system] = reason
        else:
            here.append(lab)
    sharing = [lab for lab in here if lab.shared]
    may_mount = os.geteuid() == 0
    if not may_mount:
        left_out["a helper that fills the disk"] = "only root may mount a small one"
    for fault, those in ((KILLED, here), (HANGS, here), (FILLS, sharing)):
        if fault == FILLS and not may_mount:
            continue
        turns = {lab.system: partial(of_a_lab, lab, fault) for lab in those}
        yield from outages(f"when the helper {fault}", turns, seed)
    for fault in FAULTS:
        if fault == "fills the disk" and not may_mount:
            continue
        turns = {
            place: partial(of_a_place, place, fault)
            for place in ("a library", "sidecars")
        }
        yield from outages(f"when the helper {fault}", turns, seed)


def outages(
    when: str, turns: Mapping[str, Callable[[], Outage]], seed: int
) -> Iterator[Measure]:
    """Take turns; yield what failed, for how long, and how slow the rest was."""
    seconds: paired.Samples = {name: [] for name in turns}
    answers: paired.Samples = {name: [] for name in turns}

    def once(name: str) -> Callable[[], float]:
        def turn() -> float:
            outage = turns[name]()
            seconds[name].append(round(1000 * outage.seconds, 3))
            answers[name].append(round(1000 * outage.answer, 3))
            return outage.failed

        return turn

    step = 1000 / RATE  # milliseconds from one request to the next
    failed = paired.take_turns({name: once(name) for name in turns}, 1, seed=seed)
    yield Measure.of_block(f"requests failed {when}", "requests", failed, step=1.0)
    yield Measure.of_block(f"time until the last one {when}", "ms", seconds, step=step)
    yield Measure.of_block(f"time of an answer {when}", "ms", answers)
