"""Helm charts and other Go templates of Kubernetes YAML, read without helm.

A template is no YAML before it is rendered, and rendering needs values that nobody
gave us. So its text is made into YAML that says as much: lines that only steer (`if`,
`range`, `end`) are emptied, every expression becomes one word that stands for it, and
a named template that the chart defines is put where it is included. Both sides of an
`if` stay, since the question is what the chart can deploy. No line moves.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import yaml

from sidecar_spotter.discover import form_of
from sidecar_spotter.known import split
from sidecar_spotter.look import Look
from sidecar_spotter.model import Container, Group, Request, Text
from sidecar_spotter.readers import kubernetes
from sidecar_spotter.tree import (
    At,
    Node,
    Unreadable,
    documents,
    get,
    items,
    mend,
    scalars,
    walk,
    without_statements,
)

FORMS = ("yaml", "json", "template")
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
DEFINE = re.compile(r"\{\{-?\s*(?:define|block)\s+\"([^\"]+)\"[^}]*\}\}")
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
INCLUDES_SEEN = 20
"""Places in a file that include one template that are looked at."""
FAR = 20_000
"""Characters between the key of a list and what is included in it."""
ADDS = re.compile(rb"[aA]dditionalContainers|[eE]xtraContainers|[sS]idecars?\b")
"""A list of helpers, to which a template may hand on what it includes."""
NEAR = 300
"""Characters behind an include that are looked at for that."""
STEERED = re.compile(rb"^[ \t]*\{\{-? *(?:if|else|end|range|with|define)\b", re.M)
"""A line that only steers, which makes a template of a file wherever it lies."""
LISTS = re.compile(rb"\b(containers|initContainers):")
DEFINED = re.compile(rb"\{\{-? *define\b")
NAMED = re.compile(rb"\s*\{\{-?\s*(?:define|block)\s")
NOT_BESIDE = {"init", "wait", "migrate", "migration", "migrations", "job"}
"""In the name of a template, these tell that its containers end."""
LOOPED = re.compile(
    r"\{\{-? *(?:tpl +)?(?:\(?toString +)?(?:\$\w+(?:\.\w+)*|\.[a-z]\w*)\b"
    r"[^{}]{0,80}\}\}"
)
"""What a loop's variable says: `$one.name`, or `.name` of the dot that it sets."""
PASSED = re.compile(r"\((list|dict)\b([^()]{0,400})\)")
ARGUMENT = re.compile(r"\"([^\"]*)\"|[^\s\"]+")
BOUND = re.compile(r"\{\{-? *(\$\w+) *:= *(?:index \. (\d)|\.(\w+)) *-?\}\}")
EITHER = re.compile(
    r"\{\{-? *if \.([a-z]\w*) *-?\}\}([^{}]*)\{\{-? *else *-?\}\}([^{}]*)"
    r"\{\{-? *end *-?\}\}"
)
"""A choice by an argument. All that a chart itself hands over is written large."""
ASKED = re.compile(
    r"\{\{-? *(?:\(?index \. (\d)\)?|\.(\w+)|(\$\w+)) *(?:\| *quote *)?-?\}\}"
)


def suits(path: str, data: bytes) -> bool:
    """Whether the file is a template that could hold a unit."""
    if b"{{" not in data or form_of(path) not in FORMS:
        return False
    return kubernetes.hinted(data, path) or (b"define " in data and b"image:" in data)


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the units of all documents, and those that named templates hold."""
    data = without_statements(data)
    charted = "templates" in path.split("/") or path.endswith(".tpl")
    if not charted and STEERED.search(data) is None:
        # Braces in a string or a comment do not make a template.
        with suppress(Unreadable):
            yield from list(kubernetes.read(path, data, look))
            return
    lines = data.split(b"\n")
    known = named_templates(path, look)
    with_images = [b'"%s"' % name.encode() for name, body in known.items() if body]
    ways: list[kubernetes.Way] = []
    found: list[Group] = []
    fault: Unreadable | None = None
    for before, part in pieces(data):
        named = (
            b"\nimage:" in part or (b"- name" in part and b"image" in part)
        ) and NAMED.match(part) is not None
        hint = named or kubernetes.hinted(part, path)
        includes = b"include" in part and any(name in part for name in with_images)
        if not hint and b"kind: Service" not in part and not includes:
            continue
        try:
            page = Page(part.decode("utf-8", "replace"), known)
        except Unreadable as error:
            fault = fault or error
            continue
        plain = page.plain.encode("utf-8", "replace")
        hint = named or kubernetes.hinted(plain, path)
        if not hint and b"kind: Service" not in part:
            continue
        try:
            tree = page.tree(before)
        except Unreadable as error:
            fault = fault or error
            continue
        ways += kubernetes.ways_in(tree)
        for group in (
            *kubernetes.units(path, tree, lines),
            *_named(path, part, tree, look),
        ):
            boxes = tuple(
                page.with_condition(box, before)
                for box in group.containers
                if not (_is_users(box) and page.loops_over(box, group.line, before))
            )
            marks = group.marks | {"template"}
            whole = replace(group, containers=boxes, marks=marks)
            found += page.sides_of(whole, before)
        if found and found[-1].line > before:
            found[-1] = replace(
                found[-1], requests=found[-1].requests + tuple(page.fills(before))
            )
    yield from (kubernetes.with_ways(group, ways) for group in found)
    if fault is not None:
        raise fault


def _named(path: str, part: bytes, tree: Node | None, look: Look) -> Iterator[Group]:
    """Yield the containers that are all of a named template, to be put into a unit."""
    if tree is None or not part.startswith(b"{{"):
        return
    name = DEFINE.match(part.decode("utf-8", "replace"))
    whole = get(tree, "image") is not None and get(tree, "name") is not None
    if name is None or not (items(tree) or whole):
        return
    lists = _put_into(name[1].encode(), path, look)
    if not lists and not NOT_BESIDE.isdisjoint(split(name[1])):
        return
    early = bool(lists) and b"containers" not in lists
    boxes = [
        kubernetes.container(box, part.split(b"\n"), early=early)
        for box in ([tree] if whole else items(tree))
        if get(box, "image") is not None and get(box, "name") is not None
    ]
    if boxes:
        yield Group(
            path,
            boxes[0].line,
            "kubernetes",
            "named template",
            name[1],
            tuple(boxes),
            marks=frozenset(
                {"partial", "beside"} if lists and not early else {"partial"}
            ),
        )


def _put_into(name: bytes, path: str, look: Look) -> set[bytes]:
    """Return the lists, `containers` or `initContainers`, that include a template."""
    found = set()
    folders = path.split("/")
    if "templates" in folders:
        top = "/".join(folders[: len(folders) - folders[::-1].index("templates")])
        for other in look.below(top):
            data = (look(other) or b"") if other.endswith((".yaml", ".tpl")) else b""
            at = -1
            for _ in range(INCLUDES_SEEN):
                at = data.find(b'"%s"' % name, at + 1)
                if at < 0:
                    break
                if ADDS.search(data, at, at + NEAR):
                    found.add(b"containers")
                keys = list(LISTS.finditer(data, max(at - FAR, 0), at))
                if keys and not DEFINED.search(data, keys[-1].end(), at):
                    found.add(keys[-1][1])
    return found


def _is_users(box: Container) -> bool:
    """Whether a container is one of those that users may list in the values.

    A loop over such a list takes name and image from its variable.
    """
    if not LOOPED.fullmatch(box.name):
        return False
    return box.image is None or LOOPED.match(box.image.text) is not None


def pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield documents and bodies of named templates, with the lines before each."""
    text = data.decode("utf-8", "replace")
    if DEFINE.search(text) is None:
        yield from documents(data)
        return
    starts = [match.start() for match in DEFINE.finditer(text)] + [len(text)]
    head = text[: starts[0]]
    yield from documents(head.encode())
    before = head.count("\n")
    for start, end in pairwise(starts):
        body = text[start:end]
        for inner, part in documents(body.encode()):
            yield before + inner, part
        before += body.count("\n")


def named_templates(path: str, look: Look) -> dict[str, str]:
    """Return the named templates of the chart that *path* belongs to, by name.

    Without an image in its text, one can bring no container: it is empty here.
    """
    folders = path.split("/")[:-1]
    found: dict[str, str] = {}
    if "templates" not in folders:
        return found
    depth = len(folders) - folders[::-1].index("templates")
    chart = "/".join([*folders[: depth - 1], ""])
    libraries = _libraries(look(f"{chart}Chart.yaml") or b"")
    for other in (
        *look.below("/".join(folders[:depth])),
        *(look.names("/".join(folders)) if len(folders) > depth + 1 else ()),
        *(one for path in libraries for one in look.names(f"{chart}{path}/templates")),
    ):
        if other.endswith(".tpl") or other.rpartition("/")[2].startswith("_"):
            for name, body in _defined(look(other) or b""):
                found.setdefault(name, body)
    return found


@lru_cache(maxsize=64)
def _defined(data: bytes) -> list[tuple[str, str]]:
    """Return the named templates of a file; the text of those alone that hold images.

    A chart's other templates read the same file.
    """
    text = data.decode("utf-8", "replace")
    matches = list(DEFINE.finditer(text))
    ends = [*(match.start() for match in matches), len(text)][1:]
    bodies = (text[m.end() : end] for m, end in zip(matches, ends, strict=True))
    return [
        (match[1], body if "image" in body else "")
        for match, body in zip(matches, bodies, strict=True)
    ]


LIBRARY = re.compile(rb"repository: *[\"']?file://([\w./-]{1,100})")


def _libraries(chart: bytes) -> list[str]:
    """Return where the charts lie that a chart names, in the same checkout."""
    return [match[1].decode() for match in LIBRARY.finditer(chart)][:8]


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
        self.plain = plain.replace(ADDED, "")

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
            row += between.count("\n")
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
        """
        match = INCLUDE.match(code)
        body = known.get(match[1], "") if match else ""
        if not deep or not body:
            return ""
        indent = INDENT.search(code)
        column = " " * (int(indent[1]) if indent else at)
        body = _with_arguments(body, code)
        rows = self._plain(body, known, deep - 1).split("\n")
        return "".join(f"{ADDED}\n{column}{row.rstrip(ADDED)}" for row in rows)

    def tree(self, before: int) -> Node | None:
        """Return the tree of the page, which has *before* lines in front of it."""
        rows = [row + before for row in self.rows]
        node = mend(self.plain.encode("utf-8", "replace"), rows=rows)
        self._restore(node, before)
        return node

    def _restore(self, node: Node | None, before: int) -> None:
        """Put expressions back where words stand for them, and lines where they are."""
        moves = before or self.rows[-1] + 1 < len(self.rows)
        places = [At(row + before) for row in self.rows] if moves else []
        for one in walk(node) if moves else scalars(node):
            if moves:
                one.start_mark = places[min(one.start_mark.line, len(places) - 1)]
            if isinstance(one, yaml.ScalarNode) and "\ue000" in one.value:
                one.value = WORD.sub(lambda match: self.words[int(match[1])], one.value)

    def fills(self, before: int) -> Iterator[Request]:
        """Yield a word for each list of containers that users may fill."""
        for name, row in self.open_lists.items():
            if name not in self.put_in:
                continue
            says = "is a list that users may fill in the values; nothing stands in it"
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
        around = [one for one in self.conditions if one[0] <= row <= one[1]]
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


def _with_arguments(body: str, call: str) -> str:
    """Return a named template's text with the words in it that *call* hands over.

    `include "x.agent" (list $ "tail")` names what `index . 1` is, and a `dict` what
    its fields are.
    """
    passed = PASSED.search(call)
    said = [(one[0], one[1]) for one in ARGUMENT.finditer(passed[2] if passed else "")]
    if passed is None or passed[1] == "dict":
        names = {word for _, word in said[::2]}
        body = EITHER.sub(lambda match: match[2 if match[1] in names else 3], body)
    if passed is None:
        return body
    given: dict[str, str] = {}
    if passed[1] == "list":
        pairs = [(str(place), *one) for place, one in enumerate(said)]
    else:
        pairs = [
            (name[1] or "", *one)
            for name, one in zip(said[::2], said[1::2], strict=False)
        ]
    for name, whole, word in pairs:
        if whole.startswith('"'):
            given[name] = word
    for match in BOUND.finditer(body):
        if (word := given.get(match[2] or match[3])) is not None:
            given[match[1]] = word

    def say(match: re.Match[str]) -> str:
        return given.get(match[1] or match[2] or match[3], match[0])

    return ASKED.sub(say, body) if given else body


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
