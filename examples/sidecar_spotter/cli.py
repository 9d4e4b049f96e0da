"""The command `sidecar-spotter`. Nothing below this module prints.

What takes long to load is loaded by the command that needs it: a scan with a report
in JSON has started in about a tenth of a second.
"""

import contextlib
import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from sidecar_spotter.model import Report
from sidecar_spotter.reports import Form, render
from sidecar_spotter.reports.words import shown
from sidecar_spotter.scan import scan as scan_path

NAME = "sidecar-spotter"
BAD_CALL = 2
ENDED = 130
"""The status after Ctrl-C, or when whoever read the output has gone."""
PATIENCE = 1.0
"""Seconds after which a scan shows how far it is."""

app = typer.Typer(
    name=NAME,
    help="Show where a repository uses the sidecar pattern, and why.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write to FILE, all or nothing."),
]


def main() -> None:
    """Do what the command line asks, and end with its exit status."""
    # Trees of nodes hold no cycles: to look for some takes a twentieth of a scan.
    gc.set_threshold(50_000)
    try:
        status = app(prog_name=NAME, standalone_mode=False)
    except typer.TyperException as error:
        status = _complain(f"{error.format_message()} ({NAME} --help says how)")
    except KeyboardInterrupt:
        status = ENDED
    sys.exit(status)


def _version(wanted: bool) -> None:
    if wanted:
        from sidecar_spotter.about import version

        _print(f"{NAME} {version()}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_version, help="Say which."),
    ] = False,
) -> None:
    """Show where a repository uses the sidecar pattern, and why."""


@app.command()
def scan(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="A checkout, or one file.")
    ],
    format: Annotated[Form, typer.Option(help="The form of the report.")] = "text",
    output: Output = None,
) -> None:
    """Report which containers are sidecars, of which, and why.

    Nothing is run and nothing is fetched. The exit status is 0 when the scan was
    made, whatever it found. In JSON, one path gives one report and several give a
    list of reports.
    """
    reports = [_scan(path) for path in paths]
    terminal = output is None and sys.stdout.isatty()
    _deliver(render(format, reports, terminal), output)


@app.command()
def draw(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="A manifest or another such file.")
    ],
    output: Output = None,
) -> None:
    """Draw each group of containers in a file as a Mermaid flowchart."""
    drawn = render("mermaid", [_scan(path)])
    if not drawn:
        _refuse(
            f"nothing to draw in {path}: it holds no group of containers by itself; "
            "what a template includes shows when you draw the folder of its chart"
        )
    _deliver(drawn, output)


@app.command()
def features() -> None:
    """List what suggests a sidecar, and what speaks against it."""
    from sidecar_spotter.features import FEATURES
    from sidecar_spotter.reports.pages import title

    width = max(len(feature.NAME) for feature in FEATURES)
    for feature in FEATURES:
        _print(f"{feature.NAME:{width}}  {feature.STRENGTH:7}  {title(feature)}\n")


@app.command()
def explain(
    feature: Annotated[
        str, typer.Argument(metavar="FEATURE", help="A name that `features` lists.")
    ],
) -> None:
    """Show the handbook's page on a feature."""
    from sidecar_spotter.features import FEATURES

    known = {one.NAME: one for one in FEATURES}
    if feature not in known:
        from difflib import get_close_matches

        near = get_close_matches(feature, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"`{NAME} features` lists all"
        _refuse(f"no feature {feature!r}: {hint}")
    from sidecar_spotter.reports.text import page

    _print(page(known[feature], sys.stdout.isatty()))


def _scan(path: Path) -> Report:
    """Return the report on *path*; end the program where it cannot be read."""
    try:
        path.stat()
        if not (path.is_dir() or path.is_file()):
            raise OSError(0, "it is neither a folder nor a file")
        if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
            raise OSError(0, "permission denied")
        with _progress() as progress:
            return scan_path(path, progress)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        _refuse(f"cannot read {path}: {why}; name the folder of a checkout, or a file")


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Give what shows on a terminal how far a scan is, once it takes long."""
    if not sys.stderr.isatty():
        yield None
        return
    start = time.monotonic()
    with contextlib.ExitStack() as stack:
        show: Callable[[int, int], None] | None = None

        def progress(done: int, total: int) -> None:
            nonlocal show
            if show is None and time.monotonic() - start > PATIENCE:
                from sidecar_spotter.reports.text import bar

                show = stack.enter_context(bar())
            if show is not None:
                show(done, total)

        yield progress


def _deliver(text: str, output: Path | None) -> None:
    """Print *text*, or write it to *output*."""
    if output is None:
        _print(text)
        return
    try:
        _replace(output, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        _refuse(f"cannot write {output}: {why}; choose another --output")


def _replace(path: Path, data: bytes) -> None:
    """Write a file at one stroke: whoever reads it never meets half a report."""
    import tempfile

    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a device or a pipe cannot be replaced
        return
    path = path.resolve()
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        try:
            part.write(data)
            part.flush()
            mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
            Path(part.name).chmod(mode)
            Path(part.name).replace(path)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    """Return which rights a new file does not get; it can only be read by a change."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _print(text: str) -> None:
    """Print *text* in UTF-8; end the program quietly where nobody reads it."""
    try:
        # In JSON, a lone surrogate becomes JSON's own escape for it.
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(ENDED) from None


def _complain(message: str) -> int:
    """Print one line on standard error; return the exit status of a bad call."""
    line = f"{NAME}: {shown(message, 1000)}\n"
    sys.stderr.buffer.write(line.encode("utf-8", "backslashreplace"))
    return BAD_CALL


def _refuse(message: str) -> NoReturn:
    """End the program with one line on standard error."""
    raise typer.Exit(_complain(message))
