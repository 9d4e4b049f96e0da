"""Explain one pasted text: what runs in the reader's browser, and is all that does.

docs/_static/try-worker.js calls `explain`. It uses the spotter as any program would:
it writes a file (which stays in the browser's memory), calls `scan`, and hands on the
words that every report has.
"""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from sidecar_spotter import Finding, Judged, Report, scan
from sidecar_spotter.features import FEATURES
from sidecar_spotter.model import SIDECARS
from sidecar_spotter.reports.words import name, reason, reasons, skipped, unit, what
from sidecar_spotter.scan import NO_LIBYAML

from .faults import Fault, fault_of

NOTHING = (
    "No unit with more than one program was recognized. Is this a whole manifest, "
    "and is it written as chosen above?"
)
_FEATURE = re.compile(r"(.*) \(([\w-]+)\)", re.DOTALL)
_LINE = re.compile(r"(.*) \(line (\d+)\)")


def explain(data: bytes, file: str) -> str:
    """Return what the spotter says of *data*, as JSON for try-report.js.

    *file* is the name under which to read it: its end says how it is written.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, file)
        path.write_bytes(data)
        report = scan(path)
    yaml = file.endswith(".yaml")
    fault = fault_of(bytes(data).decode("utf-8", "replace")) if yaml else None
    said = view(report, fault)
    # The report speaks of a repository and names the file; here it is one text.
    said["summary"] = (
        report.summary.replace("This repository", "This text", 1)
    ).replace(f"({file}, line ", "(line ")
    return json.dumps(said)


def view(report: Report, fault: Fault | None) -> dict[str, Any]:
    """Return what the page shows of *report*, and of a *fault* in the text."""
    unread = [one for one in report.skipped if not (fault and "YAML" in one.reason)]
    if unread and fault is None and (found := _LINE.fullmatch(unread[0].reason)):
        fault = Fault(line=int(found[2]), says=f"The text cannot be read: {found[1]}.")
        unread = unread[1:]
    notes = [line.partition(": ")[2] for line in skipped(unread)]
    if not (report.groups or report.skipped or fault):
        notes.append(NOTHING)
    # Here nobody can install libyaml, and one text is read soon enough without.
    notes += [remark for remark in report.remarks if remark != NO_LIBYAML]
    return {
        "verdict": report.verdict,
        "summary": report.summary,
        "fault": fault,
        "notes": notes,
        "units": [_unit(judged) for judged in report.groups],
    }


def _unit(judged: Judged) -> dict[str, Any]:
    return {
        "line": judged.group.line,
        "title": unit(judged.group),
        "containers": [_container(finding) for finding in judged.findings],
    }


def _container(finding: Finding) -> dict[str, Any]:
    rows = [(finding.line, reason(finding)), *reasons(finding)]
    return {
        "name": name(finding),
        "sidecar": finding.label in SIDECARS,
        "what": list(what(finding)),
        "why": [_row(line, words) for line, words in rows],
    }


def _row(line: int, words: str) -> dict[str, Any]:
    """Return a reason: its line and words, its feature, and that one's label."""
    found = _FEATURE.fullmatch(words)
    if found is None or found[2] not in _STRENGTH:
        return {"line": line, "says": words, "feature": None, "label": None}
    kind = "against" if _STRENGTH[found[2]] == "against" else "feature"
    says, feature = found[1], found[2]
    label = f"{kind}-{feature}"
    return {"line": line, "says": says, "feature": feature, "label": label}


_STRENGTH: dict[str, str] = {feature.NAME: feature.STRENGTH for feature in FEATURES}
