"""Programs that build pods: operators and Pulumi's, in seven languages other than Go.

Like the readers of Go and of AWS CDK, this one looks at the text and runs nothing. A
container is a call of a known type, as `V1Container(name=…, image=…)`, a chain of
calls as Java has them, or an object in a list that is called `containers`. One pod is
what such a list holds: in place, in a variable, or in a function of the same file. A
container that goes elsewhere is a part, with the mark `partial`.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from sidecar_spotter import injectors
from sidecar_spotter.known import split
from sidecar_spotter.look import Look
from sidecar_spotter.model import Container, Group, Mount, Port, Stage, Text
from sidecar_spotter.readers import manifests
from sidecar_spotter.readers.source import WIDEST, Code, Span, plain
from sidecar_spotter.tree import Unreadable

LARGEST = 1 << 18
"""Bytes of a file that a person wrote."""
MOST = 300
"""Literals and lists of one file that are looked at."""
STEPS = 60
"""Calls of one chain that are looked at."""
DEEPEST = 4
"""Names and functions that may lead from a list to its containers."""
ABOVE = 6
"""Lines above a container in which its comment is searched."""
NAMES = 2000
"""Names of one file that are followed."""

FILES = re.compile(r"(?<!\.d)\.(?:ts|js|py|java|cs|kt|rs)$")
TESTS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|e2e)/|[._](?:test|spec)\.[jt]s$|(?:^|/)test_"
    r"|Tests?\.\w+$|(?:^|/)(?:models|generated|types/input|node_modules)/"
)
HINT = re.compile(
    rb"V1Container(?:Builder)?\b|ContainerArgs\(|new Container(?:Builder)?\("
    rb"|addNew(?:Init)?Container\(|ontainer_?[bB]uilder(?:::new)?\("
    rb"|(?:init_?)?containers[\"']?\s*[:=]\s*(?:vec!|Some\(|[\[({]|\n)"
    rb"|[\"'](?:dapr\.io/enabled|[\w.-]+/(?:[\w.-]*-)?inject(?:ion)?)[\"']"
    rb"|container_?definitions[\"']?\s*[:=]",
    re.I,
)

_TYPED = re.compile(
    r"(?<![\w])(new\s+)?(?:\w+(?:\.|::)){0,4}"
    r"(?:V1Container(?:Builder)?|Container(?:Args|Builder)?)\s*([({])"
)
_BUILDER = re.compile(
    r"\b(?:ContainerBuilder::new|new_container_builder)\s*(\()|"
    r"\.addNew(?:Init)?Container\s*(\()"
)
_LIST = re.compile(
    r"(?<![\w$])([\"']?)((?:init_?)?containers|container_?definitions|_+)\1\s*"
    r"[:=](?![=:>])\s*",
    re.IGNORECASE,
)
_PUT = re.compile(
    r"\.(?:with|set|addTo|add_|add|addNew|add_new_)?((?:init_?)?containers?)\s*\(",
    re.IGNORECASE,
)
_CHAIN = re.compile(r"\s*\.\s*(\w{1,60})\s*\(")
_NESTS = re.compile(r"(?:add|with|edit|editOr)New|edit[A-Z]")
_SETS = re.compile(r"^(?:with|set|addTo|add)_?(?=[A-Z_])")
_SETTER = re.compile(r"\.set(Name|Image|Command|Args|RestartPolicy)\(")
_CONTAINER_PORT = re.compile(r"container_?port[\"']?\s*[:=(]\s*(\d{1,5})\b", re.I)
_PATH = re.compile(r"mount_?path[\"']?\s*[:=(]\s*[\w.(]*[\"'`]([^\"'`]*)", re.I)
_VOLUME = re.compile(
    r"(?<![a-z_])(?:with_?)?name[\"']?\s*[:=(]\s*([\w.]*[\"'`]?[^\"'`,)}\s]*)", re.I
)
_ONLY = re.compile(r"read_?only[\"']?\s*[:=(]\s*(?:Some\()?true\b", re.I)
_ALWAYS = re.compile(r"always", re.I)
_KEY = re.compile(r"[{,]\s*([\w\"']+)\s*:\s*\Z")
_ENTRY = r"[\"']([\w.-]+/[\w.-]{2,60})[\"']"
_VALUE = r"[\"']([\w.-]{1,40})[\"']"
_ASKS = (
    re.compile(_ENTRY + r"\s*\]?\s*[:=]\s*" + _VALUE),
    re.compile(
        r"\b(?:put|insert|(?:add|with|set)\w{0,40})\(\s*"
        + _ENTRY
        + r"[\w.()]{0,20}\s*,\s*"
        + _VALUE
    ),
)
"""An annotation or a label with its value, as most languages write an entry."""
_QUOTES = ("'", '"')
_CONVERTED = re.compile(
    r"^&|\.(?:to_string|into|to_owned|clone|as_str|to_container_name|ToString)\(\)"
)
"""What Rust and C# need to hand a name on."""
_BRACKET = re.compile(r"[\[{()}\],;]")
_CALLED = re.compile(r"(?<![\w.])(?:self\.|this\.)?(\w+)\s*([.(]?)")
_DEFINED = {
    "py": re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.M),
    "rs": re.compile(r"\bfn\s+(\w+)"),
    "": re.compile(
        r"\bfunction\s+(\w+)|^[ \t]*(?:[\w<>\[\],?.]+[ \t]+){0,5}?(\w+)[ \t]*"
        r"\([^;{}()]*(?:\([^;{}()]*\)[^;{}()]*)*\)[^;{}()=]{0,120}(?=\{)"
        r"|\b(\w+)\s*=\s*(?:async\s*)?\([^;{}()]*\)[^;{}()=]{0,60}=>",
        re.M,
    ),
}
_NO_FUNCTIONS = {"if", "for", "while", "switch", "catch", "return", "new", "match"}


def suits(path: str, data: bytes) -> bool:
    """Whether the file is code of the repository, and no test, that could build one."""
    return (
        FILES.search(path) is not None
        and TESTS.search(path) is None
        and HINT.search(data) is not None
    )


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield a unit for each pod, or lone container, that the file builds."""
    if len(data) > LARGEST:
        raise Unreadable(f"code of more than {LARGEST} bytes")
    program = Program(data.decode("utf-8", "replace"), path.rpartition(".")[2])
    taken: set[int] = set()
    for pod in program.pods():
        boxes = []
        for literal, stage in pod.members:
            if literal.at not in taken:
                taken.add(literal.at)
                boxes.append(program.container(literal, stage))
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
    yield from _asked(path, program.code)
    yield from manifests.units(path, program.code.text, program.code.texts())
    for literal in program.literals:
        if literal.at in taken or not literal.sure:
            continue
        function = program.function(literal.at)
        told = {"init"} & {*split(function), *split(literal.variable)}
        box = program.container(literal, "init" if told else literal.stage)
        if split(box.name)[:1] == ["init"]:
            box = replace(box, stage="init")
        if box.name or box.image:
            marks = frozenset(("code", "partial"))
            at = box.line
            yield Group(path, at, "kubernetes", "code", function, (box,), marks=marks)


def _asked(path: str, code: Code) -> Iterator[Group]:
    """Yield what annotations ask for that the file gives to a pod."""
    pairs = []
    for asks in _ASKS:
        for match in islice(asks.finditer(code.text), MOST):
            at = code.line(match.start(1))
            pairs.append((Text(match[1], at), Text(match[2], at)))
    asked = tuple(injectors.requests(pairs, "pod"))
    if asked:
        marks = frozenset({"code"})
        yield Group(
            path, asked[0].line, "kubernetes", "code", "", requests=asked, marks=marks
        )


@dataclass(frozen=True, slots=True)
class Literal:
    """Where the code says what a container is."""

    at: int
    end: int
    fields: dict[str, Span]
    variable: str
    """The variable that it is given to."""
    sure: bool
    """Whether it is one wherever it stands, by its type."""
    stage: Stage = "run"


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


class Program:
    """A file's code, the containers in it, and the lists that they are put into."""

    def __init__(self, text: str, language: str) -> None:
        """Find what *text* names and builds."""
        self.code = Code(text, language)
        self.shape = self.code.shape
        self._language = language
        self._around = _enclosing(self.shape)
        self._functions = sorted(self._defined(), key=lambda one: one[1])
        self._begins = [start for _, start, _ in self._functions]
        self._outer: list[int] = []
        open_: list[int] = []
        for number, (_, start, _) in enumerate(self._functions):
            while open_ and self._functions[open_[-1]][2] <= start:
                open_.pop()
            self._outer.append(open_[-1] if open_ else -1)
            open_.append(number)
        self._bodies: dict[str, Span] = {}
        for name, start, end in self._functions:
            self._bodies.setdefault(name, (start, end))
        self.literals = sorted(
            islice(self._literals(), MOST), key=lambda literal: literal.at
        )
        self._starts = [literal.at for literal in self.literals]
        self._named: dict[tuple[str, str], list[int]] = defaultdict(list)
        for name, places in self.code.assigned.items():
            for at in places:
                self._named[self.function(at), name].append(at)
        self._steps = NAMES

    # --- functions and values

    def _defined(self) -> Iterator[tuple[str, int, int]]:
        """Yield name, start and end of each function."""
        if self._language == "py":
            waiting: list[tuple[int, re.Match[str]]] = []
            for match in _DEFINED["py"].finditer(self.shape):
                indent = len(match[0]) - len(match[0].lstrip())
                while waiting and waiting[-1][0] >= indent:
                    _, ended = waiting.pop()
                    yield ended[1], ended.start(), match.start()
                waiting.append((indent, match))
            for _, ended in waiting:
                yield ended[1], ended.start(), len(self.shape)
            return
        pattern = _DEFINED.get(self._language, _DEFINED[""])
        for match in pattern.finditer(self.shape):
            name = next(filter(None, match.groups()), "")
            opening = self.shape.find("{", match.end(), match.end() + 2000)
            if name and name not in _NO_FUNCTIONS and opening >= 0:
                yield name, match.start(), self.code.closes.get(opening, opening)

    def function(self, at: int) -> str:
        """Return the name of the innermost function around a place."""
        number = bisect_right(self._begins, at) - 1
        while number >= 0 and self._functions[number][2] <= at:
            number = self._outer[number]
        return self._functions[number][0] if number >= 0 else ""

    def _end_of_value(self, at: int) -> int:
        """Return where the value ends that begins at a place."""
        end = min(at + WIDEST, len(self.shape))
        start = at
        while match := _BRACKET.search(self.shape, at, end):
            newline = self._language == "py" and self.shape.find(
                "\n", start, match.start()
            )
            if newline and newline > 0 and not self._in_brackets(start):
                return newline
            if match[0] in ",;)]}":
                return match.start()
            at = start = self.code.closes.get(match.start(), match.start()) + 1
        return end

    def _in_brackets(self, at: int) -> bool:
        return self._around(at) >= 0

    # --- literals

    def _literals(self) -> Iterator[Literal]:
        seen: set[int] = set()
        for match in islice(_TYPED.finditer(self.shape), MOST):
            literal = self._typed(match)
            if literal is not None:
                seen.add(match.start(2))
                yield literal
        for match in islice(_BUILDER.finditer(self.shape), MOST):
            opening = match.start(1) if match[1] else match.start(2)
            if opening in seen:
                continue
            fields, end = self._chain(self.code.closes.get(opening, opening) + 1)
            if match[1]:
                first = next(self.code.elements(opening), None)
                if first is not None:
                    fields.setdefault("name", first)
            early: Stage = "init" if "Init" in match[0] else "run"
            if "name" in fields or "image" in fields:
                variable = self._variable(match.start())
                yield Literal(match.start(), end, fields, variable, True, early)
        for at in sorted(self.code.closes):
            if self.shape[at] != "{" or at in seen:
                continue
            fields = self.code.fields(at, inner=False)
            key = _KEY.search(self.shape, max(at - 80, 0), at)
            if key is not None and "image" in fields:
                fields.setdefault("name", key.span(1))  # a container by its name
            if "image" in fields and "name" in fields:
                end = self.code.closes[at]
                yield Literal(at, end, fields, self._variable(at), False)

    def _typed(self, match: re.Match[str]) -> Literal | None:
        """Return the container that a call of its type makes, or a struct's literal."""
        opening = match.start(2)
        closing = self.code.closes.get(opening, opening)
        fields = self.code.fields(opening, inner=match[2] == "(")
        made, end = self._chain(closing + 1)
        fields = {**made, **fields}
        first = next(self.code.elements(opening), None)
        plain_ = first is not None and self.shape[slice(*first)].lstrip()[:1] in _QUOTES
        if plain_ and first is not None and "image" in fields:
            fields.setdefault("name", first)  # C# has it without its name
        if not fields and match[1]:
            return self._set_later(match, closing)
        told = "V1" in match[0] or "Args" in match[0] or match[1] or match[2] == "{"
        if "name" not in fields and "image" not in fields:
            return None
        if not told and not ("name" in fields and "image" in fields):
            return None
        variable = self._variable(match.start())
        return Literal(match.start(), max(end, closing), fields, variable, True)

    def _set_later(self, match: re.Match[str], closing: int) -> Literal | None:
        """Return a container that gets its fields from setters, line by line."""
        variable = self._variable(match.start())
        fields: dict[str, Span] = {}
        end = min(closing + WIDEST, len(self.shape))
        for one in _SETTER.finditer(self.shape, closing, end):
            owner = self.shape[max(one.start() - 80, 0) : one.start()]
            if variable and re.search(rf"\b{re.escape(variable)}\Z", owner):
                inside = one.end(), self.code.closes.get(one.end() - 1, one.end())
                fields.setdefault(one[1].lower(), inside)
        if not fields:
            return None
        return Literal(match.start(), closing, fields, variable, True)

    def _chain(self, at: int) -> tuple[dict[str, Span], int]:
        """Return the arguments of a chain of calls by name, and where it ends.

        What lies between `addNewEnv()` and `endEnv()` speaks of another thing.
        """
        found: dict[str, Span] = {}
        depth, outer = 0, at
        for _ in range(STEPS):
            match = _CHAIN.match(self.shape, at)
            if match is None:
                break
            name = match[1]
            close = self.code.closes.get(match.end() - 1, match.end())
            if _NESTS.match(name):
                if depth == 0:
                    outer = match.start()
                depth += 1
            elif re.match(r"end[A-Z]", name):
                depth -= 1
                if depth < 0:
                    break
                if depth == 0:
                    key = name[3:].lower() + "s"
                    found.setdefault(key, (outer, close))
            elif depth == 0:
                key = _SETS.sub("", name).lower().replace("_", "")
                found.setdefault(key, (match.end(), close))
            at = close + 1
        return found, at

    def _variable(self, at: int) -> str:
        """Return the variable that is given what begins at a place."""
        said = self.shape[max(at - 120, 0) : at]
        match = re.search(
            r"(\w+)\s*(?::\s*[\w.<>\[\]]{1,80}\s*)?=\s*(?:&mut\s+)?\Z", said
        )
        return match[1] if match else ""

    # --- pods

    def pods(self) -> Iterator[Pod]:
        """Yield the lists of containers that the file spells out."""
        found: dict[tuple[str, object], Pod] = {}
        seeds = [*self._keyed(), *self._put()]
        # A field says of its list what it is for; a variable may only be called so.
        for at, word, span, owner in sorted(
            seeds, key=lambda one: one[3].isidentifier()
        ):
            early = word.lower().startswith("init")
            ecs = "definition" in word.lower()
            function = self.function(at)
            members = list(self._reached(span, function, DEEPEST, set()))
            if owner.isidentifier() or owner.endswith(" ="):
                members += self._added(word, function, DEEPEST, set())
            pod = found.get((function, owner))
            if pod is None:
                pod = Pod("ecs" if ecs else "kubernetes", function)
                found[function, owner] = pod
            pod.spelled = pod.spelled or self._is_spelled_out(span)
            for literal in members:
                stage: Stage = literal.stage
                if early:
                    stage = "native" if self._restarts(literal) else "init"
                pod.members.append((literal, stage))
        for pod in found.values():
            if pod.members:
                yield pod

    def _keyed(self) -> Iterator[tuple[int, str, Span, str]]:
        """Yield the lists that are a field's value, with the pod that they are in."""
        for match in islice(_LIST.finditer(self.shape), MOST * 3):
            word = match[2]
            if match[1]:
                said = next(
                    self.code.strings((match.start(1), match.start(1) + 1)), None
                )
                word = said.text if said is not None else ""
                if not re.fullmatch(
                    r"(?:init_?)?containers|container_?definitions", word, re.I
                ):
                    continue
            elif word.strip("_") == "":
                continue
            opening = self._around(match.start())
            owner = str(opening) if opening >= 0 else plain(word).lower()
            at = match.start()
            if (
                opening >= 0
                and self.shape[opening] == "{"
                and match[0].strip()[-1] == "="
            ):
                owner = f"{opening} ="
            yield at, word, (match.end(), self._end_of_value(match.end())), owner

    def _put(self) -> Iterator[tuple[int, str, Span, str]]:
        """Yield the containers that calls put into a pod, and which pod that is."""
        for match in islice(_PUT.finditer(self.shape), MOST):
            opening = match.end() - 1
            close = self.code.closes.get(opening, opening)
            span = (match.end(), close)
            if "addNew" in match[0]:
                span = (match.start(), close)
            owner = self._statement(match.start())
            yield match.start(), match[1], span, owner

    def _statement(self, at: int) -> str:
        """Return whose call stands at a place: a variable's, or the chain's."""
        before = self.shape[max(at - 60, 0) : at]
        receiver = re.search(r"(?:^|[;{}\n])\s*(\w+)\Z", before)
        if receiver:
            return receiver[1]
        begin = max(self.shape.rfind(sign, 0, at) for sign in ";{}")
        return f"statement {begin}"

    def _is_spelled_out(self, span: Span) -> bool:
        """Whether a list is given, or a name or call that stands for one."""
        ahead = self.shape[max(span[0] - 40, 0) : span[0]]
        return re.search(r"[:=]\s*(?:vec!|Some\()?\s*\Z", ahead) is not None

    def _restarts(self, literal: Literal) -> bool:
        start, end = literal.fields.get("restartpolicy", (0, 0))
        return _ALWAYS.search(self.code.text, start, end) is not None

    def _reached(
        self, span: Span, function: str, deep: int, seen: set[Span]
    ) -> Iterator[Literal]:
        """Yield the containers that a value holds, or that its names lead to."""
        if span in seen or deep < 0:
            return
        seen.add(span)
        inside: list[Literal] = []
        for literal in self.literals[bisect_right(self._starts, span[0] - 1) :]:
            if literal.at >= span[1]:
                break
            if not inside or literal.at > inside[-1].end:
                inside.append(literal)
        yield from inside
        for match in _CALLED.finditer(self.shape, *span):
            if any(one.at <= match.start() <= one.end for one in inside):
                continue
            self._steps -= 1
            if self._steps < 0:
                return
            name = match[1]
            if match[2] == "(":
                if name in self._bodies and name != function:
                    body = self._bodies[name]
                    yield from self._reached(body, name, deep - 1, seen)
                continue
            here = (function, name)
            for at in self._named.get(here, self._named.get(("", name), ())):
                self._steps -= 1
                if self._steps < 0:
                    return
                value = at, self._end_of_value(at)
                yield from self._reached(value, function, deep - 1, seen)
            yield from self._added(name, function, deep, seen)

    def _added(
        self, name: str, function: str, deep: int, seen: set[Span]
    ) -> Iterator[Literal]:
        """Yield what calls put into the list in a variable."""
        body = self._bodies.get(function, (0, 0))
        called = re.compile(
            rf"(?<![\w.]){re.escape(name)}\s*"
            r"(?:\.(?:append|extend|add|addAll|push|insert|Add)\(|\+=\s*\[)"
        )
        for match in called.finditer(self.shape, *body):
            end = self.code.closes.get(match.end() - 1, match.end())
            yield from self._reached((match.end(), end), function, deep - 1, seen)

    # --- one container

    def container(self, literal: Literal, stage: Stage) -> Container:
        """Return the container that a literal describes."""
        fields = literal.fields
        name, image = (self._say(fields.get(one)) for one in ("name", "image"))
        at = name or image or Text("", self.code.line(literal.at))
        nothing = (0, 0)
        env = fields.get("env", fields.get("environment", nothing))
        return Container(
            name=name.text if name else "",
            line=at.line,
            stage=stage,
            image=image,
            words=tuple(
                word
                for one in ("command", "args", "entrypoint")
                for word in self.code.strings(fields.get(one, nothing))
            ),
            settings=tuple(self.code.strings(env)),
            ports=tuple(self._ports(fields)),
            mounts=tuple(self._mounts(fields.get("volumemounts", nothing))),
            notes=tuple(self._comments(literal.at)),
        )

    def _comments(self, at: int) -> Iterator[Text]:
        """Yield the comment above the statement that a place is in."""
        number = self.code.line(at)
        lines = self.code.text[max(at - 2000, 0) : at].split("\n")[:-1]
        for said in reversed(lines[-ABOVE:]):
            number -= 1
            bare = said.strip()
            if bare.startswith(("#", "//", "/*", "*")):
                yield Text(bare.strip("#/* "), number)
            elif not bare.endswith(("(", "[", "{", ":")):
                return

    def _say(self, span: Span | None) -> Text | None:
        """Return what a value says: a string, a constant's, or the code itself."""
        if span is None:
            return None
        start, end = span[0], min(span[1], span[0] + WIDEST)
        inside = self.shape[start:end]
        start += len(inside) - len(inside.lstrip())
        line = self.code.line(start)
        said = next(self.code.strings((start, end)), None)
        source = self.code.source((start, end)).strip()
        plainly = re.match(
            r"(?:Some\(|Optional\.of\(|f|pulumi\.interpolate)?[\"'`]", source
        )
        if said is not None and plainly:
            return Text(said.text, line)
        source = _CONVERTED.sub("", source)
        bare = plain(source)
        for at in self._named.get(("", bare), []):
            constant = next(self.code.strings((at, at + 1)), None)
            if constant is not None:
                return Text(constant.text, line)
        return Text(source, line)

    def _ports(self, fields: dict[str, Span]) -> Iterator[Port]:
        for start, end in (
            fields.get("ports", (0, 0)),
            fields.get("portmappings", (0, 0)),
        ):
            for match in _CONTAINER_PORT.finditer(self.code.text, start, end):
                yield Port(int(match[1]), "", self.code.line(match.start()))

    def _mounts(self, span: Span) -> Iterator[Mount]:
        for match in _PATH.finditer(self.code.text, *span):
            opening = self._around(match.start())
            start, end = opening, self.code.closes.get(opening, opening)
            if opening < span[0] or self.shape[opening] not in "{(":
                start, end = max(match.start() - 200, span[0]), match.end() + 200
            volume = _VOLUME.search(self.code.text, start, min(end, span[1]))
            only = _ONLY.search(self.code.text, start, min(end, span[1])) is not None
            if volume is not None:
                name = volume[1].strip("\"'`")
                yield Mount(name, match[1], only, self.code.line(match.start()))


class _Enclosing:
    """The innermost bracket around each place of a text."""

    def __init__(self, shape: str) -> None:
        self._places: list[int] = [-1]
        self._open: list[int] = [-1]
        waiting: list[int] = []
        for match in re.finditer(r"[\[{()}\]]", shape):
            if match[0] in "[{(":
                waiting.append(match.start())
            elif waiting:
                waiting.pop()
            self._places.append(match.start())
            self._open.append(waiting[-1] if waiting else -1)

    def __call__(self, at: int) -> int:
        return self._open[bisect_right(self._places, at - 1) - 1]


def _enclosing(shape: str) -> _Enclosing:
    return _Enclosing(shape)
