"""Jsonnet and CUE: containers, and the lists of them, in code that makes manifests.

The code is not run. Strings and comments are blanked, so that brackets can be counted.
An object that has an `image` and a `name` is a container, and so is what a library's
`container.new(…)` makes, with all that is added to it. A list that names such ones, or
holds them, is a unit. One that no list of the file names is a unit by itself, whose
neighbors stand elsewhere. Annotations ask others to add one, as in any program.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Container, Group, Mount, Port, Text
from sidecar_spotter.readers.common.lines import Lines
from sidecar_spotter.readers.common.source import Code
from sidecar_spotter.readers.jsonnet.lists import (
    WIDEST,
    Made,
    Span,
    binding,
    expression_end,
    lists,
    opening,
    parts,
    steps,
)
from sidecar_spotter.readers.languages.cue import CUE, with_commas
from sidecar_spotter.readers.languages.jsonnet import JSONNET
from sidecar_spotter.readers.languages.language import Language
from sidecar_spotter.readers.programs.annotations import asked
from sidecar_spotter.tables import injectors

MOST = 200
"""Containers of one file that are looked at, of either kind."""
STRINGS = 100
"""Strings of a command that are looked at."""

_IMAGE = re.compile(r"\bimage\s*\+?:{1,3}")
_FIELD = re.compile(r"\s*(\w+)\s*\+?:{1,3}")
_PORT = re.compile(
    r"\bcontainerPort\s*:\s*(\d{1,5})\b"
    r"|ontainerPort\.new\w{0,20}\(\s*(?:\"?\s*,\s*)?(\d{1,5})\b"
)
_NEW = re.compile(
    r"(?<![\w$.])(?:[\w$]{1,40}\.){0,6}\w{0,40}[cC]ontainer\.new\("
    r"|(?<![\w$.])[\w$]{1,40}\.Container\("
)
"""The libraries k.libsonnet, of Grafana and others, and kube.libsonnet, of Bitnami."""
_MOUNT = re.compile(r"olumeMount\.new\(|(?P<field>\bmountPath)\s*\+?:{1,3}")
_SETTINGS = re.compile(r"\bwithEnv(?:Map)?(?:Mixin)?\(|\benv_*\+?:{1,3}")
_WORDS = re.compile(r"\bwith(?:Args|Command)(?:Mixin)?\(|\b(?:args|command)_*\+?:{1,3}")


def suits(path: str, data: bytes) -> bool:
    """Whether the file is Jsonnet or CUE that could hold a container."""
    if form_of(path) != "jsonnet":
        return False
    boxes = (b"image" in data and b"ontainer" in data) or b"ontainer.new(" in data
    return boxes or injectors.mentioned(data)


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the units that a file lists, and each container that it does not list."""
    text = data.decode("utf-8", "replace")
    language = CUE if path.endswith(".cue") else JSONNET
    word = "CUE" if language is CUE else "jsonnet"
    sheet = _Sheet(text, language)
    made = sorted((*sheet.objects(), *sheet.calls()), key=lambda one: one.start)
    listed: set[int] = set()
    for one in lists(sheet.shape, made):
        boxes = [replace(part.box, stage="init") for part in one.early]
        boxes += [part.box for part in one.run]
        listed.update(part.start for part in (*one.early, *one.run))
        marks = frozenset(() if one.whole else ("partial",))
        at = sheet.line(one.start)
        name = sheet.first_string(one.start)
        kind = f"{word} list"
        yield Group(path, at, "kubernetes", kind, name, tuple(boxes), marks=marks)
    for part in made:
        if part.start not in listed:
            marks = frozenset(("partial",))
            kind = f"{word} object"
            box = part.box
            yield Group(path, box.line, "kubernetes", kind, "", (box,), marks=marks)
    if injectors.mentioned(data) and (requests := tuple(asked(Code(text, language)))):
        at = requests[0].line
        yield Group(path, at, "kubernetes", f"{word} object", "", requests=requests)


class _Sheet:
    """The text of a file: as it is, and with strings and comments blanked."""

    def __init__(self, code: str, language: Language) -> None:
        self.code = code
        self.strings: dict[int, str] = {}
        self.shape = language.tokens.sub(self._blank, code)
        if language is CUE:
            self.shape = with_commas(self.shape)
        self.line = Lines(code).of

    def _blank(self, match: re.Match[str]) -> str:
        said = match[0]
        plain = "".join(one if one == "\n" else " " for one in said)
        if said[0] not in "'\"":
            return plain
        self.strings[match.start()] = said.strip("'\"")
        return '"' + plain[1:]  # a sign that something stands there

    def first_string(self, start: int) -> str:
        """Return the string with which a call's arguments begin, if one does."""
        at = self.shape.find("(", start, start + WIDEST) + 1
        while at and at < len(self.code) and self.code[at].isspace():
            at += 1
        return self.strings.get(at, "") if at else ""

    def objects(self) -> list[Made]:
        """Return the objects that are containers, and not the settings around them."""
        found = list(self._with_images())
        return [
            one
            for one in found
            if not any(one.start < other.start < one.end for other in found)
        ]

    def _with_images(self) -> Iterator[Made]:
        """Yield the objects that have the fields of a container."""
        seen: set[int] = set()
        for match in islice(_IMAGE.finditer(self.shape), MOST):
            start = opening(self.shape, match.start(), "{")
            if start is None or start in seen:
                continue
            seen.add(start)
            fields, end = self._fields(start)
            if "name" in fields and "image" in fields:
                words = [fields[one] for one in ("command", "args") if one in fields]
                box = self._container(
                    fields["name"], fields["image"], words, (start, end)
                )
                yield Made(start, end, binding(self.shape, start), box)

    def calls(self) -> Iterator[Made]:
        """Yield what a library's function makes, with all that is added to it."""
        for match in islice(_NEW.finditer(self.shape), MOST):
            start, end = match.start(), expression_end(self.shape, match.start())
            given = list(parts(self.shape, match.end() - 1))
            if not given:
                continue
            names = [_named(self.shape, one) for one in given]
            by_name = {name: span for name, span in names if name}
            by_place = [span for name, span in names if not name]
            name = by_name.get("name") or (by_place[0] if by_place else given[0])
            image = by_name.get("image") or (by_place[1] if by_place[1:] else None)
            if image is None and (said := _IMAGE.search(self.shape, start, end)):
                image = (said.end(), expression_end(self.shape, said.end()))
            words = [
                (said.end(), expression_end(self.shape, said.end()))
                for said in islice(_WORDS.finditer(self.shape, start, end), STRINGS)
            ]
            box = self._container(name, image, words, (start, end))
            yield Made(start, end, binding(self.shape, start), box)

    def _fields(self, start: int) -> tuple[dict[str, Span], int]:
        """Return the fields of the object whose brace is at *start*, and its end."""
        found: dict[str, Span] = {}
        begin, end = start + 1, start
        for match, depth in steps(self.shape, start):
            if (match[0] == "," and depth == 1) or depth == 0:
                if field := _FIELD.match(self.shape, begin, match.start()):
                    found.setdefault(field[1], (field.end(), match.start()))
                begin = end = match.end()
            if depth == 0:
                break
        return found, end

    def _say(self, span: Span) -> Text:
        begin, end = span
        begin += len(self.code[begin:end]) - len(self.code[begin:end].lstrip())
        own = self.strings.get(begin)
        said = own or " ".join(self.code[begin:end].split())[:200]
        return Text(said, self.line(begin))

    def _container(
        self, name: Span, image: Span | None, words: list[Span], whole: Span
    ) -> Container:
        told = self._say(name)
        settings = [
            (said.end(), expression_end(self.shape, said.end()))
            for said in islice(_SETTINGS.finditer(self.shape, *whole), STRINGS)
        ]
        return Container(
            name=told.text,
            line=told.line,
            image=self._say(image) if image is not None else None,
            words=self._strings_in(words),
            settings=self._strings_in(settings),
            mounts=tuple(self._mounts(whole)),
            ports=tuple(
                Port(int(match[1] or match[2]), "", self.line(match.start()))
                for match in islice(_PORT.finditer(self.shape, *whole), STRINGS)
            ),
        )

    def _strings_in(self, spans: list[Span]) -> tuple[Text, ...]:
        found = (
            Text(self.strings[at], self.line(at))
            for span in spans
            for at in islice(range(*span), WIDEST)
            if at in self.strings
        )
        return tuple(islice(found, STRINGS))

    def _mounts(self, whole: Span) -> Iterator[Mount]:
        """Yield the volumes that a library's function, or an object, mounts."""
        for match in islice(_MOUNT.finditer(self.shape, *whole), STRINGS):
            start = match.end() - 1
            if match["field"]:
                brace = opening(self.shape, match.start(), "{")
                fields = self._fields(brace)[0] if brace is not None else {}
                given = [fields[one] for one in ("name", "mountPath") if one in fields]
                only = fields.get("readOnly", (0, 0))
            else:
                given = list(parts(self.shape, start))
                only = given[2] if given[2:] else (0, 0)
            if len(given) > 1:
                name, path = self._say(given[0]), self._say(given[1])
                read_only = "true" in self.shape[slice(*only)]
                yield Mount(name.text, path.text, read_only, name.line)


def _named(shape: str, span: Span) -> tuple[str, Span]:
    """Return the name of an argument, if it is given by name, and its value."""
    match = re.compile(r"\s*(\w+)\s*=(?!=)").match(shape, *span)
    return (match[1], (match.end(), span[1])) if match else ("", span)
