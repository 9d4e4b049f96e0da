"""In which order people are told of the units of a folder, and which only in short.

Who scans a repository looks for helpers. Lists that are empty, and pods that only test
something, can be many: in front of the others they would hide these.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sidecar_spotter.model import SIDECARS, Finding, Judged, Report
from sidecar_spotter.repository.once import NAMED

FEW = 3
"""So many units of one kind are told in full, behind the others."""
LISTED = 8
"""Files of one kind that are named; more are counted."""
EMPTY = "Lists that nobody has filled"
SAME = "The same unit, elsewhere"
ALIKE = "Other units, of which the same is told"
TESTS = "Units for tests, without a sidecar"

_FOR_TESTS = re.compile(
    r"(?:^|[/._-])(?:tests?|e2e|testdata|fixtures?|golden|mocks?)(?:__)?/"
)
"""A folder for tests, whatever stands in front of the word."""


@dataclass(frozen=True, slots=True)
class Told:
    """A unit that is told, and others of which all the same would be told."""

    judged: Judged
    copies: tuple[Judged, ...] = ()
    """Those that are called as it is."""
    alike: tuple[Judged, ...] = ()
    """Those that have names of their own."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The units of a report as people are told of them."""

    full: tuple["Told", ...]
    """Those of which each container is told."""
    brief: tuple[tuple[str, tuple[Judged, ...]], ...]
    """Of many of one kind the kind, and the units: these are told in a few lines."""


def ordered(report: Report) -> Ordered:
    """Return the units that there is a word to say of, what matters most first.

    Of a single file all is told in the file's own order.
    """
    told = [judged for judged in report.groups if judged.findings]
    told = [judged for judged in told if not _told_elsewhere(judged)]
    if report.root != report.folder:
        return Ordered(tuple(map(Told, told)), ())
    kinds: dict[str, list[Judged]] = {"": [], EMPTY: [], TESTS: []}
    for judged in told:
        kinds[_kind(judged)].append(judged)
    full = kinds.pop("")
    brief = []
    for kind, units in kinds.items():
        if len(units) > FEW:
            brief.append((kind, tuple(units)))
        else:
            full += units
    full.sort(key=_rank)
    return Ordered(tuple(_without_copies(full)), tuple(brief))


def _rank(judged: Judged) -> tuple[int, bool]:
    """Return 0 for a unit with a sidecar, 1 for a near miss, and 2 for all others.

    Of each, those in folders for tests come last.
    """
    labels = {finding.label for finding in judged.findings}
    for_tests = _FOR_TESTS.search(judged.group.path) is not None
    if not labels.isdisjoint(SIDECARS):
        return 0, for_tests
    return 1 if "not-a-sidecar" in labels else 2, for_tests


def _without_copies(units: Sequence[Judged]) -> list[Told]:
    """Return each unit once, however many there are of which nothing else is told.

    A repository may keep a manifest for every release, or give each of its programs the
    same helper.
    """
    same: dict[object, list[Judged]] = {}
    for one in units:
        told = (_words(finding) for finding in one.findings)
        same.setdefault((one.group.kind, *told), []).append(one)
    return [_told(first, rest) for first, *rest in same.values()]


def _told(first: Judged, rest: Sequence[Judged]) -> Told:
    copies = [one for one in rest if one.group.name == first.group.name]
    alike = [one for one in rest if one.group.name != first.group.name]
    return Told(first, tuple(copies), tuple(alike))


def _words(finding: Finding) -> tuple[object, ...]:
    """Return all that is told of a container but the lines."""
    reasons = sorted((one.feature, one.says) for one in finding.evidence)
    what = (finding.label, finding.role, finding.serves, finding.why)
    return (finding.name, *what, *reasons)


def _told_elsewhere(judged: Judged) -> bool:
    """Whether a template holds but what is told with each unit that includes it."""
    named = judged.group.kind == NAMED
    return named and all(one.label == "main" for one in judged.findings)


def _kind(judged: Judged) -> str:
    """Return which kind of little interest a unit is of, if of any."""
    if any(one.label in SIDECARS for one in judged.findings):
        return ""
    others = [one for one in judged.findings if one.role != "extension-point"]
    if len(others) < len(judged.findings) and all(
        one.label == "main" for one in others
    ):
        return EMPTY
    return TESTS if _FOR_TESTS.search(judged.group.path) else ""


def places(units: Sequence[Judged]) -> list[tuple[str, list[int]]]:
    """Return the files of *units*, each with the lines on which they begin."""
    found: dict[str, list[int]] = {}
    for one in units:
        first = min(finding.line for finding in one.findings)
        found.setdefault(one.group.path, []).append(first)
    return list(found.items())


def brief_lines(units: Sequence[Judged]) -> list[tuple[str, int, str]]:
    """Return file, first line and what more there is, for what is told in short."""
    files = places(units)
    rows = []
    for path, lines in files[:LISTED]:
        more = f"and {len(lines) - 1} more in this file" if len(lines) > 1 else ""
        rows.append((path, lines[0], more))
    return rows


def left(units: Sequence[Judged]) -> str:
    """Return how many files are not named, in words; nothing where all are."""
    more = len(places(units)) - LISTED
    return f"and {more} more files" if more > 1 else "and one more file" * (more == 1)
