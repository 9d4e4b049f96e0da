"""The colors of code, light and dark: ``pygments_style`` in conf.py names them.

Few and calm, from the palette: names that a reader looks for (keys, functions) in the
accent, values in brown, words of the language bold, what is said aside quiet. Each has
a contrast of at least 7:1 on the ground of a listing.
"""

from typing import Any, ClassVar

from palette import PALETTE
from pygments.style import Style  # type: ignore[import-untyped]
from pygments.token import (  # type: ignore[import-untyped]
    Comment,
    Generic,
    Keyword,
    Name,
    Number,
    Operator,
    String,
)


def styles(scheme: int) -> dict[Any, str]:
    """Return what each kind of token looks like in *scheme*, 0 light or 1 dark."""
    color = {name: values[scheme] for name, values in PALETTE.items()}
    quiet, accent, value = color["quiet"], color["accent"], color["volume"]
    # What is not here has the color of text, and needs no rule in the page's CSS.
    return {
        Comment: f"italic {quiet}",
        Comment.Preproc: f"noitalic {quiet}",
        Keyword: "bold",
        Keyword.Type: "nobold",
        Keyword.Constant: f"nobold {value}",
        Operator.Word: "bold",
        Name.Attribute: accent,
        Name.Class: accent,
        Name.Decorator: quiet,
        Name.Function: accent,
        Name.Tag: accent,
        String: value,
        String.Doc: f"italic {quiet}",
        Number: value,
        Generic.Prompt: quiet,
        Generic.Output: quiet,
        Generic.Traceback: color["bad"],
        Generic.Error: color["bad"],
        Generic.Deleted: f"{color['bad']} bg:{color['bad-soft']}",
        Generic.Inserted: f"{color['good']} bg:{color['good-soft']}",
        Generic.Heading: "bold",
        Generic.Emph: "italic",
        Generic.Strong: "bold",
    }


class Light(Style):  # type: ignore[misc]
    """Code on light paper."""

    background_color = PALETTE["quiet-soft"][0]
    highlight_color = PALETTE["accent-soft"][0]
    styles: ClassVar = styles(0)


class Dark(Style):  # type: ignore[misc]
    """Code on a dark page."""

    background_color = PALETTE["quiet-soft"][1]
    highlight_color = PALETTE["accent-soft"][1]
    styles: ClassVar = styles(1)
