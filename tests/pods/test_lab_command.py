"""The command `python -m lab`, which `nox -s lab` runs: as a reader meets it.

It works here on a copy of the examples, beside systems made to behave badly.
"""

import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from lab.podman import Podman
from lab.systems import PODS
from levels import LIMIT, until
from programs import FreePort, Get, Program

Done = subprocess.CompletedProcess[str]

# What a program may print: a color, a cursor that moves, a title, bytes that are not
# UTF-8, and a character that not every terminal has.
NASTY = (
    r"import sys, time; out = sys.stdout.buffer; "
    r"out.write(b'\x1b[31mred\x1b[2J\x1b]0;title\x07 \xff \xe2\x82\xac\ttab\r\n'); "
    r"out.flush(); time.sleep(60)"
)
WAITS = "import signal, time; signal.signal(15, exit); print('up'); time.sleep(60)"


def system(code: str, *, probe: bool = False) -> dict[str, Any]:
    """Return a manifest whose containers both run the Python program *code*."""
    box: dict[str, Any] = {"image": "none", "command": ["python3", "-c", code]}
    helper = box | {"name": "helper", "ports": [{"containerPort": 7010}]}
    early = []
    if probe:
        http = {"path": "/", "port": 7010}
        limits = {"periodSeconds": 1, "failureThreshold": 2}
        early = [helper | {"restartPolicy": "Always", "startupProbe": limits}]
        early[0]["startupProbe"] = limits | {"httpGet": http}
    regular = [box | {"name": "app", "ports": [{"containerPort": 7011}]}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "test"},
        "spec": {
            "terminationGracePeriodSeconds": 2,
            "volumes": [{"name": "data", "emptyDir": {}}],
            "initContainers": early,
            "containers": regular,
        },
    }


EXTRA = {
    "nasty": system(NASTY),
    "never_starts": system(WAITS, probe=True),
    "never_ends": system(WAITS, probe=True),
    "lacks_a_tool": system(WAITS),
    "no_program": system(WAITS),
}
EXTRA["no_program"]["spec"]["containers"][0]["command"] = ["/no/such/program"]
del EXTRA["never_ends"]["spec"]["initContainers"][0]["restartPolicy"]


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the runner and of one system, with some systems of our own."""
    tree = tmp_path_factory.mktemp("tree") / "examples"
    for folder in ("lab", "pods/common", "pods/served_log"):
        shutil.copytree(PODS.parent / folder, tree / folder, symlinks=True)
    for name, manifest in EXTRA.items():
        (tree / "pods" / name).mkdir()
        (tree / "pods" / name / "pod.yaml").write_text(yaml.safe_dump(manifest))
        needs = ["no-such-tool"] if name == "lacks_a_tool" else []
        known = {"about": "a test", "try": ["nothing"], "needs": needs}
        (tree / "pods" / name / "lab.yaml").write_text(yaml.safe_dump(known))
    return tree


class Lab:
    """Runs the command, and knows what it must not leave behind."""

    def __init__(self, examples: Path, folder: Path) -> None:
        self.folder = folder
        # Ctrl-C, too, is to leave nothing; no variable of this test's caller counts.
        self.env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(examples),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(folder),
        }
        self.command = [sys.executable, "-m", "lab"]
        self.started: list[Program] = []
        self.guards: list[threading.Timer] = []

    def run(self, *arguments: str, **env: str) -> Done:
        """Run the command to its end."""
        return subprocess.run(
            [*self.command, *arguments],
            env=self.env | env,
            cwd=self.folder.parent,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def start(self, *arguments: str, stdout: int | None = None, **env: str) -> Program:
        """Start the command in a session of its own, as a terminal would."""
        process = Program(
            [*self.command, *arguments],
            bufsize=0,
            env=self.env | env,
            cwd=self.folder.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if stdout is None else stdout,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.started.append(process)
        # Whoever waits for its output gets the end of it at last, and fails.
        self.guards.append(threading.Timer(LIMIT, process.kill))
        self.guards[-1].start()
        return process

    def left(self) -> list[str]:
        """Return what is still there: folders, and programs that it started."""
        programs = [
            " ".join(process.info["cmdline"] or [])
            for process in psutil.process_iter(["cmdline", "environ"])
            if (process.info["environ"] or {})
            .get("HOME", "")
            .startswith(f"{self.folder}/")
        ]
        return [*map(str, self.folder.iterdir()), *programs]


@pytest.fixture
def lab(examples: Path, tmp_path: Path) -> Iterator[Lab]:
    """The command, with a TMPDIR of its own; what still runs afterwards is ended."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    lab = Lab(examples, folder)
    yield lab
    for guard in lab.guards:
        guard.cancel()
    for process in lab.started:
        process.end()


def ctrl_c(process: Program) -> None:
    """Do as a terminal: interrupt the whole group of the runner."""
    os.killpg(process.pid, signal.SIGINT)


def lines_until(process: Program, text: str) -> list[str]:
    """Read what *process* prints up to the line that ends with *text*."""
    lines = []
    while line := process.line():
        lines.append(line.rstrip("\n"))
        if lines[-1].endswith(text):
            return lines
    raise AssertionError(f"no line ends with {text!r}: {lines}")


@pytest.fixture
def moved(free_port: FreePort) -> dict[int, int]:
    """Ports of the served log, and free ones to take their place."""
    return {8080: free_port(), 8081: free_port()}


def as_setting(ports: dict[int, int]) -> str:
    return " ".join(f"{old}={new}" for old, new in ports.items())


# --- the list


def test_without_a_name_it_lists_every_system_in_one_line_each() -> None:
    lab = Lab(PODS.parent, PODS)
    done = lab.run()
    assert (done.returncode, done.stderr) == (0, "")
    listed = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert [name for name, _ in listed] == sorted(
        file.parent.name for file in PODS.glob("*/pod.yaml")
    )
    assert all(about for _, about in listed)
    assert max(map(len, done.stdout.splitlines())) <= 100


# --- one system


def test_it_runs_both_programs_says_what_to_open_and_stops_on_ctrl_c(
    lab: Lab, get: Get, moved: dict[int, int]
) -> None:
    process = lab.start("served_log", LAB_PORTS=as_setting(moved))
    told = lines_until(process, "Stop it with Ctrl-C.")
    assert len(told) <= 4
    assert told[0].startswith("served-log: a web application")
    for port in moved.values():
        assert f"localhost:{port}/" in "\n".join(told)
    assert get(f"http://127.0.0.1:{moved[8080]}/hello")[0] == 200
    assert get(f"http://127.0.0.1:{moved[8081]}/")[1].endswith(" GET /hello 200\n")
    assert lab.left() != []
    ctrl_c(process)
    status, out, err = process.outcome()
    assert (status, err) == (0, "")
    shown = [line for line in out.splitlines() if " | " in line]
    for name in ("web", "log-server"):
        own = [line.split(" | ")[1] for line in shown if line.split()[0] == name]
        assert own[0].startswith("started as process ")
        assert own[1].startswith(f"{name}: listening on http://127.0.0.1:")
        assert own[-1] == f"{name}: stopped"
    assert "\x1b" not in out
    assert lab.left() == []


def test_the_name_of_the_pod_will_do(lab: Lab) -> None:
    done = lab.run("served-log", "--file", "pod-x.yaml")
    assert done.stderr.startswith("lab: no 'pod-x.yaml' in served_log: one of ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_requests_to_stop_leave_nothing_either(
    lab: Lab, moved: dict[int, int], number: signal.Signals
) -> None:
    process = lab.start("served_log", LAB_PORTS=as_setting(moved))
    lines_until(process, f"http://127.0.0.1:{moved[8081]}/")
    assert process.stop(number)[0] == 0
    assert lab.left() == []


def test_ctrl_c_twice_is_no_worse_than_once(lab: Lab, moved: dict[int, int]) -> None:
    process = lab.start("served_log", LAB_PORTS=as_setting(moved))
    lines_until(process, f"http://127.0.0.1:{moved[8081]}/")
    while process.poll() is None:  # up to its very end
        ctrl_c(process)
        time.sleep(0.005)
    status, out, err = process.outcome()
    assert (status, err) == (0, "")
    assert out.count(": stopped\n") == 2
    assert lab.left() == []


def test_ctrl_c_while_a_sidecar_starts_ends_the_wait(lab: Lab) -> None:
    process = lab.start("never_starts")
    lines_until(process, "up")
    ctrl_c(process)
    status, _, err = process.outcome(within=2)
    assert (status, err) == (0, "")
    assert lab.left() == []


def test_ctrl_c_ends_the_wait_for_a_sidecar_that_lost_its_restart_policy(
    lab: Lab,
) -> None:
    # It is an init container then, which is to end before the application starts.
    process = lab.start("never_ends")
    lines_until(process, "up")
    ctrl_c(process)
    status, out, err = process.outcome(within=2)
    assert (status, err) == (0, "")
    assert "app" not in out
    assert lab.left() == []


def test_a_reader_that_goes_away_ends_it(lab: Lab, moved: dict[int, int]) -> None:
    process = lab.start("served_log", LAB_PORTS=as_setting(moved))
    process.line()
    assert process.stdout is not None
    process.stdout.close()
    until(lambda: process.poll() is not None)
    assert "Traceback" not in process.outcome()[2]
    assert lab.left() == []


def test_a_setting_of_a_container_can_be_changed(
    lab: Lab, tmp_path: Path, moved: dict[int, int]
) -> None:
    arguments = ("served_log", "--set", f"web.LOG_DIR={tmp_path}")
    process = lab.start(*arguments, LAB_PORTS=as_setting(moved))
    until(lambda: (tmp_path / "access.log").exists())
    ctrl_c(process)
    assert process.outcome()[0] == 0


# --- colors, and what they could be confused with


def on_a_terminal(lab: Lab, moved: dict[int, int], **env: str) -> str:
    """Return what the command shows on a terminal."""
    ours, its = pty.openpty()
    process = lab.start(
        "served_log", stdout=its, LAB_PORTS=as_setting(moved), TERM="xterm", **env
    )
    os.close(its)
    shown = b""
    while b"log-server: listening on" not in shown:
        shown += os.read(ours, 4096)
    ctrl_c(process)
    while True:
        try:
            more = os.read(ours, 4096)
        except OSError:  # Linux: the other end is closed
            break
        if not more:
            break
        shown += more
    os.close(ours)
    assert process.wait(20) == 0
    return shown.decode()


def test_names_are_colored_on_a_terminal(lab: Lab, moved: dict[int, int]) -> None:
    shown = on_a_terminal(lab, moved)
    colors = {
        name: set(re.findall(rf"\x1b\[(\d+)m{name} *\|\x1b\[0m", shown))
        for name in ("web", "log-server")
    }
    assert all(len(found) == 1 for found in colors.values()), shown
    assert colors["web"] != colors["log-server"]


def test_no_color_is_respected(lab: Lab, moved: dict[int, int]) -> None:
    assert "\x1b" not in on_a_terminal(lab, moved, NO_COLOR="1")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_control_characters_in_the_output_are_shown_harmless(
    lab: Lab, encoding: str
) -> None:
    process = lab.start("nasty", PYTHONIOENCODING=encoding)
    line = lines_until(
        process, "tab\N{REPLACEMENT CHARACTER}" if encoding == "utf-8" else "tab?"
    )[-1]
    ctrl_c(process)
    *_, err = process.outcome()
    mark, euro = ("\ufffd", "\u20ac") if encoding == "utf-8" else ("?", "?")
    text = f"{mark}[31mred{mark}[2J{mark}]0;title{mark} {mark} {euro}"
    assert line.startswith(f"app | {text} ")
    assert err == ""
    assert lab.left() == []


# --- what cannot be done is said in one line


REFUSED = {
    "unknown name": (("no_such",), {}, "no system 'no_such': one of "),
    "a path as name": (("../pods",), {}, "no system '../pods': one of "),
    "unknown file": (
        ("served_log", "--file", "pod-x.yaml"),
        {},
        "no 'pod-x.yaml' in served_log: one of pod-bug.yaml, pod-native.yaml, pod.yaml",
    ),
    "another file": (
        ("served_log", "--file", "compose.yaml"),
        {},
        "no 'compose.yaml' in served_log: one of pod-bug.yaml",
    ),
    "no pairs": (
        ("served_log",),
        {"LAB_PORTS": "8080:9"},
        "LAB_PORTS is '8080:9': set it to PORT=PORT PORT=PORT ...",
    ),
    "too large": (
        ("served_log",),
        {"LAB_PORTS": "8080=99999"},
        'port 99999 cannot be used: LAB_PORTS="8080=PORT" takes another',
    ),
    "no port": (
        ("served_log",),
        {"LAB_PORTS": "8080=0"},
        'port 0 cannot be used: LAB_PORTS="8080=PORT" takes another',
    ),
    "one port for two": (
        ("served_log",),
        {"LAB_PORTS": "8080=8081"},
        "LAB_PORTS is '8080=8081': it gives one port to two",
    ),
    "a strange setting": (
        ("served_log", "--set", "LOG_DIR=/tmp"),
        {},
        "--set 'LOG_DIR=/tmp': write CONTAINER.NAME=VALUE",
    ),
    "an unknown container": (
        ("served_log", "--set", "wev.LOG_DIR=/tmp"),
        {},
        "--set: no container 'wev': one of web, log-server",
    ),
    "a missing tool": (
        ("lacks_a_tool",),
        {},
        "no no-such-tool on this machine: apt-get install no-such-tool",
    ),
    "no podman": (
        ("lacks_a_tool", "--pod"),
        {"PATH": ""},
        "no no-such-tool on this machine",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_one_line_and_status_2(lab: Lab, case: str) -> None:
    arguments, env, message = REFUSED[case]
    done = lab.run(*arguments, **env)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"lab: {message}")
    assert done.stderr.count("\n") == 1
    assert lab.left() == []


def test_a_port_in_use_is_one_line_and_status_2(
    lab: Lab, moved: dict[int, int]
) -> None:
    with socket.create_server(("127.0.0.1", moved[8081])):
        done = lab.run("served_log", LAB_PORTS=as_setting(moved))
    assert (done.returncode, done.stdout) == (2, "")
    wanted = 'is in use, perhaps by another lab: LAB_PORTS="8081=PORT" takes another'
    assert done.stderr == f"lab: port {moved[8081]} {wanted}\n"


def test_without_a_search_path_podman_is_missed(
    lab: Lab, moved: dict[int, int]
) -> None:
    env = {"PATH": "", "LAB_PORTS": as_setting(moved)}
    done = lab.run("served_log", "--pod", **env)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("lab: no podman")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("never_starts", "helper did not start: its startup probe failed for 2 s"),
        (
            "no_program",
            "app: cannot start /no/such/program (No such file or directory)",
        ),
    ],
)
def test_a_start_that_fails_is_one_line_and_status_1(
    lab: Lab, name: str, message: str
) -> None:
    done = lab.run(name)
    assert (done.returncode, done.stderr) == (1, f"lab: {message}\n")
    assert lab.left() == []


# --- a pod


@pytest.fixture
def pod_lab(lab: Lab, podman: Podman) -> Iterator[Lab]:
    """The command, with podman's storage of the tests; nothing may be left there."""
    storage = podman.environment["CONTAINERS_STORAGE_CONF"]
    lab.env |= {"CONTAINERS_STORAGE_CONF": storage}

    def things() -> list[str]:
        # Images stay, so that the next run is quick. So does the network's bridge.
        lists = ("pod ps -q", "ps --all --external --format {{.Names}}", "volume ls -q")
        return [podman.must(*words.split()) for words in lists]

    before = things()
    yield lab
    assert things() == before


def test_a_pod_runs_and_leaves_no_pod_no_volume_no_container(
    pod_lab: Lab, get: Get, moved: dict[int, int]
) -> None:
    process = pod_lab.start("served_log", "--pod", LAB_PORTS=as_setting(moved))
    assert get(f"http://127.0.0.1:{moved[8080]}/hello")[0] == 200
    until(lambda: "/hello" in get(f"http://127.0.0.1:{moved[8081]}/")[1])
    for _ in range(2):
        ctrl_c(process)
        time.sleep(0.3)
    status, out, err = process.outcome(within=60)
    assert (status, err) == (0, "")
    assert "Read its log:" in out
    assert "web        | web: listening on http://0.0.0.0:8080/\n" in out
    assert "log-server | log-server: stopped\n" in out
    assert pod_lab.left() == []


def test_a_request_to_stop_while_the_image_is_built_is_kept(
    pod_lab: Lab, moved: dict[int, int]
) -> None:
    process = pod_lab.start("served_log", "--pod", LAB_PORTS=as_setting(moved))
    lines_until(process, "Building the image ...")
    ctrl_c(process)
    process.terminate()
    assert process.outcome(within=60) == (0, "", "")
    assert pod_lab.left() == []
