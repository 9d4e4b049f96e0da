"""What is said of samples, on samples whose answer is known."""

import random
from statistics import median as middle

import pytest
from trade_offs import estimate


def test_the_median_and_where_it_lies() -> None:
    found = estimate.median(range(1, 102))
    assert found.value == 51
    assert 38 <= found.low <= 46
    assert 56 <= found.high <= 64


def test_more_samples_make_the_interval_smaller() -> None:
    few, many = estimate.median(gauss(20)), estimate.median(gauss(2000))
    assert many.high - many.low < (few.high - few.low) / 4


def gauss(count: int) -> list[float]:
    """Return samples around 10."""
    chance = random.Random(count)
    return [chance.gauss(10, 2) for _ in range(count)]


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    chance = random.Random(7)
    held = 0
    for _ in range(100):
        found = estimate.median([chance.gauss(5, 1) for _ in range(41)])
        held += found.low <= 5 <= found.high
    assert 88 <= held <= 99


def test_pairs_see_through_a_machine_that_changes_its_pace() -> None:
    """Base and variant rise and fall together; the difference is always two."""
    pace = [10 + 5 * (number % 7) for number in range(70)]
    added = estimate.added([one + 2 for one in pace], pace)
    assert (added.value, added.low, added.high) == (2, 2, 2)
    doubled = estimate.times([one * 2 for one in pace], pace)
    assert doubled.value == doubled.low == doubled.high == 2


def test_unpaired_the_same_samples_say_little() -> None:
    """What the pairs are for: shuffled, the interval is many times as wide."""
    pace = [10 + 5 * (number % 7) for number in range(70)]
    mixed = random.Random(3).sample(pace, len(pace))
    wide = estimate.added([one + 2 for one in mixed], pace)
    assert wide.high - wide.low > 5


def test_the_same_samples_give_the_same_interval() -> None:
    samples = gauss(99)
    assert estimate.median(samples) == estimate.median(samples)
    assert estimate.median(samples).value == pytest.approx(middle(samples))


def test_one_sample_is_its_own_interval() -> None:
    assert estimate.median([3.0]) == estimate.Estimate(3, 3, 3)


def test_nothing_and_halves_are_refused() -> None:
    with pytest.raises(ValueError, match="no samples"):
        estimate.median([])
    with pytest.raises(ValueError, match="3 samples are no pairs of 2"):
        estimate.times([1, 2, 3], [1, 2])
    with pytest.raises(ValueError, match="shorter"):
        estimate.added([1, 2, 3], [1, 2])


def test_overlap() -> None:
    low, high = estimate.Estimate(2, 1, 3), estimate.Estimate(4, 3, 5)
    assert low.overlaps(high)
    assert high.overlaps(low)
    assert not low.overlaps(estimate.Estimate(5, 3.1, 6))
