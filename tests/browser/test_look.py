"""What a reader sees first, and whether long text is easy to read."""

from statistics import median

import pytest
from browsing import OpenPage
from playwright.sync_api import Page

# How many letters the lines of a page's paragraphs hold, but for the last of each.
LETTERS = """() => [...document.querySelectorAll('article section > p')].flatMap(p => {
    const range = document.createRange(), lines = new Map();
    const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (let i = 0; i < node.length; i++) {
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            // Code and links in a line may lie a few pixels higher or lower.
            const line = Math.round(range.getBoundingClientRect().bottom / 10);
            lines.set(line, (lines.get(line) || 0) + 1);
        }
    return [...lines.values()].slice(0, -1);
})"""


@pytest.mark.parametrize(("width", "height"), [(360, 740), (768, 1024), (1440, 900)])
def test_the_picture_is_above_the_fold(
    open_page: OpenPage, width: int, height: int
) -> None:
    """The first page shows its picture whole before a reader scrolls."""
    page = open_page("index.html", width=width)
    page.set_viewport_size({"width": width, "height": height})
    box = page.locator("svg.drawing").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("width", [360, 1440])
def test_each_door_leads_to_its_first_step(open_page: OpenPage, width: int) -> None:
    """A card says what to start with, and a click anywhere on it goes there."""
    page = open_page("index.html", width=width)
    doors = page.locator(".sd-card")
    addresses = []
    for number in range(doors.count()):
        door = doors.nth(number)
        assert "Start with" in door.inner_text()
        box = door.bounding_box()
        assert box is not None
        door.click(position={"x": box["width"] / 2, "y": box["height"] - 8})
        addresses.append(page.url.rsplit("/", 2)[-2:])
        page.go_back()
    names = ["/".join(address).split("#")[0] for address in addresses]
    assert names == [
        "pattern/define.html",
        "pattern/identify.html",
        "talk/index.html",
        "labs/served_log.html",
    ]


def test_lines_are_neither_long_nor_short(open_page: OpenPage) -> None:
    """On a wide screen a line has about 70 letters, in text of 17 pixels or more."""
    page = open_page("pattern/trade-offs.html", width=1440)
    letters = page.evaluate(LETTERS)
    assert len(letters) > 40
    assert 60 <= median(letters) <= 75
    size = "getComputedStyle(document.querySelector('section > p')).fontSize"
    assert float(page.evaluate(size).removesuffix("px")) >= 17


def top(page: Page, part: str) -> float:
    """Return how far below the window's edge the first *part* begins."""
    box = page.locator(part).first.bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize(
    "name", ["pattern/define.html", "pattern/trade-offs.html", "labs/log_saver.html"]
)
def test_the_text_begins_on_the_first_screen(open_page: OpenPage, name: str) -> None:
    """What stands before it, on a phone in one line and a box, leaves room for it."""
    page = open_page(name, width=1440)
    assert top(page, "h1 ~ p") < 500
    page = open_page(name, width=360)
    assert top(page, "h1 ~ p") < 740
    facts = page.locator(".page-facts").bounding_box()
    assert facts is not None
    assert facts["height"] < 40


CUT = """() => [...document.querySelectorAll('table.measured td:not(:first-child)')]
    .filter(cell => cell.checkVisibility()).filter(cell => {
        const range = document.createRange();
        const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            range.selectNodeContents(node);
            if (range.getClientRects().length > 1) return true;
        }
        return false;
    }).map(cell => cell.innerText)"""


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_figures_keep_to_one_line(open_page: OpenPage, width: int) -> None:
    """No interval such as "13.2 to 13.2" breaks."""
    page = open_page("pattern/trade-offs.html", width=width)
    page.evaluate("document.querySelector('details').open = true")
    if width < 1440:
        # Names of helpers may wrap there.
        page.add_style_tag(content=".costs td:nth-child(2) { display: none }")
    assert page.locator("table.measured").count() > 10
    assert page.locator("td .interval").count() > 30
    assert page.evaluate(CUT) == []


GAPS = """() => [...document.querySelectorAll('table.docutils')]
    .filter(table => table.caption && table.checkVisibility()).map(table => {
        const edge = part => part.getBoundingClientRect();
        return edge(table.tHead).top - edge(table.caption.firstChild).bottom;
    })"""


@pytest.mark.parametrize("width", [360, 1440])
def test_a_table_begins_below_its_caption(open_page: OpenPage, width: int) -> None:
    """No idle line lies between the two."""
    page = open_page("pattern/trade-offs.html", width=width)
    gaps = page.evaluate(GAPS)
    assert len(gaps) > 10
    assert all(0 <= gap < 16 for gap in gaps), gaps


@pytest.mark.parametrize("width", [360, 1440])
def test_the_button_stands_beside_the_caption(open_page: OpenPage, width: int) -> None:
    """They begin on one line, below the picture; neither lies on the other."""
    page = open_page("pattern/trade-offs.html", width=width)
    figures = page.locator("figure")
    assert figures.count() > 3
    for figure in figures.all():
        picture = figure.locator("svg").first.bounding_box()
        words = figure.locator("figcaption").bounding_box()
        button = figure.locator(".enlarge").bounding_box()
        assert picture
        assert words
        assert button
        assert abs(words["y"] - button["y"]) < 6
        assert words["y"] >= picture["y"] + picture["height"]
        assert words["x"] + words["width"] <= button["x"]


def test_a_listing_of_80_columns_fits(open_page: OpenPage) -> None:
    """On a wide screen nobody scrolls a listing that keeps to 80 columns."""
    page = open_page("labs/log_saver.html", width=1440)
    wide = """() => [...document.querySelectorAll('section > div > .highlight > pre')]
        .filter(pre => pre.scrollWidth > pre.clientWidth)
        .map(pre => Math.max(...pre.innerText.split('\\n').map(line => line.length)))"""
    assert [columns for columns in page.evaluate(wide) if columns <= 80] == []


def test_icons_are_there(open_page: OpenPage) -> None:
    """A browser's tab, an old browser and a phone's home screen get a picture."""
    page = open_page("pattern/define.html")
    links = page.locator('link[rel~="icon"], link[rel="apple-touch-icon"]')
    addresses = links.evaluate_all("links => links.map(link => link.href)")
    assert {address.rsplit(".", 1)[-1].split("?")[0] for address in addresses} == {
        "svg",
        "ico",
        "png",
    }
    for address in addresses:
        assert page.request.get(address).ok, address


# How large the words of each picture are on the screen, by the picture.
WORDS = """() => [...document.querySelectorAll('.drawing, .diagram > svg')].map(svg =>
  [svg.textContent.slice(0, 40), [...svg.querySelectorAll('text')]
    .filter(text => text.textContent.trim())
    .map(text => parseFloat(getComputedStyle(text).fontSize)
      * Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b))])"""


@pytest.mark.parametrize(("width", "least", "most"), [(360, 10, 18), (1440, 11, 18)])
@pytest.mark.parametrize(
    "name", ["index.html", "pattern/define.html", "pattern/trade-offs.html"]
)
def test_words_in_pictures_are_as_large_as_text(
    open_page: OpenPage, name: str, width: int, least: int, most: int
) -> None:
    """Not smaller than a phone shows well, nor larger than the text around them."""
    page = open_page(name, width=width)
    pictures = page.evaluate(WORDS)
    assert pictures
    for title, sizes in pictures:
        assert least <= min(sizes), title
        assert max(sizes) <= most, title


def test_a_table_shows_that_it_goes_on(open_page: OpenPage) -> None:
    """A shadow on the side where there is more, and none where there is not."""
    page = open_page("pattern/trade-offs.html", width=360)
    page.wait_for_function("document.querySelector('.table-wrapper:not([tabindex])')")
    shades = page.evaluate("""() => [...document.querySelectorAll('.table-wrapper')]
      .filter(frame => frame.checkVisibility())
      .map(frame => [frame.scrollWidth > frame.clientWidth + 1,
        getComputedStyle(frame).backgroundImage.split('linear').length - 1])""")
    assert sorted({tuple(shade) for shade in shades}) == [(False, 0), (True, 4)]


@pytest.mark.parametrize(
    "name", ["context/kubernetes.html", "context/in-the-wild.html", "labs/topz.html"]
)
def test_an_option_of_a_command_stays_whole(open_page: OpenPage, name: str) -> None:
    """No line of code in a sentence ends after the "-" of "-c"."""
    page = open_page(name, width=360)
    lines = page.evaluate("""() => [...document.querySelectorAll('code.long > span')]
      .filter(option => option.checkVisibility() && !option.closest('td, th'))
      .map(option => [option.textContent, option.getClientRects().length])""")
    assert lines
    assert {count for _, count in lines} == {1}


def test_a_time_line_keeps_its_axis_clear(open_page: OpenPage) -> None:
    """The bars of a gantt chart end above the seconds."""
    page = open_page("context/kubernetes.html", width=1440)
    bars = page.evaluate("""() => [...document.querySelectorAll('.diagram rect.task')]
      .map(bar => bar.getBoundingClientRect().bottom)""")
    axis = page.evaluate("""() => [...document.querySelectorAll('.diagram .tick text')]
      .map(text => text.getBoundingClientRect().top)""")
    assert bars
    assert max(bars) <= min(axis)


# How many lines of a listing, or of the paragraph above it, lie below each button.
COVERED = """() => [...document.querySelectorAll('button.copy')]
  .filter(button => button.checkVisibility()).map(button => {
    const box = button.getBoundingClientRect(), range = document.createRange();
    const code = button.parentElement.querySelector('pre');
    const above = button.closest('[class*=highlight-]').previousElementSibling;
    return [code, above].filter(Boolean).flatMap(part => {
      range.selectNodeContents(part);
      return [...range.getClientRects()];
    }).filter(text => text.width > 1 && text.left < box.right && text.right > box.left
      // A line is a little higher than its letters.
      && text.top + 2 < box.bottom && text.bottom - 2 > box.top).length;
  })"""


@pytest.mark.parametrize("name", ["pattern/define.html", "labs/served_log.html"])
def test_the_button_to_copy_covers_no_code(open_page: OpenPage, name: str) -> None:
    """Where a finger cannot hover, it is always there."""
    page = open_page(name, width=360, has_touch=True, is_mobile=True)
    page.wait_for_function("document.querySelector('button.copy')")
    buttons = page.evaluate(COVERED)
    assert len(buttons) > 5
    assert set(buttons) == {0}
