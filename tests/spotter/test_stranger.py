"""Rules learned from what a stranger found, each with the cause of a wrong label."""

from pathlib import Path

import pytest
from sidecar_spotter import scan
from sidecar_spotter.checkout import Checkout


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


@pytest.mark.parametrize("name", ["SHOP_HTTP_ADDR", "LISTEN_ADDRESS", "HOSTNAME"])
def test_an_address_without_a_port_is_where_a_program_listens(
    name: str, tmp_path: Path
) -> None:
    value = "|\n            VALUE"
    text = POD.replace("SETTING", name).replace(value, "127.0.0.1")
    assert labels(tmp_path, {"pod.yaml": text})["rates"] != "sidecar"


# --- charts: named templates, and what is called after the release

CHART = {
    "shop/Chart.yaml": "name: shop\n",
    "shop/templates/_names.tpl": """\
{{- define "base.name" }}{{ .Chart.Name }}{{ end }}
""",
    "shop/templates/_containers.tpl": """\
{{- define "shop.container" }}
# The main container
- name: {{ template "base.name" . }}
  image: {{ .Values.shop.image }}
{{- end }}
{{- define "shop.renewer" }}
- name: {{ .Release.Name }}-tickets
  image: {{ .Values.tickets.image }}
{{- end }}
""",
    "shop/templates/deployment.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
        {{- include "shop.container" . | nindent 8 }}
        MORE
""",
}


def chart(more: str, extra: dict[str, str] | None = None) -> dict[str, str]:
    files = {path: text.replace("MORE", more) for path, text in CHART.items()}
    return files | (extra or {})


def by_line(tmp_path: Path, files: dict[str, str]) -> dict[tuple[str, int], str]:
    """Return labels by file and line."""
    labels(tmp_path, files)
    return {
        (judged.group.path.rpartition("/")[2], one.line): one.label
        for judged in scan(tmp_path).groups
        for one in judged.findings
    }


def test_a_template_that_holds_all_of_a_pod_adds_nothing(tmp_path: Path) -> None:
    files = chart("")
    path = "shop/templates/_containers.tpl"
    files[path] = files[path].partition('{{- define "shop.renewer"')[0]
    assert by_line(tmp_path, files) == {}


def test_a_templates_container_is_what_its_unit_says(tmp_path: Path) -> None:
    renewer = '{{- include "shop.renewer" . | nindent 8 }}'
    assert by_line(tmp_path, chart(renewer)) == {
        ("_containers.tpl", 7): "sidecar",
        ("deployment.yaml", 9): "main",
        ("deployment.yaml", 10): "sidecar",
    }


def test_a_main_container_in_a_template_is_one(tmp_path: Path) -> None:
    files = chart('{{- include "shop.renewer" . | nindent 8 }}')
    for path in list(files):
        name = '{{ template "base.name" . }}'
        files[path] = files[path].replace(f"name: {name}", f"name: {name}-app")
    found = by_line(tmp_path, files)
    assert found["_containers.tpl", 3] == "main"


def test_templates_deep_in_a_chart_are_included(tmp_path: Path) -> None:
    proxy = """\
{{- define "mesh.container" }}
- name: {{ .Release.Name }}-tls-proxy
  image: {{ .Values.mesh.image }}
{{- end }}
"""
    more = '{{- include "mesh.container" . | nindent 8 }}'
    extra = {"shop/templates/vendor/mesh/deployment.tpl": proxy}
    found = findings(tmp_path, chart(more, extra))
    assert found["{{ .Release.Name }}-tls-proxy"] == (
        "sidecar",
        '{{ template "base.name" . }}',
    )


def test_folders_are_looked_into_so_deep_and_no_deeper(tmp_path: Path) -> None:
    place = tmp_path / "top"
    for name in ("a", "b", "c", "d"):
        place = place / name
        place.mkdir(parents=True)
        (place / "file").touch()
    found = Checkout(str(tmp_path)).below("top")
    assert found == ["top/a/file", "top/a/b/file", "top/a/b/c/file"]


# --- who is only measured

MEASURED = """\
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: shop
      image: example.com/shop
    - name: mcrouter
      image: example.com/mcrouter
      ports: [{containerPort: 11213}]
    - name: other
      image: example.com/other
      ports: [{containerPort: 11214}]
    - name: mcrouter-exporter
      image: example.com/exporter
      args: ["--server=localhost:11213"]
    - name: other-exporter
      image: example.com/exporter
      args: ["--server=localhost:11214"]
"""


def test_to_be_measured_ties_nobody_to_others(tmp_path: Path) -> None:
    found = findings(tmp_path, {"pod.yaml": MEASURED})
    assert found["mcrouter"] == ("sidecar", "shop")
    assert found["other"] == ("not-a-sidecar", None)
    assert found["mcrouter-exporter"] == ("sidecar", "mcrouter")
