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
    Error,
    Generic,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Token,
)


def styles(scheme: int) -> dict[Any, str]:
    """Return what each kind of token looks like in *scheme*, 0 light or 1 dark."""
    color = {name: values[scheme] for name, values in PALETTE.items()}
    text, quiet, accent = color["text"], color["quiet"], color["accent"]
    return {
        Token: text,
        Text: text,
        Comment: f"italic {quiet}",
        Comment.Preproc: f"noitalic {quiet}",
        Keyword: f"bold {text}",
        Keyword.Type: f"nobold {text}",
        Keyword.Constant: f"nobold {color['volume']}",
        Operator: text,
        Operator.Word: f"bold {text}",
        Punctuation: text,
        Name: text,
        Name.Attribute: accent,
        Name.Class: accent,
        Name.Decorator: quiet,
        Name.Function: accent,
        Name.Tag: accent,
        Literal: color["volume"],
        Literal.Scalar.Plain: text,
        String: color["volume"],
        String.Doc: f"italic {quiet}",
        Number: color["volume"],
        Generic.Prompt: quiet,
        Generic.Output: quiet,
        Generic.Traceback: color["bad"],
        Generic.Error: color["bad"],
        Generic.Deleted: f"{color['bad']} bg:{color['bad-soft']}",
        Generic.Inserted: f"{color['good']} bg:{color['good-soft']}",
        Generic.Heading: f"bold {text}",
        Generic.Subheading: f"bold {text}",
        Generic.Emph: "italic",
        Generic.Strong: "bold",
        # What a highlighter does not know is not the reader's error.
        Error: text,
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
