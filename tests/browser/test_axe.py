"""No finding of axe-core on any page, of any impact, by any rule but one.

Best practices, the level AAA and what is experimental are included: a contrast of 7:1
is asked for. A page is loaded once. All rules about form look at it on a phone and at a
desk; the dark scheme changes colors alone, and moves nothing. The rules about color
look at one part of each look, at the desk's width in either scheme: at the others the
colors of the text are the same. The frame around the text is the same on all pages: a
tablet, which shows what a phone does, and the frame's colors wherever it has other
parts than at a desk, are looked at on three. All rules at all of it in all six would
take several times as long, and find nothing more.
"""

from typing import Any

import pytest
from axe_core import AXE, WHOLE, found, found_in_colors
from browsing import NAMES, WIDTHS, Visit, settled
from playwright.sync_api import Page

BY_COLOR = [
    "color-contrast",
    "color-contrast-enhanced",  # passes over what is so pale that the other finds it
    "link-in-text-block",
]
# Experimental: it wants a landmark for each table that scrolls, twenty on a page.
LEFT_OUT = ["focus-order-semantics"]
AROUND = {"include": [["html"]], "exclude": [["article"]]}
FRAMES = ["index.html", "pattern/define.html", "search.html"]
"""A page without contents beside it, one with, and the one without a box to search."""


def only(rules: list[str]) -> dict[str, Any]:
    """Return the options with which axe-core runs *rules*, whatever its defaults."""
    return {"runOnly": {"type": "rule", "values": rules}}


def test_axe_is_the_version_that_we_name(tab: Page) -> None:
    """A newer axe-core has other rules: then look at its findings first."""
    tab.goto("about:blank")
    tab.evaluate(AXE)
    assert tab.evaluate("axe.version") == "4.12.1"


def test_axe_finds_what_is_wrong(tab: Page) -> None:
    """A page with three mistakes has three findings, as far as color and form go."""
    tab.goto("about:blank")
    tab.set_content(
        "<html lang=en><title>x</title><main><h1>x</h1>"
        "<h4>jumps</h4><img src=data:,><p style='color:#ccc'>pale</p></main>"
    )
    tab.evaluate(AXE)
    rules = {line.split(" ")[0] for line in found(tab, WHOLE, {})}
    assert {"heading-order", "image-alt", "color-contrast"} <= rules


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ("<p>Good, then <b style='color:#bbb'>pale</b>", "color-contrast"),
        ("<p>Good, then <b style='color:#666'>so-so</b>", "color-contrast-enhanced"),
        ("<p style='background:#555'>dark ground", "color-contrast"),
        ("<div style='opacity:.3'><p>faint</div>", "color-contrast"),
        (
            "<p>In words, <a href=/ style='color:#222;text-decoration:none'>a link</a>",
            "link-in-text-block",
        ),
    ],
)
def test_axe_finds_a_wrong_color_among_many_right_ones(
    tab: Page, wrong: str, rule: str
) -> None:
    """One part of each look is enough to find it."""
    tab.goto("about:blank")
    right = "<p>Words, <b>bold ones</b> and <a href=/>a link</a>."
    tab.set_content(f"<html lang=en><title>x</title>{right * 9}{wrong}{right * 9}")
    tab.evaluate(AXE)
    lines = found_in_colors(tab, BY_COLOR)
    assert [line.split(" ")[0] for line in lines].count(rule) == 1


def everywhere(page: Page, *, around: bool = False) -> list[str]:
    """Look at *page* at two widths, light and dark; return what is to mend.

    With *around*, at a third as well, and at the frame's colors in every width.
    """
    page.evaluate(AXE)
    rules: list[str] = page.evaluate("axe.getRules().map(rule => rule.ruleId)")
    by_form = [rule for rule in rules if rule not in BY_COLOR + LEFT_OUT]
    lines = []
    desk = WIDTHS[-1:]
    for scheme, widths in (("light", (*WIDTHS[:1], *desk)), ("dark", desk)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in WIDTHS if around else widths:
            page.set_viewport_size({"width": width, "height": 900})
            settled(page)
            new = found(page, WHOLE, only(by_form)) if scheme == "light" else []
            if width == WIDTHS[-1]:
                new += found_in_colors(page, BY_COLOR)
            elif around:
                new += found(page, AROUND, only(BY_COLOR))
            lines += [f"{width} {scheme} {line}" for line in new]
    return lines


@pytest.mark.parametrize("name", NAMES)
def test_no_finding(visit: Visit, name: str) -> None:
    """Nothing to mend."""
    assert everywhere(visit(name), around=name in FRAMES) == []


def test_no_finding_where_there_is_no_page(tab: Page, hosted: str) -> None:
    """Nor on what stands at an address that is none, below the prefix of a host."""
    answer = tab.goto(hosted + "pattern/gone.html")
    assert answer is not None
    assert answer.status == 404
    assert tab.locator("article h1").inner_text() == "This page is not here"
    assert tab.evaluate("getComputedStyle(document.body).margin") == "0px"  # its looks
    assert everywhere(tab, around=True) == []


@pytest.mark.parametrize("name", ["pattern/define.html", "labs/topz.html"])
@pytest.mark.parametrize("drawer", ["menu", "contents"])
def test_no_finding_in_an_open_drawer(visit: Visit, name: str, drawer: str) -> None:
    """The menu and the contents that cover a phone's page."""
    page = visit(name, width=360)
    page.evaluate(AXE)
    page.locator(f".mobile-header [popovertarget=drawer-{drawer}]").click()
    assert page.locator(f"#drawer-{drawer}").is_visible()
    assert found(page, WHOLE, {}) == []
