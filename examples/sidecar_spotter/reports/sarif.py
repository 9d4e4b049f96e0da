"""The report as SARIF 2.1.0, the format of code scanning: results at their lines.

A sidecar is a result of the level "note", a near miss one of the kind
"informational", and each feature a rule. The standard:
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any
from urllib.parse import quote

from sidecar_spotter.about import handbook, version
from sidecar_spotter.features import FEATURES
from sidecar_spotter.model import SIDECARS, Finding, Group, Report, Skipped
from sidecar_spotter.reports.pages import plain, title
from sidecar_spotter.reports.words import name, reasons, sentence, shown, unit

Json = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
"""The name that GitHub, too, gives to the folder to which paths are relative."""


def render(reports: Sequence[Report]) -> str:
    """Return the reports as one SARIF log, with a run for each."""
    runs = [_run(report) for report in reports]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}
    return json.dumps(log, indent=1)


def _run(report: Report) -> Json:
    results = list(_results(report))
    notes = [_not_read(skipped) for skipped in report.skipped]
    notes += [{"message": {"text": shown(it, 1000)}} for it in report.remarks]
    return {
        "tool": {"driver": driver(handbook())},
        "columnKind": "unicodeCodePoints",
        # Without the folder's own address: a report is the same on every machine.
        "originalUriBaseIds": {ROOT: {"description": {"text": "the scanned folder"}}},
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": notes}
        ],
        "results": results,
        "properties": {
            "verdict": report.verdict,
            "summary": shown(report.summary, 1000),
        },
    }


def driver(home: str) -> Json:
    """Return what SARIF says of the tool; *home* is the handbook's address, or ""."""
    found: Json = {
        "name": "sidecar-spotter",
        "version": version(),
        "rules": [_rule(feature, home) for feature in FEATURES],
    }
    if home:
        found["informationUri"] = home
    return found


def _rule(feature: ModuleType, home: str) -> Json:
    page = plain(feature.__doc__ or "")
    against = feature.STRENGTH == "against"
    rule: Json = {
        "id": feature.NAME,
        "shortDescription": {"text": title(feature)},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": "note"},
        "properties": {"strength": feature.STRENGTH},
    }
    if home:
        place = f"{'against' if against else 'feature'}-{feature.NAME}"
        rule["helpUri"] = f"{home}pattern/features.html#{place}"
    return rule


def _results(report: Report) -> Iterator[Json]:
    """Yield a result for each sidecar and each near miss."""
    rules = {feature.NAME: index for index, feature in enumerate(FEATURES)}
    times: Counter[str] = Counter()
    for judged in report.groups:
        for finding in judged.findings:
            near_miss = finding.label == "not-a-sidecar"
            if finding.label not in SIDECARS and not near_miss:
                continue
            group = judged.group
            identity = "\0".join((group.path, group.kind, group.name, finding.name))
            times[identity] += 1
            result: Json = {
                "kind": "informational" if near_miss else "fail",
                "level": "none" if near_miss else "note",
                "message": {"text": sentence(finding)},
                "locations": [_location(group.path, finding.line)],
                "relatedLocations": [
                    _location(group.path, line)
                    | {"id": number, "message": {"text": f"{name(finding)}: {words}"}}
                    for number, (line, words) in enumerate(reasons(finding), 1)
                ],
                "partialFingerprints": {
                    "containerIdentity/v1": _hash(f"{identity}\0{times[identity]}")
                },
                "properties": _properties(group, finding),
            }
            if (rule := _rule_of(finding, near_miss)) in rules:
                result |= {"ruleId": rule, "ruleIndex": rules[rule]}
            yield result


def _rule_of(finding: Finding, near_miss: bool) -> str:
    """Return the feature that says most for a sidecar, or against a near miss."""
    if not finding.evidence:
        return ""
    choose = min if near_miss else max
    return choose(finding.evidence, key=lambda one: one.weight).feature


def _properties(group: Group, finding: Finding) -> Json:
    return {
        "label": finding.label,
        "role": shown(finding.role),
        "serves": shown(finding.serves or ""),
        "platform": group.platform,
        "unit": unit(group),
    }


def _location(path: str, line: int) -> Json:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri(path), "uriBaseId": ROOT},
            "region": {"startLine": line},
        }
    }


def _not_read(skipped: Skipped) -> Json:
    return {
        "level": "warning",
        "message": {"text": f"not read in full: {shown(skipped.reason)}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(skipped.path), "uriBaseId": ROOT}
                }
            }
        ],
    }


def uri(path: str) -> str:
    """Return a path as the URI that leads to it, byte by byte as the system has it."""
    return quote(os.fsencode(path))


def _hash(identity: str) -> str:
    return hashlib.sha256(identity.encode(errors="backslashreplace")).hexdigest()
