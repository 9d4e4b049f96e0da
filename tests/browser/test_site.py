"""What holds for every page in a real browser: the policy, and no other host."""

import pytest
from browsing import NAMES, OpenPage, eventually
from playwright.sync_api import Page


@pytest.mark.parametrize("name", NAMES)
def test_a_page_needs_nothing_but_the_site(open_page: OpenPage, name: str) -> None:
    """No page asks another host, breaks the policy, or complains to the console."""
    page = open_page("contributing.html")
    home = page.url.removesuffix("contributing.html")
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "console",
        lambda word: said.append(word.text) if word.type != "log" else None,
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(home + name, wait_until="load")
    assert asked
    assert [url for url in asked if not url.startswith((home, "data:"))] == []
    # A favicon is what a browser asks for by itself.
    assert [word for word in said if "favicon" not in word] == []


def painted(page: Page) -> str:
    """Return the color of the page's ground."""
    color: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return color


def test_the_scheme_is_chosen_once_and_kept(open_page: OpenPage) -> None:
    """The button goes through the schemes; the next page comes in the chosen one."""
    page = open_page("pattern/define.html", scheme="light")
    light = painted(page)
    button = page.locator(".theme-toggle-content button")
    for scheme in ("light", "dark"):
        button.click()
        # A change of its words is read out, for the focus stays where it is.
        assert button.inner_text().strip() == f"Color scheme: {scheme}"
        assert button.get_attribute("aria-live") == "polite"
    dark = painted(page)
    assert dark != light
    # What the reader sees first is dark too: the script stands before the content.
    scripts = page.evaluate(
        "[...document.body.children].slice(0, 2).map(part =>"
        " [part.localName, part.defer ?? null, part.async ?? null])"
    )
    assert scripts[0] == ["script", False, False]
    page.locator(".related-pages .next-page").click()
    page.wait_for_url("**/identify.html")
    assert painted(page) == dark
    page.locator(".theme-toggle-content button").click()
    assert painted(page) == light


def test_the_contents_show_where_the_reader_is(open_page: OpenPage) -> None:
    """Scrolling to a heading marks its entry beside the text."""
    page = open_page("pattern/define.html#recap")
    eventually(
        page, "document.querySelector('.toc-tree [aria-current]')?.hash === '#recap'"
    )


def test_the_scheme_works_where_storage_is_blocked(open_page: OpenPage) -> None:
    """A browser that keeps nothing shows the page in the system's scheme."""
    page = open_page("index.html", scheme="dark")
    dark = painted(page)
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        " { get() { throw new DOMException('blocked', 'SecurityError') } })"
    )
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.reload()
    assert painted(page) == dark
    page.locator(".theme-toggle-content button").click()
    assert painted(page) != dark
    assert errors == []
