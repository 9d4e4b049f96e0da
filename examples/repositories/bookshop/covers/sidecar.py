"""Find the sidecar file that describes a photograph."""

from pathlib import Path


def sidecar(photograph: Path) -> Path:
    """Return where the description of *photograph* is kept."""
    return photograph.with_suffix(".xmp")
