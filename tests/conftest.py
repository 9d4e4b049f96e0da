"""What all tests share: the handbook built once, and the ban on skips in CI."""

from collections.abc import Callable
from functools import cache

import pytest
from builds import Built, sphinx
from sources import DECK, DOCS


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that turns a skip into a failure."""
    parser.addoption(
        "--no-skips",
        action="store_true",
        help="fail if a test is skipped: for machines that have every tool",
    )
    parser.addoption(
        "--may-skip",
        metavar="MARK",
        help="with --no-skips: but the tests with this mark may be",
    )


# First, as pytest-xdist then reads the groups to name the tests after them.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give what shares something costly to one worker, where there are several.

    Pods of two storages would get the same addresses on one bridge; the handbook is
    built once for all tests that look at its files, and once for those in a browser.
    """
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        values = getattr(getattr(item, "callspec", None), "params", {})
        if "podman" in fixtures or values.get("level") in ("pod", "compose"):
            item.add_marker(pytest.mark.root)
            item.add_marker(pytest.mark.xdist_group("podman"))
        elif "chromium" in fixtures:
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif "handbook" in fixtures:
            item.add_marker(pytest.mark.xdist_group("handbook"))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the session where a test was skipped and none may be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not session.config.getoption("--no-skips") or reporter is None:
        return
    mark = session.config.getoption("--may-skip")
    skipped = [
        report
        for report in reporter.stats.get("skipped", [])
        if not mark or mark not in report.keywords
    ]
    if skipped and exitstatus == 0:
        reporter.write_line(f"--no-skips: {len(skipped)} skipped", red=True)
        session.exitstatus = 1


@pytest.fixture(scope="session")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Built]:
    """Give the handbook in the form that a builder makes, built at first use."""
    root = tmp_path_factory.mktemp("handbook")

    @cache
    def build(builder: str) -> Built:
        return sphinx(DOCS, root / builder, builder)

    return build


@pytest.fixture(scope="session")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Give the deck of the talk, built once."""
    folder = tmp_path_factory.mktemp("deck")
    built = sphinx(DECK, folder, "revealjs")
    assert built.status == 0, built.said[-2000:]
    return built
