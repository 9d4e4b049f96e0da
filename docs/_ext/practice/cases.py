"""Cases to practice on: a manifest, and what each container in it is and why.

A folder of ``examples/practice`` holds one manifest and its ``case.toml``::

    kind = "regular"                    # one of KINDS
    teaches = "feature-shared-volume"   # the label of a passage of the handbook
    hint = "…"                          # Markdown, as all that a reader sees

    [[container]]                       # in the order of the file
    name = "courier"
    label = "sidecar"                   # one of LABELS
    also = ["main"]                     # further labels that are right, if any
    at = "…"                            # only if it is a line and no container
    shows = ["readOnly: true"]          # the lines that decide
    why = "…"

A line is named by its whole text, or by a part that only this line has. It is looked
for in the container's own lines first, then in the whole file.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

REPO = Path(__file__).parents[3]
PRACTICE = REPO / "examples" / "practice"

LABELS = {
    "main": "main container",
    "sidecar": "sidecar",
    "native-sidecar": "native sidecar",
    "injected-sidecar": "injected sidecar",
    "ambassador": "ambassador",
    "adapter": "adapter",
    "init": "init container",
    "not-a-sidecar": "not a sidecar",
}
"""What a container can be, as the spotter calls it and as the reader does."""

KINDS = {
    "native",
    "regular",
    "injected",
    "ambassador",
    "adapter",
    "init only",
    "peers",
    "false friend",
}

LISTS = {"containers", "initContainers", "containerDefinitions", "steps", "sidecars"}
"""Fields, on all platforms, that hold a list of containers."""

CASE = {"kind": str, "teaches": str, "hint": str, "container": list}
CONTAINER = {"name": str, "label": str, "shows": list, "why": str}
OPTIONAL = {"also": list, "at": str}


class Faulty(Exception):
    """A case that says something that cannot be."""


@dataclass(frozen=True)
class Container:
    """One container, or one line that asks for one, and what it is."""

    name: str
    label: str
    also: tuple[str, ...]
    why: str
    first: int
    """Its first line in the manifest; lines count from 1."""
    last: int
    shows: tuple[int, ...]
    """The lines that decide, in their order."""


@dataclass(frozen=True)
class Case:
    """A manifest and what is in it."""

    name: str
    path: Path
    text: str
    kind: str
    teaches: str
    hint: str
    containers: tuple[Container, ...]


def read(folder: Path) -> Case:
    """Return the case in *folder*.

    Raises Faulty, with what to mend, where its files do not fit together.
    """
    manifests = [path for path in sorted(folder.glob("*")) if path.name != "case.toml"]
    if len(manifests) != 1 or not (folder / "case.toml").is_file():
        raise Faulty("needs one manifest and a case.toml")
    try:
        said = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Faulty(f"case.toml: {error}") from error
    check(said, CASE, {})
    if said["kind"] not in KINDS:
        raise Faulty(f"no such kind: {said['kind']}")
    text = manifests[0].read_text(encoding="utf-8")
    containers = tuple(container(one, text) for one in said["container"])
    ends = [0, *(box.last for box in containers)]
    if any(box.first <= end for box, end in zip(containers, ends, strict=False)):
        raise Faulty("containers stand in the order of the file, and do not overlap")
    head = {key: said[key].strip() for key in ("kind", "teaches", "hint")}
    return Case(folder.name, manifests[0], text, **head, containers=containers)


Keys = Mapping[str, type]


def check(said: dict[str, Any], needed: Keys, more: Keys) -> None:
    """Raise Faulty unless *said* has what is *needed*, and nothing unknown."""
    for key in needed.keys() - said.keys():
        raise Faulty(f"lacks {key}")
    for key, value in said.items():
        kind = {**needed, **more}.get(key)
        if kind is None or not isinstance(value, kind) or not value:
            raise Faulty(f"unknown, of a wrong type or empty: {key}")


def container(said: dict[str, Any], text: str) -> Container:
    """Return one entry of a case, with its lines found in the manifest's *text*."""
    check(said, CONTAINER, OPTIONAL)
    name, lines = said["name"], text.splitlines()
    shows, also = said["shows"], said.get("also", [])
    if not all(isinstance(part, str) for part in shows + also):
        raise Faulty(f"{name}: shows and also are lists of text")
    for label in {said["label"], *also} - LABELS.keys():
        raise Faulty(f"{name}: no such label: {label}")
    if "at" in said:
        first = last = line_of(said["at"], lines, 1, len(lines))
    else:
        try:
            found = [span for each, span in spans(text) if each == name]
        except yaml.YAMLError as error:
            raise Faulty(f"the manifest: {error}") from error
        if len(found) != 1:
            raise Faulty(f"{len(found)} containers are named {name}")
        first, last = found[0]
    numbers = tuple(sorted(line_of(part, lines, first, last) for part in shows))
    why = said["why"].strip()
    return Container(name, said["label"], tuple(also), why, first, last, numbers)


def line_of(part: str, lines: list[str], first: int, last: int) -> int:
    """Return the number of the line that *part* names."""
    for start, end in ((first, last), (1, len(lines))):
        numbers = range(start, end + 1)
        for found in (
            [number for number in numbers if lines[number - 1].strip() == part],
            [number for number in numbers if part in lines[number - 1]],
        ):
            if len(found) == 1:
                return found[0]
            if found:
                raise Faulty(f"lines {found} all have: {part}")
    raise Faulty(f"no line has: {part}")


@cache
def spans(text: str) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return the name of each container in a manifest, with its first and last line.

    Each container of a case asks for them, and a manifest is parsed once.
    """
    found, lines = [], text.splitlines()
    for document in yaml.compose_all(text, yaml.SafeLoader):
        for name, start, node in entries(document):
            if node.flow_style:
                last = node.end_mark.line + 1
            else:
                # A block ends where the next thing begins: go back to its last line.
                last = node.end_mark.line
                while not lines[last - 1].split("#")[0].strip():
                    last -= 1
            found.append((name, (start + 1, last)))
    return tuple(found)


def entries(node: Any) -> Iterator[tuple[str, int, Any]]:
    """Yield the name, the first line (from 0) and the node of each container below."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from entries(item)
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if key.value == "services" and isinstance(value, yaml.MappingNode):
            for name, service in value.value:
                yield name.value, name.start_mark.line, service
        elif key.value in LISTS and isinstance(value, yaml.SequenceNode):
            for item in value.value:
                names = {part.value: name.value for part, name in item.value}
                yield names.get("name", ""), item.start_mark.line, item
        else:
            yield from entries(value)
