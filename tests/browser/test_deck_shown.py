"""The deck of the talk in a browser: every slide, at both sizes, in both schemes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from unicodedata import normalize

import pytest
from axe_core import AXE, WHOLE, found
from browsing import POLICY, eventually, served
from builds import Built
from playwright.sync_api import Browser, BrowserContext, Page
from pypdf import PdfReader
from slides.read import SOURCE, slides

SIZES = [(1280, 720), (1920, 1080)]
TITLES = [slide.title for slide in slides(SOURCE.read_text(encoding="utf-8"))]

# What sticks out of the slide that is shown, or lies on something else there.
MISFITS = """() => {
  const section = Reveal.getCurrentSlide();
  const slide = section.querySelector(".slide");
  const box = part => part.getBoundingClientRect();
  const said = [];
  const tell = (what, part) => said.push(`${what}: ${part.outerHTML.slice(0, 90)}`);
  const whole = box(slide);
  if (Math.abs(whole.left) > 1 || Math.abs(whole.top) > 1
      || Math.abs(whole.width - innerWidth) > 1
      || Math.abs(whole.height - innerHeight) > 1) {
    tell(`the slide is at ${JSON.stringify(whole)}`, slide);
  }
  const edge = 20 * innerWidth / 1280;
  for (const part of slide.querySelectorAll("*")) {
    if (part.parentElement.closest("svg")) continue;  // a drawing shows what it shows
    if (getComputedStyle(part).display === "contents") continue;
    const {left, top, right, bottom} = box(part);
    if (left < edge || top < edge || right > innerWidth - edge
        || bottom > innerHeight - edge) tell("out of the slide", part);
    if (part.matches("pre, .body, .columns *")
        && part.scrollWidth > part.clientWidth + 1) tell("wider than its box", part);
  }
  for (const part of [slide, slide.querySelector(".body")]) {
    if (part.scrollHeight > part.clientHeight + 1) tell("higher than its box", part);
  }
  // The words of a drawing: whole, apart, and large enough for the last row.
  for (const svg of slide.querySelectorAll("svg")) {
    const frame = box(svg);
    const seen = [...svg.querySelectorAll("text")].filter(
      part => part.textContent.trim() && !apart(box(part), frame));
    seen.forEach((part, index) => {
      const {left, top, right, bottom, height} = box(part);
      if (left < frame.left - 2 || right > frame.right + 2 || top < frame.top - 2
          || bottom > frame.bottom + 2) tell("cut off", part);
      const lines = Math.max(1, part.querySelectorAll(".text-outer-tspan").length);
      if (height / lines * 1280 / innerWidth < 20) tell("small words", part);
      for (const other of seen.slice(index + 1))
        if (!apart(box(part), box(other))) tell("words lie on words", part);
    });
  }
  for (const part of slide.querySelectorAll("p, li, pre, code")) {
    if (parseFloat(getComputedStyle(part).fontSize) < 22) tell("small words", part);
  }
  // Text must not lie on other text, on a picture or on the deck's controls.
  const texts = [...slide.querySelectorAll("h2, p, pre, svg")].filter(
    part => !part.closest("svg svg") && getComputedStyle(part).display !== "none");
  const marks = [...document.querySelectorAll(".controls button, .slide-number")];
  function apart(a, b) {
    return a.right <= b.left + 1 || b.right <= a.left + 1
      || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
  }
  texts.forEach((part, index) => {
    for (const other of texts.slice(index + 1).concat(marks)) {
      if (!part.contains(other) && !apart(words(part), words(other)))
        tell(`lies on ${other.outerHTML.slice(0, 60)}`, part);
    }
  });
  // The box of the words alone: a line's box is as wide as the slide.
  function words(part) {
    if (part.matches("svg, button, .slide-number")) return box(part);
    const range = document.createRange();
    range.selectNodeContents(part);
    return range.getBoundingClientRect();
  }
  return said;
}"""


# The presenter's page: no part is cut off or lies on another; long notes scroll.
FITS = """() => {
  const root = document.documentElement;
  const box = name => document.querySelector(name).getBoundingClientRect();
  return root.scrollWidth <= innerWidth && root.scrollHeight <= innerHeight
    && box(".clock").bottom <= box(".say").top && box(".say").height > 200
    && (box(".now").width === 0
      || box("#now .slide").bottom <= box(".then").top
        && box("#then .slide").bottom <= innerHeight
        && box("#now .slide").right <= box(".say").left);
}"""


@pytest.fixture(scope="module")
def address(deck: Built) -> Iterator[str]:
    """Give the address of the deck, served as a site is."""
    with served(deck.folder) as where:
        yield where


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """Give one window for all tests of the deck."""
    context = chromium.new_context(reduced_motion="reduce")
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def opened(window: BrowserContext, address: str) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page of the deck, and waits until it is one."""
    there = []

    def open_deck(
        name: str, size: tuple[int, int] = SIZES[0], scheme: str = "light"
    ) -> Page:
        page = window.new_page()
        there.append(page)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(name if "://" in name else address + name)
        if "handout" not in name:
            eventually(page, "window.Reveal?.isReady() ?? false")
        return page

    yield open_deck
    for page in there:
        page.close()


def show(page: Page, index: int) -> str:
    """Show a slide with everything that a key would add; return its title."""
    page.evaluate("index => Reveal.slide(index, 0, 99)", index)
    title: str = page.evaluate("Reveal.getCurrentSlide().querySelector('h2').innerText")
    return title


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_sticks_out(
    opened: Callable[..., Page], size: tuple[int, int], scheme: str
) -> None:
    """Every part of every slide lies on the slide, apart from every other."""
    page = opened("long.html", size, scheme)
    assert page.evaluate("Reveal.getTotalSlides()") == len(TITLES)
    for index, title in enumerate(TITLES):
        assert show(page, index) == title
        assert page.evaluate(MISFITS) == [], title


def test_what_sticks_out_is_found(opened: Callable[..., Page]) -> None:
    """The test above sees a word too many, and a heading in the way."""
    page = opened("long.html")
    show(page, 1)
    assert page.evaluate(MISFITS) == []
    page.add_style_tag(content=".goals li { white-space: nowrap; font-size: 90px }")
    assert any(line.startswith("out of the slide") for line in page.evaluate(MISFITS))
    show(page, 4)
    page.add_style_tag(content=".slide .map .words { font-size: 29px !important }")
    found_in_drawing = {line.split(":")[0] for line in page.evaluate(MISFITS)}
    assert found_in_drawing == {"cut off", "words lie on words"}
    show(page, 5)
    page.add_style_tag(content=".slide .body { margin-top: -60px }")
    assert any(line.startswith("lies on") for line in page.evaluate(MISFITS))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_another_screen_has_no_bright_bars(
    opened: Callable[..., Page], scheme: str
) -> None:
    """A screen that is higher shows the slide whole, on a ground of its color."""
    page = opened("long.html#/2", (1280, 800), scheme)
    grounds = page.evaluate(
        "['.reveal-viewport', 'section.present .slide'].map(name =>"
        " getComputedStyle(document.querySelector(name)).backgroundColor)"
    )
    assert grounds[0] == grounds[1]
    top = page.evaluate(
        "document.querySelector('section.present').getBoundingClientRect().top"
    )
    assert abs(top - 40) < 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_finding_of_axe(opened: Callable[..., Page], scheme: str) -> None:
    """Contrast, names, headings and all else, on every slide."""
    page = opened("long.html", SIZES[0], scheme)
    page.evaluate(AXE)
    for index, title in enumerate(TITLES):
        show(page, index)
        assert found(page, WHOLE, {}) == [], title


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["long.html?handout", "presenter.html"])
def test_no_finding_of_axe_elsewhere(
    window: BrowserContext, address: str, name: str, scheme: str
) -> None:
    """The handout, and the presenter's page that nobody has opened from a deck."""
    page = window.new_page()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(address + name)
    page.evaluate(AXE)
    assert found(page, WHOLE, {}) == []
    page.close()


def test_the_keyboard_leads_through_the_talk(opened: Callable[..., Page]) -> None:
    """Arrow after arrow, the whole talk; the recap's answers take a key each."""
    page = opened("short.html")
    seen = []
    for _ in range(60):
        seen.append(
            page.evaluate("Reveal.getCurrentSlide().querySelector('h2').innerText")
        )
        if page.evaluate("Reveal.isLastSlide()"):
            break
        page.keyboard.press("ArrowRight")
    assert list(dict.fromkeys(seen)) == [t for t in TITLES if t != "Demo"]
    assert seen.count("Recap") == 5
    page.keyboard.press("Shift+?")
    keys = page.locator(".r-overlay, .overlay").first
    assert "Presenter's page" in keys.inner_text()
    head = "head => getComputedStyle(head).backgroundColor"
    assert keys.locator(".title").evaluate(head) == "rgba(0, 0, 0, 0)"
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    assert page.evaluate("Reveal.isFirstSlide()")
    page.keyboard.press("PageDown")
    eventually(page, "location.hash === '#/2'")


def test_the_screen_has_the_number_of_the_notes(opened: Callable[..., Page]) -> None:
    """The short cut leaves one slide out, and the others keep their numbers."""
    page = opened("short.html")
    shown, noted = [], []
    for index in range(page.evaluate("Reveal.getTotalSlides()")):
        show(page, index)
        shown.append(page.inner_text(".slide-number").split()[0])
        noted.append(
            page.evaluate(
                "Reveal.getCurrentSlide().querySelector('.notes .time b').textContent"
            )
        )
    assert shown == noted
    assert "10" not in shown and shown[-1] == str(len(TITLES))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_key_changes_the_scheme(opened: Callable[..., Page], scheme: str) -> None:
    """For a projector in a bright room: D goes to the other colors, and back."""
    page = opened("short.html#/2", SIZES[0], scheme)
    ground = "getComputedStyle(document.body).backgroundColor"
    seen = [page.evaluate(ground)]
    for _ in range(2):
        page.keyboard.press("d")
        seen.append(page.evaluate(ground))
    assert seen[0] == seen[2] != seen[1]
    page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
    assert page.evaluate(ground) == seen[2]  # the key has chosen


def presented(page: Page) -> Page:
    """Open the presenter's page from a deck, by its key."""
    with page.context.expect_page() as opening:
        page.keyboard.press("s")
    view = opening.value
    eventually(view, "document.getElementById('now')?.childElementCount === 1")
    return view


@pytest.mark.parametrize("place", ["site", "disk"])
def test_the_presenter_sees_notes_and_clock(
    opened: Callable[..., Page], deck: Built, place: str
) -> None:
    """S opens it; it follows the deck, and leads it; from a disk as from a site."""
    name = "long.html" if place == "site" else (deck.folder / "long.html").as_uri()
    page = opened(name)
    view = presented(page)
    assert "log file" in view.inner_text("#notes")
    assert view.inner_text("#until") == "1:00"
    assert view.inner_text("#then h2") == "Goals"
    view.keyboard.press("ArrowRight")
    eventually(page, "Reveal.getIndices().h === 1")
    eventually(view, "document.getElementById('notes').innerText.includes('Hands up')")
    assert view.inner_text("#now h2") == "Goals"
    assert view.inner_text("#until") == "2:00"
    assert view.inner_text("#elapsed").startswith("1:0")
    page.bring_to_front()
    page.keyboard.press("ArrowRight")
    eventually(view, "document.querySelector('#now h2').innerText === 'Hi!'")
    view.get_by_role("button", name="Back").click()
    eventually(page, "Reveal.getIndices().h === 1")
    view.get_by_role("button", name="Restart the clock").click()
    assert view.inner_text("#elapsed").startswith("0:0")
    view.keyboard.press("ArrowRight")  # with the button in focus
    eventually(page, "Reveal.getIndices().h === 2")
    page.evaluate("Reveal.slide(16)")
    eventually(view, "document.getElementById('then').innerText === 'The end.'")
    view.close()


def test_the_presenter_page_has_no_finding(opened: Callable[..., Page]) -> None:
    """With two slides and notes on it, light and dark."""
    view = presented(opened("long.html#/9"))
    view.evaluate(AXE)
    for scheme in ("light", "dark"):
        view.emulate_media(color_scheme=scheme)
        assert found(view, WHOLE, {}) == []
    for width, height in ((1200, 800), (1366, 600), (1024, 700), (390, 800)):
        view.set_viewport_size({"width": width, "height": height})
        eventually(view, f"innerWidth === {width}")
        eventually(view, f"({FITS})()")
    view.close()


def test_all_comes_from_the_site(window: BrowserContext, address: str) -> None:
    """The whole talk asks no other host, and breaks no rule of the policy."""
    asked: list[str] = []
    said: list[str] = []
    page = window.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    response = page.goto(address + "long.html")
    assert response is not None
    assert response.headers["content-security-policy"] == POLICY
    eventually(page, "Reveal.isReady()")
    view = presented(page)
    view.on("console", lambda message: said.append(message.text))
    for index in range(len(TITLES)):
        show(page, index)
    assert asked
    assert [url for url in asked if not url.startswith(address)] == []
    assert said == []
    view.close()
    page.close()


def test_without_scripts_it_is_a_handout(chromium: Browser, address: str) -> None:
    """Every slide and every note stands there, to scroll through."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "short.html")
    for title in TITLES:
        if title != "Demo":
            assert page.get_by_role("heading", name=title, exact=True).is_visible()
    assert page.locator(".notes").count() == len(TITLES) - 1
    assert page.locator(".notes").last.is_visible()
    context.close()


@pytest.mark.parametrize("width", [360, 1440])
def test_the_handout_fits_a_screen(opened: Callable[..., Page], width: int) -> None:
    """No page wider than the screen, and no slide higher than its frame."""
    page = opened("long.html?handout", (width, 900))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(
        "[...document.querySelectorAll('.slide')].every("
        "slide => slide.scrollHeight <= slide.clientHeight + 1)"
    )


def test_from_the_handout_to_the_slides(opened: Callable[..., Page]) -> None:
    """The handout says where its slides are; nothing else needs to."""
    page = opened("short.html?handout")
    page.get_by_role("link", name="Show the slides").click()
    eventually(page, "window.Reveal?.isReady() ?? false")
    assert not page.get_by_role("link", name="Show the slides").is_visible()


@pytest.mark.parametrize("name", ["short.html", "short.html?handout"])
def test_paper_has_slides_and_notes(
    opened: Callable[..., Page], tmp_path: Path, name: str
) -> None:
    """What the browser prints, from the deck too: each slide with all of its notes."""
    page = opened(name)
    place = tmp_path / "handout.pdf"
    page.pdf(path=place, prefer_css_page_size=True, print_background=True)
    sheets = [sheet.extract_text() for sheet in PdfReader(place).pages]
    assert 5 <= len(sheets) <= 9
    text = normalize("NFKC", " ".join(" ".join(sheets).split()))  # no ligatures
    for title in TITLES:
        assert (title in text) == (title != "Demo")
    assert "Your application writes a log file" in text
    assert "If one of its pages is wrong, please report it. Thank you." in text
    assert "1 / 16" not in text
    assert "Show the slides" not in text


def test_a_name_on_the_slide_that_greets(opened: Callable[..., Page]) -> None:
    """The speaker's name comes with the address, and is text and nothing else."""
    page = opened("short.html?name=Ada%20<b>L</b>#/3")
    heading = page.locator(".hello h2")
    assert heading.inner_text() == "Hi! I am Ada <b>L</b>."
