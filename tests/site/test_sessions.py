"""Terminal sessions on a page: what is a command, and what the copy button takes."""

from pathlib import Path

import pytest
from pygments.token import Generic  # type: ignore[import-untyped]
from sessions import SessionLexer
from sources import DOCS
from transcripts import read

RECORDED = sorted(DOCS.glob("recorded/*.console"))
SESSION = """$ printf 'GET tea' |
>     curl -s telnet://localhost
$4
# HELP up Whether it answers.
> no command
$ env A=1 \\
    python3 a.py
listening
$ kill %1
"""


def typed(text: str) -> str:
    """Return what the copy button takes: all but prompts and outputs."""
    left_out = (Generic.Prompt, Generic.Output)
    return "".join(
        value for kind, value in SessionLexer().get_tokens(text) if kind not in left_out
    )


def test_a_copy_has_the_commands_and_nothing_else() -> None:
    """An output that looks like a prompt stays out, a command's second line stays."""
    assert typed(SESSION).splitlines() == [
        "printf 'GET tea' |",
        "    curl -s telnet://localhost",
        "env A=1 \\",
        "    python3 a.py",
        "kill %1",
    ]


def test_no_letter_is_lost() -> None:
    """The pieces, put together, are the session; each knows its place."""
    pieces = list(SessionLexer().get_tokens_unprocessed(SESSION))
    assert "".join(value for _, _, value in pieces) == SESSION
    assert all(SESSION[at : at + len(value)] == value for at, _, value in pieces)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recorded_sessions(path: Path) -> None:
    """A reader copies the very commands that were run for the record."""
    text = path.read_text(encoding="utf-8")
    commands = [command for part in read(text) for command in part.commands]
    copied = [line for line in typed(text).splitlines() if line.strip()]
    wanted = [line for line in "\n".join(commands).splitlines() if line.strip()]
    assert copied == wanted
