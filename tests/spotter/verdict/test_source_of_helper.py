"""A repository that holds the program of a helper."""

from pathlib import Path

import pytest
from scanning import labels
from sidecar_spotter import scan
from sidecar_spotter.checkout import Checkout
from sidecar_spotter.repository.readme import program_is_a_sidecar

SOURCE = "# ports\n\n*ports* is a small sidecar container that opens ports.\n"


SHORT = "Sidecar container for backups of volumes over sftp.\n"


@pytest.mark.parametrize("said", [SOURCE, f"\n\n{SHORT}"])
def test_a_readme_may_call_its_own_program_a_sidecar(tmp_path: Path, said: str) -> None:
    labels(tmp_path, {"README.md": said, "build/Dockerfile": "FROM scratch\n"})
    report = scan(tmp_path)
    assert report.verdict == "injects-or-operates-sidecars-in-code-only"
    assert "README.md, line 3" in report.summary


@pytest.mark.parametrize(
    "said",
    [
        "It reads the sidecar files of photos in a container.",
        "| ports | is a sidecar container |",
        "# What is a sidecar container?",
        "It is the sidecar of a motorcycle.",
    ],
)
def test_other_words_on_sidecars_tell_nothing(tmp_path: Path, said: str) -> None:
    labels(tmp_path, {"README.md": said + "\n", "Dockerfile": "FROM scratch\n"})
    assert program_is_a_sidecar(Checkout(str(tmp_path))) is None


def test_without_an_image_a_readme_tells_nothing(tmp_path: Path) -> None:
    labels(tmp_path, {"README.md": SOURCE})
    assert scan(tmp_path).verdict == "no-sidecar"
