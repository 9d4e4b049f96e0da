"""What the tests of the example pods share: paths, and programs that are ended."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PODS = Path(__file__).resolve().parents[2] / "examples" / "pods"
LIMIT = 20.0  # seconds: far more than any step takes; only a fault waits so long

Start = Callable[..., "subprocess.Popen[str]"]
Get = Callable[[str], tuple[int, str]]


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of the tests that start real pods."""
    config.addinivalue_line("markers", "podman: starts real pods with podman")


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

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


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
