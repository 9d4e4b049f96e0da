"""What does a helper take while nothing happens, and while it works?

Each helper of the labs runs beside its application, as plain processes, and so do
nginx, haproxy and rsyslog as helpers. Memory is counted as if nothing else ran on the
machine: Python's own code counts whole, as in a container with an image of its own.
Beside them stands a Python program that does nothing: what lies above it is the
helper's own.
"""

import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import which

import psutil

from trade_offs import hop, labs, paired, running
from trade_offs.labs import Lab
from trade_offs.result import Measure

QUESTION = "what does a helper take while nothing happens, and while it works?"
PROGRAMS = {
    "nginx": ("nginx", "-v"),
    "haproxy": ("haproxy", "-v"),
    "rsyslog": ("rsyslogd", "-v"),
}

SETTLE = 0.2
"""Seconds after the start that do not count."""
WATCH = 0.4
"""Seconds over which the processor is watched, idle and at work."""
RATE = 100
"""Requests, or lines, a second at work."""
SEED = 2

Work = Callable[[], object]
"""One piece of work for a helper."""
Start = Callable[[], AbstractContextManager[tuple[psutil.Process, Work]]]
"""What runs a helper for as long as a block lasts."""


LABS = [
    Lab("served_log", "log-server", 8081),
    Lab("log_saver", "log-saver", 8080, "/hello"),
    Lab("https_termination", "https-proxy", 8443, scheme="https"),
    Lab("dynamic_config", "config-manager", 8089, "/config"),
    Lab("topz", "topz", 8091),
    Lab("git_sync", "git-sync", 8087, "/healthz"),
    Lab("ambassador", "ambassador", 8093, "/items/tea"),
    Lab("adapter", "adapter", 9121, "/metrics"),
]
"""All but the job that finishes, whose helper goes when the work is done."""

NOTHING = "import signal; signal.pause()"


@dataclass
class Use:
    """What one run of a helper took."""

    memory_idle: float = 0.0
    memory_work: float = 0.0
    processor_idle: float = 0.0
    processor_work: float = 0.0
    files: float = 0.0


UNITS = {
    "memory_idle": ("memory while nothing happens", "MiB"),
    "memory_work": (f"memory at {RATE} a second", "MiB"),
    "processor_idle": ("processor time while nothing happens", "ms a second"),
    "processor_work": (f"processor time at {RATE} a second", "ms a second"),
    "files": ("open files and connections", "files"),
}


@contextmanager
def of_a_lab(lab: Lab) -> Iterator[tuple[psutil.Process, Work]]:
    """Run a lab; give the process of its helper, and what gives it work."""
    with labs.started(lab) as (processes, url):
        yield psutil.Process(processes.pid(lab.helper)), getting(url)


def getting(url: str) -> Work:
    """Return the function that gets *url* once; an answer of any status is work."""
    context = labs.any_certificate()

    def work() -> None:
        with suppress(urllib.request.HTTPError):
            urllib.request.urlopen(url, timeout=5, context=context).read()

    return work


@contextmanager
def of_a_proxy(name: str) -> Iterator[tuple[psutil.Process, Work]]:
    """Run a proxy before the application of `hop`; give its process, and work."""
    with ExitStack() as started:
        folder = Path(started.enter_context(tempfile.TemporaryDirectory()))
        backend, port = running.free_ports(2)
        answer = [sys.executable, str(running.PROGRAMS / "answer.py"), str(backend)]
        started.enter_context(running.program(answer, port=backend))
        command = hop.proxies(folder, backend)[name](port)
        proxy = started.enter_context(running.program(command, port=port))
        yield proxy, getting(f"http://127.0.0.1:{port}/")


@contextmanager
def of_rsyslog() -> Iterator[tuple[psutil.Process, Work]]:
    """Run rsyslog as a helper that follows a log; give its process, and work."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "access.log"
        log.touch()
        settings = running.filled("rsyslog.conf", folder, log=log)
        command = ["rsyslogd", "-n", "-f", str(settings), "-i", str(folder / "pid")]
        with (
            running.started(command) as child,
            log.open("a", encoding="utf-8", buffering=1) as lines,
        ):
            yield child, lambda: lines.write("GET /hello 200\n")


@contextmanager
def of_nothing() -> Iterator[tuple[psutil.Process, Work]]:
    """Run a Python program that does nothing."""
    with running.started([sys.executable, "-c", NOTHING]) as child:
        yield child, lambda: None


def watched(child: psutil.Process, work: Work) -> Use:
    """Watch a helper, first idle and then at work."""
    time.sleep(SETTLE)
    use = Use()
    use.memory_idle, use.processor_idle = over(child, lambda: None)
    use.memory_work, use.processor_work = over(child, work)
    programs = running.families([child])
    use.files = running.in_all(programs, lambda one: one.num_fds())
    return use


def over(child: psutil.Process, work: Work) -> tuple[float, float]:
    """Give work for a while; return the MiB at its end and the ms a second it took."""
    programs = running.families([child])
    before = running.processor_seconds(programs)
    begun = due = time.perf_counter()
    while time.perf_counter() - begun < WATCH:
        work()
        due += 1 / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
    took = time.perf_counter() - begun
    spent = running.processor_seconds(programs) - before
    return running.mebibytes(programs), 1000 * spent / took


def kinds(left_out: dict[str, str]) -> dict[str, Callable[[], Use]]:
    """Return what runs each helper once, the empty program first."""

    def runner(start: Start) -> Callable[[], Use]:
        def run() -> Use:
            with start() as (child, work):
                return watched(child, work)

        return run

    found = {"an empty Python program": runner(of_nothing)}
    for lab in LABS:
        if reason := lab.missing():
            left_out[lab.system] = reason
        else:
            found[lab.system] = runner(partial(of_a_lab, lab))
    for name in ("nginx", "haproxy"):
        if which(name):
            found[name] = runner(partial(of_a_proxy, name))
        else:
            left_out[name] = f"not here: apt-get install {name}"
    if which("rsyslogd") and os.geteuid() == 0:
        found["rsyslog"] = runner(of_rsyslog)
    else:
        left_out["rsyslog"] = "not here: apt-get install rsyslog, and be root"
    return found


def measure(left_out: dict[str, str], block: int) -> Iterator[Measure]:
    """Yield the measures of one block; its number is where chance begins.

    *left_out* gets what this machine could not have, with the reason.
    """
    runs = kinds(left_out)
    uses: dict[str, list[Use]] = {name: [] for name in runs}

    def once(name: str) -> Callable[[], float]:
        def turn() -> float:
            uses[name].append(runs[name]())
            return 0.0

        return turn

    turns = {name: once(name) for name in runs}
    paired.take_turns(turns, 1, seed=SEED + 10 * block)
    for attribute, (name, unit) in UNITS.items():
        samples = {
            kind: [round(getattr(use, attribute), 3) for use in every]
            for kind, every in uses.items()
        }
        yield Measure.of_block(name, unit, samples)
