"""The search, as a reader meets it: real questions, the keyboard, a page from disk."""

import re
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import OpenPage, served
from builds import Built
from playwright.sync_api import Browser, Page, expect
from sources import DOCS

QUESTIONS = tomllib.loads(
    Path(__file__).with_name("questions.toml").read_text(encoding="utf-8")
)["question"]
AT_LEAST = 40


def answers(page: Page, question: str) -> list[str]:
    """Return the addresses that the search page gives for *question*, best first."""
    page.get_by_label("What do you look for?").fill(question)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_contain_text(question)
    links = page.locator("#search-list h2 a")
    return [link.get_attribute("href") or "" for link in links.all()]


def test_the_questions_are_many() -> None:
    """There are enough of them, none stands twice, each has a page of ours."""
    assert len(QUESTIONS) >= AT_LEAST
    asked = Counter(question["words"].casefold() for question in QUESTIONS)
    assert [words for words, count in asked.items() if count > 1] == []
    for question in QUESTIONS:
        assert (DOCS / question["page"]).with_suffix(".md").is_file(), question
        assert question["asked"], question


def test_every_question_finds_its_page(open_page: OpenPage) -> None:
    """The page that answers a question is among the first three."""
    page = open_page("search.html")
    missed = {}
    for question in QUESTIONS:
        first = [
            address.split("#")[0].removeprefix("/")
            for address in answers(page, question["words"])[:3]
        ]
        if question["page"] not in first:
            missed[question["words"]] = first
    assert missed == {}


def test_an_answer_names_section_and_words(open_page: OpenPage) -> None:
    """An answer says page, part and section, marks the words, and leads there."""
    page = open_page("search.html?q=grace+period")
    answer = page.locator("#search-list li").filter(has_text="Sidecars in Kubernetes")
    expect(answer).to_contain_text("In context")
    expect(answer.locator("mark").first).to_be_visible()
    section = answer.locator(".search-section").inner_text().split(maxsplit=1)[1]
    answer.get_by_role("link").click()
    place = page.url.split("#")[1]
    expect(page.locator(f"[id='{place}']")).to_contain_text(section)
    expect(page.locator(f"[id='{place}'] >> h2, h3").first).to_be_in_viewport()


def test_the_number_of_answers_is_announced(open_page: OpenPage) -> None:
    """A screen reader hears how many there are, and that there are none."""
    page = open_page("search.html?q=git-sync+symlink")
    status = page.get_by_role("status")
    expect(status).to_have_text(re.compile(r"^\d+ pages for “git-sync symlink”"))
    count = int(status.inner_text().split()[0])
    expect(page.locator("#search-list li")).to_have_count(min(count, 10))
    answers(page, "xyzzyqwv")
    expect(status).to_contain_text("Nothing for “xyzzyqwv”")


def test_a_question_can_be_shared(open_page: OpenPage) -> None:
    """The address holds the question; opened anew, it shows the same answers."""
    page = open_page("search.html")
    found = answers(page, "exit code 137")
    assert page.url.endswith("search.html?q=exit+code+137")
    page.reload()
    expect(page.locator("#search-list li")).to_have_count(len(found))
    expect(page.get_by_label("What do you look for?")).to_have_value("exit code 137")


def test_a_question_is_text(open_page: OpenPage) -> None:
    """Markup in a question is shown, not obeyed."""
    page = open_page("search.html?q=<img src=x>")
    expect(page.get_by_role("status")).to_contain_text("<img src=x>")
    assert page.locator("article img").count() == 0


@pytest.mark.parametrize("keys", ["/", "Control+k"])
def test_by_keyboard_alone(open_page: OpenPage, keys: str) -> None:
    """From any page: a key, the question, Enter, two Tabs to an answer, Enter."""
    page = open_page("pattern/define.html")
    page.keyboard.press(keys)
    page.keyboard.type("who invented it")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=who+invented+it")
    expect(page.locator("#search-list li").first).to_be_visible()
    expect(page.get_by_label("What do you look for?")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#search-list a").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/context/history.html*")


def test_a_slash_can_be_typed(open_page: OpenPage) -> None:
    """Who types a path into the box keeps the slash."""
    page = open_page("search.html")
    page.keyboard.type("/var/log")
    expect(page.get_by_label("What do you look for?")).to_have_value("/var/log")


def test_on_a_phone_the_key_opens_the_search_page(open_page: OpenPage) -> None:
    """Where the menu, and the box in it, is put away, "/" leads to the page."""
    page = open_page("pattern/define.html", width=360)
    page.keyboard.press("/")
    page.wait_for_url("**/search.html*")
    expect(page.get_by_label("What do you look for?")).to_be_focused()


def test_on_a_phone_nothing_sticks_out(open_page: OpenPage) -> None:
    """The search page, full of answers, is no wider than the screen."""
    page = open_page("search.html?q=restartPolicy+initContainers", width=360)
    expect(page.locator("#search-list li").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_javascript(open_page: OpenPage) -> None:
    """The page says why there is no search, and where else to look."""
    page = open_page("search.html", javascript=False)
    expect(page.locator("article")).to_contain_text("needs JavaScript")
    expect(page.get_by_label("What do you look for?")).to_be_hidden()
    for name in ("contents", "glossary"):
        expect(page.locator("article").get_by_role("link", name=name)).to_be_visible()


def test_only_the_search_page_loads_the_index(open_page: OpenPage) -> None:
    """A reader who does not search does not pay for the search."""
    page = open_page("index.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page.url.replace("index", "pattern/define"), wait_until="networkidle")
    assert asked
    assert [url for url in asked if "pagefind" in url or "search" in url] == []


@pytest.fixture(scope="module")
def no_pagefind(handbook: Callable[[str], Built], tmp_path_factory: object) -> Path:
    """Give the handbook as it is built where Pagefind has no program."""
    folder = tmp_path_factory.mktemp("bare") / "html"  # type: ignore[attr-defined]
    ignored = shutil.ignore_patterns("pagefind", ".doctrees")
    shutil.copytree(handbook("html").folder, folder, ignore=ignored)
    assert isinstance(folder, Path)
    return folder


@pytest.fixture(params=["from disk", "without Pagefind"])
def elsewhere(
    request: pytest.FixtureRequest, handbook: Callable[[str], Built], no_pagefind: Path
) -> Iterator[str]:
    """Give the address of a site whose index the page cannot read."""
    if request.param == "from disk":
        yield handbook("html").folder.as_uri() + "/"
    else:
        with served(no_pagefind) as address:
            yield address


def test_where_the_index_cannot_be_read(chromium: Browser, elsewhere: str) -> None:
    """Opened from disk, or built without Pagefind, the site still searches."""
    page = chromium.new_page()
    page.goto(elsewhere + "pattern/define.html")
    page.keyboard.press("/")
    page.keyboard.type("ambassador")
    page.keyboard.press("Enter")
    answer = page.locator("#search-results li a", has_text="Lab: the ambassador")
    expect(answer.first).to_be_visible()
    said = page.get_by_role("status").filter(has_text=re.compile(r"found \d+ pages"))
    expect(said).to_have_count(1)
    answer.first.click()
    expect(page.locator("h1")).to_contain_text("Lab: the ambassador")
    page.close()
