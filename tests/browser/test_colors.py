"""Text and lines stand out from what is behind them, as Chromium shows them."""

from pathlib import Path

import pytest
from browsing import OpenPage
from playwright.sync_api import Page

MEASURE = Path(__file__).with_name("colors.js").read_text(encoding="utf-8")

# Together they have every kind of block: cards, tabs, dropdowns, code, tables, charts.
NAMES = [
    "index",
    "pattern/define",
    "pattern/features",
    "pattern/trade-offs",
    "context/kubernetes",
    "context/versus",
    "labs/log_saver",
    "recap",
    "reference/glossary",
    "reference/resources",
    "talk/index",
]


def weak(page: Page) -> list[str]:
    """Return what on *page* stands out too little: prose, other text, lines."""
    found: list[str] = page.evaluate(MEASURE, {"body": 7, "rest": 4.5, "lines": 3})
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_everything_stands_out(open_page: OpenPage, name: str, scheme: str) -> None:
    """Prose and the words of drawings have 7:1, other text 4.5:1, lines 3:1."""
    page = open_page(f"{name}.html", scheme=scheme)
    # What is folded counts too.
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert weak(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_gives_the_same_colors(open_page: OpenPage, scheme: str) -> None:
    """Who chooses a scheme by Furo's button sees that scheme whole."""
    other = "dark" if scheme == "light" else "light"
    wished = open_page("pattern/define.html", scheme=scheme)
    chosen = open_page("pattern/define.html", scheme=other)
    chosen.evaluate("scheme => document.body.dataset.theme = scheme", scheme)
    colors = """() => {
        const places = document.querySelectorAll('article p, pre *, figure svg *');
        return [...places].map(place => getComputedStyle(place))
            .map(s => [s.color, s.backgroundColor, s.fill, s.stroke].join()) }"""
    assert chosen.evaluate(colors) == wished.evaluate(colors)
    assert weak(chosen) == []


@pytest.mark.parametrize(("scheme", "pale"), [("light", "#aaa"), ("dark", "#555")])
@pytest.mark.parametrize(
    ("color", "where"),
    [
        ("text", ': "Your web application'),
        ("text", '" in a drawing'),
        ("main", "a line of"),
        ("accent", ': "sidecar"'),
    ],
)
def test_a_weak_color_is_found(
    open_page: OpenPage, scheme: str, pale: str, color: str, where: str
) -> None:
    """The measure itself works: a color that is too pale is found where it is used."""
    page = open_page("pattern/define.html", scheme=scheme)
    page.evaluate(f"document.body.style.setProperty('--hb-{color}', '{pale}')")
    assert [line for line in weak(page) if where in line]


def test_paper_is_light(open_page: OpenPage) -> None:
    """A page printed from the dark scheme has dark text on white."""
    page = open_page("pattern/define.html", scheme="dark")
    page.emulate_media(media="print")
    color = "getComputedStyle(document.querySelector('section > p')).color"
    assert page.evaluate(color) == "rgb(29, 28, 26)"
    assert weak(page) == []
