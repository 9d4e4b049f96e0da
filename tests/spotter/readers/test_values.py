"""Values of charts: containers, lists and switches in them."""

from pathlib import Path
from textwrap import dedent, indent

import pytest
from reading import unit, units
from scanning import findings, labels, neighbors
from sidecar_spotter import scan

LOOPS = {
    "shop/Chart.yaml": "name: shop\n",
    "shop/values.yaml": """\
loader:
  settings:
    BATCH: 250
    ENDPOINT: http://localhost:7001/rows
    OTHER: http://localhost:7001/more
watch:
  settings:
    INDEX: http://localhost:7001/rows
    SECOND: http://localhost:7001/more
""",
    "shop/templates/_parts.tpl": """\
{{- define "shop.loader" }}
- name: {{ .Release.Name }}-loader
  image: {{ .Values.loader.image }}
  env:
  {{- range $k, $v := .Values.loader.settings }}
    - name: {{ $k | upper }}
      value: {{ $v | quote }}
  {{- end }}
{{- end }}
""",
    "shop/templates/deployment.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: rows
spec:
  template:
    spec:
      containers:
        {{- include "shop.loader" . | nindent 8 }}
        - name: {{ .Release.Name }}-index
          image: {{ .Values.index.image }}
        - name: {{ .Release.Name }}-look
          image: {{ .Values.watch.image }}
          env:
          {{- range $name, $said := $.Values.watch.settings }}
            - name: {{ $name }}
              value: {{ $said | quote }}
          {{- end }}
        {{- if .Values.last }}
        - name: last
          image: example.com/last
        {{- end }}
""",
}


def test_a_loop_over_values_gives_what_stands_in_the_chart() -> None:
    path = "shop/templates/deployment.yaml"
    (group,) = units(path, LOOPS[path], LOOPS)
    said = {
        one.name: [(s.text, s.line) for s in one.settings] for one in group.containers
    }
    assert said["{{ .Release.Name }}-loader"] == [
        ("ENDPOINT=http://localhost:7001/rows", 9),
        ("OTHER=http://localhost:7001/more", 9),
    ]
    assert said["{{ .Release.Name }}-look"] == [
        ("INDEX=http://localhost:7001/rows", 17),
        ("SECOND=http://localhost:7001/more", 17),
    ]
    last = group.containers[-1]
    assert (last.name, last.line) == ("last", 20)
    assert last.condition is not None
    assert last.condition.line == 19


@pytest.mark.parametrize(
    "values", ["", "loader: [1]\n", "loader: {settings: {A: 'localhost {{ x }}'}}", "{"]
)
def test_odd_values_give_nothing(values: str) -> None:
    path = "shop/templates/deployment.yaml"
    (group,) = units(path, LOOPS[path], LOOPS | {"shop/values.yaml": values})
    texts = [said.text for one in group.containers for said in one.settings]
    assert not any("localhost" in text for text in texts)


def test_a_list_of_containers_is_one_by_another_name_too() -> None:
    text = "workers:\n  extraContainerList:\n    - {name: a-proxy, image: a}\n"
    assert [one.name for one in unit("values.yaml", text).containers] == ["a-proxy"]


def test_more_init_containers_may_stand_under_a_word_of_their_own(
    tmp_path: Path,
) -> None:
    text = """\
    worker:
      initContainer:
        extraContainers:
          - {name: fetch, image: example/fetch}
      extraContainers:
        - {name: ship, image: example/ship}
    """
    said = labels(tmp_path, {"values.yaml": text})
    assert said == {"fetch": "init", "ship": "sidecar"}


def test_values_become_the_spec_of_a_prometheus(tmp_path: Path) -> None:
    text = """\
    prometheus:
      prometheusSpec:
        thanos: {image: quay.io/thanos/thanos}
        containers:
          - {name: door, image: example/door}
          - {name: prometheus, args: [--x]}
    other:
      prometheusSpec: {thanos: {}}
    """
    assert labels(tmp_path, {"values.yaml": text}) == {
        "thanos-sidecar": "injected-sidecar",
        "door": "sidecar",
        "prometheus": "main",
    }


def test_a_kustomization_gives_a_chart_its_values(tmp_path: Path) -> None:
    text = """\
    kind: Kustomization
    helmCharts:
      - name: metrics
        valuesInline:
          prometheus:
            prometheusSpec:
              thanos: {image: quay.io/thanos/thanos}
      - name: shop
        valuesInline:
          tracer: {sidecar: {enabled: true}}
          extraContainers:
            - {name: ship, image: example/ship}
    """
    assert labels(tmp_path, {"kustomization.yaml": text}) == {
        "thanos-sidecar": "injected-sidecar",
        "tracer": "injected-sidecar",
        "ship": "sidecar",
    }


def test_values_ask_for_a_prometheus_without_another_word(tmp_path: Path) -> None:
    values = """\
    prometheus:
      prometheusSpec:
        thanos: {image: quay.io/thanos/thanos}
    """
    files = {"values.yaml": values}
    assert labels(tmp_path, files) == {"thanos-sidecar": "injected-sidecar"}
    text = "kind: Kustomization\nhelmCharts:\n- valuesInline:\n"
    inline = text + indent(dedent(values), "    ")
    files = {"values.yaml": "", "a/kustomization.yaml": inline}
    assert labels(tmp_path, files) == {"thanos-sidecar": "injected-sidecar"}


CHART = """\
resource "helm_release" "shop" {
  name = "shop"
  set {
    name  = "podAnnotations.linkerd\\\\.io/inject"
    value = "enabled"
  }
  set {
    name  = "service.linkerd\\\\.io/inject"
    value = "enabled"
  }
  values = [
    yamlencode({ sidecars = [{ name = "log", image = "example/log" }] }),
    <<-EOT
      extraContainers:
        - name: auth
          image: example/auth
    EOT
  ]
}
"""


def test_terraform_gives_a_chart_its_values_in_three_ways(tmp_path: Path) -> None:
    assert labels(tmp_path, {"main.tf": CHART}) == {
        "linkerd-proxy": "injected-sidecar",
        "log": "sidecar",
        "auth": "sidecar",
    }
    lines = [one.findings[0].line for one in scan(tmp_path).groups]
    assert sorted(lines) == [4, 12, 15]


def test_containers_without_names_are_told_apart(tmp_path: Path) -> None:
    text = """\
    resource "google_cloud_run_v2_service" "shop" {
      template {
        containers {
          image = "example/shop"
          ports { container_port = 8080 }
        }
        containers {
          image = "gcr.io/cloudsql-docker/gce-proxy"
        }
      }
    }
    """
    (tmp_path / "main.tf").write_text(dedent(text), encoding="utf-8")
    (judged,) = scan(tmp_path).groups
    told = [(one.name, one.line, one.label, one.serves) for one in judged.findings]
    assert told == [("", 4, "main", None), ("", 8, "sidecar", "")]


def test_a_loop_over_the_init_containers_of_users_gives_none(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: shop}
    spec:
      selector: {}
      template:
        spec:
          {{- if .Values.initContainers }}
          initContainers:
          {{- range $key, $value := .Values.initContainers }}
            - name: {{ $key }}
    {{ toYaml $value | indent 10 }}
          {{- end }}
          {{- end }}
          containers:
            - name: shop
              image: {{ .Values.image }}
    """
    said = labels(tmp_path, {"chart/templates/shop.yaml": text})
    assert "main" not in said.values() and "init" not in said.values()


VALUES = """\
app-template:
  controllers:
    torrent:
      initContainers:
        gluetun:
          restartPolicy: Always
          image: {repository: ghcr.io/qdm12/gluetun}
      containers:
        torrent:
          image: {repository: example/torrent}
        tunnel-monitor:
          image: {repository: quay.io/prometheus/blackbox-exporter}
"""


def test_values_have_a_unit_under_the_name_of_its_program(tmp_path: Path) -> None:
    assert labels(tmp_path, {"values.yaml": VALUES}) == {
        "gluetun": "native-sidecar",
        "torrent": "main",
        "tunnel-monitor": "sidecar",
    }


def test_a_loop_over_names_lists_what_users_choose(tmp_path: Path) -> None:
    text = """\
    kind: Deployment
    spec:
      selector: {}
      template:
        spec:
          containers:
          - name: shop
            image: {{ .Values.image }}
          {{- range .Values.include }}
          - name: {{ . }}
            {{ index $.Values.known . | toYaml | nindent 12 }}
          {{- end }}
          - name: utility-sidecar
            image: {{ .Values.image }}
            command: [tail, -f, /dev/null]
    """
    (tmp_path / "templates").mkdir()
    assert labels(tmp_path, {"templates/shop.yaml": text}) == {
        "shop": "main",
        "utility-sidecar": "sidecar",
    }


@pytest.mark.parametrize("image", ["image:\n  tag: '1'\n", ""])
def test_an_image_beside_a_list_is_that_of_a_container_more(
    tmp_path: Path, image: str
) -> None:
    text = f"""\
{image}hostNetwork: true
containers:
  shop-exporter:
    image: example.com/shop-exporter:2
    env:
      - name: SHOP
        value: http://127.0.0.1:9999
"""
    label = "sidecar" if image else "not-a-sidecar"
    assert labels(tmp_path, {"shop/values.yaml": text}) == {"shop-exporter": label}


def test_a_list_of_images_is_no_unit(tmp_path: Path) -> None:
    text = """\
    copy:
      containers:
      - registry: ghcr.io
        repository: example/shop
        tag: "1"
      - registry: ghcr.io
        repository: example/log-shipper
        tag: "1"
    """
    assert labels(tmp_path, {"a.yaml": text}) == {}


def test_values_may_hold_helpers_as_text(tmp_path: Path) -> None:
    text = """\
    extraContainers: |
      - name: stats
        image: nginx/nginx-prometheus-exporter:1.1
    """
    assert labels(tmp_path, {"values-prod.yaml": text}) == {"stats": "sidecar"}


def test_text_in_values_may_have_strings_in_its_expressions(tmp_path: Path) -> None:
    text = """\
    grafana:
      extraContainers: |
        - name: door
          image: "{{ template "registry" . }}{{ .Values.door.image }}"
    prometheus:
      prometheusSpec:
        containers: |
          - name: gate
            image: "{{ template "registry" . }}{{ .Values.gate.image }}"
            args: [nginx, -c, /nginx/nginx.conf]
    """
    said = labels(tmp_path, {"values.yaml": text})
    assert said == {"door": "sidecar", "gate": "sidecar"}


def test_values_that_hold_a_template_as_text_are_none(tmp_path: Path) -> None:
    text = """\
    mail.tmpl: |
      {{ define "subject" }}
      {{ range .Alerts }}{{ .Name }} is {{ .Status }}: {{ .Text }}
      {{ end }}
      {{ end }}
    extraContainers:
      - name: door
        image: example.com/door
    """
    assert labels(tmp_path, {"monitoring/values.yaml": text}) == {"door": "sidecar"}


def test_values_may_hold_helpers_by_name(tmp_path: Path) -> None:
    text = """\
    sidecars:
      ship:
        enabled: true
        image: {repository: registry.example.com/ship, tag: "3"}
    """
    assert labels(tmp_path, {"values.yaml": text}) == {"ship": "sidecar"}


def test_an_application_may_hold_values_as_text(tmp_path: Path) -> None:
    text = """\
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    spec:
      source:
        helm:
          values: |
            sidecar:
              dashboards: {enabled: true}
            extraContainers:
              - name: front
                image: quay.io/oauth2-proxy/oauth2-proxy
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "front": "sidecar",
        "grafana-sc-dashboard": "injected-sidecar",
    }


def test_each_switch_that_is_on_is_told(tmp_path: Path) -> None:
    text = "sidecar:\n  datasources: {enabled: true}\n  dashboards: {enabled: true}\n"
    assert len(labels(tmp_path, {"values.yaml": text})) == 2


@pytest.mark.parametrize(("value", "asked"), [("true", True), ("false", False)])
def test_values_may_switch_a_part_on_as_a_sidecar(
    tmp_path: Path, value: str, asked: bool
) -> None:
    text = f"policy-agent:\n  sidecar: {value}\n  image: {{tag: '1'}}\n"
    found = labels(tmp_path, {"values.yaml": text})
    assert found == ({"policy-agent": "injected-sidecar"} if asked else {})


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("query:\n  tracerSidecar:\n    enabled: true\n", "tracerSidecar", 2),
        ("ledger:\n  sidecar:\n    enabled: true\n    port: 1\n", "ledger", 2),
        ("sidecar:\n  enabled: true\n", "", 1),
    ],
)
def test_values_may_switch_a_sidecar_on(
    tmp_path: Path, text: str, name: str, line: int
) -> None:
    (one,) = findings(tmp_path, {"values-prod.yaml": text}).values()
    assert (one.name, one.line, one.label) == (name, line, "injected-sidecar")


def test_a_release_switches_the_sidecars_of_its_chart_on(tmp_path: Path) -> None:
    text = """\
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    spec:
      sidecar: {enabled: true}
      values:
        ledger:
          sidecar: {enabled: true}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {"ledger": "injected-sidecar"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("values.yaml", "a:\n  logSidecar:\n    enabled: false\n"),
        ("values.yaml", "a:\n  logSidecar:\n    enabled: true\n    replicas: 2\n"),
        ("values.yaml", "a:\n  sidecarInjector:\n    enabled: true\n"),
        ("config.yaml", "store:\n  sidecar:\n    enabled: true\n"),
    ],
    ids=["off", "a workload", "an injector", "no values"],
)
def test_a_switch_of_something_else_asks_for_nothing(
    tmp_path: Path, path: str, text: str
) -> None:
    assert labels(tmp_path, {path: text}) == {}


def test_annotations_in_values_need_no_word_of_injection(tmp_path: Path) -> None:
    text = "podAnnotations:\n  telegraf.influxdata.com/class: shop\n"
    assert labels(tmp_path, {"values.yaml": text}) == {"telegraf": "injected-sidecar"}


def test_a_switch_that_is_off_asks_for_nothing(tmp_path: Path) -> None:
    text = "sidecar:\n  dashboards:\n    enabled: false\n"
    assert labels(tmp_path, {"values.yaml": text}) == {}


def test_init_containers_may_be_a_text_in_values(tmp_path: Path) -> None:
    text = """\
shop:
  extraInitContainers: |
    - name: "first"
      image: alpine
"""
    (tmp_path / "values.yaml").write_text(text, encoding="utf-8")
    (judged,) = scan(tmp_path).groups
    assert [(one.name, one.line, one.label) for one in judged.findings] == [
        ("first", 3, "init")
    ]


def test_whom_all_others_call_is_what_the_unit_is_for(tmp_path: Path) -> None:
    path = "shop/templates/deployment.yaml"
    text = LOOPS[path]
    files = LOOPS | {path: text[: text.index("        {{- if .Values.last")]}
    assert neighbors(tmp_path, files) == {
        "{{ .Release.Name }}-loader": ("sidecar", "{{ .Release.Name }}-index"),
        "{{ .Release.Name }}-index": ("main", None),
        "{{ .Release.Name }}-look": ("sidecar", "{{ .Release.Name }}-index"),
    }


FETCHED = """\
dags:
  gitSync:
    enabled: true
    repo: git@example.com:shop/flows.git
"""


def test_values_may_have_files_fetched_from_git(tmp_path: Path) -> None:
    release = "kind: HelmRelease\nspec:\n  values:\n" + indent(FETCHED, "    ")
    for path, text in (("values.yaml", FETCHED), ("release.yaml", release)):
        (tmp_path / path).write_text(text)
        report = scan(tmp_path / path)
        said = [(one.name, one.label) for j in report.groups for one in j.findings]
        assert said == [("git-sync", "injected-sidecar")], path


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("config.yaml", "", ""),  # a program's own, which may fetch for itself
        ("values.yaml", "true", "false"),
        ("values.yaml", "repo", "note"),
    ],
)
def test_nothing_is_asked_to_fetch(
    tmp_path: Path, path: str, old: str, new: str
) -> None:
    assert labels(tmp_path, {path: FETCHED.replace(old, new)}) == {}


def test_an_index_of_charts_lists_what_can_be_fetched(tmp_path: Path) -> None:
    text = """\
    apiVersion: v1
    entries:
      sidecar:
      - apiVersion: v2
        name: sidecar
        version: 1.2.0
        urls: [https://charts.example.com/sidecar-1.2.0.tgz]
    generated: "2026-03-01T09:00:00Z"
    """
    assert findings(tmp_path, {"index.yaml": text}) == {}
