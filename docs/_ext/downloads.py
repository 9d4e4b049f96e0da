"""Where the PDF and the EPUB of this site are.

Read the Docs makes both of each version, at addresses of its own, but for a pull
request. Elsewhere nobody has made them. The words are the same everywhere, and say how
to: two builds of one commit have the same search index.
"""

import os
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FORMS = (("pdf", "PDF, for A4 paper"), ("epub", "EPUB, for e-readers"))


def addresses() -> dict[str, str]:
    """Return the address of each form on Read the Docs; none elsewhere."""
    here = os.environ.get("READTHEDOCS_CANONICAL_URL", "")
    external = os.environ.get("READTHEDOCS_VERSION_TYPE") == "external"
    if not here or external:
        return {}
    language = os.environ.get("READTHEDOCS_LANGUAGE", "en")
    version = os.environ.get("READTHEDOCS_VERSION", "latest")
    return {
        form: urljoin(here, f"/_/downloads/{language}/{version}/{form}/")
        for form, _ in FORMS
    }


class Downloads(SphinxDirective):
    """A list of both, as links where they are."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Make the list."""
        found = addresses()
        made = nodes.bullet_list("", bullet="-")
        for form, words in FORMS:
            item: nodes.Node = nodes.Text(words)
            if form in found:
                item = nodes.reference("", words, refuri=found[form])
            command = nodes.literal("", f"nox -s {form}")
            line = nodes.paragraph("", "", item, nodes.Text("; in a clone, "))
            line += [command, nodes.Text(" makes it")]
            made += nodes.list_item("", line)
        return [made]


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive("downloads", Downloads)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
