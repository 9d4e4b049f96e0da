"""What is said of a whole repository: its verdict, and the two sentences on it."""

from pathlib import Path

import pytest
from sidecar_spotter import scan

IN_CODE = "injects-or-operates-sidecars-in-code-only"


def laid_out(folder: Path, files: dict[str, str]) -> Path:
    """Return a folder that holds *files*."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


# --- the source of a helper

CONTENTS = "".join(f"- [Part {n}](#part-{n})\n" for n in range(200))
BEHIND_CONTENTS = (
    f"# keymaker\n\n{CONTENTS}\n"
    "Keymaker is an implementation of a [Kubernetes sidecar container](https://k.test)"
    " that hands out keys.\n"
)
SEVERAL = "# shelf-helpers\n\nSidecar containers for the programs of a library.\n"
TITLE = "Ledger Sidecar\n==============\n\nThis runs alongside a ledger application.\n"

PLATFORM = (
    "# Cloud Sidecar Containers\n\nThese are services that run along side of your"
    " [own cloud](https://cloud.test) application containers.\n"
)


@pytest.mark.parametrize(
    ("said", "line"),
    [(BEHIND_CONTENTS, 204), (SEVERAL, 3), (TITLE, 4), (PLATFORM, 3)],
    ids=["contents", "several", "title", "platform"],
)
def test_a_readme_tells_what_its_program_is_there_for(
    tmp_path: Path, said: str, line: int
) -> None:
    laid_out(tmp_path, {"README.md": said, "one/Dockerfile": "FROM scratch\n"})
    report = scan(tmp_path)
    assert report.verdict == IN_CODE
    assert f"README.md, line {line}, says so" in report.summary


def test_a_readme_is_quoted_as_its_readers_see_it(tmp_path: Path) -> None:
    said = f"**Keymaker** is a [sidecar container](https://k.test/{'k' * 90}) for keys."
    long = f"It is a sidecar container for {'very ' * 30}old keys."
    for text, told in (
        (said, 'says so: "Keymaker is a sidecar container for keys."'),
        (long, 'very very…"'),
    ):
        laid_out(tmp_path, {"README.md": text, "Dockerfile": "FROM scratch\n"})
        assert scan(tmp_path).summary.endswith(told)


@pytest.mark.parametrize(
    "said",
    [
        "# Film Sidecar\n\nA library that runs a program, alongside your own.\n",
        "# ledger\n\nThe agent runs alongside an application in a container.\n",
        "# Sidecar\n\nIt finds services. Docker containers run alongside others.\n",
    ],
    ids=["library", "neighbor", "product"],
)
def test_a_title_or_a_neighbor_alone_tells_nothing(tmp_path: Path, said: str) -> None:
    laid_out(tmp_path, {"README.md": said, "Dockerfile": "FROM scratch\n"})
    assert scan(tmp_path).verdict == "no-sidecar"


# --- what is none

PACKAGE = """\
{
  name:: error 'set a name',
  image:: error 'set an image',
  deployment:
    local c = { name: 'book-metrics', image: $.image, args: ['--all'] };
    { kind: 'Deployment', spec: { template: { spec: { containers: [c] } } } },
}
"""


def test_settings_around_a_container_are_none(tmp_path: Path) -> None:
    laid_out(tmp_path, {"books.libsonnet": PACKAGE})
    assert scan(tmp_path).verdict == "no-sidecar"
