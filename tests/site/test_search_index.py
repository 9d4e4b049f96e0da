"""The index of the search: when it is made, and of what."""

import json
from pathlib import Path

import pytest
from builds import Built, sphinx
from sources import DOCS


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a folder with two pages."""
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(DOCS / '_ext')!r})\n"
        "extensions = ['myst_parser', 'search_index']\n"
    )
    (tmp_path / "index.md").write_text(
        "# First\n\nA motorcycle.\n\n```{toctree}\nsecond\n```\n"
    )
    (tmp_path / "second.md").write_text("# Second\n\nA car.\n")
    return tmp_path


def indexed(built: Built) -> int:
    """Return how many pages the index of a build has."""
    entry = json.loads((built.folder / "pagefind/pagefind-entry.json").read_text())
    return int(entry["languages"]["en"]["page_count"])


def test_every_page_is_indexed_and_no_other(project: Path) -> None:
    """The pages are in it, not the search page itself; one that goes, goes."""
    built = sphinx(project, project / "out", "html")
    assert built.warnings == []
    assert indexed(built) == 2
    (project / "second.md").unlink()
    (project / "index.md").write_text("# First\n\nA motorcycle.\n")
    assert indexed(sphinx(project, project / "out", "html")) == 1


def test_what_is_served_is_what_is_used(project: Path) -> None:
    """Pagefind's own boxes and styles, four fifths of it, are left out."""
    folder = sphinx(project, project / "out", "html").folder / "pagefind"
    assert (folder / "pagefind.js").is_file()
    assert [path.name for path in folder.glob("*ui*")] == []
    assert list(folder.glob("*.css")) == []


def test_without_a_program_the_build_goes_on(project: Path) -> None:
    """It says so in one line, without a warning, and leaves no old index."""
    sphinx(project, project / "out", "html")
    (project / "second.md").write_text("# Second\n\nA boat.\n")
    nowhere = str(project / "nowhere")
    built = sphinx(project, project / "out", "html", PAGEFIND_BINARY_PATH=nowhere)
    assert (built.status, built.warnings) == (0, [])
    assert len([line for line in built.said.splitlines() if "Pagefind" in line]) == 1
    assert not (built.folder / "pagefind").exists()


def test_other_forms_have_none(project: Path) -> None:
    """An EPUB has no search of this kind."""
    built = sphinx(project, project / "out", "epub", "-D", "epub_basename=demo")
    assert not (built.folder / "pagefind").exists()


def test_two_builds_make_the_same_index(project: Path) -> None:
    """Made twice from nothing, the index is the same to the byte."""
    made = [
        {
            path.name: path.read_bytes()
            for path in (
                sphinx(project, project / out, "html").folder / "pagefind"
            ).rglob("*")
            if path.is_file()
        }
        for out in ("one", "two")
    ]
    assert made[0]
    assert made[0] == made[1]
