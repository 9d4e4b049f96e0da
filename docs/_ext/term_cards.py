"""What each term means, for the card that opens at a linked term.

docs/_static/terms.js shows the cards. It loads what this module writes, all terms in
one small script, when a reader first comes near a term. A script it is, because a page
that was opened from disk may load one, and may not fetch data.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from page_facts import plain
from sphinx.application import Sphinx

FILE = Path("_static", "terms_data.js")
SCRIPT = "terms.js"


def terms(doctree: nodes.document) -> Iterator[tuple[str, str, str]]:
    """Yield each term of a glossary: its id, its name and what it means."""
    for glossary in doctree.findall(nodes.definition_list):
        if "glossary" not in glossary["classes"]:
            continue
        for item in glossary.findall(nodes.definition_list_item):
            meaning = next(item.findall(nodes.paragraph))
            for term in item.findall(nodes.term):
                yield term["ids"][0], term.astext(), plain(meaning)


def write_terms(app: Sphinx, exception: Exception | None) -> None:
    """Write all terms beside the site's scripts."""
    if exception is not None or app.builder.name != "html":
        return
    objects = app.env.domains.standard_domain.get_objects()
    found = {}
    for docname in sorted({page for _, _, kind, page, *_ in objects if kind == "term"}):
        for name, term, meaning in terms(app.env.get_doctree(docname)):
            found[name] = [term, meaning]
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    script = f"window.handbookTerms = {text};\n"
    (Path(app.outdir) / FILE).write_text(script, encoding="utf-8")


def add_script(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the script to the pages that link a term."""
    if app.builder.name == "html" and "std-term" in context.get("body", ""):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the terms, and load the script where it is needed."""
    app.connect("html-page-context", add_script)
    app.connect("build-finished", write_terms)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
