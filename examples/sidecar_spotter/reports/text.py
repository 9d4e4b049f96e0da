"""The report for people: a table for each group of containers, then the verdict.

It fits into 80 columns, and has colors on a terminal alone.
"""

import contextlib
import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from types import ModuleType

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sidecar_spotter.model import SIDECARS, Judged, Report
from sidecar_spotter.pages import plain
from sidecar_spotter.reports.words import (
    name,
    reason,
    reasons,
    shown,
    skipped,
    unit,
    what,
)

COLUMNS = 80
"""The width where no terminal has one."""


def render(reports: Sequence[Report], terminal: bool) -> str:
    """Return the reports as lines; with colors, and as wide as it, for a *terminal*."""

    def show(console: Console) -> None:
        for report in reports:
            _report(console, report, titled=len(reports) > 1)

    return _printed(show, terminal)


def page(feature: ModuleType, terminal: bool) -> str:
    """Return the page of a feature as a terminal shows it."""
    from rich.markdown import Markdown

    strength = f"Strength: {feature.STRENGTH}."
    if feature.STRENGTH == "against":
        strength = "It speaks against a sidecar."
    title, _, body = plain(feature.__doc__ or "").partition("\n")
    source = f"# {title}\n\n*{strength}*\n\n{body}"
    return _printed(lambda console: console.print(Markdown(source)), terminal)


@contextlib.contextmanager
def bar() -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error; give what moves it, by what is done of a total."""
    from rich.progress import Progress

    # Without a thread that redraws it: a scan may fork.
    console = Console(file=sys.stderr)
    with Progress(console=console, transient=True, auto_refresh=False) as progress:
        task = progress.add_task("reading")

        def move(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, refresh=True)

        yield move


def _printed(show: Callable[[Console], None], terminal: bool) -> str:
    """Return what *show* prints; lines for a file have no blanks at their end."""
    page = io.StringIO()
    width = None if terminal else COLUMNS
    show(Console(file=page, force_terminal=terminal, width=width, highlight=False))
    if terminal:
        return page.getvalue()
    return re.sub(r" +$", "", page.getvalue(), flags=re.MULTILINE)


def _report(console: Console, report: Report, titled: bool) -> None:
    if titled:
        console.rule(Text(shown(report.root), "bold"), align="left")
    for judged in report.groups:
        if judged.findings:
            _group(console, judged)
    if report.skipped:
        console.print(Text("Not read in full", "bold"))
        for line in skipped(report.skipped):
            console.print(Text(f"  {line}"))
        console.print()
    for remark in report.remarks:
        console.print(Text(f"Note: {shown(remark)}", "yellow"))
    verdict = Text("Verdict: ").append(report.verdict, "bold")
    console.print(verdict)
    console.print(Text(shown(report.summary, 1000)))
    if titled:
        console.print()


def _group(console: Console, judged: Judged) -> None:
    group = judged.group
    # Folded by the terminal, if it must be: so it can be copied whole.
    place = Text(f"{shown(group.path, 1000)}:{group.line}", "bold").append(
        f"  {unit(group)}", "not bold"
    )
    console.print(place, soft_wrap=True)
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0)
    )
    table.add_column("container", max_width=24, overflow="fold")
    table.add_column("what it is", max_width=20, overflow="fold")
    table.add_column("line", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for finding in judged.findings:
        called = [Text(name(finding), "bold")]
        color = "green" if finding.label in SIDECARS else ""
        kind = [Text(word, color) for word in what(finding)]
        rows = [(finding.line, reason(finding)), *reasons(finding)]
        lines = [Text(str(line)) for line, _ in rows]
        words = [Text(why) for _, why in rows]
        for row in zip_longest(called, kind, lines, words):
            table.add_row(*row)
    console.print(table)
    console.print()
