"""The report as Markdown, for a pull request or the summary of a run in CI."""

import re
from collections.abc import Iterator, Sequence

from sidecar_spotter.model import SIDECARS, Judged, Report
from sidecar_spotter.reports.order import ALIKE, SAME, brief_lines, left, ordered
from sidecar_spotter.reports.words import (
    name,
    reason,
    reasons,
    shown,
    skipped,
    unit,
    what,
)

_SYNTAX = re.compile(r"([\\`*_{}\[\]<>()#|~&!@$])")


def render(reports: Sequence[Report]) -> str:
    """Return the reports as one page of GitHub's Markdown."""
    return "\n".join(line for report in reports for line in _report(report))


def _report(report: Report) -> Iterator[str]:
    yield f"# Sidecars in {_text(report.root)}\n"
    yield f"**{report.verdict}.** {_text(report.summary, 1000)}\n"
    for remark in report.remarks:
        yield f"Note: {_text(remark)}\n"
    told = ordered(report)
    for one in told.full:
        yield from _group(one.judged)
        if one.copies:
            yield from _brief(f"{SAME}: {len(one.copies)}", one.copies)
        if one.alike:
            yield from _alike(one.alike)
    for kind, units in told.brief:
        yield from _brief(f"## {kind}: {len(units)}", units)
    if report.skipped:
        yield "## Not read in full\n"
        for line in skipped(report.skipped):
            yield f"- {_text(line, 1200)}"
        yield ""


def _brief(head: str, units: Sequence[Judged]) -> Iterator[str]:
    yield f"{head}\n"
    for path, first, more in brief_lines(units):
        yield f"- {_text(path, 1000)}, line {first}{more and f', {more}'}"
    if rest := left(units):
        yield f"- {rest}"
    yield ""


def _alike(units: Sequence[Judged]) -> Iterator[str]:
    yield f"{ALIKE}: {len(units)}\n"
    for one in units:
        place = f"{_text(one.group.path, 1000)}, line {one.group.line}"
        yield f"- {place}: {_text(unit(one.group))}"
    yield ""


def _group(judged: Judged) -> Iterator[str]:
    group = judged.group
    yield f"## {_text(group.path, 1000)}, line {group.line}: {_text(unit(group))}\n"
    yield "| container | what it is | why |"
    yield "| --- | --- | --- |"
    for finding in judged.findings:
        kind = [_text(word) for word in what(finding)]
        if finding.label in SIDECARS:
            kind[0] = f"**{kind[0]}**"
        rows = [(finding.line, reason(finding)), *reasons(finding)]
        why = [f"line {line}: {_text(words, 400)}" for line, words in rows]
        cells = (_text(name(finding)), "<br>".join(kind), "<br>".join(why))
        yield f"| {' | '.join(cells)} |"
    yield ""


def _text(text: str, longest: int = 120) -> str:
    """Return *text* so that Markdown shows it as it is."""
    return _SYNTAX.sub(r"\\\1", shown(text, longest))
