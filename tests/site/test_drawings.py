"""Our own drawings, in the site, the EPUB and the PDF."""

import re
import struct
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from builds import sphinx
from drawings import fewer
from palette import PALETTE
from pypdf import PdfReader
from sources import DOCS, REPO

ALT = "A box & its neighbor, joined by a line"
DRAWING = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="100" height="50">
  <style>.main, .line { stroke: var(--hb-main, #e4e7eb); }
    .words { font: 9px "DejaVu Sans", sans-serif; }</style>
  <!-- a comment -->
  <defs><linearGradient id="shade"/></defs>
  <rect style="fill: var(--hb-main, #e4e7eb)" width="100" height="50"/>
  <rect fill="url(#shade)" width="10" height="10"/>
  <text x="5" y="30" style="fill: var(--hb-text, #1a1d21)">neighbor</text>
</svg>
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a folder with one page that shows the same drawing twice."""
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(DOCS / '_ext')!r})\n"
        "extensions = ['myst_parser', 'drawings']\n"
        "project, copyright, version = 'Demo', '2026', '1'\n"
        "epub_basename = 'demo'\n"
        "suppress_warnings = ['epub.unknown_project_files']\n"
        "latex_engine = 'xelatex'\n"
    )
    (tmp_path / "box.svg").write_text(DRAWING)
    figure = f"```{{figure}} box.svg\n:alt: {ALT}\n\nA caption.\n```\n"
    (tmp_path / "index.md").write_text(f"# Title\n\n{figure}\n{figure}")
    return tmp_path


def test_site(project: Path) -> None:
    """A drawing stands in the page, named, and follows the page's colors."""
    built = sphinx(project, project / "out", "html")
    assert built.warnings == []
    page = BeautifulSoup((project / "out" / "index.html").read_text(), "html.parser")
    drawings = page.select("figure svg.drawing")
    assert len(drawings) == 2
    for drawing in drawings:
        assert drawing["role"] == "img"
        name = page.find(id=str(drawing["aria-labelledby"]))
        assert name is not None
        assert name.get_text() == ALT
        assert "var(--hb-main)" in str(drawing)  # the page has a value for it
    names = [str(element["id"]) for element in page.find_all(id=True)]
    assert len(names) == len(set(names)), "ids of two drawings clash"
    for drawing in drawings:
        gradient = drawing.find("lineargradient") or drawing.find("linearGradient")
        assert gradient is not None
        assert f"url(#{gradient['id']})" in str(drawing)


def test_a_style_holds_for_its_drawing_alone(project: Path) -> None:
    """No rule of a drawing meets the rest of the page, such as the theme's .main."""
    sphinx(project, project / "out", "html")
    page = BeautifulSoup((project / "out" / "index.html").read_text(), "html.parser")
    for drawing in page.select("figure svg.drawing"):
        own = drawing["class"][-1]
        assert len(page.select(f".{own}")) == 1
        assert drawing.style is not None
        selectors = re.findall(r"([^{}]+)\{", drawing.style.get_text())
        parts = [part.strip() for text in selectors for part in text.split(",")]
        names = (".main", ".line", ".words")
        assert parts == [f".{own} {name}" for name in names]


def test_epub(project: Path) -> None:
    """The EPUB has the drawing as a picture with its alternative text."""
    built = sphinx(project, project / "out", "epub")
    assert built.warnings == []
    with zipfile.ZipFile(project / "out" / "demo.epub") as archive:
        page = BeautifulSoup(archive.read("index.xhtml").decode(), "html.parser")
        images = page.find_all("img")
        assert [image["alt"] for image in images] == [ALT, ALT]
        assert str(images[0]["src"]) in archive.namelist()


def test_pdf(project: Path) -> None:
    """LaTeX gets a page of the drawing's size on which the words are text."""
    built = sphinx(project, project / "out", "latex")
    assert built.warnings == []
    page = PdfReader(project / "out" / "box.pdf").pages[0]
    assert page.extract_text().strip() == "neighbor"
    assert float(page.mediabox.width) == pytest.approx(2 * float(page.mediabox.height))


def test_no_drawing_has_a_color_of_its_own() -> None:
    """Every color of our drawings is one of the palette, which has a dark scheme too.

    But for the mark: it stands on every ground, and looks the same on each.
    """
    for path in (REPO / "images").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        used = re.findall(r"var\(--hb-([\w-]+), (#\w+)\)", text)
        assert {(name, PALETTE[name][0]) for name, _ in used} == set(used), path.name
        if path.name != "mark.svg":
            colors = re.findall(r"#[0-9a-fA-F]{3,8}\b", text)
            assert len(colors) == len(used), f"{path.name}: a color of its own"


def test_icons_and_card_are_drawn_from_their_svg() -> None:
    """The pictures in the repository are what images/draw.py draws, and light."""
    spec = spec_from_file_location("draw", REPO / "images/draw.py")
    assert spec is not None and spec.loader is not None
    draw = module_from_spec(spec)
    spec.loader.exec_module(draw)
    for name, content in draw.pictures().items():
        assert (REPO / "images" / name).read_bytes() == content, "run images/draw.py"
        assert len(content) < 100_000


def test_a_card_has_the_size_that_others_expect() -> None:
    """Social networks cut what is not 1200 by 630 pixels."""
    card = (REPO / "images/social-card.png").read_bytes()
    assert struct.unpack(">II", card[16:24]) == (1200, 630)


def test_the_ereader_keeps_what_its_reader_chose() -> None:
    """A rule that sets the color of text sets its ground, and the other way round.

    With one of the two alone a dark mode paints light on light, or dark on dark.
    """
    sheet = (DOCS / "_static/ereader.css").read_text(encoding="utf-8")
    for selector, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        text = re.search(r"(?<![\w-])color: (.*);", rules)
        ground = re.search(r"background(?:-color)?: (.*);", rules)
        own = [found[1] for found in (text, ground) if found and "#" in found[1]]
        named = selector.strip().endswith("img")  # A picture has no text.
        assert len(own) in (0, 2) or named, selector


def test_the_ereader_has_colors_of_the_palette() -> None:
    """Its style sheet repeats values, as an e-reader may know no variable."""
    sheet = (DOCS / "_static/ereader.css").read_text(encoding="utf-8")
    light = {values[0] for values in PALETTE.values()}
    assert set(re.findall(r"#[0-9a-f]{6}", sheet)) <= light


def test_a_chart_in_fewer_bytes() -> None:
    """What nothing asks for and what has no paint goes; what is seen stays."""
    chart = """<?xml version="1.0"?><!-- made by a program -->
<svg viewBox="0 0 9 9"><defs><path id="tick" d="M 0 0 L 0 3.512345"/></defs>
<g id="figure_1"><g id="patch_1"><path d="M 0 0 z" style="fill: none"/></g>
<g id="axis"><g><use href="#tick" x="51.815006" y="2"/></g></g>
<text style="fill: var(--hb-text, #1d1c1a)">1.0042 ms</text></g></svg>"""
    assert fewer(chart) == (
        '<svg viewBox="0 0 9 9"><defs><path id="tick" d="M 0 0 L 0 3.5"/></defs>'
        '<use href="#tick" x="51.8" y="2"/>'
        '<text style="fill: var(--hb-text)">1.0042 ms</text></svg>'
    )
