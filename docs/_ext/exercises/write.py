"""What a question becomes, form by form.

On the site it is a block that a script can turn into a form; without the script its
answer is a ``<details>``. In the PDF and the EPUB nobody can fold, so the answer stands
on the page of solutions only, and a link leads there and back.
"""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class exercise(nodes.General, nodes.Element):
    """One question; its attribute ``question`` is what was read."""


class answer(nodes.General, nodes.Element):
    """The answer to a question, folded; ``of`` is the question's title."""


class way(nodes.paragraph):
    """A line that leads from a question to its solution, or back (``both`` forms)."""


class progress(nodes.General, nodes.Element):
    """How far the reader is: ``goals`` maps a goal to its words and questions."""


class OneAnswer(SphinxPostTransform):
    """Keep the folded answer on the site, and the link to it everywhere else."""

    default_priority = 100  # After references are resolved, which is 10.

    def run(self, **kwargs: Any) -> None:
        """Remove what this form does not need; turn lines into paragraphs."""
        builder = self.app.builder
        site = builder.format == "html" and builder.name != "epub"
        for line in list(self.document.findall(way)):
            if site and not line.get("both"):
                line.parent.remove(line)
                continue
            line.replace_self(nodes.paragraph("", "", *line.children))
        for one in list(self.document.findall(answer)):
            if not site:
                one.parent.remove(one)
        if not site:
            for block in list(self.document.findall(progress)):
                block.parent.remove(block)


def visit_exercise(self: Any, node: nodes.Element) -> None:
    """Open a question on a page of the site or the EPUB."""
    one = node["question"]
    answers = ",".join(map(str, one.answer))
    self.body.append(
        self.starttag(
            node,
            "div",
            CLASS="exercise",
            **{
                "data-question": one.id,
                "data-kind": one.kind,
                "data-answer": answers,
                "data-title": one.title,
            },
        )
    )


def depart_exercise(self: Any, node: nodes.Element) -> None:
    """Close it."""
    self.body.append("</div>\n")


def keep(self: Any, node: nodes.Element) -> None:
    """Begin a question in LaTeX: its title stays with what follows."""
    self.body.append("\n\\handbookquestion\n")


def part(self: Any, node: nodes.Element) -> None:
    """End a question in LaTeX: the next one is a paragraph of its own, further down."""
    self.body.append("\n\\medskip\n\n")


def visit_answer(self: Any, node: nodes.Element) -> None:
    """Open a folded answer."""
    of = escape(node["of"])
    self.body.append(
        '<details class="exercise-answer">'
        f'<summary aria-label="Answer: {of}">Answer</summary>\n<div>\n'
    )


def depart_answer(self: Any, node: nodes.Element) -> None:
    """Close it."""
    self.body.append("</div></details>\n")


def visit_progress(self: Any, node: nodes.Element) -> None:
    """Write the block that a script fills, hidden until then."""
    goals = "".join(
        f'<li data-questions="{" ".join(ids)}">'
        f"<span>Goal {goal}, {escape(words)}</span></li>"
        for goal, (words, ids) in node["goals"].items()
    )
    self.body.append(
        '<div class="exercise-progress" hidden="hidden">'
        f"<p><strong>How far you are</strong></p><ul>{goals}</ul></div>\n"
    )
    raise nodes.SkipNode


def nothing(self: Any, node: nodes.Element) -> None:
    """Write the children alone."""
