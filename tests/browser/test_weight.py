"""What a page weighs when it is opened for the first time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import NAMES
from builds import Built
from playwright.sync_api import Browser
from weight import weigh

WITH_DIAGRAMS, WITHOUT = 60_000, 40_000
"""Bytes of HTML, CSS and JavaScript, compressed."""


# The search page loads a search engine: that is what it is for.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "search.html"])
def test_a_page_is_light(
    chromium: Browser, site: str, handbook: Callable[[str], Built], name: str
) -> None:
    """At most 60 KB with diagrams, 40 KB without, all that the browser asks for."""
    found = weigh(chromium, Path(handbook("html").folder), site, name)
    assert found.html > 1000
    assert found.css > 1000
    assert found.js > 100
    assert found.elsewhere == 0
    assert found.total <= (WITH_DIAGRAMS if found.diagrams else WITHOUT)
