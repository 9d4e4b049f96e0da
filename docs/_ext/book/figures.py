"""A number for each diagram of the book: one without a caption gets its own name.

On the site the name is read out to those who do not see the diagram. In print it says
below the diagram what that shows, and the list of figures is without gaps.
"""

from typing import Any

from diagrams.svg import accessible_text
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib.mermaid import mermaid


class NumberDiagrams(SphinxPostTransform):
    """Put each diagram that has no caption into a figure that has one."""

    default_priority = 320
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Wrap the diagrams."""
        for drawing in list(self.document.findall(mermaid)):
            if isinstance(drawing.parent, nodes.figure):
                continue
            name = accessible_text(drawing["code"])[0].rstrip(".") + "."
            figure = nodes.figure("", ids=drawing["ids"])
            drawing.replace_self(figure)
            drawing["ids"] = []
            figure += [drawing, nodes.caption("", name)]
