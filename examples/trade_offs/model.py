"""The model of what a helper costs, in one formula: the page, its table and its script.

Fitted from the measurement `growing` (fit.py), written into its result, and worked out
here and in docs/_static/costs.js; a test holds the two to the same numbers.

    memory    = nodes * a + copies * b
    processor = nodes * c + copies * d + requests a second * e
    time added to a request = t

All are what a helper costs on top of the same application without one. What comes out
less than nothing is noise, and counts as nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TERMS = (
    "memory of a node",
    "memory of a copy",
    "processor of a node",
    "processor of a copy",
    "processor of a request",
    "time of a request",
)
"""What a fit gives for each variant: MiB, milliseconds a second, and microseconds."""


@dataclass(frozen=True)
class Size:
    """How large a system is."""

    copies: float
    nodes: float
    requests: float
    """A second, in all."""


@dataclass(frozen=True)
class Cost:
    """What its helpers cost."""

    memory: float
    """MiB."""
    processor: float
    """Processors that are busy with it all the time."""
    time: float
    """Microseconds more for each request."""


def cost(terms: Mapping[str, float], size: Size) -> Cost:
    """Return what helpers with these *terms* cost in a system of this size."""
    memory = (
        size.nodes * terms["memory of a node"] + size.copies * terms["memory of a copy"]
    )
    # Milliseconds a second, of a thousand.
    busy = (
        size.nodes * terms["processor of a node"]
        + size.copies * terms["processor of a copy"]
        + size.requests * terms["processor of a request"]
    )
    return Cost(
        max(0.0, memory),
        max(0.0, busy / 1000),
        max(0.0, terms["time of a request"]),
    )
