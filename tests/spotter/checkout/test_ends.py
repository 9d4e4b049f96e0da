"""Files that two processes share, each from its end."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from sidecar_spotter.processes.ends import Ends

ORDERS = st.lists(st.booleans(), max_size=60)
"""Who makes the next step: the first process where it is true."""


@given(st.integers(0, 30), ORDERS)
def test_nothing_is_left_out_whoever_is_faster(count: int, order: list[bool]) -> None:
    ends = Ends(count)
    first, second = ends.forward(), ends.backward()
    taken = [next(first if one else second, None) for one in order]
    taken += [*first, *second]
    counted = Counter(place for place in taken if place is not None)
    assert sorted(counted) == list(range(count))
    assert max(counted.values(), default=1) == 1


@given(st.integers(0, 30), ORDERS)
def test_who_ends_early_loses_nothing(count: int, order: list[bool]) -> None:
    """The second process is killed; its part is taken again from the end."""
    ends = Ends(count)
    first, lost = ends.forward(), ends.backward()
    taken = [next(first, None) for one in order if one or next(lost, None) is None]
    taken += [*first, *ends.backward()]
    assert {place for place in taken if place is not None} == set(range(count))


def test_the_first_process_hears_what_the_second_tells() -> None:
    ends = Ends(3)
    assert ends.told() == 0
    ends.tell(100_000)
    assert ends.told() == 100_000
