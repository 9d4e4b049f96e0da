"""Patches: of Kustomize, of policies, and files that only look like one."""

from pathlib import Path
from textwrap import dedent

import pytest
from scanning import findings, labels


def test_a_patch_may_only_ask_for_a_sidecar(tmp_path: Path) -> None:
    text = """\
spec:
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
"""
    asked = findings(tmp_path, {"a.yaml": text})["vault-agent"]
    assert (asked.label, asked.line) == ("injected-sidecar", 5)
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\n" + text
    asked = findings(tmp_path, {"a.yaml": text})["vault-agent"]
    assert (asked.label, asked.line) == ("injected-sidecar", 8)


LONE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  {{- include "shop.spec" . | nindent 2 }}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
        - name: haproxy
          image: haproxy
          args: ["-f", "/etc/haproxy.cfg"]
          ports: [{containerPort: 80}]
        {{- with .Values.more }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
"""


def test_a_workload_whose_selector_is_included_is_no_patch(tmp_path: Path) -> None:
    assert "sidecar" not in labels(tmp_path, {"templates/a.yaml": LONE}).values()


def test_a_file_called_a_patch_is_one_though_it_has_labels(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: controller-manager}
    spec:
      template:
        metadata: {labels: {app: controller}}
        spec:
          containers:
            - name: debug
              image: busybox
              command: [/bin/sh, -c, "while true; do sleep 3600; done"]
              volumeMounts: [{name: staging, mountPath: /staging}]
    """
    assert labels(tmp_path, {"config/debug-patch.yaml": text}) == {"debug": "sidecar"}
    (tmp_path / "config/debug-patch.yaml").unlink()
    assert labels(tmp_path, {"config/debug.yaml": text}) == {"debug": "not-a-sidecar"}


def test_a_patch_may_add_several_plugins_of_argo_cd(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: argocd-repo-server}
    spec:
      template:
        spec:
          containers:
            - {name: one, image: "quay.io/argoproj/argocd:v2", command: [CMP]}
            - {name: two, image: "quay.io/argoproj/argocd:v2", command: [CMP]}
    """
    text = text.replace("CMP", "/var/run/argocd/argocd-cmp-server")
    assert labels(tmp_path, {"a.yaml": text}) == {"one": "sidecar", "two": "sidecar"}


def test_an_overlay_changes_a_container_that_it_does_not_name(tmp_path: Path) -> None:
    text = """\
    kind: Secret
    stringData:
      overlay.yaml: |
        spec:
          template:
            spec:
              containers:
              #@overlay/match by=overlay.subset({"name": "shop"})
              - image: example/configurator
                args: [-c, serve]
    """
    assert labels(tmp_path, {"a.yaml": text}) == {}


def test_a_patch_asks_for_a_sidecar_beside_another_field(tmp_path: Path) -> None:
    text = """\
    spec:
      template:
        metadata:
          annotations:
            dapr.io/enabled: "true"
            dapr.io/app-id: shop
        spec:
          automountServiceAccountToken: true
    """
    assert labels(tmp_path, {"shop.yaml": text}) == {"daprd": "injected-sidecar"}


def test_a_patch_in_json_adds_a_helper(tmp_path: Path) -> None:
    text = (
        '{"spec": {"template": {"spec": {"containers": [{"name": "log-shipper",'
        ' "image": "fluent/fluent-bit", "args": ["-c", "x"]}]}}}}'
    )
    assert labels(tmp_path, {"patch.json": text}) == {"log-shipper": "sidecar"}


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
    assert labels(tmp_path, {"kustomization.yaml": text}) == {
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
    assert labels(tmp_path, {"kustomization.yaml": text}) == {"tail": "native-sidecar"}


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
    assert labels(tmp_path, {"kustomization.yaml": text}) == {name: "injected-sidecar"}


def test_fluxs_kustomization_is_another_kind(tmp_path: Path) -> None:
    text = """\
    kind: Kustomization
    spec:
      sourceRef: {kind: GitRepository}
    commonAnnotations: {linkerd.io/inject: enabled}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {}


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
    assert labels(tmp_path, {"a.yaml": head + dedent(text)}) == {"front": "sidecar"}


def test_a_patch_without_a_kind_may_be_for_a_namespace(tmp_path: Path) -> None:
    text = "metadata:\n  labels:\n    istio-injection: enabled\n"
    assert labels(tmp_path, {"a.yaml": text}) == {"istio-proxy": "injected-sidecar"}


CHANGED = """\
metadata:
  name: UNIT
spec:
  template:
    spec:
      containers:
        - name: NAME
          image: registry.example.com/till:2
          args: [serve]
          ports: [{containerPort: 80}]
"""
IN_FULL = f"apiVersion: apps/v1\nkind: Deployment\n{CHANGED}"
HALF = f"""\
{{{{- define "till.deployment" }}}}
{CHANGED}{{{{- end }}}}
{{{{- template "parts.merge" (list . "till.deployment" "parts.deployment") }}}}
"""


@pytest.mark.parametrize(
    ("text", "unit", "name", "adds"),
    [
        (IN_FULL, "till", "till", False),
        (CHANGED, "till", "till", False),
        (CHANGED, "till", "print-agent", True),
        (HALF, '{{ include "parts.name" . }}-till', "{{ .Chart.Name }}-till", False),
        (HALF, '{{ include "parts.name" . }}-till', "{{ .Chart.Name }}-agent", True),
        (HALF, '{{ include "parts.name" . }}', "{{ .Chart.Name }}", False),
        (HALF, "", '{{ include "parts.containerName" . }}', False),
        (HALF, "", "{{ .Values.printer.name }}", True),
    ],
)
def test_a_patch_changes_the_container_that_has_the_units_name(
    text: str, unit: str, name: str, adds: bool, tmp_path: Path
) -> None:
    text = text.replace("UNIT", unit).replace("NAME", name)
    found = labels(tmp_path, {"templates/till.yaml": text})
    assert found.get(name) == ("sidecar" if adds else None)


BASE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {workload}}}
spec:
  template:
    spec:
      containers:
        - name: orders
          image: example.com/orders:2
          ports: [{{containerPort: 8080}}]
"""


@pytest.mark.parametrize(("workload", "label"), [("orders", None), ("shop", "sidecar")])
def test_a_base_gets_its_selector_from_a_kustomization(
    workload: str, label: str | None, tmp_path: Path
) -> None:
    found = labels(tmp_path, {"base/app.yaml": BASE.format(workload=workload)})
    assert found.get("orders") == label


def test_what_a_patch_takes_away_is_no_helper(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: shop}
    spec:
      template:
        spec:
          containers:
            - $patch: delete
              name: cloud-sql-proxy
    """
    assert labels(tmp_path, {"patches/without-proxy.yaml": text}) == {}
    assert labels(tmp_path, {"a.yaml": text.replace("delete", "replace")})


PREFIXED = """\
kind: Deployment
metadata: {name: UNIT}
spec:
  template:
    spec:
      containers:
        - name: proxy
          env: [{name: KEY, value: a}]
"""


@pytest.mark.parametrize(
    ("unit", "label"), [("shop-proxy", None), ("proxy-shop", "sidecar")]
)
def test_a_patch_changes_the_container_after_which_its_unit_is_called(
    unit: str, label: str | None, tmp_path: Path
) -> None:
    files = {"patch.yaml": PREFIXED.replace("UNIT", unit)}
    assert labels(tmp_path, files).get("proxy") == label
