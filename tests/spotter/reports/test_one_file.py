"""A file that somebody names: each container in it is told of, and why it is none."""

from pathlib import Path

from sidecar_spotter import scan
from sidecar_spotter.model import Report
from sidecar_spotter.reports import render

ONE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: shop
          image: example.com/shop:1
"""
SERVICES = """\
services:
  web:
    image: example.com/shop:1
    networks: [shop]
  db:
    image: postgres:17
    networks: [shop]
  tunnel:
    image: example.com/tunnel:1
    network_mode: service:web
"""
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  template:
    spec:
      containers:
        - name: shop
          image: example.com/shop:2
"""


def told(report: Report) -> dict[str, tuple[str, int, str]]:
    """Return label, line and reason of each container."""
    return {
        one.name: (one.label, one.line, one.why)
        for judged in report.groups
        for one in judged.findings
    }


def test_a_container_alone_is_told_that_it_is_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(ONE)
    why = "runs alone: no other program is in its unit"
    assert told(scan(path)) == {"shop": ("not-a-sidecar", 10, why)}
    assert "because it runs alone" in render("text", [scan(path)])


def test_a_service_without_a_tie_is_told_that_it_has_none(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(SERVICES)
    found = told(scan(path))
    why = "has neither files nor localhost in common with another service here"
    assert found["db"] == ("not-a-sidecar", 5, why)
    assert {name: said[0] for name, said in found.items()} == {
        "web": "main",
        "db": "not-a-sidecar",
        "tunnel": "sidecar",
    }


def test_nothing_is_said_of_a_unit_that_stands_elsewhere_in_part(
    tmp_path: Path,
) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(PATCH)
    report = scan(path)
    assert told(report) == {}
    # No head of a table without a row.
    assert "what it is" not in render("text", [report])
    assert "what it is" not in render("markdown", [report])


def test_a_folder_is_told_of_without_them(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(ONE)
    (tmp_path / "compose.yaml").write_text(SERVICES)
    assert set(told(scan(tmp_path))) == {"web", "tunnel"}


def test_a_drawing_leaves_out_what_is_tied_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(SERVICES)
    assert "db" not in render("mermaid", [scan(path)])
