"""The deck of the talk, read as files: its slides, its words and its times."""

import re
from collections.abc import Callable
from pathlib import Path

import checks
import pytest
from bs4 import BeautifulSoup, Tag
from builds import Built, sphinx
from slides.read import CUTS, SOURCE, WORDS_PER_MINUTE, clock, seconds, slides, spoken
from sources import DECK, DOCS, fences

MINUTES = {"short": 10, "long": 45}
TEXT = SOURCE.read_text(encoding="utf-8")

# What stood on each slide of the talk of 2022 -> the slide that keeps the promise.
PROMISED = {
    "Sidecar Pattern": "The sidecar pattern",
    "Goals": "Goals",
    "Hi! I'm Kim": "Hi!",
    "Prerequisites": "What you need",
    "Design Patterns for Cloud Native": "A map of patterns",
    "Sidecar Pattern: a motorcycle": "The motorcycle",
    "Sidecar Pattern: a drawing": "Two programs and one file",
    "Sidecar Pattern: 2 containers": "The two-container layout",
    "sharing a filesystem is important": "What goes wrong: beside the volume",
    "goal 2: how to identify it": "Identify it: seven steps",
    "goal 3: at least three features": "Three features",
    "goal 4: some pros and cons": "Pros and cons",
    "In the Wild": "In the wild",
    "VS. other patterns": "Versus other patterns",
    "Recap": "Recap",
    "Resources": "Resources, thanks",
    "Thank You!": "Resources, thanks",
}


def soup(deck: Built, cut: str) -> BeautifulSoup:
    """Return the page of a cut."""
    html = (deck.folder / f"{cut}.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser")


def shown(deck: Built, cut: str) -> list[Tag]:
    """Return the slides of a cut."""
    return soup(deck, cut).select(".slides > section")


def title(page: Tag) -> str:
    """Return the heading of a slide."""
    heading = page.find("h2")
    assert heading is not None
    return heading.get_text()


def words(page: Tag) -> str:
    """Return what is said to a slide."""
    return " ".join(p.get_text() for p in page.select(".notes > p:not(.time)"))


@pytest.mark.parametrize("promise", PROMISED)
def test_the_long_cut_keeps_every_promise(deck: Built, promise: str) -> None:
    """Each slide of the talk is there, with something on it, its empty ones too."""
    found = [page for page in shown(deck, "long") if title(page) == PROMISED[promise]]
    assert len(found) == 1
    body = found[0].select_one(".body")
    assert body is not None
    assert body.get_text().strip() or body.find("svg")


def test_the_short_cut_is_a_part_of_the_long_one(deck: Built) -> None:
    """Its slides are the same, in the same order and with the same numbers."""
    long = {
        page["data-number"]: str(page.select_one(".slide"))
        for page in shown(deck, "long")
    }
    short = {
        page["data-number"]: str(page.select_one(".slide"))
        for page in shown(deck, "short")
    }
    plain = {number: without_ids(face) for number, face in long.items()}
    assert {n: without_ids(face) for n, face in short.items()}.items() <= plain.items()
    assert list(short) == [number for number in long if number in short]
    assert 10 < len(short) < len(long)


def without_ids(face: str) -> str:
    """Return a slide without the numbers that a page gives to its diagrams."""
    return re.sub(r"diagram-\d+", "diagram", face)


@pytest.mark.parametrize("cut", CUTS)
def test_every_slide_has_notes_with_its_time(deck: Built, cut: str) -> None:
    """The notes begin with number and time; the times are those of the source."""
    source = {str(s.number): s for s in slides(TEXT)}
    for page in shown(deck, cut):
        slide = source[str(page["data-number"])]
        assert title(page) == slide.title
        assert page["data-seconds"] == str(slide.seconds[cut])
        [time] = page.select(".notes > .time")
        assert time.get_text() == f"{slide.number} {clock(slide.seconds[cut])}"
        assert len(words(page).split()) > 10, slide.title


@pytest.mark.parametrize("cut", CUTS)
def test_the_times_add_up(deck: Built, cut: str) -> None:
    """Ten minutes, and forty-five."""
    times = [int(str(page["data-seconds"])) for page in shown(deck, cut)]
    assert sum(times) == MINUTES[cut] * 60


@pytest.mark.parametrize("cut", CUTS)
def test_the_notes_can_be_said_in_time(deck: Built, cut: str) -> None:
    """At 130 words a minute, what one only does counted in, no slide is too long."""
    late = {}
    for page in shown(deck, cut):
        over = spoken(len(words(page).split())) - int(str(page["data-seconds"]))
        if over > 0:
            late[title(page)] = over
    assert late == {}


@pytest.mark.parametrize("cut", CUTS)
def test_words_are_counted_in_the_source(deck: Built, cut: str) -> None:
    """The counts that the page about the talk shows are those of the built notes."""
    counted = [slide.words[cut] for slide in slides(TEXT) if cut in slide.words]
    assert counted == [len(words(page).split()) for page in shown(deck, cut)]


def test_the_page_about_the_talk_agrees() -> None:
    """Its table has the times of the deck, and a heading for each slide."""
    page = (DOCS / "talk" / "index.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\* - (\d+)\n  - (.+)\n  - (.+)\n  - (.+)$", page)
    told = [
        (
            str(s.number),
            s.title,
            *(
                clock(s.seconds[cut]) if cut in s.seconds else "left out"
                for cut in CUTS
            ),
        )
        for s in slides(TEXT)
    ]
    assert rows == told
    headings = re.findall(r"(?m)^### (\d+)\. (.+)$", page)
    other = {"1": "Title", "3": "Who is speaking", "10": "Demo (long version)"}
    assert headings == [(number, other.get(number, name)) for number, name, *_ in told]


def test_the_page_about_the_talk_links_to_the_deck(
    handbook: Callable[[str], Built], deck: Built
) -> None:
    """Both cuts and both handouts, where the build puts them; in a book, the site's."""
    page = handbook("html").folder / "talk" / "index.html"
    links = BeautifulSoup(page.read_text("utf-8"), "html.parser").select(
        'a[href*="talk/deck/"]'
    )
    found = [str(link["href"]).partition("talk/deck/")[2] for link in links]
    assert found == [
        "short.html",
        "short.html?handout",
        "long.html",
        "long.html?handout",
    ]
    assert all((deck.folder / name.partition("?")[0]).is_file() for name in found)
    there = (page.parent / str(links[0]["href"])).resolve()
    assert there == handbook("html").folder.resolve() / "talk" / "deck" / "short.html"
    tex = (handbook("latex").folder / "sidecar-handbook.tex").read_text("utf-8")
    assert "en/latest/talk/deck/long.html" in tex


@pytest.mark.parametrize("cut", CUTS)
def test_addresses_stand_on_the_last_slide_alone(deck: Built, cut: str) -> None:
    """No other slide, and no note, sends anybody to another site."""
    *others, last = shown(deck, cut)
    assert title(last).startswith("Resources")
    assert len(last.select("a[href^=https]")) == 5
    for page in others:
        assert list(checks.stray_addresses(page.get_text(" "))) == [], title(page)
        assert page.select("a[href]") == []


@pytest.mark.parametrize("page", ["short", "long", "presenter"])
def test_all_files_are_the_sites_own(deck: Built, page: str) -> None:
    """Scripts and sheets lie beside the page, and no script stands in it."""
    html = soup(deck, page)
    for part in html.select("script, link, img"):
        address = str(part.get("src") or part.get("href") or "")
        assert (deck.folder / address).is_file(), part
    for script in html.select("script"):
        assert script.get_text().strip() == ""
    for part in html.find_all(True):
        assert not [name for name in part.attrs if name.startswith("on")], part


@pytest.mark.parametrize("cut", CUTS)
def test_every_picture_is_named(deck: Built, cut: str) -> None:
    """A drawing has a title, a diagram a title and a description."""
    html = soup(deck, cut)
    pictures = html.select(".slides svg")
    assert len(pictures) == 4
    assert html.select("img") == []
    for picture in pictures:
        assert picture["role"] == "img"
        name = html.find(id=str(picture["aria-labelledby"]))
        assert name is not None
        assert len(name.get_text()) > 20
    [diagram] = html.select(".diagram svg")
    told = html.find(id=str(diagram["aria-describedby"]))
    assert told is not None
    assert len(told.get_text()) > 40


@pytest.mark.parametrize("cut", CUTS)
def test_every_id_is_there_once(deck: Built, cut: str) -> None:
    """Two drawings of one page would take each other's arrows."""
    ids = [str(part["id"]) for part in soup(deck, cut).find_all(id=True)]
    assert sorted(set(ids)) == sorted(ids)


def test_listings_and_diagrams_are_included() -> None:
    """No slide repeats what another file of the handbook knows."""
    kinds = [fence.name for fence in fences(SOURCE) if not fence.name.startswith("{co")]
    assert "{mermaid}" not in kinds
    assert kinds.count("{literalinclude}") == 6
    assert kinds.count("{include}") == 1
    for check in (checks.loose_data, checks.loose_outputs, checks.untested_examples):
        assert list(check(SOURCE, TEXT)) == []
    assert list(checks.stray_addresses(TEXT.replace("127.0.0.1:5432/shop", ""))) == []


def test_no_listing_is_wide(deck: Built) -> None:
    """Eighty columns are the most that a slide can show."""
    html = (deck.folder / "long.html").read_text(encoding="utf-8")
    assert list(checks.wide_listings(html)) == []


def test_the_same_files_each_time(deck: Built, tmp_path: Path) -> None:
    """Built twice, every page is the same byte for byte."""
    again = sphinx(DECK, tmp_path, "revealjs")
    for path in sorted(deck.folder.rglob("*.*")):
        if path.suffix in {".html", ".css", ".js"}:
            name = path.relative_to(deck.folder)
            assert (again.folder / name).read_bytes() == path.read_bytes(), name


def test_what_is_no_time() -> None:
    """A time without seconds is refused, with what to write."""
    assert seconds("1:05") == 65
    for wrong in ("5", "1:5", "1:60", "a minute"):
        with pytest.raises(ValueError, match="write minutes and seconds"):
            seconds(wrong)


def test_how_long_words_take() -> None:
    """So many words as a minute holds take a minute."""
    assert spoken(WORDS_PER_MINUTE) == 60


def test_mistakes_in_a_slide_end_the_build(tmp_path: Path) -> None:
    """A wrong time, an unknown cut, a nameless drawing, a source that is none."""
    said = {
        ":::{slide} One\n:long: 1\n:::": "write minutes and seconds",
        ":::{cut} middle\n:::": "no cut 'middle'",
        "```{drawing} mark.svg\n```": "a drawing needs :alt:",
        "```{sources}\nnobody\n```": "no entry 'nobody'",
    }
    text = "# Deck\n\n" + "\n\n".join(said)
    (tmp_path / "long.md").write_text(text, encoding="utf-8")
    built = sphinx(tmp_path, tmp_path / "out", "revealjs", "-c", str(DECK))
    assert built.status != 0
    for words_of_it in said.values():
        assert words_of_it in built.said, built.said
