"""Ignore files: which folders and files of a checkout git would not look at.

`pathspec` translates the rules. It is made for paths of files; a walk asks from the top
down, for each folder and file by itself, which is what git does, and this module. What
an untrusted rule can cost is bounded: it becomes an expression that may try many ways.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST = 64 * 1024
"""Bytes of the largest ignore file that is read."""
MOST = 1000
"""Rules that are in force in one folder."""
STARS = 2
"""Stars that a rule may have, not counting those at its end: a third would try as many
ways as the cube of a name's length. Without a rule more files are read, no fewer."""

_STAR = re.compile(r"\*+")
DEEP = "^(?:.+/)?"
"""How the expression of a rule begins that holds in every folder."""
_NAMED = re.compile(r"\(\?P<\w+>")


Rule = tuple[re.Pattern[str], bool]
"""What it matches, and whether that is ignored; False after an exclamation mark."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one ignore file, and those of the folders above it."""

    folder: str
    """Where the file stands, with a slash at its end; "" for the root."""
    rules: tuple[Rule, ...]
    hint: re.Pattern[str]
    """Matches whatever a rule matches: most paths are decided by asking it alone."""
    above: "Rules | None"
    count: int

    def ignore(self, path: str) -> bool:
        """Whether *path* is ignored; that of a folder has a slash at its end.

        The folders above it must have been asked before, and not be ignored.
        """
        rules: Rules | None = self
        while rules is not None:
            inner = path[len(rules.folder) :]
            if rules.hint.match(inner) and (said := rules._say(inner)) is not None:
                return said
            rules = rules.above
        return False

    def _say(self, path: str) -> bool | None:
        """Return what the last rule says that matches *path*, and not what is above."""
        for expression, ignored in reversed(self.rules):
            found = expression.search(path)
            if found is None:
                continue
            if path.endswith("/"):
                # One that may be found anywhere stands for every folder.
                own = found.end() == len(path) or expression.pattern[0] != "^"
            else:
                own = found.lastindex is None  # the one group is the slash of a folder
            if own:
                return ignored
        return None


def parse(data: bytes, folder: str, above: Rules | None) -> tuple[Rules | None, str]:
    """Return the rules of an ignore file in *folder*, and what was left out of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about brackets in brackets
        return _parse(data, folder, above)


def _parse(data: bytes, folder: str, above: Rules | None) -> tuple[Rules | None, str]:
    # Only a checkout with ignore files pays for the import.
    from pathspec import GitIgnoreSpec

    room = MOST - (above.count if above else 0)
    rules: list[Rule] = []
    # Names that are no UTF-8 come from the system in the same disguise.
    text = data.decode("utf-8", "surrogateescape")
    lines = [line for line in text.split("\n") if line.strip() and line[0] != "#"]
    for line in lines[:room]:
        line = line.removesuffix("\r")
        if line.endswith(("/**", "/**/")):
            # What is in the folder, and not the folder itself.
            line = line.removesuffix("/") + "/*" + "/" * line.endswith("/")
        body = line.removeprefix("!").removeprefix("**/").rstrip("/*")
        if len(_STAR.findall(body)) > STARS:
            continue
        try:
            patterns = GitIgnoreSpec.from_lines([line]).patterns
        except (ValueError, re.error, OverflowError, RecursionError):
            continue  # git takes no notice of it either
        for pattern in patterns:
            if pattern.include is not None and pattern.regex is not None:
                rules.append((pattern.regex, pattern.include))
    problem = f"has more than {MOST} rules in force" if len(lines) > room else ""
    if not rules:
        return above, problem
    parts = [_NAMED.sub("(?:", expression.pattern) for expression, _ in rules]
    hint = re.compile("|".join(_joined(parts)))
    count = (above.count if above else 0) + len(rules)
    return Rules(folder, tuple(rules), hint, above, count), problem


def _joined(parts: list[str]) -> Iterator[str]:
    """Yield expressions that match what *parts* match: faster together than alone."""
    deep = [part.removeprefix(DEEP) for part in parts if part.startswith(DEEP)]
    if deep:
        yield f"{DEEP}(?:{'|'.join(deep)})"
    for part in parts:
        if not part.startswith(DEEP):
            # Some of the library's expressions are to be found anywhere in a path.
            yield part if part.startswith("^") else f".*{part}"
