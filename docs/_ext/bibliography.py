"""The style of the bibliography: a citation shows the key of its entry.

A key such as ``burns2016`` or ``k8s-sidecar`` says more than a number, and it
stays the same when an entry is added.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any

from docutils import nodes
from pybtex.backends import plaintext
from pybtex.database import Entry, Person
from pybtex.plugin import register_plugin
from pybtex.richtext import HRef, Tag, Text
from pybtex.style import FormattedEntry
from pybtex.style.formatting.unsrt import Style
from pybtex.style.labels import BaseLabelStyle
from sphinx.application import Sphinx
from sphinx.builders.latex.nodes import thebibliography
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib.bibtex.domain import BibtexDomain

# A list of sources below a heading of its own, not a chapter.
LATEX_MACRO = r"""
\makeatletter
\renewenvironment{sphinxthebibliography}[1]{%
  \begingroup\renewcommand{\chapter}[2]{}\let\@mkboth\@gobbletwo
  \begin{thebibliography}{#1}}{\end{thebibliography}\endgroup}
\makeatother
"""


class KeepSources(SphinxPostTransform):
    """Mark for LaTeX where sources are listed, before Sphinx moves them to the end."""

    default_priority = 740  # Sphinx's BibliographyTransform has 750
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Put an empty list in front of each run of sources; it knows their ids."""
        for source in list(self.document.findall(nodes.citation)):
            place = source.parent.index(source)
            before = source.parent[place - 1] if place else None
            if not isinstance(before, nodes.citation):
                source.parent.insert(place, thebibliography(sources=[]))
            marks = source.parent.children[: source.parent.index(source)]
            mark = [m for m in marks if isinstance(m, thebibliography)][-1]
            mark["sources"].append(source["ids"][0])


class PlaceSources(SphinxPostTransform):
    """Move the sources back below their headings."""

    default_priority = 760
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Fill the lists that KeepSources made."""
        lists = list(self.document.findall(thebibliography))
        sources = {
            source["ids"][0]: source
            for gathered in lists
            for source in gathered.findall(nodes.citation)
        }
        for listed in lists:
            if "sources" in listed:
                for name in listed["sources"]:
                    source = sources[name]
                    source.parent.remove(source)
                    listed += source
            else:
                listed.parent.remove(listed)


class GroupedByKeyword(BibtexDomain):
    """The domain of sphinxcontrib-bibtex, quick where lists choose by keyword."""

    def get_filtered_entries(self, bibliography_key: Any) -> list[tuple[str, Entry]]:
        """Return the entries of one list.

        The library goes over every citation of the handbook for each entry of each
        list, to find which pages cite it; so its time grew with the square of the
        pages. A list whose filter asks for keywords alone need not know.
        """
        citations = self.data["citation_refs"]
        asked = ast.walk(self.bibliographies[bibliography_key].filter_)
        if {node.id for node in asked if isinstance(node, ast.Name)} == {"keywords"}:
            self.data["citation_refs"] = []
        try:
            return list(super().get_filtered_entries(bibliography_key))
        finally:
            self.data["citation_refs"] = citations


class KeyLabels(BaseLabelStyle):  # type: ignore[misc]
    """Labels that are the keys of the entries."""

    def format_labels(self, sorted_entries: Iterable[Entry]) -> Iterator[str]:
        """Yield the key of each entry."""
        for entry in sorted_entries:
            yield entry.key


class HandbookStyle(Style):  # type: ignore[misc]
    """Plain entries, in the order of the file, labelled by key."""

    default_label_style = KeyLabels

    def format_entry(
        self, label: str, entry: Entry, bib_data: object = None
    ) -> FormattedEntry:
        """Write one entry: who, what, where and when, our sentence, the address.

        Raises ExtensionError that names the entry and the field that it lacks.
        pybtex's own templates do the same for every kind of entry, and took half of
        the time of a build in which one page has changed.
        """
        fields = {name: plain(value) for name, value in entry.fields.items()}
        fields.setdefault("howpublished", fields.get("publisher", ""))
        for name in ("title", "howpublished", "year", "note", "url"):
            if not fields.get(name):
                raise ExtensionError(f"bibliography.bib: {entry.key} has no {name}")
        text = Text(
            f"{names(entry.persons['author'])}. ",
            Tag("em", fields["title"]),
            f". {fields['howpublished']}, {fields['year']}. {fields['note']} ",
            HRef(fields["url"], fields["url"]),
        )
        return FormattedEntry(entry.key, text, label)


def names(people: list[Person]) -> str:
    """Return the names of *people* as a reader writes them: first name first."""
    written = [
        " ".join(plain(part) for part in person.first_names + person.last_names)
        for person in people
    ]
    *others, last = written
    return f"{', '.join(others)} and {last}" if others else last


def plain(value: str) -> str:
    """Return a field without the marks that BibTeX needs."""
    return re.sub(r"\\(?=[&_%#$])|[{}]", "", value)


def add_macro(app: Sphinx, config: Config) -> None:
    """Let LaTeX list sources in place."""
    elements = dict(config.latex_elements)
    elements["preamble"] = elements.get("preamble", "") + LATEX_MACRO
    config.latex_elements = elements


def as_list_items(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give a source the role of a list's item: its own one has been given up."""
    body = context.get("body")
    if body and "doc-biblioentry" in body:
        context["body"] = body.replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the style known as ``handbook``."""
    register_plugin("pybtex.style.formatting", "handbook", HandbookStyle)
    # pybtex looks this one up again for each citation, and searches every installed
    # package each time: a fifth of the build. What is registered is found at once.
    register_plugin("pybtex.backends", "plaintext", plaintext.Backend, force=True)
    app.add_domain(GroupedByKeyword, override=True)
    app.add_post_transform(KeepSources)
    app.add_post_transform(PlaceSources)
    app.connect("config-inited", add_macro)
    app.connect("html-page-context", as_list_items)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
