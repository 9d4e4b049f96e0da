"""The command behind `nox -s measure`: take measurements, and say what moved."""

import argparse
import sys
from datetime import UTC, datetime
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


def main() -> int:
    """Take the measurements that are asked for, or all of them; return the status."""
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
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in MEASUREMENTS]:
        parser.error(f"no such measurement: {unknown[0]} ({', '.join(MEASUREMENTS)})")
    for name in options.names or MEASUREMENTS:
        found = take(name)
        path = options.to / f"{name}.json"
        result.write(found, path)
        print(*result.summary(found), "", f"Every sample: {path}", sep="\n")
        committed = result.RESULTS / path.name
        if committed.exists() and committed.resolve() != path.resolve():
            print(*compared(result.read(committed), found), "", sep="\n", flush=True)
    return 0


def take(name: str, share: float = 1.0) -> result.Result:
    """Take one measurement, with progress on standard error."""
    module = MEASUREMENTS[name]
    taken = datetime.now(UTC).isoformat(timespec="seconds")
    described = machine.describe(module.PROGRAMS)
    left_out: dict[str, str] = {}
    measures = []
    print(f"{name}: {module.QUESTION}", file=sys.stderr)
    for measure in module.measure(left_out, share):
        print(f"{name}: {measure.name}: done", file=sys.stderr, flush=True)
        measures.append(measure)
    return result.Result(name, module.QUESTION, taken, described, measures, left_out)


def compared(old: result.Result, new: result.Result) -> list[str]:
    """Return in lines what moved beyond its interval since the committed result."""
    lines = list(result.moved(old, new))
    since = f"the committed result of {old.taken[:10]}"
    if not lines:
        return [f"Nothing moved beyond its interval since {since}."]
    return [f"Moved beyond its interval since {since}:", *(f"  {x}" for x in lines)]


if __name__ == "__main__":
    sys.exit(main())
