"""The cases to practice on, worked through as a reader does: by keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from browsing import OpenPage
from playwright.sync_api import Locator, Page, expect

PAGE, MORE = "pattern/practice.html", "pattern/practice-more.html"
STATUS = re.compile(r"\d+ of \d+ cases solved\.")


def case(page: Page, number: int) -> Locator:
    """Return the case with a *number*, from 1."""
    return page.locator(".practice").nth(number - 1)


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until *target* has the focus."""
    for _ in range(40):
        if target.evaluate("element => element.contains(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")


def mark(page: Page, field: Locator, label: str) -> None:
    """Choose *label* for one container, with Tab, arrows and Space."""
    tab_to(page, field)
    choices = field.locator("input")
    page.keyboard.press("Space")
    for _ in range(choices.count()):
        if choices.and_(page.locator(f"[value={label}]")).is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no choice {label}")


def answer(page: Page, number: int, *labels: str) -> Locator:
    """Mark the containers of a case by keyboard and check; return what is said."""
    here = case(page, number)
    here.locator("fieldset input").first.focus()
    for i, label in enumerate(labels):
        mark(page, here.locator("fieldset").nth(i), label)
    button = here.get_by_role("button", name=re.compile("^Check"))
    tab_to(page, button)
    page.keyboard.press("Enter")
    return here.get_by_role("status")


def opened(open_page: OpenPage, name: str) -> Iterator[Page]:
    """Open a page, and see that its script broke nowhere when the test ends."""
    page = open_page("index.html")
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(error.stack or str(error)))
    page.goto(page.url.replace("index.html", name))
    yield page
    assert [error for error in broken if "practice.js" in error] == []


@pytest.fixture
def page(open_page: OpenPage) -> Iterator[Page]:
    """Give the first page of cases."""
    yield from opened(open_page, PAGE)


@pytest.fixture
def more(open_page: OpenPage) -> Iterator[Page]:
    """Give the second page of cases."""
    yield from opened(open_page, MORE)


def test_marking_by_keyboard_alone(page: Page) -> None:
    """Right and wrong are said in words, with what it is, why, and on which lines."""
    status = answer(page, 1, "main", "init")
    expect(status).to_contain_text("1 of 2 right.")
    right, wrong = status.locator("li").all()
    expect(right).to_contain_text("Right.")
    expect(right).to_contain_text("station is the main container.")
    expect(wrong).to_contain_text("Wrong: you said “init container”.")
    expect(wrong).to_contain_text("courier is a sidecar.")
    expect(wrong).to_contain_text(re.compile(r"See lines \d+ and \d+\."))
    expect(status.get_by_role("link", name="A shared volume")).to_have_count(1)
    shown = case(page, 1).locator(".is-shown").all_inner_texts()
    assert any("readOnly: true" in line for line in shown)
    expect(page.get_by_text(STATUS)).to_have_text(re.compile("^0 of"))

    status = answer(page, 1, "main", "sidecar")
    expect(status).to_contain_text("2 of 2 right. Solved.")
    expect(status).not_to_contain_text("Wrong")
    expect(page.get_by_text(STATUS)).to_have_text(re.compile("^1 of"))


def test_the_result_is_announced(page: Page) -> None:
    """A screen reader says a result without a move of the focus."""
    before = case(page, 1).get_by_role("status")
    expect(before).to_have_count(1)  # a region must be there before its words are
    expect(before).to_be_empty()
    answer(page, 1, "main", "sidecar")
    focused = page.evaluate("document.activeElement.textContent")
    assert focused == "Check"


def test_a_kind_of_sidecar_is_close(page: Page) -> None:
    """Whoever says sidecar of a native one hears that there is a better word."""
    status = answer(page, 2, "init", "sidecar", "init", "main")
    expect(status).to_contain_text("3 of 4 right.")
    expect(status.locator("li").nth(1)).to_contain_text("Close")
    status = answer(page, 2, "init", "ambassador", "init", "main")
    expect(status.locator("li").nth(1)).to_contain_text("Wrong")


def test_what_is_not_marked_is_not_given_away(page: Page) -> None:
    """A check in between tells of what is marked, and of no more."""
    status = answer(page, 2, "init")
    expect(status).to_contain_text("mail-relay is not marked yet.")
    expect(status).not_to_contain_text("native")
    shown = case(page, 2).locator(".is-shown").all_inner_texts()
    assert not any("restartPolicy" in line for line in shown)


@pytest.mark.parametrize("label", ["main", "not-a-sidecar"])
def test_peers_may_be_called_either(page: Page, label: str) -> None:
    """Where two words are true, both count."""
    status = answer(page, 8, label, label)
    expect(status).to_contain_text("2 of 2 right. Solved.")


def test_the_lines_in_question_stand_out(page: Page) -> None:
    """While a container's choices have the focus, its lines are marked."""
    here = case(page, 1)
    blocks = here.locator("[data-block]")
    here.locator("fieldset").nth(0).locator("input").first.focus()
    expect(blocks.nth(0)).to_have_class(re.compile("is-open"))
    expect(blocks.nth(1)).not_to_have_class(re.compile("is-open"))
    tab_to(page, here.locator("fieldset").nth(1))
    expect(blocks.nth(0)).not_to_have_class(re.compile("is-open"))
    expect(blocks.nth(1)).to_have_class(re.compile("is-open"))


def test_a_click_on_the_lines_leads_to_the_choices(page: Page) -> None:
    """Who uses a mouse may point at the container itself."""
    here = case(page, 1)
    here.locator("[data-block]").nth(1).click()
    expect(here.locator("fieldset").nth(1).locator("input").first).to_be_focused()


def test_progress_survives_a_reload_and_can_be_reset(page: Page) -> None:
    """What was checked is there again, until the reader starts again."""
    answer(page, 1, "main", "sidecar")
    page.reload()
    expect(page.get_by_text(STATUS)).to_have_text(re.compile("^1 of"))
    here = case(page, 1)
    expect(here.get_by_role("status")).to_contain_text("Solved.")
    expect(here.get_by_role("radio", checked=True)).to_have_count(2)

    page.get_by_role("button", name="Start again").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(STATUS)).to_have_text(
        re.compile("All marks of this page are cleared. 0 of")
    )
    expect(here.get_by_role("status")).to_be_empty()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    expect(page.locator(".is-shown")).to_have_count(0)
    page.reload()
    expect(page.get_by_text(STATUS)).to_have_text(re.compile("^0 of"))


@pytest.mark.parametrize(
    "storage",
    [
        "Object.defineProperty(window, 'localStorage', "
        "{get() { throw new DOMException('refused', 'SecurityError'); }});",
        "Storage.prototype.setItem = () => { throw new DOMException('full'); };",
        "localStorage.setItem('handbook-practice', '[1, {');",
        "localStorage.setItem('handbook-practice', '5');",
        """localStorage.setItem('handbook-practice', '{"01-weather": 7}');""",
    ],
    ids=["refused", "full", "spoilt", "a number", "of another form"],
)
def test_it_works_whatever_the_storage_does(page: Page, storage: str) -> None:
    """A browser that keeps nothing, or holds nonsense, takes nothing away."""
    page.add_init_script(storage)
    page.reload()
    status = answer(page, 1, "main", "sidecar")
    expect(status).to_contain_text("Solved.")
    expect(page.get_by_text(STATUS)).to_have_text(re.compile("^1 of"))


def solve_all(page: Page) -> int:
    """Mark all cases of a page rightly; return how many there are."""
    cases = page.locator(".practice").all()
    for here in cases:
        marks = here.evaluate("root => JSON.parse(root.dataset.marks)")
        for field, marked in zip(here.locator("fieldset").all(), marks, strict=True):
            field.locator(f"input[value={marked[2]}]").check()
        here.get_by_role("button", name=re.compile("^Check")).click()
        expect(here.get_by_role("status")).to_contain_text("Solved.")
    return len(cases)


def test_every_case_can_be_solved(page: Page, more: Page) -> None:
    """The right marks of each case are taken, and the count reaches the end."""
    for each in (page, more):
        total = solve_all(each)
        said = f"{total} of {total} cases solved."
        expect(each.get_by_text(STATUS)).to_have_text(said)


def test_to_start_again_is_for_one_page(page: Page) -> None:
    """Who clears the marks of one page keeps those of the other."""
    answer(page, 1, "main", "sidecar")
    page.goto(page.url.replace(PAGE, MORE))
    answer(page, 1, "init", "main")
    expect(page.get_by_text(STATUS)).to_have_text(re.compile("^1 of"))
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_text(STATUS)).to_have_text(re.compile("0 of"))
    page.goto(page.url.replace(MORE, PAGE))
    expect(page.get_by_text(STATUS)).to_have_text(re.compile("^1 of"))


def test_without_javascript(open_page: OpenPage) -> None:
    """The manifest stands there, and the answer can be unfolded."""
    page = open_page(PAGE, javascript=False)
    here = case(page, 1)
    expect(here.locator("pre")).to_contain_text("courier")
    expect(page.locator("form:has(fieldset)")).to_have_count(0)
    expect(page.locator(".practice-progress")).to_contain_text("Decide first")
    told = here.get_by_text("courier is a sidecar.")
    expect(told).not_to_be_visible()
    here.get_by_text("Answer", exact=True).focus()
    page.keyboard.press("Enter")
    expect(told).to_be_visible()


@pytest.mark.parametrize("width", [360, 768])
def test_no_sideways_scrolling(open_page: OpenPage, width: int) -> None:
    """On a phone only the listings scroll sideways, and what is pressed is large."""
    page = open_page(PAGE, width=width)
    answer(page, 5, "not-a-sidecar", "init", "main")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for target in page.locator(".practice label, .practice button").all()[:40]:
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 24


def test_the_script_keeps_to_the_policy(open_page: OpenPage) -> None:
    """Nothing that the cases do is refused by the strict policy."""
    page = open_page("index.html")
    refused: list[str] = []
    page.on(
        "console",
        lambda said: refused.append(said.text) if "practice" in said.text else None,
    )
    page.goto(page.url.replace("index.html", PAGE))
    page.evaluate(
        """() => {
          window.refused = [];
          document.addEventListener("securitypolicyviolation",
            (event) => window.refused.push(event.violatedDirective));
        }"""
    )
    answer(page, 1, "main", "sidecar")
    assert page.evaluate("window.refused") == []
    assert refused == []
