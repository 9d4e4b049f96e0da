"""What is said of a whole repository: its verdict, and the two sentences on it."""

from pathlib import Path

import pytest
from sidecar_spotter import scan

IN_CODE = "injects-or-operates-sidecars-in-code-only"


def laid_out(folder: Path, files: dict[str, str]) -> Path:
    """Return a folder that holds *files*."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


# --- the source of a helper

CONTENTS = "".join(f"- [Part {n}](#part-{n})\n" for n in range(200))
BEHIND_CONTENTS = (
    f"# keymaker\n\n{CONTENTS}\n"
    "Keymaker is an implementation of a [Kubernetes sidecar container](https://k.test)"
    " that hands out keys.\n"
)
SEVERAL = "# shelf-helpers\n\nSidecar containers for the programs of a library.\n"
TITLE = "Ledger Sidecar\n==============\n\nThis runs alongside a ledger application.\n"

PLATFORM = (
    "# Cloud Sidecar Containers\n\nThese are services that run along side of your"
    " [own cloud](https://cloud.test) application containers.\n"
)
ATTACHED = (
    "# Mill Sidecar\n\nBuild its image with Docker.\n\n"
    "The sidecar is an application that is attached to every step.\n"
)
ENGINE = "# mill-sidecars\n\nSmall sidecars for the mill, in Docker images.\n"


@pytest.mark.parametrize(
    ("said", "line"),
    [
        *((BEHIND_CONTENTS, 204), (SEVERAL, 3), (TITLE, 4), (PLATFORM, 3)),
        *((ATTACHED, 5), (ENGINE, 3)),
    ],
    ids=["contents", "several", "title", "platform", "attached", "engine"],
)
def test_a_readme_tells_what_its_program_is_there_for(
    tmp_path: Path, said: str, line: int
) -> None:
    laid_out(tmp_path, {"README.md": said, "one/Dockerfile": "FROM scratch\n"})
    report = scan(tmp_path)
    assert report.verdict == IN_CODE
    assert f"README.md, line {line}, says so" in report.summary


def test_a_readme_is_quoted_as_its_readers_see_it(tmp_path: Path) -> None:
    said = f"**Keymaker** is a [sidecar container](https://k.test/{'k' * 90}) for keys."
    long = f"It is a sidecar container for {'very ' * 30}old keys."
    for text, told in (
        (said, 'says so: "Keymaker is a sidecar container for keys."'),
        (long, 'very very…"'),
        (
            "This repository contains a sidecar\nfor the *mill*. In a pod.\n",
            'says so: "This repository contains a sidecar for the mill."',
        ),
    ):
        laid_out(tmp_path, {"README.md": text, "Dockerfile": "FROM scratch\n"})
        assert scan(tmp_path).summary.endswith(told)


@pytest.mark.parametrize(
    "said",
    [
        "# Film Sidecar\n\nA library that runs a program, alongside your own.\n",
        "# ledger\n\nThe agent runs alongside an application in a container.\n",
        "# Sidecar\n\nIt finds services. Docker containers run alongside others.\n",
    ],
    ids=["library", "neighbor", "product"],
)
def test_a_title_or_a_neighbor_alone_tells_nothing(tmp_path: Path, said: str) -> None:
    laid_out(tmp_path, {"README.md": said, "Dockerfile": "FROM scratch\n"})
    assert scan(tmp_path).verdict == "no-sidecar"


# --- what is none

PACKAGE = """\
{
  name:: error 'set a name',
  image:: error 'set an image',
  deployment:
    local c = { name: 'book-metrics', image: $.image, args: ['--all'] };
    { kind: 'Deployment', spec: { template: { spec: { containers: [c] } } } },
}
"""


def test_settings_around_a_container_are_none(tmp_path: Path) -> None:
    laid_out(tmp_path, {"books.libsonnet": PACKAGE})
    assert scan(tmp_path).verdict == "no-sidecar"


# --- the two sentences

CHART_VALUES = "sidecar:\n  dashboards: {enabled: true}\n"
RESOURCE = """\
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: {name: books}
spec: {mode: sidecar}
"""
POD = """\
kind: Pod
metadata: {name: books}
spec:
  containers:
    - name: books
      image: books
      volumeMounts: [{name: logs, mountPath: /logs}]
    - name: log-tool
      image: tool
      volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]
    - name: books-proxy
      image: proxy
  volumes: [{name: logs, emptyDir: {}}]
"""


def test_a_value_that_switches_on_a_charts_sidecar_uses_it(tmp_path: Path) -> None:
    report = scan(laid_out(tmp_path, {"values.yaml": CHART_VALUES}))
    assert report.verdict == "uses-sidecar"
    assert "uses the sidecar pattern: 1 sidecar in 1 unit" in report.summary


@pytest.mark.parametrize(
    ("files", "first"),
    [
        ({"a.yaml": RESOURCE}, "a custom resource asks an operator for one."),
        (
            {"a.yaml": RESOURCE, "b.yaml": RESOURCE.replace("books", "songs")},
            "2 custom resources ask an operator for one.",
        ),
    ],
)
def test_a_field_alone_is_told_as_the_verdict_takes_it(
    tmp_path: Path, files: dict[str, str], first: str
) -> None:
    report = scan(laid_out(tmp_path, files))
    assert report.verdict == IN_CODE
    assert report.summary.startswith(f"No unit in here declares a sidecar; {first}")
    assert "The clearest is" in report.summary


def test_the_clearest_is_one_of_those_that_decide(tmp_path: Path) -> None:
    report = scan(laid_out(tmp_path, {"a.yaml": RESOURCE, "b.yaml": POD}))
    assert report.verdict == "uses-sidecar"
    assert "(b.yaml, line" in report.summary


def test_what_a_helper_does_is_told_before_its_name(tmp_path: Path) -> None:
    pod = POD.replace("log-tool", "log-sync")
    report = scan(laid_out(tmp_path, {"b.yaml": pod.split("    - name: books-p")[0]}))
    assert report.summary.endswith(
        "it only reads the volume logs, which books may write."
    )


APART = "services:\n  books: {image: books}\n  songs: {image: songs}\n"


def test_units_that_nobody_had_to_read_are_not_said_to_be_none(tmp_path: Path) -> None:
    lone = POD.split("    - name: log-tool", maxsplit=1)[0]
    laid_out(tmp_path, {"compose.yaml": APART, "b.yaml": lone})
    end = (
        "No unit in the 2 files that could tell has two programs that run side by side."
    )
    assert scan(tmp_path).summary.endswith(end)


MODULE = "module shop\n\nrequire k8s.io/api v0.30.0\n"
TASKS = """\
package tasks

import corev1 "k8s.io/api/core/v1"

func NewJob(%s) *Job {
	%s
	for _, task := range plan.Tasks {
		c := corev1.Container{Name: task.Name, Image: task.Image}
		job.Spec.Template.Spec.Containers = append(job.Spec.Template.Spec.Containers, c)
	}
	return job
}
"""


@pytest.mark.parametrize(
    ("given", "begins", "verdict"),
    [
        ("plan Plan", "job := &batchv1.Job{}", "no-sidecar"),
        ("plan Plan, job *Job", "job.Name = plan.Name", IN_CODE),
    ],
    ids=["made", "given"],
)
def test_each_container_of_a_pod_that_code_makes_is_added_to_no_other(
    tmp_path: Path, given: str, begins: str, verdict: str
) -> None:
    laid_out(tmp_path, {"go.mod": MODULE, "job.go": TASKS % (given, begins)})
    assert scan(tmp_path).verdict == verdict


# --- which one is the main one

RELEASE = """\
kind: HelmRelease
metadata: {name: minerva}
spec:
  values:
    controllers:
      minerva:
        containers:
          app:
            image: {repository: example.com/books/minerva-agent}
            env: {API_PORT: 8642}
            probes: {liveness: {spec: {httpGet: {port: 8642}}}}
          board:
            image: {repository: example.com/books/minerva-board}
            env: {GATEWAY: "http://localhost:8642"}
"""
PROXIED = """\
services:
  app01: {image: web, deploy: {labels: {ecs.task.family: shop}}}
  rproxy:
    image: web
    depends_on: [app01]
    ports: ["80:80"]
    deploy: {labels: {ecs.task.family: shop}}
"""


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("release.yaml", RELEASE, {"app": "main", "board": "sidecar"}),
        ("compose.yaml", PROXIED, {"app01": "main", "rproxy": "sidecar"}),
    ],
    ids=["application", "proxy"],
)
def test_the_main_one_is_what_its_author_calls_the_program(
    tmp_path: Path, path: str, text: str, expected: dict[str, str]
) -> None:
    report = scan(laid_out(tmp_path, {path: text}))
    found = {one.name: one.label for unit in report.groups for one in unit.findings}
    assert found == expected


BY_VALUE = """\
kind: Deployment
metadata: {name: books}
spec:
  template:
    spec:
      containers:
        - name: books
          image: {{ .Values.image.repository }}
          volumeMounts: [{name: blocks, mountPath: /blocks}]
        - name: block-uploader
          image: {{ .Values.blockUploader.image }}
          volumeMounts: [{name: blocks, mountPath: /blocks, readOnly: true}]
"""


def test_how_an_image_is_called_in_values_is_a_name_too(tmp_path: Path) -> None:
    chart = {"Chart.yaml": "name: books\n", "templates/books.yaml": BY_VALUE}
    end = "it only reads the volume blocks, which books may write."
    assert scan(laid_out(tmp_path, chart)).summary.endswith(end)


GATEWAY = """\
kind: Service
metadata: {name: books-egress-proxy}
spec:
  selector: {app: books-egress-proxy}
  ports: [{port: 443, targetPort: 8443}, {port: 9100, targetPort: metrics}]
---
kind: Deployment
metadata: {name: books-egress-proxy}
spec:
  template:
    metadata: {labels: {app: books-egress-proxy}}
    spec:
      containers:
        - name: envoy
          image: envoyproxy/envoy
          args: ["-c", "/etc/envoy/envoy.yaml"]
          ports: [{name: https, containerPort: 8443}]
          volumeMounts: [{name: envoy-config, mountPath: /etc/envoy, readOnly: true}]
        - name: filter-sidecar
          image: example.com/books/filter
          ports: [{containerPort: 9000}, {name: metrics, containerPort: 9100}]
      volumes: [{name: envoy-config, configMap: {name: envoy}}]
"""


def test_a_unit_that_is_called_a_proxy_is_there_for_its_proxy(tmp_path: Path) -> None:
    report = scan(laid_out(tmp_path, {"gateway.yaml": GATEWAY}))
    found = {one.name: one.label for unit in report.groups for one in unit.findings}
    assert found == {"envoy": "main", "filter-sidecar": "sidecar"}


WEBHOOK = """\
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: %s}
webhooks:
  - name: books.example.com
    objectSelector: {matchLabels: {%s: "true"}}
    rules: [{operations: [CREATE], apiGroups: [""], resources: [pods]}]
"""


@pytest.mark.parametrize(
    ("name", "label", "verdict"),
    [
        ("key-injector", "key-injector", "no-sidecar"),
        ("key-sidecar-injector", "inject-keys", "uses-sidecar"),
    ],
)
def test_what_injects_something_need_not_add_a_container(
    tmp_path: Path, name: str, label: str, verdict: str
) -> None:
    laid_out(tmp_path, {"webhook.yaml": WEBHOOK % (name, label)})
    assert scan(tmp_path).verdict == verdict


COPIES = """\
kind: Pod
metadata: {name: shelf}
spec:
  containers:
    - name: shelf-monitor
      image: alpine
      command: [sh, -c, "while true; do date >> /shelf/beat; sleep 9; done"]
      volumeMounts: [{name: shelf, mountPath: /shelf}]
    - name: shelf-monitor-2
      image: alpine
      command: [sh, -c, "while true; do date >> /shelf/beat; sleep 9; done"]
      volumeMounts: [{name: shelf, mountPath: /shelf}]
  volumes: [{name: shelf, emptyDir: {}}]
"""
GLUED = """\
kind: Deployment
metadata: {name: mill-controller}
spec:
  template:
    spec:
      containers:
        - name: mill-controller
          image: mill
          args: ["--namespace=mill"]
          volumeMounts: [{name: s, mountPath: /s}]
        - name: mill-controller-sidecarexec
          image: mill
          args: ["--sidecarexec"]
          volumeMounts: [{name: s, mountPath: /s}]
      volumes: [{name: s, emptyDir: {}}]
"""


@pytest.mark.parametrize(
    ("text", "verdict"),
    [(COPIES, "no-sidecar"), (GLUED, "uses-sidecar")],
    ids=["copies", "glued"],
)
def test_of_two_from_one_image_names_tell_equals_and_helpers(
    tmp_path: Path, text: str, verdict: str
) -> None:
    assert scan(laid_out(tmp_path, {"a.yaml": text})).verdict == verdict
