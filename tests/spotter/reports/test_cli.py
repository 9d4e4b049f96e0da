"""The command, as a person or a script calls it: a process with its streams."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from sidecar_spotter.features import FEATURES

EXAMPLES = Path(__file__).parents[3] / "examples"
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  initContainers:
    - name: ship
      image: fluent/fluent-bit:3
      restartPolicy: Always
      volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]
  containers:
    - name: web
      image: example/web:1
      volumeMounts: [{name: logs, mountPath: /var/log/web}]
  volumes:
    - name: logs
      emptyDir: {}
"""
PATIENT = """\
import sys, time
from sidecar_spotter import cli
cli.PATIENCE = 0
seconds = float(sys.argv.pop())
scan = cli.scan_path
def slow(path, progress):
    for done in range(4):
        progress and progress(done, 3)
    print("ready", file=sys.stderr, flush=True)
    time.sleep(seconds)
    return scan(path)
cli.scan_path = slow
cli.main()
"""
"""A scan that lasts as many seconds as the last argument says."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with one pod that has a native sidecar."""
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "pod.yaml").write_text(POD)
    return root


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
    return {**kept, "PYTHONPATH": str(EXAMPLES), "TERM": "xterm", **(extra or {})}


def spotter(*words: str | Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Call the command with *words*, and *extra* environment variables."""
    return subprocess.run(
        [sys.executable, "-m", "sidecar_spotter", *map(str, words)],
        env=environment(extra),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def on_terminal(*words: str | Path, script: str = "", **extra: str) -> tuple[int, str]:
    """Call the command on a terminal; return its status and what it shows."""
    ours, theirs = pty.openpty()
    start = ["-c", script] if script else ["-m", "sidecar_spotter"]
    with subprocess.Popen(
        [sys.executable, *start, *map(str, words)],
        env=environment(extra),
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while more := os.read(ours, 65536):
                shown += more
        except OSError:  # Linux says so where the other end is closed
            pass
        os.close(ours)
    return process.returncode, shown.decode()


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line of a call that was refused."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("sidecar-spotter: ")
    return done.stderr


# scan ----------------------------------------------------------------------------


def test_scan_reports_a_sidecar_with_its_evidence(checkout: Path) -> None:
    done = spotter("scan", checkout)
    assert (done.returncode, done.stderr) == (0, "")
    assert "pod.yaml:" in done.stdout
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert any(line.startswith("ship native-sidecar 7 ") for line in lines)
    assert any("(shared-volume)" in line for line in lines)
    assert "Verdict: uses-sidecar" in lines


def test_scan_ends_with_0_where_nothing_is_found(tmp_path: Path) -> None:
    done = spotter("scan", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Verdict: no-sidecar\n")


def test_one_path_gives_an_object_and_several_a_list(checkout: Path) -> None:
    one = json.loads(spotter("scan", checkout, "--format", "json").stdout)
    assert one["root"] == str(checkout)
    assert one["groups"][0]["containers"][0]["label"] == "native-sidecar"
    both = spotter("scan", checkout, checkout / "pod.yaml", "--format", "json")
    roots = [report["root"] for report in json.loads(both.stdout)]
    assert roots == [str(checkout), str(checkout / "pod.yaml")]


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("sarif", "{"),
        ("markdown", "# Sidecars in "),
        ("mermaid", "flowchart TB\n"),
        ("text", "{checkout}/pod.yaml:"),
    ],
)
def test_each_form_is_printed(checkout: Path, form: str, start: str) -> None:
    done = spotter("scan", checkout, "--format", form)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(start.replace("{checkout}", str(checkout)))


def test_a_name_that_is_not_utf8_is_printed_all_the_same(checkout: Path) -> None:
    strange = os.fsdecode(os.fsencode(checkout) + b"/caf\xe9.yaml")
    Path(strange).write_text(POD)
    for form in ("text", "json", "sarif", "markdown", "mermaid"):
        done = spotter("scan", checkout, "--format", form)
        assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(spotter("scan", checkout, "--format", "json").stdout)
    assert b"caf\xe9.yaml" in [os.fsencode(one["path"]) for one in report["groups"]]


def loaded(*words: str | Path) -> set[str]:
    """Return the modules that a call of the command with *words* loads."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sidecar_spotter", *map(str, words)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    return set(re.findall(r"\| +([\w.]+)$", done.stderr, re.MULTILINE))


def test_a_report_in_json_loads_no_library_that_it_does_not_use(
    checkout: Path,
) -> None:
    modules = loaded("scan", checkout, "--format", "json")
    assert "typer" in modules
    unused = ("rich", "pydantic", "tempfile", "importlib.metadata")
    assert not modules & set(unused)


def test_a_scan_loads_the_readers_alone_that_have_something_to_read(
    checkout: Path, tmp_path: Path
) -> None:
    """A command that answers at once is asked more often."""
    (tmp_path / "empty").mkdir()
    first = "sidecar_spotter.readers.kubernetes"
    assert first in loaded("scan", checkout, "--format", "json")
    assert first not in loaded("scan", tmp_path / "empty", "--format", "json")


# Terminals -----------------------------------------------------------------------


def test_colors_on_a_terminal_alone(checkout: Path) -> None:
    assert "\x1b" not in spotter("scan", checkout, FORCE_COLOR="1").stdout
    status, shown = on_terminal("scan", checkout)
    assert status == 0
    assert "\x1b[32mnative-sidecar" in shown
    status, shown = on_terminal("scan", checkout, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", shown)


def test_a_long_scan_shows_how_far_it_is_on_a_terminal_alone(checkout: Path) -> None:
    status, shown = on_terminal("scan", checkout, "0", script=PATIENT)
    assert status == 0
    assert "reading" in shown
    assert "100%" in shown
    done = subprocess.run(
        [sys.executable, "-c", PATIENT, "scan", checkout, "0"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == "ready\n"


def test_ctrl_c_ends_quietly(checkout: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PATIENT, "scan", checkout, "60"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (130, "", "")


def test_a_reader_that_leaves_ends_it_quietly(checkout: Path) -> None:
    many = POD + "".join(f"---\n{POD}" for _ in range(300))
    (checkout / "many.yaml").write_text(many)
    for words in (("scan", checkout), ("scan", checkout, "--format", "json")):
        with subprocess.Popen(
            [sys.executable, "-m", "sidecar_spotter", *map(str, words)],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == 130


# --output ------------------------------------------------------------------------


def test_output_writes_a_file_with_common_rights(
    checkout: Path, tmp_path: Path
) -> None:
    target = tmp_path / "report.json"
    done = spotter("scan", checkout, "--format", "json", "--output", target)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert json.loads(target.read_text())["verdict"] == "uses-sidecar"
    other = tmp_path / "other"
    other.touch()
    assert target.stat().st_mode == other.stat().st_mode


def test_output_keeps_a_files_rights_and_a_link(checkout: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "report.txt", tmp_path / "link.txt"
    target.touch(0o600)
    link.symlink_to(target)
    assert spotter("scan", checkout, "--output", link).returncode == 0
    assert link.is_symlink()
    assert "Verdict" in target.read_text()
    assert target.stat().st_mode & 0o777 == 0o600


def test_output_to_a_device_leaves_the_device(checkout: Path) -> None:
    done = spotter("scan", checkout, "--output", "/dev/stdout")
    assert "Verdict" in done.stdout
    assert Path("/dev/null").is_char_device()


def test_a_target_that_cannot_be_written_is_one_line(
    checkout: Path, tmp_path: Path
) -> None:
    for target in (tmp_path / "no" / "x", tmp_path):
        line = refused(spotter("scan", checkout, "--output", target))
        assert f"cannot write {target}: " in line
        assert "choose another" in line
    assert list(tmp_path.iterdir()) == [checkout]


def test_a_report_that_fails_leaves_the_old_file(
    checkout: Path, tmp_path: Path
) -> None:
    target = tmp_path / "report.txt"
    target.write_text("old")
    assert spotter("scan", tmp_path / "no", "--output", target).returncode == 2
    assert target.read_text() == "old"
    assert sorted(tmp_path.iterdir()) == [checkout, target]


# Bad calls -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Missing command"),
        (("scan",), "Missing argument 'PATH...'"),
        (("scan", ".", "--format", "xml"), "'xml' is not one of 'text', 'json'"),
        (("scan", ".", "--fast"), "No such option"),
        (("find",), "No such command 'find'"),
        (("explain", "share-volume"), "did you mean shared-volume?"),
        (("explain", "x\x1b[31m"), "`sidecar-spotter features` lists all"),
    ],
)
def test_a_bad_call_is_one_line(words: tuple[str, ...], says: str) -> None:
    line = refused(spotter(*words))
    assert says in line
    assert "\x1b" not in line


def test_an_unreadable_path_is_one_line(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (tmp_path / "no", fifo, loop, tmp_path / ("x" * 300)):
        line = refused(spotter("scan", path))
        assert f"cannot read {path}: " in line
        assert "name the folder of a checkout, or a file" in line


def test_one_unreadable_path_of_several_is_a_bad_call(checkout: Path) -> None:
    refused(spotter("scan", checkout, checkout / "no"))


# The other commands --------------------------------------------------------------


def test_draw_prints_one_flowchart(checkout: Path) -> None:
    done = spotter("draw", checkout / "pod.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("flowchart TB\n")
    assert 'c1["ship<br/>native sidecar' in done.stdout


def test_draw_refuses_a_file_without_groups(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: b\n")
    line = refused(spotter("draw", tmp_path / "x.yaml"))
    assert "nothing to draw" in line


def test_features_lists_name_strength_and_title() -> None:
    lines = spotter("features").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [one.NAME for one in FEATURES]
    assert any(re.fullmatch(r"peers +against +Peers", line) for line in lines)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.NAME)
def test_explain_shows_a_features_page(feature: object) -> None:
    done = spotter("explain", str(getattr(feature, "NAME", "")))
    assert (done.returncode, done.stderr) == (0, "")
    title = (feature.__doc__ or "").partition("\n")[0]
    assert title.split()[-1].strip("`.") in done.stdout
    assert "Files and labs are those of the handbook" in done.stdout
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_help_names_every_command_and_option() -> None:
    first = spotter("--help").stdout
    for command in ("scan", "explain", "features", "draw", "--version"):
        assert command in first
    second = spotter("scan", "--help").stdout
    for option in ("--format", "text|json|sarif|markdown|mermaid", "--output"):
        assert option in second


@pytest.mark.parametrize("command", [(), ("scan",), ("draw",), ("explain",)])
def test_help_has_a_short_name(command: tuple[str, ...]) -> None:
    short, long = spotter(*command, "-h"), spotter(*command, "--help")
    assert (short.returncode, short.stderr) == (0, "")
    assert short.stdout == long.stdout
