"""AWS CDK: code in five languages that builds the tasks of Amazon ECS.

Like the reader of Go, this one looks at the text and runs nothing: strings and comments
are blanked, brackets matched, and each `addContainer(…)` or `add_container(…)` on one
variable is a container of one task. What the code computes stays unknown. Only files of
a CDK project are looked at, which is a folder with a `cdk.json` or one whose code needs
the CDK, and what is below it.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sidecar_spotter.look import Look
from sidecar_spotter.model import Container, Group, Mount, Port, Text
from sidecar_spotter.readers.lines import Lines
from sidecar_spotter.tree import Unreadable

LARGEST = 1 << 18
"""Bytes of a file that a person wrote."""
MOST = 200
"""Calls of one file that are looked at."""
WIDEST = 8000
"""Characters of one value that are looked at."""

FILES = re.compile(r"(?<!\.d)\.(?:ts|js|py|java|cs)$")
TESTS = re.compile(
    r"(?:^|/)(?:tests?|__tests__)/|\.(?:test|spec)\.[jt]s$|(?:^|/)test_|Tests?\.\w+$"
)
HINT = re.compile(
    rb"[aA]dd(?:Container|_container|FirelensLogRouter|_firelens_log_router)\("
)

_STRINGS = r"\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?"
_TOKENS = {
    "ts": re.compile(
        r"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|`(?:\\.|[^`\\])*(?:`|\Z)|" + _STRINGS
    ),
    "py": re.compile(
        r"#[^\n]*|\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z)|" + _STRINGS
    ),
}
_TOKENS |= {"js": _TOKENS["ts"], "java": _TOKENS["ts"], "cs": _TOKENS["ts"]}
_CALL = re.compile(
    r"(?<![\w.])([\w.!?]{1,120}(?:\(\))?)\.(add_?(?:container|firelens_?log_?router))\(",
    re.I,
)
_ASSIGNED = re.compile(
    r"(?<![\w.])([\w.]{1,120})\s*(?::\s*[\w.]{1,80}\s*)?=(?![=>])\s*"
)
_LATER = re.compile(
    r"(?<![\w.])([\w.!?]{1,120})\.add_?(mount_?points|port_?mappings"
    r"|container_?dependencies)\(",
    re.I,
)
_OPENS = re.compile(r"\s*(?:new\s+[\w.]{1,120}\s*(?:\(\s*\))?\s*)?\{")
_STEP = re.compile(r"\.(\w{1,60})\(")
_FIELD = re.compile(r"\s*(\w+)\s*[:=](?![=>])")
_PORT = re.compile(r"container_?port[\"']?\s*[:=]\s*(\d{1,5})\b", re.I)
_VOLUME = re.compile(r"source_?volume[\"']?\s*[:=]\s*[\"']?([^\"',\s)}]+)", re.I)
_PATH = re.compile(r"container_?path[\"']?\s*[:=]\s*[\"']([^\"']*)", re.I)
_ONLY = re.compile(r"read_?only[\"']?\s*[:=]\s*true\b", re.I)
_OF = re.compile(r"\bcontainer\s*[:=]\s*([\w.]+)")
_ENDED = re.compile(r"\b(?:SUCCESS|COMPLETE)\b")
_OTHERS_TASK = re.compile(
    r"(?:self\.|this\.)?([\w.!?]{1,120})\.task_?definition\b", re.I
)
_OPTIONS = re.compile(r"\btask_?image_?options\s*[:=(]", re.I)

Span = tuple[int, int]


def suits(path: str, data: bytes) -> bool:
    """Whether the file is code that adds a container to a task."""
    return (
        FILES.search(path) is not None
        and TESTS.search(path) is None
        and HINT.search(data) is not None
    )


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield a unit for each task definition to which the file adds containers."""
    if len(data) > LARGEST:
        raise Unreadable(f"code of more than {LARGEST} bytes")
    code = Code(data.decode("utf-8", "replace"), path.rpartition(".")[2])
    later = list(islice(_LATER.finditer(code.shape), MOST))
    for task in _tasks(code):
        boxes = _completed(code, task, later)
        marks = {"code"} if task.start >= 0 else {"code", "partial"}
        made = code.shape[max(task.start, 0) : task.start + 600]
        if "Ec2TaskDefinition" in made and not re.search("AWS_?VPC", made, re.I):
            marks.add("bridge-network")  # what a task on EC2 has unless it asks
        yield Group(
            path,
            min(box.line for box in boxes),
            "ecs",
            "CDK task definition",
            task.name,
            tuple(boxes),
            marks=frozenset(marks),
        )


class Code:
    """A file as text whose strings and comments are blanked, and what it names."""

    def __init__(self, text: str, language: str) -> None:
        """Blank *text*, match its brackets, and note where its names lead."""
        self.text = text
        self._strings: dict[int, str] = {}
        self.shape = _TOKENS[language].sub(self._blank, text)
        self._starts = sorted(self._strings)
        self.line = Lines(text).of
        self.closes: dict[int, int] = {}
        waiting = []
        for match in re.finditer(r"[\[{()}\]]", self.shape):
            if match[0] in "[{(":
                waiting.append(match.start())
            elif waiting:
                self.closes[waiting.pop()] = match.start()
        self.assigned: dict[str, list[int]] = defaultdict(list)
        self._names: dict[int, str] = {}
        for match in _ASSIGNED.finditer(self.shape):
            self.assigned[plain(match[1])].append(match.end())
            self._names[match.end()] = plain(match[1])

    def _blank(self, match: re.Match[str]) -> str:
        said = match[0]
        if said[0] in "#/":
            return re.sub(r"[^\n]", " ", said)
        self._strings[match.start()] = said.strip("\"'`")
        return said[0] + re.sub(r"[^\n]", "_", said[1:-1]) + said[-1:] * (len(said) > 1)

    def strings(self, span: Span) -> Iterator[Text]:
        """Yield the strings that begin in a span."""
        last = bisect_left(self._starts, min(span[1], span[0] + WIDEST))
        for number in range(bisect_left(self._starts, span[0]), last):
            at = self._starts[number]
            yield Text(self._strings[at], self.line(at))

    def elements(self, opening: int) -> Iterator[Span]:
        """Yield what stands between the commas in a pair of brackets."""
        end = min(self.closes.get(opening, opening + 1), opening + WIDEST)
        at = begin = opening + 1
        while match := re.compile(r"[,{(\[]").search(self.shape, at, end):
            if match[0] == ",":
                yield begin, match.start()
                at = begin = match.end()
            else:
                at = self.closes.get(match.start(), match.start()) + 1
        if begin < end and self.shape[begin:end].strip():
            yield begin, end

    def fields(self, opening: int, *, inner: bool = True) -> dict[str, Span]:
        """Return the values of arguments by name: Python's, or in TypeScript's braces.

        Names are small and without the underscore that only one language has.
        """
        found: dict[str, Span] = {}
        for start, end in self.elements(opening):
            said = self.shape[start:end]
            if inner and (opening_ := _OPENS.match(said)) is not None:
                found |= self.fields(start + opening_.end() - 1, inner=False)
            elif inner and (built := said.find(".builder()")) >= 0:
                found |= self._built(start + built, end)
            elif match := _FIELD.match(self.shape, start, end):
                name = match[1].lower().replace("_", "")
                found.setdefault(name, (match.end(), end))
        return found

    def _built(self, start: int, end: int) -> dict[str, Span]:
        """Return the arguments of a chain of calls by their names, as Java has it."""
        found: dict[str, Span] = {}
        while match := _STEP.search(self.shape, start, end):
            start = self.closes.get(match.end() - 1, match.end())
            found.setdefault(match[1].lower(), (match.end(), start))
        return found

    def source(self, span: Span) -> str:
        """Return what stands in a span, in one line."""
        return " ".join(self.text[span[0] : min(span[1], span[0] + 200)].split())

    def name_at(self, at: int) -> str:
        """Return the variable that is given the value that begins at *at*."""
        return self._names.get(at, "")


def plain(name: str) -> str:
    """Return a name as all spell it: `this.task!` and `self.task` as `task`."""
    said = re.sub(r"[!?]|\(\)", "", name)
    return said.removeprefix("this.").removeprefix("self.")


@dataclass(frozen=True, slots=True)
class Task:
    """A task definition, and the containers that are added to it by variable."""

    name: str
    start: int
    """Where it is made; -1 where that is elsewhere."""
    boxes: tuple[tuple[str, Container], ...]


def _tasks(code: Code) -> Iterator[Task]:
    """Yield the task definitions of a file in the order of their first containers."""
    found: dict[tuple[str, int], list[tuple[str, Container]]] = defaultdict(list)
    for match in islice(_CALL.finditer(code.shape), MOST):
        name = plain(match[1])
        owner = re.sub(r"\.(?:get)?task_?definition\Z", "", name, flags=re.I)
        start = _made(code, owner, match.start())
        other = _OTHERS_TASK.match(code.shape, start) if start >= 0 else None
        if other is not None:  # `task = pattern.taskDefinition`
            owner = plain(other[1])
            start = _made(code, owner, match.start())
        boxes = found[owner, start]
        if not boxes and start >= 0 and owner != name:
            boxes += _of_pattern(code, start, match.start())
        router = "irelens" in match[2]
        boxes.append((code.name_at(match.start(1)), _container(code, match, router)))
    for (name, start), boxes in found.items():
        yield Task(name, start, tuple(boxes))


def _made(code: Code, name: str, at: int) -> int:
    """Return where the variable *name* was last given a value before a place, or -1."""
    places = code.assigned.get(name, [])
    place = bisect_right(places, at)
    return places[place - 1] if place else -1


def _of_pattern(code: Code, start: int, end: int) -> list[tuple[str, Container]]:
    """Return the container that a pattern of CDK adds by itself, from its options."""
    match = _OPTIONS.search(code.shape, start, min(end, start + WIDEST))
    if match is None:
        return []
    if match[0].endswith("("):
        opening = match.end() - 1
    else:
        opening = code.shape.find("{", match.end(), match.end() + 200)
    if opening < 0:
        opening = code.shape.find("(", match.end(), match.end() + 200)
    fields = code.fields(opening) if opening >= 0 else {}
    name = next(code.strings(fields.get("containername", (0, 0))), Text("web", 0)).text
    return [("", _described(code, name, match.start(), fields))]


def _container(code: Code, match: re.Match[str], router: bool) -> Container:
    """Return the container that a call adds."""
    opening = match.end() - 1
    first = next(code.elements(opening), (opening, opening))
    fields = code.fields(opening)
    said = next(code.strings(first), Text(code.source(first), 0)).text
    name = next(code.strings(fields.get("containername", (0, 0))), Text(said, 0)).text
    box = _described(code, name, first[0] + 1, fields)
    box = replace(box, line=code.line(match.start()))
    if router:
        says = "configured: gets the logs of the other containers, as their log router"
        box = replace(box, notes=(Text(says, box.line),))
    return box


def _described(code: Code, name: str, at: int, fields: dict[str, Span]) -> Container:
    """Return the container that *fields* describe, on the line of *at*."""
    nothing = (0, 0)
    image = fields.get("image")
    said = ""
    if image is not None:
        said = next(code.strings(image), Text(code.source(image), 0)).text
        if "from_asset" in code.source(image).lower() or "fromAsset" in code.source(
            image
        ):
            said = code.source(image)  # a folder, and no image's name
    ports = fields.get("portmappings", nothing)
    return Container(
        name=name,
        line=code.line(at),
        image=Text(said, code.line(image[0])) if image is not None else None,
        words=tuple(
            word
            for field in ("entrypoint", "command")
            for word in code.strings(fields.get(field, nothing))
        ),
        settings=tuple(_settings(code, fields.get("environment", nothing))),
        ports=tuple(_ports(code, ports)),
        essential="false" not in code.source(fields.get("essential", nothing)).lower(),
    )


def _settings(code: Code, span: Span) -> Iterator[Text]:
    opening = code.shape.find("{", *span)
    for start, end in code.elements(opening) if opening >= 0 else ():
        said = " ".join(code.text[start : min(end, start + 300)].split())
        name, colon, value = said.partition(":")
        if colon:
            strip = " \"'`"
            yield Text(
                f"{name.strip(strip)}={value.strip(strip)}", code.line(start + 1)
            )


def _ports(code: Code, span: Span) -> Iterator[Port]:
    start, end = span
    for match in _PORT.finditer(code.text, start, min(end, start + WIDEST)):
        yield Port(int(match[1]), "", code.line(match.start()))


# --- what later lines add


def _completed(
    code: Code, task: Task, later: Sequence[re.Match[str]]
) -> list[Container]:
    """Return the containers of a task with what *later* calls say of them."""
    boxes = {box.name: box for _, box in task.boxes}
    named = {variable: box.name for variable, box in task.boxes if variable}
    for match in later:
        name = named.get(plain(match[1]))
        if name is None:
            continue
        box = boxes[name]
        start = match.end()
        span = start, min(code.closes.get(start - 1, start), start + WIDEST)
        what = match[2].lower().replace("_", "")
        if what == "portmappings":
            boxes[name] = replace(box, ports=(*box.ports, *_ports(code, span)))
        elif what == "mountpoints":
            boxes[name] = replace(box, mounts=(*box.mounts, *_mounts(code, span)))
        else:
            said = code.text[span[0] : span[1]]
            for one in _OF.finditer(said):
                other = named.get(plain(one[1]))
                rest = said[one.end() : one.end() + 120]
                if other is None:
                    continue
                if _ENDED.search(rest):
                    boxes[other] = replace(boxes[other], stage="init")
                else:
                    wait = Text(other, code.line(span[0] + one.start()))
                    box = boxes[name]
                    boxes[name] = replace(box, waits_for=(*box.waits_for, wait))
    return list(boxes.values())


def _mounts(code: Code, span: Span) -> Iterator[Mount]:
    """Yield the mounts that a call lists, each from one `sourceVolume` to the next."""
    found = list(_VOLUME.finditer(code.text, *span))
    for number, match in enumerate(found):
        last = number + 1 == len(found)
        start = found[number - 1].end() if number else span[0]
        end = span[1] if last else found[number + 1].start()
        path = _PATH.search(code.text, match.end(), end) or _PATH.search(
            code.text, start, match.start()
        )
        only = _ONLY.search(code.text, match.end(), end) is not None
        where = path[1] if path is not None else ""
        yield Mount(match[1], where, only, code.line(match.start()))
