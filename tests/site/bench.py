"""Time the HTML build, and show that the time for each page does not grow.

``nox -s bench`` prints a table: the handbook as it is, and the same pages ten times
over. Every figure is the median of three builds by the command line, as a
maintainer would run it, with the drawings of the diagrams cached and not.
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

from sources import DOCS, REPO, all_fences, pages

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

    A copy keeps the text, the diagrams and the code of its page, but not its
    labels and citations, which may stand once only.
    """
    root = (docs / "index.md").read_text(encoding="utf-8")
    listed = []
    for path in sorted(docs.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        if path.name in {"index.md", "resources.md", "glossary.md"}:
            text = "# Copy\n\n" + "A sentence that fills the page. " * 400 + "\n"
        lines = [line for line in text.splitlines() if not line.startswith("(")]
        for number in range(2, TIMES + 1):
            copy = path.with_name(f"{path.stem}-{number}.md")
            # A mark in each diagram makes it another one, to be drawn anew.
            body = "\n".join(lines).replace(":name: ", ":name: copy-")
            body = body.replace("accTitle: ", f"accTitle: {copy.stem} ")
            body = body.replace(":name: copy-", f":name: copy-{number}-")
            copy.write_text(body + "\n", encoding="utf-8")
            listed.append(copy.relative_to(docs).with_suffix("").as_posix())
    toctree = "\n```{toctree}\n:hidden:\n\n" + "\n".join(listed) + "\n```\n"
    (docs / "index.md").write_text(root + toctree, encoding="utf-8")
    return len(listed) + len(listed) // (TIMES - 1)


def build(docs: Path, target: Path) -> float:
    """Build *docs* into *target* and return the seconds it took."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(docs), str(target)],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=1800,
    )
    return time.perf_counter() - begun


def median(measure: Callable[[], float], runs: int = RUNS) -> float:
    """Return the median of several measurements, in seconds."""
    return statistics.median(measure() for _ in range(runs))


def row(docs: Path, page_count: int, diagram_count: int, runs: int) -> str:
    """Measure one size of the handbook and return its line of the table."""
    target = docs.parent / "html"
    cache = docs.parent / ".cache"

    def undrawn() -> float:
        shutil.rmtree(cache, ignore_errors=True)
        return clean()

    def clean() -> float:
        shutil.rmtree(target, ignore_errors=True)
        return build(docs, target)

    def changed() -> float:
        page = docs / "pattern" / "define.md"
        page.write_text(page.read_text(encoding="utf-8") + "\nMore.\n")
        return build(docs, target)

    first = median(undrawn, 1 if runs == 1 else 2)
    again = median(clean, runs)
    one = median(changed, runs)
    drawing = (first - again) / diagram_count if diagram_count else 0.0
    return (
        f"{page_count:5} {diagram_count:8} {again:8.2f} {again / page_count:8.3f} "
        f"{first:8.2f} {drawing:9.3f} {one:8.2f}"
    )


def main() -> None:
    """Print the table."""
    diagram_count = sum(fence.name == "{mermaid}" for fence in all_fences())
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, seconds")
    print("pages diagrams   cached   a page  undrawn a diagram one page")
    with tempfile.TemporaryDirectory() as room:
        docs = copy_of_the_handbook(Path(room) / "one")
        print(row(docs, len(pages()), diagram_count, RUNS), flush=True)
        docs = copy_of_the_handbook(Path(room) / "ten")
        count = multiply(docs)
        print(row(docs, count, diagram_count * TIMES, 1), flush=True)


if __name__ == "__main__":
    print(f"Timing {DOCS}")
    main()
