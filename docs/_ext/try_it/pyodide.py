"""Fetch Pyodide, Python for browsers, so that the site can serve it itself.

``nox -s tryit`` runs this file; it needs npm, and nothing but Python's own library.
The package is pinned by its version and by the hash that its registry publishes for
it. To renew both: ``npm view pyodide version dist.integrity``.
"""

import argparse
import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "314.0.7"
INTEGRITY = (
    "sha512-0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7"
    "y2q+SNvi/6V5JEsOlD2R1A=="
)
FILES = (
    *("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"),
    *("python_stdlib.zip", "pyodide-lock.json"),
)
"""What a browser asks for. The rest of the package is for Node.js and for people."""
FOLDER = Path(__file__).parents[3] / "build" / "pyodide"
PATIENCE = 300
"""Seconds that npm may take."""


class NotHere(Exception):
    """Pyodide cannot be had on this machine; the text says why in one line."""


class Forged(Exception):
    """What npm gave is not the package that the hash was made of."""


def complete(folder: Path) -> bool:
    """Whether *folder* holds the pinned version, whole."""
    mark = folder / "integrity"
    if not mark.is_file() or mark.read_text(encoding="ascii") != INTEGRITY:
        return False
    return all((folder / name).is_file() for name in FILES)


def fetch(folder: Path) -> None:
    """Make *folder* hold the pinned version; do nothing where it does.

    Raises NotHere where npm is missing or fails, and Forged for a wrong package.
    """
    if complete(folder):
        return
    npm = shutil.which("npm")
    if npm is None:
        raise NotHere("no npm: install Node.js, which brings it")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        room = Path(name)
        archive = _pack(npm, room)
        check(archive.read_bytes())
        fresh = room / "fresh"
        fresh.mkdir()
        _unpack(archive, fresh)
        (fresh / "integrity").write_text(INTEGRITY, encoding="ascii")
        shutil.rmtree(folder, ignore_errors=True)
        # At one stroke: whoever builds meanwhile sees all of it, or nothing.
        fresh.replace(folder)


def check(package: bytes) -> None:
    """Raise Forged unless *package* has the recorded hash."""
    digest = base64.b64encode(hashlib.sha512(package).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise Forged(f"pyodide {VERSION} has another hash than the one recorded")


def _pack(npm: str, room: Path) -> Path:
    """Have *npm* put the package's archive into *room*; return its path."""
    options = ("--ignore-scripts", "--prefer-offline", "--loglevel=error")
    try:
        done = subprocess.run(
            [npm, "pack", f"pyodide@{VERSION}", *options],
            cwd=room,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise NotHere(f"npm gave no answer in {PATIENCE} s") from None
    archives = list(room.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        said = (done.stderr.strip() or "nothing").splitlines()[0]
        raise NotHere(f"npm cannot get pyodide {VERSION}; it says: {said}")
    return archives[0]


def _unpack(archive: Path, folder: Path) -> None:
    """Write the files that a browser asks for from *archive* to *folder*."""
    with tarfile.open(archive) as package:
        for name in FILES:
            inside = package.extractfile(f"package/{name}")
            if inside is None:
                raise Forged(f"pyodide {VERSION} has no file {name}")
            (folder / name).write_bytes(inside.read())


def main() -> None:
    """Fetch it, and say in one line what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--if-possible",
        action="store_true",
        help="end well without npm: the site then shows a command instead",
    )
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    asked = parser.parse_args()
    try:
        fetch(asked.folder)
    except NotHere as reason:
        print(f"Pyodide is not here: {reason}.", file=sys.stderr)
        sys.exit(0 if asked.if_possible else 1)
    except Forged as reason:
        sys.exit(f"Stopped: {reason}.")
    print(f"Pyodide {VERSION} is in {asked.folder}.")


if __name__ == "__main__":
    main()
