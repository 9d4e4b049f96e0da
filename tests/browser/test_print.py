"""What comes out of the browser's printer."""

import re
from pathlib import Path
from unicodedata import normalize

import pytest
from browsing import OpenPage
from playwright.sync_api import Page, Route
from pypdf import PdfReader


def printed(page: Page, place: Path) -> str:
    """Print *page* on A4; return the text of all sheets, without white space."""
    page.pdf(path=place, format="A4")
    sheets = "".join(sheet.extract_text() for sheet in PdfReader(place).pages)
    return even(sheets)


def even(words: str) -> str:
    """Return *words* without white space, and without ligatures."""
    return re.sub(r"\s+", "", normalize("NFKC", words))


def forms(page: Page) -> None:
    """Come near the questions of *page*; wait until all of them are forms."""
    questions = page.locator(".exercise")
    questions.last.scroll_into_view_if_needed()
    page.locator(".exercise .exercise-form").nth(questions.count() - 1).wait_for()


@pytest.mark.parametrize(
    "name", ["recap.html", "pattern/define.html", "context/kubernetes.html"]
)
def test_paper_has_the_text_alone(
    open_page: OpenPage, tmp_path: Path, name: str
) -> None:
    """No menu, no button; answers at the end; nothing on the screen has changed."""
    page = open_page(name)
    forms(page)
    before = even(page.locator("article").inner_html())
    answers = page.locator("article details").all()
    said = [even(answer.text_content() or "") for answer in answers]
    assert said
    text = printed(page, tmp_path / "page.pdf")
    for idle in ("Skip to content", "Enlarge", "On this page"):
        assert even(idle) not in text
    questions, _, end = text.rpartition("AnswersAnswer1")
    assert questions
    assert "Answer1:attheend." in questions
    for number, words in enumerate(said, 1):
        assert f"Answer{number}:attheend." in questions
        assert words[-15:] in end
    assert even(page.locator("article").inner_html()) == before


def test_questions_after_an_early_print(open_page: OpenPage) -> None:
    """Printed before the questions were forms, they are forms with answers after it."""
    held: list[Route] = []
    page = open_page("index.html")  # without questions
    page.route("**/exercise-forms.js*", lambda route: held.append(route))
    with page.expect_request("**/exercise-forms.js*"):
        recap = page.url.replace("index", "recap")
        page.goto(recap, wait_until="domcontentloaded")
        page.locator(".exercise").last.scroll_into_view_if_needed()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("article > .answers").count() == 1
    held[0].continue_()
    page.wait_for_timeout(500)  # for a script that would not wait
    assert page.locator(".exercise-form").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    forms(page)
    assert page.locator("article > .answers").count() == 0
    count = page.locator(".exercise").count()
    assert page.locator(".exercise .exercise-answer").count() == count


def test_paper_spells_links_out(open_page: OpenPage, tmp_path: Path) -> None:
    """A link to another host shows its address; one that is an address, only once."""
    page = open_page("context/in-the-wild.html")
    links = page.locator("article a.external").evaluate_all(
        "links => links.map(link => [link.href, link.textContent])"
    )
    text = printed(page, tmp_path / "page.pdf")
    assert links
    for href, words in links[:20]:
        assert href in text, words
    page = open_page("reference/resources.html")
    href = page.locator("article a.external.shown").first.get_attribute("href")
    assert href
    text = printed(page, tmp_path / "page.pdf")
    assert f"{href}({href})" not in text
    assert href in text


def test_paper_without_scripts(open_page: OpenPage, tmp_path: Path) -> None:
    """Without JavaScript the answers are there too, in their places."""
    page = open_page("recap.html", javascript=False)
    answer = page.locator("article details").last.text_content()
    assert answer
    said = even(answer)[-20:]
    text = printed(page, tmp_path / "page.pdf")
    assert said in text


def test_paper_is_light(open_page: OpenPage) -> None:
    """A dark screen prints on white."""
    page = open_page("index.html", scheme="dark")
    page.emulate_media(media="print")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert min(map(int, re.findall(r"\d+", ground)[:3])) > 240


def test_the_pattern_is_on_one_sheet(open_page: OpenPage, tmp_path: Path) -> None:
    """The recap's first part is one sheet to take away, as its heading says."""
    page = open_page("recap.html")
    last = page.locator("#the-pattern-on-one-page > p").last.inner_text()
    place = tmp_path / "page.pdf"
    margin = {"top": "10mm", "bottom": "10mm", "left": "10mm", "right": "10mm"}
    page.pdf(path=place, format="A4", margin=margin)  # type: ignore[arg-type]
    sheets = [even(sheet.extract_text()) for sheet in PdfReader(place).pages]
    [sheet] = [text for text in sheets if even("The pattern on one page") in text]
    assert even(last)[-60:] in sheet


CUT = """() => [...document.querySelectorAll('.table-wrapper, pre, .diagram')]
    .filter(frame => frame.checkVisibility())
    .filter(frame => frame.scrollWidth > frame.clientWidth + 1)
    .map(frame => [frame.getAttribute('aria-label'), frame.scrollWidth])"""


@pytest.mark.parametrize("name", ["pattern/trade-offs.html", "pattern/identify.html"])
def test_nothing_is_cut_on_paper(open_page: OpenPage, name: str) -> None:
    """Tables, listings and diagrams fit between the margins of A4."""
    page = open_page(name)
    page.set_viewport_size({"width": 718, "height": 1000})
    page.emulate_media(media="print")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(CUT) == []
