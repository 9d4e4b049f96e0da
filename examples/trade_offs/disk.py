"""A small disk, so that it can be filled."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def small(folder: Path) -> Iterator[None]:
    """Put a disk of 1 MiB over an empty *folder* until the block ends; needs root."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, timeout=20)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, timeout=20)


def fill(folder: Path) -> Path:
    """Fill the disk of *folder* to the last byte; return the file that does it."""
    rubbish = folder / "rubbish"
    with rubbish.open("wb", 0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    return rubbish
