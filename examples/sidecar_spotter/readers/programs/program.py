"""A file of one of the seven languages, and the containers that stand in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sidecar_spotter.readers.common.functions import Functions, Named, named
from sidecar_spotter.readers.common.source import Code
from sidecar_spotter.readers.languages.language import Language
from sidecar_spotter.readers.programs.chains import built
from sidecar_spotter.readers.programs.literal import Literal
from sidecar_spotter.readers.programs.objects import objects
from sidecar_spotter.readers.programs.typed import typed

MOST = 300
"""Containers of one file that are looked at."""


@dataclass(frozen=True, slots=True)
class Program:
    """The text of a file, its functions, its containers, and where its names lead."""

    code: Code
    functions: Functions
    literals: tuple[Literal, ...]
    """In their order."""
    named: Named


def parse(text: str, language: Language) -> Program:
    """Return *text* as a program."""
    code = Code(text, language)
    functions = Functions(code)
    literals = sorted(islice(_literals(code), MOST), key=lambda one: one.at)
    return Program(code, functions, tuple(literals), named(code, functions))


def _literals(code: Code) -> Iterator[Literal]:
    """Yield each container once: by its type, else by what builds it, or its fields."""
    sure = list(typed(code))
    seen = {one.opening for one in sure}
    yield from sure
    yield from built(code, seen)
    yield from objects(code, seen)
