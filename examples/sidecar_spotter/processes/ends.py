"""Share things between two processes that take them from both ends."""

from collections.abc import Iterator


class Ends:
    """How far two processes have come with the same things, one from each end.

    Each looks where the other is, says what it takes, and takes it, until they meet. So
    neither waits for the other, however heavy a thing is. Nothing is left out; it can
    happen that both take the one where they meet.
    """

    def __init__(self, count: int) -> None:
        """Get ready to share *count* things, before there is a second process."""
        import mmap  # here, as only large checkouts have need of it

        self._count = count
        # The memory itself is what the processes share: how far the first has come, how
        # far the second has, and what the second tells.
        self._at = memoryview(mmap.mmap(-1, 24)).cast("q")
        self._at[0], self._at[1] = -1, count

    def forward(self) -> Iterator[int]:
        """Yield what the first process takes."""
        for place in range(self._count):
            if place >= self._at[1]:
                return
            self._at[0] = place
            yield place

    def backward(self) -> Iterator[int]:
        """Yield what the second process takes; all that is left if it starts again."""
        for place in reversed(range(self._count)):
            if place <= self._at[0]:
                return
            self._at[1] = place
            yield place

    def tell(self, number: int) -> None:
        """Tell the first process a number, from the second one."""
        self._at[2] = number

    def told(self) -> int:
        """Return the number that the second process told last."""
        return self._at[2]
