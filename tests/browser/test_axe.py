"""No finding of axe-core on any page, of any impact, best practices included.

A page is loaded once. At the desk's width every rule looks at all of it, in the light
scheme; in the dark one, the rules about color do. At the other widths the frame around
the text changes, and what scrolls; the colors of the text do not: there the rules about
color look at that frame alone. So all pages take two minutes instead of seven.
"""

from typing import Any

import pytest
from axe_core import AXE, WHOLE, found
from browsing import NAMES, WIDTHS, Visit
from playwright.sync_api import Page

BY_COLOR = ["color-contrast", "link-in-text-block"]
COLORS: dict[str, Any] = {"runOnly": {"type": "rule", "values": BY_COLOR}}
FORMS: dict[str, Any] = {"rules": {name: {"enabled": False} for name in BY_COLOR}}
AROUND = {"include": [["html"]], "exclude": [["article"]]}


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


def everywhere(page: Page) -> list[str]:
    """Look at *page* at three widths, light and dark; return what is to mend."""
    page.evaluate(AXE)
    lines = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if width == WIDTHS[-1]:
                new = found(page, WHOLE, COLORS if scheme == "dark" else {})
            else:
                new = found(page, AROUND, COLORS)
                if scheme == "light":
                    new += found(page, WHOLE, FORMS)
            lines += [f"{width} {scheme} {line}" for line in new]
    return lines


@pytest.mark.parametrize("name", NAMES)
def test_no_finding(visit: Visit, name: str) -> None:
    """Nothing to mend."""
    assert everywhere(visit(name)) == []


def test_no_finding_where_there_is_no_page(tab: Page, hosted: str) -> None:
    """Nor on what stands at an address that is none, below the prefix of a host."""
    answer = tab.goto(hosted + "pattern/gone.html")
    assert answer is not None
    assert answer.status == 404
    assert tab.locator("article h1").inner_text() == "This page is not here"
    assert tab.evaluate("getComputedStyle(document.body).margin") == "0px"  # its looks
    assert everywhere(tab) == []


@pytest.mark.parametrize("name", ["pattern/define.html", "labs/topz.html"])
@pytest.mark.parametrize("drawer", ["menu", "contents"])
def test_no_finding_in_an_open_drawer(visit: Visit, name: str, drawer: str) -> None:
    """The menu and the contents that cover a phone's page."""
    page = visit(name, width=360)
    page.evaluate(AXE)
    page.locator(f".mobile-header [popovertarget=drawer-{drawer}]").click()
    assert page.locator(f"#drawer-{drawer}").is_visible()
    assert found(page, WHOLE, {}) == []
