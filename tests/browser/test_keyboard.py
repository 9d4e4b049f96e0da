"""Everything by keyboard alone: in order, visible, and never stuck."""

from typing import Any

import pytest
from browsing import NAMES, OpenPage, Visit, eventually, settled
from playwright.sync_api import Page, expect

# Writes down, before each Tab goes on, what has the focus by then and how it looks.
WATCH = """() => {
  window.seen = [];
  const lined = (part, pseudo) => {
    const style = getComputedStyle(part, pseudo);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  addEventListener("keydown", event => {
    const part = document.activeElement;
    if (event.key !== "Tab" || part === document.body) return;
    // A tab is an unseen radio button; what the reader sees is its label.
    const shown = part.matches(".sd-tab-set > input") ? part.nextElementSibling : part;
    let {left, top, right, bottom} = shown.getBoundingClientRect();
    if (part.matches(".sd-stretched-link")) {
      ({left, top, right, bottom} = part.closest(".sd-card").getBoundingClientRect());
    }
    const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
    const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    const hit = document.elementFromPoint(x, y);
    const last = window.last;
    const both = last && last.closest("article") && part.closest("article");
    seen.push({
      what: part.outerHTML.slice(0, 110),
      outline: lined(shown) || lined(part, "::after"),
      free: !!hit && (shown.contains(hit) || hit.contains(shown)
        || part.matches(".sd-stretched-link") && hit.closest(".sd-card") !== null),
      after: !last || !!(last.compareDocumentPosition(part)
        & Node.DOCUMENT_POSITION_FOLLOWING),
      below: !both || top + scrollY > window.lastTop - 60,
    });
    window.last = part;
    window.lastTop = top + scrollY;
  }, true);
}"""
# How many stops there are, and how many of them come before the text. One radio button
# of a group takes the Tab; what is in a closed drawer takes none.
STOPS = """() => {
  const stops = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), summary, [tabindex='0']")]
    .filter(part => part.checkVisibility({visibilityProperty: true})
      && !(part.type === "radio" && !part.checked));
  const text = document.querySelector("article");
  const before = stops.filter(part =>
    text.compareDocumentPosition(part) & Node.DOCUMENT_POSITION_PRECEDING);
  return [stops.length, before.length];
}"""


def settle(page: Page) -> None:
    """Let the forms of all questions come, which else wait for the reader."""
    page.evaluate(
        "document.querySelectorAll('.exercises').forEach(e => e.scrollIntoView())"
    )
    eventually(
        page,
        "[...document.querySelectorAll('.exercises .exercise')]"
        ".every(one => one.querySelector('.exercise-form'))",
    )
    page.evaluate("scrollTo(0, 0)")
    settled(page)  # whether a frame scrolls, and so takes the focus, is known by then


def walk(page: Page, stops: int, key: str = "Tab") -> list[dict[str, Any]]:
    """Press Tab once more than there are *stops*; return what had the focus.

    With Shift+Tab, from the page's end to its begin.
    """
    page.evaluate(WATCH)
    for _ in range(stops + 1):
        page.keyboard.press(key)
    seen: list[dict[str, Any]] = page.evaluate("seen")
    return seen


def in_order(seen: list[dict[str, Any]], stops: int) -> None:
    """Assert that each stop is after the one before, visible, marked, and none else."""
    for quality in ("outline", "free", "after", "below"):
        assert [s["what"] for s in seen if not s[quality]] == [], quality
    assert len(seen) == stops


# The index has columns; the search page begins in its box, not at its top.
IN_ORDER = [name for name in NAMES if name not in ("genindex.html", "search.html")]


WITH_MENU = ["index.html", "pattern/define.html"]
"""The menu is the same on all pages: on the others the walk skips it, as readers do."""


@pytest.mark.parametrize("name", IN_ORDER)
def test_tab_goes_through_the_page(visit: Visit, name: str) -> None:
    """Each stop is after the one before, visible, marked; the last one is the end."""
    page = visit(name)
    settle(page)
    stops, before = page.evaluate(STOPS)
    if name not in WITH_MENU:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        eventually(page, "location.hash !== ''")
        stops -= before
    in_order(walk(page, stops), stops)


@pytest.mark.parametrize(
    "name", ["pattern/define.html", "context/versus.html", "recap.html", "index.html"]
)
def test_tab_goes_through_a_phones_page(visit: Visit, name: str) -> None:
    """At 360 pixels no stop is behind the header or in the closed menu."""
    page = visit(name, width=360)
    settle(page)
    stops, _before = page.evaluate(STOPS)
    in_order(walk(page, stops), stops)


@pytest.mark.parametrize("name", ["index.html", "pattern/practice.html"])
def test_shift_tab_goes_back_through_a_phones_page(visit: Visit, name: str) -> None:
    """Backward, too, no stop is behind the header, and none out of the window."""
    page = visit(name, width=360)
    page.set_viewport_size({"width": 360, "height": 300})  # zoomed in at a desk
    stops, _before = page.evaluate(STOPS)
    seen = walk(page, stops, "Shift+Tab")
    assert len(seen) > 15
    assert [s["what"] for s in seen if not s["outline"] or not s["free"]] == []


@pytest.mark.parametrize("width", [360, 1440])
def test_the_skip_link_comes_first(open_page: OpenPage, width: int) -> None:
    """The first Tab shows it; Enter goes to the text, past the menu."""
    page = open_page("pattern/define.html", width=width)
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to content")
    assert link.evaluate("link => link === document.activeElement")
    page.wait_for_timeout(400)  # it slides in
    box = link.bounding_box()
    assert box
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('article')")


def test_the_contents_at_a_desk_are_three_keys_away(open_page: OpenPage) -> None:
    """They stand behind all of a long text: a link skips it, and "next" is near."""
    page = open_page("pattern/define.html", reduced_motion="reduce")
    for key in ("Tab", "Tab"):
        page.keyboard.press(key)
    link = page.get_by_role("link", name="Skip to what is on this page")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    first = page.locator("#drawer-contents a:visible").first
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    expect(page.locator(".next-page")).to_be_focused()


def test_a_door_is_called_what_stands_on_it(visit: Visit) -> None:
    """Who speaks to the computer, or hears its links, knows a door by its title."""
    doors = visit("index.html").locator(".sd-card")
    for door in doors.all():
        title = door.locator(".sd-card-title").inner_text()
        expect(door.get_by_role("link")).to_have_accessible_name(title)
    assert doors.count() == 4


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("drawer", ["menu", "contents"])
def test_a_drawer_opens_by_keyboard(
    open_page: OpenPage, drawer: str, javascript: bool
) -> None:
    """On a phone: Enter opens it, the next Tab is in it, Escape closes it."""
    page = open_page("pattern/define.html", width=360, javascript=javascript)
    part = page.locator(f"#drawer-{drawer}")
    assert not part.is_visible()
    button = page.locator(f".mobile-header [popovertarget=drawer-{drawer}]")
    button.focus()
    page.keyboard.press("Enter")
    assert part.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('[popover]')")
    page.keyboard.press("Escape")
    assert not part.is_visible()
    assert button.evaluate("button => button === document.activeElement")


def test_a_chosen_heading_is_seen(open_page: OpenPage) -> None:
    """The contents close once a heading is chosen: it stands below the header."""
    page = open_page("pattern/define.html", width=360)
    page.locator(".mobile-header [popovertarget=drawer-contents]").click()
    page.locator("#drawer-contents").get_by_role("link", name="Recap").click()
    assert not page.locator("#drawer-contents").is_visible()
    heading = page.locator("#recap h2").bounding_box()
    header = page.locator(".mobile-header").bounding_box()
    assert heading
    assert header
    assert heading["y"] >= header["y"] + header["height"]


def test_a_chosen_heading_is_seen_without_scripts(open_page: OpenPage) -> None:
    """The contents slide away, by mouse and by keyboard, and they open again."""
    page = open_page("pattern/define.html", width=360, javascript=False)
    button = page.locator(".mobile-header [popovertarget=drawer-contents]")
    contents = page.locator("#drawer-contents")
    chosen = contents.get_by_role("link", name="Recap")
    button.click()
    expect(contents.get_by_role("button", name="Close")).to_be_focused()
    chosen.click()
    expect(contents).not_to_be_in_viewport()
    expect(page.locator("#recap h2")).to_be_in_viewport()
    page.locator("#recap p").first.click()
    button.click()
    expect(contents).to_be_in_viewport()
    chosen.press("Enter")
    expect(contents).not_to_be_in_viewport()


def test_the_contents_take_no_focus_at_a_desk(visit: Visit) -> None:
    """There they stand beside the text: a page begins at its beginning."""
    page = visit("pattern/define.html")
    expect(page.locator("body")).to_be_focused()
    assert not page.locator(".close-contents").is_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_tabs_by_keyboard(open_page: OpenPage, javascript: bool) -> None:
    """The arrow keys go from tab to tab; what belongs to it is shown."""
    page = open_page("context/kubernetes.html", javascript=javascript)
    tabs = page.locator(".sd-tab-set").first
    panels = tabs.locator(":scope > .sd-tab-content")
    assert panels.nth(0).is_visible()
    tabs.locator(":scope > input").first.focus()
    page.keyboard.press("ArrowRight")
    assert not panels.nth(0).is_visible()
    assert panels.nth(1).is_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_answer_by_keyboard(open_page: OpenPage, javascript: bool) -> None:
    """Enter unfolds an answer, and folds it again."""
    page = open_page("labs/topz.html", javascript=javascript)
    answer = page.locator("details.sd-dropdown").first
    words = answer.locator(".sd-summary-content")
    assert not words.is_visible()
    answer.locator("summary").focus()
    page.keyboard.press("Enter")
    assert words.is_visible()
    page.keyboard.press("Enter")
    assert not words.is_visible()


def test_a_listing_is_copied_by_keyboard(open_page: OpenPage) -> None:
    """What is copied is what the reader would type: no prompt, and no output."""
    page = open_page(
        "pattern/define.html", permissions=["clipboard-read", "clipboard-write"]
    )
    block = page.locator(".highlight-console").first
    block.locator("button.copy").focus()
    page.keyboard.press("Enter")
    block.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("mkdir $HOME/logs\n")
    assert "web: listening" not in copied
    assert "$ " not in copied
