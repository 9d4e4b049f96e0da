"""What the tests of whole scans share: a made-up checkout, and what is said of it."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from sidecar_spotter import scan
from sidecar_spotter.model import Finding, Report


def scanned(root: Path, files: Mapping[str, str]) -> Report:
    """Return the report on a checkout with these files."""
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dedent(text), encoding="utf-8")
    return scan(root)


def findings(root: Path, files: Mapping[str, str]) -> dict[str, Finding]:
    """Return what a scan says of these files, none of which it skips, by container."""
    report = scanned(root, files)
    assert report.skipped == (), report.skipped
    return {one.name: one for judged in report.groups for one in judged.findings}


def labels(root: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Return the labels that such a scan gives, by container."""
    return {name: one.label for name, one in findings(root, files).items()}


def neighbors(
    root: Path, files: Mapping[str, str]
) -> dict[str, tuple[str, str | None]]:
    """Return label and neighbor that a scan gives to each container of these files."""
    found = findings(root, files)
    return {name: (one.label, one.serves) for name, one in found.items()}


_PATHS = {
    "services:": "compose.yaml",
    "{": "task.json",
    "job": "all.nomad",
    "resource": "main.tf",
    "package": "a.go",
    "# chart": "chart/templates/a.yaml",
    "kind: Task": "task.yaml",
    "# test": "tests/a.yaml",
}


def path_of(text: str) -> str:
    """Return where a file would lie of which the first word tells the form."""
    paths = (path for word, path in _PATHS.items() if text.startswith(word))
    return next(paths, "a.yaml")


def said_of(root: Path, text: str, name: str) -> tuple[str, str]:
    """Return label and reason of one container, where this file is all there is."""
    found = findings(root, {path_of(text): text})
    return found[name].label, found[name].why
