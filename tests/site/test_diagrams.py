"""What the diagrams extension promises authors and readers, on tiny projects."""

import re
import shutil
import stat
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from builds import Built
from diagrams.look import CLASSES, LIGHT, ROLES
from diagrams.mend import SVG
from palette import PALETTE
from pypdf import PdfReader
from sources import DOCS
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

CONF = """
import sys
sys.path.insert(0, {ext!r})
project = "tiny"
author = copyright = "us"
version = release = "1"
extensions = ["myst_parser", "diagrams"]
html_static_path = [{static!r}]
mermaid_cmd = {command!r}
diagrams_cache = {cache!r}
latex_documents = [("index", "tiny.tex", "tiny", "us", "manual", False)]
suppress_warnings = ["epub.unknown_project_files"]
"""

LOGS = """\
flowchart TB
  accTitle: App & "sidecar"
  accDescr: The app writes lines to a volume, and the sidecar reads them.
  subgraph pod[Pod]
    app[web app<br/>in Python]:::main -->|writes| logs[(logs)]:::volume
    side[log sidecar]:::sidecar -->|reads| logs
  end
  side --> search([search engine]):::outside
"""
CALL = """\
sequenceDiagram
  accTitle: A call through a proxy
  accDescr: The proxy sidecar hands the call on to the app.
  participant sidecar as Proxy
  participant main as App
  sidecar->>main: GET /
"""
ROUND = """\
flowchart TB
  accTitle: A volume and a program
  accDescr: The program reads the volume.
  app([app]) --> logs[(logs)]
"""
KINDS = {
    "flowchart": ROUND,
    "sequence": CALL,
    "gantt": """\
gantt
  accTitle: Start and stop
  accDescr: The sidecar starts before the app and stops after it.
  dateFormat s
  axisFormat %S s
  tickInterval 3second
  section Pod
    sidecar :active, s, 0, 12s
    app :crit, a, 3, 6s
    stop :milestone, m, 9, 0s
""",
    "state": """\
stateDiagram-v2
  accTitle: Life of a container
  accDescr: A container waits, runs and ends.
  [*] --> Waiting
  Waiting --> Running: image pulled
  Running --> [*]
""",
}


def fence(source: str, *options: str) -> str:
    """Return a page's piece with one diagram."""
    head = "".join(f"{option}\n" for option in options)
    return f"```{{mermaid}}\n{head}{source}```\n"


def project(root: Path, page: str, command: str = "mermaidx") -> Path:
    """Make a project of one page below *root*, with a cache of its own."""
    docs = root / "docs"
    docs.mkdir(parents=True, exist_ok=True)
    places = {"ext": DOCS / "_ext", "static": DOCS / "_static"}
    places["cache"] = root / "cache"
    conf = CONF.format(command=command, **{k: str(v) for k, v in places.items()})
    (docs / "conf.py").write_text(conf, encoding="utf-8")
    (docs / "index.md").write_text(f"# Tiny\n\n{page}", encoding="utf-8")
    return docs


def build(docs: Path, builder: str = "html", target: str = "out") -> Built:
    """Build a project into a folder beside it, inside this process: it is quicker."""
    out = docs.parent / target / builder
    said = StringIO()
    with docutils_namespace():
        app = Sphinx(
            *(docs, docs, out, out / ".doctrees", builder),
            status=None,
            warning=said,
        )
        app.build()
    return Built(out, app.statuscode, re.sub(r"\x1b\[[\d;]*m", "", said.getvalue()))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """Give one project with two diagrams in every form."""
    page = f"{fence(LOGS, ':caption: Lines go out.', ':name: fig-logs', '')}\n"
    docs = project(tmp_path_factory.mktemp("tiny"), page + fence(CALL))
    forms = ("html", "epub", "latex", "text", "man", "texinfo")
    return {form: build(docs, form) for form in forms}


@pytest.fixture(scope="module")
def svgs(tiny: dict[str, Built]) -> list[Tag]:
    """Give the two drawings of the HTML page."""
    page = tiny["html"].folder / "index.html"
    html = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    return html.select(".diagram > svg")


def test_every_form_builds_without_a_warning(tiny: dict[str, Built]) -> None:
    """Two good diagrams are no reason for a warning, in any form."""
    assert {form: built.said for form, built in tiny.items() if built.said} == {}


def test_no_diagram_is_lost(tiny: dict[str, Built]) -> None:
    """Two diagrams are two in HTML, EPUB and LaTeX."""
    html = (tiny["html"].folder / "index.html").read_text(encoding="utf-8")
    epub = (tiny["epub"].folder / "index.xhtml").read_text(encoding="utf-8")
    tex = (tiny["latex"].folder / "tiny.tex").read_text(encoding="utf-8")
    body = tex.split(r"\begin{document}")[1]
    assert html.count('class="diagram"') == 2
    assert epub.count('<img class="diagram"') == 2
    assert body.count(r"\sphinxdiagram{") == 2


def test_a_drawing_has_a_name_and_a_description(svgs: list[Tag]) -> None:
    """A screen reader finds title and description, with their special signs."""
    drawing = svgs[0]
    assert drawing["role"] == "img"
    title = drawing.find(id=str(drawing["aria-labelledby"]))
    descr = drawing.find(id=str(drawing["aria-describedby"]))
    assert isinstance(title, Tag) and title.name == "title"
    assert isinstance(descr, Tag) and descr.name == "desc"
    assert title.get_text() == 'App & "sidecar"'
    assert descr.get_text().startswith("The app writes lines")


def test_labels_are_text(svgs: list[Tag]) -> None:
    """Labels can be found and copied, and a line break is two lines."""
    words = " ".join(text.get_text(" ") for text in svgs[0].select("text")).split()
    assert {"web", "Python", "sidecar", "writes", "Pod"} <= set(words)
    assert "<br" not in str(svgs[0])
    assert svgs[0].find("foreignObject") is None


def test_two_drawings_share_no_id(svgs: list[Tag]) -> None:
    """Ids are unique on the page, and every reference of a drawing meets its own."""
    seen: Counter[str] = Counter()
    for drawing in svgs:
        own = {str(tag["id"]) for tag in [drawing, *drawing.select("[id]")]}
        seen.update(own)
        text = str(drawing)
        used = set(re.findall(r"url\(#([^)]+)\)", text))
        used |= set(re.findall(r"#([\w-]+) [.\w]", drawing.style.get_text()))  # type: ignore[union-attr]
        assert used <= own
        assert any(name.endswith("-desc") for name in own)
    assert max(seen.values()) == 1


def test_colors_are_those_of_the_page(svgs: list[Tag]) -> None:
    """No color is fixed, and each variable is one of the palette."""
    for drawing in svgs:
        text = str(drawing)
        assert not re.search(r"#[0-9a-fA-F]{6}\b|rgba?\(|hsla?\(", text)
        used = set(re.findall(r"var\(--hb-([\w-]+)\)", text))
        assert {"text", "quiet", "sidecar", "sidecar-soft"} <= used
        assert used <= PALETTE.keys()


def test_other_forms_have_the_light_values_of_the_palette() -> None:
    """The PDF and the EPUB look like the light page; a value tells the color."""
    assert {PALETTE[name][0] for name in ROLES.values()} == set(LIGHT.values())
    assert len(set(LIGHT.values())) == len(set(ROLES.values()))


def test_nothing_runs_and_nothing_is_fetched(svgs: list[Tag]) -> None:
    """A drawing has no script, no handler and no address."""
    for drawing in svgs:
        assert drawing.find("script") is None
        for tag in [drawing, *drawing.find_all(True)]:
            assert not [name for name in tag.attrs if name.startswith("on")]
        text = str(drawing).replace("http://www.w3.org/", "")
        assert "://" not in text


def test_the_page_loads_no_mermaid(tiny: dict[str, Built]) -> None:
    """No script of another site comes with a diagram."""
    html = (tiny["html"].folder / "index.html").read_text(encoding="utf-8")
    assert "mermaid" not in html
    assert "cdn." not in html


def test_a_caption_and_a_name_make_a_figure(tiny: dict[str, Built]) -> None:
    """A caption stands below the drawing, and the name leads to both."""
    page = (tiny["html"].folder / "index.html").read_text(encoding="utf-8")
    figure = BeautifulSoup(page, "html.parser").find("figure", id="fig-logs")
    assert isinstance(figure, Tag)
    assert figure.select_one(".diagram svg")
    assert "Lines go out." in figure.get_text()
    tex = (tiny["latex"].folder / "tiny.tex").read_text(encoding="utf-8")
    assert r"\caption{Lines go out.}" in tex


def test_a_classes_look_has_more_than_color(svgs: list[Tag]) -> None:
    """The four classes differ in their borders too; participants have them as well."""
    sheet = svgs[0].style.get_text()  # type: ignore[union-attr]
    borders = {}
    for name in CLASSES:
        assert svgs[0].select_one(f".node.{name}")
        rule = re.search(rf"\.{name} \.label-container[^{{]*{{([^}}]*)}}", sheet)
        assert rule
        borders[name] = re.findall(r"stroke-(?:width|dasharray):[^;]+", rule[1])
    assert len({tuple(border) for border in borders.values()}) == 4
    assert svgs[1].select_one("rect.actor.sidecar")
    assert svgs[1].select_one("rect.actor.main")


def test_a_groups_title_lies_above_the_lines(svgs: list[Tag]) -> None:
    """A line into a group does not go through the words of its title."""
    drawing = svgs[0]
    title = drawing.select_one(".cluster-label")
    assert title is not None and title.find("rect") is not None
    assert title["text-anchor"] == "middle"
    order = list(drawing.find_all("g"))
    lines = drawing.select_one(".edgePaths")
    assert lines is not None
    assert order.index(lines) < order.index(title)


def test_the_epub_shows_a_picture_with_words(tiny: dict[str, Built]) -> None:
    """An EPUB has a whole SVG file, and its alt text is title and description."""
    folder = tiny["epub"].folder
    page = folder / "index.xhtml"
    ET.parse(page)
    image = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select(
        "img.diagram"
    )[0]
    assert image["alt"] == (
        'App & "sidecar". The app writes lines to a volume, and the sidecar reads them.'
    )
    drawing = ET.parse(folder / str(image["src"])).getroot()
    text = ET.tostring(drawing, encoding="unicode")
    assert "var(" not in text
    assert LIGHT["sidecar"] in text


def test_the_pdf_keeps_text_and_size(tiny: dict[str, Built]) -> None:
    """The PDF of a drawing is one page of its size whose text can be read."""
    tex = (tiny["latex"].folder / "tiny.tex").read_text(encoding="utf-8")
    body = tex.split(r"\begin{document}")[1]
    name = re.findall(r"\\sphinxdiagram\{(.+?)\}", body)[0]
    reader = PdfReader(tiny["latex"].folder / name)
    assert len(reader.pages) == 1
    assert "log sidecar" in " ".join(reader.pages[0].extract_text().split())
    assert not reader.pages[0].images
    assert 100 < reader.pages[0].mediabox.width < 800


@pytest.mark.parametrize("form", ["text", "man", "texinfo"])
def test_forms_without_pictures_have_the_words(
    tiny: dict[str, Built], form: str
) -> None:
    """Title and description stand where the drawing would be."""
    pages = [path for path in tiny[form].folder.glob("*") if path.is_file()]
    said = " ".join("".join(path.read_text("utf-8") for path in pages).split())
    assert "A call through a proxy" in said
    assert "The proxy sidecar hands the call on to the app." in said


@pytest.mark.parametrize("missing", ["accTitle", "accDescr"])
def test_a_diagram_without_words_is_a_warning(tmp_path: Path, missing: str) -> None:
    """The warning says which line lacks, on which page and where."""
    source = re.sub(rf"  {missing}.*\n", "", CALL)
    built = build(project(tmp_path, f"Some text.\n\n{fence(source)}"), "text")
    assert len(built.warnings) == 1
    assert "index.md:5: WARNING" in built.warnings[0]
    assert f"no {missing}" in built.warnings[0]


def test_a_broken_diagram_is_one_warning_in_one_line(tmp_path: Path) -> None:
    """Page, line and Mermaid's own message; and no empty picture."""
    built = build(project(tmp_path, fence(CALL + "  sidecar->>\n")))
    assert len(built.warnings) == 1
    assert "index.md:3: WARNING" in built.warnings[0]
    assert "Parse error on line" in built.warnings[0]
    assert "Expecting" in built.warnings[0]
    page = (built.folder / "index.html").read_text(encoding="utf-8")
    assert 'class="diagram"' not in page


def test_an_own_color_is_a_warning(tmp_path: Path) -> None:
    """A color of the author's own would stay light in the dark scheme."""
    built = build(project(tmp_path, fence(ROUND + "  style app fill:#abcdef\n")))
    assert len(built.warnings) == 1
    assert "index.md:3: WARNING" in built.warnings[0]
    assert "#abcdef" in built.warnings[0]


def test_two_builds_are_the_same(tmp_path: Path) -> None:
    """Drawn twice from nothing, the page is the same to the byte."""
    docs = project(tmp_path, fence(ROUND) + fence(ROUND))
    pages = []
    for turn in ("one", "two"):
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        built = build(docs, target=turn)
        assert built.said == ""
        pages.append((built.folder / "index.html").read_bytes())
    assert pages[0] == pages[1]


def test_a_chart_does_not_show_the_present_moment(tmp_path: Path) -> None:
    """A gantt chart is the same tomorrow: Mermaid's line of today is not in it."""
    built = build(project(tmp_path, fence(KINDS["gantt"])))
    html = (built.folder / "index.html").read_text(encoding="utf-8")
    drawing = BeautifulSoup(html, "html.parser").select_one(".diagram > svg")
    assert isinstance(drawing, Tag)
    assert drawing.select(".task")
    assert not drawing.select(".today, line.today")


def counting_command(folder: Path) -> Path:
    """Make a command that draws as mmdc does, and writes a line at each call."""
    folder.mkdir(exist_ok=True)
    script = folder / "draw"
    script.write_text(
        f"#!{sys.executable}\n"
        "import pathlib, sys\n"
        "place = pathlib.Path(__file__).with_name('calls')\n"
        "with place.open('a') as calls: calls.write('called\\n')\n"
        "names = dict(zip(sys.argv[1::2], sys.argv[2::2]))\n"
        "if 'fail' in pathlib.Path(names['-i']).read_text():\n"
        "    sys.exit('Error: Parse error on line 9')\n"
        "kind = 'error' if 'bomb' in pathlib.Path(names['-i']).read_text() else 'x'\n"
        "pathlib.Path(names['-o']).write_text('<svg id=\"s\" viewBox=\"0 0 90 60\"'\n"
        '    f\' xmlns="http://www.w3.org/2000/svg" aria-roledescription="{kind}">\'\n'
        "    '<style>#s text{fill:black}</style><text>drawn</text></svg>')\n",
        encoding="utf-8",
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def calls(script: Path) -> int:
    """Say how often the command was called."""
    place = script.with_name("calls")
    return len(place.read_text("utf-8").splitlines()) if place.exists() else 0


def test_a_kept_drawing_is_not_drawn_again(tmp_path: Path) -> None:
    """One diagram in three forms and two clean builds is drawn once."""
    script = counting_command(tmp_path / "bin")
    docs = project(tmp_path, fence(CALL), str(script))
    for form, target in (("html", "a"), ("html", "b"), ("epub", "a"), ("latex", "a")):
        built = build(docs, form, target)
        assert built.said == ""
    assert "drawn" in (tmp_path / "b/html/index.html").read_text("utf-8")
    assert calls(script) == 1
    project(tmp_path, fence(CALL + "  main->>sidecar: 200\n"), str(script))
    build(docs, "html", "b")
    assert calls(script) == 2


def test_a_spoilt_cache_does_no_harm(tmp_path: Path) -> None:
    """Half a file, as a killed build may leave it, is drawn anew."""
    script = counting_command(tmp_path / "bin")
    docs = project(tmp_path, fence(CALL), str(script))
    build(docs)
    (kept,) = (tmp_path / "cache").glob("*.svg")
    whole = kept.read_bytes()
    kept.write_bytes(whole[:40])
    built = build(docs, target="again")
    assert built.said == ""
    assert kept.read_bytes() == whole
    assert list((tmp_path / "cache").iterdir()) == [kept]


@pytest.mark.parametrize(
    ("word", "message"),
    [("fail", "Parse error on line 9"), ("bomb", "drew its error picture")],
)
def test_a_commands_failure_is_a_warning(
    tmp_path: Path, word: str, message: str
) -> None:
    """A command that fails, or draws Mermaid's error picture, leaves no picture."""
    script = counting_command(tmp_path / "bin")
    built = build(project(tmp_path, fence(CALL + f"  %% {word}\n"), str(script)))
    assert len(built.warnings) == 1
    assert "index.md:3: WARNING" in built.warnings[0]
    assert message in built.warnings[0]
    assert not list((tmp_path / "cache").glob("*"))


def test_a_command_that_is_not_there_is_a_warning(tmp_path: Path) -> None:
    """The warning names the setting that has to change."""
    built = build(project(tmp_path, fence(CALL), "no-such-command"))
    assert len(built.warnings) == 1
    assert "mermaid_cmd" in built.warnings[0]
    assert "no-such-command" in built.warnings[0]


def test_the_common_kinds_are_drawn(tmp_path: Path) -> None:
    """Flowchart, sequence, gantt and state: no warning, and valid names in the SVG."""
    docs = project(tmp_path, "\n".join(fence(source) for source in KINDS.values()))
    built = build(docs, "epub")
    assert built.said == ""
    files = sorted((built.folder / "_images").glob("*.svg"))
    assert len(files) == len(KINDS)
    for path in files:
        for element in ET.parse(path).iter():
            tag = element.tag.removeprefix(f"{{{SVG}}}")
            # epubcheck refuses these, which Mermaid writes.
            assert not {"name", "transform-origin"} & set(element.attrib)
            assert all(value.strip() for value in element.attrib.values())
            assert ("width" in element.attrib) == (tag in ("svg", "rect")), tag
