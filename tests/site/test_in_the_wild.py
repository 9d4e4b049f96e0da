"""The files of real projects on which a page shows the spotter's report."""

import hashlib
import re
from pathlib import Path

import pytest
from projects import read_places
from sources import DOCS, REPO

WILD = REPO / "examples" / "in_the_wild"
FOLDERS = sorted(path for path in WILD.iterdir() if "+" in path.name)
PLACES = read_places(DOCS / "projects.toml").values()


def said(folder: Path) -> dict[str, str]:
    """Return the table in the README of a folder."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\w' ]+) \| (.+) \|$", text, re.MULTILINE)
    return {what: where.strip("`<>") for what, where in rows}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_file_is_as_its_project_has_it(folder: Path) -> None:
    """The folder holds the one file that its README names, and nobody changed it."""
    readme = said(folder)
    repo = folder.name.replace("+", "/")
    assert readme["repository"] == f"https://github.com/{repo}"
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert files == {"README.md", readme["path"]}
    data = (folder / readme["path"]).read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False)
    assert blob.hexdigest() == readme["git's hash of the file"]
    assert len(data.splitlines()) < 200


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_file_has_its_license(folder: Path) -> None:
    """The license's text lies where the README says."""
    link = re.search(r"\]\((.+?)\)", said(folder)["license"])
    assert link is not None
    text = (folder / link[1]).read_text(encoding="utf-8")
    assert "Apache License" in text


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_link_leads_to_what_is_shown(folder: Path) -> None:
    """The permanent link names this commit, and its lines hold what it says."""
    readme = said(folder)
    repo = folder.name.replace("+", "/")
    key = (repo, readme["commit"], readme["path"])
    places = [p for p in PLACES if (p.repo, p.commit, p.path) == key]
    assert places
    lines = (folder / readme["path"]).read_text(encoding="utf-8").splitlines()
    for place in places:
        first, _, last = place.lines.partition("-")
        linked = lines[int(first) - 1 : int(last or first)]
        assert any(place.says in line for line in linked), place.key
