"""The bibliography's entries, as a reader sees them."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from builds import sphinx
from sources import DOCS

ENTRY = """@misc{two-people,
  author = {Burns, Brendan and Oppenheimer, David},
  title = {A {Paper} of Two},
  howpublished = {Pages \\& Papers},
  year = {2016},
  url = {https://example.org/a_paper},
  keywords = {origin},
  note = {What a reader finds there.}
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a folder with a page that cites one entry and lists it."""
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(DOCS / '_ext')!r})\n"
        "extensions = ['myst_parser', 'sphinxcontrib.bibtex', 'bibliography']\n"
        "bibtex_bibfiles = ['all.bib']\n"
        "bibtex_default_style = 'handbook'\n"
    )
    (tmp_path / "all.bib").write_text(ENTRY)
    (tmp_path / "index.md").write_text(
        "# T\n\nAs they say {cite:p}`two-people`.\n\n```{bibliography}\n```\n"
    )
    return tmp_path


def test_an_entry(project: Path) -> None:
    """An entry says who, what, where, when and why, and links its address."""
    built = sphinx(project, project / "out", "html")
    assert built.warnings == []
    page = BeautifulSoup((project / "out" / "index.html").read_text(), "html.parser")
    assert "As they say [two-people]" in page.get_text()
    assert (
        "Brendan Burns and David Oppenheimer. A Paper of Two. Pages & Papers, 2016. "
        "What a reader finds there. https://example.org/a_paper"
    ) in " ".join(page.get_text().split())
    assert page.find("a", href="https://example.org/a_paper") is not None


def test_an_entry_that_lacks_a_field_is_named(project: Path) -> None:
    """A forgotten field ends the build with the entry's key and the field's name."""
    (project / "all.bib").write_text(ENTRY.replace("note = {", "nota = {"))
    built = sphinx(project, project / "out", "html")
    assert built.status != 0
    assert "bibliography.bib: two-people has no note" in built.said
