"""What a patch of Kustomize changes in the base that its overlay names."""

from pathlib import Path

import pytest
from scanning import scanned

BASE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: till}
spec:
  selector: {matchLabels: {app: till}}
  template:
    metadata: {labels: {app: till}}
    spec:
      containers:
        - {name: till, image: example.com/till}
        - {name: tunnel, image: qmcgaw/gluetun:3}
"""
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: till}
spec:
  template:
    spec:
      containers:
        - {name: tunnel, image: "example.com/own:2", args: [--fast]}
"""
FILES = {
    "base/kustomization.yaml": "resources: [till.yaml]\n",
    "base/till.yaml": BASE,
    "over/all/kustomization.yaml": "resources: [../../base]\n",
    "over/dev/kustomization.yaml": "bases: [../all]\npatches: [{path: till.yaml}]\n",
    "over/dev/till.yaml": PATCH,
}


def test_a_container_that_a_patch_changes_counts_once(tmp_path: Path) -> None:
    report = scanned(tmp_path, FILES)
    (patch,) = (one for one in report.groups if one.group.path == "over/dev/till.yaml")
    (tunnel,) = patch.findings
    assert (tunnel.label, tunnel.serves, tunnel.line) == ("sidecar", "till", 8)
    assert tunnel.why == "is changed here; it stands in base/till.yaml"
    assert "1 sidecar in 1 unit" in report.summary


def test_so_does_one_in_a_patch_that_the_kustomization_holds(tmp_path: Path) -> None:
    inside = "".join(f"    {line}\n" for line in PATCH.splitlines())
    files = {name: said for name, said in FILES.items() if "dev" not in name}
    over = f"resources: [../../base]\npatches:\n- patch: |-\n{inside}"
    files["over/dev/kustomization.yaml"] = over
    assert "1 sidecar in 1 unit" in scanned(tmp_path, files).summary


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("over/dev/till.yaml", "name: tunnel", "name: fluent-bit"),
        ("over/dev/till.yaml", "name: till", "name: other"),
        ("over/all/kustomization.yaml", "../../base", "../../gone"),
        ("over/all/kustomization.yaml", "../../base", "../all"),
    ],
)
def test_what_the_base_has_not_is_added(
    tmp_path: Path, file: str, old: str, new: str
) -> None:
    files = FILES | {file: FILES[file].replace(old, new)}
    assert "2 sidecars in 2 units" in scanned(tmp_path, files).summary
