"""Which program a unit exists for."""

from pathlib import Path

import pytest
from beginnings import WORKLOAD, pod
from scanning import findings, labels, neighbors
from sidecar_spotter import scan


@pytest.mark.parametrize("condition", ["{{- if .Values.repair }}", ""])
def test_who_waits_only_for_repairs_is_at_work(condition: str, tmp_path: Path) -> None:
    text = f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
        - name: shop
          image: example.com/shop
          {condition}
          command: ["sleep", "infinity"]
          {"{{- end }}" if condition else ""}
        - name: exporter
          image: example.com/exporter
"""
    labels(tmp_path, {"templates/deployment.yaml": text})
    reasons = {
        reason.feature
        for judged in scan(tmp_path).groups
        for one in judged.findings
        if one.name == "shop"
        for reason in one.evidence
    }
    assert ("placeholder" in reasons) == (not condition)


CALLED = """\
apiVersion: v1
kind: Pod
metadata: {{name: rows}}
spec:
  containers:
    - name: {first}
      image: example.com/first
      env: [{{name: TO, value: "localhost:7001"}}]
    - name: second
      image: example.com/second
      env: [{{name: TO, value: "localhost:7001"}}]
    - name: third
      image: {image}
"""


@pytest.mark.parametrize(
    ("first", "image", "label"),
    [
        ("first", "example.com/third", "main"),
        ("web-server", "example.com/third", "sidecar"),
        ("first", "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2", "sidecar"),
        ("first", "postgres:16", "sidecar"),
    ],
)
def test_a_helper_may_be_called_by_all_too(
    first: str, image: str, label: str, tmp_path: Path
) -> None:
    text = CALLED.format(first=first, image=image)
    assert labels(tmp_path, {"pod.yaml": text})["third"] == label


def test_what_only_waits_after_its_steps_is_not_the_main_one(tmp_path: Path) -> None:
    text = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: fill}
spec:
  selector: {matchLabels: {app: fill}}
  template:
    spec:
      initContainers:
      - name: fill
        image: example.com/fill:1
      containers:
      - name: pause
        image: registry.k8s.io/pause:3.10
"""
    pause = findings(tmp_path, {"a.yaml": text})["pause"]
    assert pause.label == "not-a-sidecar"
    assert pause.why == "only waits: the work is done by the steps before it"


def test_the_neighbors_are_called_after_the_main_one(tmp_path: Path) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata: {name: watcher}
spec:
  containers:
  - name: trace-agent
    image: example.com/all:1
    command: [trace]
    ports: [{containerPort: 8126}]
  - name: agent-probe
    image: example.com/all:1
    command: [probe]
  - name: agent
    image: example.com/all:1
    command: [run]
"""
    assert labels(tmp_path, {"a.yaml": text})["agent"] == "main"


def test_of_a_knative_service_one_container_gets_the_requests(tmp_path: Path) -> None:
    text = """\
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: shop}
spec:
  template:
    spec:
      containers:
      - name: shop
        image: example.com/shop:1
        ports: [{containerPort: 8080}]
      - name: stock
        image: example.com/stock:1
"""
    assert labels(tmp_path, {"a.yaml": text}) == {"shop": "main", "stock": "sidecar"}


def test_a_unit_called_after_its_proxy_is_a_gateway(tmp_path: Path) -> None:
    text = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: envoy}
spec:
  selector: {matchLabels: {app: envoy}}
  template:
    spec:
      containers:
      - name: shutdown-manager
        image: example.com/contour:1
        args: [envoy, shutdown-manager]
      - name: envoy
        image: envoyproxy/envoy:v1.31.0
        ports: [{containerPort: 8080}]
"""
    found_ = labels(tmp_path, {"a.yaml": text})
    assert found_["envoy"] == "main"


DRIVER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: PROVISION}
spec:
  template:
    spec:
      containers:
        - name: shelf
          image: example.com/shelf:1
          args: ["--endpoint=$(CSI_ENDPOINT)"]
          env: [{name: CSI_ENDPOINT, value: unix:///csi/csi.sock}]
          volumeMounts: [{name: socket, mountPath: /csi}]
        - name: resizer
          image: registry.k8s.io/sig-storage/csi-resizer:v1
          args: ["--csi-address=/csi/csi.sock"]
          volumeMounts: [{name: socket, mountPath: /csi}]
        - name: shelf-liveness
          image: example.com/shelf:1
          args: [--type=liveness, "--endpoint=$(CSI_ENDPOINT)"]
          env: [{name: CSI_ENDPOINT, value: unix:///csi/csi.sock}]
          volumeMounts: [{name: socket, mountPath: /csi}]
        - name: snapshot-controller
          image: registry.k8s.io/sig-storage/snapshot-controller:v8
      volumes: [{name: socket, emptyDir: {}}]
"""


def test_a_storage_driver_is_the_one_that_answers_on_the_socket(tmp_path: Path) -> None:
    found = labels(tmp_path, {"driver.yaml": DRIVER})
    assert found["shelf"] == "main"
    assert found["shelf-liveness"] == found["resizer"] == "sidecar"


def test_a_stand_in_for_a_server_is_not_the_main_program(tmp_path: Path) -> None:
    text = """\
    {"family": "shop", "containerDefinitions": [
      {"name": "${name}", "image": "${image}",
       "dependsOn": [{"containerName": "collector", "condition": "START"}]},
      {"name": "collector", "image": "${collector}"},
      {"name": "mocked-server", "image": "${mock}"}
    ]}
    """
    found = labels(tmp_path, {"task.json": text})
    assert (found["${name}"], found["collector"]) == ("main", "sidecar")
    assert found["mocked-server"] == "not-a-sidecar"


def test_what_the_unit_is_called_is_the_main_one_whatever_its_name_tells(
    tmp_path: Path,
) -> None:
    text = """\
    kind: DaemonSet
    metadata: {name: net-agent}
    spec:
      selector: {}
      template:
        spec:
          volumes: [{name: run, hostPath: {path: /run/net}}]
          containers:
            - name: net-agent
              image: example/net
              volumeMounts: [{name: run, mountPath: /run/net}]
            - name: switch
              image: example/net
              volumeMounts: [{name: run, mountPath: /run/net}]
    """
    said = labels(tmp_path, {"a.yaml": text})
    assert said == {"net-agent": "main", "switch": "sidecar"}


def test_the_only_one_that_a_template_always_has_is_the_main_one(
    tmp_path: Path,
) -> None:
    text = """\
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: {{ .name }}
    spec:
      template:
        spec:
          containers:
            - name: "{{ .service.label }}"
              image: "{{ .Values.Image.tag }}"
              volumeMounts: [{name: tmp, mountPath: /tmp}, {name: data, mountPath: /d}]
            {{- if .Values.ui.enabled }}
            - name: store-ui
              image: "{{ .Values.Image.tag }}"
            {{- end }}
            {{- if .Values.control.enabled }}
            - name: store-controller
              image: "{{ .Values.Image.tag }}"
              volumeMounts: [{name: tmp, mountPath: /tmp}]
            {{- end }}
    """
    said = labels(tmp_path, {"chart/templates/a.yaml": text})
    assert said["{{ .service.label }}"] == "main"
    assert said["store-controller"] == "sidecar"


def test_a_name_that_goes_on_where_the_units_ends_is_the_main_one(
    tmp_path: Path,
) -> None:
    boxes = """\
    template:
      spec:
        containers:
          - {name: turner, image: example.com/a}
          - {name: disk-osd-default, image: example.com/a2}
    """
    said = labels(tmp_path, {"a.yaml": pod(boxes, "DaemonSet", "disk-osd")})
    assert said["disk-osd-default"] == "main"


def test_a_proxy_with_a_step_before_it_is_what_its_deployment_is_for(
    tmp_path: Path,
) -> None:
    boxes = """\
    template:
      spec:
        initContainers: [{name: credentials, image: example.com/relay}]
        containers: [{name: relay, image: example.com/relay}]
    """
    assert (
        labels(tmp_path, {"a.yaml": pod(boxes, "Deployment", "x")})["relay"] == "main"
    )


def test_an_application_of_another_group_is_a_program(tmp_path: Path) -> None:
    text = """\
    apiVersion: GROUP/v1alpha1
    kind: Application
    metadata: {name: shop}
    spec:
      idporten:
        sidecar: {enabled: true}
    """
    said = labels(tmp_path, {"a.yaml": text.replace("GROUP", "nais.io")})
    assert list(said.values()) == ["injected-sidecar"]
    assert labels(tmp_path, {"a.yaml": text.replace("GROUP", "argoproj.io")}) == {}


def test_what_stands_beside_an_expression_is_a_part_of_the_units_name(
    tmp_path: Path,
) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: {{ include "chart.fullname" . }}-controller-manager
    spec:
      selector: {}
      template:
        spec:
          containers:
            - {name: job-scheduler, image: example.com/b}
            - name: manager
              image: example.com/a
              volumeMounts: [{name: uds, mountPath: /s}]
            - name: infra-manager
              image: example.com/c
              volumeMounts: [{name: uds, mountPath: /s, readOnly: true}]
    """
    assert labels(tmp_path, {"chart/templates/a.yaml": text})["manager"] == "main"


def test_a_program_is_called_as_its_image_and_its_worker_is_not(
    tmp_path: Path,
) -> None:
    text = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: errors}
    spec:
      containers:
        - name: snap-worker
          image: registry.example/bugs:1
          args: [work]
        - name: bugs
          image: registry.example/bugs:1
          args: [serve]
    """
    assert labels(tmp_path, {"a.yaml": text})["bugs"] == "main"


def test_a_web_server_of_ones_own_is_in_front_of_what_answers(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: orders-deployment}
    spec:
      template:
        spec:
          containers:
            - name: lamp
              image: registry.example/orders-lamp:1
              ports: [{containerPort: 9000}]
            - name: nginx
              image: registry.example/orders-nginx:1
              ports: [{containerPort: 8080}]
    """
    assert labels(tmp_path, {"a.yaml": text}) == {"lamp": "main", "nginx": "sidecar"}


def test_the_image_that_is_called_as_the_unit_is_the_main_one(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: our-pages}
    spec:
      template:
        spec:
          containers:
            - name: rain
              image: registry.example/rain
            - name: httpd
              image: registry.example/our-pages:3
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "rain": "not-a-sidecar",
        "httpd": "main",
    }


SERVED = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: orders}
    spec:
      template:
        metadata: {labels: {app: orders}}
        spec:
          containers:
            - {name: lamp, image: example.com/lamp, ports: [{containerPort: 9000}]}
            - name: %s
              image: example.com/orders-%s
              ports: [{name: %s, containerPort: 8080}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: orders}
    spec:
      selector: {app: orders}
      ports: [{port: 80, targetPort: 8080}, {port: 81, targetPort: 9000}]
"""


def test_visitors_come_for_what_is_behind_a_web_server(tmp_path: Path) -> None:
    text = SERVED.replace(", {port: 81, targetPort: 9000}", "")
    text %= ("nginx", "nginx", "http")
    assert labels(tmp_path, {"a.yaml": text}) == {"lamp": "main", "nginx": "sidecar"}


def test_who_is_measured_at_a_port_has_no_visitors(tmp_path: Path) -> None:
    def features(port: str) -> set[str]:
        labels(tmp_path, {"a.yaml": SERVED % ("mirror-sidecar", "mirror", port)})
        [unit] = scan(tmp_path).groups
        return {why.feature for one in unit.findings for why in one.evidence}

    assert "peers" in features("http")
    assert "peers" not in features("metrics")


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


def test_the_driver_is_what_its_helpers_serve(tmp_path: Path) -> None:
    names = ("external-attacher", "external-health-monitor-controller", "csi-driver")
    boxes = "".join(f"        - name: {name}\n          image: a\n" for name in names)
    assert labels(tmp_path, {"a.yaml": WORKLOAD + boxes})["csi-driver"] == "main"


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
    assert labels(tmp_path, {"a.yaml": text})["disk-controller"] == "main"


def test_an_exporter_is_the_main_program_of_what_is_called_after_it(
    tmp_path: Path,
) -> None:
    text = pod(
        """\
        template:
          spec:
            containers:
              - name: mysqld-exporter
                image: prom/mysqld-exporter:v0.15.1
                env: [{name: DATA_SOURCE_NAME, value: "shop@(127.0.0.1:3306)/"}]
              - name: cloud-sql-proxy
                image: gcr.io/cloudsql-docker/gce-proxy:1.33
                ports: [{containerPort: 3306}]
        """,
        kind="Deployment",
        name="{name}",
    )
    named = text.replace("{name}", "mysqld-exporter")
    found = findings(tmp_path, {"a.yaml": named})
    assert found["mysqld-exporter"].label == "main"
    assert found["cloud-sql-proxy"].serves == "mysqld-exporter"
    other = labels(tmp_path, {"a.yaml": text.replace("{name}", "shop")})
    assert set(other.values()) == {"sidecar"}


SCANNED = """\
kind: Deployment
metadata: {name: virus-check}
spec:
  template:
    spec:
      containers:
        - name: fetch-day
          image: clamav/clamav:1
          command: [freshclam, --daemon]
          volumeMounts: [{name: lists, mountPath: /var/lib/clamav}]
        - name: scan-day
          image: clamav/clamav:1
          command: [clamd]
          OWN
          volumeMounts: [{name: lists, mountPath: /var/lib/clamav}]
        - name: exporter
          image: example.com/clamav-exporter:2
          args: [--clamav.address, "tcp://127.0.0.1:3200"]
"""


def test_of_two_programs_from_one_image_the_unit_is_for_the_one_that_answers(
    tmp_path: Path,
) -> None:
    text = SCANNED.replace("OWN", "ports: [{containerPort: 3200}]")
    assert labels(tmp_path, {"a.yaml": text}) == {
        "fetch-day": "sidecar",
        "scan-day": "main",
        "exporter": "sidecar",
    }


def test_where_neither_answers_the_first_one_is_taken(tmp_path: Path) -> None:
    text = SCANNED.replace("OWN\n", "env: []\n")
    text = text[: text.index("        - name: exporter")]
    assert labels(tmp_path, {"a.yaml": text})["fetch-day"] == "main"


def test_an_agent_that_its_unit_is_called_after_is_no_helper(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: badge-agent}
    spec:
      selector: {matchLabels: {app: badge-agent}}
      template:
        metadata: {labels: {app: badge-agent}}
        spec:
          containers:
          - name: badge-agent
            image: example.com/badge-agent
            args: [-config, /run/badge/agent.conf]
            volumeMounts: [{name: badge, mountPath: /run/badge}]
          - name: badge-driver
            image: example.com/badge-driver
            args: [-socket-dir, /badge, -csi-socket-path, /csi/csi.sock]
            volumeMounts:
            - {name: badge, mountPath: /badge, readOnly: true}
            - {name: plug, mountPath: /csi}
          - name: node-driver-registrar
            image: registry.example/csi-node-driver-registrar
            args: [--csi-address=/csi/csi.sock]
            volumeMounts: [{name: plug, mountPath: /csi}]
          volumes:
          - {name: badge, emptyDir: {}}
          - {name: plug, emptyDir: {}}
    """
    assert neighbors(tmp_path, {"a.yaml": text}) == {
        "badge-agent": ("main", None),
        "badge-driver": ("sidecar", "badge-agent"),
        "node-driver-registrar": ("sidecar", "badge-driver"),
    }


@pytest.mark.parametrize(
    ("probe", "declared", "main"),
    [
        ("readinessProbe: {httpGet: {path: /ready, port: 8080}}", "", "order-show"),
        ("readinessProbe: {httpGet: {path: /ready, port: 8081}}", "", "order-write"),
        (
            "readinessProbe: {httpGet: {path: /ready, port: 8080}}",
            "ports: [{containerPort: 8080}]",
            "order-write",
        ),
    ],
)
def test_who_is_probed_where_callers_come_in_is_what_they_came_for(
    tmp_path: Path, probe: str, declared: str, main: str
) -> None:
    text = f"""\
    apiVersion: v1
    kind: Service
    metadata: {{name: orders}}
    spec:
      selector: {{app: orders}}
      ports: [{{port: 80, targetPort: 8080}}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: orders}}
    spec:
      selector: {{matchLabels: {{app: orders}}}}
      template:
        metadata: {{labels: {{app: orders}}}}
        spec:
          containers:
          - name: order-write
            image: example.com/order-write
            {declared}
            volumeMounts: [{{name: rows, mountPath: /rows}}]
          - name: order-show
            image: example.com/order-show
            {probe}
            volumeMounts: [{{name: rows, mountPath: /rows}}]
          volumes: [{{name: rows, emptyDir: {{}}}}]
    """
    said = labels(tmp_path, {"a.yaml": text})
    assert [name for name, label in said.items() if label == "main"] == [main]
