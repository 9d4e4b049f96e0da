"""Addresses that a program is told: its own, or those of a neighbor."""

from pathlib import Path

import pytest
from reading import unit
from scanning import findings, labels
from sidecar_spotter.features import (
    localhost,
    shared_volume,
)
from sidecar_spotter.features.localhost import OF_STORES
from sidecar_spotter.model import Container, Text
from sidecar_spotter.units import listens

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: notes}
spec:
  containers:
    - name: notes-web
      image: example.com/notes-manager:1
      env: [{name: SETTING, value: "127.0.0.1"}]
    - name: browser
      image: IMAGE
      args: [WORDS]
"""


def calls(**words: str) -> list[tuple[str, str]]:
    """Return who calls whom at localhost."""
    text = POD
    given = {"SETTING": "LEVEL", "IMAGE": "example.com/browser:1", "WORDS": "run"}
    for place, said in (given | words).items():
        text = text.replace(place, said)
    return [
        (one.container, one.about)
        for one in localhost.look(unit("pod.yaml", text))
        if one.says.startswith("calls")
    ]


@pytest.mark.parametrize(
    ("setting", "called"),
    [
        ("NOTES_HOST", False),  # the program's own
        ("NOTES_LOCAL_ADDRESS", False),
        ("CONNECT_REST_HOST_NAME", False),
        ("KAFKA_ADVERTISED_HOST_NAME", False),
        ("BROWSER_HOST", True),
    ],
)
def test_a_setting_that_has_the_programs_own_name_calls_nobody(
    setting: str, called: bool
) -> None:
    assert calls(SETTING=setting) == [("notes-web", "browser")] * called


@pytest.mark.parametrize(
    ("words", "image", "called"),
    [
        ('"--host", "127.0.0.1", "--port", "8931"', "example.com/browser:1", False),
        ('"npx browser --host 127.0.0.1 --port 89"', "example.com/browser:1", False),
        ('"mysql --host 127.0.0.1 --port 3306"', "example.com/browser:1", True),
        ('"--host", "127.0.0.1"', "example.com/notes-exporter:1", True),
        ('"--upstream-host", "127.0.0.1"', "example.com/browser:1", True),
    ],
)
def test_the_option_host_says_where_a_program_listens_itself(
    words: str, image: str, called: bool
) -> None:
    # What stands in the other one's setting is no address here.
    found = calls(WORDS=words, IMAGE=image, SETTING="NOTES_HOST")
    assert found == [("browser", "notes-web")] * called


def test_where_an_operator_brings_the_main_container_it_may_be_who_listens() -> None:
    text = """\
    apiVersion: monitoring.coreos.com/v1
    kind: Prometheus
    metadata: {name: shop}
    spec:
      containers:
        - name: proxy
          image: example.com/auth-proxy:1
          args: ["--ready=http://localhost:8", "--upstream=http://localhost:9090"]
        - name: config-reloader
          image: example.com/reloader:1
          PORTS
    """
    for ports, answers in (
        ("args: [run]", []),
        ("ports: [{containerPort: 9090}]", ["config-reloader"]),
    ):
        group = unit("prometheus.yaml", text.replace("PORTS", ports))
        found = [one for one in localhost.look(group) if one.container == "proxy"]
        assert [one.about for one in found] == answers


DRIVER = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: files-node}
spec:
  template:
    spec:
      containers:
        - name: registrar
          image: example.com/registrar:1
          args: [--csi-address=/csi/csi.sock]
          volumeMounts:
            - {name: plugin-dir, mountPath: 'C:\\csi'}
            - {name: kubelet-dir, mountPath: 'C:\\var\\kubelet'}
        - name: files
          image: example.com/files:1
          env: [{name: CSI_ENDPOINT, value: 'unix://C:\\\\csi\\\\csi.sock'}]
          volumeMounts:
            - {name: plugin-dir, mountPath: 'C:\\csi'}
            - {name: kubelet-dir, mountPath: 'C:\\var\\kubelet'}
      volumes:
        - {name: plugin-dir, hostPath: {path: 'C:\\plugins\\files'}}
        - {name: kubelet-dir, hostPath: {path: 'C:\\var\\kubelet'}}
"""


def test_a_driver_answers_in_the_folder_that_holds_its_socket() -> None:
    said = [one.says for one in shared_volume.look(unit("node.yaml", DRIVER))]
    assert [says for says in said if "answers on a socket" in says] == [
        "answers on a socket in plugin-dir, which registrar calls"
    ]


CALLED = """\
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
    found = labels(tmp_path, {"pod.yaml": CALLED.replace("VALUE", value)})
    assert (found["rates"] == "sidecar") == calls


@pytest.mark.parametrize("name", ["SHOP_HTTP_ADDR", "LISTEN_ADDRESS", "HOSTNAME"])
def test_an_address_without_a_port_is_where_a_program_listens(
    name: str, tmp_path: Path
) -> None:
    value = "|\n            VALUE"
    text = CALLED.replace("SETTING", name).replace(value, "127.0.0.1")
    assert labels(tmp_path, {"pod.yaml": text})["rates"] != "sidecar"


PORTS = """\
apiVersion: v1
kind: Pod
metadata: {name: tap, labels: {app: tap}}
spec:
  containers:
    - name: tap-server
      image: example.com/tap
      env: [{name: DATABASE_URL, value: "jdbc://localhost:PORT/tap"}]
      ports: [{name: http, containerPort: 8080}]
    - name: cloud-sql-proxy
      image: gcr.io/cloud-sql-connectors/cloud-sql-proxy:2
      ports: [{containerPort: 5432}]
"""


@pytest.mark.parametrize(("port", "called"), [("5432", True), ("3306", False)])
def test_a_helper_with_a_port_is_called_on_that_port(port: str, called: bool) -> None:
    said = list(localhost.look(unit("pod.yaml", PORTS.replace("PORT", port))))
    assert bool(said) == called


def test_a_store_answers_its_own_port(tmp_path: Path) -> None:
    assert OF_STORES["redis"] == 6379
    files = {
        "shop.container": "[Container]\nImage=example.com/shop\nPod=a.pod\n"
        "Environment=CACHE_URL=redis://localhost:6379\n",
        "live.container": "[Container]\nImage=example.com/live\nPod=a.pod\n"
        "Environment=REDIS_PORT=6379\n",
        "redis.container": "[Container]\nImage=docker.io/redis:7\nPod=a.pod\n",
        "a.pod": "[Pod]\n",
    }
    assert "sidecar" not in labels(tmp_path, files).values()


def test_an_address_is_no_port() -> None:
    box = Container("web", 1, settings=(Text("ADMIN_LISTEN=127.0.0.1:8444 ssl", 2),))
    assert listens(box) == {8444}


def test_the_port_of_a_probe_is_not_all_on_which_a_helper_is_called(
    tmp_path: Path,
) -> None:
    probe = "startupProbe: {httpGet: {path: /startup, port: 9090}}"
    text = PORTS.replace("ports: [{containerPort: 5432}]", probe)
    found = findings(tmp_path, {"pod.yaml": text.replace("PORT", "5432")})
    said = [one.says for one in found["cloud-sql-proxy"].evidence]
    assert "is called by tap-server at localhost:5432" in said


@pytest.mark.parametrize("name", ["APP_HOST", "APPLICATION_HOST", "SITE_HOSTNAME"])
def test_the_host_of_an_application_is_its_own_address(name: str) -> None:
    assert calls(SETTING=name) == []


ASKED = """\
kind: Pod
metadata: {name: reader}
spec:
  containers:
    - name: reader
      image: example.com/reader
      env: [{name: MODEL_URL, value: "http://localhost:3456/v1"}]
    - name: model-api
      image: example.com/models
      livenessProbe: {exec: {command: [curl, "http://127.0.0.1:PORT/health"]}}
    - name: editor
      image: codercom/code-server
      ports: [{containerPort: 9100}]
"""


@pytest.mark.parametrize(("port", "label"), [("3456", "sidecar"), ("4", None)])
def test_a_program_that_asks_itself_how_it_is_tells_its_port(
    port: str, label: str | None, tmp_path: Path
) -> None:
    found = findings(tmp_path, {"a.yaml": ASKED.replace("PORT", port)})
    said = [one.says for one in found["model-api"].evidence]
    called = "is called by reader at localhost:3456" in said
    assert called is (label is not None)
    assert (found["model-api"].label == "sidecar") is called


TOLD = """\
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: api
      image: example.com/shop:1
      env:
        - {name: STOCK_HOST, value: "WHERE"}
        - {name: STOCK_PORT, value: "7000"}
    - name: relay
      image: example.com/relay:1
      ports: [{containerPort: 7000}]
    - name: counter
      image: example.com/counter:1
      ports: [{containerPort: 9000}]
"""


@pytest.mark.parametrize(
    ("where", "called"),
    [("127.0.0.1", ["relay"]), ("stock.example.com", []), ("0.0.0.0", [])],
)
def test_a_host_has_the_port_that_another_setting_gives(
    where: str, called: list[str]
) -> None:
    group = unit("pod.yaml", TOLD.replace("WHERE", where))
    found = [
        one.about
        for one in localhost.look(group)
        if one.says == f"calls localhost:7000, where {one.about} listens"
    ]
    assert found == called


@pytest.mark.parametrize(
    ("setting", "own"),
    [
        ("STOCK_HOST=stock.example.com", False),
        ("STOCK_HOST=127.0.0.1", False),
        ("STOCK_HOST=0.0.0.0", True),
        ("STOCK_NAME=stock", True),
    ],
)
def test_the_port_of_another_programs_host_is_not_ones_own(
    setting: str, own: bool
) -> None:
    said = (Text("STOCK_PORT=7000", 1), Text(setting, 2))
    assert listens(Container("api", 1, settings=said)) == ({7000} if own else set())


@pytest.mark.parametrize("words", ["stock", "stock-server"])
def test_a_program_may_be_told_its_own_host_and_port(words: str) -> None:
    said = (Text("STOCK_PORT=7000", 1), Text("STOCK_HOST=127.0.0.1", 2))
    assert listens(Container(words, 1, settings=said)) == {7000}
    said = (Text("SERVER_PORT=7000", 1), Text("SERVER_HOST=127.0.0.1", 2))
    assert listens(Container("shop", 1, settings=said)) == {7000}
