"""What samples say, and how surely: medians of blocks, with bootstrap intervals.

Samples come in blocks: for each, all programs are started anew, at another moment of
the run. What is within a block shares its luck, such as where its programs lie in
memory and what else the machine does, so its samples are not as many as they seem: a
block counts once, with its median.

Bootstrap, by scipy: draw as many blocks again as there are, with repetition, many times
over, and look between which values 99 of 100 of the medians lie. It asks nothing of the
shape of the samples, which for times is far from a bell. Not 95: a run says about two
hundred things, and some of them would move by chance alone.
https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.bootstrap.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import bootstrap

CONFIDENCE = 0.99
RESAMPLES = 2000
SEED = 2016
"""The same samples always give the same interval."""

Blocks = Sequence[Sequence[float]]
"""The samples of one variant; those with the same place are of the same round."""


@dataclass(frozen=True)
class Estimate:
    """A value in the unit of its samples, and its bootstrap interval."""

    value: float
    low: float
    high: float

    def overlaps(self, other: "Estimate", slack: float = 0.0) -> bool:
        """Say whether the intervals meet, or miss each other by *slack* at most."""
        return self.low <= other.high + slack and other.low <= self.high + slack


def median(blocks: Blocks) -> Estimate:
    """Return the median of the blocks' medians. Raises ValueError if there are none."""
    return over([float(np.median(block)) for block in whole(blocks)])


def added(blocks: Blocks, base: Blocks) -> Estimate:
    """Return how much more the one is than the other: of each block the median pair.

    Raises ValueError unless both have the same samples, and one at least.
    """
    pairs = zip(whole(blocks), whole(base), strict=True)
    return over([float(np.median(np.subtract(*matched(*pair)))) for pair in pairs])


def times(blocks: Blocks, base: Blocks) -> Estimate:
    """Return how many times as much it is: of each block one median by the other.

    Raises ValueError unless both have the same samples, and one at least.
    """
    pairs = [matched(*pair) for pair in zip(whole(blocks), whole(base), strict=True)]
    return over([float(np.median(one) / np.median(two)) for one, two in pairs])


def over(values: Sequence[float]) -> Estimate:
    """Return the median of one value for each block, with its interval."""
    if not len(values):
        raise ValueError("no samples")
    value = float(np.median(values))
    if np.ptp(values) == 0:
        return Estimate(value, value, value)
    interval = bootstrap(
        (np.asarray(values, dtype=float),),
        np.median,
        n_resamples=RESAMPLES,
        vectorized=True,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Estimate(value, float(interval.low), float(interval.high))


def whole(blocks: Blocks) -> Blocks:
    """Return *blocks*. Raises ValueError if one of them is empty."""
    if not all(len(block) for block in blocks):
        raise ValueError("no samples in a block")
    return blocks


def matched(
    one: Sequence[float], two: Sequence[float]
) -> tuple[Sequence[float], Sequence[float]]:
    """Return both. Raises ValueError unless they are pairs."""
    if len(one) != len(two):
        raise ValueError(f"{len(one)} samples are no pairs of {len(two)}")
    return one, two
