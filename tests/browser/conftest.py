"""Debian's Chromium, and the built handbook behind a server of our own."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from browsing import NAMES, OpenPage, Visit, served
from builds import Built
from playwright.sync_api import Browser, Page, sync_playwright

WITHOUT = "--disable-features=" + ",".join(
    (
        # Each new window would load the pages of an address bar that nobody sees: as
        # much work as to show a page of the handbook.
        *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
        # This switch takes the place of playwright's: what matters of that, again.
        *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose"),
        *("HttpsUpgrades", "MediaRouter", "OptimizationHints", "PaintHolding"),
        *("NetworkTimeServiceQuerying", "ThirdPartyStoragePartitioning"),
    )
)
"""What Chromium is to do without."""


@pytest.fixture(scope="session")
def site(handbook: Callable[[str], Built]) -> Iterator[str]:
    """Give the address of the built handbook, on this machine."""
    built = handbook("html")
    assert built.status == 0, built.said[-2000:]
    with served(built.folder) as address:
        yield address


@pytest.fixture(scope="session")
def hosted(
    handbook: Callable[[str], Built], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Give the handbook's address where it stands below the prefix of its host."""
    top = tmp_path_factory.mktemp("host")
    folder = handbook("html").folder
    (top / "en").mkdir()
    (top / "en" / "latest").symlink_to(folder)
    (top / "404.html").symlink_to(folder / "404.html")
    with served(top) as address:
        yield address + "en/latest/"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give a running Chromium, or the Chrome made of it; skip where there is none."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        # Chromium's sandbox refuses to work for root, which CI is.
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", WITHOUT]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tab(chromium: Browser) -> Iterator[Page]:
    """Give one window for all tests that only look: it keeps styles and scripts."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def visit(tab: Page, site: str) -> Visit:
    """Give a function that shows a page, in a width and a scheme, in that window."""

    def visited(name: str, *, width: int = 1440, scheme: str = "light") -> Page:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        tab.goto(site + name)
        return tab

    return visited


@pytest.fixture(scope="module", params=NAMES)
def shown(request: pytest.FixtureRequest, tab: Page, site: str) -> Page:
    """Give each page in turn, loaded once for all tests of a module that only look.

    Who changes the width leaves it as it was: 1440 pixels.
    """
    tab.set_viewport_size({"width": 1440, "height": 900})
    tab.emulate_media(color_scheme="light")
    tab.goto(site + request.param)
    return tab


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[OpenPage]:
    """Give a function that opens a page of the handbook in a window of its own.

    ``open_page("pattern/define.html", width=360, scheme="dark", javascript=False)``;
    further keywords go to playwright's ``Browser.new_context``.
    """
    contexts = []

    def opened(
        name: str,
        *,
        width: int = 1440,
        scheme: str = "light",
        javascript: bool = True,
        **how: object,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            **how,  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.goto(site + name)
        return page

    yield opened
    for context in contexts:
        context.close()
