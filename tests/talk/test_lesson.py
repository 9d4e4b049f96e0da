"""The lesson plan: its lab goes as it says, and its assessment as its key says."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from ports import free_ports
from sidecar_spotter import scan
from slides.read import SOURCE
from sources import DOCS, REPO

PLAN = (DOCS / "talk" / "teach.md").read_text(encoding="utf-8")
MANIFESTS = REPO / "examples" / "manifests"
PROGRAMS = REPO / "examples" / "pods" / "served_log"

# Each manifest of the assessment -> what the key says of it: who helps whom.
KEY = {
    "lesson-parcel.yaml": {("courier", "parcel")},
    "lesson-pair.compose.yaml": {("pulse", "kiln")},
    "lesson-shelf.yaml": set[tuple[str, str]](),
}


@contextmanager
def started(program: str, port: int, folder: Path) -> Iterator[None]:
    """Run one of the lab's two programs, and go on as soon as it listens."""
    settings = {"HOST": "127.0.0.1", "PORT": str(port), "LOG_DIR": str(folder)}
    with subprocess.Popen(
        [sys.executable, str(PROGRAMS / program)],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert "listening" in process.stdout.readline()
            yield
        finally:
            process.terminate()


def answer(port: int, path: str = "/") -> str:
    """Return what a program says, whatever its status; "" if nobody listens."""
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}{path}", timeout=10
        ) as reply:
            return str(reply.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()
    except urllib.error.URLError:
        return ""


def test_the_lab_gives_all_three_answers(tmp_path: Path) -> None:
    """The helper runs on while web moves, is missed by nobody, and loses no line."""
    web, helper = free_ports(2)
    logs, beside = tmp_path / "logs", tmp_path / "beside"
    logs.mkdir()
    with ExitStack() as second_terminal:
        second_terminal.enter_context(started("log_server.py", helper, logs))
        with started("web.py", web, logs):
            assert answer(helper).startswith("no requests yet")
            answer(web, "/hello")
            assert "GET /hello" in answer(helper)
        (logs / "access.log").unlink()
        beside.mkdir()
        with started("web.py", web, beside):
            assert "Hello!" in answer(web, "/hello")
            assert answer(helper).startswith("no log yet")
            assert answer(helper, "/healthz") == "ok\n"
            assert "GET /hello" in (beside / "access.log").read_text("utf-8")
        with started("web.py", web, logs):
            assert answer(helper).startswith("no requests yet")
            second_terminal.close()
            assert "Hello!" in answer(web, "/while-it-is-down")
            assert answer(helper) == ""
            with started("log_server.py", helper, logs):
                assert "GET /while-it-is-down" in answer(helper)


def test_the_lab_has_its_minutes() -> None:
    """Its steps follow each other, fill thirty minutes, and hold what is counted."""
    lab = PLAN.partition(":::{list-table} The lab\n")[2].partition("\n:::\n")[0]
    steps = [
        (int(start), int(end))
        for start, end in re.findall(r"(?m)^\* - (\d+) to (\d+)$", lab)
    ]
    assert [start for start, _ in steps] == [0, *(end for _, end in steps[:-1])]
    assert steps[-1][1] == 30
    counted = [
        60 * int(minutes) + int(seconds)
        for minutes, seconds in re.findall(
            r"(\d):(\d\d)", PLAN.partition("the steps take ")[2].partition("That")[0]
        )
    ]
    assert len(counted) == len(steps)
    for (start, end), needed in zip(steps, counted, strict=True):
        assert needed < 60 * (end - start)
    assert f"That is {sum(counted) // 60}\nminutes" in PLAN


def test_the_key_is_that_of_all_manifests() -> None:
    """The plan shows each manifest of the assessment, and no exercise does."""
    assert set(re.findall(r"manifests/(lesson-[\w.-]+)", PLAN)) == set(KEY)
    assert {path.name for path in MANIFESTS.glob("lesson-*")} == set(KEY)
    for path in (DOCS / "exercises").glob("*.yaml"):
        assert "lesson-" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("name", KEY)
def test_the_spotter_agrees_with_the_key(name: str) -> None:
    """Whoever checks an answer with the spotter reads what the key says."""
    found = scan(str(MANIFESTS / name)).sidecars
    assert {(finding.name, finding.serves) for _, finding in found} == KEY[name]


def test_a_manifest_of_the_assessment_gives_nothing_away() -> None:
    """Its one comment says where it belongs."""
    for name in KEY:
        text = (MANIFESTS / name).read_text(encoding="utf-8")
        assert re.findall("#.*", text) == ["# For the assessment of the lesson plan."]


def test_the_deck_counts_the_files_that_the_search_prints() -> None:
    """The number of the notes is that of the recorded command, as on its page."""
    recorded = (DOCS / "recorded" / "identify-units.console").read_text("utf-8")
    files = [line for line in recorded.splitlines() if line[:1] not in "$>"]
    assert len(files) == 18
    assert "Eighteen files." in SOURCE.read_text(encoding="utf-8")
