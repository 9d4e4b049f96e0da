"""What the tests of the example pods share: the levels, and programs that are ended.

A test that asks for `launch` runs at every level: as processes, as a pod under
podman, as services under podman-compose, and on a cluster where one is named with
``--cluster CONTEXT``. The marker ``levels`` names fewer.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ports
import pytest
from lab.manifest import notes
from lab.podman import BASE, Podman, PodmanError, why_not
from lab.systems import missing
from levels import AsCluster, AsCompose, AsPod, AsProcesses, Level, ports_of

PODS = Path(__file__).resolve().parents[2] / "examples" / "pods"
LIMIT = 20.0  # seconds: far more than any step takes; only a fault waits so long

Start = Callable[..., "subprocess.Popen[str]"]
Get = Callable[[str], tuple[int, str]]


LEVELS = ("processes", "pod", "compose", "cluster")

Launch = Callable[..., Level]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names a cluster."""
    parser.addoption(
        "--cluster", metavar="CONTEXT", help="also run the systems on this cluster"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker that limits a test to some levels."""
    config.addinivalue_line("markers", "levels(*names): run at these levels only")


def pytest_report_header(config: pytest.Config) -> str:
    """Say which levels will run."""
    if context := config.getoption("--cluster"):
        return f"levels: {', '.join(LEVELS)} ({context})"
    return f"levels: {', '.join(LEVELS[:-1])}; no cluster: --cluster names none"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a level at each level that it may run at."""
    if "level" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("levels")
    asked = marker.args if marker else LEVELS
    cluster = metafunc.config.getoption("--cluster")
    chosen = [
        name for name in LEVELS if name in asked and (cluster or name != "cluster")
    ]
    metafunc.parametrize("level", chosen)


@pytest.fixture(scope="session")
def podman() -> Iterator[Podman]:
    """Podman with storage of its own and the base image; skips where it cannot be."""
    if reason := why_not():
        pytest.skip(reason)
    # Not in pytest's own folder: podman wants a path of 50 characters at most, and
    # does not restart a container where it is longer.
    folder = Path(tempfile.mkdtemp(prefix="podman-"))
    podman = Podman(folder, own_storage=True)
    try:
        try:
            podman.make_base()
            podman.must("run", "--rm", "--pull=never", BASE, "python3", "-c", "")
        except PodmanError as error:
            pytest.skip(f"podman cannot run a container: {error}")
        yield podman
    finally:
        podman("pod", "rm", "--all", "--force")
        podman("rm", "--all", "--force")
        podman("volume", "rm", "--all", "--force")
        podman("rmi", "--all", "--force")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def built() -> dict[str, str]:
    """The images that are built already: which one for which system."""
    return {}


@pytest.fixture
def level(request: pytest.FixtureRequest) -> str:
    """The name of the level; `pytest_generate_tests` gives it."""
    return str(request.param)


@pytest.fixture
def launch(
    request: pytest.FixtureRequest,
    level: str,
    built: dict[str, str],
) -> Iterator[Launch]:
    """Start a system at the test's level; remove it when the test is over.

    ``launch("log_saver", file="pod.yaml", settings={"app": {"PORT": "0"}})``. With
    ``start=False`` it is only prepared.
    """
    launched: list[Level] = []

    def go(
        system: str,
        *,
        file: str = "pod.yaml",
        settings: dict[str, dict[str, str]] | None = None,
        change: Callable[[dict[str, Any]], None] = lambda document: None,
        start: bool = True,
    ) -> Level:
        needs = notes(PODS / system / file).needs
        # A cluster has images with everything in them.
        if level != "cluster" and (reason := missing(needs)):
            pytest.skip(reason)
        ports = ports_of(system, file)
        values = settings or {}
        running: Level
        if level == "processes":
            running = AsProcesses(system, file, ports, values)
        elif level == "cluster":
            context = request.config.getoption("--cluster")
            running = AsCluster(context, system, file, ports, values)
        else:
            podman: Podman = request.getfixturevalue("podman")
            if system not in built:
                built[system] = podman.build(system)
            if level == "pod":
                running = AsPod(podman, system, file, ports, values, change)
            else:
                running = AsCompose(podman, system, ports, values)
        launched.append(running)
        if start:
            running.start()
        return running

    yield go
    for running in launched:
        running.remove()


@pytest.fixture(scope="session")
def served_log() -> Path:
    """The folder of the running example."""
    return PODS / "served_log"


@pytest.fixture(scope="session")
def get() -> Get:
    """Ask a URL until someone listens there; return the status and the text."""

    def ask(url: str) -> tuple[int, str]:
        deadline = time.monotonic() + LIMIT
        while True:
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as answer:
                return answer.code, answer.read().decode()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    return ask


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Return a port on which nothing listens."""
    return ports.free_port


@pytest.fixture
def start(served_log: Path) -> Iterator[Start]:
    """Start a program of the example; end what still runs when the test is over."""
    started: list[subprocess.Popen[str]] = []

    def launch(
        program: str, *arguments: str, **settings: str
    ) -> "subprocess.Popen[str]":
        clean = {
            name: value
            for name, value in os.environ.items()
            if name not in ("HOST", "PORT", "LOG_DIR")
        }
        process = subprocess.Popen(
            [sys.executable, str(served_log / program), *arguments],
            env=clean | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield launch
    for process in started:
        if process.poll() is None:
            process.terminate()
        try:
            process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
