"""Links into the code of real projects, from one list.

`docs/projects.toml` holds one table for each place: the repository, the commit,
the path, the lines and a piece of what stands there. A page writes
``{project}`istio-injection` `` or ``{project}`its template <istio-injection>` ``
and gets a permanent link. ``{projects} JOB`` makes the table of all the
places that the list files under that job.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.nodes import split_explicit_title

logger = logging.getLogger(__name__)

FORMS = ("native", "regular", "injected", "platform", "none")
"""How the helper is declared; ``none`` where there is no sidecar."""


@dataclass(frozen=True)
class Place:
    """One place in the code of a public repository.

    ``lines`` is ``"12"`` or ``"12-20"``; ``says`` is a piece of text that stands
    on those lines; ``job`` is empty for a place that no table shows.
    """

    key: str
    repo: str
    commit: str
    path: str
    lines: str
    says: str
    name: str = ""
    job: str = ""
    form: str = ""
    notice: str = ""

    @property
    def url(self) -> str:
        """The permanent address of the lines on GitHub."""
        anchor = "-".join(f"L{number}" for number in self.lines.split("-"))
        return f"https://github.com/{self.repo}/blob/{self.commit}/{self.path}#{anchor}"

    @property
    def title(self) -> str:
        """What a link shows when the page gives no words of its own."""
        return self.name or self.repo


def read_places(path: Path) -> dict[str, Place]:
    """Read the list of places at *path*.

    Raises ExtensionError that names the entry and what is wrong with it.
    """
    places = {}
    for key, fields in tomllib.loads(path.read_text(encoding="utf-8")).items():
        try:
            place = Place(key=key, **fields)
        except TypeError as error:
            raise ExtensionError(f"{path.name}: [{key}]: {error}") from None
        if len(place.commit) != 40:
            raise ExtensionError(f"{path.name}: [{key}]: commit needs all 40 digits")
        if place.form and place.form not in FORMS:
            raise ExtensionError(
                f"{path.name}: [{key}]: form is one of {', '.join(FORMS)}"
            )
        places[key] = place
    return places


class ProjectRole(SphinxRole):
    """A permanent link to a place in the list."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Make the link, or warn where the list has no such place."""
        has_title, title, key = split_explicit_title(self.text)
        place = self.env.app.projects.get(key)  # type: ignore[attr-defined]
        if place is None:
            logger.warning(
                "no place %r in projects.toml",
                key,
                location=self.get_location(),
                type="projects",
            )
            return [nodes.literal(key, key)], []
        text = title if has_title else place.title
        return [nodes.reference(self.rawtext, text, refuri=place.url)], []


class ProjectsTable(SphinxDirective):
    """The table of the places that help with one job."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Make the table, or warn where no place has that job."""
        job = self.arguments[0]
        everything: dict[str, Place] = self.env.app.projects  # type: ignore[attr-defined]
        places = [place for place in everything.values() if place.job == job]
        if not places:
            logger.warning(
                "no place with the job %r in projects.toml",
                job,
                location=self.get_location(),
                type="projects",
            )
            return []
        table = nodes.table("", nodes.title("", f"Projects: {job}"))
        group = nodes.tgroup("", cols=3)
        table += group
        for width in (28, 12, 60):
            group += nodes.colspec("", colwidth=width)
        group += nodes.thead("", row("Project", "Form", "What to notice"))
        body = nodes.tbody("")
        group += body
        for place in places:
            link = nodes.reference("", place.title, refuri=place.url)
            notice, messages = self.parse_inline(place.notice)
            body += row(link, place.form, [*notice, *messages])
        table["classes"] += ["projects", "colwidths-given"]
        self.set_source_info(table)
        return [table]


def row(*cells: Any) -> nodes.row:
    """Make a table row of words, nodes or lists of nodes."""
    made = nodes.row("")
    for cell in cells:
        children = cell if isinstance(cell, list) else [cell]
        paragraph = nodes.paragraph("")
        paragraph += [nodes.Text(c) if isinstance(c, str) else c for c in children]
        made += nodes.entry("", paragraph)
    return made


def load(app: Sphinx) -> None:
    """Read the list once, and rebuild every page when it changes."""
    path = Path(app.confdir) / "projects.toml"
    app.projects = read_places(path)  # type: ignore[attr-defined]


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the role and the directive."""
    app.connect("builder-inited", load)
    app.add_role("project", ProjectRole())
    app.add_directive("projects", ProjectsTable)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
