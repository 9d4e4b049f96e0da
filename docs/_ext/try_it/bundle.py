"""The Python files that a browser needs for one scan, as one archive."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import yaml

SPOTTER = Path(__file__).parents[3] / "examples" / "sidecar_spotter"
IN_BROWSER = Path(__file__).with_name("in_browser")
PYYAML = Path(yaml.__file__).parent
COMMAND_LINE = {"cli.py", "__main__.py"}
"""What the command line needs, and with it two more libraries."""


def sources() -> Iterator[tuple[str, Path]]:
    """Yield each file's name in the archive and its path, in order."""
    for folder in (IN_BROWSER, SPOTTER, PYYAML):
        for path in sorted(folder.rglob("*.py")):
            if path.name not in COMMAND_LINE:
                yield path.relative_to(folder.parent).as_posix(), path


def archive() -> bytes:
    """Return the files as a zip archive; the same files give the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, path in sources():
            # Without a date: 1980, when zip's calendar begins.
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(entry, path.read_bytes())
    return content.getvalue()
