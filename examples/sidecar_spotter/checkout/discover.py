"""Walk a checkout: which files can hold a deployment.

A checkout is untrusted: the walk follows no link to a folder and never leaves the root.
What cannot be read is a `Skipped`; what holds no deployment by its name, by common
sense or by an ignore file is passed over without a word.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sidecar_spotter.checkout import ignore, tracked
from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.load import Entry, because, read
from sidecar_spotter.model import Skipped
from sidecar_spotter.tree import Unreadable

PASSED = frozenset(
    (
        *(".git", ".hg", ".svn", ".jj"),
        *("node_modules", "bower_components", "vendor", "site-packages"),
        *("vendor_jsonnet", "cue.mod"),
        *(".venv", "venv", ".tox", ".nox", "__pycache__", ".mypy_cache"),
        *(".terraform", ".gradle", ".m2", ".yarn", ".next", ".cache"),
    )
)
"""Folders that hold other people's files, or a tool's own."""

PROJECT = "cdk.json"
"""What makes a folder one of AWS CDK, whatever its code needs."""
NEEDS = frozenset(
    (
        *("package.json", "requirements.txt", "pyproject.toml", "setup.py"),
        *("setup.cfg", "Pipfile", ".projenrc.js", ".projenrc.ts", "pom.xml"),
        *("build.gradle", "build.gradle.kts", "libs.versions.toml", "Cargo.toml"),
        *("Directory.Packages.props", "requirements-dev.txt", "environment.yml"),
    )
)
"""Files that say what a folder's code needs. Programs are read only where they need
what builds tasks or pods: a repository can hold thousands of others."""
NEEDED = (
    *(b"aws-cdk", b"aws_cdk", b"cdk8s", b"pulumi", b"kubernetes", b"Kubernetes"),
    *(b"fabric8", b"k8s-openapi", b"stackable-operator", b"lightkube"),
)
LONGEST = 1 << 18
"""Bytes of such a file that are read."""


def discover(root: Path) -> Iterator[Entry | Skipped]:
    """Yield the files below *root* that can hold a deployment, in a stable order.

    *root* may be a file, which is then the only one. Raises OSError where it cannot
    be listed.
    """
    top = top_of(root)
    if not root.is_dir():
        yield Entry(root.name, within(os.path.realpath(root), top) or "")
        return
    links: list[str] = []
    found: dict[str, str] = {}
    heeded = tracked.in_work_tree(top)
    kept = tracked.Tracked(_index(top) if heeded else b"")
    rules, problem = _rules(f"{top}/.git/info/exclude", "", None)
    if problem:
        yield Skipped(".git/info/exclude", problem)
    # A list of what is to do, not recursion: Python's stack has an end.
    folders = [("", rules, False, False)]
    while folders:
        folder, rules, ignored, project = folders.pop()
        try:
            with os.scandir(f"{top}/{folder}") as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            if not folder:
                raise
            yield Skipped(folder.rstrip("/"), because(error))
            continue
        for entry in entries:
            if entry.name == ".gitignore" and heeded:
                rules, problem = _rules(entry.path, folder, rules)
                if problem:
                    yield Skipped(folder + entry.name, problem)
        inner = []
        files = [""]
        project = project or any(_is_project(entry) for entry in entries)
        for entry in entries:
            path = folder + entry.name
            try:
                if entry.is_symlink():
                    links.append(path)
                elif entry.is_dir(follow_symlinks=False):
                    path += "/"
                    if entry.name in PASSED:
                        continue
                    passed = ignored or _ignored(rules, path)
                    if not passed or kept.holds(path):
                        inner.append((path, rules, passed, project))
                elif (form := form_of(entry.name)) is not None:
                    if form == "program" and not project:
                        continue
                    if (ignored or _ignored(rules, path)) and not kept.holds(path):
                        continue
                    if entry.is_file(follow_symlinks=False):
                        files.append(entry.name)
                        yield Entry(path)
                    else:
                        yield Skipped(path, "a FIFO, a socket or a device")
            except OSError as error:
                yield Skipped(path, because(error))
        folders += reversed(inner)
        if len(files) > 1:
            found[folder] = "/".join([*files, ""])
    # Last, as a file is to be read under its own name.
    for link in links:
        if (target := _follow(link, top, found)) is not None:
            yield target


def _is_project(entry: os.DirEntry[str]) -> bool:
    """Whether a file makes its folder a project whose programs may build pods."""
    if entry.name == PROJECT:
        return True
    if entry.name not in NEEDS:
        return False
    try:
        if not entry.is_file(follow_symlinks=False):
            return False
        data = read(entry.path, LONGEST)
    except (OSError, Unreadable):
        return False
    return any(word in data for word in NEEDED)


def top_of(root: Path) -> str:
    """Return the folder that *root* is or lies in, as a path without links."""
    place = os.path.realpath(root, strict=True)
    return place if Path(place).is_dir() else str(Path(place).parent)


def _follow(link: str, top: str, found: dict[str, str]) -> Entry | Skipped | None:
    """Return the file that a link leads to, if it is one that *found* lacks.

    *found* has the names of a folder's files, with a slash around each.
    """
    named = form_of(link) not in (None, "program")
    try:
        place = os.path.realpath(f"{top}/{link}", strict=True)
        mode = Path(place).stat().st_mode
    except OSError as error:
        return Skipped(link, f"a link: {because(error)}") if named else None
    inside = within(place, top)
    if inside is None:
        if named or stat.S_ISDIR(mode):
            return Skipped(link, "a link that leads out of the checkout")
        return None
    if not named or stat.S_ISDIR(mode):
        return None
    folder, slash, name = inside.rpartition("/")
    names = found.get(folder + slash, "/")
    if f"/{name}/" in names:
        return None
    found[folder + slash] = f"{names}{name}/"
    return Entry(link, inside)


def within(place: str, top: str) -> str | None:
    """Return the path from *top* to *place*, both without links; None if outside."""
    if place == top:
        return ""
    start = top.rstrip(os.sep) + os.sep
    return place.removeprefix(start) if place.startswith(start) else None


def _index(top: str) -> bytes:
    """Return git's index of the checkout *top*, if it has one that can be read."""
    place = f"{top}/{tracked.INDEX}"
    try:
        inside = os.path.realpath(place) == place
        return read(place, tracked.LARGEST) if inside else b""
    except (OSError, Unreadable):
        return b""


def _ignored(rules: ignore.Rules | None, path: str) -> bool:
    return rules is not None and rules.ignore(path)


def _rules(
    place: str, folder: str, above: ignore.Rules | None
) -> tuple[ignore.Rules | None, str]:
    """Return the rules in force in *folder* with those of the ignore file *place*.

    What goes wrong with it stands beside them.
    """
    if os.path.realpath(place) != place:
        return above, ""  # git reads no ignore file through a link either
    try:
        data = read(place, ignore.LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return above, ""
    except (OSError, Unreadable) as error:
        return above, because(error)
    return ignore.parse(data, folder, above)
