"""Weigh what a browser loads for each page: `nox -s bench` prints the table.

    python tests/site/weight.py FOLDER...

Each folder is a built site. Of each page the program counts the HTML, CSS and
JavaScript that Chromium asks for when it opens the page for the first time, as they go
over the wire: compressed, from a server of our own. Fonts and pictures are not counted,
nor is what other hosts would send; how many they are is the last column.
"""

import gzip
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from browsing import served
from playwright.sync_api import Browser, sync_playwright

COUNTED = {".html", ".css", ".js", ".mjs"}


@dataclass(frozen=True)
class Weight:
    """What one page weighs, in bytes, and how many other hosts it asks."""

    name: str
    html: int
    css: int
    js: int
    elsewhere: int
    diagrams: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.html + self.css + self.js


def weigh(browser: Browser, folder: Path, address: str, name: str) -> Weight:
    """Open the page *name* of the site in *folder*, served at *address*; weigh it."""
    context = browser.new_context()
    asked: set[str] = set()
    context.on("request", lambda request: asked.add(request.url))
    page = context.new_page()
    page.goto(address + name, wait_until="load", timeout=30_000)
    diagrams = page.locator("article svg[role=img], main svg[role=img]").count()
    context.close()
    sizes = dict.fromkeys((".html", ".css", ".js"), 0)
    for url in asked:
        parts = urlsplit(url)
        file = folder / unquote(parts.path).lstrip("/")
        if url.startswith(address) and file.suffix in COUNTED and file.is_file():
            kind = ".js" if file.suffix == ".mjs" else file.suffix
            sizes[kind] += len(gzip.compress(file.read_bytes(), mtime=0))
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(address)}
    html, css, js = sizes.values()
    return Weight(name, html, css, js, len(hosts - {""}), diagrams)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a running Chromium; exit with one line where there is none."""
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("weight.py needs: apt-get install chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


def table(browser: Browser, folder: Path) -> None:
    """Print what each page of the site in *folder* weighs, the heaviest first."""
    names = [p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*.html"))]
    with served(folder) as address:
        found = [weigh(browser, folder, address, name) for name in names]
    found.sort(key=lambda weight: -weight.total)
    print(f"\n{folder}: {len(found)} pages, in KB of 1,000 bytes, compressed by gzip")
    print(f"{'page':44} {'HTML':>6} {'CSS':>6} {'JS':>6} {'all':>6}  diagrams, hosts")
    for one in found:
        kilobytes = (f"{n / 1000:6.1f}" for n in (one.html, one.css, one.js, one.total))
        print(f"{one.name:44} {' '.join(kilobytes)}  {one.diagrams}, {one.elsewhere}")
    middle = statistics.median(one.total for one in found)
    print(f"{'median':44} {middle / 1000:27.1f}")


def main() -> None:
    """Print a table for each folder."""
    with chromium() as browser:
        for folder in sys.argv[1:]:
            table(browser, Path(folder).resolve())


if __name__ == "__main__":
    main()
