"""Terminal sessions, read as tests/site/transcripts.py reads them.

A line that begins with ``$ `` is a command, and ``> `` or a backslash before it goes
on with that command. All else is output. Pygments' own lexer takes ``# HELP`` or
``$4`` in an output for a command, and a command's second line for output. The button
that copies commands then copies what nobody typed, and leaves out what somebody did.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from pygments.lexer import Lexer, do_insertions  # type: ignore[import-untyped]
from pygments.lexers.shell import BashLexer  # type: ignore[import-untyped]
from pygments.token import Generic  # type: ignore[import-untyped]
from sphinx.application import Sphinx

Piece = tuple[int, Any, str]


class SessionLexer(Lexer):  # type: ignore[misc]
    """The lexer for ``console`` blocks."""

    name = "Terminal session"
    aliases: ClassVar[list[str]] = ["console"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[Piece]:
        """Yield prompts, the words of the commands, and outputs."""
        position = 0
        typed = ""
        prompts: list[tuple[int, list[Piece]]] = []
        for line in text.splitlines(keepends=True):
            going_on = bool(typed) and line.startswith("> ")
            if line.startswith("$ ") or going_on:
                prompts.append((len(typed), [(0, Generic.Prompt, line[:2])]))
                typed += line[2:]
                continue
            if typed.endswith("\\\n"):
                typed += line
                continue
            yield from command(position, typed, prompts)
            position += len(typed) + 2 * len(prompts)
            typed, prompts = "", []
            yield position, Generic.Output, line
            position += len(line)
        yield from command(position, typed, prompts)


def command(
    position: int, typed: str, prompts: list[tuple[int, list[Piece]]]
) -> Iterator[Piece]:
    """Yield the words *typed*, with the *prompts* put back at their places."""
    words = BashLexer().get_tokens_unprocessed(typed)
    for place, kind, value in do_insertions(prompts, words):
        yield position + place, kind, value


def setup(app: Sphinx) -> dict[str, Any]:
    """Let our lexer read ``console`` blocks."""
    app.add_lexer("console", SessionLexer)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
