"""A pod as plain processes on this machine: the same programs, fewer walls.

What a pod gives, and what stands in for it here:

* a volume: a folder; the paths in settings and commands are changed to it;
* `/app`: the folder of the system;
* the network of the pod: this machine's loopback, with the ports that are given;
* the kubelet: this module, which starts, restarts and stops in the same order.

Files, processes and limits are this machine's own: nothing here holds them apart.
Where it differs from a kubelet in time or judgment:

* a probe is asked more often, and a restart comes sooner, so that nobody waits;
* an init container that fails, or a startup probe that does, ends the attempt: a
  kubelet would try again as the restart policy says;
* what is left when the grace period is over is killed right after it was asked to
  stop: a kubelet gives it about two seconds more.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

from lab.manifest import Container, Pod, Probe
from lab.systems import find

Show = Callable[[str, str], None]

FIRST_BACKOFF = 0.25
"""Seconds before the second restart in a row; each wait is twice the one before."""
LAST_BACKOFF = 10.0
LAST_WORDS = 2.0
"""Seconds to wait for output of an ended program that something holds open."""
FIRST_LINE = 2.0
"""Seconds to wait for a program's first line, so that the lines stand in order."""
POLL = 0.02


class Process:
    """One container as a process, which may be started again and again."""

    def __init__(self, box: Container, command: list[str], env: dict[str, str]) -> None:
        """Keep how *box* is started; start nothing."""
        self.box = box
        self.command = command
        self.env = env
        self.child: subprocess.Popen[bytes] | None = None
        self.statuses: list[int] = []
        self.lines: list[str] = []
        self.restart_at = 0.0
        self.backoff = 0.0
        self.started_at = 0.0
        self._printer: threading.Thread | None = None
        self._spoke = threading.Event()

    def start(self, show: Show) -> None:
        """Start the program; *show* gets each line that it prints.

        Raises RuntimeError if there is no such program.
        """
        self.started_at = time.monotonic()
        try:
            self.child = self._spawn()
        except OSError as error:
            problem = f"cannot start {self.command[0]} ({error.strerror})"
            raise RuntimeError(f"{self.box.name}: {problem}") from error
        show(self.box.name, f"started as process {self.child.pid}")
        self._printer = threading.Thread(
            target=self._read, args=(self.child, show), daemon=True
        )
        self._printer.start()

    def _spawn(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self.command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A group of its own: Ctrl-C reaches the runner alone, which then stops
            # the containers in their order.
            process_group=0,
        )

    def await_line(self) -> None:
        """Wait until the program has printed a line or ended, but not for long."""
        self._spoke.wait(FIRST_LINE)

    def _read(self, child: "subprocess.Popen[bytes]", show: Show) -> None:
        assert child.stdout is not None
        for raw in child.stdout:
            line = raw.decode(errors="replace").rstrip("\n")
            self.lines.append(line)
            show(self.box.name, line)
            self._spoke.set()
        self._spoke.set()

    def ended(self) -> bool:
        """Whether the program has just ended; what it started ends with it."""
        if self.child is None or self.child.poll() is None:
            return False
        self._sweep(self.child)
        code = self.child.returncode
        # As a shell and a kubelet count: 137 for a program that signal 9 ended.
        self.statuses.append(code if code >= 0 else 128 - code)
        self.child = None
        return True

    def done(self) -> bool:
        """Whether the program has ended for good."""
        return self.child is None and not self.restart_at

    def terminate(self) -> None:
        """Ask the program to stop."""
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()

    def finish(self, deadline: float) -> None:
        """Wait until *deadline* for the program to end, then kill it."""
        if self.child is None:
            return
        try:
            self.child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.ended()

    def _sweep(self, child: "subprocess.Popen[bytes]") -> None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        if self._printer is not None:
            self._printer.join(LAST_WORDS)


class Processes:
    """A pod that runs as processes."""

    def __init__(
        self,
        pod: Pod,
        system: Path,
        folder: Path,
        ports: Mapping[int, int],
        show: Show = lambda name, line: None,
        stopping: threading.Event | None = None,
    ) -> None:
        """Prepare *pod*, whose programs are in *system*; its volumes go to *folder*.

        *ports* gives for each port of the pod the one of this machine. Whoever sets
        *stopping* lets a start that is under way end early; `stop` is due then.
        """
        self.pod = pod
        self.ports = dict(ports)
        self.volumes = {name: folder / name for name in pod.volumes}
        for place in self.volumes.values():
            place.mkdir(parents=True)
        self._home = folder / "home"
        self._home.mkdir(parents=True)
        self._system = system
        self._show = show
        self._stopping = stopping or threading.Event()
        self._all_started = False
        self.processes = {box.name: self._prepare(box) for box in pod.containers}
        self.phase = "Pending"
        self._keeper = threading.Thread(target=self._keep)

    def start(self) -> None:
        """Start all: the init list from top to bottom, then the regular containers.

        Of that list, an init container has to end and a native sidecar has to start
        before the next one's turn. Raises RuntimeError if one does not.
        """
        # From now on: a sidecar that ends while others start is started again.
        self._keeper.start()
        for box in (*self.pod.early, *self.pod.regular):
            if self._stopping.is_set():
                return
            if box in self.pod.inits:
                self._run_init(box)
                continue
            process = self.processes[box.name]
            process.start(self._show)
            process.await_line()
            if box.native and box.startup:
                self._await_start(process, box.startup)
        self.phase = "Running"
        self._all_started = True

    def pid(self, name: str) -> int:
        """Return the process number of a container that runs, else 0."""
        child = self.processes[name].child
        return child.pid if child is not None else 0

    def run(self, name: str, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run *command* with the settings of a container, whose paths it may use."""
        process = self.processes[name]
        return subprocess.run(
            self._command(process.box, command),
            env=process.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def stop(self) -> None:
        """Stop the regular containers together, then sidecars one by one from the last.

        What has not stopped when the pod's grace period is over is killed.
        """
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join()
        self._stop_all()

    def _keep(self) -> None:
        """Restart what ends, as the restart policy says, until the pod is done."""
        while not self._stopping.wait(POLL):
            now = time.monotonic()
            for process in self.processes.values():
                if process.ended():
                    self._after_end(process, now)
                if process.child is None and 0 < process.restart_at <= now:
                    process.restart_at = 0.0
                    process.start(self._show)
            regular = [self.processes[box.name] for box in self.pod.regular]
            if self._all_started and all(p.done() for p in regular):
                failed = any(p.statuses[-1] for p in regular)
                self._stop_all()
                for process in self.processes.values():
                    if process.box.native:
                        word = f"ended with status {process.statuses[-1]}"
                        self._show(process.box.name, word)
                self.phase = "Failed" if failed else "Succeeded"
                return

    def _after_end(self, process: Process, now: float) -> None:
        status = process.statuses[-1]
        policy = "Always" if process.box.native else self.pod.restart
        again = policy == "Always" or (policy == "OnFailure" and status != 0)
        if now - process.started_at > LAST_BACKOFF:
            process.backoff = 0.0
        word = f"ended with status {status}"
        if again:
            process.restart_at = now + process.backoff
            word += f"; starts again in {process.backoff:g} s"
            process.backoff = min(max(2 * process.backoff, FIRST_BACKOFF), LAST_BACKOFF)
        self._show(process.box.name, word)

    def _stop_all(self) -> None:
        deadline = time.monotonic() + self.pod.grace
        regular = [self.processes[box.name] for box in self.pod.regular]
        for process in regular:
            process.terminate()
        for process in regular:
            process.finish(deadline)
        for process in reversed(self.processes.values()):
            if process.box.native:
                process.terminate()
                process.finish(deadline)

    def _run_init(self, box: Container) -> None:
        process = self._prepare(box)
        process.start(self._show)
        while not process.ended():
            if self._stopping.wait(POLL):
                process.terminate()
                process.finish(time.monotonic() + self.pod.grace)
                return
        if process.statuses[-1] != 0:
            raise RuntimeError(f"{box.name} ended with status {process.statuses[-1]}")

    def _await_start(self, process: Process, probe: Probe) -> None:
        for _ in range(probe.failures):
            tick = time.monotonic() + probe.period
            # Asked more often than the period says: a reader waits for it.
            while time.monotonic() < tick:
                if self._started(process, probe) or self._stopping.wait(POLL):
                    return
        waited = f"for {probe.failures * probe.period:g} s"
        name = process.box.name
        raise RuntimeError(f"{name} did not start: its startup probe failed {waited}")

    def _started(self, process: Process, probe: Probe) -> bool:
        if probe.command:
            try:
                done = subprocess.run(
                    self._command(process.box, probe.command),
                    env=process.env,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=10,
                    check=False,
                    process_group=0,
                )
            except (OSError, subprocess.TimeoutExpired):
                return False
            return done.returncode == 0
        url = f"http://127.0.0.1:{self.ports[probe.port]}{probe.path}"
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                return bool(answer.status < 400)
        except (OSError, HTTPException):
            return False

    def _prepare(self, box: Container) -> Process:
        env = {
            name: value
            for name, value in os.environ.items()
            if name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")
        }
        env |= {
            "HOME": str(self._home),
            "HOST": "127.0.0.1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if box.ports:
            # All listen on one network here, with the ports that were given.
            env["PORT"] = str(self.ports[box.ports[0]])
        env |= {name: self._here(box, value) for name, value in box.env}
        return Process(box, self._command(box, box.command), env)

    def _command(self, box: Container, words: tuple[str, ...]) -> list[str]:
        program, *rest = (self._here(box, word) for word in words)
        found = sys.executable if program == "python3" else find(program) or program
        return [found, *rest]

    def _here(self, box: Container, text: str) -> str:
        """Change the pod's paths and ports in *text* to this machine's, all at once."""
        places = {path: str(self.volumes[name]) for path, name in box.mounts}
        places["/app"] = str(self._system)
        longest = sorted(places, key=len, reverse=True)
        paths = "|".join(map(re.escape, longest))
        numbers = "|".join(map(str, self.ports))
        pattern = rf"(?<![\w./-])(?:{paths})(?![\w.-])"
        if numbers:
            pattern += rf"|(?<![\w.])(?:{numbers})(?![\w.])"

        def swap(match: "re.Match[str]") -> str:
            word = match[0]
            return places[word] if word in places else str(self.ports[int(word)])

        return re.sub(pattern, swap, text)
