"""What holds for the sources of every page, and for the lists beside them."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import checks
import pytest
from pybtex.database import parse_file
from sources import DOCS, REPO, all_diagrams, all_fences, fences, pages, prose, written

PAGES = {str(path.relative_to(DOCS)): path for path in pages()}
# The places that the issue of the first edition asked for, and their least number.
GLOSSARY_TERMS, MISCONCEPTIONS, DIAGRAMS = 40, 14, 14


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    "check",
    [
        checks.untested_examples,
        checks.nameless_diagrams,
        checks.loose_outputs,
        checks.loose_data,
    ],
    ids=lambda check: check.__name__,
)
def test_source(name: str, check: checks.PageCheck) -> None:
    """No page has what Sphinx would pass in silence."""
    text = PAGES[name].read_text(encoding="utf-8")
    assert list(check(PAGES[name], text)) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_stray_addresses(name: str) -> None:
    """Every outside address stands in the bibliography or the list of projects."""
    text = prose(PAGES[name].read_text(encoding="utf-8"))
    assert list(checks.stray_addresses(text)) == []


@pytest.mark.parametrize("name", PAGES)
def test_included_files_are_tested(name: str) -> None:
    """What a page includes is an example or a recorded transcript."""
    for fence in fences(PAGES[name]):
        if fence.name == "{literalinclude}":
            file = (fence.path.parent / fence.argument).resolve()
            assert file.is_file(), f"{fence.where}: no file {fence.argument}"
            allowed = (REPO / "examples", DOCS / "recorded", REPO / "tests")
            named = file in {REPO / "noxfile.py", REPO / "pyproject.toml"}
            assert named or any(file.is_relative_to(folder) for folder in allowed)
            for option in ("start-after", "end-before", "start-at", "end-at"):
                if option in fence.options:
                    text = file.read_text(encoding="utf-8")
                    assert fence.options[option] in text, f"{fence.where}: {option}"


def bibliography() -> dict[str, str]:
    """Return the address of each entry of the bibliography."""
    entries = parse_file(str(DOCS / "bibliography.bib")).entries
    return {key: entry.fields["url"] for key, entry in entries.items()}


def test_each_address_stands_once() -> None:
    """No two entries of the bibliography name the same address."""
    addresses = Counter(url.rstrip("/") for url in bibliography().values())
    assert [url for url, count in addresses.items() if count > 1] == []


def test_each_source_is_cited() -> None:
    """An entry that no page cites teaches nobody."""
    cited = {
        key.strip()
        for keys in re.findall(r"\{cite:[a-z]+\}`([^`]+)`", written())
        for key in keys.split(",")
    }
    assert sorted(set(bibliography()) - cited) == []


def test_each_source_has_a_note_and_a_group() -> None:
    """The resources page says of every source what a reader finds there."""
    for key, entry in parse_file(str(DOCS / "bibliography.bib")).entries.items():
        assert entry.fields.get("note"), f"{key} has no note"
        assert entry.fields.get("keywords"), f"{key} has no keywords"


def test_the_numbers_that_we_promise() -> None:
    """The handbook has what its first edition promised, at least."""
    text = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items()}
    glossary = re.findall(r"(?m)^\s*: ", text["reference/glossary.md"])
    assert len(glossary) >= GLOSSARY_TERMS
    misconceptions = re.findall(r"(?m)^## ", text["reference/misconceptions.md"])
    assert len(misconceptions) >= MISCONCEPTIONS
    assert len(all_diagrams()) >= DIAGRAMS


def tool(name: str, *arguments: str) -> None:
    """Run a tool of this environment over the repository; show what it found."""
    command = [str(Path(sys.executable).with_name(name)), *arguments]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_spelling() -> None:
    """No page has a common misspelling."""
    tool("codespell", "docs", "examples", "README.md", "CHANGELOG.md")


def test_markdown_style() -> None:
    """Every Markdown file keeps to the rules in .rumdl.toml."""
    tool("rumdl", "check", "--no-cache", ".")


def test_no_word_of_a_draft() -> None:
    """Nothing is marked as unfinished."""
    words = re.compile(r"\b(TODO|FIXME|XXX|lorem ipsum|coming soon|TBD)\b", re.I)
    for name, path in PAGES.items():
        found = words.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{name}: {found and found[0]}"


def test_transcripts_are_shown() -> None:
    """A recorded transcript that no page includes is dead weight."""
    shown = {
        Path(fence.argument).name
        for fence in all_fences()
        if fence.name == "{literalinclude}"
    }
    recorded = {path.name for path in (DOCS / "recorded").glob("*.console")}
    assert recorded - shown == set()
