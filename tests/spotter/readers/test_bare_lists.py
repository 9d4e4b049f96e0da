"""Files that are only containers: lists for an injector, and parts for a template."""

from pathlib import Path

import pytest
from scanning import labels
from sidecar_spotter import scan

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


def test_a_list_for_an_injector_may_have_a_name_for_all_in_it(tmp_path: Path) -> None:
    text = """\
    name: mesh-sidecar
    containers:
      - {name: mesh-sidecar, image: example/mesh}
      - {name: settings, image: example/settings}
    """
    said = labels(tmp_path, {"inject.yaml": text})
    assert said == {"mesh-sidecar": "sidecar", "settings": "sidecar"}


def test_a_list_for_an_injector_may_have_several_pods(tmp_path: Path) -> None:
    text = """\
    kind: ConfigMap
    data:
      sidecars.yaml: |
        - name: mesh-sidecar
          initContainers: [{name: rules, image: example/rules}]
          containers:
            - {name: mesh-sidecar, image: example/mesh}
            - {name: settings, image: example/settings}
        - name: other
          containers: [{name: log-sidecar, image: example/log}]
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "rules": "init",
        "mesh-sidecar": "sidecar",
        "settings": "sidecar",
        "log-sidecar": "sidecar",
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
