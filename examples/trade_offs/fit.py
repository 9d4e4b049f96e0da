"""Straight lines through the points of the measurement `growing`, block by block.

In each block the cost of a helper, which is the use with it less the use without one,
is fitted by least squares (numpy). The terms are then medians over the blocks, with the
same bootstrap interval as everything else.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from trade_offs import estimate, model
from trade_offs.estimate import Estimate
from trade_offs.model import TERMS, Size

NODE = 50
"""Copies on one node, wherever a larger system is worked out on paper."""
LARGE = (1_000, 100_000)
"""Copies that nobody measured."""
RATE = 10
"""Requests a second to each of them."""

Points = Sequence[tuple[float, float, float]]
"""Copies on one node, requests a second, and what was measured there."""
Terms = dict[str, float]
"""What one block says."""


def line(points: Points) -> tuple[float, float]:
    """Return a and b of a + b * copies."""
    copies = np.array([point[0] for point in points])
    rows = np.column_stack([np.ones_like(copies), copies])
    found = np.linalg.lstsq(rows, np.array([point[2] for point in points]))[0]
    return float(found[0]), float(found[1])


def plane(points: Points) -> tuple[float, float, float]:
    """Return c, d and e of c + d * copies + e * requests."""
    rows = np.array([[1.0, copies, requests] for copies, requests, _ in points])
    found = np.linalg.lstsq(rows, np.array([point[2] for point in points]))[0]
    return float(found[0]), float(found[1]), float(found[2])


def terms(memory: Points, processor: Points, time: float) -> Terms:
    """Return what one block says of one variant."""
    values = (*line(memory), *plane(processor), time)
    return dict(zip(TERMS, values, strict=True))


def said(by_variant: dict[str, list[Terms]]) -> dict[str, Any]:
    """Return for the result's file: each term, and large systems worked out on paper.

    Value, low and high each. A large system is worked out from each block's own terms,
    so its interval is that of the fit.
    """
    return {
        "model": {
            variant: {
                term: triple(estimate.over([block[term] for block in blocks]))
                for term in TERMS
            }
            for variant, blocks in by_variant.items()
        },
        "on paper": {
            variant: {
                str(copies): {
                    what: triple(
                        estimate.over(
                            [getattr(worked(b, copies), what) for b in blocks]
                        )
                    )
                    for what in ("memory", "processor")
                }
                for copies in LARGE
            }
            for variant, blocks in by_variant.items()
        },
        "crossings": crossings(by_variant),
    }


def worked(block: Terms, copies: int) -> model.Cost:
    """Return what a large system costs, by one block's terms."""
    return model.cost(block, Size(copies, copies / NODE, copies * RATE))


def crossings(by_variant: dict[str, list[Terms]]) -> dict[str, list[float]]:
    """Return from how many copies on a node a node agent takes less memory.

    Less than a sidecar each, and less than the library in each. Where the lines of a
    block do not cross, nothing is said.
    """
    found: dict[str, list[float]] = {}
    if not (agent := by_variant.get("a node agent", [])):
        return found
    for other in sorted({"sidecars", "a library"} & by_variant.keys()):
        copies = []
        for one, two in zip(agent, by_variant[other], strict=True):
            steeper = two["memory of a copy"] - one["memory of a copy"]
            ahead = one["memory of a node"] - two["memory of a node"]
            if steeper > 0:
                copies.append(max(1.0, ahead / steeper))
        if len(copies) == len(agent):
            found[other] = triple(estimate.over(copies))
    return found


def triple(found: Estimate) -> list[float]:
    """Return an estimate for the file, without digits that differ between machines."""
    return [float(f"{x:.8g}") for x in (found.value, found.low, found.high)]
