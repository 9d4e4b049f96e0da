"""Lines that do not fit as YAML: left out, and told of."""

from pathlib import Path

import pytest
from scanning import labels, scanned
from sidecar_spotter import scan


@pytest.mark.parametrize("column", [6, 7])
def test_an_item_put_askew_is_still_one(tmp_path: Path, column: int) -> None:
    text = f"""\
kind: Deployment
spec:
  selector: {{}}
  template:
    spec:
      containers:
        - name: web-server
          image: example/web
          volumeMounts:
            - {{name: site, mountPath: /site}}
{" " * column}- name: site-updater
          image: example/updater
          volumeMounts:
            - {{name: site, mountPath: /site}}
"""
    said = labels(tmp_path, {"a.yaml": text})
    assert said == {"web-server": "main", "site-updater": "sidecar"}


BROKEN = """\
kind: Pod
spec:
  containers:
    - name: web
      image: example/web
    this is no YAML
    - name: log-shipper
      image: example/log
"""


def test_the_report_names_the_lines_that_it_left_out(tmp_path: Path) -> None:
    report = scanned(tmp_path, {"a.yaml": BROKEN})
    assert [one.label for one in report.groups[0].findings] == ["main", "sidecar"]
    (left,) = report.skipped
    assert left.path == "a.yaml"
    assert left.reason == "some lines do not fit as YAML, and were left out: 6"


def test_lines_of_a_template_keep_their_numbers_in_it(tmp_path: Path) -> None:
    text = """\
    {{- define "shop.ship" }}
    - name: ship
      image: example/ship
    {{- end }}
    """
    pod = '{{- include "shop.ship" . | nindent 4 }}\n    no YAML, either\n'
    files = {
        "templates/_ship.tpl": text,
        "templates/a.yaml": BROKEN + pod + "---\n" + BROKEN,
    }
    (left,) = scanned(tmp_path, files).skipped
    assert (left.path, left.reason.rpartition(": ")[2]) == (
        "templates/a.yaml",
        "6, 10, 17",
    )


def test_an_item_that_is_only_moved_is_not_left_out(tmp_path: Path) -> None:
    askew = BROKEN.replace("    this is no YAML\n", "").replace(
        "    - name: log-shipper\n", "   - name: log-shipper\n"
    )
    assert labels(tmp_path, {"a.yaml": askew})["log-shipper"] == "sidecar"
    assert scan(tmp_path).skipped == ()


def test_a_text_may_begin_with_a_line_of_the_template(tmp_path: Path) -> None:
    text = """\
    kind: ConfigMap
    data:
      pod.yaml: |
        {{- if .Values.own }}
          {{ toYaml .Values.own | nindent 6 }}
        {{- else }}
        kind: Pod
        spec:
          containers:
            - {name: web, image: example/web}
            - {name: log-shipper, image: example/log}
        {{- end }}
    """
    said = labels(tmp_path, {"templates/a.yaml": text})
    assert said == {"web": "main", "log-shipper": "sidecar"}
    assert scan(tmp_path).skipped == ()
