"""AWS CDK: code in five languages that builds the tasks of Amazon ECS.

Like the reader of Go, this one looks at the text and runs nothing: strings and comments
are blanked, brackets matched, and each `addContainer(…)` or `add_container(…)` on one
variable is a container of one task. What the code computes stays unknown. Only files of
a CDK project are looked at, which is a folder with a `cdk.json` or one whose code needs
the CDK, and what is below it.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Container, Group, Mount, Port, Text
from sidecar_spotter.readers.cdk import cdk8s, constructs, given
from sidecar_spotter.readers.common import code_files
from sidecar_spotter.readers.common.source import Code, Span, plain
from sidecar_spotter.readers.languages import language_of
from sidecar_spotter.readers.languages.language import WIDEST
from sidecar_spotter.units import prepares

MOST = 200
"""Calls of one file that are looked at."""

ENDINGS = (".ts", ".js", ".py", ".java", ".cs", ".go")
SKIPPED = re.compile(code_files.NOT_READ)
HINT = re.compile(
    (
        r"[aA]dd(?:Container|_container|FirelensLogRouter|_firelens_log_router)\("
        r"|ecs\.ContainerDefinition\(|NewContainerDefinition\(|" + constructs.HINT
    ).encode()
)

_CALL = re.compile(
    r"(?<![\w.!?])(?:(\w[\w.!?]{0,119}(?:\(\))?)"
    r"\.(add_?(?:(?:init_?)?container|firelens_?log_?router))"
    r"|(?:new\s+)?(?:\w{1,60}\.)?(?:New)?ContainerDefinition)\(",
    re.I,
)
"""A call that adds a container to a task, or makes one for a task that it names."""
_LATER = re.compile(
    r"(?<![\w.!?])(\w[\w.!?]{0,119})\.add_?(mount_?points|port_?mappings"
    r"|container_?dependencies)\(",
    re.I,
)
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


def suits(path: str, data: bytes) -> bool:
    """Whether the file is code that adds a container to a task."""
    if path.endswith(".go") and b"awscdk" not in data:
        return False  # a name like AddContainer is anybody's
    return code_files.suits(path, data, ENDINGS, SKIPPED, HINT)


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield a unit for each task definition to which the file adds containers."""
    code = Code(code_files.text_of(data), language_of(path))
    later = list(islice(_LATER.finditer(code.shape), MOST))
    pods = cdk8s.USED.search(code.text) is not None
    for task in _tasks(code):
        boxes = _completed(code, task, later)
        marks = {"code", "deploys"} if task.start >= 0 else {"code", "partial"}
        made = code.shape[max(task.start, 0) : task.start + 600]
        if "Ec2TaskDefinition" in made and not re.search("AWS_?VPC", made, re.I):
            marks.add("bridge-network")  # what a task on EC2 has unless it asks
        yield Group(
            path,
            min(box.line for box in boxes),
            "kubernetes" if pods else "ecs",
            cdk8s.KIND if pods else "CDK task definition",
            task.name,
            tuple(boxes),
            marks=frozenset(marks),
        )
    for ask in constructs.requests(code):
        yield Group(
            path,
            ask.line,
            "ecs",
            "CDK construct",
            "",
            requests=(ask,),
            marks=frozenset(("code", "deploys")),
        )


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
    pods = cdk8s.USED.search(code.text) is not None
    for match in islice(_CALL.finditer(code.shape), MOST):
        name = plain(match[1]) if match[1] else _task_of(code, match)
        if not name:
            continue
        owner = re.sub(r"\.(?:get)?task_?definition\Z", "", name, flags=re.I)
        start = _made(code, owner, match.start())
        other = _OTHERS_TASK.match(code.shape, start) if start >= 0 else None
        if other is not None:  # `task = pattern.taskDefinition`
            owner = plain(other[1])
            start = _made(code, owner, match.start())
        boxes = found[owner, start]
        if not boxes and start >= 0 and owner != name:
            boxes += _of_pattern(code, start, match.start())
        router = "irelens" in (match[2] or "")
        start = match.start(1) if match[1] else match.start()
        if pods and match[1]:
            box = cdk8s.container(code, match)
        else:
            box = _container(code, match, router)
        boxes.append((code.name_at(start), box))
    for (name, start), boxes in found.items():
        yield Task(name, start, tuple(boxes))


def _task_of(code: Code, match: re.Match[str]) -> str:
    """Return the variable of the task for which a call makes a container."""
    field = code.fields(match.end() - 1).get("taskdefinition")
    said = plain(code.source(field)) if field is not None else ""
    return said if re.fullmatch(r"[\w.]{1,120}", said) else ""


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
    arguments = list(islice(code.elements(opening), 3))
    # A construct is given its scope first, and then its name.
    first = (arguments[0 if match[1] else 1 :] or [(opening, opening)])[0]
    fields = {**given.fields(code, arguments, match.start()), **code.fields(opening)}
    said = next(code.strings(first), Text(code.source(first), 0)).text
    name = next(code.strings(fields.get("containername", (0, 0))), Text(said, 0)).text
    box = _described(code, name, first[0] + 1, fields)
    box = replace(box, line=code.line(match.start()))
    if router:
        says = "configured: gets the logs of the other containers, as their log router"
        box = replace(box, notes=(Text(says, box.line),))
    if loop := given.loop_over_sidecars(code, match.start()):
        box = replace(box, notes=(*box.notes, Text(f"field: {loop}", box.line)))
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
    return [
        replace(box, stage="init") if prepares(box) else box for box in boxes.values()
    ]


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
