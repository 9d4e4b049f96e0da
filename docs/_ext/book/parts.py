r"""The parts of the book, from the captions of the toctrees of the first page.

The first page itself is the preface. It and what stands under the first caption come
before the first part and have no numbers. What stands under "Appendix" has letters.
"""

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.texescape import escape

APPENDIX = "Appendix"
PREFACE = "To the reader"


class part(nodes.Invisible, nodes.Element):
    """Where a part begins: its ``title``, and the ``pages`` that it has."""


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Put a mark in front of each toctree of the first page but the first."""
    env = app.env
    if env.current_document.docname != env.config.root_doc:
        return
    for tree in list(doctree.findall(addnodes.toctree))[1:]:
        if tree["caption"]:
            made = part(title=tree["caption"], pages=list(tree["includefiles"]))
            tree.parent.insert(tree.parent.index(tree), made)


class MakeParts(SphinxPostTransform):
    """Turn the marks into parts for LaTeX, and drop them everywhere else."""

    default_priority = 300

    def run(self, **kwargs: Any) -> None:
        """Replace the marks, and open the preface."""
        latex = self.app.builder.format == "latex"
        marks = list(self.document.findall(part))
        for node in marks:
            node.replace_self([raw(self.command(node))] if latex else [])
        if latex and marks:
            title = rf"\handbookpreface{{{PREFACE}}}"
            self.document.insert(0, raw(title))

    def command(self, node: part) -> str:
        r"""Return ``\handbookpart{TITLE}{CHAPTERS}``, or the same for the appendix."""
        name = "appendix" if node["title"] == APPENDIX else "part"
        chapters = "".join(
            rf"\handbookpartchapter{{{self.title(page)}}}"
            rf"{{\detokenize{{{page}::doc}}}}"
            for page in node["pages"]
        )
        return rf"\handbook{name}{{{self.escaped(node['title'])}}}{{{chapters}}}"

    def title(self, page: str) -> str:
        """Return the title of a page, for LaTeX."""
        return self.escaped(self.env.titles[page].astext())

    def escaped(self, words: str) -> str:
        """Return *words* as LaTeX takes them."""
        return escape(words, self.config.latex_engine)


def raw(tex: str) -> nodes.raw:
    """Return *tex* as a node."""
    return nodes.raw("", f"\n{tex}\n", format="latex")
