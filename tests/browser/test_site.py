"""What holds for every page in a real browser."""

import pytest
from browsing import OpenPage
from sources import DOCS, pages

NAMES = [path.relative_to(DOCS).with_suffix(".html").as_posix() for path in pages()]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_asked_of_another_host(open_page: OpenPage, name: str) -> None:
    """A page needs only what the site itself serves."""
    page = open_page("index.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    home = page.url.removesuffix("index.html")
    page.goto(home + name, wait_until="networkidle")
    assert asked
    assert [url for url in asked if not url.startswith((home, "data:"))] == []
