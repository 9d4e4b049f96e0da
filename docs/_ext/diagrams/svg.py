"""From Mermaid's SVG to ours: small, safe, named, and the same on every machine."""

import re
import xml.etree.ElementTree as ET

from .look import FIXED, LIGHT, ROOT_ID, own_rules
from .mend import SVG, mend

ET.register_namespace("", SVG)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")

_REFERENCE = re.compile(r"#([A-Za-z_][\w:.-]*)")
_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_PAINTS = ("fill", "stroke", "stop-color", "flood-color")
_PAINT = re.compile(rf"(?<![\w-])({'|'.join(_PAINTS)})\s*:\s*([^;}}!]+)")
_NO_COLOR = ("none", "inherit", "transparent", "revert")


class DiagramError(Exception):
    """A diagram that cannot be drawn; the message is one line for its author."""


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


def tidy(raw: str, source: str) -> str:
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
    mend(root)
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
            # Only milestones have one, and mend() sees to them.
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
    # The words in the boxes are not read out a second time, one by one.
    for part in root[2:]:
        if not part.tag.endswith(("style", "defs")):
            part.set("aria-hidden", "true")


def _size(root: ET.Element) -> None:
    """Give the drawing its natural size: Mermaid says only "100 %"."""
    width, height = (float(number) for number in root.get("viewBox", "").split()[2:])
    root.set("width", f"{width:.0f}")
    root.set("height", f"{height:.0f}")
    root.attrib.pop("style", None)


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
            element.text = settle_rules(element.text or "") + own_rules()
    if strange:
        raise DiagramError(
            f"the colors {', '.join(sorted(strange))} cannot follow the light and the"
            " dark scheme: use the classes main, sidecar, volume and outside, or"
            " another kind of diagram"
        )
