"""What all tests share: the handbook built once, and the ban on skips in CI."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that turns a skip into a failure."""
    parser.addoption(
        "--no-skips",
        action="store_true",
        help="fail if a test is skipped: for machines that have every tool",
    )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the session where a test was skipped and none may be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not session.config.getoption("--no-skips") or reporter is None:
        return
    skipped = reporter.stats.get("skipped", [])
    if skipped and exitstatus == 0:
        reporter.write_line(f"--no-skips: {len(skipped)} skipped", red=True)
        session.exitstatus = 1


@dataclass(frozen=True)
class Built:
    """One form of the handbook: where it is, and what the build said."""

    folder: Path
    status: int
    said: str

    @property
    def warnings(self) -> list[str]:
        """The warnings and errors of the build, one string each."""
        return re.findall(r"^.*(?:WARNING|ERROR|CRITICAL):.*$", self.said, re.MULTILINE)


def sphinx(source: Path, target: Path, builder: str, *options: str) -> Built:
    """Build *source* with *builder*, strictly, with the network out of reach.

    Raises subprocess.TimeoutExpired after ten minutes.
    """
    nowhere = "http://127.0.0.1:9"
    env = {k: v for k, v in os.environ.items() if not k.startswith("READTHEDOCS")}
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        env[variable] = nowhere
    env |= {"no_proxy": "127.0.0.1,localhost", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "--keep-going"]
    command += ["-b", builder, *options, str(source), str(target)]
    done = subprocess.run(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    return Built(target, done.returncode, done.stdout)


@pytest.fixture(scope="session")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Built]:
    """Give the handbook in the form that a builder makes, built at first use."""
    root = tmp_path_factory.mktemp("handbook")

    @cache
    def build(builder: str) -> Built:
        return sphinx(REPO / "docs", root / builder, builder)

    return build
