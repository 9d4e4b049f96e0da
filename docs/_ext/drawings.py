"""Our own drawings in `images/`, which follow the page's light and dark scheme.

A drawing is an SVG file whose colors are ``var(--hb-NAME, LIGHT-VALUE)``, names and
values of palette.py. On the site it stands inside the page, where the variables
decide. In the EPUB the file is used as it is, and for the PDF it is converted; both
show the light values.
"""

import re
from os import PathLike
from pathlib import Path
from typing import Any

from diagrams.pdf import svg_to_pdf
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.transforms.post_transforms.images import ImageConverter

STYLE = re.compile(r"(?<=<style>).*?(?=</style>)", re.DOTALL)
NUMBER = re.compile(r"-?\d+\.\d{2,}")
RULE = re.compile(r"([^{}\s][^{}]*)\{([^{}]*)\}")


class InlineDrawings(SphinxPostTransform):
    """Put the drawings of a page into its HTML."""

    default_priority = 200

    def run(self, **kwargs: Any) -> None:
        """Replace each drawing by its SVG, named by the alternative text."""
        if self.app.builder.format != "html" or self.app.builder.name == "epub":
            return
        for number, image in enumerate(list(self.document.findall(nodes.image))):
            if image["uri"].endswith(".svg"):
                svg = (Path(self.app.srcdir) / image["uri"]).read_text("utf-8")
                html = inline(svg, image.get("alt", ""), f"drawing-{number}")
                image.replace_self(nodes.raw("", html, format="html"))


class DrawingToPdf(ImageConverter):
    """Convert a drawing for LaTeX, with lines as lines and text as text."""

    conversion_rules = [("image/svg+xml", "application/pdf")]  # noqa: RUF012

    def is_available(self) -> bool:
        """Say that Typst, a Python package, is always there."""
        return True

    def convert(self, _from: str | PathLike[str], _to: str | PathLike[str]) -> bool:
        """Write the drawing *_from* as a PDF page of its size to *_to*."""
        svg = light(Path(_from).read_text("utf-8"))
        Path(_to).write_bytes(svg_to_pdf(svg, system_fonts=True))
        return True


def light(svg: str) -> str:
    """Return *svg* with the light value of every color in the variable's place."""
    return re.sub(r"var\(--[\w-]+,\s*([^()]+)\)", r"\1", svg)


def rounded(number: re.Match[str]) -> str:
    """Return a number of pixels to a tenth."""
    return f"{float(number[0]):.1f}"


def fewer(svg: str) -> str:
    """Return *svg* for a page in fewer bytes; it looks the same.

    A chart comes with a name for every part, groups of one, parts without paint, and a
    millionth of a pixel. The light values are for what shows the file alone.
    """
    svg = re.sub(r"<\?xml.*?\?>|<!--.*?-->", "", svg, flags=re.DOTALL).strip()
    svg = re.sub(r"var\((--[\w-]+),[^()]*\)", r"var(\1)", svg)
    svg = re.sub(r"<[^>]*>", lambda tag: NUMBER.sub(rounded, tag[0]), svg)
    asked = set(re.findall(r"#([\w.-]+)", svg))
    svg = re.sub(r' id="([\w.-]+)"', lambda m: m[0] if m[1] in asked else "", svg)
    svg = re.sub(r'<path [^>]*style="fill: none"/>', "", svg)
    before = ""
    while before != svg:
        before = svg
        svg = re.sub(r"<(g|defs)>\s*</\1>", "", svg)
        svg = re.sub(r"<g>\s*((?:[^<]|<(?!/?g[ >]))*?)\s*</g>", r"\1", svg)
    return re.sub(r"(?<=>)\s*\n\s*(?=<)", "", svg)


def inline(svg: str, alt: str, name: str) -> str:
    """Return *svg* for a page: named *alt* for screen readers, its ids below *name*."""
    svg = fewer(svg)
    svg = re.sub(r'\bid="([\w.-]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([\w.-]+)\)", rf"url(#{name}-\1)", svg)
    svg = re.sub(r'href="#([\w.-]+)"', rf'href="#{name}-\1"', svg)
    svg = STYLE.sub(lambda sheet: scoped(sheet[0], name), svg)
    title = nodes.Text(alt).astext().replace("&", "&amp;").replace("<", "&lt;")
    head = f'<svg role="img" aria-labelledby="{name}-title" class="drawing {name}"'
    # The title says it all; the words of the picture are not read out one by one.
    named = svg.replace("<svg", head, 1).replace("<text", '<text aria-hidden="true"')
    start = named.index(">") + 1
    return f'{named[:start]}<title id="{name}-title">{title}</title>{named[start:]}'


def scoped(sheet: str, name: str) -> str:
    """Return a drawing's *sheet* with rules for that drawing alone.

    In a page a style sheet holds for the whole page: a ``.main`` of a drawing would
    meet the theme's element of that class, and with it every other drawing.
    """
    return RULE.sub(
        lambda rule: (
            ", ".join(f".{name} {part.strip()}" for part in rule[1].split(","))
            + f" {{{rule[2]}}}"
        ),
        sheet,
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Add both ways to show a drawing."""
    app.add_post_transform(InlineDrawings)
    app.add_post_transform(DrawingToPdf)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
