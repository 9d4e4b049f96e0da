"""Answers that the site folds: on paper and on an e-reader they stand elsewhere.

Where nobody can fold, an answer below its question gives it away. So a dropdown called
"Answer" or "Solution" becomes a link. In the PDF it leads to the appendix of solutions,
in the EPUB to the end of the page. What ``exercises`` makes does so by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from print_forms import components
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

FOLDED = ("Answer", "Solution")
APPENDIX = "solutions"
LAST = "Next"


@dataclass(frozen=True)
class Answer:
    """One answer: its page, its number there, what it answers, and what it says."""

    page: str
    number: int
    question: str
    says: list[nodes.Node]

    @property
    def place(self) -> str:
        """The id of the answer."""
        return f"answer-{self.page.replace('/', '-')}-{self.number}"

    @property
    def asked(self) -> str:
        """The id of the question."""
        return f"asked-{self.page.replace('/', '-')}-{self.number}"


class MoveAnswers(SphinxPostTransform):
    """Put a link where an answer was folded, and the answer where that leads."""

    # After references are resolved (10), before dropdowns become boxes (100).
    default_priority = 90

    def run(self, **kwargs: Any) -> None:
        """Move the answers of one page, or for LaTeX of all."""
        builder = self.app.builder
        if builder.format == "latex":
            self.to_appendix()
        elif builder.name == "epub":
            answers = list(self.taken(self.document, self.env.current_document.docname))
            if answers:
                top = next(self.document.findall(nodes.section))
                made = section("Answers", "answers-of-this-page")
                for one in answers:
                    made += self.shown(one)
                before_last(top, made)

    def to_appendix(self) -> None:
        """Move the answers of every page to the appendix, one section for each page."""
        files = list(self.document.findall(addnodes.start_of_file))
        homes = [file for file in files if file["docname"] == APPENDIX]
        if not homes:
            return
        made = section("To the questions of the chapters", "answers-of-the-chapters")
        for file in files:
            page = file["docname"]
            answers = list(self.taken(file, page))
            if answers:
                part = section(
                    self.env.titles[page].astext(), f"answers-{page.replace('/', '-')}"
                )
                for one in answers:
                    part += self.shown(one)
                made += part
        before_last(next(homes[0].findall(nodes.section)), made)

    def taken(self, tree: nodes.Element, page: str) -> Iterator[Answer]:
        """Take the answers out of a *page*, leave links, and yield them."""
        folded = [
            node
            for node in components(tree, "dropdown")
            if node["has_title"] and node[0].astext() in FOLDED
        ]
        for number, node in enumerate(folded, 1):
            if self.app.builder.format == "latex":
                keep_links(node, page)
            one = Answer(page, number, question(node), node[1:])
            link = self.link(one.page, one.place, node[0].astext(), APPENDIX)
            target = nodes.target("", "", ids=[one.asked])
            stay_with_question(node, nodes.paragraph("", "", target, link))
            yield one

    def shown(self, one: Answer) -> list[nodes.Node]:
        """Return an answer, with a link back."""
        target = nodes.target("", "", ids=[one.place])
        title = nodes.strong("", one.question)
        back = self.link(one.page, one.asked, "question", one.page)
        words = [target, title, nodes.Text(" \N{MIDDLE DOT} "), back]
        head = nodes.paragraph("", "", *words)
        return [nodes.container("", head, *one.says, classes=["exercise-solution"])]

    def link(self, page: str, place: str, words: str, file: str) -> nodes.reference:
        """Return a link to *place*, which is in *file* in LaTeX and on *page* else."""
        style = nodes.inline("", words, classes=["std", "std-ref"])
        if self.app.builder.format == "latex":
            address = {"refuri": f"%{file}#{place}"}
        else:
            address = {"refid": place}
        return nodes.reference("", "", style, internal=True, **address)


def stay_with_question(node: nodes.Element, line: nodes.paragraph) -> None:
    """Put *line* in the place of *node*; no page ends between a question and that.

    Some questions are a paragraph, others a list of one, whose end invites a page's.
    """
    parent, place = node.parent, node.parent.index(node)
    listed = place > 0 and isinstance(parent[place - 1], nodes.enumerated_list)
    parent[place : place + 1] = [latex("\\par\\nobreak"), line]
    if listed:
        parent.insert(place + 2, latex("\\handbooklistend{-51}"))
        parent.insert(place - 1, latex("\\handbooklistend{10000}"))


def latex(tex: str) -> nodes.raw:
    """Return *tex* as a node."""
    return nodes.raw("", f"\n{tex}\n", format="latex")


def keep_links(node: nodes.Element, page: str) -> None:
    """Let links within *page* say the page: they move to another one."""
    for link in node.findall(nodes.reference):
        if link.get("refid"):
            link["refuri"] = f"%{page}#{link['refid']}"
            del link["refid"]
        elif str(link.get("refuri", "")).startswith("#"):
            link["refuri"] = f"%{page}{link['refuri']}"


def question(node: nodes.Element) -> str:
    """Return how a question is called: the heading above it, and its number.

    The answer stands in the item of a list, or below the list that has the question.
    """
    number = ""
    place = node.parent.index(node)
    before = node.parent[place - 1] if place else None
    if isinstance(before, nodes.enumerated_list):
        number = f" {before.get('start', 1) + len(before) - 1}"
    above: nodes.Element = node
    while above.parent is not None and not isinstance(above, nodes.section):
        if isinstance(above.parent, nodes.enumerated_list) and not number:
            number = f" {above.parent.get('start', 1) + above.parent.index(above)}"
        above = above.parent
    title = above[0].astext() if isinstance(above, nodes.section) else "Question"
    return f"{title}{number}"


def section(title: str, name: str) -> nodes.section:
    """Return an empty section."""
    return nodes.section("", nodes.title("", title), ids=[name], names=[name])


def before_last(top: nodes.section, made: nodes.section) -> None:
    """Put *made* at the end of a page, before what leads to the next one."""
    last = top.children[-1]
    if isinstance(last, nodes.section) and last[0].astext() == LAST:
        top.insert(len(top) - 1, made)
    else:
        top += made


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the move."""
    app.add_post_transform(MoveAnswers)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
