"""The helper: uploads each finished file of a folder to an archive.

The archive is a folder here; think of a store in another building. What lies
in it is all that the helper remembers, so it can be restarted at any time.
It only reads the folder of the report.

Settings (environment variables): HOST, PORT (8092), IN_DIR (/var/report),
ARCHIVE_DIR (/var/archive), EVERY (1: seconds between two looks), STOP_STATUS
(143: the exit status after SIGTERM), UNTIL (a file name: end, with status 0,
when that file is uploaded; empty: never end by yourself).
"""

import shutil
import sys
from pathlib import Path

from serve import (
    Handler,
    complain,
    fail,
    folder,
    number,
    say,
    serve_beside,
    setting,
    stop_event,
    writable,
)

NAME = "uploader"


def finished(place: Path) -> list[Path]:
    """Return the complete files of a folder, the oldest first."""
    files = [
        path
        for path in place.iterdir()
        if not path.name.startswith(".")
        and path.is_file()
        and not path.is_symlink()
    ]
    return sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name))


# [upload]
def upload_new(source: Path, archive: Path) -> None:
    """Upload what is not yet in the archive; raise OSError if that fails."""
    for path in finished(source):
        if (archive / path.name).exists():
            continue
        unfinished = archive / f".{path.name}"
        shutil.copyfile(path, unfinished)
        unfinished.replace(archive / path.name)
        say(NAME, f"uploaded {path.name}")
        # [/upload]


class UploaderHandler(Handler):
    """Answers ``GET /`` with the names of the files in the archive."""

    archive: Path
    problem = ""

    def health(self) -> tuple[int, bytes]:
        """Return whether the last look at the folder went well."""
        if self.problem:
            return 503, f"{self.problem}\n".encode()
        return 200, b"ok\n"

    def page(self) -> tuple[int, bytes]:
        """Return one line for each uploaded file."""
        if self.path != "/":
            return 404, b"the list of uploaded files is at /\n"
        try:
            names = [path.name for path in finished(self.archive)]
        except OSError as error:
            return 500, f"cannot read the archive ({error})\n".encode()
        return 200, "".join(f"{name}\n" for name in names).encode()


def look(source: Path) -> None:
    """Upload what is new; if that fails, say so once and in the health."""
    try:
        upload_new(source, UploaderHandler.archive)
        problem = ""
    except OSError as error:
        problem = f"cannot upload from {source} ({error})"
        if problem != UploaderHandler.problem:
            complain(NAME, problem)
    UploaderHandler.problem = problem


def main() -> int:
    """Upload until told to stop; return the exit status."""
    source = folder(NAME, "IN_DIR", "/var/report")
    archive = writable(NAME, "ARCHIVE_DIR", "/var/archive")
    UploaderHandler.archive = archive
    every = max(0.05, number(NAME, "EVERY", 1))
    stop_status = int(number(NAME, "STOP_STATUS", 143))
    if stop_status > 255:
        fail(NAME, f"STOP_STATUS is {stop_status}: set it to 0 to 255")
    until = setting(NAME, "UNTIL", "")
    stop = stop_event()
    serve_beside(NAME, UploaderHandler, default_port=8092)
    # [stop]
    while not stop.wait(every):
        look(source)
        if until and (archive / until).exists():
            say(NAME, f"{until} is uploaded: stopped")
            return 0
    look(source)  # what came since the last look
    say(NAME, "stopped")
    return stop_status
    # [/stop]


if __name__ == "__main__":
    sys.exit(main())
