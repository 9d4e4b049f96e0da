"""What Mermaid draws wrong, or not at all, for one kind of diagram."""

import re
import xml.etree.ElementTree as ET

from .look import CLASSES

SVG = "http://www.w3.org/2000/svg"
RECT = f"{{{SVG}}}rect"
TITLE_HEIGHT = 30.0
"""Place for one line of a group's title, with the space around it."""


def mend(root: ET.Element) -> None:
    """Mend Mermaid's drawing, as it comes from Mermaid, in place."""
    _mark_participants(root)
    _turn_milestones(root)
    _forget_today(root)
    _crop_gantt(root)
    _center_states(root)
    _raise_titles(root)


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


def _forget_today(root: ET.Element) -> None:
    """Remove a gantt chart's line at the present moment: each build has another."""
    for parent in root.iter(f"{{{SVG}}}g"):
        if parent.get("class") == "today":
            parent.clear()


def _crop_gantt(root: ET.Element) -> None:
    """Take off a gantt chart's empty room, for a title above and for more below.

    Mermaid's ``topPadding`` cannot do it: the axis stays where it is, and the bars run
    into it.
    """
    if root.get("aria-roledescription") == "gantt":
        x, y, width, height = map(float, root.get("viewBox", "").split())
        root.set("viewBox", f"{x} {y + 24} {width} {height - 40}")


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


def _raise_titles(root: ET.Element) -> None:
    """Lift the titles of groups above the lines, on a ground as edge labels have.

    Mermaid draws them first, so that a line into a group goes through its title. It
    also sets them flush left for the one font it measured, as the names of states.
    """
    for drawn in root.iter(f"{{{SVG}}}g"):
        layers = {layer.get("class"): layer for layer in drawn}
        if not {"clusters", "edgePaths"} <= layers.keys():
            continue
        raised = ET.Element(f"{{{SVG}}}g")
        boxes = [box for group in layers["clusters"] for box in group.findall(RECT)]
        for group in layers["clusters"]:
            box = group.find(RECT)
            for label in group.findall(f"{{{SVG}}}g[@class='cluster-label']"):
                if box is not None:
                    _center_title(label, box, _lift(root, box, boxes))
                    group.remove(label)
                    kinds = set(group.get("class", "").split()) & CLASSES.keys()
                    label.set("class", " ".join(["cluster-label", *sorted(kinds)]))
                    raised.append(label)
        drawn.insert(list(drawn).index(layers["edgePaths"]) + 1, raised)


def _lift(root: ET.Element, box: ET.Element, boxes: list[ET.Element]) -> float:
    """Raise the top of *box* above the boxes in it, and return by how much.

    Mermaid keeps no place for the title of a group that begins with a group.
    """
    left, top, right, bottom = _edges(box)
    inner = [
        other[1]
        for other in map(_edges, boxes)
        if left < other[0] and other[2] < right and top < other[1] < bottom
    ]
    lift = max(0.0, top + TITLE_HEIGHT - min(inner, default=bottom))
    box.set("y", str(top - lift))
    box.set("height", str(bottom - top + lift))
    x, y, width, height = map(float, root.get("viewBox", "").split())
    above = max(0.0, y + 8 - (top - lift)) if lift else 0.0
    root.set("viewBox", f"{x} {y - above} {width} {height + above}")
    return lift


def _edges(box: ET.Element) -> tuple[float, float, float, float]:
    """Return where a rectangle begins and ends: left, top, right, bottom."""
    x, y, width, height = (
        float(box.get(name, "0")) for name in ("x", "y", "width", "height")
    )
    return x, y, x + width, y + height


def _center_title(label: ET.Element, box: ET.Element, lift: float) -> None:
    """Center the *label* in the width of its *box*, *lift* higher, on a ground."""
    x, y = (float(part) for part in re.findall(r"-?[\d.]+", label.get("transform", "")))
    center = float(box.get("x", "0")) + float(box.get("width", "0")) / 2
    rows = sum(
        "text-outer-tspan" in part.get("class", "").split()
        for part in label.iter(f"{{{SVG}}}tspan")
    )
    half = center - x + 4
    ground = {"x": -half, "y": -1, "width": 2 * half, "height": 5.4 + 17.6 * rows}
    label.set("transform", f"translate({center}, {y - lift})")
    label.set("text-anchor", "middle")
    label.insert(
        0,
        ET.Element(f"{{{SVG}}}rect", {k: f"{v:.1f}" for k, v in ground.items()}),
    )
