"""What the tests of the example pods share: the levels, podman, ports and answers.

A test that asks for `launch` runs at every level: as processes, as a pod under
podman, as services under podman-compose, and on a cluster where one is named with
``--cluster CONTEXT``. The marker ``levels`` names fewer.
"""

import fcntl
import shutil
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import ports
import pytest
from lab.manifest import notes
from lab.podman import BASE, Podman, PodmanError, why_not
from lab.systems import PODS, missing
from levels import (
    AsCluster,
    AsCompose,
    AsPod,
    AsProcesses,
    Change,
    Launch,
    Level,
    ports_of,
    unchanged,
)
from programs import LIMIT, FreePort, Get

LEVELS = ("processes", "pod", "compose", "cluster")


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
def no_other_pods() -> Iterator[None]:
    """Fail if another run has pods: in two storages they get the same addresses."""
    lock = Path(tempfile.gettempdir(), "sidecar-handbook-podman.lock")
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pytest.fail("another run of these tests has pods on this machine")
        yield


@pytest.fixture(scope="session")
def podman(request: pytest.FixtureRequest) -> Iterator[Podman]:
    """Podman with storage of its own and the base image; skips where it cannot be."""
    if reason := why_not():
        pytest.skip(reason)
    request.getfixturevalue("no_other_pods")
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
    ``start=False`` it is only prepared. *change* may alter what it is started from,
    a manifest or a Compose file, and is the last to do so.
    """
    launched: list[Level] = []

    def go(
        system: str,
        *,
        file: str = "pod.yaml",
        settings: dict[str, dict[str, str]] | None = None,
        change: Change = unchanged,
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
            running = AsProcesses(system, file, ports, values, change)
        elif level == "cluster":
            context = request.config.getoption("--cluster")
            running = AsCluster(context, system, file, ports, values, change)
        else:
            podman: Podman = request.getfixturevalue("podman")
            if system not in built:
                built[system] = podman.build(system)
            if level == "pod":
                running = AsPod(podman, system, file, ports, values, change)
            else:
                running = AsCompose(podman, system, ports, values, change)
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
def free_port() -> FreePort:
    """Return a port on which nothing listens."""
    return ports.free_port


@pytest.fixture
def taken_port() -> Iterator[str]:
    """A port of 127.0.0.1 on which somebody listens already."""
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        yield str(somebody.getsockname()[1])
