"""The running example as plain processes: what a reader sees when they run it."""

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from lab.systems import PODS
from programs import (
    LIMIT,
    FreePort,
    Get,
    Outcome,
    Start,
    in_use,
    port_of,
    speak,
    starter,
)

SYSTEM = PODS / "served_log"
PROGRAMS = {"web.py": "web", "log_server.py": "log-server"}
BOTH = pytest.mark.parametrize(("program", "name"), PROGRAMS.items())
STOP_SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
LINE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 GET (\S+) 200"


def paths_in(log: str) -> list[str]:
    """Return the path of each request in the log; every line must be well formed."""
    matches = [re.fullmatch(LINE, line) for line in log.splitlines()]
    assert all(matches), log
    return [match[1] for match in matches if match]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program of the system by itself."""
    with starter(SYSTEM, PORT="0") as start:
        yield start


@pytest.fixture
def pair(start: Start, tmp_path: Path) -> tuple[str, str]:
    """The two programs, sharing a folder: the addresses of web and log-server."""
    web = start("web.py", LOG_DIR=str(tmp_path))
    log = start("log_server.py", LOG_DIR=str(tmp_path))
    return web.url(), log.url()


# --- what the pair does


def test_each_request_can_be_read_through_the_sidecar_at_once(
    pair: tuple[str, str], get: Get
) -> None:
    web, log = pair
    for number in range(20):
        path = f"/page/{number}?a=b"
        assert get(web + path[1:]) == (200, f"Hello! You asked for {path}\n")
        status, text = get(log)
        assert status == 200
        assert paths_in(text)[number:] == [path]


def test_only_the_last_hundred_lines_are_served(
    pair: tuple[str, str], get: Get
) -> None:
    web, log = pair
    for number in range(105):
        get(f"{web}{number}")
    assert paths_in(get(log)[1]) == [f"/{number}" for number in range(5, 105)]


def test_health_checks_are_answered_and_not_logged(
    pair: tuple[str, str], get: Get
) -> None:
    web, log = pair
    assert get(web + "healthz") == (200, "ok\n")
    assert get(log + "healthz") == (200, "ok\n")
    assert get(web + "seen")[0] == 200
    assert paths_in(get(log)[1]) == ["/seen"]


def test_control_characters_in_a_path_do_not_reach_the_log(
    pair: tuple[str, str], get: Get
) -> None:
    web, log = pair
    speak(port_of(web), b"GET /\x1b[2Jgone HTTP/1.0\r\n\r\n")
    assert paths_in(get(log)[1]) == ["/%1B[2Jgone"]


def test_before_the_first_request_the_sidecar_says_so(
    pair: tuple[str, str], get: Get, tmp_path: Path
) -> None:
    assert get(pair[1]) == (200, f"no requests yet in {tmp_path}/access.log\n")


def test_the_sidecar_may_start_before_the_application(
    start: Start, get: Get, tmp_path: Path
) -> None:
    log = start("log_server.py", LOG_DIR=str(tmp_path)).url()
    assert get(log) == (404, f"no log yet at {tmp_path}/access.log\n")
    web = start("web.py", LOG_DIR=str(tmp_path)).url()
    get(web + "hello")
    assert paths_in(get(log)[1]) == ["/hello"]


def test_the_sidecar_serves_the_log_and_no_other_file(
    pair: tuple[str, str], get: Get, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret")
    for path in ("secret", "access.log", "../secret", "%2e%2e/secret"):
        assert get(pair[1] + path) == (404, "the log is at /\n")


def test_a_log_that_cannot_be_read_is_reported_as_an_error(
    start: Start, get: Get, tmp_path: Path
) -> None:
    (tmp_path / "access.log").mkdir()
    log = start("log_server.py", LOG_DIR=str(tmp_path)).url()
    status, text = get(log)
    assert (status, text) == (
        500,
        f"cannot read {tmp_path}/access.log (Is a directory)\n",
    )


def test_visitors_still_get_the_page_when_the_log_cannot_be_written(
    start: Start, get: Get, tmp_path: Path
) -> None:
    process = start("web.py", LOG_DIR=str(tmp_path))
    web = process.url()
    (tmp_path / "access.log").unlink()
    (tmp_path / "access.log").mkdir()
    assert get(web + "hello") == (200, "Hello! You asked for /hello\n")
    *_, error = process.stop()
    assert error == f"web: cannot write to {tmp_path}/access.log (Is a directory)\n"


# --- the historic bug: the application writes beside the volume


def test_a_log_written_beside_the_volume_is_reported_missing(
    start: Start, get: Get, tmp_path: Path
) -> None:
    volume, beside = tmp_path / "volume", tmp_path / "beside"
    volume.mkdir()
    beside.mkdir()
    web = start("web.py", LOG_DIR=str(beside)).url()
    log = start("log_server.py", LOG_DIR=str(volume)).url()
    assert get(web + "hello")[0] == 200
    assert get(log) == (404, f"no log yet at {volume}/access.log\n")


# --- stopping


@BOTH
@STOP_SIGNALS
def test_a_program_stops_cleanly(
    start: Start, tmp_path: Path, program: str, name: str, number: signal.Signals
) -> None:
    process = start(program, LOG_DIR=str(tmp_path))
    process.url()
    assert process.stop(number) == (0, f"{name}: stopped\n", "")


@BOTH
def test_a_signal_sent_again_does_not_break_into_the_stopping(
    start: Start, tmp_path: Path, program: str, name: str
) -> None:
    """``timeout`` sends it to the program and to its group, so twice."""
    process = start(program, LOG_DIR=str(tmp_path))
    process.url()
    limit = time.monotonic() + LIMIT
    while process.poll() is None and time.monotonic() < limit:
        process.terminate()
        time.sleep(0.001)
    assert process.outcome() == (0, f"{name}: stopped\n", "")


@BOTH
def test_a_silent_client_does_not_keep_a_program_from_stopping(
    start: Start, tmp_path: Path, program: str, name: str
) -> None:
    process = start(program, LOG_DIR=str(tmp_path))
    with socket.create_connection(("127.0.0.1", process.port()), timeout=LIMIT):
        status, output, _ = process.stop()
    assert (status, output) == (0, f"{name}: stopped\n")


# --- bad settings: one line on stderr, status 2


@BOTH
def test_port_in_use(
    start: Start, tmp_path: Path, taken_port: str, program: str, name: str
) -> None:
    process = start(program, PORT=taken_port, LOG_DIR=str(tmp_path))
    assert process.refusal() == in_use(name, taken_port)


@BOTH
@pytest.mark.parametrize("port", ["http", "", "-1", "65536", "8080.0", "٨", "9" * 5000])
def test_bad_port(
    start: Start, tmp_path: Path, program: str, name: str, port: str
) -> None:
    error = start(program, PORT=port, LOG_DIR=str(tmp_path)).refusal()
    assert error.startswith(f"{name}: PORT is {port!r}: set it to a number")


@BOTH
def test_bad_host(start: Start, tmp_path: Path, program: str, name: str) -> None:
    error = start(program, HOST="192.0.2.1", LOG_DIR=str(tmp_path)).refusal()
    assert error.startswith(f"{name}: cannot use 192.0.2.1:0 (")
    assert "HOST" in error


@BOTH
def test_missing_folder(start: Start, tmp_path: Path, program: str, name: str) -> None:
    folder = tmp_path / "missing"
    error = start(program, LOG_DIR=str(folder)).refusal()
    assert error.startswith(f"{name}: no folder at {folder}: mount the volume or")
    assert not folder.exists()


def test_unwritable_volume(start: Start, tmp_path: Path) -> None:
    # A folder where the log should be: root cannot write to that either.
    (tmp_path / "access.log").mkdir()
    error = start("web.py", LOG_DIR=str(tmp_path)).refusal()
    assert error.startswith(
        f"web: cannot write to {tmp_path}/access.log (Is a directory): set LOG_DIR"
    )


# --- run.py


class Lab:
    """run.py, started: its process, its two addresses and its temporary folder."""

    def __init__(
        self, start: Start, free_port: FreePort, tmp_path: Path, *arguments: str
    ) -> None:
        """Start run.py on two free ports, its temporary folder in ``tmp_path``."""
        web, log = free_port(), free_port()
        ports = ["--web-port", str(web), "--log-port", str(log)]
        self.folder = tmp_path / "tmp"
        self.folder.mkdir()
        self.web, self.log = f"http://127.0.0.1:{web}/", f"http://127.0.0.1:{log}/"
        self.process = start("run.py", *ports, *arguments, TMPDIR=str(self.folder))

    def programs(self) -> dict[str, int]:
        """Return the process numbers of the programs that run.py has started."""
        children = psutil.Process(self.process.pid).children()
        return {Path(child.cmdline()[-1]).name: child.pid for child in children}

    def end(self, *numbers: signal.Signals) -> Outcome:
        """Send the signals; return status, output and errors once it has ended."""
        for number in numbers:
            self.process.send_signal(number)
        return self.process.outcome()

    def assert_nothing_left(self, programs: dict[str, int]) -> None:
        """Fail if a file, a folder or a process is still there."""
        assert list(self.folder.iterdir()) == []
        for number in programs.values():
            with pytest.raises(ProcessLookupError):
                os.kill(number, 0)


@STOP_SIGNALS
def test_run_starts_the_pair_and_leaves_nothing_behind(
    start: Start, get: Get, free_port: FreePort, tmp_path: Path, number: signal.Signals
) -> None:
    lab = Lab(start, free_port, tmp_path)
    assert get(lab.web + "hello")[0] == 200
    assert paths_in(get(lab.log)[1]) == ["/hello"]
    programs = lab.programs()
    assert sorted(programs) == ["log_server.py", "web.py"]

    status, output, error = lab.end(number)

    assert (status, error) == (0, "")
    lines = output.splitlines()
    assert f"1. Open a page:    {lab.web}hello" in lines
    assert f"2. Read the log:   {lab.log}" in lines
    assert f"web        | web: listening on {lab.web}" in lines
    assert f"log-server | log-server: listening on {lab.log}" in lines
    assert "web        | web: stopped" in lines
    assert "log-server | log-server: stopped" in lines
    lab.assert_nothing_left(programs)


def test_run_can_be_stopped_more_than_once(
    start: Start, get: Get, free_port: FreePort, tmp_path: Path
) -> None:
    lab = Lab(start, free_port, tmp_path)
    get(lab.web)
    get(lab.log)
    programs = lab.programs()
    status, _, error = lab.end(signal.SIGINT, signal.SIGINT, signal.SIGTERM)
    assert (status, error) == (0, "")
    lab.assert_nothing_left(programs)


@BOTH
def test_run_stops_the_other_when_one_program_dies(
    start: Start,
    get: Get,
    free_port: FreePort,
    tmp_path: Path,
    program: str,
    name: str,
) -> None:
    lab = Lab(start, free_port, tmp_path)
    get(lab.web)
    get(lab.log)
    programs = lab.programs()
    os.kill(programs[program], signal.SIGKILL)
    status, output, error = lab.end()
    assert status == 1
    assert error == f"run.py: {name} ended with status -9, so both were stopped\n"
    (other,) = set(PROGRAMS.values()) - {name}
    assert f"{other}: stopped" in output
    lab.assert_nothing_left(programs)


def test_run_says_why_a_program_did_not_start(
    start: Start, free_port: FreePort, tmp_path: Path
) -> None:
    lab = Lab(start, free_port, tmp_path, "--web-log-dir", "/no/such/folder")
    status, output, error = lab.end()
    assert status == 1
    assert "web        | web: no folder at /no/such/folder: mount the" in output
    assert error == "run.py: web ended with status 2, so both were stopped\n"
    lab.assert_nothing_left({})


def test_run_can_show_the_historic_bug(
    start: Start, get: Get, free_port: FreePort, tmp_path: Path
) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    lab = Lab(start, free_port, tmp_path, "--web-log-dir", str(beside))
    assert get(lab.web + "hello")[0] == 200
    status, text = get(lab.log)
    assert status == 404
    assert re.fullmatch(r"no log yet at \S+/access\.log\n", text)
    assert paths_in((beside / "access.log").read_text()) == ["/hello"]


def test_run_leaves_nothing_behind_when_stopped_at_once(
    start: Start, free_port: FreePort, tmp_path: Path
) -> None:
    lab = Lab(start, free_port, tmp_path)
    deadline = time.monotonic() + LIMIT
    while not list(lab.folder.iterdir()):
        assert time.monotonic() < deadline
    assert lab.end(signal.SIGTERM)[0] == 0
    lab.assert_nothing_left({})
