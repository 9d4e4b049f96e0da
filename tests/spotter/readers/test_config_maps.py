"""Calls to a neighbor that stand in a ConfigMap alone."""

from pathlib import Path

import pytest
from scanning import findings, labels

MAP = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: album}
data:
  GUESSER: http://localhost:3003
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: album}
spec:
  selector: {matchLabels: {app: album}}
  template:
    metadata: {labels: {app: album}}
    spec:
      containers:
      - name: album
        image: example.com/album
        envFrom:
        - configMapRef: {name: album}
        ports: [{containerPort: 2283}]
      - name: guesser
        image: example.com/guesser
        ports: [{containerPort: 3003}]
"""


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"all.yaml": MAP + "---\n" + DEPLOYMENT}, 19),
        ({"deployment.yaml": DEPLOYMENT, "settings.yaml": MAP}, 13),
        (
            {
                "deployment.yaml": DEPLOYMENT,
                "kustomization.yaml": "configMapGenerator:\n- name: album\n"
                "  literals: ['GUESSER=http://localhost:3003']\n",
            },
            13,
        ),
        (
            {
                "deployment.yaml": DEPLOYMENT,
                "kustomization.yaml": "configMapGenerator:\n- name: album\n"
                "  envs: [album.env]\n",
                "album.env": "GUESSER=http://localhost:3003\n",
            },
            13,
        ),
    ],
    ids=["same file", "same folder", "literals", "variables of a file"],
)
def test_a_map_that_becomes_the_environment_names_a_neighbor(
    tmp_path: Path, files: dict[str, str], line: int
) -> None:
    found = findings(tmp_path, files)
    assert (found["guesser"].label, found["guesser"].serves) == ("sidecar", "album")
    says = "is called by album at localhost:3003, as ConfigMap album says"
    assert (says, line) in [(one.says, one.line) for one in found["guesser"].evidence]


@pytest.mark.parametrize(
    "settings",
    [
        MAP.replace("name: album", "name: other"),
        MAP.replace("localhost", "guesser.example.com"),
        MAP.replace("3003", "9"),
        "kind: ConfigMap\nmetadata: {name: album}\ndata: [[[\n",
    ],
    ids=["another map", "another place", "another port", "no map"],
)
def test_a_map_that_names_nobody_here_ties_nothing(
    tmp_path: Path, settings: str
) -> None:
    files = {"deployment.yaml": DEPLOYMENT, "settings.yaml": settings}
    assert labels(tmp_path, files)["guesser"] == "not-a-sidecar"


FRONT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: greet}
spec:
  selector: {matchLabels: {app: greet}}
  template:
    metadata: {labels: {app: greet}}
    spec:
      containers:
      - name: greet
        image: example.com/greet
        ports: [{containerPort: 8080}]
      - name: lobby
        image: example.com/lobby
        ports: [{containerPort: 80}]
        volumeMounts: [{name: rules, mountPath: /etc/lobby}]
      volumes:
      - name: rules
        configMap: {name: lobby}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: lobby}
data:
  lobby.conf: |
    server {
      location / { CALL; }
    }
"""


@pytest.mark.parametrize(
    ("call", "label"),
    [
        ("proxy_pass http://127.0.0.1:8080", "sidecar"),
        ("# proxy_pass http://127.0.0.1:8080", "not-a-sidecar"),
        ("proxy_pass http://127.0.0.1:9090", "not-a-sidecar"),
        ("server_name localhost", "not-a-sidecar"),
    ],
)
def test_a_file_of_a_map_names_the_neighbor_that_is_called(
    tmp_path: Path, call: str, label: str
) -> None:
    text = FRONT.replace("{ CALL; }", f"{{\n      {call};\n      }}")
    found = findings(tmp_path, {"greet.yaml": text})
    assert found["lobby"].label == label
    said = [one.says for one in found["lobby"].evidence if one.line == 16]
    link = "calls localhost:8080, where greet listens, as ConfigMap lobby says"
    assert said == ([link] if label == "sidecar" else [])


BACK = """\
      - name: backend
        image: example.com/backend
        ports: [{containerPort: 8080}]
"""


def test_a_front_that_calls_its_back_is_no_helper_of_it(tmp_path: Path) -> None:
    text = FRONT.replace("CALL", "proxy_pass http://127.0.0.1:8080")
    text = text.replace("example.com/lobby", "grafana/grafana")
    head, back, rest = text.replace("greet\n", "backend\n").partition(BACK)
    front, volumes, rest = rest.replace("lobby\n", "frontend\n").partition(
        "      volumes:"
    )
    found = labels(tmp_path, {"greet.yaml": head + front + back + volumes + rest})
    assert found == {"frontend": "main", "backend": "not-a-sidecar"}


@pytest.mark.parametrize(
    ("row", "label"),
    [
        ("greet.address=127.0.0.1", "sidecar"),
        ("greet_host: localhost", "sidecar"),
        ("ledger.address=127.0.0.1", "not-a-sidecar"),
        ("greet.bind=127.0.0.1", "not-a-sidecar"),
    ],
)
def test_a_file_of_a_map_may_name_the_neighbor_itself(
    tmp_path: Path, row: str, label: str
) -> None:
    text = FRONT.replace("CALL; }", f"}}\n      {row}")
    assert labels(tmp_path, {"greet.yaml": text})["lobby"] == label


CHART = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "greet.fullname" . }}-lobby
data:
  lobby.conf: |
    {{- if .Values.door }}
    proxy_pass http://127.0.0.1:8080;
    {{- end }}
"""


@pytest.mark.parametrize("name", ['{{ include "greet.fullname" . }}-lobby', "other"])
def test_a_map_of_a_chart_has_an_expression_for_its_name(
    tmp_path: Path, name: str
) -> None:
    text = FRONT.partition("---\n")[0]
    text = text.replace(
        "configMap: {name: lobby}", f"configMap:\n          name: {name}"
    )
    text = text.replace(
        "metadata: {name: greet}", "metadata: {name: {{ .Chart.Name }}}"
    )
    files = {"templates/a.yaml": text, "templates/map.yaml": CHART}
    said = labels(tmp_path, files)["lobby"]
    assert said == ("not-a-sidecar" if name == "other" else "sidecar")
