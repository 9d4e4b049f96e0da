"""Time the HTML build, and show that the time for each page does not grow.

``nox -s bench`` prints a table: the handbook as it is, and the same pages ten times
over. A clean build and one after a change are the median of three, by the command
line, as a maintainer would run them; the one without cached drawings is run once.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sources import REPO, all_diagrams, pages

RUNS = 3
TIMES = 10


def copy_of_the_handbook(place: Path) -> Path:
    """Copy what a build reads to *place* and return its docs folder."""
    skip = shutil.ignore_patterns("__pycache__")
    for name in ("docs", "examples", "images", "tests"):
        shutil.copytree(REPO / name, place / name, ignore=skip)
    for name in ("noxfile.py", "pyproject.toml"):
        shutil.copy(REPO / name, place)
    return place / "docs"


def multiply(docs: Path) -> int:
    """Add nine generated copies of every page to *docs*; return the page count.

    A copy keeps the text, the diagrams, the citations and the code of its page, but
    not its labels, which may stand once only.
    """
    root = (docs / "index.md").read_text(encoding="utf-8")
    listed = []
    deck = docs / "talk" / "deck"
    for path in sorted(p for p in docs.rglob("*.md") if deck not in p.parents):
        text = path.read_text(encoding="utf-8")
        if path.name in {"index.md", "resources.md", "glossary.md"}:
            text = "# Copy\n\n" + "A sentence that fills the page. " * 400 + "\n"
        lines = [line for line in text.splitlines() if not line.startswith("(")]
        for number in range(2, TIMES + 1):
            copy = path.with_name(f"{path.stem}-{number}.md")
            body = "\n".join(lines).replace(":name: ", f":name: copy-{number}-")
            copy.write_text(body + "\n", encoding="utf-8")
            listed.append(copy.relative_to(docs).with_suffix("").as_posix())
    toctree = "\n```{toctree}\n:hidden:\n\n" + "\n".join(listed) + "\n```\n"
    (docs / "index.md").write_text(root + toctree, encoding="utf-8")
    return len(listed) + len(listed) // (TIMES - 1)


def build(docs: Path, target: Path) -> float:
    """Build *docs* as ``nox -s docs`` does; return the seconds it took."""
    jobs = str((os.cpu_count() or 1) + 1)
    command = [sys.executable, "-m", "sphinx", "-q", "-j", jobs]
    begun = time.perf_counter()
    subprocess.run(
        [*command, "-b", "html", str(docs), str(target)],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=1800,
    )
    return time.perf_counter() - begun


def median(measure: Callable[[], float]) -> float:
    """Return the median of several measurements, in seconds."""
    return statistics.median(measure() for _ in range(RUNS))


def timings(docs: Path, target: Path) -> tuple[float, float]:
    """Return the seconds of a clean build and of one after a page has changed."""

    def clean() -> float:
        shutil.rmtree(target, ignore_errors=True)
        return build(docs, target)

    def changed() -> float:
        page = docs / "pattern" / "define.md"
        page.write_text(page.read_text(encoding="utf-8") + "\nMore.\n")
        return build(docs, target)

    return median(clean), median(changed)


def main() -> None:
    """Print the table."""
    drawn = len(all_diagrams())
    count = len(pages())
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; in seconds")
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        docs = copy_of_the_handbook(room)
        first = build(docs, room / "html")
        again, one = timings(docs, room / "html")
        each = (first - again) / drawn
        print(f"with no drawing cached: {first:.1f}, or {each:.2f} more a diagram")
        print("pages diagrams  clean  for a page  one page changed")
        line = "{:5} {:8} {:6.1f} {:11.3f} {:17.1f}"
        print(line.format(count, drawn, again, again / count, one), flush=True)
        more = multiply(docs)
        again, one = timings(docs, room / "html")
        print(line.format(more, drawn * TIMES, again, again / more, one))


if __name__ == "__main__":
    main()
