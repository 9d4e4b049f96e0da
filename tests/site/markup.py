"""Built pages, parsed: the dearest step of most checks of the site."""

from functools import cache

from bs4 import BeautifulSoup


@cache
def parsed(html: str) -> BeautifulSoup:
    """Parse a page, once in a run. Only look at it: others will, too."""
    return BeautifulSoup(html, "html.parser")
