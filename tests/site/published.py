"""The addresses that readers may have kept: every page and every place in it.

``python tests/site/published.py build/html`` adds those that are new to
published.txt. It never takes one away: that is done by hand, with a redirect.
"""

import re
import sys
from pathlib import Path

from markup import parsed
from sources import DOCS, pages

LIST = Path(__file__).with_name("published.txt")


def listed() -> set[str]:
    """Return the addresses that were published before."""
    return set(LIST.read_text(encoding="utf-8").split()) if LIST.exists() else set()


def addresses(html: Path) -> set[str]:
    """Return the address of every page built below *html*, and of its places.

    Places whose names Sphinx counts up (``id1``) are left out: they are nobody's
    to keep.
    """
    found = set()
    for source in pages():
        name = source.relative_to(DOCS).with_suffix(".html").as_posix()
        page = parsed((html / name).read_text(encoding="utf-8"))
        found.add(name)
        for place in page.select(
            "[role=main] section[id], [role=main] span[id], dl.glossary dt[id]"
        ):
            if not re.fullmatch(r"(id|index-)\d+", str(place["id"])):
                found.add(f"{name}#{place['id']}")
    return found


if __name__ == "__main__":
    everything = sorted(listed() | addresses(Path(sys.argv[1])))
    LIST.write_text("\n".join(everything) + "\n", encoding="utf-8")
