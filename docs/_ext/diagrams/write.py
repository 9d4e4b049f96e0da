r"""What stands on the page in the place of a diagram, output by output.

* HTML: the SVG itself, whose colors are the CSS variables of ``palette.py``;
* EPUB: an ``<img>`` of a file with the light colors;
* LaTeX: ``\sphinxdiagram{FILE}`` with a vector PDF of the same drawing;
* plain text, man and Texinfo: the title and the description in words.
"""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from docutils import nodes
from sphinx.util import logging
from sphinxcontrib.mermaid import mermaid

from .draw import Pen, write_whole
from .look import LIGHT, ROLES, ROOT_ID
from .svg import DiagramError, accessible_text

logger = logging.getLogger(__name__)

Drawing = TypeVar("Drawing", str, bytes)

NARROW_PAGE_PX = 288
"""Width of the text on a phone of 320 CSS pixels, the narrowest in WCAG 2.2, 1.4.10."""

SMALLEST_SCALE = 11 / 16
"""How far a drawing may shrink: its text of 16 px is then 11 px."""

# Text of 16 px is 12 pt in the drawing; 0.75 makes it 9 pt, a little smaller than the
# book's. What is wider than the page or much of its height shrinks to that: higher
# drawings leave the rest of the page before them empty. But text below 7 pt is hard to
# read, so for that a drawing may be higher.
LATEX_MACRO = r"""
\newsavebox{\sphinxdiagrambox}
\newsavebox{\sphinxdiagramleast}
\newcommand{\sphinxdiagram}[1]{%
  \sbox{\sphinxdiagrambox}{\includegraphics[scale=0.75]{#1}}%
  \ifdim\wd\sphinxdiagrambox>\linewidth
    \sbox{\sphinxdiagrambox}{\includegraphics[width=\linewidth]{#1}}\fi
  \ifdim\ht\sphinxdiagrambox>0.44\textheight
    \sbox{\sphinxdiagrambox}{\includegraphics[height=0.44\textheight]{#1}}%
    \sbox{\sphinxdiagramleast}{\includegraphics[scale=0.584]{#1}}%
    \ifdim\ht\sphinxdiagramleast>\ht\sphinxdiagrambox
      \ifdim\wd\sphinxdiagramleast>\linewidth\else
        \ifdim\ht\sphinxdiagramleast>0.6\textheight\else
          \sbox{\sphinxdiagrambox}{\usebox{\sphinxdiagramleast}}\fi\fi\fi\fi
  \par{\centering\usebox{\sphinxdiagrambox}\par}}
"""


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
    self.diagrams = getattr(self, "diagrams", 0) + 1
    show = _epub_image if self.builder.name == "epub" else _html_frame
    self.body.append(show(self, node, svg))
    raise nodes.SkipNode


def _html_frame(self: Any, node: mermaid, svg: str) -> str:
    match = re.search(r'width="(\d+)"', svg)
    width = int(match[1]) if match else 0
    attributes = {"style": f"--diagram-width: {width}px"}
    if width * SMALLEST_SCALE > NARROW_PAGE_PX:
        # A frame that scrolls must be reachable from the keyboard.
        title = accessible_text(node["code"])[0]
        attributes |= {"role": "group", "tabindex": "0", "aria-label": title}
    frame: str = self.starttag(node, "div", "", CLASS="diagram", **attributes)
    return f"{frame}{_inline_svg(svg, f'diagram-{self.diagrams}')}</div>\n"


def _inline_svg(svg: str, name: str) -> str:
    """Return the drawing for an HTML page: the page's colors, ids below *name*."""
    for role, color in ROLES.items():
        svg = svg.replace(LIGHT[role], f"var(--hb-{color})")
    svg = re.sub(r"font-family:[^;}]*", "font-family:var(--diagram-font)", svg)
    return svg.replace(ROOT_ID, name)


def _epub_image(self: Any, node: mermaid, svg: str) -> str:
    # Named by its place, not by its content: the builder packs every file that an
    # earlier build left in the folder.
    page = self.builder.current_docname.replace("/", "_")
    name = f"diagram-{page}-{self.diagrams}.svg"
    write_whole(Path(self.builder.outdir, self.builder.imagedir, name), svg.encode())
    anchor = "".join(f' id="{html.escape(i)}"' for i in node["ids"][:1])
    return (
        f'<div{anchor}><img class="diagram" src="{self.builder.imgpath}/{name}"'
        f' alt="{html.escape(_words(node))}" /></div>\n'
    )


def visit_latex(self: Any, node: mermaid) -> None:
    r"""Write ``\sphinxdiagram{FILE}`` and put the PDF beside the LaTeX file."""
    pen = Pen.of(self.config)
    pdf = _drawn(pen.pdf, node)
    name = f"diagram-{pen.key(node['code'])}.pdf"
    write_whole(Path(self.builder.outdir, name), pdf)
    anchor = self.hypertarget_to(node) if node["ids"] else ""
    self.body.append(f"\n{anchor}\\sphinxdiagram{{{name}}}\n")
    raise nodes.SkipNode


def _words(node: mermaid) -> str:
    title, descr = accessible_text(node["code"])
    return f"{title.rstrip('.')}. {descr}"


def visit_text(self: Any, node: mermaid) -> None:
    """Write the diagram's title and description as a paragraph."""
    self.new_state(0)
    self.add_text(f"[{_words(node)}]")
    self.end_state()
    raise nodes.SkipNode


def visit_man(self: Any, node: mermaid) -> None:
    """Write the diagram's title and description as a paragraph."""
    self.body.append(f".sp\n{self.deunicode(f'[{_words(node)}]')}\n")
    raise nodes.SkipNode


def visit_texinfo(self: Any, node: mermaid) -> None:
    """Write the diagram's title and description as a paragraph."""
    self.body.append(f"\n{self.escape(f'[{_words(node)}]')}\n\n")
    raise nodes.SkipNode
