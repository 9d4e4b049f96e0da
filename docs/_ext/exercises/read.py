"""Questions, read from ``docs/exercises/*.yaml`` and checked.

Each file is a list of questions; docs/exercises/schema.json says what a question has.
What is wrong with a file is told all at once, with the file, the question and what to
do. Nothing here knows how a question is shown.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

KINDS = ("one", "several", "order", "line", "text")
GOALS = {
    1: "define it",
    2: "identify it",
    3: "list the features",
    4: "weigh it",
}
NEEDED = ("id", "title", "kind", "goal", "passage", "question", "explanation")
KNOWN = {*NEEDED, "choices", "steps", "manifest"}
ID = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
EXCERPT = {"file", "start-at", "end-before"}


class FormatError(ValueError):
    """A file of questions is not what it should be; the message says all of it."""


@dataclass(frozen=True)
class Choice:
    """One thing to choose, whether it is right, and why; ``line`` counts from 0."""

    text: str
    right: bool
    why: str
    line: int = 0


@dataclass(frozen=True)
class Listing:
    """The part of a file that a question shows."""

    file: Path
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question with its answer, and the file and line where it stands."""

    id: str
    title: str
    kind: str
    goal: int
    passage: str
    question: str
    explanation: str
    choices: tuple[Choice, ...]
    steps: tuple[str, ...]
    listing: Listing | None
    path: Path
    line: int

    @property
    def shown(self) -> list[int]:
        """The steps in the order in which they are shown: the same each time, mixed."""

        def place(number: int) -> bytes:
            words = f"{self.id} {self.steps[number]}".encode()
            return hashlib.sha256(words).digest()

        mixed = sorted(range(len(self.steps)), key=place)
        return mixed[::-1] if mixed == sorted(mixed) else mixed

    @property
    def answer(self) -> list[int]:
        """The right choices, the right lines, or the shown steps in their order."""
        if self.kind == "order":
            return [self.shown.index(number) for number in range(len(self.steps))]
        right = [(n, choice) for n, choice in enumerate(self.choices) if choice.right]
        if self.kind == "line":
            return [choice.line for _, choice in right]
        return [number for number, _ in right]


def read_folder(folder: Path, repository: Path) -> dict[str, Question]:
    """Return all questions below *folder* by their ids, in order.

    Manifests are files of *repository*. Raises FormatError.
    """
    found: dict[str, Question] = {}
    wrong: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            questions = read_file(path, repository)
        except FormatError as error:
            wrong.append(str(error))
            continue
        for question in questions:
            other = found.setdefault(question.id, question)
            if other is not question:
                wrong.append(
                    f"{path.name}: question {question.id!r}: the id stands in"
                    f" {other.path.name} too: choose another"
                )
    if wrong:
        raise FormatError("\n".join(wrong))
    return found


def read_file(path: Path, repository: Path) -> list[Question]:
    """Return the questions of one file. Raises FormatError."""
    text = path.read_text(encoding="utf-8")
    try:
        entries = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise FormatError(f"{path.name}: this is not YAML: {error}") from None
    if not isinstance(entries, list):
        raise FormatError(f"{path.name}: write a list: each question begins with '-'")
    wrong: list[str] = []
    questions = []
    for number, entry in enumerate(entries, 1):
        name = entry.get("id", f"no. {number}") if isinstance(entry, dict) else number
        problems = list(problems_of(entry, repository))
        wrong += [f"{path.name}: question {name!r}: {problem}" for problem in problems]
        if not problems:
            before, _, _ = text.partition(f"- id: {entry['id']}\n")
            questions.append(made(entry, repository, path, before.count("\n") + 1))
    if wrong:
        raise FormatError("\n".join(wrong))
    return questions


def problems_of(entry: Any, repository: Path) -> Iterator[str]:
    """Say what is wrong with one entry of a file, and what to do."""
    if not isinstance(entry, dict):
        yield "write fields, such as 'id: ...', one to a line"
        return
    for field in NEEDED:
        if not entry.get(field):
            yield f"has no {field}: add a line '{field}: ...'"
    for field in set(entry) - KNOWN:
        yield f"has {field!r}, which nobody reads: one of {', '.join(sorted(KNOWN))}"
    for field in {*NEEDED} - {"goal"}:
        if entry.get(field) and not isinstance(entry[field], str):
            yield f"{field} is no text: put it in quotes"
    if not ID.fullmatch(str(entry.get("id", "x"))):
        yield f"the id {entry['id']!r} has other signs than a-z, 0-9 and '-': change it"
    kind = entry.get("kind")
    if kind and kind not in KINDS:
        yield f"kind is {kind!r}: write one of {', '.join(KINDS)}"
    if entry.get("goal") and entry["goal"] not in GOALS:
        yield f"goal is {entry['goal']!r}: write 1, 2, 3 or 4"
    if "manifest" in entry:
        yield from problems_of_manifest(entry["manifest"], repository)
    elif kind == "line":
        yield "has no manifest: say from which file to choose a line"
    if kind == "order":
        steps = entry.get("steps")
        steps = steps if isinstance(steps, list) else []
        texts = {step for step in steps if isinstance(step, str)}
        if len(steps) < 3 or len(texts) < len(steps):
            yield (
                "needs steps: a list of at least three texts, all different, in the"
                " right order"
            )
    elif "steps" in entry:
        yield f"has steps, but its kind is {kind}: only 'order' has steps"
    if kind in ("one", "several", "line"):
        yield from problems_of_choices(entry, repository)
    elif "choices" in entry:
        yield f"has choices, but its kind is {kind}: remove them"


def problems_of_manifest(manifest: Any, repository: Path) -> Iterator[str]:
    """Say what is wrong with a question's manifest."""
    if not isinstance(manifest, dict) or not manifest.get("file"):
        yield "manifest names no file: write 'manifest: {file: examples/...}'"
        return
    for field in set(manifest) - EXCERPT:
        yield f"manifest has {field!r}: it may have {', '.join(sorted(EXCERPT))}"
    path = repository / str(manifest["file"])
    if not path.is_file():
        yield f"there is no file {manifest['file']}: name one of the repository"
        return
    text = path.read_text(encoding="utf-8")
    for marker in EXCERPT - {"file"}:
        if marker in manifest and str(manifest[marker]) not in text:
            yield f"{manifest['file']} has no line with {manifest[marker]!r} ({marker})"


def problems_of_choices(entry: dict[str, Any], repository: Path) -> Iterator[str]:
    """Say what is wrong with the choices of a question."""
    kind, choices = entry["kind"], entry.get("choices")
    word = "line" if kind == "line" else "text"
    if not isinstance(choices, list) or len(choices) < 2:
        yield "needs choices: a list of at least two"
        return
    for number, choice in enumerate(choices, 1):
        fields = choice if isinstance(choice, dict) else {}
        for field in (word, "why"):
            if not isinstance(fields.get(field), str):
                yield f"choice {number} has no {field}: add '{field}: ...', a text"
        for field in set(fields) - {word, "why", "right"}:
            yield f"choice {number} has {field!r}: it may have {word}, why and right"
        if not isinstance(fields.get("right", False), bool):
            yield f"choice {number}: right is true, or is left out"
    right = sum(isinstance(c, dict) and c.get("right") is True for c in choices)
    if kind == "one" and right != 1:
        yield f"has {right} right choices, but its kind is 'one': mark one as right"
    elif not right:
        yield "has no right choice: add 'right: true' to one"
    elif right == len(choices):
        yield "has right choices only: add one that is wrong"
    manifest = entry.get("manifest")
    if kind == "line" and not list(problems_of_manifest(manifest, repository)):
        shown = [line.strip() for line in excerpt(entry["manifest"], repository).lines]
        for choice in choices:
            line = choice.get("line") if isinstance(choice, dict) else None
            if isinstance(line, str) and shown.count(line) != 1:
                yield (
                    f"the line {line!r} stands {shown.count(line)} times in what is"
                    " shown: name one that stands there once"
                )


def excerpt(manifest: dict[str, str], repository: Path) -> Listing:
    """Return the lines of a file from one marker up to another, moved to the left."""
    file = repository / manifest["file"]
    lines = file.read_text(encoding="utf-8").splitlines()
    if "start-at" in manifest:
        while manifest["start-at"] not in lines[0]:
            del lines[0]
    if "end-before" in manifest:
        end = manifest["end-before"]
        lines = lines[: next((n for n, line in enumerate(lines) if end in line), None)]
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    return Listing(file, tuple(line[min(indents) :] for line in lines))


def made(
    entry: dict[str, Any], repository: Path, path: Path, line_in_file: int
) -> Question:
    """Make a question of an entry that has no problems."""
    listing = excerpt(entry["manifest"], repository) if "manifest" in entry else None
    shown = [line.strip() for line in listing.lines] if listing else []
    choices = tuple(
        Choice(
            text=choice.get("text") or choice["line"],
            right=choice.get("right", False),
            why=choice["why"],
            line=shown.index(choice["line"]) if "line" in choice else 0,
        )
        for choice in entry.get("choices", ())
    )
    return Question(
        **{field: entry[field] for field in NEEDED},
        choices=choices,
        steps=tuple(entry.get("steps", ())),
        listing=listing,
        path=path,
        line=line_in_file,
    )
