"""Scan a checkout: the way from a path to a report.

What goes wrong with one file stays with it: it is then a `Skipped` with the reason,
and what was found in it before is kept.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

from sidecar_spotter import parse, readers, verdict
from sidecar_spotter.checkout import Checkout
from sidecar_spotter.checkout.batches import Batch, batches
from sidecar_spotter.checkout.discover import discover, top_of
from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.load import Entry, load
from sidecar_spotter.checkout.sift import sift
from sidecar_spotter.model import Judged, Report, Skipped
from sidecar_spotter.processes import two
from sidecar_spotter.processes.ends import Ends
from sidecar_spotter.processes.watch import TooSlow, Watch
from sidecar_spotter.repository.named import agreed
from sidecar_spotter.repository.once import at_home, once
from sidecar_spotter.repository.overlays import changed
from sidecar_spotter.repository.readme import program_is_a_sidecar
from sidecar_spotter.repository.summary import of_source, summary_of
from sidecar_spotter.tree import Unreadable

Progress = Callable[[int, int], None]
"""Gets how many files are done, and how many there are."""

SECONDS = 1.2
"""Processor time for one file, beside what libyaml takes for its last document."""
MOST_VALUES = 300_000
"""Values in what is read of one file. Each takes up to 3 µs and 250 bytes as a node."""
WORTH = 1000
"""Files from which on a second process gains more time than its start costs."""
LINES = 10
"""Lines that are left out of a file and told of."""
EVERY = 50
"""Files between two reports of progress."""

NO_LIBYAML = (
    "PyYAML lacks libyaml here, so YAML is read more than ten times as slowly; "
    "its wheels on PyPI have it"
)


Found = dict[int, tuple[list[Judged], list[Skipped]]]
"""What came of files, by their numbers; nothing came of most."""


def scan(path: Path | str, progress: Progress | None = None) -> Report:
    """Return what a scan of *path*, a folder or a file, finds.

    Raises OSError where *path* cannot be listed.
    """
    root = Path(path)
    skipped: list[Skipped] = []
    files = list(batches(_entries(root, skipped)))
    found = _read_all(root, files, progress or (lambda done, of: None))
    groups: list[Judged] = []
    for _, (more, faults) in sorted(found.items()):
        groups += more
        skipped += faults
    groups = agreed(at_home(groups) if root.is_dir() else groups)
    counted = groups
    if root.is_dir():
        groups, counted = changed(groups, Checkout(os.path.realpath(root)))
    said = verdict.verdict_of(groups)
    summary = summary_of(once(counted), sum(map(len, files)) if root.is_dir() else 0)
    if said == "no-sidecar" and root.is_dir():
        source = program_is_a_sidecar(Checkout(os.path.realpath(root)))
        if source is not None:
            said = "injects-or-operates-sidecars-in-code-only"
            summary = of_source(*source)
    return Report(
        root=str(path),
        verdict=said,
        summary=summary,
        groups=tuple(groups),
        skipped=tuple(sorted(skipped, key=lambda one: one.path)),
        remarks=() if parse.FAST else (NO_LIBYAML,),
        folder=str(root if root.is_dir() else root.parent),
    )


def _entries(root: Path, skipped: list[Skipped]) -> Iterator[Entry]:
    """Yield the files to read, and put into *skipped* what cannot be."""
    for one in discover(root):
        if isinstance(one, Entry):
            yield one
        else:
            skipped.append(one)


def _read_all(root: Path, files: list[Batch], progress: Progress) -> Found:
    """Return what comes of all files; read by two processes if that is faster."""
    alone = not root.is_dir()
    look = Checkout(top_of(root))
    total = sum(map(len, files))

    def read(some: Iterable[Batch], tell: Callable[[int], None]) -> Found:
        found = {}
        done = 0
        with Watch(SECONDS) as watch:
            for number, entry in chain.from_iterable(some):
                if not done % EVERY:
                    tell(done)
                result = _read(entry, look, watch, whole=alone)
                if any(result):
                    found[number] = result
                done += 1
        tell(done)
        return found

    if total < WORTH or not two.possible():
        return read(files, lambda done: progress(done, total))
    ends = Ends(len(files))
    first, second = two.both(
        lambda: read(
            (files[place] for place in ends.forward()),
            lambda done: progress(min(done + ends.told(), total), total),
        ),
        lambda: read((files[place] for place in ends.backward()), ends.tell),
    )
    progress(total, total)
    return first | second


def _read(
    entry: Entry, look: Checkout, watch: Watch, *, whole: bool
) -> tuple[list[Judged], list[Skipped]]:
    """Return what one file holds; all of it where *whole*, else what is of interest.

    Raises nothing, whatever the file does to its reader.
    """
    found: list[Judged] = []
    reason = ""
    left_out: set[int] = set()
    telling = parse.LEFT_OUT.set(left_out)
    try:
        try:
            watch.start()
            data = load(look.top, entry)
            if not whole:
                data = sift(entry.path, data)
            elif form_of(entry.path) is None:
                reason = "no kind of file that declares containers"
            if data:
                with watch.paused():  # to import a reader is no fault of the file
                    readers.readers_of(form_of(entry.path))
            reader = readers.reader_of(entry.path, data) if data else None
            if reader is not None:
                _check_values(data)
                for group in reader.read(entry.path, data, look):
                    if whole or "untied" not in group.marks:
                        found.append(verdict.judge(group, whole=whole))
        finally:
            watch.stop()
    except Unreadable as fault:
        reason = str(fault)
    except TooSlow:
        watch.stop()
        reason = f"takes more than {SECONDS} s to read"
    except Exception as error:
        reason = f"reader failed: {type(error).__name__}: {error}".split("\n", 1)[0]
    finally:
        parse.LEFT_OUT.reset(telling)
    if left_out and not reason:
        lines = ", ".join(str(line) for line in sorted(left_out)[:LINES])
        more = len(left_out) - LINES
        reason = f"some lines do not fit as YAML, and were left out: {lines}"
        reason += f" and {more} more" if more > 0 else ""
    return found, [Skipped(entry.path, reason[:200])] if reason else []


def _check_values(data: bytes) -> None:
    """Raise Unreadable where *data* has more values than can be read in the time."""
    if sum(map(data.count, (b",", b":", b"\n", b"[", b"{"))) > MOST_VALUES:
        raise Unreadable(f"holds more than {MOST_VALUES:,} values")
