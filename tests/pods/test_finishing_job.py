"""A job whose work ends: with a regular helper it hangs, with a native one it is done.

The work takes a moment here, and the helper looks once an hour where a test is about
the end: then only the request to stop can have brought the last file to the archive.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.systems import PODS
from levels import (
    AsCompose,
    AsPod,
    AsProcesses,
    Launch,
    Level,
    has_stopped,
    until,
    url_of,
)
from programs import FreePort, Get, Start, starter

NATIVE = "pod-native.yaml"
SYSTEM = PODS / "finishing_job"
SOON = {"report": {"SECONDS": "0.3"}, "uploader": {"EVERY": "0.1"}}
AT_THE_END = {"report": {"SECONDS": "0.3"}, "uploader": {"EVERY": "3600"}}
LONG = {"report": {"SECONDS": "3"}, "uploader": {"EVERY": "0.1"}}
FILES = ["part-1.txt", "part-2.txt", "part-3.txt", "summary.txt"]
A_WHILE = 1.5
"""Seconds that a job which is never done is watched."""


def phase(system: Level) -> str:
    assert isinstance(system, AsProcesses | AsPod)
    return system.phase()


def settings(base: dict[str, dict[str, str]], **more: str) -> dict[str, dict[str, str]]:
    """Add settings, written ``report_FAIL="1"``, to those of *base*."""
    values = {name: dict(own) for name, own in base.items()}
    for key, value in more.items():
        container, variable = key.split("_", 1)
        values[container][variable] = value
    return values


def uploaded(system: Level) -> list[str]:
    """Return the names of the files that the helper says it has uploaded."""
    start = "uploader: uploaded "
    lines = system.output("uploader").splitlines()
    return [line.removeprefix(start) for line in lines if line.startswith(start)]


def helper_status(system: Level) -> int:
    """Return with which status the helper has ended last."""
    if isinstance(system, AsPod):
        return int(system.pod.inspect("uploader")["State"]["ExitCode"])
    assert isinstance(system, AsProcesses)
    return system.statuses("uploader")[-1]


def end(system: Level) -> str:
    """Wait until the job is done, stop what is left, and return how it went."""
    done = str(until(lambda: (now := phase(system)) not in ("Running",) and now))
    # As processes the helper has been stopped by now; under podman whoever watches
    # the pod does it: see run_pod in examples/lab/__main__.py.
    system.stop()
    return done


# --- the work ends, and so does the job, or not


def test_with_a_regular_helper_the_work_ends_and_the_job_does_not(
    launch: Launch, get: Get
) -> None:
    system = launch("finishing_job", settings=SOON)
    url = url_of(system, 8092)
    until(lambda: get(url)[1].split() == FILES)
    watched = time.monotonic() + A_WHILE
    while time.monotonic() < watched:
        assert get(url + "healthz") == (200, "ok\n")
        if not isinstance(system, AsCompose):  # Compose knows no phase
            assert phase(system) == "Running"
        time.sleep(0.2)
    system.stop()
    assert until(lambda: has_stopped(system, "uploader"))


@pytest.mark.levels("processes", "pod")  # Compose has no native sidecars
def test_with_a_native_helper_the_job_succeeds_and_nothing_is_lost(
    launch: Launch,
) -> None:
    system = launch("finishing_job", file=NATIVE, settings=AT_THE_END)
    assert end(system) == "Succeeded"
    assert uploaded(system) == FILES
    assert system.output("report").endswith("report: wrote summary.txt\n")
    assert has_stopped(system, "uploader")
    assert helper_status(system) == 143


# At level pod, the test above has shown one status that is not 0.
@pytest.mark.levels("processes")
@pytest.mark.parametrize("status", ["0", "1"])
def test_the_exit_status_of_a_native_helper_does_not_count(
    launch: Launch, status: str
) -> None:
    wanted = settings(AT_THE_END, uploader_STOP_STATUS=status)
    system = launch("finishing_job", file=NATIVE, settings=wanted)
    assert end(system) == "Succeeded"
    assert helper_status(system) == int(status)


@pytest.mark.levels("processes", "pod")
def test_a_job_whose_work_fails_has_failed_however_the_helper_ends(
    launch: Launch,
) -> None:
    wanted = settings(AT_THE_END, report_FAIL="1", uploader_STOP_STATUS="0")
    system = launch("finishing_job", file=NATIVE, settings=wanted)
    assert end(system) == "Failed"
    assert "report: FAIL is 1: no summary\n" in system.output("report")
    assert uploaded(system) == FILES[:3]


# --- the old way: the helper watches for the end


@pytest.mark.levels("processes", "pod")
def test_a_regular_helper_that_knows_the_last_file_lets_the_job_end(
    launch: Launch,
) -> None:
    wanted = settings(SOON, uploader_UNTIL="summary.txt")
    system = launch("finishing_job", settings=wanted)
    assert end(system) == "Succeeded"
    assert uploaded(system) == FILES


@pytest.mark.levels("processes")  # a pod adds nothing: the helper does not end
def test_it_waits_for_ever_where_the_last_file_never_comes(launch: Launch) -> None:
    wanted = settings(SOON, uploader_UNTIL="summary.txt", report_FAIL="1")
    system = launch("finishing_job", settings=wanted)
    until(lambda: uploaded(system) == FILES[:3])
    watched = time.monotonic() + A_WHILE
    while time.monotonic() < watched:
        assert phase(system) == "Running"
        time.sleep(0.2)


# --- the helper dies while the work goes on


# Under podman nobody starts one container of a pod again whose policy is Never: that
# podman has the policy for the pod, and sets it for each container when it is made.
@pytest.mark.levels("processes")
def test_a_native_helper_that_dies_comes_back_although_the_policy_is_never(
    launch: Launch,
) -> None:
    system = launch("finishing_job", file=NATIVE, settings=LONG)
    assert isinstance(system, AsProcesses)
    until(lambda: uploaded(system) == FILES[:1])
    system.kill("uploader")
    assert until(lambda: phase(system) == "Succeeded" and uploaded(system) == FILES)
    assert system.statuses("uploader") == [137, 143]
    assert system.statuses("report") == [0]


@pytest.mark.levels("processes", "pod")
def test_a_regular_helper_that_dies_stays_away_and_fails_the_job(
    launch: Launch,
) -> None:
    system = launch("finishing_job", settings=LONG)
    until(lambda: uploaded(system) == FILES[:1])
    system.kill("uploader")
    assert end(system) == "Failed"
    assert system.output("report").endswith("report: wrote summary.txt\n")
    assert system.output("uploader").count("listening on") == 1


@pytest.mark.levels("compose")
def test_compose_brings_the_helper_back_and_does_not_repeat_the_work(
    launch: Launch, get: Get
) -> None:
    system = launch("finishing_job", settings=SOON)
    url = url_of(system, 8092)
    until(lambda: get(url)[1].split() == FILES)
    system.kill("uploader")
    until(lambda: system.output("uploader").count("listening on") == 2)
    assert get(url)[1].split() == FILES
    assert system.output("report").count("wrote summary.txt") == 1


@pytest.mark.levels("compose")
def test_compose_can_be_told_to_end_with_the_work(launch: Launch) -> None:
    wanted = settings(AT_THE_END, report_FAIL="1")
    system = launch("finishing_job", settings=wanted, start=False)
    assert isinstance(system, AsCompose)
    # How podman-compose stops the others, podman does not take for a stop that was
    # asked for: it starts them again, as their policy says. So they are not looked at.
    done = system.compose("up", "--no-build", "--exit-code-from=report")
    assert done.returncode == 3, done.stdout + done.stderr
    assert uploaded(system) == FILES[:3]


# --- each program by itself


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program of the system by itself."""
    with starter(SYSTEM) as start:
        yield start


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"NUMBERS": "3 x"}, "NUMBERS is '3 x': set it to 1 to 100 whole numbers"),
        ({"NUMBERS": ""}, "NUMBERS is '': set it to 1 to 100 whole numbers"),
        ({"SECONDS": "-1"}, "SECONDS is '-1': set it to a number of 0 or more"),
        ({"OUT_DIR": "/no/such"}, "no folder at /no/such: mount the volume or set"),
        ({"OUT_DIR": "/proc"}, "cannot write to /proc ("),
    ],
)
def test_a_report_that_cannot_work_says_why(
    start: Start, tmp_path: Path, variables: dict[str, str], problem: str
) -> None:
    error = start("report.py", **({"OUT_DIR": str(tmp_path)} | variables)).refusal()
    assert error.startswith(f"report: {problem}")


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"EVERY": "often"}, "EVERY is 'often': set it to a number of 0 or more"),
        ({"STOP_STATUS": "256"}, "STOP_STATUS is 256: set it to 0 to 255"),
        ({"PORT": "x"}, "PORT is 'x': set it to a number from 0 to 65535"),
        ({"IN_DIR": "/no/such"}, "no folder at /no/such: mount the volume or set"),
        ({"ARCHIVE_DIR": "/proc"}, "cannot write to /proc ("),
    ],
)
def test_an_uploader_that_cannot_work_says_why(
    start: Start, tmp_path: Path, variables: dict[str, str], problem: str
) -> None:
    good = {"PORT": "0", "IN_DIR": str(tmp_path), "ARCHIVE_DIR": str(tmp_path)}
    error = start("uploader.py", **(good | variables)).refusal()
    assert error.startswith(f"uploader: {problem}")


def test_a_report_that_is_stopped_says_so_at_once_and_leaves_whole_files(
    start: Start, tmp_path: Path
) -> None:
    process = start("report.py", OUT_DIR=str(tmp_path), NUMBERS="1 2", SECONDS="20")
    time.sleep(0.5)  # it has its signal handler by then
    said = "report: working on 2 numbers\nreport: stopped\n"
    assert process.stop(within=1) == (143, said, "")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The folder of the report and the archive."""
    source, archive = tmp_path / "report", tmp_path / "archive"
    source.mkdir()
    archive.mkdir()
    return source, archive


def test_only_complete_files_are_uploaded_and_none_twice(
    start: Start, folders: tuple[Path, Path], free_port: FreePort, get: Get
) -> None:
    source, archive = folders
    (source / "done.txt").write_text("new")
    (source / ".half.txt").write_text("unfinished")
    (source / "folder").mkdir()
    (source / "link.txt").symlink_to("/etc/passwd")
    (archive / "old.txt").write_text("kept")
    (source / "old.txt").write_text("changed")
    port = free_port()
    process = start(
        "uploader.py",
        PORT=str(port),
        IN_DIR=str(source),
        ARCHIVE_DIR=str(archive),
        EVERY="0.1",
    )
    until(lambda: "done.txt" in get(f"http://127.0.0.1:{port}/")[1])
    status, out, err = process.stop(within=1)
    assert (status, err) == (143, "")
    assert out.splitlines()[1:] == ["uploader: uploaded done.txt", "uploader: stopped"]
    kept = {path.name: path.read_text() for path in archive.iterdir()}
    assert kept == {"done.txt": "new", "old.txt": "kept"}


def test_an_upload_that_fails_is_reported_once_and_tried_again(
    start: Start, folders: tuple[Path, Path], free_port: FreePort, get: Get
) -> None:
    source, archive = folders
    (archive / ".a.txt").mkdir()  # in the way of the file that is written first
    (source / "a.txt").write_text("a")
    port = free_port()
    process = start(
        "uploader.py",
        PORT=str(port),
        IN_DIR=str(source),
        ARCHIVE_DIR=str(archive),
        EVERY="0.05",
    )
    health = f"http://127.0.0.1:{port}/healthz"
    until(lambda: get(health)[0] == 503)
    assert get(health)[1].startswith(f"cannot upload from {source} (")
    time.sleep(0.3)
    (archive / ".a.txt").rmdir()
    until(lambda: get(health) == (200, "ok\n"))
    assert (archive / "a.txt").read_text() == "a"
    _, _, err = process.stop()
    assert err.count("\n") == 1
