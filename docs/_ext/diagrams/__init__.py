"""Mermaid diagrams that are pictures in every output and readable in all of them.

Authors write the ``{mermaid}`` fences of sphinxcontrib-mermaid. This package draws
each one while the site is built and replaces what that extension would print. A
diagram carries Mermaid's own ``accTitle:`` and ``accDescr:`` lines
(https://mermaid.js.org/config/accessibility.html). One that lacks them, or that
Mermaid cannot draw, is a warning with its page and line.

Where to change what:

* ``look.py``: colors, the classes of nodes, Mermaid's settings;
* ``draw.py``: which program draws, and the cache;
* ``svg.py``: from Mermaid's SVG to ours; ``mend.py``: what Mermaid gets wrong;
* ``pdf.py``: from an SVG to a PDF;
* ``write.py``: what stands on the page, output by output.
"""

import os
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata
from sphinxcontrib.mermaid import Mermaid, mermaid

from . import write
from .draw import Pen
from .svg import accessible_text

logger = logging.getLogger(__name__)


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


def _prepare(app: Sphinx, config: Config) -> None:
    """Set what the outputs need before a page is read."""
    if not config.diagrams_cache:
        config.diagrams_cache = str(Path(app.confdir).parent / ".cache" / "diagrams")
    # Its mode "raw" would load a script from another site.
    config.mermaid_output_format = "svg"
    elements = dict(config.latex_elements)
    elements["preamble"] = elements.get("preamble", "") + write.LATEX_MACRO
    config.latex_elements = elements


def _note(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the diagrams of a page with its metadata, which is quicker to read."""
    codes = [node["code"] for node in doctree.findall(mermaid)]
    app.env.metadata[app.env.current_document.docname]["diagrams"] = codes


def _draw_ahead(app: Sphinx, env: BuildEnvironment, names: list[str]) -> None:
    """Draw what the pages *names* show and is new, before the pages are written."""
    if app.builder.format in {"html", "latex"}:
        there = [name for name in names if name in env.all_docs]
        codes = (code for name in there for code in env.metadata[name]["diagrams"])
        Pen.of(app.config).draw_ahead(codes)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the fence, the visitors and the setting ``diagrams_cache``."""
    app.setup_extension("sphinxcontrib.mermaid")
    app.add_config_value("diagrams_cache", "", "", (str, os.PathLike))
    app.add_directive("mermaid", Diagram, override=True)
    app.add_node(
        mermaid,
        override=True,
        html=(write.visit_html, None),
        latex=(write.visit_latex, None),
        text=(write.visit_text, None),
        man=(write.visit_man, None),
        texinfo=(write.visit_texinfo, None),
    )
    app.add_css_file("diagrams.css")
    app.connect("config-inited", _prepare)
    app.connect("doctree-read", _note)
    read: list[str] = []
    app.connect("env-before-read-docs", lambda app, env, names: read.extend(names))
    app.connect("env-updated", lambda app, env: _draw_ahead(app, env, read))
    # Workers share nothing but the cache, whose files appear whole or not at all.
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
