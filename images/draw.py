"""Draw the pictures that cannot be SVG: the icons of the site and its social card.

``.venv/bin/nox -s tests`` makes an environment that has what this needs; then

    .nox/tests/bin/python images/draw.py

draws ``favicon.ico`` and ``apple-touch-icon.png`` from ``mark.svg``,
``social-card.png`` from ``social-card.svg`` and the EPUB's ``cover.png`` from
``cover.svg``. The same on every machine: the font is the one that comes with the
diagrams' drawing program. A test draws them anew.
"""

import struct
import sys
from importlib.util import find_spec
from pathlib import Path

import typst

IMAGES = Path(__file__).parent
sys.path.insert(0, str(IMAGES.parent / "docs" / "_ext"))

from drawings import light  # noqa: E402

PAGE = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", width: int(sys.inputs.width) * 1pt)
"""


def png(svg: str, width: int) -> bytes:
    """Return the drawing *svg* as a PNG that is *width* pixels wide."""
    places = getattr(find_spec("mermaidx"), "submodule_search_locations", None) or []
    fonts = typst.Fonts(
        include_system_fonts=False,
        font_paths=[str(Path(place, "assets", "fonts")) for place in places],
    )
    inputs = {"svg": light(svg), "width": str(width)}
    return typst.compile(
        PAGE, font_paths=fonts, format="png", ppi=72, sys_inputs=inputs
    )


def ico(pictures: dict[int, bytes]) -> bytes:
    """Return an icon file of square PNG *pictures*, by their width.

    The format: https://en.wikipedia.org/wiki/ICO_(file_format)
    """
    head = struct.pack("<HHH", 0, 1, len(pictures))
    place = len(head) + 16 * len(pictures)
    for width, content in pictures.items():
        head += struct.pack("<BBBBHHII", width, width, 0, 0, 1, 32, len(content), place)
        place += len(content)
    return head + b"".join(pictures.values())


def pictures() -> dict[str, bytes]:
    """Return every picture that this file draws, by the name of its file."""
    mark = (IMAGES / "mark.svg").read_text(encoding="utf-8")
    card = (IMAGES / "social-card.svg").read_text(encoding="utf-8")
    cover = (IMAGES / "cover.svg").read_text(encoding="utf-8")
    # A phone rounds the corners itself.
    square = mark.replace(' rx="14"', "")
    return {
        "favicon.ico": ico({width: png(mark, width) for width in (16, 32, 48)}),
        "apple-touch-icon.png": png(square, 180),
        "social-card.png": png(card, 1200),
        "cover.png": png(cover, 1200),
    }


if __name__ == "__main__":
    for name, content in pictures().items():
        (IMAGES / name).write_bytes(content)
        print(f"images/{name}: {len(content):,} bytes")
