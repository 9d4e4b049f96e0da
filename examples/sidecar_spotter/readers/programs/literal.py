"""What is known of a place where a program says what a container is."""

import re
from dataclasses import dataclass

from sidecar_spotter.model import Stage
from sidecar_spotter.readers.common.source import Span

_GIVEN = re.compile(r"(\w+)\s*(?::\s*[\w.<>\[\]]{1,80}\s*)?=\s*(?:&mut\s+)?\Z")


@dataclass(frozen=True, slots=True)
class Literal:
    """Where the code says what a container is."""

    at: int
    opening: int
    """Where the bracket is behind which its fields stand."""
    end: int
    fields: dict[str, Span]
    """Where its values stand, by names in small letters and without underscores."""
    variable: str
    """The variable that it is given to."""
    sure: bool
    """Whether it is one wherever it stands, by its type."""
    stage: Stage = "run"


def variable(shape: str, at: int) -> str:
    """Return the variable that is given what begins at a place."""
    match = _GIVEN.search(shape[max(at - 120, 0) : at])
    return match[1] if match else ""
