"""How a reader looks at other files of the same checkout."""

from typing import Protocol


class Look(Protocol):
    """Gives other files by their path in the checkout, with forward slashes."""

    def __call__(self, path: str) -> bytes | None:
        """Return the bytes of a file, or None where it cannot be read."""

    def names(self, folder: str) -> list[str]:
        """Return the paths of the files in a folder, in order."""

    def below(self, folder: str) -> list[str]:
        """Return the paths of the files in a folder and those in it, nearest first."""
