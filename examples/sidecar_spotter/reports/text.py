"""The report for people: a table for each group of containers, then the verdict.

It fits into 80 columns, and has colors on a terminal alone.
"""

import contextlib
import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from types import ModuleType

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sidecar_spotter.about import handbook
from sidecar_spotter.model import SIDECARS, Judged, Report
from sidecar_spotter.reports.order import ALIKE, SAME, brief_lines, left, ordered
from sidecar_spotter.reports.pages import plain
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
    home = handbook()
    files = f"Files and labs are those of the handbook{home and f', {home}'}."
    source = f"# {title}\n\n*{strength}*\n\n{body}\n\n*{files}*"
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
    told = ordered(report)
    for one in told.full:
        _group(console, one.judged, report)
        if one.copies:
            _brief(console, SAME, one.copies, report)
        if one.alike:
            _alike(console, one.alike, report)
    for kind, units in told.brief:
        _brief(console, kind, units, report)
    if report.skipped:
        console.print(Text("Not read in full", "bold"))
        files = [replace(one, path=_opened(report, one.path)) for one in report.skipped]
        for line in skipped(files):
            console.print(Text(f"  {line}"), soft_wrap=True)
        console.print()
    for remark in report.remarks:
        console.print(Text(f"Note: {shown(remark)}", "yellow"))
    verdict = Text("Verdict: ").append(report.verdict, "bold")
    console.print(verdict)
    console.print(Text(shown(report.summary, 1000)))
    if titled:
        console.print()


def _opened(report: Report, path: str) -> str:
    """Return the path of a file as it opens from where the command was called."""
    if report.folder in ("", "."):
        return path
    return f"{report.folder.rstrip('/')}/{path}"


def _brief(
    console: Console, kind: str, units: Sequence[Judged], report: Report
) -> None:
    """Print a line for each file of what there is little to tell of."""
    console.print(Text(f"{kind}: {len(units)}", "bold"))
    for path, line, more in brief_lines(units):
        place = f"  {shown(_opened(report, path), 1000)}:{line}  {more}".rstrip()
        console.print(Text(place), soft_wrap=True)
    if rest := left(units):
        console.print(Text(f"  {rest}"))
    console.print()


def _alike(console: Console, units: Sequence[Judged], report: Report) -> None:
    """Print the place and the name of each unit: each has its own."""
    console.print(Text(f"{ALIKE}: {len(units)}", "bold"))
    for one in units:
        place = f"{shown(_opened(report, one.group.path), 1000)}:{one.group.line}"
        console.print(Text(f"  {place}  {unit(one.group)}"), soft_wrap=True)
    console.print()


def _group(console: Console, judged: Judged, report: Report) -> None:
    group = judged.group
    # Folded by the terminal, if it must be: so it can be copied whole.
    place = f"{shown(_opened(report, group.path), 1000)}:{group.line}"
    what_it_is = unit(group)
    apart = "  " if len(place) + len(what_it_is) + 2 <= console.width else "\n  "
    head = Text(place, "bold").append(f"{apart}{what_it_is}", "not bold")
    console.print(head, soft_wrap=True)
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
        # The evidence is set in, below the reason that rests on it.
        words: list[RenderableType] = [Text(rows[0][1])]
        words += [Padding(Text(why), (0, 0, 0, 2)) for _, why in rows[1:]]
        for row in zip_longest(called, kind, lines, words):
            table.add_row(*row)
    console.print(table)
    console.print()
