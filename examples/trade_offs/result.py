"""A result: every sample, the machine, and what was left out; as JSON and as tables."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from trade_offs import estimate, fit
from trade_offs.estimate import Estimate
from trade_offs.paired import Samples
from trade_offs.words import between, short

RESULTS = Path(__file__).with_name("results")
"""The results that the handbook quotes, one file for each measurement."""


SAME = 0.01
"""Part of a value: two intervals that miss each other by less are not told apart."""


@dataclass(frozen=True)
class Measure:
    """One quantity of every variant, in blocks; all are compared with the first."""

    name: str
    unit: str
    samples: dict[str, list[list[float]]]
    """Of each variant the blocks, and of each block the rounds."""
    step: float = 0.0
    """What can be told apart at all, in the unit: one request, where it counts them."""

    @classmethod
    def of_block(
        cls, name: str, unit: str, samples: Samples, *, step: float = 0.0
    ) -> "Measure":
        """Return a measure with one block."""
        blocks = {variant: [rounds] for variant, rounds in samples.items()}
        return cls(name, unit, blocks, step)

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self.samples[self.base])

    @property
    def base(self) -> str:
        """The variant that the others are compared with."""
        return next(iter(self.samples))

    def median(self, variant: str) -> Estimate:
        """Return the median of a variant."""
        return estimate.median(self.samples[variant])

    def added(self, variant: str) -> Estimate:
        """Return how much more it is than the base, pair by pair."""
        return estimate.added(self.samples[variant], self.samples[self.base])

    def times(self, variant: str) -> Estimate | None:
        """Return how many times the base it is; None where the base may be nothing."""
        if min(map(min, self.samples[self.base])) <= 0:
            return None
        return estimate.times(self.samples[variant], self.samples[self.base])


@dataclass(frozen=True)
class Result:
    """All that one run of a measurement found."""

    name: str
    question: str
    taken: str
    """The day and the time at which it began, UTC."""
    machine: dict[str, str]
    measures: list[Measure]
    left_out: dict[str, str] = field(default_factory=dict)
    """Variants that this machine could not have, and why."""

    def measure(self, name: str) -> Measure:
        """Return a measure by its name. Raises KeyError if there is none."""
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise KeyError(name)


def together(blocks: Sequence[Sequence[Measure]]) -> list[Measure]:
    """Return measures with all the blocks. Raises KeyError where one lacks some."""
    named = [{measure.name: measure for measure in block} for block in blocks]
    return [
        Measure(
            first.name,
            first.unit,
            {
                variant: [one for m in named for one in m[first.name].samples[variant]]
                for variant in first.samples
            },
            first.step,
        )
        for first in blocks[0]
    ]


def write(result: Result, path: Path) -> None:
    """Write *result* as JSON: all its samples, and what they say.

    The handbook's pages read the estimates, and so need no scipy.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    said = asdict(result)
    said["blocks"] = result.measures[0].blocks
    said["estimates"] = estimates(result)
    if fitted := fits(result):
        said["fits"] = fitted
    text = json.dumps(said, indent=1, ensure_ascii=False)
    # A line for the samples of a block, not one for each.
    path.write_text(joined(text) + "\n", encoding="utf-8")


def estimates(result: Result) -> dict[str, Any]:
    """Return what the samples say: measure, variant, kind -> value, low, high."""
    return {
        measure.name: {
            variant: {
                kind: [figure(x) for x in (found.value, found.low, found.high)]
                for kind in ("median", "added", "times")
                if (found := getattr(measure, kind)(variant)) is not None
            }
            for variant in measure.samples
        }
        for measure in result.measures
    }


MEMORY = re.compile(r"memory of (\d+) cop(?:y|ies)")
PROCESSOR = re.compile(r"processor time of (\d+) cop(?:y|ies)(, idle)?")
TIME = re.compile("time of an answer of ")


def fits(result: Result) -> dict[str, Any]:
    """Return what the model says, where the measures grow with the copies."""
    found = [measure for measure in result.measures if MEMORY.fullmatch(measure.name)]
    if len(found) < 2:
        return {}
    base, *variants = found[0].samples
    return fit.said(
        {
            variant: [terms(result, variant, base, n) for n in range(found[0].blocks)]
            for variant in variants
        }
    )


def terms(result: Result, variant: str, base: str, block: int) -> fit.Terms:
    """Return what one block says of what a variant costs more than the base."""
    memory: list[tuple[float, float, float]] = []
    processor: list[tuple[float, float, float]] = []
    added = 0.0
    for measure in result.measures:
        more = estimate.added(
            [measure.samples[variant][block]], [measure.samples[base][block]]
        ).value
        if match := MEMORY.fullmatch(measure.name):
            memory.append((float(match[1]), 0.0, more))
        elif match := PROCESSOR.fullmatch(measure.name):
            copies = float(match[1])
            processor.append((copies, 0.0 if match[2] else copies * fit.RATE, more))
        elif TIME.match(measure.name):
            # Of unpaired requests: each median by itself.
            one, two = (measure.samples[name][block] for name in (variant, base))
            added = median(one) - median(two)
    return fit.terms(memory, processor, added)


def figure(value: float) -> float:
    """Return *value* without the last digits, which differ between machines."""
    return float(f"{value:.10g}")


NUMBERS = re.compile(r"\[\s*([-+.\de,\s]+?)\s*\]")


def joined(text: str) -> str:
    """Return JSON *text* with each list of numbers on one line."""
    return NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", text)


def read(path: Path) -> Result:
    """Read what `write` has written.

    Raises OSError if the file cannot be read, ValueError if it is no result.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        measures = [Measure(**measure) for measure in found.pop("measures")]
        for computed in ("blocks", "estimates", "fits"):
            found.pop(computed, None)
        for measure in measures:
            for blocks in measure.samples.values():
                min(map(min, blocks))  # blocks of numbers, and none is empty
        return Result(measures=measures, **found)
    except (
        KeyError,
        ValueError,
        AttributeError,
        TypeError,
        json.JSONDecodeError,
    ) as error:
        raise ValueError(f"{path}: not a result of `nox -s measure`: {error}") from None


def summary(result: Result) -> Iterator[str]:
    """Yield the lines of a summary, at most 80 columns wide."""
    yield f"{result.name}: {result.question}"
    for measure in result.measures:
        count, rounds = measure.blocks, len(measure.samples[measure.base][0])
        yield ""
        yield f"{measure.name}, {measure.unit} ({count} blocks of {rounds})"
        yield f"  {'':26} {'median':>8} {'interval':>19} {'added':>9} {'times':>6}"
        for variant in measure.samples:
            value = measure.median(variant)
            line = f"  {variant:26} {short(value.value):>8} {interval(value):>19}"
            if variant != measure.base:
                more, ratio = measure.added(variant), measure.times(variant)
                line += f" {short(more.value, sign=True):>9}"
                line += f" {short(ratio.value):>6}" if ratio else ""
            yield line
    for variant, reason in result.left_out.items():
        yield f"  left out: {variant}: {reason}"


def interval(value: Estimate) -> str:
    """Return the interval of an estimate in words."""
    return between(value.low, value.high)


def moved(old: Result, new: Result) -> Iterator[str]:
    """Yield what of *new* lies outside what *old* says, one line for each.

    Compared are the ratios to the base, which are about the pattern; the times alone
    are about the machine. Where the base may be nothing, it is the differences. What is
    less than a step of the counting apart, or than a hundredth, is not told apart.
    """
    known = {measure.name: measure for measure in old.measures}
    for measure in new.measures:
        before = known.get(measure.name)
        if before is None:
            yield f"{measure.name}: not in the other result"
            continue
        for variant in measure.samples:
            if variant == measure.base or variant not in before.samples:
                continue
            was, now = before.times(variant), measure.times(variant)
            words = f"times {measure.base}"
            if was is None or now is None:
                was, now = before.added(variant), measure.added(variant)
                words = f"{measure.unit} more than {measure.base}"
            slack = SAME * abs(was.value)
            if measure.step:
                scale = measure.median(measure.base).value if "times" in words else 1.0
                # Both of the two may be a step off, in both results.
                slack = max(slack, 2 * measure.step / scale)
            if not was.overlaps(now, slack):
                told = f"{interval(now)} {words}, was {interval(was)}"
                yield f"{measure.name}: {variant}: {told}"
        for one, two in combinations(measure.samples, 2):
            if order(before, one, two) * order(measure, one, two) < 0:
                yield f"{measure.name}: {one} and {two} have changed places"


def order(measure: Measure, one: str, two: str) -> int:
    """Return -1 if *one* is surely less than *two*, 1 if it is more, 0 if unknown."""
    if not {one, two} <= measure.samples.keys():
        return 0
    first, second = measure.median(one), measure.median(two)
    if first.overlaps(second):
        return 0
    return -1 if first.value < second.value else 1
