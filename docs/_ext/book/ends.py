"""How a chapter ends: the same three headings each time, which the contents leave out.

A page of the site closes with "Recap", "Check yourself" and "Next". The contents of the
book would list them thirty times. And "Next" is one line: it needs no heading there.
"""

from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from .parts import raw

UNLISTED = ("Recap", "Check yourself")
LAST = "Next"


class QuietEnds(SphinxPostTransform):
    """Keep the headings that end a chapter out of the contents."""

    default_priority = 310
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Frame the sections with what hides them, and make "Next" a paragraph."""
        for section in list(self.document.findall(nodes.section)):
            title = section[0].astext()
            if title in UNLISTED:
                place = section.parent.index(section)
                section.parent.insert(place + 1, raw(r"\handbooklisted"))
                section.parent.insert(place, raw(r"\handbookunlisted"))
            elif title == LAST:
                section.replace_self(run_in(section))


def run_in(section: nodes.section) -> list[nodes.Node]:
    """Return what is in a *section*, its title as the first words; links still lead."""
    title, *content = section.children
    lead = nodes.strong("", f"{title.astext()}: ")
    place = nodes.target("", "", ids=section["ids"])
    if content and isinstance(content[0], nodes.paragraph):
        content[0].insert(0, lead)
    else:
        content.insert(0, nodes.paragraph("", "", lead))
    return [place, raw(r"\handbooknext"), *content]
