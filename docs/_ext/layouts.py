"""The layout of a system, drawn from the manifest that runs it.

``{layout} FILE`` is a diagram as ``{mermaid}`` makes it. Its text is what the command
``sidecar-spotter draw FILE`` prints, so that no picture can differ from its manifest::

    ```{layout} ../../examples/pods/git_sync/pod.yaml
    :title: A web server, and a sidecar that follows a git branch
    :also: Somebody publishes to the repository.
    author([publish.py]):::outside -->|commits| {repository}
    ```

``title`` is the diagram's name. ``also`` says, for those who do not see it, what the
lines below draw: they are Mermaid's own language, for what is not in the manifest.
There ``{NAME}`` is the container or the volume of that name; ``{container NAME}`` and
``{volume NAME}`` tell two of one name apart. A line between two containers replaces the
dashed one with which the spotter says that it knows no tie between them.
"""

import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from diagrams import Diagram
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

EXAMPLES = Path(__file__).parents[2] / "examples"
# Last, so that none of its folders hides a package of the same name.
sys.path.append(str(EXAMPLES))

if TYPE_CHECKING:
    from sidecar_spotter.reports.mermaid import Picture

logger = logging.getLogger(__name__)

SPOTTER = tuple(sorted(map(str, (EXAMPLES / "sidecar_spotter").rglob("*.py"))))
"""What makes the drawing, beside the manifest."""
NAME = re.compile(r"\{(?:(container|volume) )?([^{}]*)\}")


class LayoutError(Exception):
    """A layout that cannot be drawn; the message is one line for its author."""


class Layout(Diagram):
    """The picture of the one system in a file."""

    required_arguments = 1
    optional_arguments = 0
    option_spec: ClassVar = {
        "name": directives.unchanged,
        "caption": directives.unchanged,
        "title": directives.unchanged_required,
        "also": directives.unchanged_required,
    }

    def get_mm_code(self) -> str | list[nodes.Node]:
        """Return the diagram in Mermaid's language; warn where there can be none."""
        title, also = (
            " ".join(self.options.pop(option, "").split())
            for option in ("title", "also")
        )
        env = self.state.document.settings.env
        name, path = env.relfn2path(self.arguments[0])
        for file in (name, *SPOTTER):
            env.note_dependency(file)
        try:
            if self.content and not also:
                raise LayoutError("say what the lines below draw: ':also: ...'")
            drawn = drawn_of(Path(path), self.arguments[0])
        except LayoutError as error:
            return self._warn(error, self.lineno)
        more = []
        # MyST counts the lines of the block from where it begins.
        first = self.lineno + self.content_offset + 1
        for number, line in enumerate(self.content, first):
            try:
                more.append(placed(line, drawn))
            except LayoutError as error:
                return self._warn(error, number)
        return without_doubles(drawn, self.content).source(title, also, more)

    def _warn(self, error: LayoutError, line: int) -> list[nodes.Node]:
        source, line = self.state_machine.get_source_and_line(line)
        logger.warning("%s", error, location=f"{source}:{line}", type="layouts")
        return []


def drawn_of(path: Path, name: str) -> "Picture":
    """Return the picture of the one group of containers in the file at *path*.

    Raises LayoutError, which calls the file *name*, if there is no such picture.
    """
    # Here, as it takes a tenth of a second: most builds after a change draw no layout.
    from sidecar_spotter import scan
    from sidecar_spotter.reports.mermaid import picture

    if not path.is_file():
        raise LayoutError(f"there is no file {name} to draw")
    report = scan(path)
    for skipped in report.skipped:
        raise LayoutError(f"{name} cannot be read: {skipped.reason}")
    drawn = [one for judged in report.groups if (one := picture(judged)) is not None]
    if len(drawn) != 1:
        count = f"{len(drawn)} groups" if drawn else "no group"
        raise LayoutError(f"{name} holds {count} of containers: a layout draws one")
    return drawn[0]


def placed(line: str, drawn: "Picture") -> str:
    """Return *line* with the ids of *drawn* in the place of names in braces.

    Raises LayoutError where a name is none of the file's, or is two.
    """
    return NAME.sub(lambda found: id_of(found[1] or "", found[2], drawn), line)


def id_of(kind: str, name: str, drawn: "Picture") -> str:
    """Return the id of the container or the volume *name*, a *kind* if that is not "".

    Raises LayoutError where a name is none of the file's, or is two.
    """
    names = {"container": drawn.containers, "volume": drawn.volumes}
    kinds = [one for one in names if kind in ("", one) and name in names[one]]
    if len(kinds) == 2:
        raise LayoutError(
            f"{name!r} is a container and a volume: write {{container {name}}}"
            f" or {{volume {name}}}"
        )
    if not kinds:
        there = ", ".join([*drawn.containers, *drawn.volumes])
        what = kind or "container or volume"
        raise LayoutError(f"no {what} {name!r} is in the file, which has: {there}")
    return names[kinds[0]][name]


def without_doubles(drawn: "Picture", lines: Iterable[str]) -> "Picture":
    """Return *drawn* without the spare edges between what *lines* tie together."""
    tied: set[frozenset[str]] = set()
    for line in lines:
        ids = [id_of(kind, name, drawn) for kind, name in NAME.findall(line)]
        tied |= {frozenset(pair) for pair in combinations(ids, 2)}
    edges = (e for e in drawn.edges if not (e.spare and {e.start, e.end} in tied))
    return replace(drawn, edges=tuple(edges))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive."""
    app.setup_extension("diagrams")
    app.add_directive("layout", Layout)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
