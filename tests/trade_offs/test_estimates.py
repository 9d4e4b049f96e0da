"""What is said of samples, on samples whose answer is known."""

import random
from statistics import median as middle

import pytest
from trade_offs import estimate
from trade_offs.estimate import Estimate


def single(values: list[float]) -> list[list[float]]:
    """Return blocks of one sample each."""
    return [[value] for value in values]


def clustered(chance: random.Random, blocks: int = 6) -> list[list[float]]:
    """Return samples around 5 in blocks, each of which has luck of its own."""
    found = []
    for _ in range(blocks):
        luck = chance.gauss(0, 1)
        found.append([5 + luck + chance.gauss(0, 0.2) for _ in range(50)])
    return found


def test_the_median_and_where_it_lies() -> None:
    found = estimate.median(single([float(x) for x in range(1, 102)]))
    assert found.value == 51
    assert 33 <= found.low <= 43
    assert 59 <= found.high <= 69


def test_more_blocks_make_the_interval_smaller_and_more_samples_do_not() -> None:
    chance = random.Random(1)
    few, many = (estimate.median(clustered(chance, n)) for n in (8, 400))
    assert many.high - many.low < (few.high - few.low) / 3
    blocks = clustered(chance, 8)
    again = estimate.median([block * 10 for block in blocks])
    assert again.high - again.low == pytest.approx(
        estimate.median(blocks).high - estimate.median(blocks).low
    )


def test_the_interval_holds_the_truth_although_blocks_have_their_luck() -> None:
    """As if they were independent, the same samples would hold it far too seldom."""
    chance = random.Random(7)
    held = alone = 0
    for _ in range(100):
        blocks = clustered(chance)
        found = estimate.median(blocks)
        held += found.low <= 5 <= found.high
        found = estimate.median(single([one for block in blocks for one in block]))
        alone += found.low <= 5 <= found.high
    assert held >= 92
    assert alone <= 60


def test_two_runs_of_the_same_agree() -> None:
    chance = random.Random(3)
    pairs = [
        (estimate.median(clustered(chance)), estimate.median(clustered(chance)))
        for _ in range(150)
    ]
    assert sum(one.overlaps(two) for one, two in pairs) >= 148


def test_pairs_see_through_a_machine_that_changes_its_pace() -> None:
    """Base and variant rise and fall together; the difference is always two."""
    pace = [
        [10.0 + 5 * (number % 7) + block for number in range(70)] for block in (0, 9)
    ]
    more = [[one + 2 for one in block] for block in pace]
    assert estimate.added(more, pace) == Estimate(2, 2, 2)
    twice = [[one * 2 for one in block] for block in pace]
    assert estimate.times(twice, pace) == Estimate(2, 2, 2)


def test_unpaired_the_same_blocks_say_little() -> None:
    """What the pairs are for: shuffled, the interval is many times as wide."""
    pace = [10.0 + 5 * (number % 7) for number in range(14)]
    mixed = random.Random(3).sample(pace, len(pace))
    wide = estimate.added(single([one + 2 for one in mixed]), single(pace))
    assert wide.high - wide.low > 5


def test_the_same_samples_give_the_same_interval() -> None:
    blocks = clustered(random.Random(9))
    assert estimate.median(blocks) == estimate.median(blocks)
    wanted = middle(middle(block) for block in blocks)
    assert estimate.median(blocks).value == pytest.approx(wanted)


def test_one_block_is_its_own_interval() -> None:
    assert estimate.median([[3.0, 4.0, 9.0]]) == Estimate(4, 4, 4)


def test_nothing_and_halves_are_refused() -> None:
    with pytest.raises(ValueError, match="no samples"):
        estimate.median([])
    with pytest.raises(ValueError, match="no samples in a block"):
        estimate.median([[1], []])
    with pytest.raises(ValueError, match="3 samples are no pairs of 2"):
        estimate.times([[1, 2, 3]], [[1, 2]])
    with pytest.raises(ValueError, match="shorter"):
        estimate.added([[1], [2]], [[1]])


def test_overlap() -> None:
    low, high = Estimate(2, 1, 3), Estimate(4, 3, 5)
    assert low.overlaps(high)
    assert high.overlaps(low)
    other = Estimate(6, 5.1, 6)
    assert not high.overlaps(other)
    assert high.overlaps(other, 0.2)
    assert other.overlaps(high, 0.2)
