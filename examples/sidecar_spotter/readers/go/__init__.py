"""Go code that builds containers, as operators and injectors do.

The code is read by its text: strings and comments are blanked, brackets matched, and
then a composite literal such as `corev1.Container{Name: "proxy", …}` is a list of
fields. Nothing is run or type-checked, so what a function adds to a name or an image
stays unknown. Containers in one `PodSpec{…}` are one unit. A container that is returned
or appended elsewhere is a unit by itself, with the mark `partial`; and `injects` where
the code appends it to the containers of a pod that it was given.

From module to module: `files` says what is read; `program` is the text with what its
`names` stand for and the lists in which they land (`landings`); `literals` finds
containers, and `calls` those that a function makes by a given name; `pods` and
`together` say which make a unit, `choices` which of them never run together, and
`given` finds pods that others made;
`containers` describes one, by the `values` of its
fields. `maps` reads those that are written as maps.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group, Stage
from sidecar_spotter.readers.common import code_files, manifests
from sidecar_spotter.readers.go import maps
from sidecar_spotter.readers.go.calls import called_in, instead
from sidecar_spotter.readers.go.choices import choices
from sidecar_spotter.readers.go.containers import container
from sidecar_spotter.readers.go.files import ENDINGS, HINT, LARGEST, SKIPPED
from sidecar_spotter.readers.go.given import given
from sidecar_spotter.readers.go.landings import APPENDS
from sidecar_spotter.readers.go.literals import Literal, literals
from sidecar_spotter.readers.go.package import Package
from sidecar_spotter.readers.go.pods import (
    Pod,
    is_begun,
    places,
    pods,
    position,
    shares,
    stage_of,
    volumes,
)
from sidecar_spotter.readers.go.program import Program, parse
from sidecar_spotter.readers.go.together import together
from sidecar_spotter.readers.programs.annotations import asked

MOST = 300
"""Literals of one file that are looked at."""


def suits(path: str, data: bytes) -> bool:
    """Whether the file is Go code of the repository, and no test, that builds one."""
    return code_files.suits(path, data, ENDINGS, SKIPPED, HINT)


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield a unit for each pod, or lone container, that the file builds."""
    program = parse(code_files.text_of(data, LARGEST, "Go code"))
    yield from manifests.units(path, program.code.text, program.code.texts())
    yield from _built(path, program, Package(path, look))
    told = set()
    for group in maps.units(path, program):
        told |= {one.line for one in group.requests}
        yield group
    if requests := tuple(one for one in asked(program.code) if one.line not in told):
        at, kind, marks = requests[0].line, "Go code", frozenset(("code",))
        yield Group(path, at, "kubernetes", kind, "", requests=requests, marks=marks)


def _built(path: str, program: Program, package: Package) -> Iterator[Group]:
    """Yield the units that the code itself builds: lists, lone containers, pods."""
    code = program.code
    found = list(islice(instead(program, list(literals(program))), MOST))
    specs = pods(program)
    whole = list(given(program, found, specs))
    specs += whole
    units = together(program, found, specs)
    for unit in units:
        boxes = tuple(container(program, one, "run", package) for one in unit)
        first = unit[0]
        yield Group(
            path,
            code.line(first.start),
            "kubernetes",
            "Go function",
            first.function,
            boxes,
            marks=frozenset(("code", "grows") if len(boxes) == 1 else ("code",)),
        )
    apart = {id(one) for unit in units for one in unit}
    members: dict[int, list[tuple[Literal, Stage]]] = defaultdict(list)
    for literal in found:
        if id(literal) in apart:
            continue
        into = list(places(program, literal, specs))
        for pod, stage in into:
            members[pod.open].append((literal, stage))
        if into:
            continue
        stage = stage_of(program, literal)
        yield Group(
            path,
            code.line(literal.start),
            "kubernetes",
            "Go function",
            literal.function,
            (container(program, literal, stage, package),),
            marks=frozenset({"code", "partial", *_injects(program, literal)}),
        )
    for pod in specs:
        if pod.open in members:
            grows = pod in whole or program.landings.grows(pod.open)
            yield _of_pod(path, program, package, pod, members[pod.open], grows=grows)


def _of_pod(
    path: str,
    program: Program,
    package: Package,
    pod: Pod,
    members: list[tuple[Literal, Stage]],
    *,
    grows: bool,
) -> Group:
    """Return the unit of a pod: its containers in the order of its lists.

    It *grows* where more is put in than what is known to be.
    """
    known = frozenset(name for one, _ in members for name in one.names)
    for stage, span, names in pod.lists:
        calls = called_in(program, span, known & names)
        members += ((one, stage) for one in calls)
    members.sort(key=lambda one: position(program, pod, one[0]))
    begun = is_begun(pod, members)
    marks = {"code", *(("partial", "injects") if begun else ())}
    marks |= {"grows"} if grows and not begun else set()
    branches = choices(program, pod, [one for one, _ in members])
    return Group(
        path,
        program.code.line(pod.open),
        "kubernetes",
        "Go function",
        program.functions.name(pod.open),
        tuple(
            replace(
                container(program, one, stage, package),
                branches=branches.get(one.open, ()),
            )
            for one, stage in members
        ),
        tuple(volumes(program, pod)),
        shares=tuple(shares(program.code, pod)),
        marks=frozenset(marks),
    )


def _injects(program: Program, literal: Literal) -> set[str]:
    """Return the mark `injects` for what is appended to a pod that is given."""
    named = literal.names & program.landings.appended
    there = APPENDS.search(program.code.before(literal.start))
    if not (named or there) or program.landings.makes_each(literal.start):
        return set()
    return {"injects"}
