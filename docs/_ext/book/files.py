"""What LaTeX needs beside the text: the mark of the title page, and the date.

Sphinx writes ``latexmkrc``, which latexmk reads wherever it is called: by nox, by make,
by Read the Docs. Ours adds the date of the edition; xdvipdfmx would take that from the
clock.
"""

import os
from pathlib import Path

from diagrams.pdf import svg_to_pdf
from sphinx.application import Sphinx

MARK = Path(__file__).parents[3] / "images" / "mark.svg"


def write(app: Sphinx, error: Exception | None) -> None:
    """Complete what a build for LaTeX has left."""
    if error or app.builder.format != "latex":
        return
    folder = Path(app.outdir)
    (folder / "mark.pdf").write_bytes(svg_to_pdf(MARK.read_text(encoding="utf-8")))
    settings = folder / "latexmkrc"
    date = os.environ["SOURCE_DATE_EPOCH"]
    line = f"$ENV{{'SOURCE_DATE_EPOCH'}} = '{date}' unless $ENV{{'SOURCE_DATE_EPOCH'}};"
    settings.write_text(settings.read_text("utf-8") + line + "\n", encoding="utf-8")
