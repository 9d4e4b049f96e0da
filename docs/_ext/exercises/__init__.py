"""Questions with answers, from ``docs/exercises/*.yaml``.

``{exercises}`` shows questions, chosen by ``:file:``, ``:goal:`` or ``:ids:``;
``{solutions}`` shows all answers of a ``:goal:``; ``{progress}`` shows how far the
reader is. ``read.py`` holds the format, ``show.py`` the directives, ``write.py`` what
each form of the book gets; docs/_static/exercises.js loads what makes forms of the
questions.
"""

from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from .read import FormatError, read_folder
from .show import ExercisesDirective, ProgressDirective, SolutionsDirective
from .write import (
    OneAnswer,
    answer,
    depart_answer,
    depart_exercise,
    exercise,
    keep,
    nothing,
    part,
    progress,
    visit_answer,
    visit_exercise,
    visit_progress,
    way,
)

STATIC = Path(__file__).parents[2] / "_static"


def load(app: Sphinx) -> None:
    """Read all questions once; a question that is not in form ends the build."""
    source = Path(app.srcdir)
    try:
        found = read_folder(source / "exercises", source.parent)
    except FormatError as error:
        raise ExtensionError(f"docs/exercises:\n{error}") from None
    app.exercises = found  # type: ignore[attr-defined]


def add_scripts(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Let a page load the scripts and the looks if it has what they are for."""
    if doctree is None or app.builder.name == "epub":
        return
    if any(True for _ in doctree.findall(exercise)):
        app.add_css_file("exercises.css")
        more: dict[str, Any] = {"data-version": version(STATIC)}
        app.add_js_file("exercises.js", loading_method="defer", **more)
    elif any(True for _ in doctree.findall(progress)):
        app.add_css_file("exercise-forms.css")
        app.add_js_file("exercise-progress.js", loading_method="defer")


@cache
def version(folder: Path) -> str:
    """Return what changes when a file does that exercises.js loads."""
    files = sorted(folder.glob("exercise-*"))
    return f"{crc32(b''.join(file.read_bytes() for file in files)):08x}"


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directives, the nodes and the scripts."""
    app.connect("builder-inited", load)
    app.connect("html-page-context", add_scripts)
    app.add_directive("exercises", ExercisesDirective)
    app.add_directive("solutions", SolutionsDirective)
    app.add_directive("progress", ProgressDirective)
    app.add_post_transform(OneAnswer)
    others: Any = dict.fromkeys(("latex", "text", "man", "texinfo"), (nothing, nothing))
    app.add_node(
        exercise,
        html=(visit_exercise, depart_exercise),
        **(others | {"latex": (keep, part)}),
    )
    app.add_node(answer, html=(visit_answer, depart_answer), **others)
    app.add_node(way)
    app.add_node(progress, html=(visit_progress, None), **others)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
