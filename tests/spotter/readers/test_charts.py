"""What is what in charts: helpers by choice, named templates, values."""

from pathlib import Path
from textwrap import dedent

import pytest
from reading import units
from scanning import findings, neighbors
from sidecar_spotter import scan
from sidecar_spotter.model import Finding

WORKLOAD = """\
kind: Deployment
metadata:
  name: shop
spec:
  selector: {}
  template:
    spec:
      containers:
"""


def found(tmp_path: Path, files: dict[str, str]) -> dict[str, dict[str, Finding]]:
    """Return the findings of a chart with *files*, by file and by name."""
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    report = scan(tmp_path)
    assert not report.skipped
    said: dict[str, dict[str, Finding]] = {}
    for judged in report.groups:
        of = said.setdefault(judged.group.path, {})
        of.update((one.name, one) for one in judged.findings)
    return said


def in_template(tmp_path: Path, containers: str, helpers: str = "") -> dict[str, str]:
    """Return the labels in a chart's Deployment with *containers*."""
    files = {"templates/shop.yaml": WORKLOAD + containers}
    if helpers:
        files["templates/_helpers/parts.tpl"] = helpers
    report = found(tmp_path, files)
    return {name: one.label for name, one in report["templates/shop.yaml"].items()}


def test_what_a_chart_adds_by_choice_helps_what_it_always_runs(tmp_path: Path) -> None:
    spec = """\
      - name: install
        image: "{{ .Values.thing.image }}"
      {{- if .Values.repair.enabled }}
      - name: repair-controller
        image: "{{ .Values.thing.image }}"
        command: [repair]
      {{- end }}
"""
    said = in_template(tmp_path, spec)
    assert said == {"install": "main", "repair-controller": "sidecar"}


def test_the_image_at_the_top_of_the_values_is_the_main_one(tmp_path: Path) -> None:
    spec = """\
      {{- if .Values.director.enabled }}
      - name: ingress-controller
        image: {{ include "shop.repo" .Values.director.image }}
      {{- end }}
      {{- if .Values.door.enabled }}
      - name: proxy
        image: {{ include "shop.repo" .Values.image }}
      {{- end }}
"""
    said = in_template(tmp_path, spec)
    assert said == {"ingress-controller": "sidecar", "proxy": "main"}


def test_only_the_registry_of_all_images_says_nothing(tmp_path: Path) -> None:
    spec = """\
      - name: driver
        image: "{{ .Values.driver.image }}"
      {{- if .Values.changer.enabled }}
      - name: changer
        image: '{{ printf "%s%s" .Values.image.registry .Values.changer.image }}'
      {{- end }}
"""
    assert in_template(tmp_path, spec) == {"driver": "main", "changer": "sidecar"}


def test_a_loop_over_the_users_containers_is_none_of_the_charts(tmp_path: Path) -> None:
    spec = """\
      - name: shop-server
        image: "{{ .Values.server.image }}"
      {{- range $name, $more := .Values.more }}
      - name: {{ $name }}
        {{- toYaml $more | nindent 8 }}
      {{- end }}
      {{- if .Values.reload.enabled }}
      - name: watch
        image: "{{ .Values.configmapReload.redis.image.repository }}"
      {{- end }}
"""
    assert in_template(tmp_path, spec) == {"shop-server": "main", "watch": "sidecar"}


def test_a_named_template_is_told_its_arguments(tmp_path: Path) -> None:
    spec = """\
      - name: shop
        image: example.com/shop:1
      {{- include "shop.loader" (list $ "config-reload" "run") | nindent 6 }}
      initContainers:
      {{- include "shop.loader" (list $ "config-load" "once") | nindent 6 }}
"""
    helpers = """\
{{- define "shop.loader" -}}
{{- $root := index . 0 -}}
{{- $called := index . 1 -}}
- name: {{ $called }}
  image: "{{ $root.Values.loader.image }}"
{{- end -}}
"""
    assert in_template(tmp_path, spec, helpers) == {
        "shop": "main",
        "config-reload": "sidecar",
        "config-load": "init",
    }


def test_an_argument_decides_between_two_names(tmp_path: Path) -> None:
    spec = """\
      - name: shop
        image: example.com/shop:1
      {{- include "shop.pages" . | nindent 6 }}
      initContainers:
      {{- include "shop.pages" (dict "Values" .Values "once" "true") | nindent 6 }}
"""
    helpers = """\
{{- define "shop.pages" }}
{{- if .once }}
- name: pages-clone
{{- else }}
- name: pages-sync
{{- end }}
  image: example.com/pages:1
{{- end }}
"""
    assert in_template(tmp_path, spec, helpers) == {
        "shop": "main",
        "pages-sync": "sidecar",
        "pages-clone": "init",
    }


def test_a_library_chart_in_the_same_checkout_is_read(tmp_path: Path) -> None:
    files = {
        "charts/shop/Chart.yaml": "dependencies:\n- repository: file://../parts\n",
        "charts/shop/templates/shop.yaml": WORKLOAD
        + """\
      - name: shop
        image: example.com/shop:1
      - {{- include "parts.door" . | indent 8 | trimPrefix "       " }}
""",
        "charts/parts/templates/_door.tpl": """\
{{- define "parts.door" -}}
name: door-proxy
image: example.com/envoy:1
{{- end -}}
""",
    }
    said = found(tmp_path, files)["charts/shop/templates/shop.yaml"]
    assert said["door-proxy"].label == "sidecar"


def test_a_template_that_is_put_beside_others_holds_helpers(tmp_path: Path) -> None:
    files = {
        "templates/shop.yaml": WORKLOAD
        + """\
      - name: shop
        image: example.com/shop:1
      {{- include "shop.more" . | nindent 6 }}
      initContainers:
      {{- include "shop.first" . | nindent 6 }}
""",
        "templates/_parts.tpl": """\
{{- define "shop.more" }}
- name: enforcer
  image: {{ include "shop.enforcer" . }}
{{- end }}
{{- define "shop.first" }}
- name: fill
  image: {{ include "shop.filler" . }}
{{- end }}
""",
    }
    said = found(tmp_path, files)["templates/_parts.tpl"]
    assert {name: one.label for name, one in said.items()} == {
        "enforcer": "sidecar",
        "fill": "init",
    }


def test_both_sides_of_an_if_declare_one_container(tmp_path: Path) -> None:
    spec = """\
      {{- if .Values.old }}
      - name: shop
        image: example.com/old-proxy:1
      {{- else }}
      - name: shop
        image: example.com/shop:1
      {{- end }}
"""
    path = tmp_path / "templates" / "shop.yaml"
    path.parent.mkdir()
    path.write_text(WORKLOAD + spec)
    labels = {one.label for group in scan(path).groups for one in group.findings}
    assert "sidecar" not in labels


def test_the_reason_for_an_image_names_whose_it_is(tmp_path: Path) -> None:
    spec = """\
      - name: shop
        image: {{ include "fluent-bit.image" . }}
      {{- if .Values.hotReload.enabled }}
      - name: reloader
        image: {{ include "fluent-bit.image" (merge .Values.hotReload.image .Values) }}
      {{- end }}
"""
    said = found(tmp_path, {"templates/shop.yaml": WORKLOAD + spec})
    reasons = [one.says for one in said["templates/shop.yaml"]["reloader"].evidence]
    assert not any("fluent-bit" in one for one in reasons)
    assert said["templates/shop.yaml"]["reloader"].role == "config-reloader"


def test_values_may_list_containers_by_name(tmp_path: Path) -> None:
    text = """\
    kind: HelmRelease
    metadata: {name: shop}
    spec:
      values:
        controllers:
          shop:
            initContainers:
              shop-sidecar:
                image: {repository: example.com/side, tag: 1}
                restartPolicy: Always
            containers:
              shop:
                image: {repository: example.com/shop, tag: 1}
    """
    said = found(tmp_path, {"release.yaml": dedent(text)})["release.yaml"]
    assert said["shop-sidecar"].label == "native-sidecar"
    assert said["shop"].label == "main"


def test_values_for_a_pods_annotations_ask_for_a_sidecar(tmp_path: Path) -> None:
    text = 'podAnnotations:\n  sidecar.istio.io/inject: "true"\n'
    said = found(tmp_path, {"values.yaml": text})["values.yaml"]
    assert said["istio-proxy"].label == "injected-sidecar"
    assert said["istio-proxy"].line == 2


def test_files_with_an_added_ending_are_read(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    metadata: {name: shop}
    spec:
      containers:
      - name: shop
        image: ${SHOP_IMAGE}
      - name: envoy
        image: ${ENVOY_IMAGE}
    """
    files = dict.fromkeys(("a.yaml.template", "b.golden", "c.yml.golden"), dedent(text))
    for said in found(tmp_path, files).values():
        assert said["envoy"].label == "sidecar"
    assert len(found(tmp_path, files)) == 3


def test_what_a_charts_tests_expect_holds_units(tmp_path: Path) -> None:
    text = """\
should add a proxy:
  1: |
    kind: Deployment
    spec:
      template:
        spec:
          containers:
            - name: shop
              image: example.com/shop:1
            - name: envoy
              image: envoyproxy/envoy:v1
"""
    path = "shop/tests/__snapshot__/deployment_test.yaml.snap"
    said = findings(tmp_path, {path: text})
    assert {name: (one.label, one.line) for name, one in said.items()} == {
        "shop": ("main", 8),
        "envoy": ("sidecar", 10),
    }


def test_a_named_template_counts_once_with_the_unit_that_includes_it(
    tmp_path: Path,
) -> None:
    unit = """\
      - name: shop
        image: example.com/shop:1
      {{- include "shop.more" . | nindent 6 }}
"""
    parts = """\
{{- define "shop.more" }}
- name: log-shipper
  image: {{ .Values.shipper.image }}
{{- end }}
"""
    files = {"templates/shop.yaml": WORKLOAD + unit, "templates/_parts.tpl": parts}
    said = found(tmp_path, files)
    labels = [box.label for one in said.values() for box in one.values()]
    assert labels.count("sidecar") == 2  # each place is told
    assert "1 sidecar in 1 unit." in scan(tmp_path).summary
    (tmp_path / "templates/shop.yaml").write_text(WORKLOAD)
    assert "1 sidecar in 1 unit." in scan(tmp_path).summary


def test_named_templates_may_stand_in_a_file_with_an_underscore(tmp_path: Path) -> None:
    unit = """\
      - name: shop
        image: example.com/shop:1
      {{- include "shop.more" . | nindent 6 }}
"""
    parts = """\
{{- define "shop.more" }}
- name: statsd-exporter
  image: prom/statsd-exporter:1
{{- end }}
"""
    files = {"templates/shop.yaml": WORKLOAD + unit, "templates/_parts.yaml": parts}
    said = found(tmp_path, files)["templates/shop.yaml"]
    assert said["statsd-exporter"].label == "sidecar"


def test_a_switch_that_speaks_of_containers_is_no_place_to_fill(tmp_path: Path) -> None:
    spec = """\
      - name: shop
        image: example.com/shop:1
        {{- if .Values.useHostProcessContainers }}
        args: ["--most={{ .Values.limitActiveContainers | quote }}"]
        {{- end }}
      - name: log-shipper
        image: example.com/shipper:1
      {{- if .Values.extraContainers }}
      {{- toYaml .Values.extraContainers | nindent 6 }}
      {{- end }}
"""
    said = found(tmp_path, {"templates/shop.yaml": WORKLOAD + spec})
    names = set(said["templates/shop.yaml"])
    assert names == {"shop", "log-shipper", "extraContainers"}


BY_NAME = """\
{{- define "shop.app" }}
- name: app
  image: {{ .Values.image }}
{{- end }}
{{- define "shop.tail" }}
- name: tail
  image: {{ .Values.tail.image }}
{{- end }}
"""


def test_the_template_that_a_list_always_begins_with_is_the_main_program(
    tmp_path: Path,
) -> None:
    listed = """\
      {{- if .Values.tail.enabled }}
        {{- include "shop.tail" . | nindent 8 }}
      {{- end }}
        {{- include "shop.app" . | nindent 8 }}
"""
    files = {"templates/shop.yaml": WORKLOAD + listed, "templates/_parts.tpl": BY_NAME}
    said = found(tmp_path, files)
    assert {n: one.label for n, one in said["templates/shop.yaml"].items()} == {
        "app": "main",
        "tail": "sidecar",
    }
    assert said["templates/_parts.tpl"]["app"].label == "main"


def test_of_two_templates_in_a_list_the_other_is_put_beside(tmp_path: Path) -> None:
    listed = """\
        {{- include "shop.app" . | nindent 8 }}
        {{- include "shop.tail" . | nindent 8 }}
"""
    files = {"templates/shop.yaml": WORKLOAD + listed, "templates/_parts.tpl": BY_NAME}
    said = found(tmp_path, files)
    parts = {n: one.label for n, one in said["templates/_parts.tpl"].items()}
    assert parts == {"app": "main", "tail": "sidecar"}


def test_a_template_for_a_whole_pod_adds_nothing_to_another(tmp_path: Path) -> None:
    pod = """\
{{- define "shop.pod" -}}
ACCOUNTcontainers:
  - name: vector
    image: "{{ include "vector.image" . }}"
{{- with .Values.extraContainers }}
{{ toYaml . | indent 2 }}
{{- end }}
{{- end }}
"""
    whole = pod.replace("ACCOUNT", "serviceAccountName: shop\n")
    labels = {
        said["templates/_pod.tpl"]["vector"].label
        for said in [found(tmp_path, {"templates/_pod.tpl": whole})]
    }
    assert labels == {"not-a-sidecar"}
    added = found(tmp_path, {"templates/_pod.tpl": pod.replace("ACCOUNT", "")})
    assert added["templates/_pod.tpl"]["vector"].label == "sidecar"


def test_what_values_ask_for_is_told_apart_from_the_units_in_them() -> None:
    text = """\
    keycloak:
      extraContainers:
        - {name: door, image: example.com/oauth-proxy}
    opa:
      sidecar: true
    """
    groups = units("values.yaml", text)
    assert [(one.kind, one.line, len(one.requests)) for one in groups] == [
        ("values", 5, 1),
        ("values", 2, 0),
    ]


PROBED = """\
kind: HelmRelease
metadata: {name: desk}
spec:
  values:
    controllers:
      desk:
        containers:
          app:
            image: {repository: example.com/desk, tag: 1}
            env: {MODEL_URL: "http://localhost:3456/v1"}
          model-api:
            image: {repository: example.com/models, tag: 1}
            probes:
              liveness:
                enabled: true
                spec: SPEC
          notes:
            image: {repository: example.com/notes, tag: 1}
"""


@pytest.mark.parametrize(
    ("spec", "calls"),
    [
        ("{exec: {command: [curl, 'http://127.0.0.1:3456/health']}}", True),
        ("{httpGet: {path: /health, port: 3456}}", True),
        ("{httpGet: {path: /health, port: 9}}", False),
    ],
)
def test_probes_in_values_tell_where_a_program_listens(
    spec: str, calls: bool, tmp_path: Path
) -> None:
    found = neighbors(tmp_path, {"a.yaml": PROBED.replace("SPEC", spec)})
    assert (found["model-api"] == ("sidecar", "app")) is calls
