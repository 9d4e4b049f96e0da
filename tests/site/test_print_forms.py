"""Tabs, dropdowns and cards, as they come out where nobody can click."""

import re
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from builds import sphinx
from sources import DOCS

PAGE = """(start)=
# Title

::::{grid} 1 1 2 2
:::{grid-item-card} I want to learn
:link: start
:link-type: ref

Four pages.

Start here
:::
:::{grid-item-card} Something else
Without a link.
:::
::::

::::{tab-set}
:::{tab-item} Kubernetes
A pod.
:::
:::{tab-item} Compose
Two services.
:::
::::

:::{dropdown} Answer
It is the second.
:::
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a folder with one page that has all the forms."""
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(DOCS / '_ext')!r})\n"
        "extensions = ['myst_parser', 'sphinx_design', 'print_forms']\n"
        "myst_enable_extensions = ['colon_fence']\n"
        "project, copyright, version = 'Demo', '2026', '1'\n"
        "epub_basename = 'demo'\n"
        "suppress_warnings = ['epub.unknown_project_files']\n"
    )
    (tmp_path / "index.md").write_text(PAGE)
    return tmp_path


def test_latex(project: Path) -> None:
    """LaTeX gets labelled blocks, a box and a list, in place, and no headings."""
    built = sphinx(project, project / "out", "latex")
    assert built.warnings == []
    body = latex(project)
    for label in ("Kubernetes", "Compose"):
        assert rf"\handbookopen{{{label}}}" in body
    assert body.count(r"\handbookclose") == 1, "one rule below the last tab"
    assert "Answer" in body.split(r"\begin{sphinxadmonition}", 1)[1]
    assert "subsubsection" not in body
    assert body.count(r"\item") >= 2
    places = [body.index(words) for words in ("A pod.", "Two services.", "second.")]
    assert places == sorted(places)


def test_a_card_leads_where_it_says(project: Path) -> None:
    """The last words of a card are its link; a card of one paragraph has its title."""
    built = sphinx(project, project / "out", "latex")
    assert built.warnings == []
    links = re.findall(r"hyperref\[.*?\]\{\\sphinx\w+\{(.*)\}\}\}", latex(project))
    assert ["Start here" in words for words in links] == [True]
    (project / "index.md").write_text(PAGE.replace("\nStart here\n", ""))
    assert sphinx(project, project / "out", "latex").warnings == []
    links = re.findall(r"hyperref\[.*?\]\{\\sphinx\w+\{(.*)\}\}\}", latex(project))
    assert ["I want to learn" in words for words in links] == [True]


@pytest.mark.parametrize(
    "content", ["| a |\n| - |\n| b |\n", "```text\na listing\n```\n"]
)
def test_no_box_around_what_breaks(project: Path, content: str) -> None:
    """LaTeX cannot break a table or a listing in a box: what is too long is cut off."""
    (project / "index.md").write_text(
        f"# Title\n\n:::{{dropdown}} The answers\n{content}:::\n"
    )
    built = sphinx(project, project / "out", "latex")
    assert built.warnings == []
    body = latex(project)
    assert r"\handbookopen{The answers}" in body
    assert r"\begin{longtable}" in body or r"\begin{sphinxVerbatim}" in body
    assert "sphinxadmonition" not in body


def latex(project: Path) -> str:
    """Return what LaTeX would print."""
    tex = (project / "out" / "demo.tex").read_text()
    return tex.split(r"\begin{document}")[1]


def test_epub(project: Path) -> None:
    """The EPUB shows every tab and every answer without a click."""
    built = sphinx(project, project / "out", "epub")
    assert built.warnings == []
    with zipfile.ZipFile(project / "out" / "demo.epub") as archive:
        page = BeautifulSoup(archive.read("index.xhtml").decode(), "html.parser")
    titles = [t.get_text() for t in page.select(".admonition-title")]
    assert titles == ["Kubernetes", "Compose", "Answer"]
    assert not page.find_all(["input", "details"])
    assert page.select_one("li a") is not None
    assert not page.select(".admonition[class*=sd-]")


def test_the_site_keeps_them(project: Path) -> None:
    """On the site a tab stays a tab, a dropdown a dropdown, a card a card."""
    built = sphinx(project, project / "out", "html")
    assert built.warnings == []
    page = BeautifulSoup((project / "out" / "index.html").read_text(), "html.parser")
    assert page.find("details") is not None
    assert page.select(".sd-tab-set input")
    assert len(page.select(".sd-card-title")) == 2
