"""Named templates of charts: what they hold, and what asks in them."""

from pathlib import Path
from textwrap import dedent

import pytest
from reading import unit
from scanning import labels, neighbors
from sidecar_spotter import scan
from sidecar_spotter.checkout import Checkout
from sidecar_spotter.features import shared_volume
from sidecar_spotter.reports import render

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
        ("_containers.tpl", 3): "main",
        ("_containers.tpl", 7): "sidecar",
        ("deployment.yaml", 9): "main",
        ("deployment.yaml", 10): "sidecar",
    }
    (template,) = (
        one
        for judged in scan(tmp_path).groups
        for one in judged.findings
        if judged.group.kind == "named template" and one.label != "main"
    )
    assert (template.serves, "elsewhere" in template.why) == (None, True)


def test_a_main_container_in_a_template_is_one(tmp_path: Path) -> None:
    files = chart('{{- include "shop.renewer" . | nindent 8 }}')
    for path in list(files):
        name = '{{ template "base.name" . }}'
        files[path] = files[path].replace(f"name: {name}", f"name: {name}-app")
    found = by_line(tmp_path, files)
    assert found["_containers.tpl", 3] == "main"
    assert "shop.container" not in render("text", [scan(tmp_path)])
    assert "shop.renewer" in render("text", [scan(tmp_path)])


def test_templates_deep_in_a_chart_are_included(tmp_path: Path) -> None:
    proxy = """\
{{- define "mesh.container" }}
- name: {{ .Release.Name }}-tls-proxy
  image: {{ .Values.mesh.image }}
{{- end }}
"""
    more = '{{- include "mesh.container" . | nindent 8 }}'
    extra = {"shop/templates/vendor/mesh/deployment.tpl": proxy}
    found = neighbors(tmp_path, chart(more, extra))
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


TEMPLATE = """\
{{- if .Values.on }}
apiVersion: apps/v1
kind: Deployment
metadata: {name: meter}
spec:
  selector: {}
  template:
    spec:
      initContainers:
        - name: first
          image: example.com/meter-init
          volumeMounts: [{name: settings, mountPath: /etc/meter}]
      containers:
        - name: meter
          image: example.com/meter
          ports: [{containerPort: 80}]
          volumeMounts: [{name: settings, mountPath: /etc/meter}]
        - name: again
          image: example.com/meter-init
          volumeMounts: [{name: settings, mountPath: /etc/meter}]
      volumes:
        VOLUMES
{{- end }}
"""


@pytest.mark.parametrize(
    ("volumes", "told"),
    [
        ("- {name: settings, emptyDir: {}}", True),
        ('{{- include "meter.volumes" . | nindent 8 }}', False),
    ],
)
def test_what_a_template_includes_may_be_a_volume_that_nobody_writes(
    volumes: str, told: bool
) -> None:
    group = unit("meter/templates/a.yaml", TEMPLATE.replace("VOLUMES", volumes))
    says = [one.says for one in shared_volume.look(group)]
    assert any("as first began" in one for one in says) == told


PART = """\
{{- define "shop.first-load" -}}
spec:
  template:
    spec:
      containers:
        - name: {{ include "shop.fullname" . }}
          image: "{{ .Values.load.image.repository }}:1"
{{- end }}
"""


JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: load}
{{ include "shop.first-load" . }}
"""


def test_a_whole_pod_in_a_named_template_is_what_the_units_say(tmp_path: Path) -> None:
    templates = tmp_path / "shop" / "templates"
    templates.mkdir(parents=True)
    (tmp_path / "shop" / "Chart.yaml").write_text("name: shop\n", encoding="utf-8")
    (templates / "_load.tpl").write_text(PART, encoding="utf-8")
    (templates / "load.yaml").write_text(JOB, encoding="utf-8")
    report = scan(tmp_path)
    assert [*report.sidecars] == []
    assert report.verdict == "no-sidecar"


WORKLOADS = {
    "shop/Chart.yaml": "name: shop\n",
    "shop/templates/all.yaml": '{{- include "shop.workload" . }}\n',
    "shop/templates/_workload.tpl": """\
{{- define "shop.workload" }}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
        {{- include "shop.server" . | nindent 8 }}
        {{- include "shop.exporter" . | nindent 8 }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cache
spec:
  template:
    spec:
      containers:
        {{- include "shop.cache" . | nindent 8 }}
{{- end }}
""",
    "shop/templates/boxes/_all.tpl": """\
{{- define "shop.server" }}
- name: server
  image: {{ .Values.images.server }}
{{- end }}
{{- define "shop.exporter" }}
- name: exporter
  image: {{ .Values.images.exporter }}
{{- end }}
{{- define "shop.cache" }}
- name: cache
  image: {{ .Values.images.cache }}
{{- end }}
""",
}


def test_a_whole_workload_may_stand_in_a_named_template(tmp_path: Path) -> None:
    found = by_line(tmp_path, WORKLOADS)
    assert found == {
        ("_workload.tpl", 10): "main",
        ("_workload.tpl", 11): "sidecar",
        ("_all.tpl", 2): "main",
        ("_all.tpl", 6): "sidecar",
    }


def test_a_named_template_may_hold_an_init_container(tmp_path: Path) -> None:
    (tmp_path / "chart/templates").mkdir(parents=True)
    (tmp_path / "chart/templates/pod.yaml").write_text(
        "kind: Pod\nspec:\n  initContainers:\n"
        '    {{- include "rules.initContainer" . | nindent 4 }}\n'
        "  containers:\n    - name: eye\n      image: eye\n"
    )
    text = """\
    {{- define "rules.initContainer" -}}
    - name: rules-install
      image: {{ .Values.rules.image }}
      args: [install]
    {{- end -}}
    """
    path = tmp_path / "chart/templates/_helpers.tpl"
    path.write_text(dedent(text), encoding="utf-8")
    said = {
        (judged.group.path.rpartition("/")[2], one.name, one.label)
        for judged in scan(tmp_path).groups
        for one in judged.findings
    }
    assert ("_helpers.tpl", "rules-install", "init") in said


ANNOTATIONS = """\
{{- define "shop.onEachPod" -}}
dapr.io/enabled: "true"
dapr.io/app-id: {{ .Values.app | quote }}
{{- end }}
"""


def test_a_named_template_asks_for_a_sidecar(tmp_path: Path) -> None:
    name = "chart/templates/_dapr.tpl"
    assert labels(tmp_path, {name: ANNOTATIONS}) == {"daprd": "injected-sidecar"}


def test_a_named_template_asks_under_the_key_for_it(tmp_path: Path) -> None:
    text = ANNOTATIONS.replace("dapr.io/", "  dapr.io/")
    text = text.replace("-}}\n", "-}}\nannotations:\n", 1)
    name = "chart/templates/_dapr.tpl"
    assert labels(tmp_path, {name: text}) == {"daprd": "injected-sidecar"}


def test_a_named_template_may_ask_for_an_init_container_alone(tmp_path: Path) -> None:
    text = """\
    {{- define "shop.secrets" -}}
    vault.hashicorp.com/agent-inject: "true"
    vault.hashicorp.com/agent-pre-populate-only: "true"
    {{- end }}
    """
    name = "chart/templates/_helpers.tpl"
    assert labels(tmp_path, {name: text}) == {"vault-agent": "not-a-sidecar"}


def test_a_named_template_may_be_one_container(tmp_path: Path) -> None:
    addon = """\
    {{- define "lib.addon.ship" -}}
    name: ship
    image: "{{ .Values.ship.image }}"
    {{- end -}}
    """
    use = """\
    {{- define "lib.addon" -}}
    {{- $box := include "lib.addon.ship" . | fromYaml -}}
    {{- $_ := set .Values.additionalContainers "ship" $box -}}
    {{- end -}}
    """
    files = {"templates/_ship.tpl": addon, "templates/_use.tpl": use}
    assert labels(tmp_path, files) == {"ship": "sidecar"}


@pytest.mark.parametrize(
    "include", ['template "shop.proxy" .', 'include "shop.proxy" .']
)
def test_a_template_that_is_put_in_as_it_is_has_its_own_indentation(
    include: str, tmp_path: Path
) -> None:
    proxy = """\
        {{- define "shop.proxy" }}
              - name: cloud-sql-proxy
                image: gcr.io/cloudsql-docker/gce-proxy:1.33
                command: {{ .command }}
        {{- end }}
        """
    unit = """\
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: shop}
        spec:
          template:
            spec:
              containers:
              - name: shop
                image: {{ .Values.image }}
                env:
                - name: DATABASE
                  value: 127.0.0.1:5432
                resources: {requests: {cpu: 100m}}
              {{- INCLUDE }}
        """
    files = {
        "shop/Chart.yaml": "name: shop\n",
        "shop/templates/_parts.tpl": proxy,
        "shop/templates/shop.yaml": unit.replace("INCLUDE", include),
    }
    found = neighbors(tmp_path, files)
    assert found == {"shop": ("main", None), "cloud-sql-proxy": ("sidecar", "shop")}


WHOLE = """\
{{- define "shop.NAME" -}}
{{- $set := dict "a" 1 }}
name: order-sync
image: {{ .Values.image }}
volumeMounts:
  - {name: cache, mountPath: /cache}
{{- end -}}
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("container.main", {}),
        ("mainContainer", {}),
        ("helper", {"order-sync": "sidecar"}),
    ],
)
def test_a_template_may_be_called_after_the_main_container(
    tmp_path: Path, name: str, expected: dict[str, str]
) -> None:
    files = {"templates/deployment-sync.yaml": WHOLE.replace("NAME", name)}
    assert labels(tmp_path, files) == expected
