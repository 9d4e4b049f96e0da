"""Rules learned from repositories that the spotter had not seen."""

from pathlib import Path

import pytest
from scanning import findings, labels

NOMAD = """\
job "shop" {
  group "shop" {
    task "shop" {
      driver = "docker"
      config {
        image = "example.com/shop:1"
        args  = [ARGS]
      }
    }
    task "NAME" {
      driver = "exec"
      config { command = "/usr/local/bin/run" }
    }
  }
}
"""


def nomad(args: str, name: str) -> str:
    """Return a job with two tasks, the second one without an image."""
    return NOMAD.replace("ARGS", args).replace("NAME", name)


def test_a_name_may_be_a_neighbors_with_a_word_behind(tmp_path: Path) -> None:
    text = nomad('"--port=80"', "shopproxy")
    assert labels(tmp_path, {"a.nomad": text}) == {
        "shop": "main",
        "shopproxy": "sidecar",
    }


def test_a_variable_of_nomad_names_the_task_that_is_called(tmp_path: Path) -> None:
    text = nomad('"--db=${NOMAD_ADDR_db_proxy_up}"', "db-proxy")
    proxy = findings(tmp_path, {"a.nomad": text})["db-proxy"]
    said = [one.says for one in proxy.evidence if one.feature == "localhost"]
    assert said == ["is called by shop, which is told NOMAD_ADDR_db_proxy_up"]


def test_equal_tasks_that_know_each_other_are_none(tmp_path: Path) -> None:
    text = nomad('"--stock=${NOMAD_ADDR_stock_http}"', "stock")
    assert "sidecar" not in labels(tmp_path, {"a.nomad": text}).values()


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


EXTENDED = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    matchLabels:
      app: shop
  template:
    spec:
      {{- with .Values.FIELD }}
      FIELD:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
      - name: {{ .Chart.Name }}
        image: "{{ .Values.image.repository }}"
"""


def test_a_list_for_more_steps_gives_a_program_no_neighbor(tmp_path: Path) -> None:
    text = EXTENDED.replace("FIELD", "initContainers")
    said = labels(tmp_path, {"templates/a.yaml": text})
    assert said == {"initContainers": "not-a-sidecar"}
    text = EXTENDED.replace("FIELD", "sidecars")
    said = labels(tmp_path, {"templates/a.yaml": text})
    assert said == {"sidecars": "not-a-sidecar", "{{ .Chart.Name }}": "main"}


@pytest.mark.parametrize("second", ["log-sidecar", "sidecar-cache"])
def test_a_bare_list_is_for_an_injector_to_add(tmp_path: Path, second: str) -> None:
    text = f"""\
containers:
- name: sidecar-nginx
  image: nginx:1.27
- name: {second}
  image: example.com/second:1
"""
    assert set(labels(tmp_path, {"a.yaml": text}).values()) == {"sidecar"}


def test_a_bare_list_inside_a_configmap_is_one_too(tmp_path: Path) -> None:
    text = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: injector}
data:
  sidecar.yaml: |
    containers:
    - name: sidecar-nginx
      image: nginx:1.27
"""
    assert labels(tmp_path, {"a.yaml": text}) == {"sidecar-nginx": "sidecar"}


def test_a_bare_list_with_a_program_in_it_is_a_unit(tmp_path: Path) -> None:
    text = """\
containers:
- name: shop
  image: example.com/shop:1
- name: log-sidecar
  image: example.com/log:1
"""
    assert labels(tmp_path, {"a.yaml": text}) == {
        "shop": "main",
        "log-sidecar": "sidecar",
    }


def test_a_service_that_shares_files_with_many_serves_none_alone(
    tmp_path: Path,
) -> None:
    mounts = {"a": "one", "b": "two", "c": "three", "d": "four", "e": "five"}
    text = "services:\n" + "".join(
        f"  {name}:\n    image: example.com/{name}:1\n    volumes: [{volume}:/data]\n"
        for name, volume in mounts.items()
    )
    shares = ", ".join(f"{volume}:/{volume}:ro" for volume in mounts.values())
    text += f"  web:\n    image: nginx:1.27\n    volumes: [{shares}]\n"
    web = findings(tmp_path, {"compose.yaml": text})["web"]
    assert web.label == "not-a-sidecar"
    assert web.why == "shares files with 5 others, and serves none alone"


def test_copies_of_the_program_that_one_helper_serves_are_equals(
    tmp_path: Path,
) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata: {name: shops}
spec:
  containers:
  - name: fluent-bit
    image: fluent/fluent-bit:3.1
    volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]
  - name: app-one
    image: example.com/app:1
    volumeMounts: [{name: logs, mountPath: /logs}]
  - name: app-two
    image: example.com/app:1
    volumeMounts: [{name: logs, mountPath: /logs}]
  volumes: [{name: logs, emptyDir: {}}]
"""
    one = findings(tmp_path, {"a.yaml": text})
    assert one["fluent-bit"].label == "sidecar"
    assert {one["app-one"].label, one["app-two"].label} == {"main", "not-a-sidecar"}


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


SECOND = """\
apiVersion: v1
kind: Pod
metadata: {name: both}
spec:
  containers:
  # COMMENT
  - name: keys
    image: example.com/keys:1
    env: [{name: SETTING, value: "-x"}]
  - name: shop
    image: example.com/shop:1
"""


@pytest.mark.parametrize(
    ("comment", "setting"),
    [
        ("This is our own sidecar that fetches the keys.", "LEVEL"),
        ("Fetches the keys.", "KeysSideCarArgs"),
    ],
)
def test_its_author_may_call_it_a_sidecar(
    tmp_path: Path, comment: str, setting: str
) -> None:
    text = SECOND.replace("COMMENT", comment).replace("SETTING", setting)
    assert labels(tmp_path, {"a.yaml": text}) == {"keys": "sidecar", "shop": "main"}


@pytest.mark.parametrize(
    "comment",
    ["The main program. It talks to the sidecar.", "Waits for its sidecar to start."],
)
def test_whoever_speaks_of_a_sidecar_is_none(tmp_path: Path, comment: str) -> None:
    text = SECOND.replace("COMMENT", comment).replace("SETTING", "SIDECAR_URL")
    assert labels(tmp_path, {"a.yaml": text})["keys"] == "main"


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


@pytest.mark.parametrize(
    ("args", "label"), [("-config-file=/c", "sidecar"), ("-server", "not-a-sidecar")]
)
def test_consuls_client_is_a_helper_and_its_server_is_none(
    tmp_path: Path, args: str, label: str
) -> None:
    text = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: vault}}
spec:
  containers:
  - name: vault
    image: hashicorp/vault:1.17
  - name: consul
    image: hashicorp/consul:1.19
    args: [agent, "{args}"]
"""
    assert labels(tmp_path, {"a.yaml": text})["consul"] == label


def test_a_task_is_no_log_shipper_because_it_looks_at_logs(tmp_path: Path) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata: {name: test}
spec:
  containers:
  - name: start
    image: example.com/start:1
  - name: check-logs
    image: example.com/check:1
"""
    assert "sidecar" not in labels(tmp_path, {"a.yaml": text}).values()


def test_quadlets_that_only_share_files_are_no_unit(tmp_path: Path) -> None:
    for name in ("shop", "shop-worker"):
        (tmp_path / f"{name}.container").write_text(
            f"[Container]\nContainerName={name}\nImage=example.com/shop:1\n"
            "Network=shop.network\nVolume=/srv/shop:/data\n"
        )
    text = "[Network]\nNetworkName=shop\n"
    assert set(labels(tmp_path, {"shop.network": text}).values()) <= {"not-a-sidecar"}


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


def test_a_function_for_the_programs_own_container_adds_no_sidecar(
    tmp_path: Path,
) -> None:
    text = """\
package pods

func AppContainer(spec Spec) corev1.Container {
	appc := corev1.Container{
		Name:  "sql-proxy",
		Image: spec.Image,
		Ports: []corev1.ContainerPort{{ContainerPort: 6032}},
	}
	return appc
}
"""
    assert "sidecar" not in labels(tmp_path, {"pods.go": text}).values()
    text = text.replace("AppContainer", "ProxyContainer")
    assert labels(tmp_path, {"pods.go": text}) == {"sql-proxy": "sidecar"}


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


def test_among_many_equals_none_is_the_main_one(tmp_path: Path) -> None:
    tasks = "".join(
        f'task "{name}" {{\n driver = "docker"\n'
        f' config {{ image = "example.com/{name}:1" }}\n }}\n'
        for name in ("stock-api", "price-api", "shop-api", "frontend")
    )
    text = f'job "all" {{\n group "all" {{\n{tasks}}}\n}}\n'
    assert set(labels(tmp_path, {"all.nomad": text}).values()) == {"not-a-sidecar"}


def test_a_web_server_serves_what_its_neighbor_writes(tmp_path: Path) -> None:
    text = """\
kind: Pod
spec:
  containers:
    - name: nginx-container
      image: nginx
      volumeMounts: [{name: shared-data, mountPath: /usr/share/nginx/html}]
    - name: debian-container
      image: debian
      args: [-c, "echo Hello > /pod-data/index.html; sleep infinity"]
      volumeMounts: [{name: shared-data, mountPath: /pod-data}]
  volumes: [{name: shared-data, emptyDir: {}}]
"""
    found = labels(tmp_path, {"two.yaml": text})
    assert found == {"nginx-container": "main", "debian-container": "sidecar"}
