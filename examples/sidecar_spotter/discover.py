"""Walk a checkout: which files can hold a deployment, and what is in them.

A checkout is untrusted. The walk follows no link to a folder and never leaves the
root; `load` opens regular files only, and reads no more than `LARGEST` bytes of them.
What cannot be read is a `Skipped`; what holds no deployment by its name, by common
sense or by an ignore file is passed over without a word.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sidecar_spotter import ignore, tracked
from sidecar_spotter.model import Skipped
from sidecar_spotter.tree import Unreadable

Form = Literal[
    "yaml",
    "json",
    "hcl",
    "bicep",
    "unit",
    "go",
    "program",
    "template",
    "jsonnet",
    "jenkins",
    "shell",
]
"""How a file is written: a unit is one of systemd's; a template can become any."""

FORMS: dict[str, Form] = {
    "yaml": "yaml",
    "yml": "yaml",
    "json": "json",
    "tf": "hcl",
    "tofu": "hcl",
    "tfvars": "hcl",
    "hcl": "hcl",
    "nomad": "hcl",
    "job": "hcl",
    "bicep": "bicep",
    "container": "unit",
    "pod": "unit",
    "kube": "unit",
    "go": "go",
    "ts": "program",
    "py": "program",
    "js": "program",
    "java": "program",
    "cs": "program",
    "kt": "program",
    "rs": "program",
    "tpl": "template",
    "tmpl": "template",
    "gotmpl": "template",
    "tftpl": "template",
    "template": "template",
    "golden": "template",
    "j2": "template",
    "jinja2": "template",
    "jinja": "template",
    "ps1": "shell",
    "cmd": "shell",
    "bat": "shell",
    "mk": "shell",
    "jsonnet": "jsonnet",
    "libsonnet": "jsonnet",
    "groovy": "jenkins",
    "jenkinsfile": "jenkins",
    "sh": "shell",
    "bash": "shell",
}
"""By the end of a file's name."""
JENKINS = re.compile(r"(?:^|/)Jenkinsfile[^/]*$")
"""Files whose form their name tells, whatever follows it."""
RECIPES = re.compile(r"(?:^|/)(?:(?:GNU)?[Mm]akefile|\.?[Jj]ustfile)$")
"""Files of recipes, each of which is a script."""
ADDED = frozenset(
    (
        *("tpl", "tmpl", "gotmpl", "tftpl", "template", "j2", "jinja2", "jinja"),
        *("erb", "in", "mustache", "hbs", "ctmpl", "envsubst"),
        *("dist", "example", "sample", "golden", "injected"),
    )
)
"""Ends that are added to a name: of templates and of examples of what they make."""

PROSE = frozenset(("md", "txt", "html", "sh", "sql", "rst", "adoc", "css"))
"""Ends of names of templates of which no deployment comes."""

PASSED = frozenset(
    (
        *(".git", ".hg", ".svn", ".jj"),
        *("node_modules", "bower_components", "vendor", "site-packages"),
        "vendor_jsonnet",
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

LARGEST = 8 * 1024 * 1024
"""Bytes of the largest file that is read. Kubernetes stores no object of more than
1.5 MiB; install files, which bundle dozens of them, reach 4 MiB."""

_OPEN = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)  # it was no link when it was found
    | getattr(os, "O_NONBLOCK", 0)  # a FIFO would wait for its writer
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
MARKS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe\0\0": "utf-32-le",  # before UTF-16's, which is its beginning
    b"\0\0\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
"""Encodings by the byte order mark at the start of a file."""
ODD_BREAKS = ("\x85".encode(), "\u2028".encode(), "\u2029".encode())
"""Characters that end a line for YAML, but not for editors and git."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to read, by its path in the checkout."""

    path: str
    target: str = ""
    """Where a link leads to, from the top of the checkout; "" for all but links."""


def form_of(path: str) -> Form | None:
    """Return how the file at *path* is written; None where it holds no deployment."""
    start, _, end = path.lower().rpartition(".")
    if JENKINS.search(path):
        return "jenkins"
    if RECIPES.search(path):
        return "shell"
    if end in ADDED and start.rpartition(".")[2] in PROSE:
        return None
    if end in ADDED and (form := FORMS.get(start.rpartition(".")[2])) is not None:
        return form
    return FORMS.get(end) if start else None


# --- the walk


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
            yield Skipped(folder.rstrip("/"), _because(error))
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
                yield Skipped(path, _because(error))
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
        data = _read(entry.path, LONGEST)
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
        return Skipped(link, f"a link: {_because(error)}") if named else None
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
        return _read(place, tracked.LARGEST) if inside else b""
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
        data = _read(place, ignore.LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return above, ""
    except (OSError, Unreadable) as error:
        return above, _because(error)
    return ignore.parse(data, folder, above)


def _because(error: OSError | Unreadable) -> str:
    """Return an error as a reason: without the path, which stands beside it."""
    said = error.strerror if isinstance(error, OSError) else None
    return said.lower() if said else str(error)


# --- one file


def load(top: str, entry: Entry, limit: int = LARGEST) -> bytes:
    r"""Return the text of a file: UTF-8 without a mark, `\n` at the end of each line.

    No line changes its number. Raises Unreadable with the reason where it cannot.
    """
    try:
        data = _read(f"{top}/{entry.target or entry.path}", limit)
    except OSError as error:
        raise Unreadable(_because(error)) from None
    return as_text(data)


def _read(place: str, limit: int) -> bytes:
    """Return the bytes of a regular file that has no more than *limit* of them."""
    descriptor = os.open(place, _OPEN)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("no regular file")
        if status.st_size > limit:
            raise Unreadable(f"larger than {limit // 1024:,} KiB")
        data = os.read(descriptor, status.st_size + 1)
        if len(data) > status.st_size:
            raise Unreadable("grew while it was read")
    finally:
        os.close(descriptor)
    return data


def as_text(data: bytes) -> bytes:
    """Return the bytes of a file as `load` promises them."""
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            try:
                data = data[len(mark) :].decode(encoding).encode()
            except UnicodeError:
                raise Unreadable(f"not {encoding.upper()}, as its mark says") from None
            break
    if b"\0" in data:
        raise Unreadable("binary: it has NUL bytes")
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise Unreadable(f"not UTF-8 (line {line})") from None
        for odd in ODD_BREAKS:
            data = data.replace(odd, b" " * len(odd))
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        data = data.replace(b"\r", b" " if b"\n" in data else b"\n")
    return data
