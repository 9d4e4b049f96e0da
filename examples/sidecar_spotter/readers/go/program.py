"""A Go file with what there is to know of its names, for all that read it."""

from dataclasses import dataclass

from sidecar_spotter.readers.common.functions import Functions
from sidecar_spotter.readers.common.source import Code
from sidecar_spotter.readers.go.landings import Landings
from sidecar_spotter.readers.go.names import Names
from sidecar_spotter.readers.languages.go import GO


@dataclass(frozen=True, slots=True)
class Program:
    """The text of a file, its functions, and where its names lead."""

    code: Code
    functions: Functions
    names: Names
    landings: Landings


def parse(text: str) -> Program:
    """Return *text* as a program."""
    code = Code(text, GO)
    functions = Functions(code)
    return Program(code, functions, Names(code, functions), Landings(code, functions))
