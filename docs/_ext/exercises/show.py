"""The directives: questions on a page, their solutions, and how far the reader is.

Questions and answers are Markdown, parsed as on any page. A question is shown with two
ends: its answer, folded, for the site; and a link to its solution, for the PDF and the
EPUB. ``write.py`` keeps the one that a form of the book needs.
"""

from textwrap import indent
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.parsing import nested_parse_to_nodes

from .read import GOALS, Question
from .write import answer, exercise, progress, way

logger = logging.getLogger(__name__)

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Shared(SphinxDirective):
    """What the three directives have in common."""

    has_content = False

    @property
    def everything(self) -> dict[str, Question]:
        """All questions by id, as the build has read them."""
        found: dict[str, Question] = self.env.app.exercises  # type: ignore[attr-defined]
        return found

    def chosen(self) -> list[Question]:
        """Return the questions that the options choose; warn where there are none."""
        found = list(self.everything.values())
        options = self.options
        if "file" in options:
            found = [one for one in found if one.path.stem == options["file"]]
        if "goal" in options:
            found = [one for one in found if one.goal == options["goal"]]
        if "ids" in options:
            wanted = options["ids"].split()
            for name in set(wanted) - set(self.everything):
                self.warn(f"no question with the id {name!r} in docs/exercises")
            found = [
                self.everything[name] for name in wanted if name in self.everything
            ]
        if not found:
            self.warn("these options choose no question of docs/exercises")
        for path in {one.path for one in found}:
            self.env.note_dependency(str(path))
        return found

    def warn(self, words: str) -> None:
        """Warn with the place of the directive."""
        logger.warning(words, location=self.get_location(), type="exercises")

    def parse(self, one: Question, text: str) -> list[nodes.Node]:
        """Parse Markdown that stands in the file of a question."""
        made = nested_parse_to_nodes(self.state, text, source=str(one.path))
        for node in made:
            for link in node.findall(addnodes.pending_xref):
                # A link that leads nowhere is told with the place of the question.
                link.source, link.line = str(one.path), one.line
        return made

    def named(self, name: str, node: nodes.Element) -> list[nodes.Node]:
        """Return *node* after a target *name*, which references can name."""
        target = nodes.target("", "", ids=[name], names=[name])
        self.set_source_info(target)
        self.set_source_info(node)
        self.state.document.note_explicit_target(target, self.state_machine.node)
        return [target, node]

    def link(self, label: str, *words: nodes.Node) -> addnodes.pending_xref:
        """Return a link to a label, with *words*."""
        link = addnodes.pending_xref(
            "",
            nodes.inline("", "", *words, classes=["std", "std-ref"]),
            refdomain="std",
            reftype="ref",
            reftarget=label,
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        self.set_source_info(link)
        return link

    def answer_of(self, one: Question) -> list[nodes.Node]:
        """Return the answer in full: what is right, why, and where it is said."""
        parts = [f"{verdict(one)}\n" if verdict(one) else "", one.explanation]
        if one.kind != "line" and one.choices:
            parts.insert(1, numbered([reason(choice) for choice in one.choices]))
        elif one.kind == "line":
            parts.insert(1, listed([line_reason(choice) for choice in one.choices]))
        elif one.kind == "order":
            parts.insert(1, numbered(list(one.steps)))
        parts.append(f"Read again: {{ref}}`{one.passage}`.")
        made = self.parse(one, "\n\n".join(part for part in parts if part))
        for found in lists(made)[: 1 if one.choices or one.steps else 0]:
            found["classes"].append("exercise-whys")
            if one.choices and isinstance(found, nodes.enumerated_list):
                found["enumtype"] = "loweralpha"
        return made


class ExercisesDirective(Shared):
    """Questions, each with its answer folded."""

    option_spec: ClassVar[dict[str, Any]] = {
        "file": directives.unchanged_required,
        "goal": directives.positive_int,
        "ids": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Make the questions, numbered through on the page."""
        block = nodes.container("", classes=["exercises"])
        for one in self.chosen():
            number: int = self.env.temp_data.get("exercises", 0) + 1  # type: ignore
            self.env.temp_data["exercises"] = number
            block += self.named(f"question-{one.id}", self.shown(one, number))
            if one.listing:
                self.env.note_dependency(str(one.listing.file))
        return [block]

    def shown(self, one: Question, number: int) -> exercise:
        """Return one question."""
        title = nodes.strong("", f"{number}. {one.title}")
        made = exercise(
            "",
            nodes.paragraph("", "", title, classes=["exercise-title"]),
            *self.parse(one, one.question),
            question=one,
        )
        if one.listing:
            text = "\n".join(one.listing.lines)
            block = nodes.literal_block(text, text, language=language(one))
            block["linenos"] = one.kind == "line"
            made += block
        words = [one.steps[n] for n in one.shown] or [c.text for c in one.choices]
        if words and one.kind != "line":
            choices = self.parse(one, numbered(words))
            for found in lists(choices):
                found["enumtype"] = "loweralpha"
                found["classes"].append("exercise-choices")
            made += choices
        made += answer("", *self.answer_of(one), of=one.title)
        to_solution = self.link(f"solution-{one.id}", nodes.Text(one.title))
        made += way("", "", nodes.Text("Solution: "), to_solution)
        return made


class SolutionsDirective(Shared):
    """The answers to all questions of one goal, for those who cannot unfold them."""

    option_spec: ClassVar[dict[str, Any]] = {"goal": directives.positive_int}

    def run(self) -> list[nodes.Node]:
        """Make a block for each question: its title, a link back, its answer."""
        made: list[nodes.Node] = []
        for one in self.chosen():
            block = nodes.container("", classes=["exercise-solution"])
            title = [nodes.strong("", one.title), nodes.Text(" \N{MIDDLE DOT} ")]
            back = self.link(f"question-{one.id}", nodes.Text("question"))
            block += way("", "", *title, back, both=True)
            block += self.answer_of(one)
            made += self.named(f"solution-{one.id}", block)
        return made


class ProgressDirective(Shared):
    """How far the reader is, for each goal. A script fills it."""

    def run(self) -> list[nodes.Node]:
        """Make the block, which nobody sees without a script."""
        goals = {
            goal: (words, [q.id for q in self.everything.values() if q.goal == goal])
            for goal, words in GOALS.items()
        }
        self.chosen()  # The page depends on all files.
        return [progress("", goals=goals)]


def verdict(one: Question) -> str:
    """Say in a sentence what is right."""
    right = [LETTERS[number] for number in one.answer]
    if one.kind == "line":
        lines = " or ".join(str(number + 1) for number in sorted(one.answer))
        return f"**Line {lines}.**"
    if one.kind == "order":
        return f"**{', '.join(right)}.**"
    if one.kind == "several" and len(right) > 1:
        return f"**{', '.join(right[:-1])} and {right[-1]} are right.**"
    return f"**{right[0]} is right.**" if right else ""


def reason(choice: Any) -> str:
    """Say why a choice is right or wrong."""
    return f"**{'Right' if choice.right else 'Wrong'}.** {choice.why}"


def line_reason(choice: Any) -> str:
    """Say why a line is right or wrong."""
    return f"Line {choice.line + 1}, `{choice.text}`. {reason(choice)}"


def numbered(texts: list[str]) -> str:
    """Return a numbered list in Markdown."""
    return "\n".join(
        f"{number}. {indent(text.strip(), '   ' + ' ' * (number > 9)).strip()}"
        for number, text in enumerate(texts, 1)
    )


def listed(texts: list[str]) -> str:
    """Return a list in Markdown."""
    return "\n".join(f"- {indent(text.strip(), '  ').strip()}" for text in texts)


def lists(made: list[nodes.Node]) -> list[nodes.Element]:
    """Return the lists among parsed nodes."""
    kinds = (nodes.enumerated_list, nodes.bullet_list)
    return [node for node in made if isinstance(node, kinds)]


def language(one: Question) -> str:
    """Return the language of a question's listing, for the colors."""
    suffix = one.listing.file.suffix if one.listing else ""
    return {".yaml": "yaml", ".json": "json"}.get(suffix, "text")
