"""Every listing that scrolls has the name that a screen reader says."""

import re
from collections.abc import Callable

from bs4 import BeautifulSoup
from builds import Built
from frames import LANGUAGES


def test_a_listing_has_the_name_of_its_own_caption(
    handbook: Callable[[str], Built],
) -> None:
    """Its caption, or its language where it has none; never a table's caption."""
    captioned = 0
    for page in sorted(handbook("html").folder.rglob("*.html")):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for listing in soup.select("pre[aria-label^='Listing: ']"):
            name = str(listing["aria-label"]).removeprefix("Listing: ")
            block = listing.find_parent(class_=re.compile("^highlight-"))
            assert block, name
            before = block.find_previous_sibling()
            said = before and before.select_one(":scope.code-block-caption > *")
            if said:
                assert name == " ".join(said.get_text().split()), page.name
                captioned += 1
            else:
                language = block["class"][0].removeprefix("highlight-")
                assert name == LANGUAGES.get(language, language), page.name
    assert captioned > 50
