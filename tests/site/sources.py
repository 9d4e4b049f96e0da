"""The Markdown sources, read the way the checks need them."""

import re
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).parents[2]
DOCS = REPO / "docs"
DECK = DOCS / "talk" / "deck"


@dataclass(frozen=True)
class Fence:
    """One fenced block: what it is called, its options and its content."""

    path: Path
    line: int
    name: str
    argument: str
    options: dict[str, str]
    content: tuple[str, ...]

    @property
    def where(self) -> str:
        """The place of the block, as an editor opens it."""
        return f"{self.path.name}:{self.line}"


def pages() -> list[Path]:
    """List every page of the handbook; the slides of the talk are none."""
    return sorted(p for p in DOCS.rglob("*.md") if not p.is_relative_to(DECK))


def written() -> str:
    """Return the text of every page, and of the modules that one is made of."""
    modules = sorted((REPO / "examples/sidecar_spotter/features").glob("*.py"))
    return "\n".join(path.read_text(encoding="utf-8") for path in pages() + modules)


NESTING = {"{list-table}", "{table}", "{admonition}", "{note}", "{tip}", "{warning}"}
OPENING = re.compile(r"^(\s*)(`{3,}|:{3,}|~{3,})\s*(\{?[\w:-]*\}?)\s*(.*)$")


def fences(path: Path, text: str | None = None) -> list[Fence]:
    """List the fenced blocks of a page, those inside other blocks too."""
    lines = (path.read_text(encoding="utf-8") if text is None else text).splitlines()
    found, position = [], 0
    while position < len(lines):
        opening = OPENING.match(lines[position])
        if not opening or not opening[3]:
            position += 1
            continue
        closing = re.compile(
            rf"^\s*{re.escape(opening[2][0])}{{{len(opening[2])},}}\s*$"
        )
        end = position + 1
        while end < len(lines) and not closing.match(lines[end]):
            end += 1
        inside = lines[position + 1 : end]
        options = {}
        for line in inside:
            option = re.match(r"^\s*:([\w-]+):\s*(.*)$", line)
            if not option:
                break
            options[option[1]] = option[2].strip().strip('"')
        # Blocks with colons hold other blocks; blocks with backticks hold text.
        nested = opening[2][0] == ":" or opening[3] in NESTING
        content = () if nested else tuple(inside[len(options) :])
        found.append(
            Fence(path, position + 1, opening[3], opening[4].strip(), options, content)
        )
        position = position + 1 if nested else end + 1
    return found


def all_fences() -> list[Fence]:
    """List the fenced blocks of every page."""
    return [fence for path in pages() for fence in fences(path)]


DIAGRAMS = {"{mermaid}", "{layout}"}
"""Blocks that become a diagram."""


def diagrams(path: Path, text: str | None = None) -> list[Fence]:
    """List the diagrams of a page."""
    return [fence for fence in fences(path, text) if fence.name in DIAGRAMS]


def all_diagrams() -> list[Fence]:
    """List the diagrams of every page."""
    return [fence for path in pages() for fence in diagrams(path)]


def prose(text: str) -> str:
    """Return *text* without its fenced code and its code spans."""
    text = re.sub(r"(?ms)^(\s*)(`{3,})[^\n]*\n.*?^\1?\s*\2`*\s*$", "", text)
    return re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text, flags=re.DOTALL)
