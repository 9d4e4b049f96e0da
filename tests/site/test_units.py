"""A number and its unit stay on one line."""

import re
from collections.abc import Callable

from bs4 import BeautifulSoup
from builds import Built

PARTED = re.compile(r"\d[ \n](?:%|[mµ]?s\b|[KMG]i?B\b|vCPU\b|rps\b|percent\b).{0,20}")
JOINED = re.compile(r"\d\N{NO-BREAK SPACE}(?:%|ms|µs|MiB|vCPU)")


def test_no_line_ends_between_a_number_and_its_unit(
    handbook: Callable[[str], Built],
) -> None:
    """In all running text: a listing shows what was typed or printed."""
    found = {}
    joined = 0
    for page in sorted(handbook("html").folder.rglob("*.html")):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for code in soup.select("code, pre, script, style, svg"):
            code.decompose()
        text = soup.get_text()
        joined += len(JOINED.findall(text))
        if parted := [part for part in PARTED.findall(text) if "\xa0" not in part[:3]]:
            found[page.name] = parted
    assert found == {}
    assert joined > 50


def test_figures_that_a_role_fetches_are_joined_too(
    handbook: Callable[[str], Built],
) -> None:
    """Figure and unit are two texts there: "{measured}`...` ms"."""
    page = handbook("html").folder / "pattern" / "trade-offs.html"
    text = page.read_text(encoding="utf-8")
    assert re.search(
        r"times as long as without it, or\s[^)]*\)\N{NO-BREAK SPACE}µs", text
    )
