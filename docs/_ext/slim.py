"""Diagrams in fewer bytes for the site: what the reader sees stays the same.

Mermaid draws a round shape as a hundred short curves and then its border as two hundred
more, each twice; it writes every word as an element of its own, with its own font. A
page with seven diagrams would weigh half as much again.
"""

import re

# A shape of rough.js: its area, then its border. The page's style gives the area its
# border already, as it gives every path of a node one.
BORDER = re.compile(
    r'(<path d="[^"]*" stroke="none" stroke-width="0" fill="[^"]*" />)'
    r'<path d="[^"]*" stroke="[^"]*" stroke-width="[^"]*" fill="none"'
    r' stroke-dasharray="0 0" />'
)
AREA = re.compile(r'(?<=<path d=")[^"]*(?=" stroke="none" stroke-width="0")')
CURVE = re.compile(r"C[^,CML]*,[^,CML]*,\s*([-\d.]+ [-\d.]+)")
WORD = re.compile(
    r'<tspan font-style="normal" class="text-inner-tspan" font-weight="normal">'
    r"([^<]*)</tspan>"
)
CLASSES = re.compile(r'(?<= class=")[^"]*(?=")')
SHEET = re.compile(r"(?<=<style>).*?(?=</style>)", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def slim(svg: str) -> str:
    """Return a diagram that looks the same and weighs less."""
    svg = BORDER.sub(r"\1", svg)
    svg = AREA.sub(lambda path: straight(path[0]), svg)
    svg = WORD.sub(r"\1", svg)
    svg = CLASSES.sub(lambda names: " ".join(dict.fromkeys(names[0].split())), svg)
    svg = re.sub(r"<defs />|<g />", "", svg).replace(" />", "/>")
    return SHEET.sub(lambda sheet: used(sheet[0], svg), svg)


def straight(path: str) -> str:
    """Return a path whose curves, a pixel or two long or straight, are lines."""
    points = CURVE.sub(r"L\1", path).split("L")
    return "L".join(dict.fromkeys(point.strip() for point in points))


def used(sheet: str, svg: str) -> str:
    """Return the rules of a diagram's sheet for classes that it has."""
    has = {name for names in CLASSES.findall(svg) for name in names.split()}
    kept = []
    for selectors, body in RULE.findall(sheet):
        asked = [
            selector
            for selector in selectors.split(",")
            if set(re.findall(r"\.([A-Za-z_][\w-]*)", selector)) <= has
        ]
        if asked:
            kept.append(f"{','.join(asked)}{{{body.removesuffix(';')}}}")
    return "".join(kept)
