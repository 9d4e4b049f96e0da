"""Kubernetes in the styles that people write it: patches, values, templates, fields."""

from pathlib import Path
from textwrap import dedent

import pytest
from scanning import labels
from sidecar_spotter import scan
from sidecar_spotter.tree import without_statements


def of(tmp_path: Path, text: str, name: str = "a.yaml") -> dict[str, str]:
    return labels(tmp_path, {name: text})


# --- Kustomize


def test_a_json_patch_in_a_kustomization_adds_a_helper(tmp_path: Path) -> None:
    text = """\
    kind: Kustomization
    patches:
      - target: {kind: Deployment, name: shop}
        patch: |-
          - op: add
            path: /spec/template/spec/containers/-
            value:
              name: auth
              image: quay.io/oauth2-proxy/oauth2-proxy:v7
              args: ["--upstream=http://127.0.0.1:8080"]
          - op: add
            path: /spec/template/metadata/annotations/linkerd.io~1inject
            value: enabled
    """
    assert of(tmp_path, text, "kustomization.yaml") == {
        "auth": "sidecar",
        "linkerd-proxy": "injected-sidecar",
    }


def test_a_merge_patch_in_a_component_adds_a_native_sidecar(tmp_path: Path) -> None:
    text = """\
    kind: Component
    patches:
      - patch: |
          apiVersion: apps/v1
          kind: Deployment
          metadata: {name: any}
          spec:
            template:
              spec:
                initContainers:
                  - name: tail
                    image: busybox
                    restartPolicy: Always
                    args: [tail, -F, /logs/a]
        target: {kind: Deployment}
    """
    assert of(tmp_path, text, "kustomization.yaml") == {"tail": "native-sidecar"}


@pytest.mark.parametrize(
    ("text", "container"),
    [
        ("kind: Kustomization\ncommonAnnotations:\n  linkerd.io/inject: enabled\n", 0),
        ("labels:\n  - pairs: {sidecar.istio.io/inject: 'true'}\n", 1),
        ("commonLabels: {istio-injection: enabled}\n", 1),
    ],
)
def test_what_is_common_to_all_resources_asks_too(
    text: str, container: int, tmp_path: Path
) -> None:
    name = ("linkerd-proxy", "istio-proxy")[container]
    assert of(tmp_path, text, "kustomization.yaml") == {name: "injected-sidecar"}


def test_fluxs_kustomization_is_another_kind(tmp_path: Path) -> None:
    text = """\
    kind: Kustomization
    spec:
      sourceRef: {kind: GitRepository}
    commonAnnotations: {linkerd.io/inject: enabled}
    """
    assert of(tmp_path, text) == {}


# --- patches without a kind


@pytest.mark.parametrize("head", ["", '#@overlay/match by="Deployment"\n---\n'])
def test_a_patch_may_leave_its_kind_to_the_target(head: str, tmp_path: Path) -> None:
    text = """\
    spec:
      template:
        spec:
          containers:
          - name: front
            image: registry.example.com/front:2
            args: [--listener_port=9443, --backend=grpc://127.0.0.1:8443]
    """
    assert of(tmp_path, head + dedent(text)) == {"front": "sidecar"}


def test_a_patch_without_a_kind_may_be_for_a_namespace(tmp_path: Path) -> None:
    text = "metadata:\n  labels:\n    istio-injection: enabled\n"
    assert of(tmp_path, text) == {"istio-proxy": "injected-sidecar"}


# --- custom resources


def test_an_operator_brings_the_main_container(tmp_path: Path) -> None:
    text = """\
    apiVersion: example.org/v1
    kind: Dashboard
    spec:
      deployment:
        containers:
          - name: front
            image: quay.io/openshift/origin-oauth-proxy
            args: [-upstream=http://localhost:3000]
    """
    assert of(tmp_path, text) == {"front": "sidecar"}


def test_a_pod_that_calls_nobody_is_alone(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    spec:
      containers:
        - name: front
          image: quay.io/openshift/origin-oauth-proxy
          args: [-upstream=http://localhost:3000]
    """
    assert of(tmp_path, text) == {"front": "not-a-sidecar"}


def test_what_an_operator_runs_may_be_changed_beside_a_helper(tmp_path: Path) -> None:
    text = """\
    kind: Elasticsearch
    spec:
      nodeSets:
        - podTemplate:
            spec:
              containers:
                - name: elasticsearch
                  env: [{name: A, value: b}]
                - name: stats
                  image: registry.example.com/stats
    """
    assert of(tmp_path, text) == {"elasticsearch": "main", "stats": "sidecar"}


def test_a_store_in_a_field_for_sidecars_is_one(tmp_path: Path) -> None:
    text = """\
    kind: Task
    spec:
      sidecars: [{name: db, image: "postgres:16"}]
      steps: [{name: test, image: golang}]
    """
    assert of(tmp_path, text)["db"] == "sidecar"


@pytest.mark.parametrize(
    "field",
    ["additionalContainer", "extraPodContainers", "workerSidecars", "extra_containers"],
)
def test_a_field_tells_by_its_name_that_it_holds_helpers(
    field: str, tmp_path: Path
) -> None:
    text = f"""\
    kind: Druid
    spec:
      {field}:
        - containerName: send
          image: registry.example.com/send
    """
    assert of(tmp_path, text) == {"send": "sidecar"}


@pytest.mark.parametrize("field", ["extraInitContainers", "includesContainers"])
def test_other_lists_hold_no_helpers(field: str, tmp_path: Path) -> None:
    text = f"""\
    kind: Druid
    spec:
      {field}:
        - name: send
          image: registry.example.com/send
    """
    assert "sidecar" not in of(tmp_path, text).values()


# --- values of charts


def test_values_may_hold_helpers_as_text(tmp_path: Path) -> None:
    text = """\
    extraContainers: |
      - name: stats
        image: nginx/nginx-prometheus-exporter:1.1
    """
    assert of(tmp_path, text, "values-prod.yaml") == {"stats": "sidecar"}


def test_values_may_hold_helpers_by_name(tmp_path: Path) -> None:
    text = """\
    sidecars:
      ship:
        enabled: true
        image: {repository: registry.example.com/ship, tag: "3"}
    """
    assert of(tmp_path, text, "values.yaml") == {"ship": "sidecar"}


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
    assert of(tmp_path, text) == {
        "front": "sidecar",
        "grafana-sc-dashboard": "injected-sidecar",
    }


def test_each_switch_that_is_on_is_told(tmp_path: Path) -> None:
    text = "sidecar:\n  datasources: {enabled: true}\n  dashboards: {enabled: true}\n"
    assert len(of(tmp_path, text, "values.yaml")) == 2


@pytest.mark.parametrize(("value", "asked"), [("true", True), ("false", False)])
def test_values_may_switch_a_part_on_as_a_sidecar(
    tmp_path: Path, value: str, asked: bool
) -> None:
    text = f"policy-agent:\n  sidecar: {value}\n  image: {{tag: '1'}}\n"
    found = of(tmp_path, text, "values.yaml")
    assert found == ({"policy-agent": "injected-sidecar"} if asked else {})


def test_a_switch_that_is_off_asks_for_nothing(tmp_path: Path) -> None:
    text = "sidecar:\n  dashboards:\n    enabled: false\n"
    assert of(tmp_path, text, "values.yaml") == {}


# --- templates


WORKLOAD = """\
kind: Deployment
spec:
  template:
    spec:
      containers:
"""


def test_a_template_of_jinja_is_read_without_its_statements(tmp_path: Path) -> None:
    loop = "{% for one in [\n  'a',\n] %}\n# {{ one }}\n{% endfor %}\n"
    boxes = """\
      - image: '{{ _image }}'
        name: '{{ name }}-web'
{% if metrics %}
      - image: '{{ _exporter_image }}'
        name: '{{ name }}-exporter'
{% endif %}
"""
    text = "{# a comment #}\n" + loop * 20 + WORKLOAD + boxes
    assert of(tmp_path, text, "roles/x/templates/a.yaml.j2") == {
        "{{ name }}-web": "main",
        "{{ name }}-exporter": "sidecar",
    }


def test_a_file_with_lines_that_steer_is_a_template_anywhere(tmp_path: Path) -> None:
    boxes = """\
      - name: shop
        image: registry.example.com/shop
{{ if .Cluster.Extra }}
      - name: install
        image: registry.example.com/install
{{ end }}
"""
    found = of(tmp_path, WORKLOAD + boxes, "cluster/manifests/a.yaml")
    assert found == {"shop": "main", "install": "sidecar"}


def test_a_line_that_is_a_bare_word_is_the_one_to_drop(tmp_path: Path) -> None:
    boxes = """\
      - name: shop
        args:
          {{- if .Values.args }}
          {{- toYaml .Values.args | nindent 10 }}
          {{- end }}
          - --serve
          []
        image: registry.example.com/shop
        ports:
          - containerPort: 80
      - name: stats
        image: registry.example.com/shop-exporter
"""
    path = tmp_path / "templates" / "a.yaml"
    path.parent.mkdir()
    path.write_text(WORKLOAD + boxes, encoding="utf-8")
    report = scan(tmp_path)
    found = {one.name: one.label for j in report.groups for one in j.findings}
    assert found == {"shop": "main", "stats": "sidecar"}
    (left,) = report.skipped
    row = (WORKLOAD + boxes).split("\n").index("          []") + 1
    assert left.reason.endswith(f"left out: {row}")


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


# --- who is who


def test_equals_from_one_image_that_share_files_are_no_helpers(tmp_path: Path) -> None:
    box = """\
    - name: train-{}
      image: registry.example.com/train
      volumeMounts: [{{name: data, mountPath: /data}}]
    """
    both = (dedent(box).format(1) + dedent(box).format(2)).replace("\n", "\n        ")
    text = f"{WORKLOAD}        {both.strip()}\n"
    assert of(tmp_path, text)["train-2"] == "not-a-sidecar"


def test_a_volume_that_only_an_init_container_writes_ties_nobody(
    tmp_path: Path,
) -> None:
    text = """\
    kind: Pod
    spec:
      initContainers:
        - name: render
          image: registry.example.com/jobs
          volumeMounts: [{name: shared, mountPath: /out}]
      containers:
        - name: east
          image: registry.example.com/jobs
          args: [east]
          volumeMounts: [{name: shared, mountPath: /in, readOnly: true}]
        - name: west
          image: registry.example.com/jobs
          args: [west]
          volumeMounts: [{name: shared, mountPath: /in, readOnly: true}]
      volumes: [{name: shared, emptyDir: {}}]
    """
    assert "sidecar" not in of(tmp_path, text).values()


def test_a_scheduler_of_the_same_image_is_an_equal(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    spec:
      containers:
        - {name: web, image: "shop:1", args: [web], ports: [{containerPort: 80}]}
        - {name: cron, image: "shop:1", args: [cron]}
    """
    assert of(tmp_path, text)["cron"] == "not-a-sidecar"


def test_the_driver_is_what_its_helpers_serve(tmp_path: Path) -> None:
    names = ("external-attacher", "external-health-monitor-controller", "csi-driver")
    boxes = "".join(f"        - name: {name}\n          image: a\n" for name in names)
    assert of(tmp_path, WORKLOAD + boxes)["csi-driver"] == "main"


def test_an_editor_serves_the_program_whose_files_it_edits(tmp_path: Path) -> None:
    text = """\
    kind: HelmRelease
    spec:
      values:
        controllers:
          home:
            containers:
              app:
                image: {repository: registry.example.com/home}
              code-server:
                image: {repository: ghcr.io/coder/code-server}
                env: {HOME_SERVER: "http://localhost:8123"}
    """
    assert of(tmp_path, text) == {"app": "main", "code-server": "sidecar"}


def test_a_side_car_is_one_however_it_is_spelled(tmp_path: Path) -> None:
    boxes = (
        "        - {name: shop, image: shop}\n        - {name: side-car, image: x}\n"
    )
    assert of(tmp_path, WORKLOAD + boxes)["side-car"] == "sidecar"


def test_the_main_one_of_two_is_whom_known_helpers_share_files_with(
    tmp_path: Path,
) -> None:
    text = """\
    kind: Pod
    spec:
      containers:
        - name: taint-controller
          image: registry.example.com/disks
        - name: attach
          image: registry.k8s.io/sig-storage/csi-attacher
          volumeMounts: [{name: socket, mountPath: /csi}]
        - name: disk-controller
          image: registry.example.com/disks
          volumeMounts: [{name: socket, mountPath: /csi}]
      volumes: [{name: socket, emptyDir: {}}]
    """
    assert of(tmp_path, text)["disk-controller"] == "main"


def test_what_ends_a_gateway_gently_helps_it(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    spec:
      containers:
        - name: ending
          image: ghcr.io/projectcontour/contour:v1
          args: [envoy, shutdown-manager]
        - name: envoy
          image: envoyproxy/envoy:v1.30
    """
    assert of(tmp_path, text) == {"ending": "sidecar", "envoy": "main"}


def test_a_name_with_a_word_behind_it_is_the_helpers(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    metadata: {name: flags}
    spec:
      volumes: [{name: rw, emptyDir: {}}]
      initContainers:
        - {name: copy, image: copy, volumeMounts: [{name: rw, mountPath: /etc/flags}]}
      containers:
        - name: flags-ui
          image: registry.example.com/flags-ui
          env: [{name: PHX_HOST, value: localhost}]
          ports: [{containerPort: 4000}]
          volumeMounts: [{name: rw, mountPath: /app/data}]
        - name: flags
          image: registry.example.com/flags
          ports: [{containerPort: 8013}]
          volumeMounts: [{name: rw, mountPath: /etc/flags}]
    """
    found = of(tmp_path, text)
    assert found == {"flags": "main", "flags-ui": "sidecar", "copy": "init"}


def test_this_sidecar_will_is_said_of_the_container_below(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    spec:
      containers:
        - name: search
          image: search
        # This sidecar will prevent slow elections
        - name: search-master
          image: search
          command: [sh, -c, "sleep 1"]
    """
    assert of(tmp_path, text)["search-master"] == "sidecar"


@pytest.mark.parametrize("opens", [b"{% ", b" {# ", b"<% "])
def test_a_statement_that_never_ends_is_left_as_it_is(opens: bytes) -> None:
    text = opens * 200_000
    assert without_statements(text) == text


def test_statements_leave_every_line_its_number() -> None:
    text = b"a: 1\n{% if x\n  == '{' %}\nb: 2\n{# c\n#}\n<% if y %>\nd: <%= y %>\n"
    assert without_statements(text) == b"a: 1\n\n\nb: 2\n\n\n\nd: <%= y %>\n"


BOX = """\
name: config-reloader
{{ include "shop.image" .Values.reloader.image }}
args:
- -config
- /etc/shop/shop.conf
volumeMounts:
- name: config
  mountPath: /etc/shop
"""


def test_a_file_may_be_one_container_for_a_template(tmp_path: Path) -> None:
    place = tmp_path / "files" / "reloader.yaml"
    place.parent.mkdir()
    place.write_text(BOX, encoding="utf-8")
    (judged,) = scan(tmp_path).groups
    assert [(one.name, one.line, one.label) for one in judged.findings] == [
        ("config-reloader", 1, "sidecar")
    ]


def test_its_name_may_tell_that_it_is_one(tmp_path: Path) -> None:
    text = BOX.partition("volumeMounts")[0] + "ports: [{containerPort: 9}]\n"
    for name, found in (("exporter.yaml", 0), ("exporter-container.yaml", 1)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert len(scan(tmp_path).groups) == found


@pytest.mark.parametrize("more", ["spec: {}", "services: {}", "containers: []"])
def test_what_has_a_list_of_its_own_is_no_container(more: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{BOX}{more}\n", encoding="utf-8")
    assert "sidecar" not in str([one.findings for one in scan(tmp_path).groups])


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
