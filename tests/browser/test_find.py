"""Finding one's way: cards of terms, copies, tabs, the page that is not there."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from browsing import OpenPage, Visit
from builds import Built
from playwright.sync_api import Browser, Locator, Page, expect

TERM = "access log"
MEANING = "A file to which a server adds one line for each request"


def term(page: Page) -> Locator:
    """Return the first link of a page to the term *access log*."""
    return page.locator("article").get_by_role("link", name=TERM).first


def card(page: Page) -> Locator:
    """Return the card of a term."""
    return page.get_by_role("tooltip")


def test_a_term_under_the_mouse_shows_its_meaning(open_page: OpenPage) -> None:
    """It opens under the mouse, stays while the mouse is over it, and goes after."""
    page = open_page("pattern/define.html")
    term(page).hover()
    expect(card(page)).to_contain_text(MEANING)
    card(page).hover()
    page.wait_for_timeout(600)
    expect(card(page)).to_be_visible()
    page.locator("h1").hover()
    expect(card(page)).to_be_hidden()


def test_a_term_with_the_focus_shows_its_meaning(open_page: OpenPage) -> None:
    """At the keyboard it opens with the focus, is read out, and Escape closes it."""
    page = open_page("pattern/define.html")
    term(page).evaluate("link => link.tabIndex = 0")
    page.keyboard.press("Tab")  # so that the browser shows where the focus is
    term(page).focus()
    expect(card(page)).to_contain_text(MEANING)
    assert term(page).get_attribute("aria-describedby") == card(page).get_attribute(
        "id"
    )
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()
    expect(term(page)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reference/glossary.html#term-access-log")


def test_a_tap_shows_the_meaning_and_a_second_leads_on(open_page: OpenPage) -> None:
    """On a phone the first tap explains, within the screen; the second is the link."""
    page = open_page("pattern/define.html", width=360, has_touch=True)
    term(page).tap()
    expect(card(page)).to_contain_text(MEANING)
    box = card(page).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.locator("h2").first.tap()
    expect(card(page)).to_be_hidden()
    term(page).tap()
    expect(card(page)).to_be_visible()
    term(page).tap()
    page.wait_for_url("**/reference/glossary.html#term-access-log")


def test_every_linked_term_has_a_meaning(open_page: OpenPage) -> None:
    """No card stays away, or is empty, on any of the terms of a long page."""
    page = open_page("context/kubernetes.html")
    links = page.locator("article a:has(> .std-term)")
    assert links.count() > 10
    links.first.hover()
    expect(card(page)).to_be_visible()
    meanings: dict[str, list[str]] = page.evaluate("window.handbookTerms")
    for link in links.all():
        name = (link.get_attribute("href") or "").split("#")[1]
        assert len(meanings[name][1]) > 20, name


def test_terms_load_nothing_before_they_are_needed(open_page: OpenPage) -> None:
    """The meanings come with the first card; without JavaScript a term is a link."""
    page = open_page("pattern/define.html")
    assert page.evaluate("window.handbookTerms") is None
    page = open_page("pattern/define.html", javascript=False)
    term(page).click()
    page.wait_for_url("**/reference/glossary.html#term-access-log")


def test_cards_from_disk(chromium: Browser, handbook: Callable[[str], Built]) -> None:
    """A page opened from disk explains its terms, too."""
    page = chromium.new_page()
    page.goto((handbook("html").folder / "pattern/define.html").as_uri())
    term(page).hover()
    expect(card(page)).to_contain_text(MEANING)
    page.close()


def test_a_copy_leaves_prompts_and_outputs_out(open_page: OpenPage) -> None:
    """What the button of a session copies is what a reader would type."""
    page = open_page(
        "labs/served_log.html", permissions=["clipboard-read", "clipboard-write"]
    )
    session = page.locator(".highlight-console").filter(has=page.locator(".go")).first
    shown = session.locator("pre").inner_text()
    assert shown.startswith("$ ")
    session.hover()
    session.get_by_role("button", name="Copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip()
    for line in copied.splitlines():
        assert f"$ {line}" in shown or f"> {line}" in shown or f"\n{line}" in shown
    for output in session.locator(".go").all_inner_texts():
        assert output not in copied.splitlines()
    assert "$ " not in copied


def test_a_copy_of_a_python_session_can_be_typed_in(open_page: OpenPage) -> None:
    """Python takes a line after an indented part only after an empty line."""
    page = open_page(
        "labs/served_log.html", permissions=["clipboard-read", "clipboard-write"]
    )
    page.locator("details summary").first.click()
    session = page.locator(".highlight-pycon", has_text="requests_per_path").first
    session.hover()
    session.get_by_role("button", name="Copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    lines = copied.splitlines()
    indented = [
        (line, after) for line, after in pairwise(lines) if line.startswith("    ")
    ]
    assert len(indented) > 5
    assert all(not after or after.startswith("    ") for _, after in indented)
    assert "import sys, tempfile" in lines


def test_a_copy_leaves_errors_out(open_page: OpenPage) -> None:
    """What Python says of a mistake is not typed either; what follows it is."""
    page = open_page(
        "labs/dynamic_config.html", permissions=["clipboard-read", "clipboard-write"]
    )
    session = page.locator(".highlight-pycon", has_text="Traceback")
    page.locator("details", has=session).locator("summary").click()
    session.hover()
    session.get_by_role("button", name="Copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Error" not in copied
    assert "Traceback" not in copied
    assert "check(path.read_bytes())\n\nwrite(path, old)\n" in copied
    assert copied.rstrip().endswith('"dynamic_config"))')


def test_a_copy_of_a_file_is_the_whole_file(open_page: OpenPage) -> None:
    """A listing that is no session is copied as it stands."""
    page = open_page(
        "pattern/define.html", permissions=["clipboard-read", "clipboard-write"]
    )
    listing = page.locator(".highlight-yaml").first
    listing.hover()
    listing.get_by_role("button", name="Copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == listing.locator("pre").inner_text().strip()


@pytest.mark.parametrize("name", ["pattern/define.html", "pattern/features.html"])
def test_a_copy_button_says_what_it_copies(visit: Visit, name: str) -> None:
    """By its caption or its first line: who hears only the buttons can choose one."""
    buttons = visit(name).locator("button.copy").all_text_contents()
    assert len(buttons) > 10
    assert all(re.match(r"Copy(?: the commands| these lines)?: \S", b) for b in buttons)
    assert len(set(buttons)) == len(buttons)


def test_what_came_of_a_copy_is_said(open_page: OpenPage) -> None:
    """In a part that is read out when it changes."""
    page = open_page("pattern/define.html", permissions=["clipboard-write"])
    page.get_by_role("button", name="Copy the commands: mkdir $HOME/logs").click()
    said = page.get_by_role("status").filter(has_text="Copied")
    expect(said).to_have_count(1)
    expect(said).to_have_count(0)


def test_tabs_stay_in_step(open_page: OpenPage) -> None:
    """Who chooses Compose once sees Compose in every set of tabs that has it."""
    page = open_page("pattern/features.html")
    tabs = page.locator(".sd-tab-label", has_text=re.compile(r"^\s*Compose\s*$"))
    assert tabs.count() > 1
    shown = [page.locator(f"[id='{tab.get_attribute('for')}']") for tab in tabs.all()]
    expect(shown[0]).not_to_be_checked()
    expect(shown[1]).not_to_be_checked()
    tabs.first.click()
    for choice in shown:
        expect(choice).to_be_checked()
    page.reload()
    for choice in shown:
        expect(choice).to_be_checked()


@pytest.mark.parametrize("address", ["gone.html", "pattern/gone/", "a/b/c/d.html?x=1"])
def test_a_page_that_is_not_there_helps(
    chromium: Browser, hosted: str, address: str
) -> None:
    """At any depth it has the site's look, a search that works, and the four doors."""
    page = chromium.new_page()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    answer = page.goto(hosted + address)
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("This page is not here")
    assert failed == []
    rules = "document.styleSheets[0].cssRules.length"
    assert page.evaluate(rules) > 100
    for link in page.locator("article a, .sidebar-drawer a").all():
        target = link.get_attribute("href") or ""
        there = page.request.get(hosted.removesuffix("/en/latest/") + target)
        assert there.ok, target
    for door in ("I want to learn it", "I have a repository", "I teach it", "see it"):
        expect(page.locator("article").get_by_role("link", name=door)).to_be_visible()
    page.get_by_label("What did you look for?").fill("job never completes")
    page.keyboard.press("Enter")
    expect(page.locator("#search-list li").first).to_be_visible()
    page.close()
