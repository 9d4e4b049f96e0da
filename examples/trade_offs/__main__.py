"""The command behind `nox -s measure`: take measurements, and say what moved."""

import argparse
import sys
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from trade_offs import (
    failing,
    growing,
    hop,
    machine,
    result,
    standing,
    starting,
    upgrading,
)

MEASUREMENTS = {
    "hop": hop,
    "standing": standing,
    "growing": growing,
    "starting": starting,
    "failing": failing,
    "upgrading": upgrading,
}
BLOCKS = 6


def main() -> int:
    """Take the measurements that are asked for, or compare some; return the status."""
    parser = argparse.ArgumentParser(
        prog="nox -s measure --", description="Measure what a sidecar costs."
    )
    parser.add_argument(
        "names", metavar="NAME", nargs="*", help=", ".join(MEASUREMENTS)
    )
    parser.add_argument(
        "--to",
        type=Path,
        default=Path("build/measure"),
        help="the folder for the results (%(default)s)",
    )
    parser.add_argument(
        "--blocks",
        type=int,
        choices=range(1, 100),
        metavar="NUMBER",
        default=BLOCKS,
        help="how often all programs are started anew (%(default)s)",
    )
    parser.add_argument(
        "--compare",
        type=Path,
        nargs="+",
        metavar="FOLDER",
        help="measure nothing; say how the results in these folders differ",
    )
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in MEASUREMENTS]:
        parser.error(f"no such measurement: {unknown[0]} ({', '.join(MEASUREMENTS)})")
    if options.compare:
        try:
            return compare(options.compare, options.names or shared(options.compare))
        except (OSError, ValueError) as error:
            parser.error(str(error))
    names = options.names or list(MEASUREMENTS)
    every = take(names, options.blocks)
    committed = {name: known(result.RESULTS / f"{name}.json") for name in names}
    for found in every:
        result.write(found, options.to / f"{found.name}.json")
    for found in every:
        path = options.to / f"{found.name}.json"
        print(*result.summary(found), "", f"Every sample: {path}", sep="\n")
        if (old := committed[found.name]) is not None:
            lines = compared(old, found, f"the committed result of {old.taken[:10]}")
            print(*lines, "", sep="\n", flush=True)
    return 0


def take(names: list[str], blocks: int = BLOCKS) -> list[result.Result]:
    """Take measurements, with progress on standard error.

    One block of each comes after one block of the others: so the blocks of each are
    spread over the whole time.
    """
    taken = datetime.now(UTC).isoformat(timespec="seconds")
    described = {name: machine.describe(MEASUREMENTS[name].PROGRAMS) for name in names}
    left_out: dict[str, dict[str, str]] = {name: {} for name in names}
    found: dict[str, list[list[result.Measure]]] = {name: [] for name in names}
    for block in range(blocks):
        for name in names:
            told = f"block {block + 1} of {blocks}: {name}"
            print(f"{told}: {MEASUREMENTS[name].QUESTION}", file=sys.stderr, flush=True)
            found[name].append(list(MEASUREMENTS[name].measure(left_out[name], block)))
    return [
        result.Result(
            name,
            MEASUREMENTS[name].QUESTION,
            taken,
            described[name],
            result.together(found[name]),
            left_out[name],
        )
        for name in names
    ]


def known(path: Path) -> result.Result | None:
    """Return the result at *path*, or none where there is none in this form."""
    try:
        return result.read(path)
    except (OSError, ValueError):
        return None


def shared(folders: list[Path]) -> list[str]:
    """Return the names of the measurements of which each folder holds a result.

    Raises ValueError, with what to do, where nothing can be compared.
    """
    if len(folders) < 2:
        raise ValueError(f"{folders[0]} alone: name another folder to compare it with")
    names = [
        name
        for name in MEASUREMENTS
        if all((folder / f"{name}.json").is_file() for folder in folders)
    ]
    if not names:
        places = ", ".join(map(str, folders))
        raise ValueError(f"no result that is in all of {places}: name two --to folders")
    return names


def compare(folders: list[Path], names: list[str]) -> int:
    """Print how the results in some folders differ; return 1 if they do."""
    status = 0
    for one, two in combinations(folders, 2):
        for name in names:
            old, new = (result.read(place / f"{name}.json") for place in (one, two))
            lines = compared(old, new, str(one))
            print(f"{name}, {two}: {lines[0]}", *lines[1:], sep="\n")
            status |= len(lines) > 1
    return status


def compared(old: result.Result, new: result.Result, since: str) -> list[str]:
    """Return in lines what moved beyond its interval since another result."""
    lines = list(result.moved(old, new))
    if not lines:
        return [f"Nothing moved beyond its interval since {since}."]
    return [f"Moved beyond its interval since {since}:", *(f"  {x}" for x in lines)]


if __name__ == "__main__":
    sys.exit(main())
