"""Questions, answered as readers do: by keyboard, on a phone, without a script."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped,unused-ignore]
    Axe,
)
from browsing import OpenPage
from playwright.sync_api import Locator, Page, expect

ONE = "#question-define-orders"
SEVERAL = "#question-define-shared"
ORDER = "#question-define-line-of-log"
LINE = "#question-define-bug-line"
TEXT = "#question-define-telemetry"
PAGE = "pattern/define.html"


def near(page: Page) -> None:
    """Go to the questions, and wait until they are forms."""
    page.locator(".exercises").first.scroll_into_view_if_needed()
    page.locator(".exercise-score").wait_for()


def at_questions(open_page: OpenPage, name: str, **how: object) -> Page:
    """Open a page at its questions."""
    page = open_page(name, **how)
    near(page)
    return page


def reload(page: Page) -> None:
    """Load the page anew, and go to its questions."""
    page.reload()
    near(page)


def question(page: Page, name: str) -> Locator:
    """Return a question of the page."""
    return page.locator(name)


def focused(page: Page) -> Locator:
    """Return what has the focus."""
    return page.locator(":focus")


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what has the focus is called *wanted*."""
    for _ in range(30):
        page.keyboard.press("Tab")
        name = focused(page).evaluate(
            "e => e.getAttribute('aria-label') || e.textContent"
        )
        if wanted in name:
            return
    raise AssertionError(f"Tab never reaches {wanted!r}")


def result(page: Page, name: str) -> str:
    """Return what is said of an answer; it must have the focus."""
    found = question(page, name).locator(".exercise-result")
    assert focused(page).evaluate("e => e.className") == "exercise-result"
    return found.inner_text()


def choose_one(page: Page, right: bool) -> None:
    """Choose with the arrow keys: the number of the right one stands in the page."""
    answer = int(str(question(page, ONE).get_attribute("data-answer")))
    wanted = answer if right else (answer + 1) % 4
    question(page, ONE).locator("input").first.focus()
    page.keyboard.press("Space")
    for _ in range(wanted):
        page.keyboard.press("ArrowDown")
    tab_to(page, "Check")
    page.keyboard.press("Enter")


def choose_several(page: Page, right: bool) -> None:
    """Mark boxes with the space bar."""
    answer = str(question(page, SEVERAL).get_attribute("data-answer")).split(",")
    question(page, SEVERAL).locator("input").first.focus()
    for number in range(question(page, SEVERAL).locator("input").count()):
        if number:
            page.keyboard.press("Tab")
        if (str(number) in answer) is right:
            page.keyboard.press("Space")
    tab_to(page, "Check")
    page.keyboard.press("Enter")


def choose_line(page: Page, right: bool) -> None:
    """Go down the listing with the arrow keys."""
    answer = int(str(question(page, LINE).get_attribute("data-answer")))
    question(page, LINE).locator("input").first.focus()
    page.keyboard.press("Space")
    for _ in range(answer if right else answer + 1):
        page.keyboard.press("ArrowDown")
    tab_to(page, "Check")
    page.keyboard.press("Enter")


def put_in_order(page: Page, right: bool) -> None:
    """Move each step up to its place, by the buttons that Tab reaches."""
    one = question(page, ORDER)
    steps = one.locator(".exercise-choices > li")
    texts = [step.locator("p").inner_text() for step in steps.all()]
    answer = str(one.get_attribute("data-answer")).split(",")
    wanted = [texts[int(number)] for number in answer]
    for place, words in enumerate(wanted if right else []):
        for _ in range(len(wanted)):
            now = [step.locator("p").inner_text() for step in steps.all()]
            if now.index(words) == place:
                break
            button = one.get_by_role("button", name=f"Move up: {words}")
            button.focus()
            page.keyboard.press("Enter")
    steps.last.locator("button").first.focus()
    tab_to(page, "Check")
    page.keyboard.press("Enter")


def write_text(page: Page, right: bool) -> None:
    """Write a sentence, compare, and say whether it was right."""
    question(page, TEXT).locator("textarea").focus()
    page.keyboard.type("It is not a separate program.")
    tab_to(page, "Compare")
    page.keyboard.press("Enter")
    assert "Compare" in result(page, TEXT)
    tab_to(page, "I had it" if right else "Not yet")
    page.keyboard.press("Enter")


ANSWER: dict[str, Callable[[Page, bool], None]] = {
    ONE: choose_one,
    SEVERAL: choose_several,
    LINE: choose_line,
    ORDER: put_in_order,
    TEXT: write_text,
}


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
@pytest.mark.parametrize("name", ANSWER)
def test_by_keyboard_alone(open_page: OpenPage, name: str, right: bool) -> None:
    """Each kind is answered without a mouse, and is told right or wrong in words."""
    page = at_questions(open_page, PAGE)
    ANSWER[name](page, right)
    said = result(page, name)
    assert said.startswith("Right." if right else "Not right."), said
    assert f"{int(right)} of 9 right on this page." in said
    answer = question(page, name).locator("details")
    assert answer.get_attribute("open") is not None
    link = answer.get_by_role("link").last
    assert str(link.get_attribute("href")).startswith("#")
    assert link.is_visible()


def test_nothing_chosen_is_no_answer(open_page: OpenPage) -> None:
    """Check asks for a choice first, and counts nothing."""
    page = at_questions(open_page, PAGE)
    question(page, ONE).get_by_role("button", name="Check").click()
    assert question(page, ONE).get_by_text("Choose first.").is_visible()
    assert page.get_by_text("0 of 9 right on this page.").is_visible()


def test_moving_is_told(open_page: OpenPage) -> None:
    """A step that moves says its new place, and keeps the focus on its button."""
    page = at_questions(open_page, PAGE)
    one = question(page, ORDER)
    step = one.locator(".exercise-choices > li").first.locator("p").inner_text()
    down = one.get_by_role("button", name=f"Move down: {step}")
    down.focus()
    page.keyboard.press("Enter")
    assert one.get_by_role("status").first.inner_text() == f"{step} is now 2 of 5."
    assert str(focused(page).get_attribute("aria-label")).endswith(step)
    for _ in range(3):
        page.keyboard.press("Enter")
    assert focused(page).get_attribute("aria-label") == f"Move up: {step}"


def test_progress_survives_and_can_be_forgotten(open_page: OpenPage) -> None:
    """A reload keeps the score, the first page shows it, and both can reset it."""
    page = at_questions(open_page, PAGE)
    choose_one(page, True)
    choose_several(page, False)
    reload(page)
    assert page.get_by_text(
        "1 of 9 right on this page. 1 to look at again."
    ).is_visible()
    assert "right" in question(page, ONE).locator(".exercise-result").inner_text()
    first = page.url.replace(PAGE, "index.html")
    page.goto(first)
    block = page.locator(".exercise-progress")
    assert block.is_visible()
    goals = block.locator("li").all_inner_texts()
    assert [" 1 of " in goal.replace("\n", " ") for goal in goals].count(True) == 1
    page.goto(first.replace("index.html", PAGE))
    near(page)
    page.get_by_role("button", name="Start again").click()
    assert question(page, ONE).locator(".exercise-result").inner_text() == ""
    reload(page)
    assert page.get_by_text("0 of 9 right on this page.").is_visible()
    page.goto(first)
    assert not block.is_visible()


def test_start_again_is_behind_the_last_question(open_page: OpenPage) -> None:
    """One Tab from the last answer: nobody has to go back over all the questions."""
    page = at_questions(open_page, PAGE)
    again = page.get_by_role("button", name="Start these questions again")
    assert not again.is_visible()
    choose_one(page, True)
    page.locator(".exercise").last.locator("summary").focus()
    page.keyboard.press("Tab")
    expect(again).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("!!document.activeElement.closest('.exercise')")
    assert not again.is_visible()
    expect(page.get_by_text("0 of 9 right on this page.")).to_be_visible()


def test_forget_on_the_first_page(open_page: OpenPage) -> None:
    """The first page can forget everything."""
    page = at_questions(open_page, PAGE)
    choose_one(page, True)
    page.goto(page.url.replace(PAGE, "index.html"))
    page.get_by_role("button", name="Forget all my answers").click()
    assert page.get_by_text("All answers are forgotten.").is_visible()
    page.goto(page.url.replace("index.html", PAGE))
    near(page)
    assert page.get_by_text("0 of 9 right on this page.").is_visible()


def test_where_nothing_is_kept(open_page: OpenPage) -> None:
    """A browser that refuses to store still answers and counts, and it is said."""
    page = at_questions(open_page, PAGE)
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        " {get() { throw new DOMException('no', 'SecurityError'); }});"
    )
    reload(page)
    choose_one(page, True)
    said = result(page, ONE)
    assert "1 of 9 right" in said
    assert "keeps no score" in said


def test_spoiled_storage_is_no_trouble(open_page: OpenPage) -> None:
    """What is stored may be anything: it counts as nothing answered."""
    page = at_questions(open_page, PAGE)
    page.evaluate("localStorage.setItem('sidecar-handbook-exercises-1', '{')")
    reload(page)
    assert page.get_by_text("0 of 9 right on this page.").is_visible()
    choose_one(page, True)
    reload(page)
    assert page.get_by_text("1 of 9 right on this page.").is_visible()


def test_without_javascript_the_answers_unfold(open_page: OpenPage) -> None:
    """Questions and choices are text; an answer unfolds by keyboard."""
    page = open_page(PAGE, javascript=False)
    assert question(page, ONE).locator(".exercise-choices > li").count() == 4
    assert question(page, LINE).locator("pre").is_visible()
    assert page.locator(".exercise input, .exercise button").count() == 0
    answer = question(page, ONE).locator("details")
    assert not answer.locator(".exercise-whys").is_visible()
    answer.locator("summary").focus()
    page.keyboard.press("Enter")
    assert answer.locator(".exercise-whys").is_visible()
    page.goto(page.url.replace(PAGE, "index.html"))
    assert not page.locator(".exercise-progress").is_visible()


@pytest.mark.parametrize("name", [PAGE, "recap.html", "context/kubernetes.html"])
def test_on_a_phone(open_page: OpenPage, name: str) -> None:
    """At 360 pixels no question is wider than the text, and targets are large."""
    page = at_questions(open_page, name, width=360, has_touch=True)
    wide = page.evaluate(
        """() => [...document.querySelectorAll('.exercises')].flatMap(block => {
             const edge = block.getBoundingClientRect().right + 1;
             return [...block.querySelectorAll('*')]
               .filter(e => !e.closest('pre, .exercise-lines *')
                 && e.getBoundingClientRect().right > edge)
               .map(e => e.outerHTML.slice(0, 100));
           })"""
    )
    assert wide == []
    small = page.evaluate(
        """() => [...document.querySelectorAll(
             '.exercise label, .exercise-button, .exercise summary')]
           .map(e => [e.textContent, e.getBoundingClientRect()])
           .filter(([, r]) => r.width && (r.width < 24 || r.height < 24))
           .map(([words, r]) => `${words}: ${r.width} x ${r.height}`)"""
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_questions(open_page: OpenPage, scheme: str) -> None:
    """Answered and unanswered, the questions have no finding of any impact."""
    page = at_questions(open_page, PAGE, scheme=scheme, bypass_csp=True)
    choose_one(page, True)
    choose_several(page, False)
    found = Axe().run(page, context=".exercises")
    said = [
        (v["id"], v["nodes"][0]["html"][:120]) for v in found.response["violations"]
    ]
    assert said == []


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "none"])
def test_on_paper(open_page: OpenPage, javascript: bool) -> None:
    """In print every answer shows, and nothing that waits for a click."""
    page = open_page(PAGE, javascript=javascript)
    page.emulate_media(media="print")
    answer = page.locator(".exercise-answer .exercise-whys").first
    assert answer.is_visible()
    idle = page.locator(".exercise input, .exercise button, .exercise textarea")
    assert not any(one.is_visible() for one in idle.all())


def test_the_forms_come_with_the_reader(open_page: OpenPage) -> None:
    """Who only opens the page loads no forms; who comes near the questions does."""
    page = open_page(PAGE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload(wait_until="networkidle")
    assert not [url for url in asked if "exercise-" in url]
    near(page)
    assert len([url for url in asked if "exercise-" in url]) == 4


def test_who_is_at_the_end_stays_there(open_page: OpenPage) -> None:
    """What has the focus below the questions is still seen when they become forms."""
    page = open_page("pattern/define.html", width=360, reduced_motion="reduce")
    page.keyboard.press("Shift+Tab")
    last = page.get_by_role("link", name="Furo")
    expect(last).to_be_focused()
    expect(page.locator(".exercise-form")).to_have_count(9)
    expect(last).to_be_in_viewport()


def test_a_link_to_a_question_leads_there(open_page: OpenPage) -> None:
    """The questions above it become forms, and it stays where the link has led."""
    page = open_page("recap.html#question-recap-content", reduced_motion="reduce")
    question = page.locator("#question-recap-content")
    expect(question.get_by_role("button", name="Check")).to_be_visible()
    expect(question.locator(".exercise-title")).to_be_in_viewport()


def test_a_long_way_down_ends_where_it_should(open_page: OpenPage) -> None:
    """Forms that come while the page still scrolls neither stop it nor mislead it."""
    page = open_page("pattern/define.html")
    chosen = page.locator("#drawer-contents").get_by_role("link", name="Next")
    chosen.press("Enter")
    expect(page.locator(".exercise-form")).to_have_count(9)
    expect(page.locator("#next h2")).to_be_in_viewport()
    page.wait_for_timeout(300)
    expect(page.locator("#next h2")).to_be_in_viewport()
