"""No finding of axe-core on what a reader reaches: a picture open, a card, answers.

The page as it is opened is the matter of test_axe.py, answered questions are that of
test_answering.py, and the report of "Try it" that of test_try_it.py. Each state is
reached once, on a short page where there is one, and all rules look at all of it; on a
long page, at the part that changed.
"""

import re

from axe_core import AXE, found
from browsing import Visit
from playwright.sync_api import Page, expect


def everywhere(page: Page, part: str = "html") -> list[str]:
    """Look at a part of *page* as it is now, narrow and wide, light and dark."""
    page.evaluate(AXE)
    lines = []
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            new = found(page, {"include": [[part]]}, {})
            lines += [f"{width} {scheme} {line}" for line in new]
    return lines


def test_an_open_picture(visit: Visit) -> None:
    """A diagram that fills the window."""
    page = visit("index.html")
    page.locator("button.enlarge").press("Enter")
    expect(page.get_by_role("dialog").locator("svg")).to_be_visible()
    assert everywhere(page) == []


def test_an_open_card(visit: Visit) -> None:
    """A term that shows its definition."""
    page = visit("reference/try.html")
    page.locator("article a:has(.std-term)").first.hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    assert everywhere(page) == []


def test_a_search_with_answers(visit: Visit) -> None:
    """The search page, full."""
    page = visit("search.html?q=sidecar")
    expect(page.locator("#search-list li")).to_have_count(10)
    assert everywhere(page) == []


def test_another_tab(visit: Visit) -> None:
    """A tab that is not the one shown first."""
    page = visit("context/kubernetes.html")
    tabs = page.locator(".sd-tab-set").first
    tabs.locator(":scope > input").first.press("ArrowRight")
    expect(tabs.locator(":scope > .sd-tab-content").nth(1)).to_be_visible()
    assert everywhere(page, ".sd-tab-set") == []


def test_a_practiced_case(visit: Visit) -> None:
    """A case that is checked, half right."""
    page = visit("pattern/practice-more.html")
    case = page.locator(".practice").first
    for choice in case.get_by_label("main container").all():
        choice.check()
    case.get_by_role("button", name=re.compile("^Check")).press("Enter")
    expect(case.get_by_role("status")).to_contain_text("right.")
    assert everywhere(page, ".practice:has([data-result=right])") == []
