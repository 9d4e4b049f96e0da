"""The EPUB: what it says of itself, and what a reader on an e-reader can do with it."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import ebook
import pytest
from bs4 import BeautifulSoup
from builds import Built, sphinx
from sources import DOCS, REPO, pages

Handbook = Callable[[str], Built]
NAMES = [path.relative_to(DOCS).with_suffix("").as_posix() for path in pages()]


@pytest.fixture(scope="session")
def files(handbook: Handbook) -> dict[str, bytes]:
    """Give what is packed into the EPUB, by name."""
    with zipfile.ZipFile(handbook("epub").folder / "sidecar-handbook.epub") as book:
        return {name: book.read(name) for name in book.namelist()}


def soup(content: bytes) -> BeautifulSoup:
    """Parse a page of the book."""
    return BeautifulSoup(content.decode("utf-8"), "html.parser")


def test_its_contents_are_three_levels_deep(files: dict[str, bytes]) -> None:
    """Page, section, subsection; and none deeper."""
    contents = soup(files["nav.xhtml"])
    assert len(contents.select("nav > ol > li > ol > li > ol > li > a")) > 50
    assert contents.select("ol ol ol ol") == []


def test_it_says_what_it_is(files: dict[str, bytes]) -> None:
    """Nothing is left at "unknown", and what it offers to the blind is said."""
    said = files["content.opf"].decode("utf-8")
    assert "unknown" not in said
    for name in ("alternativeText", "structuralNavigation", "tableOfContents"):
        assert f'<meta property="schema:accessibilityFeature">{name}</meta>' in said
    assert 'properties="cover-image"' in said
    assert files["_static/cover.png"] == (REPO / "images/cover.png").read_bytes()


def test_every_page_names_its_language(files: dict[str, bytes]) -> None:
    """A screen reader needs it to pronounce the words."""
    for name in NAMES:
        html = soup(files[f"{name}.xhtml"]).html
        assert html is not None
        assert (html["lang"], html["xml:lang"]) == ("en", "en"), name


def test_every_drawing_has_a_ground(files: dict[str, bytes]) -> None:
    """Dark lines stay readable where the page behind them is black."""
    drawings = [name for name in files if name.endswith(".svg") and "_images" in name]
    assert len(drawings) > 30
    for name in drawings:
        text = files[name].decode("utf-8")
        assert text.count('class="ground"') == 1, name
        assert "var(" not in text, name


def test_a_drawing_gets_one_ground() -> None:
    """A second build finds the first one's drawings."""
    svg = '<svg viewBox="0 6 20 10"><path d="M0 0"/></svg>'
    once = ebook.grounded(svg)
    assert '<rect class="ground" x="0" y="6" width="20" height="10"' in once
    assert ebook.grounded(once) == once


def test_answers_stand_apart_and_are_linked(files: dict[str, bytes]) -> None:
    """No answer is next to its question; links lead there and back."""
    count = 0
    for name in NAMES:
        page = soup(files[f"{name}.xhtml"])
        titles = {title.get_text() for title in page.select(".admonition-title")}
        assert not titles & {"Answer", "Solution"}, name
        for link in page.select('a[href^="#answer-"]'):
            count += 1
            place = str(link["href"])[1:]
            there = page.select_one(f".exercise-solution #{place}")
            assert there is not None, place
            back = there.parent.select_one("a.reference") if there.parent else None
            assert back is not None
            asked = page.find(id=str(back["href"])[1:])
            assert asked is not None
            assert asked.find_parent(class_="exercise-solution") is None
    assert count > 40


def test_it_is_the_same_when_built_again(handbook: Handbook, tmp_path: Path) -> None:
    """In another folder, at another time, it comes out byte for byte the same."""
    first = handbook("epub").folder
    known = ("-d", str(first / ".doctrees"))
    again = sphinx(DOCS, tmp_path / "again", "epub", *known)
    assert again.warnings == []
    name = "sidecar-handbook.epub"
    assert (again.folder / name).read_bytes() == (first / name).read_bytes()
