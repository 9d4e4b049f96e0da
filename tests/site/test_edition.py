"""The date of an edition, and where the books of it are."""

from pathlib import Path

import downloads
import edition
import pytest


def test_the_date_is_the_one_that_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever builds a package says the date of it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert edition.epoch() == 86400
    assert edition.day(86400) == "January 2, 1970"


def test_without_a_clone_it_is_the_date_of_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without git has its changelog."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert edition.last_commit(tmp_path) == 0
    log = tmp_path / "CHANGELOG.md"
    log.write_text("## Unreleased\n\n## 1.1.0 (2026-11-24)\n\n## 1.0.0 (2026-01-01)\n")
    assert edition.day(edition.last_release(log)) == "November 24, 2026"
    log.write_text("## Unreleased\n")
    assert edition.last_release(log) == 0
    assert edition.last_release(tmp_path / "none.md") == 0


def test_read_the_docs_has_the_books(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its addresses are those of the version; a pull request has none."""
    home = "https://sidecar-handbook.readthedocs.io/en/stable/"
    monkeypatch.setenv("READTHEDOCS_CANONICAL_URL", home)
    monkeypatch.setenv("READTHEDOCS_VERSION", "stable")
    monkeypatch.delenv("READTHEDOCS_VERSION_TYPE", raising=False)
    host = "https://sidecar-handbook.readthedocs.io"
    assert downloads.addresses() == {
        "pdf": f"{host}/_/downloads/en/stable/pdf/",
        "epub": f"{host}/_/downloads/en/stable/epub/",
    }
    monkeypatch.setenv("READTHEDOCS_VERSION_TYPE", "external")
    assert downloads.addresses() == {}
    monkeypatch.delenv("READTHEDOCS_CANONICAL_URL")
    assert downloads.addresses() == {}
