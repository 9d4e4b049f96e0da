"""The walk through a checkout, and what it makes of the bytes of one file."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sidecar_spotter.checkout.discover import discover
from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.load import LARGEST, Entry, as_text, load
from sidecar_spotter.model import Skipped
from sidecar_spotter.tree import Unreadable


def lay(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("a: 1\n")


def found(root: Path) -> list[str]:
    return [one.path for one in discover(root) if isinstance(one, Entry)]


def passed_over(root: Path) -> dict[str, str]:
    return {one.path: one.reason for one in discover(root) if isinstance(one, Skipped)}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.yaml", "yaml"),
        ("A.YML", "yaml"),
        ("deploy.yaml.j2", "yaml"),
        ("pod.yaml.golden", "yaml"),
        ("shop_test.yaml.snap", "yaml"),
        ("shop.test.ts.snap", None),
        ("task.json", "json"),
        ("main.tf", "hcl"),
        ("main.tf.json", "json"),
        ("job.nomad.tpl", "hcl"),
        ("app.bicep", "bicep"),
        ("web.container", "unit"),
        ("injector.go", "go"),
        ("_helpers.tpl", "template"),
        ("README.md", None),
        ("Dockerfile", None),
        (".yaml", None),
        ("yaml", None),
        ("notes.example", None),
    ],
)
def test_the_name_tells_how_a_file_is_written(name: str, form: str | None) -> None:
    assert form_of(name) == form


def test_files_come_in_one_order_before_the_folders_beside_them(tmp_path: Path) -> None:
    lay(tmp_path, "b/z.yaml", "b/a/x.yaml", "c.yaml", "a.yaml", "a/k.tf", "a/no.md")
    assert found(tmp_path) == ["a.yaml", "c.yaml", "a/k.tf", "b/z.yaml", "b/a/x.yaml"]


def test_other_peoples_files_are_passed_over(tmp_path: Path) -> None:
    lay(tmp_path, ".git/a.yaml", "x/node_modules/a.yaml", "vendor/a.go", ".ci/a.yml")
    assert found(tmp_path) == [".ci/a.yml"]


def test_a_file_may_be_the_root(tmp_path: Path) -> None:
    lay(tmp_path, "a.yaml")
    assert found(tmp_path / "a.yaml") == ["a.yaml"]


def test_a_root_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(discover(tmp_path / "none"))


# --- links


def test_a_link_that_leads_out_is_told(tmp_path: Path) -> None:
    lay(tmp_path, "out/secret.yaml", "in/a.yaml")
    root = tmp_path / "in"
    (root / "l.yaml").symlink_to(tmp_path / "out/secret.yaml")
    (root / "folder").symlink_to(tmp_path / "out")
    (root / "sneaky.yaml").symlink_to("../in/../out/secret.yaml")
    assert found(root) == ["a.yaml"]
    assert passed_over(root) == dict.fromkeys(
        ["folder", "l.yaml", "sneaky.yaml"], "a link that leads out of the checkout"
    )


def test_a_file_is_read_once_however_many_links_lead_to_it(tmp_path: Path) -> None:
    lay(tmp_path, "z/a.yaml", "z/plain")
    (tmp_path / "a.yaml").symlink_to("z/a.yaml")
    (tmp_path / "b.yaml").symlink_to("z/plain")
    (tmp_path / "c.yaml").symlink_to("b.yaml")
    (tmp_path / "again").symlink_to("z")
    assert found(tmp_path) == ["z/a.yaml", "b.yaml"]
    assert passed_over(tmp_path) == {}


def test_links_that_lead_nowhere_or_in_circles_are_told(tmp_path: Path) -> None:
    (tmp_path / "none.yaml").symlink_to("gone")
    (tmp_path / "x.yaml").symlink_to("y.yaml")
    (tmp_path / "y.yaml").symlink_to("x.yaml")
    (tmp_path / "self").symlink_to(".")
    assert found(tmp_path) == []
    assert set(passed_over(tmp_path)) == {"none.yaml", "x.yaml", "y.yaml"}


def test_a_root_may_be_a_link_itself(tmp_path: Path) -> None:
    lay(tmp_path, "real/a.yaml")
    (tmp_path / "link").symlink_to("real")
    assert found(tmp_path / "link") == ["a.yaml"]


# --- ignore files


def test_ignore_files_hold_below_their_folder(tmp_path: Path) -> None:
    lay(tmp_path, "a.yaml", "x/a.yaml", "x/b.yaml", "x/y/b.yaml", "build/c.yaml")
    lay(tmp_path, "x/keep/b.yaml")
    (tmp_path / ".gitignore").write_text("# none\nbuild/\n/a.yaml\n")
    (tmp_path / "x/.gitignore").write_text("b.yaml\n")
    (tmp_path / "x/keep/.gitignore").write_text("!b.yaml\n")
    (tmp_path / ".git/info").mkdir(parents=True)
    (tmp_path / ".git/info/exclude").write_text("y/\n")
    assert found(tmp_path) == ["x/a.yaml", "x/keep/b.yaml"]


def test_an_ignore_file_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    lay(tmp_path, "in/a.yaml")
    (tmp_path / "rules").write_text("*\n")
    (tmp_path / "in/.git").mkdir()
    (tmp_path / "in/.gitignore").symlink_to("../rules")
    assert found(tmp_path / "in") == ["a.yaml"]


def test_an_archive_holds_only_what_was_kept(tmp_path: Path) -> None:
    lay(tmp_path, "a.yaml", "x/b.yaml")
    (tmp_path / ".gitignore").write_text("*\n")
    assert found(tmp_path) == ["a.yaml", "x/b.yaml"]
    (tmp_path / ".git").mkdir()
    assert found(tmp_path) == []
    assert found(tmp_path / "x") == ["b.yaml"]  # its rules stand outside


@pytest.mark.skipif(not shutil.which("git"), reason="has git keep files")
@pytest.mark.parametrize(("version", "kept"), [("2", True), ("3", True), ("4", False)])
def test_what_git_keeps_is_read_though_it_is_ignored(
    tmp_path: Path, version: str, kept: bool
) -> None:
    names = ["y.yaml", "x/a.yaml", "x/in/b.yaml", "build/x/a.yaml", "build/c.yaml"]
    lay(tmp_path, *names, "free.yaml")
    (tmp_path / ".gitignore").write_text("x\nbuild\n/y.yaml\n")
    git = ["git", "-c", f"index.version={version}", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-f", "x/in/b.yaml", "y.yaml"], check=True)
    said = set(found(tmp_path))
    both = {"x/in/b.yaml", "y.yaml"}
    assert said - both == {"free.yaml"}
    assert both <= said or not kept


@pytest.mark.parametrize("index", [b"", b"DIRC", b"DIRC" + b"\0" * 999, b"\xff" * 99])
def test_a_spoiled_index_keeps_nothing(tmp_path: Path, index: bytes) -> None:
    lay(tmp_path, "a.yaml", "x/b.yaml")
    (tmp_path / ".gitignore").write_text("x/\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/index").write_bytes(index)
    assert found(tmp_path) == ["a.yaml"]


RULES = st.lists(
    st.sampled_from(
        [
            *("a", "b/", "/a", "a/b", "a/**", "**/b", "a/**/b", "*", "*/", "!*/"),
            *("!a", "!b/", "!a/b", "*.yaml", "!a.yaml", "!*.yaml", "[ab]", "\\!a"),
            *("a/*", "!a/*", "**", "a/**/", "b?yaml", "c.yaml ", "/*/b", "!/a/a/"),
        ]
    ),
    max_size=4,
)


@pytest.mark.skipif(not shutil.which("git"), reason="asks git what it ignores")
@settings(max_examples=60, derandomize=True, deadline=None)
@given(top=RULES, inner=RULES)
def test_git_ignores_the_same(
    tmp_path_factory: pytest.TempPathFactory, top: list[str], inner: list[str]
) -> None:
    root = tmp_path_factory.mktemp("checkout")
    names = ("a.yaml", "b.yaml", "c.yaml")
    folders = ("", "a/", "b/", "a/a/", "a/b/", "b/a/", "a/b/a/")
    lay(root, *(folder + name for folder in folders for name in names))
    (root / ".gitignore").write_text("\n".join(top) + "\n")
    (root / "a/.gitignore").write_text("\n".join(inner) + "\n")
    git = ["git", "-c", "core.excludesFile=", "-C", str(root)]
    subprocess.run([*git, "init", "-q"], check=True)
    listed = [*git, "ls-files", "-co", "--exclude-standard"]
    files = subprocess.run(listed, check=True, capture_output=True, text=True).stdout
    assert sorted(found(root)) == sorted(re.findall(r"\S+\.yaml", files))


@pytest.mark.parametrize("rule", ["*a" * 60 + "b", "a/**/" * 40 + "b", "[[" * 99, "\\"])
def test_no_ignore_rule_holds_the_walk_up(tmp_path: Path, rule: str) -> None:
    name = "a" * 250 + ".tf"
    lay(tmp_path, name)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text(f"{rule}\n" * 50)
    assert found(tmp_path) == [name]


def test_ignore_rules_have_an_end(tmp_path: Path) -> None:
    lay(tmp_path, "x1500.tf", "x10.tf")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("".join(f"x{n}.tf\n" for n in range(2000)))
    assert found(tmp_path) == ["x1500.tf"]
    assert passed_over(tmp_path) == {".gitignore": "has more than 1000 rules in force"}


# --- one file


def test_a_text_keeps_its_lines() -> None:
    assert as_text(b"a\r\nb\r\n") == b"a\nb\n"
    assert as_text(b"a\rb\n") == b"a b\n"
    assert as_text(b"a\rb") == b"a\nb"
    assert as_text("a\u2028b\nc\x85".encode()) == b"a   b\nc  "
    assert as_text(b"\xef\xbb\xbfa") == b"a"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith("be") else ""
    assert as_text((mark + "é: 1\n").encode(encoding)) == "é: 1\n".encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a\n\xff", "not UTF-8 (line 2)"),
        (b"a\0b", "binary: it has NUL bytes"),
        (b"\xff\xfea\0\0\xd8", "not UTF-16-LE, as its mark says"),
    ],
)
def test_what_is_no_text_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        as_text(data)
    assert str(caught.value) == reason


def test_no_more_is_read_than_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.touch()
    os.truncate(path, LARGEST + 1)
    with pytest.raises(Unreadable, match="larger than 8,192 KiB"):
        load(str(tmp_path), Entry("big.yaml"))
