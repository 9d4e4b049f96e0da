"""Reports: one module a form, each with a function that gives reports as text.

A module is loaded when its form is asked for: the form for people brings a library
along that takes longer to load than a small checkout to scan.
"""

from collections.abc import Sequence
from typing import Literal

from sidecar_spotter.model import Report

Form = Literal["text", "json", "sarif", "markdown", "mermaid"]


def render(form: Form, reports: Sequence[Report], terminal: bool = False) -> str:
    """Return *reports* in a form; only `text` cares whether a terminal shows it."""
    if form == "text":
        from sidecar_spotter.reports import text

        return text.render(reports, terminal)
    if form == "json":
        from sidecar_spotter.reports import as_json

        return as_json.render(reports)
    if form == "sarif":
        from sidecar_spotter.reports import sarif

        return sarif.render(reports)
    if form == "markdown":
        from sidecar_spotter.reports import markdown

        return markdown.render(reports)
    from sidecar_spotter.reports import mermaid

    return mermaid.render(reports)
