"""What Mermaid draws wrong, or not at all, for one kind of diagram."""

import re
import xml.etree.ElementTree as ET

from .look import CLASSES

SVG = "http://www.w3.org/2000/svg"


def mend(root: ET.Element) -> None:
    """Mend Mermaid's drawing, as it comes from Mermaid, in place."""
    _mark_participants(root)
    _turn_milestones(root)
    _forget_today(root)
    _center_states(root)


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
