"""The paths through the handbook: pages in order, with the minutes that they take."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from builds import Built, sphinx
from sources import DOCS

Handbook = Callable[[str], Built]
DOORS = ("path-learn", "path-identify", "path-teach", "path-run")


def rows(table: Tag) -> list[list[str]]:
    """Return the words of a table's cells."""
    found = [
        [cell.get_text().strip() for cell in row.find_all("td")]
        for row in table.select("tbody tr")
    ]
    return [
        [words.replace("\N{NO-BREAK SPACE}", " ") for words in row] for row in found
    ]


@pytest.mark.parametrize("door", DOORS)
def test_each_door_says_what_it_needs(handbook: Handbook, door: str) -> None:
    """A door has what one needs, the pages in order with minutes, and what is next."""
    text = (handbook("html").folder / "paths.html").read_text(encoding="utf-8")
    start = BeautifulSoup(text, "html.parser").find(id=door)
    assert start is not None
    section = start if start.name == "section" else start.find_parent("section")
    assert section is not None
    words = section.get_text()
    assert "You need" in words
    assert "What next:" in words
    *pages, total = rows(section.select_one("table"))  # type: ignore[arg-type]
    assert len(pages) >= 4
    for title, read, _ in pages:
        assert re.fullmatch(r"\d+ min", read), title
    assert total[0] == "Together"


def book(root: Path, words: int) -> Path:
    """Make a book with a path over two pages, one of them with so many words."""
    source = root / "docs"
    (source / "exercises").mkdir(parents=True, exist_ok=True)
    (source / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(DOCS / '_ext')!r})\n"
        "extensions = ['myst_parser', 'paths']\nproject = 'Demo'\n"
    )
    (source / "paths.md").write_text(
        "# Paths\n\n```{path} In this order\nlong\nshort + 20\n```\n\n"
        "```{toctree}\nlong\nshort\n```\n"
    )
    (source / "long.md").write_text(
        "(long)=\n# A long page\n\n" + "word " * words + "\n\n"
        "```text\n" + "listing " * 1000 + "\n```\n"
    )
    (source / "short.md").write_text("(short)=\n# A short page\n\nOne word.\n")
    return source


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_minutes_are_counted(tmp_path: Path, jobs: str) -> None:
    """Words are counted without listings, at 200 a minute, by several processes too."""
    source = book(tmp_path, words=590)
    options = ("-j", jobs, "-D", "root_doc=paths")
    built = sphinx(source, tmp_path / "out", "html", *options)
    assert built.warnings == []
    page = BeautifulSoup((tmp_path / "out/paths.html").read_text(), "html.parser")
    table = page.select_one("table")
    assert table is not None
    assert rows(table) == [
        ["A long page", "3 min", ""],
        ["A short page", "1 min", "20 min"],
        ["Together", "4 min", "20 min"],
    ]


def test_a_page_that_grows_takes_longer(tmp_path: Path) -> None:
    """The path follows a page that was changed, without a build from nothing."""
    for words, minutes in ((190, "1 min"), (1990, "10 min")):
        source = book(tmp_path, words)
        sphinx(source, tmp_path / "out", "html", "-D", "root_doc=paths")
        text = (tmp_path / "out/paths.html").read_text(encoding="utf-8")
        table = BeautifulSoup(text, "html.parser").select_one("table")
        assert table is not None
        assert rows(table)[0] == ["A long page", minutes, ""]


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A page of the path that is none is a warning with the line."""
    source = book(tmp_path, 10)
    page = source / "paths.md"
    page.write_text(page.read_text().replace("short + 20", "short plus 20"))
    built = sphinx(source, tmp_path / "out", "html", "-D", "root_doc=paths")
    assert ["short plus 20" in warning for warning in built.warnings] == [True]
