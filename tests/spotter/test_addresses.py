"""Addresses that a program is told: its own, or those of a neighbor."""

import pytest
from reading import unit
from sidecar_spotter.features import localhost, shared_volume

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
