"""Every manifest that a page shows is valid for its platform."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from sources import REPO

MANIFESTS = sorted((REPO / "examples" / "manifests").glob("*.yaml"))
BOOKSHOP = REPO / "examples" / "repositories" / "bookshop"
NEW_IN_1_34 = "# Kubernetes 1.34 or later"
# Of a patch Kustomize needs no more than what it changes.
PARTIAL = {"deploy/production/metrics.yaml"}
# Not Kubernetes' own kinds, so its schemas say nothing about them.
FOREIGN = ("serving.knative.dev", "kustomize.config.k8s.io", "acid.zalan.do")


def documents(path: Path) -> list[dict[str, Any]]:
    """Return the YAML documents of a file."""
    return [d for d in yaml.safe_load_all(path.read_text(encoding="utf-8")) if d]


def check_compose(path: Path) -> None:
    """Hold a Compose file against the schema of its specification."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", str(path)),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_shown_manifest(path: Path) -> None:
    """The manifest is what the oldest and the newest supported version accept."""
    text = path.read_text(encoding="utf-8")
    assert ":latest" not in text
    for document in documents(path):
        if "services" in document:
            check_compose(path)
            continue
        versions = ["1.34", "1.37"] if NEW_IN_1_34 in text else ["1.29", "1.33", "1.37"]
        for version in versions:
            kubernetes_validate.validate(document, version, strict=True)


def kubernetes_files() -> list[Path]:
    """List the bookshop's files that hold Kubernetes' own kinds."""
    found = []
    for path in sorted(BOOKSHOP.rglob("*.yaml")):
        name = path.relative_to(BOOKSHOP).as_posix()
        if "/templates/" in name or name in PARTIAL:
            continue
        if all(
            "kind" in document
            and not str(document.get("apiVersion", "")).startswith(FOREIGN)
            for document in documents(path)
        ):
            found.append(path)
    return found


@pytest.mark.parametrize("path", kubernetes_files(), ids=lambda path: path.stem)
def test_practice_repository(path: Path) -> None:
    """The repository to practice on holds what a cluster would accept."""
    for document in documents(path):
        kubernetes_validate.validate(document, "1.33", strict=True)


def test_practice_compose_file() -> None:
    """The practice repository's Compose file keeps to its specification."""
    check_compose(BOOKSHOP / "compose.yaml")


def test_a_wrong_manifest_is_noticed(tmp_path: Path) -> None:
    """A misspelled field does not pass."""
    pod = documents(REPO / "examples" / "manifests" / "recap-workers.yaml")[0]
    wrong = json.loads(json.dumps(pod).replace('"image"', '"imagee"'))
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.33", strict=True)
