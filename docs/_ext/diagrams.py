"""Mermaid diagrams that are pictures in every output and readable in all of them.

Authors write the ``{mermaid}`` fences of sphinxcontrib-mermaid. This module draws
each one while the site is built and replaces what that extension would print:

* HTML: the SVG itself, whose colors are CSS variables of ``_static/diagrams.css``;
* EPUB: an ``<img>`` of a file with the light colors;
* LaTeX: ``\\sphinxdiagram{FILE}`` with a vector PDF of the same drawing;
* plain text, man and Texinfo: the title and the description in words.

A diagram carries Mermaid's own ``accTitle:`` and ``accDescr:`` lines
(https://mermaid.js.org/config/accessibility.html). One that lacks them, or that
Mermaid cannot draw, is a warning with its page and line.

Drawings are kept in the folder ``diagrams_cache``, so that a clean build draws
only what has changed. Delete the folder at any time.

``mermaid_cmd = "mermaidx"`` in conf.py draws inside this process. Any other value
names a command that is called with ``-i``, ``-o`` and ``-c``: ``"mmdc"`` works.
"""

import hashlib
import html
import json
import os
import re
import shlex
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata
from sphinxcontrib.mermaid import Mermaid, mermaid

logger = logging.getLogger(__name__)

Drawing = TypeVar("Drawing", str, bytes)

DRAW_SECONDS = 120
"""How long an outside command may take for one diagram."""

NARROW_PAGE_PX = 288
"""Width of the text on a phone of 320 CSS pixels, the narrowest in WCAG 2.2, 1.4.10."""

SMALLEST_SCALE = 11 / 16
"""How far a drawing may shrink: its text of 16 px is then 11 px."""

# What a color is for -> its value in the light scheme. The drawing is made with these
# values, so each has to occur once; in HTML they give way to the variables
# ``--diagram-NAME``, whose dark values are in diagrams.css.
LIGHT = {
    "text": "#1a1d21",
    "line": "#4d5661",
    "page": "#fffffe",
    "node": "#f3f4f6",
    "node-border": "#6a7481",
    "group": "#fafbfc",
    "group-border": "#8b949f",
    "note": "#f6f2e6",
    "note-border": "#8a7d55",
    "main": "#e4e7eb",
    "main-border": "#1f262e",
    "sidecar": "#d9e8fb",
    "sidecar-border": "#0b57b0",
    "volume": "#eef0e4",
    "volume-border": "#5d6838",
    "outside": "#fefefe",
    "outside-border": "#59626d",
    "grid": "#d3d8de",
}

# The classes that authors may use, and their borders.
CLASSES = {
    "main": "stroke-width:3px",
    "sidecar": "stroke-width:2px",
    "volume": "stroke-width:1.5px;stroke-dasharray:8,3,2,3",
    "outside": "stroke-width:1.5px;stroke-dasharray:5,4",
}

# mermaidx measures text in DejaVu Sans and brings that font along. In HTML the
# variable ``--diagram-font`` takes its place, with fonts that are no wider.
FONT = '"DejaVu Sans", Verdana, sans-serif'

ROOT_ID = "sphinx-diagram-root"
"""Stands in a kept drawing where a page puts an id of its own."""


def _own_rules() -> str:
    """Return the style of the handbook's four classes, and what Mermaid lacks.

    Border width and dashes differ too, for readers who do not see the colors. The
    rules at the end mend what no setting of Mermaid reaches: half-transparent
    grounds of labels, heavy lifelines, and the gantt axis in 10 px and pale.
    """
    shapes = (".node.{} .label-container", ".node.{} .label-container path")
    places = (*shapes, ".cluster.{}>rect", "rect.actor.{}")
    rules = [
        ",".join(f"#{ROOT_ID} {place.format(name)}" for place in places)
        + f"{{fill:{LIGHT[name]}!important;stroke:{LIGHT[name + '-border']}!important;"
        + f"{line}}}"
        for name, line in CLASSES.items()
    ]
    mended = {
        ".edgeLabel rect": "opacity:1!important",
        ".actor-line": "stroke-width:1px",
        ".grid text": "font-size:16px",
        ".grid line": f"stroke:{LIGHT['grid']}",
        ".grid .tick": "opacity:1",
    }
    rules += [f"#{ROOT_ID} {place}{{{look}}}" for place, look in mended.items()]
    return "".join(rules)


def _theme() -> dict[str, str]:
    """Mermaid's theme variables, all set, so that it derives no color of its own.

    Names: https://mermaid.js.org/config/theming.html and the theme's source.
    """
    uses = {
        "text": "primaryTextColor secondaryTextColor tertiaryTextColor textColor"
        " noteTextColor nodeTextColor titleColor actorTextColor signalTextColor"
        " labelTextColor loopTextColor taskTextColor taskTextOutsideColor"
        " taskTextDarkColor taskTextLightColor taskTextClickableColor"
        " transitionLabelColor stateLabelColor classText errorTextColor"
        " pieTitleTextColor pieSectionTextColor pieLegendTextColor"
        " quadrantTitleFill quadrantPointTextFill quadrantXAxisTextFill"
        " quadrantYAxisTextFill attributeTextColor",
        "line": "lineColor defaultLinkColor signalColor transitionColor"
        " specialStateColor arrowheadColor relationColor innerEndBackground"
        " actorLineColor",
        "page": "background sequenceNumberColor edgeLabelBackground"
        " labelBackgroundColor labelBackground relationLabelBackground",
        "node": "primaryColor mainBkg actorBkg labelBoxBkgColor taskBkgColor"
        " stateBkg doneTaskBkgColor activationBkgColor secondaryColor",
        "node-border": "primaryBorderColor secondaryBorderColor nodeBorder actorBorder"
        " labelBoxBorderColor taskBorderColor doneTaskBorderColor"
        " activationBorderColor",
        "group": "tertiaryColor clusterBkg compositeBackground"
        " compositeTitleBackground altBackground sectionBkgColor altSectionBkgColor"
        " sectionBkgColor2 excludeBkgColor rowOdd rowEven errorBkgColor",
        "group-border": "tertiaryBorderColor clusterBorder compositeBorder",
        "note": "noteBkgColor",
        "note-border": "noteBorderColor",
        "main": "critBkgColor",
        "main-border": "critBorderColor",
        "sidecar": "activeTaskBkgColor",
        "sidecar-border": "activeTaskBorderColor todayLineColor vertLineColor",
        "grid": "gridColor",
    }
    theme = {
        name: LIGHT[role] for role, names in uses.items() for name in names.split()
    }
    for number in range(12):
        theme[f"cScale{number}"] = LIGHT["node"]
        theme[f"cScaleLabel{number}"] = LIGHT["text"]
        theme[f"cScaleInv{number}"] = LIGHT["node-border"]
        theme[f"cScalePeer{number}"] = LIGHT["node-border"]
    return theme | {"fontFamily": FONT, "fontSize": "16px"}


def mermaid_settings() -> dict[str, Any]:
    """Return the configuration with which Mermaid draws, the same for every diagram.

    Labels are SVG text: HTML labels vanish in many EPUB readers and in the PDF.
    Reference: https://mermaid.js.org/config/schema-docs/config.html
    """
    return {
        "theme": "base",
        "themeVariables": _theme(),
        "fontFamily": FONT,
        "fontSize": 16,
        "htmlLabels": False,
        "deterministicIds": True,
        # The curves of round shapes are random without it, in every look.
        "handDrawnSeed": 1,
        "securityLevel": "strict",
        "flowchart": {
            "htmlLabels": False,
            "padding": 14,
            "nodeSpacing": 40,
            "rankSpacing": 44,
            "subGraphTitleMargin": {"top": 4, "bottom": 8},
        },
        "sequence": {
            "actorFontSize": 16,
            "messageFontSize": 16,
            "noteFontSize": 16,
            "mirrorActors": False,
            "width": 110,
            "actorMargin": 30,
            "diagramMarginX": 8,
            "diagramMarginY": 8,
            "wrap": True,
            "useMaxWidth": True,
        },
        "gantt": {
            "fontSize": 16,
            "sectionFontSize": 16,
            "barHeight": 28,
            "barGap": 8,
            "topPadding": 46,
            "leftPadding": 90,
            "rightPadding": 22,
            # A phone of 360 px shows this much without scrolling.
            "useWidth": 470,
        },
        "timeline": {"htmlLabels": False, "textPlacement": "tspan"},
        "journey": {"textPlacement": "tspan"},
        "state": {"htmlLabels": False},
        "class": {"htmlLabels": False},
    }


class DiagramError(Exception):
    """A diagram that cannot be drawn; the message is one line for its author."""


# Source ------------------------------------------------------------------------


def accessible_text(source: str) -> tuple[str, str]:
    """Return a diagram's ``accTitle`` and ``accDescr``, each empty when missing.

    Also reads the form ``accDescr { ... }`` over several lines.
    """
    title = re.search(r"^\s*accTitle\s*:\s*(.+?)\s*$", source, re.MULTILINE)
    line = re.search(r"^\s*accDescr\s*:\s*(.+?)\s*$", source, re.MULTILINE)
    block = re.search(r"^\s*accDescr\s*\{([^}]*)\}", source, re.MULTILINE)
    descr = line or block
    return (
        " ".join(title[1].split()) if title else "",
        " ".join(descr[1].split()) if descr else "",
    )


class Diagram(Mermaid):  # type: ignore[misc]
    """The ``{mermaid}`` fence, which also knows where it stands and what it lacks."""

    def run(self, **options: Any) -> list[nodes.Node]:
        """Return the diagram's node with its place; warn when words are missing."""
        found: list[nodes.Node] = super().run(**options)
        for node in found:
            for drawing in node.findall(mermaid):
                source, line = self.state_machine.get_source_and_line(self.lineno)
                drawing.source, drawing.line = source, line
                words = accessible_text(drawing["code"])
                for name, text in zip(("accTitle", "accDescr"), words, strict=True):
                    if not text:
                        logger.warning(
                            "the diagram has no %s: add a line '%s: ...' that says in"
                            " words what it shows",
                            name,
                            name,
                            location=drawing,
                            type="diagrams",
                            subtype=name,
                        )
        return found


# Drawing -----------------------------------------------------------------------


@dataclass(frozen=True)
class Pen:
    """What draws: ``command`` is empty for mermaidx inside this process."""

    command: tuple[str, ...]
    cache: Path

    @classmethod
    def of(cls, config: Config) -> "Pen":
        """Read the settings ``mermaid_cmd``, ``mermaid_params``, ``diagrams_cache``."""
        command = config.mermaid_cmd
        words = shlex.split(command) if isinstance(command, str) else list(command)
        if words == ["mermaidx"]:
            words = []
        else:
            words += config.mermaid_params
        return cls(tuple(words), Path(config.diagrams_cache))

    def key(self, source: str) -> str:
        """Name a drawing by everything that decides how it looks."""
        parts = [source, *self.command, json.dumps(mermaid_settings())]
        parts += [version("mermaidx") if not self.command else "", _own_code()]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    def svg(self, source: str) -> str:
        """Return the drawing of *source*, light colors, from the cache if it is there.

        Raises:
            DiagramError: Mermaid does not understand *source*.
        """
        kept = self.cache / f"{self.key(source)}.svg"
        if (drawn := _read(kept, _is_svg)) is None:
            raw = _call(self.command, source) if self.command else _draw(source)
            drawn = _tidy(raw, source).encode()
            _write(kept, drawn)
        return drawn.decode()

    def pdf(self, source: str) -> bytes:
        """Return the same drawing as a PDF page of its size, text kept as text.

        Raises:
            DiagramError: Mermaid does not understand *source*.
        """
        kept = self.cache / f"{self.key(source)}.pdf"
        if (drawn := _read(kept, _is_pdf)) is None:
            drawn = _svg_to_pdf(self.svg(source))
            _write(kept, drawn)
        return drawn


def _own_code() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def _is_svg(data: bytes) -> bool:
    try:
        ET.fromstring(data)
    except ET.ParseError:
        return False
    return True


def _is_pdf(data: bytes) -> bool:
    return data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")


def _read(path: Path, is_whole: Callable[[bytes], bool]) -> bytes | None:
    """Return the file's bytes; None when it is not there, or not whole."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data if is_whole(data) else None


def _write(path: Path, data: bytes) -> None:
    """Write a file at one stroke: a build beside this one never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(data)
    Path(part.name).chmod(0o644)
    Path(part.name).replace(path)


def _one_line(message: str) -> str:
    """Fold an error of Mermaid into one line, without its ``----^`` pointer."""
    message = re.sub(r"^.*?rendering failed: ", "", message, flags=re.DOTALL)
    return " ".join(re.sub(r"-{2,}\^", " ", message).split())


def _draw(source: str) -> str:
    """Draw with mermaidx in V8: its engine QuickJS takes four times as long."""
    # Loads a JavaScript engine: a build that finds all drawings in the cache need not.
    import mermaidx

    settings = mermaid_settings()
    try:
        drawn: str = mermaidx.render(source, backend="v8", config=settings).svg()
    except RuntimeError as error:
        raise DiagramError(_one_line(str(error))) from error
    return drawn


def _call(command: tuple[str, ...], source: str) -> str:
    """Draw with an outside command that takes the options of Mermaid's ``mmdc``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in.mmd").write_text(source, encoding="utf-8")
        settings = json.dumps(mermaid_settings())
        (folder / "config.json").write_text(settings, encoding="utf-8")
        options = ["-i", "in.mmd", "-o", "out.svg", "-c", "config.json"]
        try:
            done = subprocess.run(
                [*command, *options],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=DRAW_SECONDS,
                check=False,
            )
            if done.returncode == 0:
                return (folder / "out.svg").read_text(encoding="utf-8")
        except (OSError, subprocess.TimeoutExpired) as error:
            message = f"'{shlex.join(command)}' (mermaid_cmd) cannot be run: {error}"
            raise DiagramError(_one_line(message)) from error
        raise DiagramError(_one_line(done.stderr or done.stdout))


def _svg_to_pdf(svg: str) -> bytes:
    """Turn a drawing into a PDF page of its size.

    mermaidx writes a bitmap into its PDFs; Typst keeps lines as lines and text as
    text, and needs no program of the system.
    """
    # Only the PDF needs it.
    import typst

    places = getattr(find_spec("mermaidx"), "submodule_search_locations", None)
    fonts = [str(Path(place) / "assets/fonts") for place in places or []]
    page = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        "#set document(date: none)\n"
        '#image("drawing.svg")\n'
    )
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "drawing.svg").write_text(svg, encoding="utf-8")
        (Path(name) / "page.typ").write_text(page, encoding="utf-8")
        pdf: bytes = typst.compile(
            f"{name}/page.typ", font_paths=fonts, ignore_system_fonts=bool(fonts)
        )
    return pdf


# From Mermaid's SVG to ours ------------------------------------------------------

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
ET.register_namespace("", SVG)
ET.register_namespace("xlink", XLINK)

_REFERENCE = re.compile(r"#([A-Za-z_][\w:.-]*)")
_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")


def _tidy(raw: str, source: str) -> str:
    """Make Mermaid's SVG small, safe, named and the same on every machine.

    Raises:
        DiagramError: Mermaid drew its error picture, or a color is not ours.
    """
    try:
        root = ET.fromstring(raw)
    except ET.ParseError as error:
        raise DiagramError(f"Mermaid wrote an SVG that is not XML: {error}") from error
    if root.get("aria-roledescription") == "error" or any(
        "error-icon" in element.get("class", "").split() for element in root.iter()
    ):
        raise DiagramError("Syntax error: Mermaid drew its error picture")
    _mark_participants(root)
    _turn_milestones(root)
    _center_states(root)
    _clean(root)
    _prune_style(root)
    _rename_ids(root)
    _name(root, source)
    _size(root)
    _settle_colors(root)
    text = ET.tostring(root, encoding="unicode")
    return _NUMBER.sub(
        lambda match: f"{float(match[0]):.1f}".rstrip("0").rstrip("."), text
    )


def _clean(root: ET.Element) -> None:
    """Remove scripts and handlers, and what SVG 1.1 does not know: EPUBs must pass."""
    for parent in root.iter():
        for child in list(parent):
            empty_box = child.tag == f"{{{SVG}}}rect" and not child.get("width")
            if child.tag == f"{{{SVG}}}script" or empty_box:
                parent.remove(child)
        for name, value in list(parent.attrib.items()):
            unused = name in ("name", "transform-origin") or not value.strip("; ")
            round_box = parent.tag == f"{{{SVG}}}circle"
            unused |= round_box and name in ("width", "height")
            if unused or name.startswith(("on", "data-")):
                del parent.attrib[name]


def _mark_participants(root: ET.Element) -> None:
    """Give the class to participants called ``main``, ``sidecar2`` and so on.

    In a sequence diagram Mermaid has no way to write a class.
    """
    for element in root.iter(f"{{{SVG}}}rect"):
        kind = element.get("name", "").rstrip("0123456789")
        if kind in CLASSES and "actor" in element.get("class", ""):
            element.set("class", f"{element.get('class')} {kind}")


def _turn_milestones(root: ET.Element) -> None:
    """Turn a gantt chart's milestones by an attribute: Typst ignores the CSS."""
    for element in root.iter(f"{{{SVG}}}rect"):
        if "milestone" in element.get("class", "").split():
            x, y, width, height = (
                float(element.get(name, "0")) for name in ("x", "y", "width", "height")
            )
            center = f"{x + width / 2} {y + height / 2}"
            element.set("transform", f"rotate(45 {center})")


def _center_states(root: ET.Element) -> None:
    """Center the names of states, as Mermaid does in flowcharts.

    It sets them flush left for the one font it measured; readers have others.
    """
    for node in root.iter(f"{{{SVG}}}g"):
        if {"node", "statediagram-state"} <= set(node.get("class", "").split()):
            for label in node.findall(f"{{{SVG}}}g"):
                moved = label.get("transform", "")
                label.set("transform", re.sub(r"\([^,]*,", "(0,", moved))
                label.set("text-anchor", "middle")


def _prune_style(root: ET.Element) -> None:
    """Leave out the rules of Mermaid's style sheet that match nothing here."""
    classes = {name for e in root.iter() for name in e.get("class", "").split()}
    for style in root.iter(f"{{{SVG}}}style"):
        sheet = re.sub(
            r"@keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*\}", "", style.text or ""
        )
        rules = []
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
            used = [
                part.strip()
                for part in selectors.split(",")
                if set(re.findall(r"\.([A-Za-z_][\w-]*)", part)) <= classes
                and not re.search(r"\[data-|:root|\bdiv\b|\bspan\b|\bp\b", part)
            ]
            # These color and align HTML labels, and we have none.
            body = re.sub(r"(?<![\w-])(background-)?color:[^;]*;?", "", body)
            body = re.sub(r"text-align:[^;]*;?", "", body)
            # Only milestones have one, and _turn_milestones() sees to them.
            body = re.sub(r"transform:[^;]*;?", "", body)
            if used and body.strip():
                rules.append(f"{','.join(used)}{{{' '.join(body.split())}}}")
        style.text = "".join(rules)


def _rename_ids(root: ET.Element) -> None:
    """Give the ids that something points at names below ROOT_ID; drop the others."""
    root_id = root.get("id", "")
    texts = [style.text or "" for style in root.iter(f"{{{SVG}}}style")]
    texts += [value for e in root.iter() for value in e.attrib.values()]
    used = {name for text in texts for name in _REFERENCE.findall(text)}
    new = {root_id: ROOT_ID}
    for parent in list(root.iter()):
        for element in list(parent):
            old = element.get("id")
            tag = element.tag.removeprefix(f"{{{SVG}}}")
            if old and old in used:
                new[old] = f"{ROOT_ID}-{len(new)}"
                element.set("id", new[old])
            elif old and tag in ("marker", "filter", "symbol", "linearGradient"):
                parent.remove(element)
            elif old:
                del element.attrib["id"]

    def swap(text: str) -> str:
        return _REFERENCE.sub(lambda m: f"#{new.get(m[1], m[1])}", text)

    for style in root.iter(f"{{{SVG}}}style"):
        style.text = swap(style.text or "")
    for element in root.iter():
        for name, value in element.attrib.items():
            if "#" in value:
                element.set(name, swap(value))
    root.set("id", ROOT_ID)


def _name(root: ET.Element, source: str) -> None:
    """Let screen readers say title and description; some kinds lack them so far."""
    for tag in ("title", "desc"):
        for element in root.findall(f"{{{SVG}}}{tag}"):
            root.remove(element)
    for place, (tag, words) in enumerate(
        zip(("title", "desc"), accessible_text(source), strict=True)
    ):
        element = ET.Element(f"{{{SVG}}}{tag}", {"id": f"{ROOT_ID}-{tag}"})
        element.text = words
        root.insert(place, element)
    root.set("role", "img")
    root.set("aria-labelledby", f"{ROOT_ID}-title")
    root.set("aria-describedby", f"{ROOT_ID}-desc")
    root.attrib.pop("aria-roledescription", None)


def _size(root: ET.Element) -> None:
    """Give the drawing its natural size: Mermaid says only "100 %"."""
    width, height = (float(number) for number in root.get("viewBox", "").split()[2:])
    root.set("width", f"{width:.0f}")
    root.set("height", f"{height:.0f}")
    root.attrib.pop("style", None)


# Colors that Mermaid writes whatever the theme says -> what they are for.
FIXED = {
    "black": "line",
    "#000": "line",
    "#000000": "line",
    "#333": "line",
    "#666": "line",
    "#999": "node-border",
    "currentcolor": "text",
    "white": "page",
    "#fff": "page",
    "#ffffff": "page",
    "#eaeaea": "node",
    "#edf2ae": "note",
}
_PAINTS = ("fill", "stroke", "stop-color", "flood-color")
_PAINT = re.compile(rf"(?<![\w-])({'|'.join(_PAINTS)})\s*:\s*([^;}}!]+)")
_NO_COLOR = ("none", "inherit", "transparent", "revert")


def _settle_colors(root: ET.Element) -> None:
    """Let every color be one of LIGHT, and add the style of the handbook's classes.

    Raises:
        DiagramError: The author chose a color, which no dark scheme could follow.
    """
    strange = set()

    def settle(value: str) -> str:
        value = value.strip()
        if value.lower() in FIXED:
            return LIGHT[FIXED[value.lower()]]
        if (
            value not in LIGHT.values()
            and value.lower() not in _NO_COLOR
            and not value.startswith("url(")
        ):
            strange.add(value)
        return value

    def settle_rules(text: str) -> str:
        return _PAINT.sub(lambda m: f"{m[1]}:{settle(m[2])}", text)

    for element in root.iter():
        for name in set(_PAINTS) & set(element.attrib):
            element.set(name, settle(element.get(name, "")))
        if "style" in element.attrib:
            element.set("style", settle_rules(element.get("style", "")))
        if element.tag == f"{{{SVG}}}style":
            element.text = settle_rules(element.text or "") + _own_rules()
    if strange:
        raise DiagramError(
            f"the colors {', '.join(sorted(strange))} cannot follow the light and the"
            " dark scheme: use the classes main, sidecar, volume and outside, or"
            " another kind of diagram"
        )


def inline_svg(svg: str, name: str) -> str:
    """Return the drawing for an HTML page: the page's colors, ids below *name*."""
    for role, value in LIGHT.items():
        svg = svg.replace(value, f"var(--diagram-{role})")
    svg = re.sub(r"font-family:[^;}]*", "font-family:var(--diagram-font)", svg)
    return svg.replace(ROOT_ID, name)


# Writing -------------------------------------------------------------------------


def _drawn(draw: Callable[[str], Drawing], node: mermaid) -> Drawing:
    """Draw a node; a diagram that fails is one warning, and leaves no picture."""
    try:
        return draw(node["code"])
    except DiagramError as error:
        logger.warning(
            "the diagram cannot be drawn: %s",
            error,
            location=node,
            type="diagrams",
            subtype="syntax",
        )
        raise nodes.SkipNode from error


def visit_html(self: Any, node: mermaid) -> None:
    """Put the SVG on the page, or an image of it into an EPUB."""
    svg = _drawn(Pen.of(self.config).svg, node)
    title, descr = accessible_text(node["code"])
    self.diagrams = getattr(self, "diagrams", 0) + 1
    if self.builder.name == "epub":
        # Named by its place, not by its content: the builder packs every file that
        # an earlier build left in the folder.
        page = self.builder.current_docname.replace("/", "_")
        name = f"diagram-{page}-{self.diagrams}.svg"
        _write(Path(self.builder.outdir, self.builder.imagedir, name), svg.encode())
        alt = html.escape(f"{title.rstrip('.')}. {descr}")
        anchor = "".join(f' id="{html.escape(i)}"' for i in node["ids"][:1])
        self.body.append(
            f'<div{anchor}><img class="diagram" src="{self.builder.imgpath}/{name}"'
            f' alt="{alt}" /></div>\n'
        )
        raise nodes.SkipNode
    match = re.search(r'width="(\d+)"', svg)
    width = int(match[1]) if match else 0
    attributes = {"style": f"--diagram-width: {width}px"}
    if width * SMALLEST_SCALE > NARROW_PAGE_PX:
        # A frame that scrolls must be reachable from the keyboard.
        attributes |= {"role": "group", "tabindex": "0", "aria-label": title}
    self.body.append(self.starttag(node, "div", "", CLASS="diagram", **attributes))
    self.body.append(inline_svg(svg, f"diagram-{self.diagrams}"))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def visit_latex(self: Any, node: mermaid) -> None:
    r"""Write ``\sphinxdiagram{FILE}`` and put the PDF beside the LaTeX file."""
    pen = Pen.of(self.config)
    pdf = _drawn(pen.pdf, node)
    name = f"diagram-{pen.key(node['code'])}.pdf"
    _write(Path(self.builder.outdir, name), pdf)
    anchor = self.hypertarget_to(node) if node["ids"] else ""
    self.body.append(f"\n{anchor}\\sphinxdiagram{{{name}}}\n")
    raise nodes.SkipNode


def _words(node: mermaid) -> str:
    title, descr = accessible_text(node["code"])
    return f"[{title.rstrip('.')}. {descr}]"


def visit_text(self: Any, node: mermaid) -> None:
    """Write the diagram's title and description as a paragraph."""
    self.new_state(0)
    self.add_text(_words(node))
    self.end_state()
    raise nodes.SkipNode


def visit_man(self: Any, node: mermaid) -> None:
    """Write the diagram's title and description as a paragraph."""
    self.body.append(f".sp\n{self.deunicode(_words(node))}\n")
    raise nodes.SkipNode


def visit_texinfo(self: Any, node: mermaid) -> None:
    """Write the diagram's title and description as a paragraph."""
    self.body.append(f"\n{self.escape(_words(node))}\n\n")
    raise nodes.SkipNode


# Text of 16 px is 12 pt in the drawing; 0.75 makes it 9 pt, a little smaller than the
# book's. What is too large for the page shrinks to it.
LATEX_MACRO = r"""
\newsavebox{\sphinxdiagrambox}
\newcommand{\sphinxdiagram}[1]{%
  \sbox{\sphinxdiagrambox}{\includegraphics[scale=0.75]{#1}}%
  \ifdim\wd\sphinxdiagrambox>\linewidth
    \sbox{\sphinxdiagrambox}{\includegraphics[width=\linewidth]{#1}}\fi
  \ifdim\ht\sphinxdiagrambox>0.75\textheight
    \sbox{\sphinxdiagrambox}{\includegraphics[height=0.75\textheight]{#1}}\fi
  \par{\centering\usebox{\sphinxdiagrambox}\par}}
"""


def _prepare(app: Sphinx, config: Config) -> None:
    """Set what the outputs need before a page is read."""
    if not config.diagrams_cache:
        config.diagrams_cache = str(Path(app.confdir).parent / ".cache" / "diagrams")
    # Its mode "raw" would load a script from another site.
    config.mermaid_output_format = "svg"
    elements = dict(config.latex_elements)
    elements["preamble"] = elements.get("preamble", "") + LATEX_MACRO
    config.latex_elements = elements


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the fence, the visitors and the setting ``diagrams_cache``."""
    app.setup_extension("sphinxcontrib.mermaid")
    app.add_config_value("diagrams_cache", "", "", (str, os.PathLike))
    app.add_directive("mermaid", Diagram, override=True)
    app.add_node(
        mermaid,
        override=True,
        html=(visit_html, None),
        latex=(visit_latex, None),
        text=(visit_text, None),
        man=(visit_man, None),
        texinfo=(visit_texinfo, None),
    )
    app.add_css_file("diagrams.css")
    app.connect("config-inited", _prepare)
    # Workers share nothing but the cache, whose files appear whole or not at all.
    return {
        "version": "1",
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
