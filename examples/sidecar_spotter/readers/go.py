"""Go code that builds containers, as operators and injectors do.

The code is read by its text: strings and comments are blanked, brackets matched, and
then a composite literal such as `corev1.Container{Name: "proxy", …}` is a list of
fields. Nothing is run or type-checked, so what a function adds to a name or an image
stays unknown. Containers in one `PodSpec{…}` are one unit. A container that is returned
or appended elsewhere is a unit by itself, with the mark `partial`; and `injects` where
the code appends it to the containers of a pod that it was given.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from sidecar_spotter.known import MAIN, split, telling
from sidecar_spotter.look import Look
from sidecar_spotter.model import Container, Group, Mount, Port, Stage, Text, Volume
from sidecar_spotter.readers import manifests
from sidecar_spotter.readers.lines import Lines
from sidecar_spotter.tree import Unreadable

LARGEST = 1 << 19
"""Bytes of a file that a person wrote; the largest are generated."""
MOST = 300
"""Literals of one file that are looked at."""
WIDEST = 8000
"""Characters of one value that are looked at."""
ASSIGNMENTS = 10
"""Places that give a variable its value, as `append` does, that are looked at."""

ENDING = {"init", "bootstrap"}
"""In the name of a function or a container, these tell that it ends."""
SKIPPED = re.compile(r"(^|/)(vendor|third_party)/|(_test|\.pb|zz_generated[\w.]*)\.go$")
HINT = re.compile(
    rb"\bContainer(Args)?\{|\.Container\(\)|\bcontainer\.(?:Apply|New)\("
    rb"|^ *containers: *$",
    re.ASCII | re.MULTILINE,
)

Span = tuple[int, int]

_TOKEN = re.compile(
    r"""//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|`[^`]*(?:`|\Z)|"(?:\\.|[^"\\\n])*"?"""
    r"""|'(?:\\.|[^'\\\n]){1,8}'"""
)
_IMPORT = re.compile(
    r"(?:\b(\w+)[ \t]+)?\"(?:k8s\.io/api/core/v1|github\.com/pulumi/[^\"\n]*/core/v1)\""
)
_USUAL = frozenset(("corev1", "v1", "apiv1", "core", "k8sv1", "kcorev1", "coreV1"))
_LITERAL = re.compile(r"(\[\]\*?)?(?<![\w.])(\w+)\.Container(?:Args)?\{")
_POD = re.compile(r"\bPodSpec(?:Args)?\{")
_APPLIED = re.compile(r"\b\w+\.(Container|PodSpec)\(\)(?=\s*\.)")
"""What begins a chain of calls that builds a configuration to apply."""
_OPTIONS = re.compile(r"\bcontainer\.(?:Apply|New)(\()")
_WITH = re.compile(r"\s*(?:\.|\w+\.)\s*With(\w+)\(")
_FUNCTION = re.compile(r"^func\s*(?:\([^)\n]*\)\s*)?(\w+)", re.M)
_OPENS_BODY = re.compile(r"\{[ \t]*$", re.M)
_STOP = re.compile(r"[,{(\[]")
_ENDS = re.compile(r"[\n{(\[]")
_FIELD = re.compile(r"\s*(\w+)\s*:(?!=)")
_NAME = re.compile(r"[A-Za-z_]\w*")
_TO_STRING = re.compile(r"\b(\w+)(?:[ \t]+string)?[ \t]*:?=[ \t]*(?=[\"`])")
_CONSTANT = re.compile(rb"^(?:const |\t)(\w+)(?: +string)? *= *\"([^\"\n]*)\"", re.M)
_TO_NAME = re.compile(r"\b(\w+)[ \t]*:?=[ \t]*(\w+)[ \t]*$", re.M)
_TO_CALL = re.compile(r"\b(\w+)(?:, *\w+){0,3} *:?= *(?:\w+\.){0,4}(\w+)\(")
_ASSIGNED = re.compile(r"\b(\w+)\s*:?=(?!=)")
_LANDS = re.compile(r"^.*?\b(\w*(?i:containers))\s*(?::=|:|=)(?!=).*$", re.M)
_LIST = re.compile(
    r"(?:\b(\w+)[ \t]*:?=|\breturn\b)[ \t]*(?:[\w.]+\((?:\w+,[ \t]*)*){0,4}"
    r"\[\]\*?\w+\.Container\{"
)
_TO_LIST = re.compile(r"\bappend\(\s*(\w+)\s*,")
_NO_UNIT = re.compile(r"init|side_?car|helper|extra|additional|test", re.IGNORECASE)
"""In the name of a list or its function, these tell that it holds no main program."""
_APPENDS = re.compile(r"\.(?:InitContainers|Containers)\s*=\s*append\(")
_GIVEN = re.compile(r"\s*(?:var\s+)?(\w+)(?:, *\w+){0,3}\s*:?=\s*&?$")


def suits(path: str, data: bytes) -> bool:
    """Whether the file is Go code of the repository, and no test, that builds one."""
    return (
        path.endswith(".go")
        and SKIPPED.search(path) is None
        and HINT.search(data) is not None
    )


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield a unit for each pod, or lone container, that the file builds."""
    if len(data) > LARGEST:
        raise Unreadable(f"Go code of more than {LARGEST} bytes")
    code = Code(data.decode("utf-8", "replace"))
    package = Package(path, look)
    texts = ((code.line(at), said) for at, said in code.strings.items())
    yield from manifests.units(path, code.text, texts)
    found = list(islice(_instead(code, list(_literals(code))), MOST))
    pods = [pod_at(code, m.end() - 1) for m in islice(_POD.finditer(code.shape), MOST)]
    pods += [
        pod_of(code, match.end() - 1, fields)
        for match in islice(_APPLIED.finditer(code.shape), MOST)
        if match[1] == "PodSpec" and (fields := code.chain(match.end()))
    ]
    members: dict[int, list[tuple[Literal, Stage]]] = defaultdict(list)
    together = _together(code, found, pods)
    for listed in together:
        first = listed[0]
        yield Group(
            path,
            code.line(first.start),
            "kubernetes",
            "Go function",
            first.function,
            tuple(_container(code, one, "run", package) for one in listed),
            marks=frozenset(("code",)),
        )
    apart = {id(one) for listed in together for one in listed}
    for literal in found:
        if id(literal) in apart:
            continue
        pod, stage = _place(code, literal, pods)
        if pod is not None:
            members[pod.open].append((literal, stage))
            continue
        box = _container(code, literal, stage, package)
        marks = {"code", "partial"}
        if literal.names & code.appended or _APPENDS.search(code.before(literal.start)):
            marks.add("injects")
        yield Group(
            path,
            code.line(literal.start),
            "kubernetes",
            "Go function",
            literal.function,
            (box,),
            marks=frozenset(marks),
        )
    for pod in pods:
        if boxes := members.get(pod.open):
            yield Group(
                path,
                code.line(pod.open),
                "kubernetes",
                "Go function",
                code.function(pod.open),
                tuple(_container(code, *box, package) for box in boxes),
                tuple(pod.volumes()),
                shares=tuple(pod.shares()),
                marks=frozenset(
                    ("code", "grows") if code.grows(pod.open) else ("code",)
                ),
            )


class Code:
    """A Go file as text whose strings and comments are blanked, and what it names."""

    def __init__(self, text: str) -> None:
        """Blank *text*, match its brackets, and note where its names lead."""
        self.text = text
        self.strings: dict[int, str] = {}
        self.shape = _TOKEN.sub(self._blank, text)
        self.closes = _brackets(self.shape)
        self.line = Lines(text).of
        functions = list(_FUNCTION.finditer(self.shape))
        self._starts = [match.start() for match in functions]
        ends = [*self._starts, len(self.shape)][1:]
        self._functions = [
            (match[1], self._end_of_body(match.end(), after))
            for match, after in zip(functions, ends, strict=True)
        ]
        self._parameters = {
            (match[1], name)
            for match in functions
            for name in _NAME.findall(self._line_of(match.end()))
        }
        self.values: dict[tuple[str, str], str] = {}
        for match in _TO_STRING.finditer(self.shape):
            name = (self.function(match.start()), match[1])
            self.values.setdefault(name, self.strings.get(match.end(), ""))
        self.others = {
            (self.function(match.start()), match[1]): match[2]
            for match in _TO_NAME.finditer(self.shape)
        }
        self.assigned: dict[tuple[str, str], list[int]] = defaultdict(list)
        for match in _ASSIGNED.finditer(self.shape):
            name = (self.function(match.start()), match[1])
            self.assigned[name].append(match.end())
        self.results: dict[str, set[str]] = defaultdict(set)
        for match in _TO_CALL.finditer(self.shape):
            self.results[match[2]].add(match[1])
        self._calls: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._filled: dict[str, list[int]] = defaultdict(list)
        for match in _TO_CALL.finditer(self.shape):
            self._calls[match[2], match[1]].append(match.start())
            self._filled[match[1]].append(match.start())
        self._landings: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.lands: dict[str, set[str]] = defaultdict(set)
        self.appended: set[str] = set()
        for match in _LANDS.finditer(self.shape):
            stage = "init" if "nitContainers" in match[1] else "run"
            names = set(_NAME.findall(match[0]))
            names -= {match[1]}  # how a list is called does not say where it goes
            for one in names:
                self.lands[one].add(stage)
                self._landings[one].append((match.start(), stage))
            if _APPENDS.search(match[0]):
                self.appended |= names

    def _blank(self, match: re.Match[str]) -> str:
        said = match[0]
        if said.startswith("/"):
            return re.sub(r"[^\n]", " ", said)
        self.strings[match.start()] = said.strip("\"`'")
        return said[0] + "_" * (len(said) - 2) + said[-1] if len(said) > 1 else " "

    def _line_of(self, at: int) -> str:
        """Return the rest of a line."""
        return self.shape[at : at + 400].partition("\n")[0]

    def before(self, at: int) -> str:
        """Return what stands in front of a place, on its line."""
        return self.shape[max(at - 160, 0) : at].rpartition("\n")[2]

    def landings(self, literal: "Literal") -> set[str]:
        """Return in which lists of containers a literal ends up, by its names.

        A variable for what a function returned may have been used for others, too:
        what it is put into before the next such call is what counts.
        """
        found: set[str] = set()
        for name in literal.names:
            calls = self._calls.get((literal.function, name), ())
            ways = self._landings.get(name, ())
            near = [way for way in ways if self.function(way[0]) == literal.function]
            ways = near or ways
            for at in calls:
                again = (one for one in self._filled[name] if one > at)
                end = next(again, len(self.shape))
                found |= {stage for start, stage in ways if at < start < end}
            if not calls:
                found |= {stage for _, stage in ways}
        return found

    def grows(self, at: int) -> bool:
        """Whether the function that a place is in appends to a pod's containers."""
        number = bisect_right(self._starts, at) - 1
        if number < 0:
            return False
        start, (_, end) = self._starts[number], self._functions[number]
        return _APPENDS.search(self.shape, start, end) is not None

    def function(self, at: int) -> str:
        """Return the name of the function that a place is in, "" outside."""
        number = bisect_right(self._starts, at) - 1
        if number < 0 or at > self._functions[number][1]:
            return ""
        return self._functions[number][0]

    def _end_of_body(self, at: int, after: int) -> int:
        """Return where the body ends of the function whose signature starts at *at*."""
        opening = _OPENS_BODY.search(self.shape, at, after)
        return self.closes.get(opening.start(), at) if opening else at

    def body(self, opening: int) -> tuple[int, int]:
        """Return what lies between a bracket and its partner."""
        return opening + 1, self.closes.get(opening, opening + 1)

    def elements(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield each element of a list, from *start* to *end*."""
        at = begin = start
        while match := _STOP.search(self.shape, at, end):
            if match[0] == ",":
                yield begin, match.start()
                at = begin = match.end()
            else:
                at = self.closes.get(match.start(), match.start()) + 1
        if self.shape[begin:end].strip():
            yield begin, end

    def fields(self, opening: int) -> dict[str, Span]:
        """Return the value of each field of the literal whose brace is *opening*."""
        found = {}
        for start, end in self.elements(*self.body(opening)):
            if match := _FIELD.match(self.shape, start, end):
                found[match[1]] = (match.end(), end)
        return found

    def chain(self, at: int) -> dict[str, Span]:
        """Return the arguments of `.WithName(…).WithImage(…)`, without the `With`."""
        found: dict[str, Span] = {}
        while match := _WITH.match(self.shape, at):
            at = self.closes.get(match.end() - 1, match.end()) + 1
            start, end = found.get(match[1], (match.end(), at - 1))
            found[match[1]] = (start, max(end, at - 1))
        return found

    def rows(self, start: int, end: int, kind: str) -> Iterator[dict[str, Span]]:
        """Yield the fields of each struct in a value: a list of *kind*, or its name."""
        list_of = re.compile(rf"(\[\]\*?(\w+\.)?{kind}|{kind}Array)\s*\Z")
        for begin, stop in self.sources(start, end):
            at = begin
            while (at := self.shape.find("{", at, stop)) >= 0:
                if list_of.search(self.shape, max(at - 60, 0), at):
                    at += 1  # the list's own brace
                    continue
                yield self.fields(at)
                at = self.closes.get(at, at) + 1

    def sources(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield where a value is spelled out: here, or where its variable is made."""
        name = self.shape[start : min(end, start + WIDEST)].strip()
        if not _NAME.fullmatch(name):
            yield start, min(end, start + WIDEST)
            return
        places = self.assigned.get((self.function(start), name), [])
        for begin in places[:ASSIGNMENTS]:
            yield begin, self._end_of_statement(begin)

    def _end_of_statement(self, start: int) -> int:
        at, last = start, min(start + WIDEST, len(self.shape))
        while match := _ENDS.search(self.shape, at, last):
            if match[0] == "\n":
                return match.start()
            at = self.closes.get(match.start(), match.start()) + 1
        return last

    def words(self, start: int, end: int) -> Iterator[Text]:
        """Yield the strings of a value, and of the variable that it is."""
        for begin, stop in self.sources(start, end):
            for match in re.finditer(r"[\"`]_*[\"`]", self.shape[begin:stop]):
                at = begin + match.start()
                yield Text(self.strings.get(at, ""), self.line(at))

    def say(self, start: int, end: int) -> Text:
        """Return what a value says: a string, a constant's, or the code itself."""
        end = min(end, start + WIDEST)
        start += len(self.shape[start:end]) - len(self.shape[start:end].lstrip())
        plain = self.shape[start:end].strip()
        line = self.line(start)
        if _NAME.fullmatch(plain):
            return Text(self.constant(plain, self.function(start)), line)
        strings = [at for at in range(start, end) if at in self.strings]
        call = re.match(r"[\w.]+\(", plain)
        if strings and (strings[0] == start or (call and len(strings) == 1)):
            return Text(self.strings[strings[0]], line)
        return Text(" ".join(self.text[start:end].split())[:200], line)

    def constant(self, name: str, function: str) -> str:
        """Return the string that a name stands for in this file, or the name."""
        for one in (name, self.others.get((function, name), name)):
            for where in (function, ""):
                if value := self.values.get((where, one)):
                    return value
        return name

    def parameters(self, function: str) -> list[str]:
        """Return the names of a function's parameters, in their order."""
        match = re.compile(
            rf"^func\s*(?:\([^)\n]*\)\s*)?{re.escape(function)}(\()", re.M
        ).search(self.shape)
        if match is None or not function:
            return []
        return [
            next(iter(_NAME.findall(self.shape, start, end)), "")
            for start, end in self.elements(*self.body(match.start(1)))
        ]

    def from_elsewhere(self, name: str, function: str) -> str:
        """Return the name of the package that a local name stands for, if any."""
        name = self.others.get((function, name), name)
        local = (function, name) in self.assigned or (
            function,
            name,
        ) in self._parameters
        return "" if local else name


def _brackets(shape: str) -> dict[int, int]:
    """Return the closing bracket of each opening one."""
    found, waiting = {}, []
    for match in re.finditer(r"[\[{()}\]]", shape):
        if match[0] in "[{(":
            waiting.append(match.start())
        elif waiting:
            found[waiting.pop()] = match.start()
    return found


class Package:
    """The other files of a file's package, read when a name is asked for."""

    def __init__(self, path: str, look: Look) -> None:
        """Note which file's package it is."""
        self._path = path
        self._look = look

    @cached_property
    def constants(self) -> dict[str, str]:
        """What its names stand for that are strings."""
        found: dict[str, str] = {}
        size = 0
        for other in self._look.names(self._path.rpartition("/")[0]):
            if not other.endswith(".go") or SKIPPED.search(other) or size > 2 * LARGEST:
                continue
            data = b"" if other == self._path else (self._look(other) or b"")[:LARGEST]
            size += len(data)
            for match in _CONSTANT.finditer(data):
                found.setdefault(match[1].decode(), match[2].decode("utf-8", "replace"))
        return found


# --- literals of containers


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal of a container, and the names by which the code hands it on."""

    open: int
    """Where its brace is."""
    start: int
    """Where the statement that it stands in begins to speak of it."""
    fields: dict[str, Span]
    function: str
    names: frozenset[str]


def _literals(code: Code) -> Iterator[Literal]:
    """Yield the literals that say what a container is called or runs."""
    imported = {match[1] or "v1" for match in _IMPORT.finditer(code.text)}
    aliases = imported or _USUAL
    for match in _LITERAL.finditer(code.shape):
        if match[2] not in aliases:
            continue
        opening = match.end() - 1
        openings = [opening]
        if match[1]:
            openings = [
                start + code.shape[start:end].index("{")
                for start, end in code.elements(*code.body(opening))
                if code.shape[start:end].lstrip().startswith(("{", "&{"))
            ]
        function = code.function(match.start())
        given = _GIVEN.match(code.before(match.start()))
        names = {given[1]} if given else set()
        names |= {function} | code.results.get(function, set())
        for one in openings:
            fields = code.fields(one)
            if "Name" in fields or "Image" in fields:
                yield Literal(one, match.start(), fields, function, frozenset(names))

    for match in _APPLIED.finditer(code.shape):
        if match[1] == "Container":
            yield from _chained(code, match.start(), code.chain(match.end()))
    for match in _OPTIONS.finditer(code.shape):
        fields = {}
        for start, end in code.elements(*code.body(match.start(1))):
            if option := _WITH.match(code.shape, start, end):
                fields[option[1]] = (
                    option.end(),
                    code.closes.get(option.end() - 1, end),
                )
        yield from _chained(code, match.start(), fields)


def _chained(code: Code, at: int, fields: dict[str, Span]) -> Iterator[Literal]:
    """Yield the container that a chain of calls builds, which begins at *at*."""
    if "Name" in fields or "Image" in fields:
        function = code.function(at)
        given = _GIVEN.match(code.before(at))
        names = {given[1]} if given else set()
        names |= {function} | code.results.get(function, set())
        yield Literal(at, at, fields, function, frozenset(names))


def _instead(code: Code, literals: list[Literal]) -> Iterator[Literal]:
    """Yield, for each literal that a function makes by a given name, its calls.

    What such a function makes is as many containers as it is called for.
    """
    for literal in literals:
        calls = [] if _gives_helpers(literal.function) else list(_calls(code, literal))
        yield from calls if len(calls) > 1 else [literal]


def _calls(code: Code, literal: Literal) -> Iterator[Literal]:
    """Yield what the calls in this file make, if a literal's name is a parameter."""
    parameters = code.parameters(literal.function)
    given = {
        field: parameters.index(name)
        for field, span in literal.fields.items()
        if (name := code.shape[slice(*span)].strip()) in parameters
    }
    if "Name" not in given:
        return
    called = re.compile(rf"(?<!\w){re.escape(literal.function)}\(")
    for match in islice(called.finditer(code.shape), MOST):
        function = code.function(match.start())
        if code.before(match.start()).lstrip().startswith("func"):
            continue
        arguments = list(code.elements(*code.body(match.end() - 1)))
        fields = {
            field: arguments[at] for field, at in given.items() if at < len(arguments)
        }
        ahead = re.sub(r"[\w.]+\.\Z", "", code.before(match.start()))
        to = _GIVEN.match(ahead)
        names = {to[1]} if to else set()
        names |= {function} | code.results.get(function, set())
        if "Name" in fields:
            rest = {**literal.fields, **fields}
            yield Literal(
                match.end() - 1, match.start(), rest, function, frozenset(names)
            )


def _container(
    code: Code, literal: Literal, stage: Stage, package: Package
) -> Container:
    fields = literal.fields
    at = literal.open

    def say(field: str) -> Text | None:
        return code.say(*fields[field]) if field in fields else None

    name, image = say("Name"), say("Image")
    if name is not None and _NAME.fullmatch(name.text):
        outside = code.from_elsewhere(name.text, literal.function)
        if outside and (found := package.constants.get(outside)):
            name = Text(found, name.line)
    words = [
        word
        for field in ("Command", "Args")
        if field in fields
        for word in code.words(*fields[field])
    ]
    return Container(
        name=name.text if name else "",
        line=(name or image or Text("", code.line(at))).line,
        stage=stage,
        image=image,
        words=tuple(words),
        settings=tuple(_settings(code, fields)),
        ports=tuple(_ports(code, fields)),
        mounts=tuple(_mounts(code, fields)),
        capabilities=tuple(_capabilities(code, fields)),
        notes=_comments(code, literal),
    )


def _settings(code: Code, fields: dict[str, Span]) -> Iterator[Text]:
    for row in code.rows(*fields.get("Env", (0, 0)), "EnvVar"):
        if "Name" in row:
            name = code.say(*row["Name"])
            value = code.say(*row["Value"]).text if "Value" in row else ""
            yield Text(f"{name.text}={value}", name.line)


def _ports(code: Code, fields: dict[str, Span]) -> Iterator[Port]:
    for row in code.rows(*fields.get("Ports", (0, 0)), "ContainerPort"):
        if "ContainerPort" in row:
            number = code.say(*row["ContainerPort"])
            name = code.say(*row["Name"]).text if "Name" in row else ""
            digits = number.text.isdecimal() and len(number.text) < 6
            yield Port(int(number.text) if digits else None, name, number.line)


def _mounts(code: Code, fields: dict[str, Span]) -> Iterator[Mount]:
    for row in code.rows(*fields.get("VolumeMounts", (0, 0)), "VolumeMount"):
        if "Name" in row:
            name = code.say(*row["Name"])
            where = code.say(*row["MountPath"]).text if "MountPath" in row else ""
            only = "ReadOnly" in row and code.say(*row["ReadOnly"]).text == "true"
            yield Mount(name.text, where, only, name.line)


def _capabilities(code: Code, fields: dict[str, Span]) -> Iterator[Text]:
    start, end = fields.get("SecurityContext", (0, 0))
    match = re.compile(r"\bAdd:").search(code.shape, start, end)
    if match is not None:
        stop = code.shape.find("}", match.end(), end)
        yield from code.words(match.end(), stop if stop > 0 else end)


def _comments(code: Code, literal: Literal) -> tuple[Text, ...]:
    """Return the comment right above a literal."""
    lines = code.text[max(literal.start - 1000, 0) : literal.start].split("\n")[1:-1]
    first = code.line(literal.start) - len(lines)
    found = []
    for number, said in reversed(list(enumerate(lines, first))):
        if not said.strip().startswith("//"):
            break
        found.append(Text(said.strip().lstrip("/ "), number))
    return tuple(reversed(found))


# --- pods


@dataclass(frozen=True, slots=True)
class Pod:
    """A literal of a pod's specification."""

    code: Code
    open: int
    fields: dict[str, Span]
    lists: tuple[tuple[Stage, Span, frozenset[str]], ...]
    """Its lists of containers, and the names in each."""

    def volumes(self) -> Iterator[Volume]:
        """Yield its volumes."""
        for row in self.code.rows(*self.fields.get("Volumes", (0, 0)), "Volume"):
            if "Name" in row:
                name = self.code.say(*row["Name"])
                inside = " ".join(self.code.shape[s:e] for s, e in row.values())
                named = [*row, *re.findall(r"\b([A-Z]\w+):", inside)]
                kinds = [one for one in named if one not in ("Name", "VolumeSource")]
                kind = kinds[0] if kinds else "EmptyDir"
                yield Volume(name.text, kind[0].lower() + kind[1:], name.line)

    def shares(self) -> Iterator[Text]:
        """Yield the namespaces that its containers share beyond the rule."""
        shared = {
            "ShareProcessNamespace": "processes",
            "HostNetwork": "network-of-the-host",
            "HostPID": "processes-of-the-host",
        }
        for field, (start, end) in self.fields.items():
            if field in shared and "true" in self.code.shape[start:end]:
                yield Text(shared[field], self.code.line(start))


def pod_at(code: Code, opening: int) -> Pod:
    """Return the pod whose brace is at *opening*."""
    return pod_of(code, opening, code.fields(opening))


def pod_of(code: Code, opening: int, fields: dict[str, Span]) -> Pod:
    """Return the pod that *fields* describe, which begins at *opening*."""
    stages: dict[str, Stage] = {"InitContainers": "init", "Containers": "run"}
    lists = []
    for name, stage in stages.items():
        if name in fields:
            start, end = fields[name]
            names = _NAME.findall(code.shape, start, min(end, start + WIDEST))
            lists.append((stage, fields[name], frozenset(names)))
    return Pod(code, opening, fields, tuple(lists))


def _place(code: Code, literal: Literal, pods: list[Pod]) -> tuple[Pod | None, Stage]:
    """Return the pod that a literal is put into, if it is built here, and the stage."""
    always = _always(code, literal)
    for pod in pods:
        for stage, (start, end), names in pod.lists:
            if start <= literal.open < end or literal.names & names:
                return pod, "native" if stage == "init" and always else stage
    lands = code.landings(literal)
    before = code.before(literal.start)
    if "nitContainers" in before:
        lands = {"init"}
    elif "Containers" in before:
        lands = {"run"}
    elif _ends(code, literal, listed=bool(lands)):
        lands = {"init"}
    if always:
        return None, "native"
    return None, "init" if lands == {"init"} else "run"


def _together(code: Code, found: list[Literal], pods: list[Pod]) -> list[list[Literal]]:
    """Return the literals that one function puts into a list of its own: whole units.

    What is appended to a list that the function was given is no unit: the others of
    the list stand elsewhere. Neither is a list of which an element is unknown.
    """
    units: list[list[Literal]] = []
    taken: set[int] = set()
    inside = [(pod.open, code.closes.get(pod.open, 0)) for pod in pods]
    for match in islice(_LIST.finditer(code.shape), MOST):
        at, name = match.start(), match[1] or ""
        function = code.function(at)
        if _NO_UNIT.search(f"{name} {function}") or _gives_helpers(function):
            continue
        if any(start < at < end for start, end in inside):
            continue
        spans = list(code.elements(*code.body(match.end() - 1)))
        known = [_of_element(code, found, function, *one) for one in spans]
        for one in islice(_TO_LIST.finditer(code.shape, match.end()), MOST):
            if name and one[1] == name and code.function(one.start()) == function:
                end = code.closes.get(code.shape.index("(", one.start()), one.end())
                known.append(_of_element(code, found, function, one.end(), end))
        unit = {id(one): one for one in known if one is not None}
        if None not in known[: len(spans)] and len(unit) > 1 and not taken & set(unit):
            taken |= set(unit)
            units.append(list(unit.values()))
    return units


def _gives_helpers(function: str) -> bool:
    """Whether a function is called after a helper, so that all it returns helps."""
    called = [one for one in split(function) if one not in ("container", "containers")]
    return telling("-".join(called)) not in (None, MAIN)


def _of_element(
    code: Code, found: list[Literal], function: str, start: int, end: int
) -> Literal | None:
    """Return the literal that an element of a list is, or that its name stands for."""
    names = set(_NAME.findall(code.shape, start, min(end, start + WIDEST)))
    for one in found:
        if start <= one.open < end:
            return one
    for one in found:
        own = one.names - {function} if one.function == function else one.names
        if own & names and one.function in (function, *names):
            return one
    return None


def _ends(code: Code, literal: Literal, *, listed: bool) -> bool:
    """Whether names say that a container ends.

    A function may collect init containers in a list that it only calls `containers`.
    So where the container is *listed* in one, the names have to say it plainly.
    """
    called = split(_called(code, literal))
    if not listed:
        return not ENDING.isdisjoint([*split(literal.function), *called])
    plainly = "init-container" in "-".join(split(literal.function))
    return plainly or not ENDING.isdisjoint(called[:1])


def _called(code: Code, literal: Literal) -> str:
    return code.say(*literal.fields["Name"]).text if "Name" in literal.fields else ""


def _always(code: Code, literal: Literal) -> bool:
    """Whether it is to be restarted always, which makes an init container native."""
    start, end = literal.fields.get("RestartPolicy", (0, 0))
    said = code.text[start:end]
    for name in _NAME.findall(code.shape, start, end):
        for at in code.assigned.get((literal.function, name), [])[:ASSIGNMENTS]:
            said += code.text[at : at + 200].partition("\n")[0]
    return re.search("always", said, re.IGNORECASE) is not None
