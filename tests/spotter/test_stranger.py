"""Rules learned from what a stranger found, each with the cause of a wrong label."""

from pathlib import Path

import pytest
from sidecar_spotter import scan


def findings(
    tmp_path: Path, files: dict[str, str]
) -> dict[str, tuple[str, str | None]]:
    """Return label and neighbor that a scan gives to each container of these files."""
    for path, text in files.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    report = scan(tmp_path)
    assert report.skipped == ()
    return {
        one.name: (one.label, one.serves)
        for judged in report.groups
        for one in judged.findings
    }


def labels(tmp_path: Path, files: dict[str, str]) -> dict[str, str]:
    """Return the labels alone."""
    return {name: label for name, (label, _) in findings(tmp_path, files).items()}


# --- addresses at which nobody is called

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: shop
      image: example.com/shop
      env:
        - name: SETTING
          value: |
            VALUE
    - name: rates
      image: example.com/rates
"""


@pytest.mark.parametrize(
    ("value", "calls"),
    [
        ("localhost:8080", True),
        ("proxy_pass http://localhost;", True),
        ("TRUSTED_PROXIES=127.0.0.1", False),
        ("127.0.0.1/8", False),
        ("10.0.0.0/8, 127.0.0.1", False),
        ("127.0.0.1,.svc.cluster.local", False),
        ("no_proxy: localhost", False),
        ("server_name  localhost;", False),
        ("set_real_ip_from 127.0.0.1;", False),
        ("allow 127.0.0.1;", False),
    ],
)
def test_some_addresses_are_not_called(value: str, calls: bool, tmp_path: Path) -> None:
    found = labels(tmp_path, {"pod.yaml": POD.replace("VALUE", value)})
    assert (found["rates"] == "sidecar") == calls
