"""The style of the bibliography: a citation shows the key of its entry.

A key such as ``burns2016`` or ``k8s-sidecar`` says more than a number, and it
stays the same when an entry is added.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pybtex.backends import plaintext
from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style
from pybtex.style.labels import BaseLabelStyle
from sphinx.application import Sphinx


class KeyLabels(BaseLabelStyle):  # type: ignore[misc]
    """Labels that are the keys of the entries."""

    def format_labels(self, sorted_entries: Iterable[Entry]) -> Iterator[str]:
        """Yield the key of each entry."""
        for entry in sorted_entries:
            yield entry.key


class HandbookStyle(Style):  # type: ignore[misc]
    """Plain entries, in the order of the file, labelled by key."""

    default_label_style = KeyLabels


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the style known as ``handbook``."""
    register_plugin("pybtex.style.formatting", "handbook", HandbookStyle)
    # pybtex looks this one up again for each citation, and searches every installed
    # package each time: a fifth of the build. What is registered is found at once.
    register_plugin("pybtex.backends", "plaintext", plaintext.Backend, force=True)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
