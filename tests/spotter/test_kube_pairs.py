"""Who of two in a Pod serves the other: gateways, scripts, tasks, and fields."""

from pathlib import Path

import pytest
from scanning import labels
from sidecar_spotter.model import Container, Text
from sidecar_spotter.units import listens

GATEWAY = """\
kind: Service
spec: {selector: {app: edge}, ports: [{port: 80, targetPort: 8000}]}
---
kind: Deployment
metadata: {name: edge}
spec:
  selector: {}
  template:
    metadata: {labels: {app: edge}}
    spec:
      containers:
      - name: proxy
        image: example/gateway
        env: [{name: ADMIN_LISTEN, value: "127.0.0.1:8444 ssl"}]
        ports: [{containerPort: 8000}]
      - name: ingress-controller
        image: example/gateway-ingress-controller
        args: ["--gateway-url=https://localhost:8444"]
"""


def test_a_gateway_is_what_its_controller_is_there_for(tmp_path: Path) -> None:
    assert labels(tmp_path, {"a.yaml": GATEWAY}) == {
        "proxy": "main",
        "ingress-controller": "sidecar",
    }


def test_a_proxy_that_nobody_outside_reaches_serves_a_controller(
    tmp_path: Path,
) -> None:
    text = GATEWAY.replace("targetPort: 8000", "targetPort: 9000")
    text = text.replace("ports: [{containerPort: 8000}]", "")
    assert labels(tmp_path, {"a.yaml": text})["proxy"] == "sidecar"


SCRIPT = """\
kind: Deployment
metadata: {name: identity}
spec:
  selector: {}
  template:
    spec:
      containers:
      - name: keycloak
        image: quay.io/keycloak/keycloak
      - name: announce
        image: example/tools
        command: [bash, -c]
        args:
        - |
          while :
          do
            ADDRESS=$(kubectl get service NAME -o jsonpath="{.status}")
            kubectl patch class shop --patch "$ADDRESS"
            sleep 30
          done
"""


@pytest.mark.parametrize(
    ("name", "label"), [("keycloak", "sidecar"), ("mykeycloak-2", "not-a-sidecar")]
)
def test_a_script_looks_after_a_neighbor_again_and_again(
    tmp_path: Path, name: str, label: str
) -> None:
    assert (
        labels(tmp_path, {"a.yaml": SCRIPT.replace("NAME", name)})["announce"] == label
    )


JOB = """\
kind: Job
metadata: {name: store-setup}
spec:
  template:
    spec:
      containers:
      - name: store-make-bucket
        image: example/mc
        command: [sh, -c, /config/initialize]
        volumeMounts: [{name: tmp, mountPath: /tmp}]
      - name: store-make-user
        image: example/mc
        command: [sh, -c, /config/add-user]
        volumeMounts: [{name: tmp, mountPath: /tmp}]
      volumes: [{name: tmp, emptyDir: {}}]
"""


def test_two_of_one_image_in_a_job_are_two_tasks(tmp_path: Path) -> None:
    assert labels(tmp_path, {"a.yaml": JOB}) == {
        "store-make-bucket": "main",
        "store-make-user": "not-a-sidecar",
    }


@pytest.mark.parametrize("field", ["sidecarConfigs", "sidecarSpecs", "sidecars"])
def test_a_custom_resource_spells_helpers_out(tmp_path: Path, field: str) -> None:
    text = f"""\
    apiVersion: flow.example.com/v1
    kind: FlowCluster
    spec:
      {field}:
      - name: app-log
        image: busybox
        args: [tail, -F, /var/log/app.log]
    """
    assert labels(tmp_path, {"a.yaml": text}) == {"app-log": "sidecar"}


def test_a_variable_is_called_after_init_containers(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module shop.example\n", encoding="utf-8")
    code = """\
    package pods

    import corev1 "k8s.io/api/core/v1"

    func mutate(pod *corev1.Pod) []byte {
        var toolInitContainer = corev1.Container{
            Name:    "copy-tool",
            Image:   "example/tool",
            Command: []string{"sh", "-c", fmt.Sprintf("cp /tool %s", path)},
        }
        return patch(pod, []corev1.Container{toolInitContainer})
    }
    """
    assert labels(tmp_path, {"pods.go": code}) == {"copy-tool": "init"}


CELERY = """\
kind: Deployment
metadata: {name: shop}
spec:
  selector: {}
  template:
    spec:
      containers:
      - name: server
        image: example/shop
        command: [sh, -c, ./start.sh]
        volumeMounts: [{name: metrics, mountPath: /metrics}]
      - name: worker
        image: example/shop
        command: [sh, -c, celery worker]
        volumeMounts: [{name: metrics, mountPath: /metrics}]
      volumes: [{name: metrics, emptyDir: {}}]
"""


def test_two_programs_of_one_image_may_share_files(tmp_path: Path) -> None:
    found = {"server": "main", "worker": "not-a-sidecar"}
    assert labels(tmp_path, {"a.yaml": CELERY}) == found


def test_what_one_of_them_only_reads_ties_them(tmp_path: Path) -> None:
    reads = "mountPath: /metrics}"
    at = CELERY.rindex(reads)
    text = (
        CELERY[:at] + "mountPath: /metrics, readOnly: true}" + CELERY[at + len(reads) :]
    )
    assert "sidecar" in labels(tmp_path, {"a.yaml": text}).values()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("grafana-import-dashboards", "sidecar"),
        ("graf-import-dashboards", "not-a-sidecar"),
        ("grafana-image", "not-a-sidecar"),
    ],
)
def test_a_name_says_what_is_done_for_whom(
    tmp_path: Path, name: str, label: str
) -> None:
    text = f"""\
    kind: Deployment
    metadata: {{name: grafana}}
    spec:
      selector: {{}}
      template:
        spec:
          containers:
          - name: grafana
            image: grafana/grafana
          - name: {name}
            image: alpine
            command: [/bin/sh, import.sh]
    """
    assert labels(tmp_path, {"a.yaml": text})[name] == label


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


LIST = """\
initContainers:
- name: agent-init
  image: example/agent
containers:
- name: job-babysitter
  image: example/tools
  volumeMounts: [{name: shared, mountPath: /shared}]
- name: agent
  image: example/agent
  volumeMounts: [{name: shared, mountPath: /shared}]
volumes: [{name: shared, emptyDir: {}}]
"""


@pytest.mark.parametrize(
    ("name", "label"), [("injectionconfig.yaml", "sidecar"), ("shop.yaml", "main")]
)
def test_a_file_is_called_after_what_is_injected(
    tmp_path: Path, name: str, label: str
) -> None:
    assert labels(tmp_path, {name: LIST})["job-babysitter"] == label


def test_an_annotation_tells_which_logs_a_sidecar_takes(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    metadata:
      annotations:
        logging.kubesphere.io/logsidecar-config: '{"containerLogConfigs": {}}'
    spec:
      containers:
      - name: shop
        image: example/shop
    """
    assert (
        labels(tmp_path, {"a.yaml": text})["logsidecar-container"] == "injected-sidecar"
    )


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


def test_who_pushes_to_a_store_is_not_what_a_unit_is_for(tmp_path: Path) -> None:
    text = """\
    kind: Deployment
    metadata: {name: shop}
    spec:
      selector: {}
      template:
        spec:
          containers:
          - name: ledger
            image: example/ledger
            volumeMounts: [{name: in, mountPath: /in, readOnly: true}]
          - name: ledgers-sync
            image: example/aws
            volumeMounts: [{name: in, mountPath: /in}]
          - name: s3-push
            image: example/aws
          volumes: [{name: in, emptyDir: {}}]
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "ledger": "main",
        "ledgers-sync": "sidecar",
        "s3-push": "sidecar",
    }


def test_a_call_hands_over_the_name_among_other_calls(tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "_push.tpl").write_text(
        '{{- define "shop.push" }}\n- name: {{ .name }}\n  image: {{ .image }}\n'
        "{{- end }}\n",
        encoding="utf-8",
    )
    text = """\
    kind: Deployment
    spec:
      selector: {}
      template:
        spec:
          containers:
          - name: ledger
            image: example/ledger
          {{- include "shop.push" (dict "root" $ "to" (printf "s3://%s" .Values.to)
              "name" "s3-push") | nindent 6 }}
    """
    found = labels(tmp_path, {"templates/shop.yaml": text})
    assert found["s3-push"] == "sidecar"


def test_an_address_is_no_port() -> None:
    box = Container("web", 1, settings=(Text("ADMIN_LISTEN=127.0.0.1:8444 ssl", 2),))
    assert listens(box) == {8444}
