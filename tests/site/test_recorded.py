"""Every recorded transcript is what its commands print today."""

from pathlib import Path

import pytest
from transcripts import RECORDED, comparable, missing_tools, rerun

TRANSCRIPTS = sorted(RECORDED.glob("*.console"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path) -> None:
    """The commands still print what the page shows."""
    recorded = path.read_text(encoding="utf-8")
    if missing := missing_tools(recorded):
        pytest.skip(f"needs {', '.join(missing)}")
    assert comparable(rerun(recorded)) == comparable(recorded), (
        "renew it with: nox -s record"
    )


def test_a_changed_output_is_noticed() -> None:
    """A transcript whose output is wrong does not pass."""
    assert rerun("$ echo one\ntwo\n") == "$ echo one\none\n"


def test_a_command_goes_on_while_the_next_terminal_works() -> None:
    """The server of the first terminal answers the command of the second."""
    again = rerun(
        "#: terminal 1\n$ python3 -m http.server --bind 127.0.0.1 8080\n"
        "#: terminal 2\n$ python3 -c 'import urllib.request as u;"
        'print(u.urlopen("http://127.0.0.1:8080/LICENSE").status)\'\n'
    )
    assert "GET /LICENSE" in again
    assert again.splitlines()[-1] == "200"
    assert "port 8080" in again
