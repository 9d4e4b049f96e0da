"""What holds for the repository around the handbook."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from sources import REPO

PYPROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))


def test_one_version() -> None:
    """Package, site, citation and changelog name the same version."""
    version = PYPROJECT["project"]["version"]
    conf = (REPO / "docs" / "conf.py").read_text(encoding="utf-8")
    citation = yaml.safe_load((REPO / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (REPO / "CHANGELOG.md").read_text(encoding="utf-8")
    shown = re.search(r'version = release = "([\d.]+)"', conf)
    assert shown is not None
    assert shown[1] == ".".join(version.split(".")[:2])
    assert citation["version"] == version
    assert f"## {version} " in changelog


@pytest.mark.parametrize("group", PYPROJECT["dependency-groups"])
def test_every_group_is_locked(group: str) -> None:
    """Each group has a lock with a hash for each package, and no address in it."""
    text = (REPO / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
    pins = re.findall(r"(?m)^[\w.-]+(?:\[[\w,]+\])?==", text)
    assert pins
    blocks = re.split(r"(?m)^(?=[\w.-]+(?:\[[\w,]+\])?==)", text)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_actions_are_pinned() -> None:
    """Every action of the hosted runs is named by a commit."""
    for path in (REPO / ".github" / "workflows").glob("*.yml"):
        for action in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8")):
            assert re.search(r"@[0-9a-f]{40}$", action), f"{path.name}: {action}"


def test_the_readme_has_two_commands() -> None:
    """The README's commands stand alone on one line each."""
    text = (REPO / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"(?m)^python3 -m venv \.venv && .*$", text)
    assert [command.split()[-1] for command in commands] == ["docs", "tests"]


def test_every_job_says_what_it_does() -> None:
    """`nox -l` lists every session with one line."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("nox")), "-l"],
        cwd=REPO,
        capture_output=True,
        text=True,
        timeout=60,
    )
    jobs = re.findall(r"(?m)^[-*] (\w+)(?: -> (.+))?$", done.stdout)
    assert {
        "docs",
        "serve",
        "pdf",
        "epub",
        "doctest",
        "linkcheck",
        "tests",
        "lint",
    } <= {name for name, _ in jobs}
    assert all(words for _, words in jobs)


@pytest.mark.parametrize(
    ("job", "package"), [("pdf", "latexmk"), ("slides", "chromium")]
)
def test_a_missing_tool_is_one_line(tmp_path: Path, job: str, package: str) -> None:
    """A job that lacks a tool of the system names the packages, and does nothing."""
    scripts = Path(sys.executable).parent
    done = subprocess.run(
        [str(scripts / "nox"), "--envdir", str(tmp_path), "-s", job],
        cwd=REPO,
        env={"PATH": str(scripts), "HOME": str(tmp_path), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert re.findall(rf"{job} needs: apt-get install .*{package}.*", said), said
    assert "sphinx-build" not in said
    assert "install --require-hashes" not in said
