"""What holds for the built handbook: HTML, EPUB, LaTeX, PDF and doctest."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import checks
import pytest
from bs4 import BeautifulSoup
from builds import Built
from markup import parsed
from published import addresses, listed
from sources import DOCS, all_diagrams, pages

Handbook = Callable[[str], Built]
NAMES = [path.relative_to(DOCS).with_suffix("").as_posix() for path in pages()]
DOCTEST_EXAMPLES = 40


@pytest.mark.parametrize("builder", ["html", "epub", "latex", "doctest"])
def test_no_warnings(handbook: Handbook, builder: str) -> None:
    """Every form builds without a warning, strictly and offline."""
    built = handbook(builder)
    assert built.warnings == []
    assert built.status == 0, built.said[-3000:]


def test_examples_ran(handbook: Handbook) -> None:
    """The examples on the pages ran, and none of them failed."""
    said = handbook("doctest").said
    total = re.search(r"^\s*(\d+) tests?$", said, re.MULTILINE)
    assert total is not None, said[-2000:]
    assert int(total[1]) >= DOCTEST_EXAMPLES
    assert "0 failures in tests" in said


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "check",
    [
        checks.swallowed_directives,
        checks.heading_jumps,
        checks.bare_figures,
        checks.wide_listings,
    ],
    ids=lambda check: check.__name__,
)
def test_page(handbook: Handbook, name: str, check: Callable[[str], list[str]]) -> None:
    """Each page is what its author meant."""
    html = handbook("html").folder / f"{name}.html"
    assert list(check(html.read_text(encoding="utf-8"))) == []


def test_diagrams_are_in_every_form(handbook: Handbook) -> None:
    """No diagram of the source is missing from a form of the handbook."""
    html = handbook("html").folder
    tex = (handbook("latex").folder / "sidecar-handbook.tex").read_text()
    counts = {
        "source": len(all_diagrams()),
        "HTML": sum(
            len(soup(path).select(".diagram svg")) for path in html.rglob("*.html")
        ),
        "EPUB": sum(
            len(parsed(text).select("img.diagram"))
            for text in epub_pages(handbook("epub"))
        ),
        "LaTeX": tex.split(r"\begin{document}")[1].count(r"\sphinxdiagram{"),
    }
    assert counts["source"] > 0
    assert list(checks.unequal_counts(counts)) == []


def test_drawings_of_the_epub_are_in_it(handbook: Handbook) -> None:
    """Every picture that the EPUB names is packed, and says what it shows."""
    with zipfile.ZipFile(epub_file(handbook("epub"))) as archive:
        names = set(archive.namelist())
        for page in names:
            if not page.endswith(".xhtml"):
                continue
            text = archive.read(page).decode()
            for image in parsed(text).find_all("img"):
                file = (Path("/") / Path(page).parent / str(image["src"])).resolve()
                assert str(file)[1:] in names, f"{page}: {image['src']}"
                assert len(str(image.get("alt", ""))) >= 10


def test_every_page_is_in_every_form(handbook: Handbook) -> None:
    """The EPUB and the PDF have every page, in the order of the site's menu."""
    html = handbook("html").folder
    menu = soup(html / "index.html").select(".sidebar-tree a.reference")
    titles = [link.get_text() for link in menu]
    assert len(titles) == len(NAMES) - 1  # the first page stands above the menu
    tex = (handbook("latex").folder / "sidecar-handbook.tex").read_text()
    tex = tex.replace(r"\sphinxhyphen{}", "-")
    assert re.findall(r"\\chapter\{(.+)\}", tex) == titles
    packed = [parsed(text) for text in epub_pages(handbook("epub"))]
    assert {title_of(page) for page in packed} >= set(titles)
    with zipfile.ZipFile(epub_file(handbook("epub"))) as archive:
        contents = parsed(archive.read("nav.xhtml").decode())
    listed_titles = [link.get_text() for link in contents.find_all("a")]
    assert [title for title in listed_titles if title in titles] == titles


def test_the_menu_marks_the_page_that_is_open(handbook: Handbook) -> None:
    """The entry of the page, no other, is marked, for the eye and for the ear."""
    html = handbook("html").folder
    for name in NAMES:
        page = soup(html / f"{name}.html")
        marked = page.select(".sidebar-tree [aria-current=page]")
        shown = page.select(".sidebar-tree .current-page > a")
        assert marked == shown, name
        titles = [link.get_text() for link in marked]
        assert titles == ([] if name == "index" else [title_of(page)]), name


def test_tabs_and_cards_are_readable_on_paper(handbook: Handbook) -> None:
    """LaTeX gets boxes and lists where the site has tabs, dropdowns and cards."""
    tex = (handbook("latex").folder / "sidecar-handbook.tex").read_text()
    assert list(checks.clickable_in_print(tex)) == []


def test_internal_links(handbook: Handbook) -> None:
    """Every link within the site reaches a page, and the place it names there."""
    root = handbook("html").folder
    broken = []
    for path in root.rglob("*.html"):
        for link in soup(path).find_all("a", href=True):
            parts = urlsplit(str(link["href"]))
            if parts.scheme or parts.netloc:
                continue
            # The page for addresses that are none names places from the host on.
            place = unquote(parts.path).removeprefix("/en/latest/")
            start = root if parts.path.startswith("/en/latest/") else path.parent
            file = start / place if parts.path else path
            if file.resolve().is_relative_to(root.resolve() / "talk" / "deck"):
                continue  # another build puts it there: tests/talk looks
            if not reaches(file, unquote(parts.fragment)):
                broken.append(f"{path.name} -> {link['href']}")
    assert broken == []


def test_a_citation_leads_to_its_source(handbook: Handbook) -> None:
    """A citation shows the key of its entry and leads to it on the resources page."""
    page = soup(handbook("html").folder / "pattern" / "define.html")
    citation = page.find("a", string="burns2016")
    assert citation is not None
    assert str(citation["href"]).startswith("../reference/resources.html#")


def test_sources_stand_below_their_headings(handbook: Handbook) -> None:
    """The PDF lists the sources where the page does, and not in a heap at the end."""
    tex = (handbook("latex").folder / "sidecar-handbook.tex").read_text()
    resources = tex.split(r"\chapter{Resources}")[1].split(r"\chapter{")[0]
    assert resources.count(r"\begin{sphinxthebibliography}") > 5
    assert resources.count(r"\bibitem[") == tex.count(r"\bibitem[")


def test_published_addresses(handbook: Handbook) -> None:
    """No address that was published is gone: give a redirect in conf.py first."""
    there = addresses(handbook("html").folder)
    redirected = {
        address
        for address in listed()
        if is_redirect(handbook("html").folder / address.split("#")[0])
    }
    assert sorted(listed() - there - redirected) == [], "see docs/contributing.md"
    assert sorted(there - listed()) == [], "list the new ones with: nox -s record"


def is_redirect(path: Path) -> bool:
    """Say whether a built page does nothing but lead to another."""
    return path.is_file() and 'http-equiv="refresh"' in path.read_text(encoding="utf-8")


def test_no_third_party(handbook: Handbook) -> None:
    """The built site loads nothing from another host."""
    for path in handbook("html").folder.rglob("*.html"):
        named = "script[src], img[src], link[href]:not([rel=canonical])"
        for element in soup(path).select(named):
            address = str(element.get("src") or element.get("href"))
            assert not urlsplit(address).netloc, f"{path.name}: {address}"


def test_epub_is_valid(handbook: Handbook) -> None:
    """The EPUB keeps to its standard."""
    epubcheck, java = Path("/usr/share/java/epubcheck.jar"), shutil.which("java")
    if not java or not epubcheck.exists():
        pytest.skip("needs: apt-get install epubcheck")
    done = subprocess.run(
        [java, "-jar", str(epubcheck), str(epub_file(handbook("epub")))],
        capture_output=True,
        text=True,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert "No errors or warnings detected." in said, said


def soup(path: Path) -> BeautifulSoup:
    """Parse a built page."""
    return parsed(path.read_text(encoding="utf-8"))


@cache
def anchors(path: Path) -> set[str]:
    """Return the names of all places in a built page."""
    return {str(element["id"]) for element in soup(path).find_all(id=True)}


def reaches(path: Path, place: str) -> bool:
    """Say whether a file was built and, if a link names a *place* in it, has that."""
    if path.suffix != ".html" or not path.is_file():
        return path.is_file()
    return not place or place in anchors(path)


def title_of(page: BeautifulSoup) -> str:
    """Return the words of a page's title."""
    heading = page.find("h1")
    assert heading is not None
    return heading.get_text().replace("¶", "").replace("#", "").strip()


def epub_file(built: Built) -> Path:
    """Return the EPUB that a build made."""
    return built.folder / "sidecar-handbook.epub"


def epub_pages(built: Built) -> list[str]:
    """Return the text of every page in the EPUB that belongs to a source."""
    with zipfile.ZipFile(epub_file(built)) as archive:
        return [archive.read(f"{name}.xhtml").decode() for name in NAMES]
