"""The lists of containers that a program spells out, and which of them make a pod.

A list is the value of a field or of a variable, as `containers: […]`, or what a call
puts in, as `.withContainers(…)`. Those in one pair of brackets, or in one chain of
calls, belong to one pod.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from sidecar_spotter.model import Stage
from sidecar_spotter.readers.common.source import Code, Span, plain
from sidecar_spotter.readers.programs.follow import Ways, end_of_value
from sidecar_spotter.readers.programs.keyed import imported, is_map
from sidecar_spotter.readers.programs.literal import Literal
from sidecar_spotter.readers.programs.program import Program

MOST = 300
"""Calls of one file that are looked at, and thrice as many fields."""

_FIELD = re.compile(
    r"(?<![\w$])([\"']?)((?:init_?)?containers|container_?definitions|_+)\1\s*"
    r"[:=](?![=:>])\s*",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?:init_?)?containers|container_?definitions", re.IGNORECASE)
_CALL = re.compile(
    r"\.(?:with|set|addTo|add_|add|addNew|add_new_)?((?:init_?)?containers?)\s*\(",
    re.IGNORECASE,
)
_RECEIVER = re.compile(r"(?:^|[;{}\n])\s*(\w+)\Z")
_BEGINS = re.compile(r"[:=]\s*(?:vec!|Some\()?\s*\Z")
_ALWAYS = re.compile(r"always", re.IGNORECASE)


@dataclass(slots=True)
class Pod:
    """A list of containers, and the one of those that run before them."""

    platform: str
    function: str
    members: list[tuple[Literal, Stage]] = field(default_factory=list)
    spelled: bool = False
    """Whether one of its lists is spelled out, and not only added to."""

    @property
    def whole(self) -> bool:
        """Whether it is more than one container for a pod that is given."""
        return self.spelled or sum(stage == "run" for _, stage in self.members) > 1


@dataclass(frozen=True, slots=True)
class Put:
    """What a field, a variable or a call says is in a pod's list."""

    at: int
    word: str
    """What the list is called, as `initContainers`."""
    span: Span
    owner: str
    """What is the same for all that is put into one pod."""

    @property
    def variable(self) -> bool:
        """Whether the owner is a variable, or a list that is called so."""
        return self.owner.isidentifier()


def pods(program: Program) -> Iterator[Pod]:
    """Yield the pods whose lists of containers the program spells out."""
    ways = Ways(program)
    found: dict[tuple[str, str], Pod] = {}
    puts = [*_fields(program.code), *_calls(program.code)]
    # A field says of its list what it is for; a variable may only be called so.
    for put in sorted(puts, key=lambda one: one.variable):
        function = program.functions.name(put.at)
        members = list(ways.reached(put.span, function))
        if put.variable or put.owner.endswith(" ="):
            members += ways.added(put.word, function)
        of_ecs = "definition" in put.word.lower()
        if members and is_map(program, put.span):
            members += imported(program, put.span, function, members)
            members.sort(key=lambda one: one.at)
            of_ecs = True
        platform = "ecs" if of_ecs else "kubernetes"
        pod = found.setdefault((function, put.owner), Pod(platform, function))
        pod.spelled = pod.spelled or _is_spelled_out(program.code, put.span)
        early = put.word.lower().startswith("init")
        for literal in members:
            stage = _early_stage(program.code, literal) if early else literal.stage
            pod.members.append((literal, stage))
    for pod in found.values():
        if pod.members:
            yield pod


def _fields(code: Code) -> Iterator[Put]:
    """Yield the lists that are the value of a field or of a variable."""
    for match in islice(_FIELD.finditer(code.shape), MOST * 3):
        word = match[2]
        if match[1]:
            word = code.string_at(match.start(1))
            if not _WORD.fullmatch(word):
                continue
        elif word.strip("_") == "":
            continue
        opening = code.around(match.start())
        owner = str(opening) if opening >= 0 else plain(word).lower()
        statement = opening >= 0 and code.shape[opening] == "{"
        if statement and match[0].strip()[-1] == "=":
            owner = f"{opening} ="
        span = (match.end(), end_of_value(code, match.end()))
        yield Put(match.start(), word, span, owner)


def _calls(code: Code) -> Iterator[Put]:
    """Yield the containers that calls put into a pod."""
    for match in islice(_CALL.finditer(code.shape), MOST):
        opening = match.end() - 1
        start = match.start() if "addNew" in match[0] else match.end()
        span = (start, code.closes.get(opening, opening))
        yield Put(match.start(), match[1], span, _statement(code, match.start()))


def _statement(code: Code, at: int) -> str:
    """Return whose call stands at a place: a variable's, or the chain's."""
    receiver = _RECEIVER.search(code.shape[max(at - 60, 0) : at])
    if receiver:
        return receiver[1]
    begin = max(code.shape.rfind(sign, 0, at) for sign in ";{}")
    return f"statement {begin}"


def _is_spelled_out(code: Code, span: Span) -> bool:
    """Whether a list is given, or a name or call that stands for one."""
    ahead = code.shape[max(span[0] - 40, 0) : span[0]]
    return _BEGINS.search(ahead) is not None


def _early_stage(code: Code, literal: Literal) -> Stage:
    """Return the stage of a container that is listed with those that run first."""
    start, end = literal.fields.get("restartpolicy", (0, 0))
    return "native" if _ALWAYS.search(code.text, start, end) else "init"
