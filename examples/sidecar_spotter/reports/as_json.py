"""The report as JSON: a public contract, described by `report.schema.json`.

One scanned path gives one object, several give a list of such objects.
"""

import json
from collections.abc import Sequence
from typing import Any

from sidecar_spotter.model import Finding, Judged, Report

SCHEMA = 1
"""The number of the contract. New keys may come; those there keep their meaning."""


def render(reports: Sequence[Report]) -> str:
    """Return the reports as JSON text, in ASCII, so that a terminal can only print it.

    A byte of a file name that is not UTF-8 becomes the escape of a lone surrogate.
    """
    every = [plain(report) for report in reports]
    return json.dumps(every[0] if len(every) == 1 else every, indent=1)


def plain(report: Report) -> dict[str, Any]:
    """Return a report as the dictionaries and lists that JSON knows."""
    return {
        "schema": SCHEMA,
        "root": report.root,
        "verdict": report.verdict,
        "summary": report.summary,
        "remarks": list(report.remarks),
        "groups": [_group(judged) for judged in report.groups],
        "skipped": [
            {"path": skipped.path, "reason": skipped.reason}
            for skipped in report.skipped
        ],
    }


def _group(judged: Judged) -> dict[str, Any]:
    group = judged.group
    return {
        "path": group.path,
        "line": group.line,
        "platform": group.platform,
        "kind": group.kind,
        "name": group.name,
        "containers": [_container(finding) for finding in judged.findings],
    }


def _container(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "line": finding.line,
        "label": finding.label,
        "role": finding.role,
        "serves": finding.serves,
        "why": finding.why,
        "evidence": [
            {"feature": one.feature, "line": one.line, "says": one.says}
            for one in finding.evidence
        ],
    }
