"""From an SVG to a PDF page of its size, with lines as lines and text as text."""

from importlib.util import find_spec
from pathlib import Path

PAGE = b"""
#set page(width: auto, height: auto, margin: 0pt)
#set document(date: none)
#image(bytes(sys.inputs.svg), format: "svg")
"""


def svg_to_pdf(svg: str, system_fonts: bool = False) -> bytes:
    """Turn *svg* into a PDF of one page.

    The font is the one that mermaidx measures with, the same on every machine;
    *system_fonts* adds those of this one, which take a while to list.
    """
    # Only the PDF needs it.
    import typst

    places = getattr(find_spec("mermaidx"), "submodule_search_locations", None) or []
    fonts = typst.Fonts(
        include_system_fonts=system_fonts,
        font_paths=[str(Path(place, "assets", "fonts")) for place in places],
    )
    return typst.compile(PAGE, font_paths=fonts, sys_inputs={"svg": svg})
