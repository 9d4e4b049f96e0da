"""A sidecar that shows what the processes of its neighbor do, at every level."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lab.systems import PODS
from levels import Launch, stop_cleanly, until, url_of
from programs import LIMIT, FreePort, Get, Program, Start, starter

Row = dict[str, Any]

SYSTEM = PODS / "topz"
QUICK = {"topz": {"INTERVAL": "0.3"}}


def rows(get: Get, port: int) -> list[Row]:
    """Return the processes that topz shows; none if it says that it sees none."""
    status, text = get(f"http://127.0.0.1:{port}/json")
    assert status in (200, 503)
    found: list[Row] = json.loads(text)["processes"] if status == 200 else []
    return found


# --- beside a neighbor


def test_it_shows_its_neighbor_and_not_itself(launch: Launch, get: Get) -> None:
    system = launch("topz", settings=QUICK)
    get(url_of(system, 8090))
    (row,) = rows(get, system.port(8091))
    assert re.search(r"/counter\.py --port \d+$", row["command"])
    assert row["pid"] > 0 and row["threads"] >= 1 and row["files"] >= 3
    # Its own memory, and its part of the libraries that others use as well.
    assert 1 << 20 < row["pss"] <= row["rss"] < 64 << 20
    status, text = get(url_of(system, 8091))
    head, line = text.splitlines()
    assert head.split()[:2] == ["PID", "CPU%"]
    assert (status, line.split()[0]) == (200, str(row["pid"]))


# Compose brings nothing of its own to this one, nor to the next three.
@pytest.mark.levels("processes", "pod", "cluster")
def test_it_sees_how_busy_its_neighbor_is(launch: Launch, get: Get) -> None:
    system = launch("topz", settings=QUICK)
    counter = url_of(system, 8090)
    get(counter)

    def busy() -> float:
        (row,) = rows(get, system.port(8091))
        return float(row["cpu_percent"])

    until(lambda: busy() < 5)
    answers: list[tuple[int, str]] = []
    worker = threading.Thread(
        target=lambda: answers.append(get(counter + "work?seconds=3"))
    )
    worker.start()
    # The limit of its container is half a processor.
    until(lambda: busy() > 15)
    worker.join(LIMIT)
    assert answers == [(200, "Worked for 3 s\n")]
    until(lambda: busy() < 5)


@pytest.mark.levels("processes", "pod", "cluster")
def test_it_sees_a_neighbor_that_was_restarted(launch: Launch, get: Get) -> None:
    system = launch("topz", settings=QUICK)
    get(url_of(system, 8090))
    first = rows(get, system.port(8091))[0]["pid"]
    system.kill("counter")

    def others() -> list[int]:
        pids = [row["pid"] for row in rows(get, system.port(8091))]
        return [pid for pid in pids if pid != first]

    assert len(until(others)) == 1
    # It counts from the beginning: this is another process indeed.
    assert get(url_of(system, 8090)) == (200, "Visit 1\n")


@pytest.mark.levels("processes", "pod", "cluster")
def test_it_fits_beside_a_neighbor_of_another_kind(launch: Launch, get: Get) -> None:
    system = launch("topz", file="pod-heartbeat.yaml", settings=QUICK)
    until(lambda: "beat\n" in system.output("heartbeat"))
    shown = rows(get, system.port(8091))
    assert len(shown) == 1
    assert "sh -c while echo beat; do sleep 60; done" in shown[0]["command"]


@pytest.mark.levels("processes", "pod", "cluster")
def test_without_a_name_it_shows_all_that_it_sees(launch: Launch, get: Get) -> None:
    system = launch("topz", settings={"topz": {"INTERVAL": "0.3", "NEIGHBOR": ""}})
    get(url_of(system, 8090))
    shown = {row["pid"]: row["command"] for row in rows(get, system.port(8091))}
    assert any("counter.py" in command for command in shown.values())
    if system.name == "processes":
        # No wall: the tests are processes of the same machine.
        assert os.getpid() in shown
    else:
        # Only what is in this pod. What holds it together is process 1.
        assert 1 in shown and len(shown) < 8
        assert not any("topz.py" in command for command in shown.values())


def test_both_stop_cleanly(launch: Launch, get: Get) -> None:
    system = launch("topz", settings=QUICK)
    get(url_of(system, 8090))
    get(url_of(system, 8091) + "healthz")
    stop_cleanly(system, "counter", "topz")


# --- without the shared process namespace

ALONE = (
    503,
    "I see no process but my own: this container has a process namespace for "
    "itself.\nIn a Pod, set shareProcessNamespace: true; with Compose, give both "
    "services the same pid:.\n",
)


# A pod is what has the field; processes of one machine always see each other.
@pytest.mark.levels("pod")
def test_in_a_pod_that_does_not_share_it_says_so(launch: Launch, get: Get) -> None:
    def part(pod: dict[str, Any]) -> None:
        pod["spec"]["shareProcessNamespace"] = False

    system = launch("topz", settings=QUICK, change=part)
    assert get(url_of(system, 8090))[0] == 200
    assert get(url_of(system, 8091)) == ALONE
    assert get(url_of(system, 8091) + "healthz")[0] == 200


# The same, as Compose says it: a service without `pid`.
@pytest.mark.levels("compose")
def test_a_service_that_does_not_share_says_so(launch: Launch, get: Get) -> None:
    def part(project: dict[str, Any]) -> None:
        del project["services"]["topz"]["pid"]

    system = launch("topz", settings=QUICK, change=part)
    assert get(url_of(system, 8091)) == ALONE


# --- the programs alone


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program of the system by itself."""
    with starter(SYSTEM) as start:
        yield start


@pytest.fixture
def topz(start: Start, free_port: FreePort) -> Callable[..., int]:
    """Start topz with settings; return its port."""

    def go(neighbor: str, **settings: str) -> int:
        port = free_port()
        default = {"PORT": str(port), "NEIGHBOR": neighbor, "INTERVAL": "0.2"}
        start("topz.py", **default | settings)
        return port

    return go


@pytest.fixture
def word(free_port: FreePort) -> str:
    """A word that no other process has in its command line."""
    return f"neighbor-{os.getpid()}-{free_port()}"


def ready(process: Program) -> Program:
    """Wait until a program has printed a line."""
    assert process.line()
    return process


WAIT = "import time; print('ready', flush=True); time.sleep(60)"
WORK = "print('ready', flush=True)\nwhile True: pass"
LARGE = f"text = b'x' * 40_000_000; {WAIT}"


@pytest.mark.parametrize("order", ["cpu", "memory"])
def test_what_needs_most_comes_first(
    start: Start, topz: Callable[..., int], get: Get, word: str, order: str
) -> None:
    pids = {
        ready(start("-c", code, word)).pid: kind
        for kind, code in (("idle", WAIT), ("cpu", WORK), ("memory", LARGE))
    }
    port = topz(word, SORT=order)
    shown = rows(get, port)
    assert pids[shown[0]["pid"]] == order
    assert len(shown) == 3
    sizes = {pids[row["pid"]]: row["rss"] for row in shown}
    assert sizes["memory"] - sizes["idle"] > 30_000_000


def test_names_cannot_harm_the_screen_or_the_reader(
    start: Start, topz: Callable[..., int], get: Get, word: str
) -> None:
    # A process may call itself what it likes: here, like the rest of the line
    # that is read. Its arguments clear the screen and turn the text around.
    name = ") S (x) R 1"
    code = f"open('/proc/self/comm', 'w').write({name!r}); {WAIT}"
    arguments = (word, "\x1b[2J", "a\nb", "\u202egnp.exe", "\udcff", "é")
    process = ready(start("-c", code, *arguments))
    port = topz(word)
    (row,) = rows(get, port)
    assert (row["pid"], row["threads"]) == (process.pid, 1)
    assert row["rss"] > 1 << 20
    assert row["command"].endswith(
        f"{word} ?[2J a?b ?gnp.exe \N{REPLACEMENT CHARACTER} é"
    )
    status, text = get(f"http://127.0.0.1:{port}/")
    assert (status, len(text.splitlines())) == (200, 2)
    assert text.replace("\n", "").isprintable()


def test_processes_that_come_and_go_do_no_harm(
    start: Start, topz: Callable[..., int], get: Get, word: str
) -> None:
    many = (
        "import subprocess, sys\nprint('ready', flush=True)\n"
        "while True:\n"
        "  for _ in range(9): subprocess.Popen(['true', sys.argv[1]])\n"
        "  subprocess.run(['true', sys.argv[1]])"
    )
    process = ready(start("-c", many, word))
    port = topz("", INTERVAL="0.05")
    for _ in range(15):
        assert process.pid in {row["pid"] for row in rows(get, port)}


def test_passwords_in_the_environment_are_not_shown(
    start: Start, topz: Callable[..., int], get: Get, word: str
) -> None:
    process = ready(start("-c", WAIT, word, PASSWORD="hunter2"))
    port = topz(word)
    for path in ("", "json"):
        status, text = get(f"http://127.0.0.1:{port}/{path}")
        assert (status, str(process.pid) in text) == (200, True)
        assert "hunter2" not in text


def test_a_neighbor_that_does_not_run_is_named(
    topz: Callable[..., int], get: Get, word: str
) -> None:
    port = topz(word)
    for path in ("", "json"):
        status, text = get(f"http://127.0.0.1:{port}/{path}")
        assert status == 503
        assert text.startswith(f"I see no process with '{word}' in its command line")
    assert get(f"http://127.0.0.1:{port}/environ")[0] == 404


@pytest.mark.parametrize("program", ["counter", "topz"])
def test_a_program_stops_at_once(
    start: Start, get: Get, free_port: FreePort, program: str
) -> None:
    port = str(free_port())
    words = ("--port", port) if program == "counter" else ()
    process = start(f"{program}.py", *words, PORT=port)
    get(f"http://127.0.0.1:{port}/healthz")
    status, output, error = process.stop(within=1)
    assert (status, error) == (0, "")
    assert output.endswith(f"{program}: stopped\n")


@pytest.mark.parametrize(
    ("words", "settings", "said"),
    [
        ("topz.py", {"INTERVAL": "soon"}, "topz: INTERVAL is 'soon': set it to a"),
        ("topz.py", {"INTERVAL": "0"}, "topz: INTERVAL is out of range: set it to"),
        ("topz.py", {"INTERVAL": "11"}, "topz: INTERVAL is out of range: set it to"),
        ("topz.py", {"SORT": "name"}, "topz: SORT is 'name': set it to cpu or"),
        ("topz.py", {"PORT": "http"}, "topz: PORT is 'http': set it to a number"),
        ("counter.py", {}, "counter: no port named: start it with --port NUMBER"),
        ("counter.py --port x", {}, "counter: PORT is 'x': set it to a number"),
    ],
)
def test_a_wrong_setting_is_named(
    start: Start, words: str, settings: dict[str, str], said: str
) -> None:
    program, *rest = words.split()
    assert start(program, *rest, **settings).refusal().startswith(said)


def test_what_the_counter_cannot_do_is_refused(
    start: Start, get: Get, free_port: FreePort
) -> None:
    port = str(free_port())
    start("counter.py", "--port", port)
    url = f"http://127.0.0.1:{port}/"
    for query in ("", "?seconds=", "?seconds=11", "?seconds=-1", "?seconds=1e9"):
        assert get(f"{url}work{query}") == (400, "seconds: a number up to 10\n")
    assert get(url + "no")[0] == 404
    assert get(url) == (200, "Visit 1\n")
