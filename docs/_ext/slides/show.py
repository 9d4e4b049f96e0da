"""The blocks of ``docs/talk/deck/slides.md``, and what stands for them in the deck.

One source makes both cuts. A page of the deck is named as its cut::

    ::::{slide} Two programs and one file
    :short: 1:00
    :long: 3:00

    What the room sees.

    :::{notes}
    What you say. 130 words take a minute.
    :::
    ::::

A slide without a time for a cut is not in it. ``{cut} long`` holds what only that cut
has, on a slide or in its notes. ``{drawing}`` puts a drawing of ``images/`` on a slide,
``{sources}`` entries of the bibliography.
"""

import re
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from drawings import inline
from pybtex.database import parse_file
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator
from sphinx_revealjs.writers import RevealjsSlideTranslator

from .read import CUTS, clock, seconds

BIBLIOGRAPHY = Path(__file__).parents[2] / "bibliography.bib"


class slide(nodes.General, nodes.Element):
    """A slide: what the room sees, then what the speaker says."""


class slide_title(nodes.General, nodes.TextElement):
    """The heading of a slide."""


class notes(nodes.General, nodes.Element):
    """What the speaker says."""


class SlideBlock(SphinxDirective):
    """``{slide} TITLE``, with its time in each cut that has it."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = dict.fromkeys(CUTS, seconds) | {
        "class": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        """Return the slide, or nothing where this cut lacks it."""
        # Those that this cut lacks count, too: a slide has one number in both.
        number = int(self.env.temp_data.get("slide") or 0) + 1
        self.env.temp_data["slide"] = number
        content = self.parse_content_to_nodes()
        if self.env.docname not in self.options:
            return []
        title = slide_title()
        title += self.parse_inline(self.arguments[0])[0]
        said = [part for part in content if isinstance(part, notes)]
        body = nodes.container(classes=["body"])
        body += [part for part in content if not isinstance(part, notes)]
        face = nodes.container(classes=["slide", *self.options.get("class", [])])
        face += [title, body]
        return [
            slide(
                "",
                face,
                *said,
                number=number,
                seconds=self.options[self.env.docname],
            )
        ]


class NotesBlock(SphinxDirective):
    """``{notes}``: what the speaker says to a slide."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the notes."""
        return [notes("", *self.parse_content_to_nodes())]


class CutBlock(SphinxDirective):
    """``{cut} NAME``: what stands in one cut alone."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the content in that cut."""
        cut = self.arguments[0]
        if cut not in CUTS:
            raise self.error(f"no cut {cut!r}: there are {' and '.join(CUTS)}")
        return self.parse_content_to_nodes() if cut == self.env.docname else []


class Drawing(SphinxDirective):
    """``{drawing} FILE``: a drawing of ours, or the part of it that ``crop`` says."""

    required_arguments = 1
    option_spec: ClassVar = {
        "alt": directives.unchanged_required,
        "crop": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Return the drawing, to stand inside the page."""
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        if not self.options.get("alt"):
            raise self.error(
                "a drawing needs :alt:, its words for those who cannot see"
            )
        svg = Path(path).read_text("utf-8")
        if box := self.options.get("crop"):
            svg = re.sub(r'viewBox="[^"]*"', f'viewBox="{escape(box)}"', svg, count=1)
        svg = re.sub(r'(<svg[^>]*?) width="\d+" height="\d+"', r"\1", svg, count=1)
        html = inline(svg, self.options["alt"], f"drawing-{Path(path).stem}")
        return [nodes.raw("", html, format="html")]


class Sources(SphinxDirective):
    """``{sources}``: entries of the bibliography by their keys, one on a line.

    ``handbook`` is the handbook itself.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return a list of links that show their addresses."""
        self.env.note_dependency(str(BIBLIOGRAPHY))
        entries = parse_file(str(BIBLIOGRAPHY)).entries
        found = nodes.bullet_list(classes=["sources"])
        for key in self.content:
            if key == "handbook":
                title, url = self.config.project, self.config.html_baseurl
            elif key in entries:
                names = [str(who) for who in entries[key].persons["author"]]
                by = " and ".join(name.split(",")[0].strip("{}") for name in names)
                title, url = (
                    f"{by}: {entries[key].fields['title']}",
                    entries[key].fields["url"],
                )
            else:
                raise self.error(f"no entry {key!r} in {BIBLIOGRAPHY.name}")
            place = url.removeprefix("https://").rstrip("/")
            words = nodes.paragraph("", "", nodes.strong("", title))
            link = nodes.paragraph("", "", nodes.reference("", place, refuri=url))
            found += nodes.list_item("", words, link)
        return [found]


def visit_slide(self: Any, node: slide) -> None:
    """Open a slide; the presenter's page reads its number and its time."""
    number, time = node["number"], node["seconds"]
    self.body.append(f'<section data-number="{number}" data-seconds="{time}">\n')


def depart_slide(self: Any, node: slide) -> None:
    """Close a slide."""
    self.body.append("</section>\n")


def visit_title(self: Any, node: slide_title) -> None:
    """Open the heading of a slide."""
    self.body.append("<h2>")


def depart_title(self: Any, node: slide_title) -> None:
    """Close the heading of a slide."""
    self.body.append("</h2>\n")


def visit_notes(self: Any, node: notes) -> None:
    """Open the notes, which begin with the slide's number and time."""
    number, time = node.parent["number"], clock(node.parent["seconds"])
    self.body.append(
        f'<aside class="notes" aria-label="Notes to slide {number}">\n'
        f'<p class="time"><b>{number}</b> {time}</p>\n'
    )


def depart_notes(self: Any, node: notes) -> None:
    """Close the notes."""
    self.body.append("</aside>\n")


class DeckTranslator(RevealjsSlideTranslator):  # type: ignore[misc]
    """Writes slides alone: a page's title stands in its template.

    sphinx-revealjs makes slides of sections and colors listings by a script; here the
    blocks above are slides, and Pygments colors listings while the deck is built.
    """

    def visit_section(self, node: nodes.section) -> None:
        """Write nothing: a section is the page."""

    def depart_section(self, node: nodes.section) -> None:
        """Write nothing: a section is the page."""

    def visit_title(self, node: nodes.title) -> None:
        """Leave the page's title to its template."""
        raise nodes.SkipNode

    visit_literal_block = HTML5Translator.visit_literal_block
    depart_literal_block = HTML5Translator.depart_literal_block
