"""Weigh what a browser loads for each page: `nox -s bench -- weights` prints it.

    python tests/site/weight.py HANDBOOK [FOLDER...]

Each folder is a built site. Of a page the program counts the HTML, CSS and JavaScript
that Chromium asks for when it opens the page for the first time, as they go over the
wire: compressed, from a server of our own. Fonts and pictures are not counted. Nor is
what other hosts would send: they are out of reach, and their number is a column.

The first table has every page of the handbook. The second has one line for each site.
Of a site with many pages it takes some, evenly spread over their names.
"""

import gzip
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from browsing import served
from playwright.sync_api import Browser, sync_playwright

COUNTED = {".html", ".css", ".js", ".mjs"}
MOST = 60
"""How many pages of a site of others are weighed: numpy has three thousand."""


@dataclass(frozen=True)
class Weight:
    """What one page weighs in bytes, how many other hosts it asks, what is missing."""

    name: str
    html: int
    css: int
    js: int
    elsewhere: int
    missing: frozenset[str]
    diagrams: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.html + self.css + self.js


@cache
def compressed(file: Path) -> int:
    """Return how many bytes of *file* go over the wire."""
    return len(gzip.compress(file.read_bytes(), mtime=0))


def weigh(browser: Browser, folder: Path, address: str, name: str) -> Weight:
    """Open the page *name* of the site in *folder*, served at *address*; weigh it."""
    context = browser.new_context()
    asked: set[str] = set()
    context.on("request", lambda request: asked.add(request.url))
    context.route(lambda url: not url.startswith(address), lambda way: way.abort())
    page = context.new_page()
    page.goto(address + name, wait_until="load", timeout=30_000)
    diagrams = page.locator("article svg[role=img], main svg[role=img]").count()
    context.close()
    sizes = dict.fromkeys((".html", ".css", ".js"), 0)
    missing = set()
    for url in asked:
        parts = urlsplit(url)
        file = folder / unquote(parts.path).lstrip("/")
        if not url.startswith(address) or file.suffix not in COUNTED:
            continue
        if file.is_file():
            kind = ".js" if file.suffix == ".mjs" else file.suffix
            sizes[kind] += compressed(file)
        else:
            missing.add(parts.path)
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(address)}
    html, css, js = sizes.values()
    return Weight(name, html, css, js, len(hosts - {""}), frozenset(missing), diagrams)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a running Chromium; exit with one line where there is none."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("weight.py needs: apt-get install chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


def names_of_pages(folder: Path) -> list[str]:
    """Return the pages below *folder*; one that only leads to another is none."""
    # The page for addresses that are none works below its host's prefix alone.
    return [
        file.relative_to(folder).as_posix()
        for file in sorted(folder.rglob("*.html"))
        if not any(part.startswith("_") for part in file.relative_to(folder).parts)
        and file.name != "404.html"
        and b'http-equiv="refresh"' not in file.read_bytes()[:4000]
    ]


def spread(names: list[str], most: int) -> list[str]:
    """Return *most* of the names, evenly spread, or all if they are no more."""
    if len(names) <= most:
        return names
    return [names[i * len(names) // most] for i in range(most)]


def weights(
    browser: Browser, folder: Path, names: list[str], *, strict: bool
) -> list[Weight]:
    """Weigh the pages *names* of the site in *folder*, the heaviest first.

    With *strict* it is served under our policy, which keeps scripts within pages from
    running: for a site that has such, it is to be off.
    """
    with served(folder, strict=strict) as address:
        found = [weigh(browser, folder, address, name) for name in names]
    return sorted(found, key=lambda weight: -weight.total)


def kilobytes(*sizes: float) -> str:
    """Return columns of sizes."""
    return " ".join(f"{size / 1000:6.1f}" for size in sizes)


def page_by_page(found: list[Weight]) -> None:
    """Print what each page weighs."""
    print("\nHTML, CSS and JavaScript in KB of 1,000 bytes, compressed by gzip")
    print(f"{'page':44} {'HTML':>6} {'CSS':>6} {'JS':>6} {'all':>6}  diagrams")
    for one in found:
        sizes = kilobytes(one.html, one.css, one.js, one.total)
        print(f"{one.name:44} {sizes}  {one.diagrams or ''}")


def called(folder: Path) -> str:
    """Return what to call a site: most are in a folder "html" of another one."""
    return folder.parent.name if folder.name == "html" else folder.name


def line(name: str, found: list[Weight], count: int) -> str:
    """Return a site's line: medians, its lightest and its heaviest page."""
    middle = [
        statistics.median(sizes)
        for sizes in zip(*((w.html, w.css, w.js, w.total) for w in found), strict=True)
    ]
    sizes = kilobytes(*middle, found[-1].total, found[0].total)
    pages = f"{len(found)} of {count}"
    hosts = max(one.elsewhere for one in found)
    return f"{name[:20]:20} {pages:>12} {sizes} {hosts:6}"


def main() -> None:
    """Print both tables."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    handbook, *others = (Path(folder).resolve() for folder in sys.argv[1:])
    lines, notes = [], []
    with chromium() as browser:
        for folder in (handbook, *others):
            names = names_of_pages(folder)
            if not names:
                raise SystemExit(f"weight.py: no page in {folder}")
            ours = folder == handbook
            some = names if ours else spread(names, MOST)
            found = weights(browser, folder, some, strict=ours)
            if ours:
                page_by_page(found)
            name = "the handbook" if ours else called(folder)
            lines.append(line(name, found, len(names)))
            missing = sorted(frozenset[str]().union(*(one.missing for one in found)))
            if missing:
                what = ", ".join(missing[:3]) + (", ..." if missing[3:] else "")
                notes.append(f"{name} asks in vain, and would weigh more: {what}")
    print("\nThe same of whole sites: medians, then the lightest and the heaviest page")
    head = f"{'site':20} {'pages':>12} {'HTML':>6} {'CSS':>6} {'JS':>6} {'all':>6}"
    print(f"{head} {'least':>6} {'most':>6} {'hosts':>6}")
    print(*lines, *notes, sep="\n")


if __name__ == "__main__":
    main()
