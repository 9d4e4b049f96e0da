"""Where a text stops being YAML, and what to do about it.

The spotter reads on past what is no YAML, which is right for a repository of somebody
else. Whoever pastes a file of their own wants to hear of the slip. This module runs in
the reader's browser, with PyYAML's Python code; its messages differ from libyaml's.
"""

import re
from typing import TypedDict

import yaml

TEMPLATE = ("{{", "{%", "<%")
"""What only a template has: it is no YAML before something has filled it in."""

NO_COLON = "A colon is missing here. Write key: value, with a space between."


class Fault(TypedDict):
    """A line, counted from 1, and what is wrong with it, for a person."""

    line: int
    says: str


def fault_of(text: str) -> Fault | None:
    """Return the first fault of a YAML text; None where there is none.

    A template is not judged.
    """
    if any(mark in text for mark in TEMPLATE):
        return None
    anchors: set[str | None] = set()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.DocumentStartEvent):
                anchors.clear()
            elif isinstance(event, yaml.AliasEvent) and event.anchor not in anchors:
                return _alias(event)
            anchors.add(getattr(event, "anchor", None))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        code = f"U+{ord(text[error.position]):04X}"
        return Fault(line=line, says=f"YAML forbids the character {code}. Delete it.")
    except yaml.MarkedYAMLError as error:
        return _fault(text.split("\n"), error)
    return None


def _alias(event: yaml.AliasEvent) -> Fault:
    name, mark = event.anchor, event.start_mark
    return Fault(
        line=mark.line + 1 if mark is not None else 1,
        says=f"*{name} stands for what &{name} names, and no &{name} stands above it. "
        "Add it, or put the value into quotes.",
    )


def _fault(rows: list[str], error: yaml.MarkedYAMLError) -> Fault:
    """Return what a person should hear of *error*, which PyYAML met in *rows*."""
    problem, mark = error.problem or "", error.problem_mark
    if mark is None:  # PyYAML marks every problem; the type does not say so
        return Fault(line=1, says=f"This is not YAML: {problem}.")
    line = mark.line + 1
    opened = line if error.context_mark is None else error.context_mark.line + 1
    if "could not find expected ':'" in problem:
        return Fault(line=opened, says=NO_COLON)
    if not _first_colon(rows, line, mark.column) and "mapping values" in problem:
        says = "A second colon follows a value. Put the value into quotes."
        return Fault(line=line, says=says)
    above = _filled_above(rows, line)
    if "mapping values" in problem or "<document start>" in problem:
        if above and not re.search(r":(\s|$)", rows[above - 1]):
            return Fault(line=above, says=NO_COLON)
        if above and "mapping values" in problem:
            says = (
                f"This line stands deeper than line {above}, which has its value "
                "already. Begin both in the same column."
            )
            return Fault(line=line, says=says)
    if "quoted scalar" in (error.context or "") and "unexpected end" in problem:
        return Fault(line=opened, says="A quote opens here and never closes. Close it.")
    return Fault(line=min(line, len(rows)), says=_advice(problem, opened))


def _advice(problem: str, opened: int) -> str:
    """Return what to do about *problem*, in a block that begins on line *opened*."""
    if r"character '\t'" in problem:
        return "A tab stands where YAML takes only spaces. Replace it by spaces."
    if found := re.search(r"character '(.+)' that cannot start", problem):
        return f"A value cannot begin with {found[1]}. Put it into quotes."
    if "unknown escape" in problem:
        return (
            "In double quotes, a backslash begins an escape. "
            "Use single quotes, or double the backslash."
        )
    if problem.startswith("expected ',' or"):
        return (
            f"The bracket of line {opened} is still open here. "
            "Close it, or add the comma that is missing."
        )
    if problem.startswith("expected <block end>"):
        return (
            "The indentation fits nothing above it. Begin the line in the same column "
            f"as the other entries of its block, which begins on line {opened}."
        )
    return (
        f"This is not YAML: {problem}. Look at this line and the one above it "
        "for a colon, a quote or a dash that is missing."
    )


def _first_colon(rows: list[str], line: int, column: int) -> bool:
    """Whether no colon that ends a key stands in front of *column* of *line*."""
    return re.search(r":\s", rows[line - 1][:column]) is None


def _filled_above(rows: list[str], line: int) -> int:
    """Return the nearest line above *line* that says something; 0 if none does."""
    above = min(line, len(rows)) - 1
    while above and re.match(r"\s*(#|$)", rows[above - 1]):
        above -= 1
    return above
