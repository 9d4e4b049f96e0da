"""What all tests share: the handbook built once, and the ban on skips in CI."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from builds import Built, sphinx
from filelock import FileLock
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

    Pods of two storages would get the same addresses on one bridge. Tests of one
    module that look at the handbook share what they have parsed, and a browser.
    """
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        values = getattr(getattr(item, "callspec", None), "params", {})
        # Some use podman for what is no level: the lab's command, and plain podman.
        level = values.get("level") or ("podman" if "podman" in fixtures else None)
        if level is not None:
            item.user_properties.append(("level", level))
        if level in ("pod", "compose", "podman"):
            item.add_marker(pytest.mark.root)
            item.add_marker(pytest.mark.xdist_group("podman"))
        elif {"chromium", "handbook", "deck"} & set(fixtures):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how long the tests of each level of the pods took, with start and end."""
    took: dict[object, float] = defaultdict(float)
    tests: dict[object, int] = defaultdict(int)
    for report in chain.from_iterable(terminalreporter.stats.values()):
        if not isinstance(report, pytest.TestReport):
            continue  # a test that was not asked for
        for name, level in report.user_properties:
            if name == "level":
                took[level] += report.duration
                tests[level] += report.when == "call"
    for level, seconds in took.items():
        terminalreporter.write_line(f"{level}: {tests[level]} tests, {seconds:.0f} s")


def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return a folder that all workers of this run have in common."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "built"
    folder.mkdir(exist_ok=True)
    return folder


def built_once(source: Path, folder: Path, builder: str, *options: str) -> Built:
    """Build *source* into *folder*, unless another worker has; say what it said.

    One at a time: the first build draws the diagrams for all others.
    """
    with FileLock(folder.parent / "lock", timeout=600):
        known = folder.with_suffix(".json")
        if not known.exists():
            built = sphinx(source, folder, builder, *options)
            known.write_text(json.dumps({**asdict(built), "folder": str(folder)}))
        found = json.loads(known.read_text())
        return Built(**{**found, "folder": folder})


@pytest.fixture(scope="session")
def handbook(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Callable[[str], Built]:
    """Give the handbook in the form that a builder makes, built at first use.

    It is the same on every machine: without the Pyodide that a maintainer has fetched.
    """
    root = shared(tmp_path_factory, worker_id)
    bare = ("-D", f"try_it_pyodide={root / 'nowhere'}")

    @cache
    def build(builder: str) -> Built:
        return built_once(DOCS, root / builder, builder, *bare)

    return build


@pytest.fixture(scope="session")
def deck(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Built:
    """Give the deck of the talk, built once."""
    folder = shared(tmp_path_factory, worker_id) / "deck"
    built = built_once(DECK, folder, "revealjs")
    assert built.status == 0, built.said[-2000:]
    return built
