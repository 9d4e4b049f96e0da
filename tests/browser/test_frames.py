"""What is wider than the page scrolls in its own frame; pictures open large."""

import pytest
from browsing import WIDTHS, OpenPage, eventually, settled
from playwright.sync_api import Page

SIDEWAYS = """() => {
  const root = document.scrollingElement;
  scrollTo(1000, 0);
  const moved = scrollX;
  scrollTo(0, 0);
  return [root.scrollWidth - root.clientWidth, moved];
}"""

# Everything in the text that can be scrolled sideways, by how it takes the focus. What
# holds buttons or fields needs none of its own: the keyboard scrolls to those.
SCROLLED = """() => [...document.querySelectorAll("article, article *, .content")]
  .filter(part => part.scrollWidth > part.clientWidth + 1 && part.checkVisibility()
    && ["auto", "scroll"].includes(getComputedStyle(part).overflowX)
    && !part.querySelector("button, input"))
  .map(part => [part.className || part.localName, part.tabIndex,
    part.getAttribute("role"), part.getAttribute("aria-label") || ""])"""

# What takes the focus and neither scrolls nor does anything.
IDLE = """() => [...document.querySelectorAll("article [tabindex='0']")]
  .filter(part => part.scrollWidth <= part.clientWidth + 1 && part.checkVisibility())
  .map(part => part.outerHTML.slice(0, 99))"""


def test_only_frames_scroll_sideways(shown: Page) -> None:
    """The page never does; a frame takes the focus, has a name, and does scroll."""
    for width in (320, *WIDTHS):
        shown.set_viewport_size({"width": width, "height": 900})
        settled(shown)
        assert shown.evaluate(SIDEWAYS) == [0, 0], width
        for frame in shown.evaluate(SCROLLED):
            assert frame[1:3] == [0, "group"], (width, frame)
            assert frame[3], (width, frame)
        assert shown.evaluate(IDLE) == [], width


@pytest.mark.parametrize(
    "name", ["pattern/define.html", "context/versus.html", "labs/topz.html"]
)
def test_frames_without_a_script(open_page: OpenPage, name: str) -> None:
    """Without JavaScript each part that scrolls on a phone takes the focus too."""
    page = open_page(name, width=360, javascript=False)
    assert page.evaluate(SIDEWAYS) == [0, 0]
    frames = page.evaluate(SCROLLED)
    assert frames
    for frame in frames:
        assert frame[1:3] == [0, "group"], frame


def test_a_frame_scrolls_by_keyboard(open_page: OpenPage) -> None:
    """The right arrow moves what a listing hides."""
    page = open_page("pattern/define.html", width=360)
    settled(page)
    frame = page.locator("pre[tabindex='0']").first
    frame.focus()
    page.keyboard.press("ArrowRight")
    eventually(page, "document.activeElement.scrollLeft > 0")


@pytest.mark.parametrize("width", [360, 1440])
def test_a_diagram_opens_large(open_page: OpenPage, width: int) -> None:
    """By keyboard: it is larger, alone, named, and Escape brings everything back."""
    page = open_page("context/versus.html", width=width)
    page.evaluate("window.before = document.querySelector('article').innerHTML")
    button = page.locator("button.enlarge").nth(1)
    title = button.get_attribute("aria-label")
    assert title
    name = title.removeprefix("Enlarge: ")
    picture = page.locator(f".diagram > svg:has(title:text-is({name!r}))")
    small = picture.bounding_box()
    assert small
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=name)
    large = dialog.locator("svg").bounding_box()
    assert large
    # On a phone a diagram is as wide already as it was drawn; here it has the screen.
    assert large["width"] >= small["width"] + (0 if width == 360 else 1)
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(part => part.id)")
    assert len(ids) == len(set(ids))
    # The focus stays within: a button, the picture's frame, and the browser's own bar.
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"
            " || !!document.activeElement.closest('dialog')"
        )
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.evaluate("document.activeElement.matches('button.enlarge')")
    assert button.evaluate("button => button === document.activeElement")
    again = picture.bounding_box()
    assert again
    assert again["width"] == pytest.approx(small["width"])
    assert page.evaluate("document.querySelector('article').innerHTML === before")


def test_each_picture_has_its_button(shown: Page) -> None:
    """As many buttons as pictures, each with a name of its own, and the script."""
    pictures = shown.locator("article .diagram > svg, article svg.drawing").count()
    names = shown.locator("button.enlarge").evaluate_all(
        "buttons => buttons.map(button => button.getAttribute('aria-label'))"
    )
    assert len(names) == len(set(names)) == pictures
    if pictures:
        assert shown.locator("dialog.enlarged").count() == 1
