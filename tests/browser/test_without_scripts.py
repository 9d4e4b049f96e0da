"""All that the pages say and show, with JavaScript off."""

import re
from collections.abc import Iterator

import pytest
from browsing import NAMES, OpenPage
from playwright.sync_api import Browser, Page

# The words that a reader can get at: what is folded counts, for a click unfolds it.
WORDS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const part = node.parentElement;
    if (part.closest("button, script, noscript, dialog, .icons, title, desc")) continue;
    // What is marked and solved is kept by the script, so it alone can tell of it.
    if (part.closest(".practice-progress, .exercise-score")) continue;
    if (part.closest("article form, .costs > table")) continue;  // its answers
    const folded = part.closest("details, .sd-tab-content, [popover]");
    if (!folded && !part.checkVisibility()) continue;
    found.push(node.textContent);
  }
  return found.join(" ");
}"""


def words(page: Page) -> str:
    """Return the text of *page*, its white space made even."""
    return re.sub(r"\s+", " ", page.evaluate(WORDS)).strip()


@pytest.fixture(scope="module")
def both(chromium: Browser) -> Iterator[tuple[Page, Page]]:
    """Give a window with scripts and one without, for all pages one after the other."""
    contexts = [chromium.new_context(java_script_enabled=on) for on in (True, False)]
    with_scripts, without = (context.new_page() for context in contexts)
    yield with_scripts, without
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", [n for n in NAMES if n != "search.html"])
def test_every_word_is_there(both: tuple[Page, Page], site: str, name: str) -> None:
    """The same words as with scripts, on a phone and at a desk."""
    for page in both:
        page.goto(site + name)
    for width in (360, 1440):
        for page in both:
            page.set_viewport_size({"width": width, "height": 900})
        with_scripts, without = map(words, both)
        assert len(without) > 500
        assert without == with_scripts


@pytest.mark.parametrize("width", [360, 1440])
def test_each_answer_and_each_tab_opens(open_page: OpenPage, width: int) -> None:
    """A click on a question or a tab shows what it holds."""
    page = open_page("context/kubernetes.html", width=width, javascript=False)
    answers = page.locator("article details")
    assert answers.count()
    for answer in answers.all():
        answer.locator("summary").first.click()
        assert answer.locator(":scope > :not(summary)").first.is_visible()
    for label in page.locator(".sd-tab-label").all():
        if label.is_visible():
            label.click()
            panel = label.get_attribute("aria-controls")
            assert page.locator(f"#{panel}").is_visible()


def test_the_menu_leads_to_another_page(open_page: OpenPage) -> None:
    """On a phone the menu opens, and its links work."""
    page = open_page("index.html", width=360, javascript=False)
    page.get_by_role("button", name="Menu").click()
    page.locator("#drawer-menu").get_by_role("link", name="Glossary").click()
    page.wait_for_url("**/glossary.html")


def test_dark_is_dark(open_page: OpenPage) -> None:
    """The system's wish decides; the button that needs a script is not there."""
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = open_page("index.html", scheme="dark", javascript=False)
    light = open_page("index.html", javascript=False)
    assert dark.evaluate(ground) != light.evaluate(ground)
    assert dark.evaluate(ground) == open_page("index.html", scheme="dark").evaluate(
        ground
    )
    for idle in (".theme-toggle", "button.enlarge", "button.copy"):
        assert not [part for part in dark.locator(idle).all() if part.is_visible()]
