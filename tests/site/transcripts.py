"""Run the commands of a recorded transcript again.

A transcript in `docs/recorded/` is what a reader would see in a terminal: lines
that begin with ``$ `` are commands, the others are what they printed. The lines
``#: terminal 1``, ``#: terminal 2`` part it into terminals: the last command of
every terminal but the last goes on running while the next ones work, and is
stopped with Ctrl-C at the end.

``python tests/site/transcripts.py FILE…`` writes the outputs anew; the tests
compare them. Times, process numbers and temporary folders are left out of the
comparison, and so are the ports, so that a port in use spoils nothing. ``nox -s lab``
and ``sidecar-spotter`` run as the programs that they start, and the lines of the lab's
containers may stand in another order.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from lab.manifest import notes
from lab.manifest import read as read_pod
from lab.systems import PODS, find
from ports import free_ports

REPO = Path(__file__).parents[2]
RECORDED = REPO / "docs" / "recorded"
TIME_LIMIT = 60.0
"""Seconds that one command may take."""

# The ports of the examples, which give way to free ones while a command runs.
PORTS = sorted(
    {str(port) for file in PODS.glob("*/pod*.yaml") for port in read_pod(file).ports}
)
LAB = ("nox -s lab --", "python -m lab")
"""What a reader types to run a system, and what that runs."""
SPOTTER = ("sidecar-spotter ", "python -m sidecar_spotter ")
"""What a reader types who has installed the spotter, and what runs here."""
OPTIONAL = ("curl", "git", "lsof", "nginx", "openssl", "pgrep", "pkill")
"""Tools of some transcripts that not every machine has."""
CONTAINER = re.compile(r"[a-z][\w-]* +\| ")
"""How a line of a container begins, as the lab shows it."""

CHANGING = (
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?", "TIME"),
    (r"\d\d/\w{3}/\d{4}[: ]\d\d:\d\d:\d\d( [+-]\d{4})?", "TIME"),
    (r"/tmp/[\w.-]+", "TEMPORARY"),
    (r"\b(pid|process) \d+", r"\1 NUMBER"),
    (r"\b\d+(\.\d+)? ?(ms|s|seconds)\b", "DURATION"),
)


@dataclass(frozen=True)
class Terminal:
    """The commands of one terminal; ``head`` is its ``#:`` line, if it has one."""

    head: str
    commands: tuple[str, ...]


def read(text: str) -> list[Terminal]:
    """Part the *text* of a transcript into terminals with their commands."""
    heads, commands = [""], [[]]  # type: tuple[list[str], list[list[str]]]
    typing = False
    for line in text.splitlines():
        if line.startswith("#: terminal"):
            heads.append(line)
            commands.append([])
        elif line.startswith("$ "):
            commands[-1].append(line[2:])
        elif line.startswith("> ") and typing:
            commands[-1][-1] += "\n" + line[2:]
        typing = line.startswith("$ ") or (typing and line.startswith("> "))
    parts = zip(heads, commands, strict=True)
    return [Terminal(head, tuple(lines)) for head, lines in parts if lines]


def missing_tools(text: str) -> list[str]:
    """Name the tools that the commands of *text* need and this machine lacks."""
    wanted = [tool for tool in OPTIONAL if re.search(rf"\b{tool} ", text)]
    for system in re.findall(rf"^\$ {LAB[0]} (\w+)", text, re.MULTILINE):
        wanted += notes(PODS / system / "pod.yaml").needs
    return [tool for tool in wanted if find(tool) is None]


def comparable(text: str) -> str:
    """Replace what differs from run to run by words."""
    for pattern, word in CHANGING:
        text = re.sub(pattern, word, text)
    return "\n".join(in_order(text.splitlines()))


def in_order(lines: list[str]) -> Iterator[str]:
    """Yield *lines*, those of containers that follow one another sorted by container.

    Two containers print at the same time, so which comes first is chance.
    """
    for shown, together in groupby(lines, lambda line: bool(CONTAINER.match(line))):
        yield from sorted(together, key=lambda line: line.split()[0] if shown else "")


def rerun(text: str) -> str:
    """Run the commands of the transcript *text*; return it with today's outputs.

    Raises subprocess.TimeoutExpired if a command does not end.
    """
    free = map(str, free_ports(len(PORTS)))
    ports = dict(zip(PORTS, free, strict=True))
    env = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "80",
        "PYTHONPATH": str(REPO / "examples"),
        "LAB_PORTS": " ".join(f"{port}={free}" for port, free in ports.items()),
    }
    terminals = read(text)
    shown: list[list[str]] = []
    with ExitStack() as running:
        home = running.enter_context(tempfile.TemporaryDirectory())
        env["HOME"] = home
        servers: list[tuple[int, Server]] = []
        for number, terminal in enumerate(terminals):
            stays = number < len(terminals) - 1
            printed = [terminal.head] if terminal.head else []
            for command in terminal.commands:
                typed = command.replace("\n", "\n> ")
                printed.append(f"$ {typed}")
                here = swap(command.replace(*LAB).replace(*SPOTTER), ports)
                if stays and command == terminal.commands[-1]:
                    servers.append((len(shown), Server(here, env)))
                    running.callback(servers[-1][1].stop)
                else:
                    printed += run(here, env).splitlines()
            shown.append(printed)
        for position, server in reversed(servers):
            shown[position] += server.stop().splitlines()
    back = {free: port for port, free in ports.items()}
    lines = [swap(line.rstrip(), back) for printed in shown for line in printed]
    return "\n".join(lines) + "\n"


def swap(text: str, words: dict[str, str]) -> str:
    """Replace each whole word of *text* that *words* names."""
    return re.sub(r"\b\d+\b", lambda found: words.get(found[0], found[0]), text)


def run(command: str, env: dict[str, str]) -> str:
    """Run *command* in the repository and return all that it printed."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=REPO,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIME_LIMIT,
    )
    return done.stdout


class Server:
    """A command that goes on running while others work."""

    def __init__(self, command: str, env: dict[str, str]) -> None:
        """Start *command* and wait until it has printed and is quiet again."""
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self.printed: str | None = None
        self.process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=REPO,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=self.file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        size, quiet = 0, time.monotonic()
        limit = quiet + TIME_LIMIT
        while time.monotonic() < limit:
            now = os.fstat(self.file.fileno()).st_size
            if now != size or now == 0:
                size, quiet = now, time.monotonic()
            if time.monotonic() - quiet > 0.8 or self.process.poll() is not None:
                return
            time.sleep(0.05)

    def stop(self) -> str:
        """Press Ctrl-C, wait for the end, and return all that was printed."""
        if self.printed is None:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(TIME_LIMIT)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(TIME_LIMIT)
                raise
            self.file.seek(0)
            self.printed = self.file.read().decode()
            self.file.close()
        return self.printed


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        old = path.read_text(encoding="utf-8")
        new = rerun(old)
        # An output that differs by its times alone stays as it was recorded.
        if comparable(new) != comparable(old):
            path.write_text(new, encoding="utf-8")
            print(f"{path}: recorded")
        else:
            print(f"{path}: unchanged")
