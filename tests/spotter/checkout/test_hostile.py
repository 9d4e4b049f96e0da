"""A checkout is untrusted: whatever is in it, a scan ends with a valid report.

Beside each hostile file lies a good one, whose sidecar must be found all the same.
"""

import gc
import importlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from limits import within
from samples import SAMPLES, WORDS, faults
from sidecar_spotter import Report, scan
from sidecar_spotter.processes import two
from sidecar_spotter.readers import readers_of

# The package gives its name to the function.
scanning = importlib.import_module("sidecar_spotter.scan")


@pytest.fixture(autouse=True)
def nothing_beside() -> Iterator[None]:
    """Take hypothesis out of the collector: what its function there raises is lost."""
    callbacks = gc.callbacks[:]
    gc.callbacks.clear()
    yield
    gc.callbacks.extend(callbacks)


POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: registry.example/web
    volumeMounts:
    - {name: logs, mountPath: /var/log/web}
  - name: log-shipper
    image: fluent/fluent-bit
    volumeMounts:
    - {name: logs, mountPath: /logs, readOnly: true}
  volumes:
  - {name: logs, emptyDir: {}}
"""
SECONDS = 3
"""Processor time allowed to one file here: the limit, and what a busy machine adds."""

Scan = Callable[[], Report]


def sidecars(report: Report, path: str = "good.yaml") -> list[tuple[str, int]]:
    return [
        (finding.name, finding.line)
        for group, finding in report.sidecars
        if group.path == path
    ]


def reasons(report: Report) -> dict[str, str]:
    return {one.path: one.reason for one in report.skipped}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "good.yaml").write_text(POD)
    return tmp_path


def check(checkout: Path) -> Report:
    """Scan a checkout, and see that the good file came to no harm."""
    with within(SECONDS):
        report = scan(checkout)
    assert sidecars(report) == [("log-shipper", 10)]
    assert report.verdict == "uses-sidecar"
    return report


# --- what is in a file

HINT = b"sidecar: 1\nkind: Pod\n"
NUMBERS = range(1, 30)
BOMB = HINT + b"a0: &a0 [x, x]\n"
BOMB += b"".join(b"a%d: &a%d [%s]\n" % (n, n, b"*a%d," % (n - 1) * 9) for n in NUMBERS)
MERGES = BOMB.replace(b"[", b"{<<: [").replace(b"]", b"]}").replace(b"[x, x]", b"{}")
DEEP = "nested more than"

FILES: dict[str, tuple[str, bytes, str]] = {
    # What it is: its name, its bytes and the reason to expect for skipping it.
    "alias bomb": ("x.yaml", BOMB + b"containers: *a29\n", ""),
    "alias in itself": ("x.yaml", HINT + b"containers: &a [*a, *a]\n", ""),
    "merges of merges": (
        "x.yaml",
        MERGES + b"spec: *a29\ncontainers: *a29\n",
        "",
    ),
    "a merge of itself": (
        "x.yaml",
        HINT + b"a: &a\n  <<: *a\n  containers: *a\n",
        "",
    ),
    "10,000 lists": ("x.yaml", HINT + b"a: " + b"[" * 10_000, DEEP),
    "200,000 lists": ("x.yaml", HINT + b"a: " + b"[" * 200_000, DEEP),
    "200,000 closed lists": (
        *("x.yaml", HINT + b"a: " + b"[" * 200_000 + b"]" * 200_000, DEEP),
    ),
    "10,000 mappings": ("x.yaml", HINT + b"a: " + b"{a: " * 10_000, DEEP),
    "200,000 mappings": ("x.json", b'{"kind":"Pod","x":' * 200_000, ""),
    "10,000 dashes": ("x.yaml", HINT + b"- " * 10_000 + b"a", DEEP),
    "200,000 dashes": ("x.yaml", HINT + b"- " * 200_000 + b"a", DEEP),
    "10,000 keys": ("x.yaml", HINT + b"? " * 10_000 + b"a", DEEP),
    "200,000 keys": ("x.yaml", HINT + b"? " * 200_000 + b"a", DEEP),
    "blocks": (
        "x.yaml",
        HINT + b"".join(b" " * n + b"a:\n" for n in range(2000)),
        DEEP,
    ),
    "containers in containers": (
        "x.yaml",
        HINT + b"".join(b" " * n + b"containers:\n" for n in range(900)),
        "",
    ),
    "JSON of one line": (
        "x.json",
        b'{"kind": "Pod", "containers": [' + b'{"image": "a"},' * 500_000 + b"0]}",
        "holds more than",
    ),
    "values without end": ("x.yaml", HINT + b"a: [" + b"a," * 290_000 + b"a]\n", ""),
    "a template of one line": ("x.yaml", HINT + b"containers: {{ a }}" * 60_000, ""),
    "documents without end": ("x.yaml", b"---\nsidecar: 1\n" * 100_000, ""),
    "markers without end": ("x.yaml", b"sidecar: 1\n" + b"---\n" * 1_000_000, ""),
    "empty lines": ("x.yaml", HINT + b"\n" * 8_000_000, "holds more than"),
    "spaces": ("x.yaml", HINT + b"containers:" + b" " * 8_000_000, ""),
    "lines of spaces": ("x.yaml", HINT + b"containers:" + b" \n" * 250_000, ""),
    "tasks in tasks": ("x.nomad", b'job "a" {\ngroup "a" {\ntask "b" {\n' * 20_000, ""),
    "expressions": ("x.tf", b'container_definitions = "' + b'${"' * 200_000, ""),
    "literals in literals": ("x.go", b"corev1.Container{" * 50_000, ""),
    "apps in apps": ("x.bicep", b"containers: [{" * 50_000, ""),
    "quadlet": ("x.container", b"[Container]\n" + b"Pod=a.pod\n" * 100_000, ""),
    "binary": ("x.yaml", bytes(range(256)) * 100, "binary"),
    "NUL": ("x.yaml", HINT + b"a: \0\n", "binary"),
    "invalid UTF-8": ("x.yaml", HINT + b"a: \xff\n", r"not UTF-8 \(line 3\)"),
    "tabs": ("x.yaml", HINT + b"containers:\n\t- name: a\n\t- name: b\n", ""),
    "control characters": ("x.yaml", HINT + b"a: \x1b[31m\x07\n", ""),
    "an unknown tag": (
        "x.yaml",
        HINT + b"a: !!python/object/apply:os.system ['touch pwned']\n",
        "",
    ),
    "no value at all": ("x.yaml", HINT + b"containers:\nspec: ~\nmetadata: 1\n", ""),
    "lists for mappings": (
        "x.yaml",
        b"kind: [Pod]\nsidecars: 1\nspec: [{containers: {a: {b: []}}}]\nmetadata: []\n",
        "",
    ),
    "empty": ("x.yaml", b"", ""),
    "a mark alone": ("x.yaml", b"\xff\xfe", ""),
}


@pytest.mark.parametrize("what", FILES)
def test_no_file_harms_a_scan(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(scanning, "SECONDS", 0.4)  # to have them all sooner
    name, data, reason = FILES[what]
    (checkout / name).write_bytes(data)
    said = reasons(check(checkout))
    assert set(said) <= {name}
    assert re.match(reason, said.get(name, ""))
    assert {path.name for path in checkout.iterdir()} == {"good.yaml", name}


@pytest.mark.parametrize("what", ["JSON of one line", "values without end", "spaces"])
def test_no_file_takes_much_memory(tmp_path: Path, what: str) -> None:
    name, data, _ = FILES[what]
    (tmp_path / name).write_bytes(data)
    code = (
        "import resource, sys; from sidecar_spotter import scan;"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "before = used(); scan(sys.argv[1]); print((used() - before) // 1024)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(run.stdout) < 200


def test_a_huge_sparse_file_is_not_read(checkout: Path) -> None:
    (checkout / "huge.yaml").touch()
    os.truncate(checkout / "huge.yaml", 200 << 20)
    assert reasons(check(checkout)) == {"huge.yaml": "larger than 8,192 KiB"}


@pytest.mark.parametrize(
    ("text", "encoding", "line"),
    [
        (POD.replace("\n", "\r\n"), "utf-8", 10),
        (POD, "utf-8-sig", 10),
        (POD, "utf-16", 10),
        ("\ufeff" + POD, "utf-16-be", 10),
        (POD.replace("spec:", "kind: Pod\nkind: Pod\nspec:", 1), "utf-8", 12),
        (POD.replace("spec:", "x: !Odd {a: !<tag> b}\nspec:", 1), "utf-8", 11),
        (POD.replace("spec:", "x: &x\n  <<: *x\nspec:", 1), "utf-8", 12),
    ],
    ids=["CRLF", "UTF-8 mark", "UTF-16", "UTF-16-BE", "keys twice", "tags", "merge"],
)
def test_an_odd_text_is_read_and_its_lines_are_right(
    tmp_path: Path, text: str, encoding: str, line: int
) -> None:
    (tmp_path / "odd.yaml").write_bytes(text.encode(encoding))
    report = scan(tmp_path)
    assert reasons(report) == {}
    assert sidecars(report, "odd.yaml") == [("log-shipper", line)]


# --- what is not a file


def test_a_fifo_and_a_socket_are_not_opened(checkout: Path) -> None:
    os.mkfifo(checkout / "fifo.yaml")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(checkout / "socket.json"))
        said = reasons(check(checkout))
    assert said == dict.fromkeys(
        ["fifo.yaml", "socket.json"], "a FIFO, a socket or a device"
    )


def test_a_fifo_may_be_what_was_asked_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.yaml")
    assert reasons(scan(tmp_path / "fifo.yaml")) == {"fifo.yaml": "no regular file"}


def test_a_device_that_never_ends_may_be_what_was_asked_for() -> None:
    assert reasons(scan("/dev/zero")) == {"zero": "no regular file"}


def test_links_are_safe(checkout: Path) -> None:
    (checkout / "loop").symlink_to(".")
    (checkout / "a.yaml").symlink_to("b.yaml")
    (checkout / "b.yaml").symlink_to("a.yaml")
    (checkout / "out.yaml").symlink_to("/etc/passwd")
    (checkout / "etc").symlink_to("/etc")
    (checkout / "again.yaml").symlink_to("good.yaml")
    said = reasons(check(checkout))
    assert set(said) == {"a.yaml", "b.yaml", "out.yaml", "etc"}


@pytest.mark.parametrize("way", ["../secret.tpl", "/secret.tpl", "_link.tpl", "\0"])
def test_a_reader_sees_no_file_outside(checkout: Path, way: str) -> None:
    (checkout / "in").mkdir()
    (checkout / "secret.tpl").write_text("secret")
    (checkout / "in/_link.tpl").symlink_to("../secret.tpl")
    look = scanning.Checkout(str(checkout / "in"))
    assert look(way) is None
    assert look.names(f"{way}/..") in ([], ["_link.tpl"])


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be somebody whom permissions concern, which they do not for root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_what_may_not_be_read_is_told(checkout: Path) -> None:
    (checkout / "closed").mkdir(mode=0)
    (checkout / "closed.yaml").write_text(POD)
    (checkout / "closed.yaml").chmod(0)
    opened = [checkout, *checkout.parents[:-2]]  # up to /tmp, which is open to all
    modes = [folder.stat().st_mode for folder in opened]
    try:
        for folder, mode in zip(opened, modes, strict=True):
            folder.chmod(mode | 0o055)
        with as_nobody():
            said = reasons(check(checkout))
    finally:
        for folder, mode in zip(opened, modes, strict=True):
            folder.chmod(mode)
        (checkout / "closed").chmod(0o700)
    assert said == dict.fromkeys(["closed", "closed.yaml"], "permission denied")


def test_a_file_may_vanish(checkout: Path) -> None:
    (checkout / "gone.yaml").write_text(POD)
    report = scan(checkout, lambda done, of: (checkout / "gone.yaml").unlink(True))
    assert sidecars(report) == [("log-shipper", 10)]
    assert reasons(report) == {"gone.yaml": "no such file or directory"}


def test_a_file_may_become_a_link(checkout: Path) -> None:
    (checkout / "swap.yaml").write_text(POD)

    def swap(done: int, of: int) -> None:
        (checkout / "swap.yaml").unlink()
        (checkout / "swap.yaml").symlink_to("/etc/passwd")

    assert "symbolic links" in reasons(scan(checkout, swap))["swap.yaml"]


def test_folders_may_be_deeper_than_a_path_may_be_long(checkout: Path) -> None:
    name = "deep-folder"
    here = os.open(checkout, os.O_RDONLY)
    for _ in range(500):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    try:
        (reason,) = reasons(check(checkout)).values()
        assert reason == "file name too long"
    finally:
        shutil.rmtree(checkout / name)


@pytest.mark.parametrize(
    "name",
    [
        *(b"{{ .Values.name }}.yaml", b"{% if x %}.yaml", b"[bold red]x[b].yaml"),
        *(b"\x1b[31mred.yaml", b"two\nlines.yaml", b"\xff\xfe.yaml", b"-rf.yaml"),
        *("\u202egnp.yaml".encode(), b" .yaml", b"a\\b.yaml", b"'\"`$(x).yaml"),
    ],
)
def test_a_file_may_be_called_anything(checkout: Path, name: bytes) -> None:
    (Path(os.fsencode(checkout).decode()) / os.fsdecode(name)).write_text(POD)
    report = check(checkout)
    assert sidecars(report, os.fsdecode(name)) == [("log-shipper", 10)]


# --- readers that fail


def breaks(how: Callable[[], object]) -> SimpleNamespace:
    """Return a reader that takes `bad.yaml` and breaks there."""

    def read(path: str, data: bytes, look: object) -> Iterator[object]:
        how()
        yield from ()

    return SimpleNamespace(suits=lambda path, data: path == "bad.yaml", read=read)


def forever() -> None:
    while True:
        try:
            sum(range(1000))
        except Exception:  # as a careless reader does
            continue


def endless_recursion() -> None:
    endless_recursion()


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (forever, "takes more than"),
        (lambda: re.match(r"(a*)*b", "a" * 50), "takes more than"),
        (endless_recursion, "reader failed: RecursionError"),
        (lambda: 1 // 0, "reader failed: ZeroDivisionError"),
        (lambda: b"a" * (1 << 62), "reader failed: (MemoryError|OverflowError)"),
    ],
)
def test_a_reader_that_fails_loses_no_other_file(
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: Callable[[], object],
    reason: str,
) -> None:
    (checkout / "bad.yaml").write_text(POD)
    monkeypatch.setattr(
        "sidecar_spotter.readers.readers_of",
        lambda form: (breaks(how), *readers_of(form)),
    )
    assert re.match(reason, reasons(check(checkout))["bad.yaml"])


def test_a_list_of_thousands_takes_no_longer_than_as_many_documents(
    checkout: Path,
) -> None:
    """What a cluster's backup holds is read once, and not once for each object."""
    told = f"{{kind: Widget, spec: {{sidecar: none, text: {'x' * 600}}}}}"
    pod = "".join(f"  {line}\n" for line in POD.splitlines())
    items = f"- {told}\n" * 4000 + "-" + pod[1:]
    (checkout / "all.yaml").write_text(f"kind: List\nitems:\n{items}")
    report = check(checkout)
    assert report.skipped == ()
    assert len(sidecars(report, "all.yaml")) == 1


def test_the_objects_of_the_caller_are_no_fault_of_a_file(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collection of millions of them can take longer than a file may."""
    monkeypatch.setattr(scanning, "SECONDS", 0.2)
    objects: list[list[object]] = []
    took = 0.0
    gc.disable()  # only for what it would cost here
    while took < 0.4 and len(objects) < 1 << 25:
        objects += [[] for _ in range(max(len(objects), 1 << 21))]
        started = time.process_time()
        gc.collect()
        took = time.process_time() - started
    gc.enable()
    judge = scanning.verdict.judge

    def judged(*group: Any, **how: Any) -> object:
        gc.collect()
        return judge(*group, **how)

    monkeypatch.setattr(scanning.verdict, "judge", judged)
    assert check(checkout).skipped == ()


def test_a_missing_libyaml_is_told(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sidecar_spotter.parse.FAST", False)
    (remark,) = check(checkout).remarks
    assert "libyaml" in remark


# --- two processes


@pytest.fixture
def many(checkout: Path) -> Path:
    """Give a checkout of many folders, some with what is skipped."""
    for number in range(40):
        folder = checkout / f"folder-{number:02}"
        folder.mkdir()
        (folder / "pod.yaml").write_text(POD)
        (folder / "bad.yaml").write_bytes(b"\xff" if number % 3 else POD.encode())
    return checkout


@pytest.mark.skipif(not two.possible(), reason="needs two processors, and fork")
def test_two_processes_find_what_one_finds(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    alone = scan(many)
    monkeypatch.setattr(scanning, "WORTH", 2)
    assert scan(many, lambda *counts: told.append(counts)) == alone
    assert told[-1] == (81, 81)
    assert all(done <= of == 81 for done, of in told)


@pytest.mark.skipif(not two.possible(), reason="needs two processors, and fork")
def test_the_second_process_may_die(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = scan(many)
    mine = os.getpid()

    def die(*anything: object) -> object:
        if os.getpid() != mine:
            os._exit(1)
        return load(*anything)

    load = scanning.load
    monkeypatch.setattr(scanning, "WORTH", 2)
    monkeypatch.setattr(scanning, "load", die)
    assert scan(many) == alone


@pytest.mark.skipif(not two.possible(), reason="needs two processors, and fork")
def test_an_interrupt_ends_both_processes(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(done: int, of: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scanning, "WORTH", 2)
    before = psutil.Process().children()
    with pytest.raises(KeyboardInterrupt):
        scan(many, interrupt)
    assert psutil.Process().children() == before


# --- anything

NAMES = st.sampled_from([*SAMPLES, "values.yaml", ".gitignore", "x/a.pod", "x/a.kube"])
PIECES = st.sampled_from(sorted({*WORDS, *"\n \t\r:-[]{}\"'`#&*|>,\\\u2028\xe9"}))


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """Draw a sample that is cut, doubled and filled with pieces at any place."""
    text = draw(st.sampled_from(sorted(SAMPLES.values())))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))
        middle = draw(
            st.one_of(
                st.just(""),
                st.just(text[start:end] * 2),
                st.lists(PIECES, max_size=5).map("".join),
            )
        )
        text = text[:start] + middle + text[end:]
    return text.encode()


@settings(max_examples=250, derandomize=True, deadline=None)
@given(files=st.dictionaries(NAMES, st.one_of(spoiled(), st.binary()), max_size=3))
def test_any_bytes_make_a_valid_report(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    root = tmp_path_factory.mktemp("checkout")
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    report = scan(root)
    shutil.rmtree(root)
    assert faults(report, files) == []
