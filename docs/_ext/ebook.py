"""The EPUB as Sphinx makes it, and what that lacks.

* the picture of the cover, from ``images/``;
* a ground below each drawing: a reader's dark mode paints the page behind it black;
* the language on every page, for screen readers;
* what the book offers to those who cannot see it, as data for shops and libraries;
* the same bytes at each build of one commit: the archive holds no time of the clock.

The properties: https://www.w3.org/TR/epub-a11y-11/
"""

import os
import re
import shutil
import time
from html import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import palette
from drawings import light
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
from sphinx.util.typing import ExtensionMetadata

ACCESS = (
    ("accessMode", "textual"),
    ("accessMode", "visual"),
    ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "alternativeText"),
    ("accessibilityFeature", "index"),
    ("accessibilityFeature", "readingOrder"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityHazard", "none"),
)
SUMMARY = (
    "Every picture has a text that says what it shows, and the text beside it says "
    "the same. Headings, lists, tables and listings are marked as what they are. "
    "Links lead from each question to its answer and back."
)
COVER = Path(__file__).parents[2] / "images" / "cover.png"
GROUND = '<rect class="ground" x="{}" y="{}" width="{}" height="{}" fill="{}"/>'


class EbookBuilder(Epub3Builder):
    """The builder ``epub``."""

    html_tag = (
        '<html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">'
    )

    def build_content(self) -> None:
        """Write the list of what is in the book, after the drawings are complete."""
        for path in sorted(Path(self.outdir, self.imagedir).glob("*.svg")):
            path.write_text(grounded(path.read_text("utf-8")), encoding="utf-8")
        shutil.copyfile(COVER, self.outdir / "_static" / COVER.name)
        super().build_content()
        content = Path(self.outdir, "content.opf")
        pairs = (*ACCESS, ("accessibilitySummary", SUMMARY))
        said = "".join(
            f'    <meta property="schema:{name}">{escape(value)}</meta>\n'
            for name, value in pairs
        )
        text = content.read_text(encoding="utf-8")
        text = text.replace("  </metadata>", f"{said}  </metadata>", 1)
        item = f'href="_static/{COVER.name}"'
        text = text.replace(item, f'{item} properties="cover-image"', 1)
        content.write_text(text, encoding="utf-8")

    def build_toc(self) -> None:
        """Write the contents for old readers, with the identifier that the book has.

        Sphinx writes the name of the identifier there, and epubcheck objects.
        """
        super().build_toc()
        contents = Path(self.outdir, "toc.ncx")
        name, value = self.config.epub_uid, escape(self.config.epub_identifier)
        text = contents.read_text(encoding="utf-8")
        text = text.replace(f'content="{name}"', f'content="{value}"', 1)
        contents.write_text(text, encoding="utf-8")

    def build_epub(self) -> None:
        """Pack the book; the type of the archive comes first and is not compressed."""
        date = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
        names = ["META-INF/container.xml", "content.opf", "toc.ncx", *self.files]
        with ZipFile(self.outdir / f"{self.config.epub_basename}.epub", "w") as book:
            for name in ["mimetype", *map(str, names)]:
                entry = ZipInfo(name, date_time=date)
                entry.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
                book.writestr(entry, (self.outdir / name).read_bytes())


def grounded(svg: str) -> str:
    """Return a drawing on a ground of the page's light color, without variables.

    MuPDF, which many readers are built on, paints black what has a variable's color.
    """
    svg = light(svg)
    box = re.search(r'<svg[^>]*\bviewBox="([^"]*)"[^>]*>', svg)
    if not box or 'class="ground"' in svg:
        return svg
    ground = GROUND.format(
        *box[1].replace(",", " ").split(), palette.PALETTE["page"][0]
    )
    return svg[: box.end()] + ground + svg[box.end() :]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Put the builder in the place of Sphinx's."""
    app.setup_extension("sphinx.builders.epub3")
    app.add_builder(EbookBuilder, override=True)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
