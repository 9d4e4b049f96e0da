"""The files of a checkout, packed."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st
from sidecar_spotter.checkout.batches import batches
from sidecar_spotter.checkout.load import Entry

PATHS = st.lists(st.sampled_from(("a", "b c", ".d", "ü\n")), min_size=1, max_size=3)
ENTRIES = st.lists(st.builds(Entry, PATHS.map("/".join), st.sampled_from(("", "x/y"))))


@given(ENTRIES)
def test_what_is_packed_comes_out_as_it_was(entries: list[Entry]) -> None:
    packed = list(batches(entries))
    assert list(chain.from_iterable(packed)) == list(enumerate(entries))
    assert sum(map(len, packed)) == len(entries)
