"""The pods that Go code spells out, and which container is put into which."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sidecar_spotter.model import Stage, Text, Volume
from sidecar_spotter.readers.common.source import Code, Span
from sidecar_spotter.readers.go.literals import Literal
from sidecar_spotter.readers.go.names import NAME
from sidecar_spotter.readers.go.program import Program
from sidecar_spotter.readers.go.values import (
    ASSIGNMENTS,
    chain,
    end_of_statement,
    fields,
    rows,
    say,
)
from sidecar_spotter.readers.languages.language import WIDEST
from sidecar_spotter.tables.known import split

MOST = 300
"""Specifications of one file that are looked at."""
ENDING = {"init", "bootstrap"}
"""In the name of a function or a container, these tell that it ends."""

STAGES: dict[str, Stage] = {"InitContainers": "init", "Containers": "run"}
_SHARED = {
    "ShareProcessNamespace": "processes",
    "HostNetwork": "network-of-the-host",
    "HostPID": "processes-of-the-host",
}
_SPEC = re.compile(r"\bPodSpec(?:Args)?\{")
_GETS = re.compile(
    r"(?:^|\n)[ \t]*(?:var[ \t]+)?(\w+)(?:,[ \t]*\w+){0,2}[ \t]*:?=[ \t]*&?[\w.]*\Z"
)
"""The name that gets a literal, in front of the literal's brace."""
_TO_LIST = re.compile(r"(?<![\w.])(\w+)\s*:?=\s*append\(\s*\1\s*,")
"""A list of the function's own that gets one more."""
_APPLIED = re.compile(r"\b\w+\.PodSpec\(\)(?=\s*\.)")
"""What begins a chain of calls that builds a configuration to apply."""


@dataclass(frozen=True, slots=True)
class Pod:
    """A literal of a pod's specification."""

    open: int
    """Where it begins."""
    fields: dict[str, Span]
    lists: tuple[tuple[Stage, Span, frozenset[str]], ...]
    """Its lists of containers, and the names in each."""


def pods(program: Program) -> list[Pod]:
    """Return the specifications of pods: structs, then chains of calls."""
    code = program.code
    found = [
        _filled(program, _pod(code, match.end() - 1, fields(code, match.end() - 1)))
        for match in islice(_SPEC.finditer(code.shape), MOST)
    ]
    found += [
        _pod(code, match.end() - 1, made)
        for match in islice(_APPLIED.finditer(code.shape), MOST)
        if (made := chain(code, match.end()))
    ]
    return found


def _pod(code: Code, opening: int, made: dict[str, Span]) -> Pod:
    lists = []
    for name, stage in STAGES.items():
        if name in made:
            start, end = made[name]
            names = NAME.findall(code.shape, start, min(end, start + WIDEST))
            lists.append((stage, made[name], frozenset(names)))
    return Pod(opening, made, tuple(lists))


def _filled(program: Program, pod: Pod) -> Pod:
    """Return a pod with what its function puts into its lists by its variable.

    As `spec.Containers = append(spec.Containers, proxy(cr))` does, or the same at the
    end of a path: `deployment.Spec.Template.Spec.Containers`.
    """
    code = program.code
    around = program.functions.around(pod.open)
    name = _variable(code, pod.open)
    if around is None or not name:
        return pod
    put = re.compile(
        rf"(?<![\w.]){re.escape(name)}(?:\.\w+){{0,5}}\.((?:Init)?Containers)\s*=(?!=)"
    )
    lists = list(pod.lists)
    for match in islice(put.finditer(code.shape, pod.open, around.end), MOST):
        span = (match.end(), end_of_statement(code, match.end()))
        names = NAME.findall(code.shape, span[0], min(span[1], span[0] + WIDEST))
        lists.append((STAGES[match[1]], span, frozenset(names) - {name, "append"}))
    return Pod(pod.open, pod.fields, tuple(lists))


def _variable(code: Code, at: int) -> str:
    """Return the variable that gets the value in which a place is, "" if none does."""
    for _ in range(12):
        outer = code.around(at)
        given = _GETS.search(code.shape[max(at - 200, 0) : at])
        if given is not None:
            return given[1]
        if outer < 0 or code.shape[outer] != "{":
            return ""
        at = outer
    return ""


def volumes(program: Program, pod: Pod) -> Iterator[Volume]:
    """Yield the volumes of a pod."""
    for row in rows(program, pod.fields.get("Volumes", (0, 0)), "Volume"):
        if "Name" in row:
            name = say(program, row["Name"])
            inside = " ".join(program.code.shape[s:e] for s, e in row.values())
            said = [*row, *re.findall(r"\b([A-Z]\w+):", inside)]
            kinds = [one for one in said if one not in ("Name", "VolumeSource")]
            kind = kinds[0] if kinds else "EmptyDir"
            yield Volume(name.text, kind[0].lower() + kind[1:], name.line)


def shares(code: Code, pod: Pod) -> Iterator[Text]:
    """Yield the namespaces that a pod's containers share beyond the rule."""
    for field, (start, end) in pod.fields.items():
        if field in _SHARED and "true" in code.shape[start:end]:
            yield Text(_SHARED[field], code.line(start))


def is_begun(pod: Pod, members: list[tuple[Literal, Stage]]) -> bool:
    """Whether a pod begins with a list of which none of its members is known.

    What is put in behind that runs beside others, which stand elsewhere.
    """
    if "Containers" not in pod.fields:
        return False
    start, end = pod.fields["Containers"]
    names = next(names for _, span, names in pod.lists if span == (start, end))
    return not any(
        start <= one.open < end or one.names & names
        for one, stage in members
        if stage != "init"
    )


# --- where a container goes


def places(
    program: Program, literal: Literal, found: list[Pod]
) -> Iterator[tuple[Pod, Stage]]:
    """Yield each pod built here that a literal is put into, and the stage.

    What a function makes may be put into several.
    """
    always = _always(program, literal)
    for pod in found:
        for stage, (start, end), names in pod.lists:
            if start <= literal.open < end or _known_there(
                program, literal, start, names
            ):
                yield pod, "native" if stage == "init" and always else stage
                break


def position(program: Program, pod: Pod, literal: Literal) -> tuple[int, int]:
    """Return where a pod's lists name a literal: in which one, and at which place."""
    for number, (_, (start, end), names) in enumerate(pod.lists):
        if start <= literal.open < end:
            return number, literal.open
        stop = min(end, start + WIDEST)
        for match in NAME.finditer(program.code.shape, start, stop):
            if match[0] in literal.names & names:
                return number, match.start()
    return len(pod.lists), literal.open


def stage_of(program: Program, literal: Literal) -> Stage:
    """Return the stage of a literal that is put into no pod that is built here."""
    lands = program.landings.of(literal.names, literal.function)
    before = program.code.before(literal.start)
    if (more := _TO_LIST.search(before)) and (
        goes := program.landings.of((more[1],), literal.function)
    ):
        lands = goes  # the list it is added to goes into another
    elif "nitContainers" in before:
        lands = {"init"}
    elif "Containers" in before:
        lands = {"run"}
    elif _ends(program, literal, listed=bool(lands)):
        lands = {"init"}
    if _always(program, literal):
        return "native"
    return "init" if lands == {"init"} else "run"


def _known_there(
    program: Program, literal: Literal, at: int, names: frozenset[str]
) -> bool:
    """Whether one of *names* in a pod's list, which is at a place, is a literal's.

    A variable of another function may have the same name. It stands for another value,
    unless it gets what the literal's function returns.
    """
    here = program.functions.name(at)
    own = literal.function in (here, "")
    return any(
        own
        or name == literal.function
        or program.landings.gets(name, literal.function, here, at)
        for name in literal.names & names
    )


def _ends(program: Program, literal: Literal, *, listed: bool) -> bool:
    """Whether names say that a container ends.

    A function may collect init containers in a list that it only calls `containers`.
    So where the container is *listed* in one, the names have to say it plainly.
    """
    name = literal.fields.get("Name")
    called = split(say(program, name).text if name is not None else "")
    plainly = any("init-container" in "-".join(split(one)) for one in literal.names)
    if not listed:
        return plainly or not ENDING.isdisjoint([*split(literal.function), *called])
    plainly = "init-container" in "-".join(split(literal.function))
    return plainly or not ENDING.isdisjoint(called[:1])


def _always(program: Program, literal: Literal) -> bool:
    """Whether it is to be restarted always, which makes an init container native."""
    code = program.code
    start, end = literal.fields.get("RestartPolicy", (0, 0))
    said = code.text[start:end]
    for name in NAME.findall(code.shape, start, end):
        places = program.names.assigned.get((literal.function, name), [])
        for at in places[:ASSIGNMENTS]:
            said += code.text[at : at + 200].partition("\n")[0]
    return re.search("always", said, re.IGNORECASE) is not None
