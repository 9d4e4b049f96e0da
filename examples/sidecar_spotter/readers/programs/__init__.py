"""Programs that build pods: operators and Pulumi's, in seven languages other than Go.

Like the readers of Go and of AWS CDK, this one looks at the text and runs nothing. A
container is a call of a known type, as `V1Container(name=…, image=…)`, a chain of
calls as Java has them, or an object in a list that is called `containers`. One pod is
what such a list holds: in place, in a variable, or in a function of the same file. A
container that goes elsewhere is a part, with the mark `partial`.

How a language writes strings, comments and functions stands in `readers/languages/`.
Here, from module to module: `typed`, `chains` and `objects` find containers, each by
one way to write them, and `program` puts them together; `pods` finds the lists, and
`follow` goes from a list to what is in it; `containers` describes one container, and
`annotations` what is asked for.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group
from sidecar_spotter.readers.common import code_files, manifests
from sidecar_spotter.readers.languages import language_of
from sidecar_spotter.readers.programs.annotations import asked
from sidecar_spotter.readers.programs.containers import container
from sidecar_spotter.readers.programs.literal import Literal
from sidecar_spotter.readers.programs.patched import patched
from sidecar_spotter.readers.programs.pods import pods
from sidecar_spotter.readers.programs.program import Program, parse
from sidecar_spotter.tables.known import split

ENDINGS = (".ts", ".js", ".py", ".java", ".cs", ".kt", ".rs")
SKIPPED = re.compile(
    code_files.NOT_READ + r"|(?:^|/)e2e/|_(?:test|spec)\.[jt]s$"
    r"|(?:^|/)(?:models|generated|types/input|node_modules|vendor)/|_test\.go$"
)
HINT = re.compile(
    rb"V1Container(?:Builder)?\b|ContainerArgs\(|new Container(?:Builder)?\("
    rb"|addNew(?:Init)?Container\(|ontainer_?[bB]uilder(?:::new)?\("
    rb"|(?:init_?)?containers[\"']?\s*[:=]\s*(?:vec!|Some\(|[\[({]|\n)"
    rb"|[\"'](?:dapr\.io/enabled|[\w.-]+/(?:[\w.-]*-)?inject(?:ion)?)[\"']"
    rb"|[\"'](?:istio-injection|istio\.io/rev)[\"']"
    rb"|container_?definitions[\"']?\s*[:=]|firelens_?configuration"
    rb"|/containers/-"
    rb"|\w(?:container|sidecar)(?:\s*:\s*[\w.<>]{1,80})?\s*=\s*\{"
    rb"|\wContainer(?:Definition)?Args\(",
    re.I,
)


TASKS_IN_GO = re.compile(rb"\bContainerDefinitions\s*:|\w\.\w+ContainerArgs\{")
"""What Go code has that builds a task of Amazon ECS, or a unit of Pulumi's."""


DEPLOYS = re.compile(
    rb"[\"'@. ](?:aws[-_]cdk|awscdk|cdk8s|cdktf)\b|[\"'@. /][pP]ulumi(?:\b|_)"
)
"""What a program needs that is a deployment written down, and no operator."""


def suits(path: str, data: bytes) -> bool:
    """Whether the file is code of the repository, and no test, that could build one.

    Pods in Go have a reader of their own, which is asked before.
    """
    if path.endswith(".go"):
        small = len(data) <= code_files.LARGEST  # the largest are generated
        return small and code_files.suits(path, data, (".go",), SKIPPED, TASKS_IN_GO)
    return code_files.suits(path, data, ENDINGS, SKIPPED, HINT)


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield a unit for each pod, or lone container, that the file builds."""
    program = parse(code_files.text_of(data), language_of(path))
    taken: set[int] = set()
    deploys = {"deploys"} if DEPLOYS.search(data) else set()
    for group in _pods(path, program, taken):
        whole = "partial" not in group.marks
        yield replace(group, marks=group.marks | deploys) if whole else group
    for literal, stage, function in patched(program):
        if literal.at not in taken:
            taken.add(literal.at)
            box = container(program, literal, stage)
            marks = frozenset(("code", "partial", "injects"))
            boxes = (box,)
            yield Group(
                path, box.line, "kubernetes", "code", function, boxes, marks=marks
            )
    if requests := tuple(asked(program.code)):
        marks = frozenset({"code"})
        at = requests[0].line
        yield Group(path, at, "kubernetes", "code", "", requests=requests, marks=marks)
    yield from manifests.units(path, program.code.text, program.code.texts())
    for literal in program.literals:
        if literal.sure and literal.at not in taken:
            yield from _alone(path, program, literal)


def _pods(path: str, program: Program, taken: set[int]) -> Iterator[Group]:
    """Yield the pods, and add the places of their containers to *taken*."""
    for pod in pods(program):
        boxes = []
        for literal, stage in pod.members:
            if literal.at not in taken:
                taken.add(literal.at)
                boxes.append(container(program, literal, stage))
        if boxes:
            yield Group(
                path,
                min(box.line for box in boxes),
                pod.platform,
                "code",
                pod.function,
                tuple(boxes),
                marks=frozenset({"code"} if pod.whole else {"code", "partial"}),
            )


def _alone(path: str, program: Program, literal: Literal) -> Iterator[Group]:
    """Yield the container that a literal says, for a pod that stands elsewhere."""
    function = program.functions.name(literal.at)
    own = "" if function == "__init__" else function  # Python's, of any class
    told = {"init"} & {*split(own), *split(literal.variable)}
    box = container(program, literal, "init" if told else literal.stage)
    if split(box.name)[:1] == ["init"]:
        box = replace(box, stage="init")
    if box.name or box.image:
        marks = frozenset(("code", "partial"))
        at = box.line
        yield Group(path, at, "kubernetes", "code", function, (box,), marks=marks)
