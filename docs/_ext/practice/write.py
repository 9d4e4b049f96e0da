"""What a case looks like: on the site, in the EPUB and in the PDF.

On the site the manifest stands in the page with each container's lines in a block of
their own, for the script and the style sheet to mark. Elsewhere nobody can unfold
anything: the hint is a box, and the answers stand together after all cases.
"""

import json
from collections.abc import Iterator
from functools import partial
from html import escape
from typing import Any

from docutils import nodes
from print_forms import box
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

from .cases import LABELS

SCRIPT, STYLE = "practice.js", "practice.css"


class practice(nodes.General, nodes.Element):
    """A case: ``case`` is its name, ``marks`` what the script needs."""


class practice_listing(nodes.literal_block):
    """A manifest: ``blocks`` and ``shows`` are lines, for each container."""


class practice_fold(nodes.General, nodes.Element):
    """What is folded: ``kind`` is hint or answer."""


class practice_progress(nodes.General, nodes.Element):
    """Where the script says how far the reader is."""


class practice_solutions(nodes.General, nodes.Element):
    """Where the answers stand if they cannot be folded."""


class OnPaper(SphinxPostTransform):
    """Put the answers of a page at its end, where nothing can be unfolded."""

    default_priority = 100  # after references are resolved (10)

    def run(self, **kwargs: Any) -> None:
        """Replace our own nodes by common ones, but on the site."""
        builder = self.app.builder
        if builder.format == "html" and builder.name != "epub":
            return
        for place in list(self.document.findall(practice_solutions)):
            answers = [part for case in cases(page_of(place)) for part in taken(case)]
            place.replace_self([nodes.rubric("", "The answers"), *answers])
        for place_of_script in list(self.document.findall(practice_progress)):
            place_of_script.parent.remove(place_of_script)


def page_of(node: nodes.Node) -> nodes.Element:
    """Return the page of *node*: in the PDF all pages are one document."""
    while not isinstance(node, nodes.document | addnodes.start_of_file):
        node = node.parent
    return node


def cases(page: nodes.Element) -> list[practice]:
    """Return the cases of a page."""
    return list(page.findall(practice))


def taken(case: practice) -> Iterator[nodes.Node]:
    """Take the answer out of *case*, box its hint, and yield title and answer."""
    for fold in list(case.findall(practice_fold)):
        if fold["kind"] == "answer":
            title = section_title(case)
            yield nodes.paragraph("", "", nodes.strong("", title))
            yield from fold.children
            case.remove(fold)
        else:
            words = nodes.title("", fold["title"])
            fold.replace_self(box(words, fold.children))
    case.replace_self(case.children)


def section_title(node: nodes.Node) -> str:
    """Return the title of the section that *node* stands in."""
    while not isinstance(node, nodes.section):
        node = node.parent
    return str(node[0].astext())


def visit_practice(self: HTML5Translator, node: practice) -> None:
    """Open a case."""
    marks = data(node["marks"])
    self.body.append(
        f'<div class="practice" data-case="{node["case"]}" data-marks=\'{marks}\'>\n'
    )


def data(value: Any) -> str:
    """Return a value as JSON for an attribute in single quotes, which weighs less."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return escape(text, quote=False).replace("'", "&#39;")


def visit_listing(self: HTML5Translator, node: practice_listing) -> None:
    """Write a manifest, and put the lines of each container into one element."""
    on_site = self.builder.name != "epub"
    node["linenos"] = not on_site  # there the style sheet counts
    try:
        self.visit_literal_block(node)
    except nodes.SkipNode:
        if on_site:
            self.body[-1] = blocked(self.body[-1], node["blocks"], node["shows"])
        raise


def blocked(html: str, blocks: list[Any], shows: list[Any]) -> str:
    """Return a listing with its *blocks* of lines, and the lines that decide, marked.

    *html* is what Pygments writes: in it no element goes over the end of a line.
    """
    start = html.index("<pre>") + len("<pre>")
    end = html.index("</pre>")
    lines = [f"<i></i>{line}" for line in html[start:end].splitlines(keepends=True)]
    for number in {number for each in shows for number in each}:
        whose = " ".join(str(i) for i, each in enumerate(shows) if number in each)
        lines[number - 1] = f'<span data-shows="{whose}">{lines[number - 1]}</span>'
    for i, (first, last) in enumerate(blocks):
        lines[first - 1] = f'<span data-block="{i}">{lines[first - 1]}'
        lines[last - 1] += "</span>"
    return html[:start] + "".join(lines) + html[end:]


def visit_fold(self: HTML5Translator, node: practice_fold) -> None:
    """Open what is folded."""
    self.body.append(
        f'<details class="practice-{node["kind"]}">'
        f"<summary>{escape(node['title'])}</summary>\n"
    )


def visit_progress(self: HTML5Translator, node: practice_progress) -> None:
    """Open the place for the script, with what the reader can choose from."""
    choices = data(list(LABELS.items()))
    self.body.append(f"<div class=\"practice-progress\" data-choices='{choices}'>\n")


def close(element: str, self: HTML5Translator, node: nodes.Element) -> None:
    """Close an *element*."""
    self.body.append(f"</{element}>\n")


def nothing(self: HTML5Translator, node: nodes.Element) -> None:
    """Write nothing."""


def skip(self: HTML5Translator, node: nodes.Element) -> None:
    """Leave the place for the answers out: on the site each is at its case."""
    raise nodes.SkipNode


def add_files(
    app: Sphinx, pagename: str, templatename: str, context: Any, doctree: Any
) -> None:
    """Add the script and the style sheet to a page that has cases, and to no other."""
    if doctree is None or app.builder.name == "epub":
        return
    if next(doctree.findall(practice), None) is not None:
        app.add_css_file(STYLE)
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> None:
    """Add the nodes, with their ways into HTML, and the form on paper."""
    div, details = partial(close, "div"), partial(close, "details")
    app.add_node(practice, html=(visit_practice, div))
    app.add_node(practice_listing, html=(visit_listing, None))
    app.add_node(practice_fold, html=(visit_fold, details))
    app.add_node(practice_progress, html=(visit_progress, div))
    app.add_node(practice_solutions, html=(skip, None))
    app.add_post_transform(OnPaper)
    app.connect("html-page-context", add_files)
