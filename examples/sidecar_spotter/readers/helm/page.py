"""One template as YAML: its expressions are words, and its lines where they were."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from sidecar_spotter.model import Container, Group, Request, Text
from sidecar_spotter.parse import mend
from sidecar_spotter.readers.helm.arguments import with_arguments
from sidecar_spotter.readers.helm.halves import joined
from sidecar_spotter.tree import At, Node, Unreadable, relocate, scalars
from sidecar_spotter.units import idles

MOST_ACTIONS = 10_000
"""Expressions in one document: each that is not closed costs a search."""

INCLUDES = 4
"""How deep named templates may include one another."""

PART = r"[^\"`}]{0,2000}"

ACTION = re.compile(
    r"\{\{-?\s*(?P<comment>/\*.*?\*/)?(?P<code>"
    # Each string, and each brace that does not close, begins with a sign of its own:
    # there is one way to match only, and none to look for in vain.
    + PART
    + r"(?:(?:\"(?:\\.|[^\"\\])*\"|`[^`]*`|\}(?!\}))"
    + PART
    + r"){0,60})\}\}",
    re.DOTALL,
)

STEERING = re.compile(
    r"(if|else|end|range|with|define|block|break|continue)\b|\$\w*\s*:?="
)

INCLUDE = re.compile(r"^(?:include|template)\s+\"([^\"]+)\"")

FILLS = re.compile(
    # All in any case but the dot, with which a quick search begins.
    r"\.(?i:values)\.(?:\w+\.)*(\w*(?i:sidecar\w*|containers))(?![\w.])"
)

PUTS_IN = re.compile(r"\b(?:toYaml|tpl|include|render|range|with|dict|list|concat)\b")

NEXT = "nindent"

INDENT = re.compile(r"\bn?indent\s+(\d+)")

WORD = re.compile("\ue000(\\d+)\ue001")

ADDED = "\ue002"
"""Marks the line breaks of text that was included."""

OPENS = re.compile(r"^(if|range|with|define|block)\b")


class Page:
    """The text of one template as YAML, and what stood where words stand now."""

    def __init__(self, text: str, known: dict[str, str]) -> None:
        """Make *text* plain; *known* are the named templates that it may include."""
        self.words: list[str] = []
        self.open_lists: dict[str, int] = {}
        """Values that may be lists of containers for users to fill, and the line."""
        self.put_in: set[str] = set()
        """Those of them that the template puts in: others may only be switches."""
        self.conditions: list[tuple[int, int, str]] = []
        """First line, last line (from 0) and text of each condition."""
        self.forks: list[tuple[int, ...]] = []
        """Of each condition with another side the lines on which its sides begin, from
        0, and last the one on which it ends."""
        self.loops: list[tuple[int, int]] = []
        """First and last line, from 0, of each loop."""
        if text.count("{{") > MOST_ACTIONS:
            raise Unreadable(f"more than {MOST_ACTIONS} template expressions")
        plain = self._plain(text, known, INCLUDES).replace("\t", "  ")
        self.rows: list[int] = []
        """For each line of `plain` the line of the template that it comes from."""
        row = 0
        for one in plain.split("\n"):
            self.rows.append(row)
            row += not one.endswith(ADDED)
        rows = plain.replace(ADDED, "").split("\n")
        self.plain = "\n".join(joined(rows, self.rows, self.forks))

    def _plain(self, text: str, known: dict[str, str], deep: int) -> str:
        """Return *text* without actions; lines that are only actions are empty."""
        out: list[str] = []
        last = 0
        row = 0
        open_: list[tuple[str, int, str]] = []
        sides: list[list[int]] = []
        for action in ACTION.finditer(text):
            between = text[last : action.start()]
            out.append(between)
            row += between.count("\n") - between.count(f"{ADDED}\n")
            code = action["code"].strip().removesuffix("-").rstrip()
            height = action[0].count("\n")
            last = action.end()
            if deep == INCLUDES and (fill := FILLS.search(code)):
                self.open_lists.setdefault(fill[1], row)
                if PUTS_IN.search(code):
                    self.put_in.add(fill[1])
            if action["comment"] or STEERING.match(code):
                self._steer(code, row, open_, sides, top=deep == INCLUDES)
                inside = ""
            else:
                ahead, behind = _around(text, action.start(), last)
                inside = ""
                if not behind and ahead.strip() in ("", "-"):
                    inside = self._included(code, known, deep, len(ahead))
                    # A list item that is all an expression is a word of its own.
                    if not inside and ahead.strip():
                        inside = self._word(action[0])
                elif behind or not ahead.rstrip().endswith(":") or NEXT not in code:
                    # Else what it gives begins on the next line.
                    inside = self._word(action[0])
            out.append(inside + "\n" * height)
            row += height
        out.append(text[last:])
        return "".join(out)

    def _word(self, action: str) -> str:
        self.words.append(action)
        return f"\ue000{len(self.words) - 1}\ue001"

    def _steer(
        self,
        code: str,
        row: int,
        open_: list[tuple[str, int, str]],
        sides: list[list[int]],
        *,
        top: bool,
    ) -> None:
        if OPENS.match(code):
            open_.append((code, row, code))
            sides.append([row])
        elif code.startswith("else") and open_:
            sides[-1].append(row)
        elif code.startswith("end") and open_:
            begun = open_.pop()
            begins = sides.pop()
            if top and len(begins) > 1:
                self.forks.append((*begins, row))
            if top and begun[0].startswith(("if", "with")):
                self.conditions.append((begun[1], row, begun[2]))
            elif top and begun[0].startswith("range"):
                self.loops.append((begun[1], row))

    def _included(self, code: str, known: dict[str, str], deep: int, at: int) -> str:
        """Return a named template's text, if it holds containers, to stand there.

        Its line breaks are marked, so that `rows` keeps every other line's number.
        What is put in as it is may have an indentation of its own.
        """
        match = INCLUDE.match(code)
        body = known.get(match[1], "") if match else ""
        if not deep or not body:
            return ""
        indent = INDENT.search(code)
        body = with_arguments(body, code)
        rows = self._plain(body, known, deep - 1).split("\n")
        column = " " * (int(indent[1]) if indent else max(at - _indentation(rows), 0))
        return "".join(f"{ADDED}\n{column}{row.rstrip(ADDED)}" for row in rows)

    def tree(self, before: int) -> Node | None:
        """Return the tree of the page, which has *before* lines in front of it."""
        rows = [row + before for row in self.rows]
        node = mend(self.plain.encode("utf-8", "replace"), rows=rows)
        self._restore(node, before)
        return node

    def _restore(self, node: Node | None, before: int) -> None:
        """Put expressions back where words stand for them, and lines where they are."""
        if before or self.rows[-1] + 1 < len(self.rows):
            relocate(node, [At(row + before) for row in self.rows])
        for one in scalars(node):
            if "\ue000" in one.value:
                one.value = WORD.sub(lambda match: self.words[int(match[1])], one.value)

    def _at_work(self, box: Container, top: int, before: int) -> Container:
        """Return *box* without the command that makes it wait, if a condition adds it.

        So one waits for repairs; as a rule the image's own command runs.
        """
        inner = [one for one in self.conditions if one[0] > top]
        rows = [(word, word.line - 1 - before) for word in box.words]
        kept = tuple(
            word
            for word, row in rows
            if not any(first <= row <= last for first, last, _ in inner)
        )
        return replace(box, words=kept)

    def fills(self, before: int) -> Iterator[Request]:
        """Yield a word for each list of containers that users may fill."""
        for name, row in self.open_lists.items():
            if name not in self.put_in:
                continue
            says = "is a list for the values to fill; the template has nothing in it"
            yield Request(
                name, "extension-point", row + 1 + before, says, False, "placeholder"
            )

    def loops_over(self, box: Container, top: int, before: int) -> bool:
        """Whether a loop gives *box*, and not the whole list that begins at line *top*.

        What was included has its include's line.
        """
        row = box.line - 1 - before
        start = top - 1 - before
        inside = any(
            first <= row <= last and not first <= start <= last
            for first, last in self.loops
        )
        return inside or row == start

    def sides_of(self, group: Group, before: int) -> list[Group]:
        """Return a unit for each side of the `if` that encloses all that runs in it.

        What stands on one side of it never runs beside what stands on the other.
        """
        boxes = [box for box in group.containers if box.stage != "init"]
        rows = {id(box): box.line - 1 - before for box in boxes}
        for *sides, last in self.forks if len(boxes) > 1 else ():
            if not all(sides[0] < rows[id(box)] < last for box in boxes):
                continue
            on = {id(box): bisect_right(sides, rows[id(box)]) for box in boxes}
            names = {(on[id(box)], box.name) for box in boxes}
            if len(set(on.values())) > 1 and len(names) == len({n for _, n in names}):
                return _apart(group, on)
        return [group]

    def with_condition(self, box: Container, before: int) -> Container:
        """Return *box* with the innermost condition that its line depends on."""
        row = box.line - 1 - before
        inside = tuple(
            (sides[0] + 1 + before, bisect_right(sides, row))
            for *sides, last in self.forks
            if sides[0] <= row < last
        )
        box = replace(box, branches=inside) if inside else box
        around = [one for one in self.conditions if one[0] <= row <= one[1]]
        if idles(box):
            box = self._at_work(box, row, before)
        if not around:
            return box
        first, _, code = max(around)
        return replace(box, condition=Text(code, first + 1 + before))


def _apart(group: Group, on: dict[int, int]) -> list[Group]:
    """Return a unit for each number that *on* gives to the containers that run."""
    early = [box for box in group.containers if id(box) not in on]
    found: list[Group] = []
    for side in sorted(set(on.values())):
        own = [box for box in group.containers if on.get(id(box)) == side]
        marks = group.marks | ({"grows"} if early else set())
        boxes = tuple([*early, *own] if not found else own)
        asked = group.requests if not found else ()
        found.append(replace(group, containers=boxes, requests=asked, marks=marks))
    return found


def _indentation(rows: list[str]) -> int:
    """Return how many blanks all lines begin with that are not empty."""
    said = (row for row in rows if row.strip(f"{ADDED} "))
    return min((len(row) - len(row.lstrip(" ")) for row in said), default=0)


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands on the line around an action: ahead of it, and behind it.

    Other actions are left out, and blanks behind it.
    """
    ahead = text[text.rfind("\n", 0, start) + 1 : start]
    last = text.find("\n", end)
    behind = text[end : last if last >= 0 else len(text)]
    return _without_actions(ahead), _without_actions(behind).strip()


def _without_actions(text: str) -> str:
    return ACTION.sub("", text) if "{{" in text else text
