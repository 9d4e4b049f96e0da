"""What samples say, and how surely: medians with bootstrap intervals, by scipy.

Bootstrap: draw as many samples again as there are, with repetition, many times over,
and look between which values 95 of 100 of the medians lie. It asks nothing of the shape
of the samples, which for times is far from a bell.
https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.bootstrap.html
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import bootstrap

CONFIDENCE = 0.95
RESAMPLES = 1000
SEED = 2016
"""The same samples always give the same interval."""


@dataclass(frozen=True)
class Estimate:
    """A value in the unit of its samples, and its bootstrap interval."""

    value: float
    low: float
    high: float

    def overlaps(self, other: "Estimate") -> bool:
        """Say whether the two intervals have a value in common."""
        return self.low <= other.high and other.low <= self.high


def median(samples: Sequence[float]) -> Estimate:
    """Return the median of *samples*. Raises ValueError if there are none."""
    return _estimate(lambda one, axis: np.median(one, axis=axis), samples)


def added(samples: Sequence[float], base: Sequence[float]) -> Estimate:
    """Return how much more the one is than the other: the median over the pairs.

    Raises ValueError unless both have the same number of samples, and one at least.
    """
    return median([one - two for one, two in zip(samples, base, strict=True)])


def times(samples: Sequence[float], base: Sequence[float]) -> Estimate:
    """Return how many times as much it is: one median by the other, drawn in pairs.

    Raises ValueError unless both have the same number of samples, and one at least.
    """
    if len(samples) != len(base):
        raise ValueError(f"{len(samples)} samples are no pairs of {len(base)}")

    def ratio(one: np.ndarray, two: np.ndarray, axis: int) -> np.ndarray:
        return np.asarray(np.median(one, axis=axis) / np.median(two, axis=axis))

    return _estimate(ratio, samples, base)


def _estimate(
    statistic: Callable[..., np.ndarray], *samples: Sequence[float]
) -> Estimate:
    """Return the *statistic* of the samples with its interval."""
    arrays = [np.asarray(one, dtype=float) for one in samples]
    if not arrays[0].size:
        raise ValueError("no samples")
    value = float(statistic(*arrays, axis=-1))
    if len(arrays[0]) == 1 or all(np.ptp(one) == 0 for one in arrays):
        return Estimate(value, value, value)
    interval = bootstrap(
        arrays,
        statistic,
        n_resamples=RESAMPLES,
        batch=100,
        vectorized=True,
        paired=len(arrays) > 1,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Estimate(value, float(interval.low), float(interval.high))
