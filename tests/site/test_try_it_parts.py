"""What the page "Try it" is made of, without a browser."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sidecar_spotter import Report, Skipped
from sources import REPO
from try_it import bundle, pyodide
from try_it.in_browser.explain import view
from try_it.in_browser.faults import fault_of

POD = (REPO / "examples/pods/served_log/pod.yaml").read_text(encoding="utf-8")
FETCH = REPO / "docs/_ext/try_it/pyodide.py"


def in_the_archive(text: str, tmp_path: Path, name: str = "manifest.yaml") -> Any:
    """Return what the archive's Python says of *text*, with nothing else to import."""
    archive = tmp_path / "spotter.zip"
    archive.write_bytes(bundle.archive())
    code = (
        f"import sys; sys.path.insert(0, {str(archive)!r})\n"
        "from in_browser.explain import explain\n"
        f"print(explain(sys.stdin.buffer.read(), {name!r}))"
    )
    done = subprocess.run(
        # -I -S: no library but Python's own.
        [sys.executable, "-I", "-S", "-c", code],
        input=text.encode(),
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_the_archive_is_all_that_a_scan_needs(tmp_path: Path) -> None:
    """It explains a Pod without libyaml and without a word about its absence."""
    said = in_the_archive(POD, tmp_path)
    assert said["verdict"] == "uses-sidecar"
    assert said["fault"] is None
    assert said["notes"] == []
    assert labels(said) == {"web": "main", "log-server": "sidecar"}
    assert "repository" not in said["summary"]
    assert "manifest.yaml" not in said["summary"]


def test_a_spoilt_line_does_not_hide_the_rest(tmp_path: Path) -> None:
    """What can be read is reported beside the fault."""
    right = "automountServiceAccountToken: false"
    said = in_the_archive(POD.replace(right, right.replace(":", "")), tmp_path)
    assert said["fault"]["line"] == POD.split("\n").index(f"  {right}") + 1
    assert len(said["units"][0]["containers"]) == 2


def without(text: str, line: str) -> str:
    """Return *text* without the one line that says *line*."""
    kept = [one for one in text.split("\n") if one.strip() != line]
    assert len(kept) == text.count("\n")
    return "\n".join(kept)


def labels(said: Any) -> dict[str, str]:
    """Return the label of each container."""
    boxes = [box for unit in said["units"] for box in unit["containers"]]
    return {box["name"]: box["what"][0] for box in boxes}


def test_the_answer_to_the_first_question_holds(tmp_path: Path) -> None:
    """Without its line, the native sidecar is an init container."""
    native = (REPO / "examples/manifests/kubernetes-native.yaml").read_text("utf-8")
    assert labels(in_the_archive(native, tmp_path))["log-server"] == "native-sidecar"
    said = in_the_archive(without(native, "restartPolicy: Always"), tmp_path)
    assert labels(said) == {"log-server": "init", "web": "main"}


def test_the_answer_to_the_second_question_holds(tmp_path: Path) -> None:
    """Another image makes no sidecar of the false friend; a volume does."""
    friend = REPO / "examples/repositories/bookshop/deploy/base/desk.yaml"
    image = "          image: registry.example/bookshop/desk:5.2.0\n"
    first, second, third = friend.read_text("utf-8").split(image)
    other = image.replace("desk:", "returns:")
    said = in_the_archive(f"{first}{image}{second}{other}{third}", tmp_path)
    assert labels(said)["returns"] == "not-a-sidecar"
    mount = "          volumeMounts: [{name: a, mountPath: /a}]\n"
    reads = mount.replace("/a}", "/a, readOnly: true}")
    volume = "      volumes: [{name: a, emptyDir: {}}]\n"
    tied = f"{first}{image}{mount}{second}{other}{reads}{third}{volume}"
    assert labels(in_the_archive(tied, tmp_path))["returns"] == "sidecar"


def test_a_text_of_another_kind_is_no_puzzle(tmp_path: Path) -> None:
    """Where nothing was recognized, the page says what it looked for."""
    [note] = in_the_archive("Dear diary\n", tmp_path)["notes"]
    assert "whole manifest" in note


def test_a_fault_that_a_reader_met_has_its_line_too() -> None:
    """What cannot be read otherwise is told in the same way, and once."""
    skipped = Skipped("manifest.yaml", "not UTF-8 (line 3)")
    said = view(Report("x", "no-sidecar", "", (), (skipped,)), None)
    assert said["fault"] == {"line": 3, "says": "The text cannot be read: not UTF-8."}
    assert said["notes"] == []


def test_the_same_sources_give_the_same_archive() -> None:
    """Two builds are equal: nothing in the archive depends on the day."""
    with zipfile.ZipFile(io.BytesIO(bundle.archive())) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        names = archive.namelist()
    assert names == list(dict.fromkeys(names))
    assert not [name for name in names if name.endswith("cli.py")]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a:\n\tb: 1\n", 2, "Replace it by spaces"),
        ("a:\n  b\n  c: 1\n", 2, "colon is missing"),
        ("apiVersion v1\n\n# a\nkind: Pod\n", 1, "colon is missing"),
        ("a: b\n  c: d\n", 2, "same column"),
        ("a: b: c\n", 1, "second colon"),
        ('a: "b\nc: d\n', 1, "never closes"),
        ("a:\n   b: 1\n  c: 2\n", 3, "same column"),
        ("a:\n - b\n c: 1\n", 3, "same column"),
        ("a: [1, 2\nb: 3\n", 2, "bracket of line 1"),
        ("a: *x\n", 1, "&x"),
        ("a: &x 1\n---\nb: *x\n", 3, "&x"),
        ("a: 1\nb: @x\n", 2, "into quotes"),
        ('a: "\\q"\n', 1, "backslash"),
        ("a: 1\nb: \x01\n", 2, "U+0001"),
        ("a: |x\n  y\n", 1, "not YAML"),
        ("{a: 1}\nb: 2\n", 2, "not YAML"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, line: int, words: str) -> None:
    """The line is the one to mend, and the words say how."""
    fault = fault_of(text)
    assert fault is not None
    assert (fault["line"], words in fault["says"]) == (line, True), fault


@pytest.mark.parametrize(
    "text",
    [POD, "", "a: &x 1\nb: *x\n", "{{- if .Values.x }}\na: b: c\n", '{"a": [1]}'],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    """Nothing is wrong with YAML, JSON, or a template."""
    assert fault_of(text) is None


def test_another_package_is_refused() -> None:
    """What npm brings must be what the recorded hash was made of."""
    with pytest.raises(pyodide.Forged, match="another hash"):
        pyodide.check(b"another package")


@pytest.mark.parametrize(("options", "status"), [([], 1), (["--if-possible"], 0)])
def test_without_npm_there_is_one_line(
    tmp_path: Path, options: list[str], status: int
) -> None:
    """It says what is missing; a build that can do without goes on."""
    done = subprocess.run(
        [sys.executable, str(FETCH), *options, str(tmp_path / "pyodide")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == status
    assert done.stderr.startswith("Pyodide is not here: no npm:")
    assert done.stderr.count("\n") == 1
