"""The checks that Sphinx does not make, one small function each.

Every function takes text and returns what is wrong with it, one line for each
finding, and nothing where all is well. test_silent_failures.py shows each of
them a broken sample; test_pages.py and test_outputs.py show them the handbook.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from markup import parsed
from sources import diagrams, fences

# What may stand in a plain fence that nothing runs and nothing checks.
PLAIN = {"console", "text", "toml"}
# Directives whose content is code, data or a file.
FROM_FILE = {"{literalinclude}"}
DATA = {"yaml", "json", "hcl", "ini", "dockerfile", "Containerfile", "bicep", "go"}
WIDTH = 80


def swallowed_directives(html: str) -> Iterator[str]:
    """Find directive and role markup that is printed as text."""
    article = parsed(html).select_one("[role=main]") or parsed(html)
    words = (text for text in article.strings if not text.find_parent(["pre", "code"]))
    for found in re.finditer(
        r"`{3,}|:{3,}|^:[a-z-]+: |\{[a-z:]+\}`|\[\]\(|\{[a-z-]+\}$",
        "".join(words),
        re.MULTILINE,
    ):
        yield f"markup printed as text: {found[0]!r}"


def untested_examples(path: Path, text: str) -> Iterator[str]:
    """Find Python examples on a page that no doctest run will reach."""
    for fence in fences(path, text):
        prompts = any(line.lstrip().startswith(">>> ") for line in fence.content)
        if prompts and fence.name != "{doctest}":
            yield f"{fence.where}: a >>> example in {fence.name}, which never runs"
        if fence.name.strip("{}") in {"python", "pycon", "python3", "py"}:
            yield f"{fence.where}: Python that never runs: use doctest or include it"


def nameless_diagrams(path: Path, text: str) -> Iterator[str]:
    """Find diagrams that a screen reader could not name or describe."""
    for fence in diagrams(path, text):
        if fence.name == "{layout}":  # the spotter describes what it draws
            if not fence.options.get("title"):
                yield f"{fence.where}: layout without a title"
            continue
        for word in ("accTitle", "accDescr"):
            if not any(re.match(rf"\s*{word}\s*[:{{]", line) for line in fence.content):
                yield f"{fence.where}: diagram without {word}"


def unequal_counts(counts: dict[str, int]) -> Iterator[str]:
    """Compare how many diagrams each form of the handbook holds with the source."""
    for form, count in counts.items():
        if count != counts["source"]:
            yield f"{form} has {count} diagrams, the source {counts['source']}"


def missing_glyphs(log: str) -> Iterator[str]:
    """Find characters that the fonts of the PDF lack, in a LaTeX log."""
    for line in log.splitlines():
        if line.startswith("Missing character"):
            yield line


def overfull_boxes(log: str, points: float = 2) -> Iterator[str]:
    """Find what sticks out by more than some *points*, in a LaTeX log."""
    for line in log.splitlines():
        found = re.match(r"Overfull \\[hv]box \(([\d.]+)pt", line)
        if found and float(found[1]) > points:
            yield line


def clickable_in_print(tex: str) -> Iterator[str]:
    """Find tabs, dropdowns and cards that LaTeX would garble."""
    for found in re.finditer(r"\\begin\{sphinxuseclass\}\{sd-[\w-]+\}", tex):
        yield f"left to LaTeX: {found[0]}"


def loose_outputs(path: Path, text: str) -> Iterator[str]:
    """Find console output on a page that no test regenerates."""
    for fence in fences(path, text):
        if fence.name.strip("{}") not in {"console", "shell", "bash", "sh"}:
            continue
        continued = False
        for line in fence.content:
            if line.strip() and not continued and not line.lstrip().startswith("$ "):
                yield f"{fence.where}: output that nobody recorded: {line.strip()}"
                break
            continued = line.endswith("\\")


def loose_data(path: Path, text: str) -> Iterator[str]:
    """Find manifests and other data typed into a page, not included from a file."""
    for fence in fences(path, text):
        name = fence.name.strip("{}")
        language = fence.argument if name == "code-block" else name
        if language in DATA:
            yield f"{fence.where}: {language} typed into the page: include a file"
        if fence.name == "{literalinclude}" and "lines" in fence.options:
            yield f"{fence.where}: included by line numbers: use a marker"


def wide_listings(html: str) -> Iterator[str]:
    """Find listings that are too wide for the PDF."""
    for listing in parsed(html).select("div.highlight pre"):
        for line in listing.get_text().splitlines():
            if len(line) > WIDTH:
                yield f"{len(line)} columns: {line}"


def heading_jumps(html: str) -> Iterator[str]:
    """Find headings that skip a level, and pages without exactly one title."""
    article = parsed(html).select_one("[role=main]")
    assert article is not None
    levels = [int(h.name[1]) for h in article.find_all(re.compile("^h[1-6]$"))]
    if levels.count(1) != 1 or levels[0] != 1:
        yield "a page has one title, first"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"a heading jumps from level {before} to {after}"


def bare_figures(html: str) -> Iterator[str]:
    """Find pictures without words and tables without a header or a caption."""
    article = parsed(html).select_one("[role=main]")
    assert article is not None
    for image in article.find_all("img"):
        if len(str(image.get("alt", ""))) < 10:
            yield f"picture without alternative text: {image.get('src')}"
    for drawing in article.select(".diagram svg"):
        if not drawing.find("title") or not drawing.find("desc"):
            yield "diagram without name or description"
    for table in article.find_all("table"):
        start = " ".join(table.get_text().split())[:40]
        if not table.find("th"):
            yield f"table without header: {start}"
        if not table.find("caption"):
            yield f"table without caption: {start}"


def stray_addresses(text: str) -> Iterator[str]:
    """Find outside addresses that stand on a page and not in the one list."""
    for found in re.finditer(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s)>`\"']*", text):
        host = re.sub(r"^(https?:)?//", "", found[0]).split("/")[0]
        if host not in {"127.0.0.1"} and "localhost" not in host:
            yield f"address outside the bibliography: {found[0]}"


PageCheck = Callable[[Path, str], Iterator[str]]
"""A check that takes a page's path and text."""
