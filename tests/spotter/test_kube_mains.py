"""Which program a pod exists for, and what works for it."""

from pathlib import Path

from scanning import labels
from sidecar_spotter import scan

# --- main programs


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


def test_a_tool_with_a_script_works_for_the_program_beside_it(tmp_path: Path) -> None:
    text = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: orchard}
    spec:
      containers:
        - name: orchard
          image: registry.example/orchard:7
          volumeMounts: [{name: settings, mountPath: /etc/orchard}]
        - name: happenings
          image: alpine/curl
          command: [sh, /etc/scripts/happen.sh]
          volumeMounts:
            - {name: settings, mountPath: /etc/orchard}
            - {name: scripts, mountPath: /etc/scripts}
      volumes:
        - {name: settings, configMap: {name: settings}}
        - {name: scripts, configMap: {name: scripts}}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "orchard": "main",
        "happenings": "sidecar",
    }


def test_a_shell_that_waits_beside_servers_serves_nobody(tmp_path: Path) -> None:
    text = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: orchard}
    spec:
      containers:
        - name: orchard
          image: registry.example/orchard:7
        - name: happenings
          image: busybox
          command: [sleep, infinity]
    """
    assert labels(tmp_path, {"a.yaml": text})["happenings"] == "not-a-sidecar"


# --- the unit


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


# --- with a Service in front


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
