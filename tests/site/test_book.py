"""The PDF as a printer would judge it: what is in it, and where on the page."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import checks
import pytest
from bs4 import BeautifulSoup
from builds import Built, sphinx, typeset
from pypdf import PdfReader
from sources import DOCS, all_diagrams

Handbook = Callable[[str], Built]

# In points. The text is 420 wide on every paper; numbers of lines stand beside it.
TEXT, BESIDE = 420, 20
HEAD, FOOT = 50, 40
PARTS = ["The pattern", "In context", "Labs", "Recap and talk", "Reference", "Appendix"]


@dataclass(frozen=True)
class Word:
    """A word on a page, and its box."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    text: str


@pytest.fixture(scope="session")
def pdf(handbook: Handbook) -> Path:
    """Make the PDF, or skip with the reason where TeX is missing."""
    if not shutil.which("latexmk") or not shutil.which("xelatex"):
        pytest.skip("needs XeLaTeX and latexmk; nox -s pdf names the packages")
    return typeset(handbook("latex").folder)


@pytest.fixture(scope="session")
def book(pdf: Path) -> PdfReader:
    """Give the PDF, read."""
    return PdfReader(pdf)


@pytest.fixture(scope="session")
def log(pdf: Path) -> str:
    """Give what LaTeX said."""
    return pdf.with_suffix(".log").read_text(encoding="utf-8", errors="replace")


@pytest.fixture(scope="session")
def texts(pdf: Path) -> list[str]:
    """Give the text of every page."""
    said = poppler("pdftotext", "-layout", str(pdf), "-")
    return said.split("\f")[:-1]


def poppler(*command: str) -> str:
    """Run a program of poppler, or skip where it is missing."""
    if not shutil.which(command[0]):
        pytest.skip("needs: apt-get install poppler-utils")
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout


def outline(entries: list[Any], level: int = 0) -> Iterator[tuple[int, str]]:
    """Yield the level and the title of each bookmark."""
    for entry in entries:
        if isinstance(entry, list):
            yield from outline(entry, level + 1)
        else:
            yield level, str(entry.title)


def test_it_has_its_parts_and_every_page_in_order(
    handbook: Handbook, book: PdfReader
) -> None:
    """The bookmarks are the menu of the site, in its order, below the parts."""
    html = (handbook("html").folder / "index.html").read_text(encoding="utf-8")
    menu = BeautifulSoup(html, "html.parser").select(".sidebar-tree a.reference")
    wanted = [link.get_text() for link in menu]
    found = list(outline(book.outline))
    titles = [title for level, title in found if level < 2]
    assert [title for title in titles if title in wanted] == wanted
    assert [title for level, title in found if level == 0 and title in PARTS] == PARTS
    assert titles[0] == "To the reader"
    assert titles[-1] == "Index"


def test_its_contents_have_parts_chapters_and_sections(texts: list[str]) -> None:
    """The contents say the page, and leave out how every chapter ends."""
    start = next(i for i, text in enumerate(texts) if "Contents" in text)
    end = next(i for i, text in enumerate(texts) if "To the reader\n" in text[:200])
    contents = "".join(texts[start:end])
    assert 3 <= end - start <= 8
    assert re.search(r"Part II\b.*In context +\d+", contents)
    assert re.search(r"1 +Define the sidecar pattern +\d+", contents)
    assert re.search(r"1\.1 +Two programs and one file[ .]+\d+", contents)
    assert "Check yourself" not in contents
    assert re.search(r"^ *Index +\d+", contents, re.MULTILINE)


def test_it_says_what_it_is(book: PdfReader) -> None:
    """Title, author, subject and language are set, and a window shows the title."""
    said = book.metadata
    assert said is not None
    assert said.title == "The Sidecar Handbook"
    assert said.author == "The Sidecar Handbook contributors"
    assert str(said.subject).startswith("What the sidecar pattern is")
    root: Any = book.trailer["/Root"]
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_every_glyph_is_there(log: str) -> None:
    """No character is missing from the fonts."""
    assert list(checks.missing_glyphs(log)) == []


def test_nothing_sticks_out(log: str) -> None:
    """No line and no page is fuller than it can be."""
    assert list(checks.overfull_boxes(log)) == []


def test_every_reference_is_there(log: str, texts: list[str]) -> None:
    """No reference is left open."""
    assert "There were undefined references" not in log
    assert "multiply defined" not in log
    assert [number for number, text in enumerate(texts, 1) if "??" in text] == []


def test_references_say_the_page(book: PdfReader, texts: list[str]) -> None:
    """A reader on paper is told where to look; those pages are there."""
    pages = [int(n) for text in texts for n in re.findall(r"\bpage (\d+)[),;]", text)]
    assert len(pages) > 300
    assert 0 < min(pages) < max(pages) <= int(book.page_labels[-1])


def test_figures_and_tables_have_numbers(texts: list[str]) -> None:
    """Numbers begin with the chapter's and leave none out."""
    text = "\n".join(texts)
    for kind in ("Figure", "Table", "Listing"):
        numbers = [
            (chapter, int(number))
            for chapter, number in re.findall(
                rf"^ *{kind} (\d+|[A-Z])\.(\d+) +(?!\S+ continued)\S",
                text,
                re.MULTILINE,
            )
        ]
        assert len(numbers) > 20
        for chapter in {chapter for chapter, _ in numbers}:
            mine = [number for of, number in numbers if of == chapter]
            assert mine == list(range(1, len(mine) + 1)), f"{kind} {chapter}"


def test_every_diagram_is_there_as_lines(log: str, pdf: Path) -> None:
    """As many drawings as in the source, and none of them made of dots."""
    drawn = set(re.findall(r"diagram-[0-9a-f]+\.pdf", log.replace("\n", "")))
    sources = {
        f.content if f.name == "{mermaid}" else (f.argument, str(f.options), f.content)
        for f in all_diagrams()
    }
    assert len(drawn) == len(sources)
    listed = poppler("pdfimages", "-list", str(pdf)).splitlines()
    assert listed[2:] == [], "a picture of dots"


def test_every_link_leads_somewhere(book: PdfReader) -> None:
    """Each link within the book names a place that it has."""
    there = set(book.named_destinations)
    links = [target for page in book.pages for target in targets(page)]
    assert len(links) > 2000
    assert [link for link in links if link not in there] == []


def targets(page: Any) -> Iterator[str]:
    """Yield the names of the places to which the links of a page lead."""
    for annotation in page.get("/Annots") or []:
        link = annotation.get_object()
        action = link.get("/A", {})
        place = link.get("/Dest") or (
            action.get("/D") if action.get("/S") == "/GoTo" else None
        )
        if place is not None:
            yield place.decode() if isinstance(place, bytes) else str(place)


def test_fonts_are_embedded_and_few(pdf: Path) -> None:
    """Every font is in the file: one for text, one for heads, one for code."""
    rows = [row.split() for row in poppler("pdffonts", str(pdf)).splitlines()[2:]]
    assert rows
    assert [row[0] for row in rows if row[-5] != "yes"] == []
    families = {re.split(r"[-+]", row[0])[1] for row in rows}
    assert families == {
        *("TeXGyrePagella", "TeXGyreHeros"),
        *("DejaVuSansMono", "DejaVuSans"),
    }


def test_the_text_keeps_to_its_margins(pdf: Path) -> None:
    """No word stands outside the type area."""
    out = [
        word
        for word in words(pdf)
        if word.left < (595.28 - TEXT) / 2 - BESIDE
        or word.right > (595.28 + TEXT) / 2 + 3
        or word.top < HEAD
        or word.bottom > 841.89 - FOOT
    ]
    assert out == []


def test_no_page_within_a_chapter_is_half_empty(pdf: Path, texts: list[str]) -> None:
    """What is too high for the rest of a page does not take the text along."""
    low = dict.fromkeys(range(1, len(texts) + 1), 0.0)
    for word in words(pdf):
        if word.bottom < 841.89 - 70:  # above the number of a chapter's first page
            low[word.page] = max(low[word.page], word.bottom)
    head = re.compile(r"(?!Chapter|Appendix)(?:\d+ +\S.*|.*\S +\d+)\n")
    within = [
        page for page in low if page < len(texts) and head.match(texts[page].lstrip())
    ]
    assert len(within) > 250
    block = 841.89 - 92 - 84
    filled = {page: (low[page] - 92) / block for page in within}
    assert {page: part for page, part in filled.items() if part < 0.5} == {}
    # A row of a long table may stay whole now and then.
    assert len([part for part in filled.values() if part < 0.65]) <= 3


def test_the_way_to_an_answer_stays_with_the_question(texts: list[str]) -> None:
    """No page begins with it, below its head."""
    first = [
        [line for line in text.splitlines() if line.strip()][1:2] for text in texts
    ]
    leads = re.compile(r"\s*(?:Answer|Solution: .+|Solution) \(page \d+\)")
    assert sum(len(leads.findall(text)) for text in texts) > 100
    assert [line for line in first if line and leads.match(line[0])] == []


def words(pdf: Path) -> Iterator[Word]:
    """Yield all words of the book."""
    page = 0
    box = re.compile(
        r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)<'
    )
    for line in poppler("pdftotext", "-bbox", str(pdf), "-").splitlines():
        page += "<page" in line
        if found := box.search(line):
            left, top, right, bottom = map(float, found.groups()[:4])
            yield Word(page, left, top, right, bottom, found[5])


def test_pages_have_running_heads(book: PdfReader, texts: list[str]) -> None:
    """On the left the chapter, on the right the section, each with the page."""
    labels = list(book.page_labels)
    heads = {
        label: text.lstrip("\n").split("\n")[0].strip()
        for label, text in zip(labels, texts, strict=True)
    }
    assert re.fullmatch(r"8 +1 +Define the sidecar pattern", heads["8"])
    left = [h for label, h in heads.items() if re.match(rf"{label} +\S", h)]
    right = [h for label, h in heads.items() if re.search(rf"\S +{label}$", h)]
    assert len(left) + len(right) > 0.8 * len(labels)


def test_the_index_says_where_a_term_is_used(texts: list[str]) -> None:
    """Not where it is defined alone."""
    start = min(n for n, text in enumerate(texts) if text.strip().startswith("Index"))
    index = "".join(texts[start:])
    for term in ("ambassador", "emptyDir", "native sidecar"):
        assert re.search(rf"\b{term}, \d+, \d+, \d+", index), term
    assert re.search(r"\bLinkerd, \d+", index), "a project"


def test_answers_stand_in_the_appendix(handbook: Handbook) -> None:
    """No answer is next to its question, and each of the two leads to the other."""
    tex = (handbook("latex").folder / "sidecar-handbook.tex").read_text("utf-8")
    before, appendix = tex.split(r"\chapter{Solutions}")
    asked = re.findall(r"label\{\\detokenize\{[\w/]+:(asked-[\w-]+)\}", before)
    assert len(asked) > 40
    for name in asked:
        place = name.replace("asked-", "answer-")
        assert rf"solutions:{place}}}" in before, name
        assert rf"\label{{\detokenize{{solutions:{place}}}}}" in appendix, name
        assert re.search(rf"hyperref\[\\detokenize{{[\w/]+:{name}}}", appendix), name


def test_it_is_small_enough_to_send(pdf: Path) -> None:
    """It stays below 5 MB."""
    assert pdf.stat().st_size < 5_000_000


def test_it_is_the_same_when_built_again(pdf: Path, tmp_path: Path) -> None:
    """In another folder, at another time, it comes out byte for byte the same."""
    again = shutil.copytree(pdf.parent, tmp_path / "again")
    (again / pdf.name).unlink()
    assert typeset(again, "-g").read_bytes() == pdf.read_bytes()


def test_it_can_be_set_for_us_letter(handbook: Handbook, tmp_path: Path) -> None:
    """One option changes the paper; the text stays as wide."""
    known = handbook("latex").folder / ".doctrees"
    option = ("-D", "latex_elements.papersize=letterpaper", "-d", str(known))
    built = sphinx(DOCS, tmp_path / "letter", "latex", *option)
    assert built.warnings == []
    tex = (built.folder / "sidecar-handbook.tex").read_text("utf-8")
    assert r"\documentclass[letterpaper," in tex
