"""Manifests in which the reader marks what each container is.

``{practice} 01-weather`` shows the manifest of ``examples/practice/01-weather`` and,
folded, a hint and the answer, both out of the ``case.toml`` beside it. On the site
``practice.js`` makes a form of it. ``{practice-progress}`` is the place where that
script says how far the reader is; ``{practice-solutions}`` the place where the answers
stand in the PDF and the EPUB.

* ``cases.py``: reads a case, and finds its lines in the manifest;
* ``words.py``: from a case to the Markdown that a reader sees;
* ``write.py``: what stands on the page, output by output.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.directives.code import container_wrapper
from sphinx.util.docutils import SphinxDirective
from sphinx.util.parsing import nested_parse_to_nodes

from . import words, write
from .cases import PRACTICE, REPO, Case, Faulty, read


class PracticeDirective(SphinxDirective):
    """One case: the manifest, a hint and the answer."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the case; a fault in its files is an error of the page."""
        folder = PRACTICE / self.arguments[0]
        try:
            case = read(folder)
        except Faulty as fault:
            raise self.error(f"{folder.name}: {fault}") from fault
        for path in (folder / "case.toml", case.path):
            self.env.note_dependency(str(path))
        made = write.practice("", case=case.name, marks=words.marks(case))
        made += self.listing(case)
        made += self.fold("hint", "Hint", case.hint)
        made += self.fold("answer", "Answer", words.answer(case))
        return [made]

    def listing(self, case: Case) -> nodes.Node:
        """Return the manifest with numbered lines, below the name of its file."""
        code = write.practice_listing(
            case.text,
            case.text,
            language=case.path.suffix[1:],
            linenos=True,
            blocks=[(box.first, box.last) for box in case.containers],
            shows=[box.shows for box in case.containers],
        )
        self.set_source_info(code)
        return container_wrapper(self, code, f"`{case.path.relative_to(REPO)}`")

    def fold(self, kind: str, title: str, markdown: str) -> nodes.Node:
        """Return *markdown* below a *title* to unfold."""
        content = nested_parse_to_nodes(self.state, markdown)
        return write.practice_fold("", *content, kind=kind, title=title)


class ProgressDirective(SphinxDirective):
    """The place where the script says how many cases the reader has solved."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Make the place; its content is for readers without JavaScript."""
        content = self.parse_content_to_nodes()
        return [write.practice_progress("", *content)]


class SolutionsDirective(SphinxDirective):
    """The place for the answers where nothing can be unfolded."""

    def run(self) -> list[nodes.Node]:
        """Make the place; the answers come once all references are resolved."""
        return [write.practice_solutions()]


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directives and the ways to write what they make."""
    app.add_directive("practice", PracticeDirective)
    app.add_directive("practice-progress", ProgressDirective)
    app.add_directive("practice-solutions", SolutionsDirective)
    write.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
