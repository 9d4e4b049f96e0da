"""Ways in which charts write pods that a reader by lines could take for others."""

from pathlib import Path

import scanning
from sidecar_spotter.model import Report


def scanned(root: Path, files: dict[str, str]) -> Report:
    """Return the report on a chart with these files."""
    report = scanning.scanned(root, {"Chart.yaml": "name: orchard\n", **files})
    assert report.skipped == ()
    return report


def labels(report: Report) -> dict[str, str]:
    """Return the labels by container."""
    return {one.name: one.label for judged in report.groups for one in judged.findings}


MEASURED = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "orchard.fullname" . }}-gate
spec:
  template:
    spec:
      containers:
        - name: "{{ .Chart.Name }}-gate"
          image: "{{ .Values.gate.image }}"
          ports: [{name: http, containerPort: 8080}]
          volumeMounts: [{name: cache, mountPath: /c}, {name: logs, mountPath: /logs}]
        - name: "{{ .Chart.Name }}-agent"
          image: "{{ .Values.agent.image }}"
          volumeMounts: [{name: cache, mountPath: /c}]
        - name: "{{ .Chart.Name }}-gate-numbers"
          image: "{{ .Values.numbers.image }}"
          env:
            - name: GATE_URI
              value: http://localhost:8080/statistics
          ports: [{name: metrics, containerPort: 2112}]
          volumeMounts: [{name: logs, mountPath: /logs}]
"""


def test_who_has_a_port_for_numbers_alone_measures_whom_it_calls(
    tmp_path: Path,
) -> None:
    found = labels(scanned(tmp_path, {"templates/gate.yaml": MEASURED}))
    assert found == {
        "{{ .Chart.Name }}-gate": "main",
        "{{ .Chart.Name }}-agent": "sidecar",
        "{{ .Chart.Name }}-gate-numbers": "sidecar",
    }


def test_who_answers_others_as_well_may_be_whom_the_unit_is_for(
    tmp_path: Path,
) -> None:
    more = "{name: metrics, containerPort: 2112}, {name: http, containerPort: 80}"
    text = MEASURED.replace("{name: metrics, containerPort: 2112}", more)
    found = labels(scanned(tmp_path, {"templates/gate.yaml": text}))
    assert found["{{ .Chart.Name }}-gate-numbers"] == "main"


SIDES = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "orchard.fullname" . }}-press
spec:
  template:
    spec:
      containers:
      - name: press
        image: example.com/press
{{- if not .Values.dind.enabled }}
        volumeMounts:
          - name: socket
            mountPath: /var/run/docker.sock
      volumes:
        - name: socket
          hostPath: {path: /var/run/docker.sock}
{{- else }}
        env:
          - name: DOCKER_HOST
            value: tcp://localhost:2375
      - name: dind
        image: docker:dind
        volumeMounts:
          - name: graph
            mountPath: /var/lib/docker
      volumes:
      - name: graph
        emptyDir: {}
{{- end }}
"""


def test_a_list_may_go_on_behind_else_that_the_other_side_has_ended(
    tmp_path: Path,
) -> None:
    found = labels(scanned(tmp_path, {"templates/press.yaml": SIDES}))
    assert found == {"press": "main", "dind": "sidecar"}


SPECIFIED = """\
{{- define "orchard.deployment" }}
apiVersion: apps/v1
kind: Deployment
{{- if .specification }}
metadata:
  {{ toYaml .specification.metadata | nindent 2 | trim }}
spec:
  {{ toYaml .specification.spec | nindent 2 | trim }}
{{- else }}
metadata:
  {{ toYaml .metadata | nindent 2 | trim }}
spec:
  selector:
    matchLabels:
      app: {{ .NAME }}
  template:
    metadata:
      labels:
        app: {{ .NAME }}
    spec:
      containers:
      - name: {{ .NAME }}
        image: {{ .image }}
        ports:
        - containerPort: {{ .port }}
{{- end }}
{{- end }}
"""


def test_two_sides_may_say_the_same_key_of_a_whole_workload(tmp_path: Path) -> None:
    report = scanned(tmp_path, {"templates/_deployment.tpl": SPECIFIED})
    assert labels(report) == {}
    assert report.verdict == "no-sidecar"


def test_a_program_with_numbers_of_its_own_may_call_a_helper(tmp_path: Path) -> None:
    text = """\
kind: Pod
metadata: {name: mill}
spec:
  containers:
    - name: grinder
      image: example.com/grinder
      env: [{name: DB, value: "127.0.0.1:5432"}]
      ports: [{name: metrics, containerPort: 2112}]
    - name: sql
      image: gcr.io/cloud-sql-connectors/cloud-sql-proxy:2
      ports: [{containerPort: 5432}]
"""
    assert labels(scanned(tmp_path, {"pod.yaml": text})) == {
        "grinder": "main",
        "sql": "sidecar",
    }


def test_values_may_switch_a_part_on_in_the_form_of_a_sidecar(tmp_path: Path) -> None:
    text = "image: {tag: 1}\nclock:\n  enabled: true\n  type: sidecar\n"
    report = scanned(tmp_path, {"values.yaml": text})
    assert labels(report) == {"clock": "injected-sidecar"}


def test_a_part_that_is_off_adds_nothing(tmp_path: Path) -> None:
    off = "image: {tag: 1}\nclock:\n  enabled: false\n  type: sidecar\n"
    level = "log:\n  level: 0\n  type: sidecar\n"
    job = "clock:\n  enabled: true\n  type: cronjob\n"
    files = {"a-values.yaml": off, "b-values.yaml": level, "c-values.yaml": job}
    assert labels(scanned(tmp_path, files)) == {}
