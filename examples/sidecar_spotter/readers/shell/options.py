"""Commands of Docker and Podman that start a container or make a pod, by their options.

Which option needs a value decides where the image stands.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sidecar_spotter.model import Text
from sidecar_spotter.readers.shell.lines import START, lines_of

COMMAND = re.compile(
    START + r"(?:docker|podman|nerdctl"
    r"|\"?\$[({]?\w*(?:docker|podman|DOCKER|PODMAN)\w*[)}]?\"?)[ \t]+"
    r"(?:container[ \t]+|(?P<pod>pod)[ \t]+)?(?P<what>run|create)(?=\s)"
)
MOST = 500
"""Words of one command that are read."""

_WORD = re.compile(
    r"(?:\$\([^()\n]*\)|[^\s\"'\\;|&()]|\\[^\n]|\"(?:[^\"\\]|\\[\s\S])*\"|'[^']*')+"
)
_BETWEEN = re.compile(r"(?:\s+|(?<=\s)#[^\n]*|[\\`^][ \t]*\r?\n)*")
"""What is between two words: also a comment, and the end of a line that goes on."""
_QUOTES = re.compile(r"(?<!\\)[\"']|\\(?=.)")
_SWITCHES = frozenset(
    (
        *("detach", "disable-content-trust", "help", "init", "interactive"),
        *("no-healthcheck", "no-hosts", "oom-kill-disable", "passwd", "privileged"),
        *("publish-all", "quiet", "read-only", "replace", "rm", "rmi", "sig-proxy"),
        *("tls-verify", "tty"),
    )
)
"""Options that need no value."""
_LETTERS = "diqtP"
"""Those of one letter that need none."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command that starts a container, or makes a pod."""

    line: int
    makes_pod: bool
    options: tuple[tuple[str, Text], ...]
    words: tuple[Text, ...]
    """The image and what the program in it is given; of a pod, its name."""
    stays: bool
    """Whether the script goes on while the container runs."""

    def says(self, name: str) -> str:
        """Return the last value of an option."""
        return next((v.text for k, v in reversed(self.options) if k == name), "")


def commands_in(text: str) -> Iterator[Command]:
    """Yield the commands of a script that start a container or make a pod."""
    for first, row in lines_of(text):
        for match in COMMAND.finditer(row):
            line = first + row.count("\n", 0, match.start("what"))
            words = islice(_words(row, match.end(), line), MOST)
            yield _command(line, match, list(words))


def _words(row: str, at: int, line: int) -> Iterator[Text]:
    """Yield the words from *at* up to the end of the command, without their quotes."""
    while True:
        between = _BETWEEN.match(row, at)
        start = between.end() if between else at
        match = _WORD.match(row, start)
        if match is None or ">" in match[0][:3]:
            return
        line += row.count("\n", at, start)
        yield Text(_QUOTES.sub("", match[0]), line)
        line += match[0].count("\n")
        at = match.end()


def _command(line: int, match: re.Match[str], words: list[Text]) -> Command:
    options: list[tuple[str, Text]] = []
    rest = iter(words)
    image: list[Text] = []
    for word in rest:
        if not word.text.startswith("-"):
            image = [word]
            break
        options += _option(word, rest)
    names = {name for name, value in options if value.text != "false"}
    stays = match["what"] == "create" or not names.isdisjoint(("d", "detach"))
    return Command(
        line, match["pod"] is not None, tuple(options), (*image, *rest), stays
    )


def _option(word: Text, rest: Iterator[Text]) -> Iterator[tuple[str, Text]]:
    """Yield the options of one word; *rest* has the value, if it stands there."""
    name, sign, value = word.text.lstrip("-").partition("=")
    if word.text.startswith("--"):
        if not sign and name not in _SWITCHES:
            yield name, next(rest, Text("", word.line))
        else:
            yield name, Text(value if sign else "true", word.line)
        return
    letters = word.text[1:]
    for place, letter in enumerate(letters, 1):
        if letter not in _LETTERS:
            said = letters[place:].removeprefix("=")
            yield letter, Text(said, word.line) if said else next(rest, word)
            return
        yield letter, Text("true", word.line)
