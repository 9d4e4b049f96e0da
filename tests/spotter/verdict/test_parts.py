"""Units of which a file shows a part, or a single container."""

from pathlib import Path

import pytest
from beginnings import placed, services
from scanning import labels, path_of
from sidecar_spotter import scan

INIT = "initContainers: [{name: fill, image: a}]"


def patch(*rows: str, more: str = "", name: str = "trial") -> str:
    """Return a workload that only changes another, which has an image of its own."""
    text = placed(*rows, kind="Deployment", more=more, name=name)
    return text.replace(", image: none", "").replace(
        "    metadata: {labels: {app: trial}}\n", ""
    )


EMBEDDED = """\
kind: ConfigMap
metadata: {name: settings}
data:
  patch.yaml: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: trial}
    spec:
      template:
        spec:
          containers:
          - {NAMEimage: example.com/a-sidecar, args: [a]}
"""

CALLS = "args: ['--upstream=http://localhost:8080']"
TWO = """\
metadata: {name: NAME}
containers:
- {name: rain, image: a}
- {name: lamp, image: b}
"""
OF_AN_OPERATOR = """\
apiVersion: shop.example/v1
kind: Shop
spec:
  containers:
  - {name: NAME, image: a, args: ['--upstream=http://localhost:8080']}
"""


def injected(text: str) -> str:
    """Return a workload with the wish for a container that somebody else adds."""
    return text.replace("{app: trial}", "{app: trial, sidecar.istio.io/inject: 'true'}")


SET = "SidecarSet\nmetadata: {name: relay}\n"
HELPER = "{name: relay, image: oauth2-proxy, args: [a]}"
PROMETHEUS = """\
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {{name: trial}}
spec: {{containers: [{}]}}
"""
STEPS = """\
{{- with .Values.extraInitContainers }}
initContainers: {{ toYaml . }}
{{- end }}
"""
CHART, OWN = "'{{ .Chart.Name }}", "'{{ .Release.Name }}"
FILLED = """\
      {{- with .Values.sidecars }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
"""

CASES = [
    pytest.param(
        injected(placed("relay", kind="Deployment")),
        {"relay": "main", "istio-proxy": "injected-sidecar"},
        id="a relay with an injected neighbor",
    ),
    pytest.param(
        injected(placed("rain", kind="DaemonSet")),
        {"rain": "main", "istio-proxy": "injected-sidecar"},
        id="on each machine with an injected neighbor",
    ),
    pytest.param(
        injected(
            placed("rain, args: [sleep, infinity]", kind="StatefulSet", more=INIT)
        ),
        {"fill": "init", "rain": "main", "istio-proxy": "injected-sidecar"},
        id="who waits with an injected neighbor",
    ),
    pytest.param(
        TWO.replace("NAME", "helper"),
        {"rain": "sidecar", "lamp": "sidecar"},
        id="a list of helpers",
    ),
    pytest.param(
        TWO.replace("NAME", "log-sidecar"),
        {"rain": "sidecar", "lamp": "sidecar"},
        id="a list for a sidecar",
    ),
    pytest.param(
        patch("rain, volumeMounts: [{name: a, mountPath: /a}]"),
        {"rain": "sidecar"},
        id="added with a volume",
    ),
    pytest.param(
        TWO.replace("NAME", "check-sidecar"),
        {"rain": "main", "lamp": "not-a-sidecar"},
        id="a list that checks a sidecar",
    ),
    pytest.param(
        TWO.replace("NAME", "shop"),
        {"rain": "main", "lamp": "not-a-sidecar"},
        id="a list by any name",
    ),
    pytest.param(
        placed(f"relay, {CALLS}", more=INIT),
        {"fill": "init", "relay": "not-a-sidecar"},
        id="who calls nobody in a whole Pod",
    ),
    pytest.param(
        OF_AN_OPERATOR.replace("NAME", "relay"),
        {"relay": "sidecar"},
        id="who calls another for an operator",
    ),
    pytest.param(
        OF_AN_OPERATOR.replace("NAME", "rain"),
        {},
        id="a program that calls another for an operator",
    ),
    pytest.param(
        patch("trial, image: example.com/a-sidecar, args: [a]"),
        {},
        id="changed, with the unit's name",
    ),
    pytest.param(
        patch(", image: example.com/a-sidecar, args: [a]"),
        {"": "sidecar"},
        id="added without a name",
    ),
    pytest.param(
        EMBEDDED.replace("NAME", "name: relay, "),
        {"relay": "sidecar"},
        id="added by a patch in an overlay",
    ),
    pytest.param(
        EMBEDDED.replace("NAME", ""), {}, id="changed by a patch in an overlay"
    ),
    pytest.param(patch("rain, image: none"), {}, id="changed"),
    pytest.param(
        patch("rain, image: none", more=INIT),
        {"fill": "init", "rain": "main"},
        id="changed, with a step before it",
    ),
    pytest.param(
        patch("rain", more=INIT),
        {"fill": "init"},
        id="with an image, and a step before it",
    ),
    pytest.param(
        patch("trial-proxy, image: none", name="trial-proxy"),
        {},
        id="a proxy that is changed",
    ),
    pytest.param(
        patch("trial-proxy, image: none"),
        {"trial-proxy": "sidecar"},
        id="a proxy that is added",
    ),
    pytest.param(
        "# chart\n" + patch("'{{ .Chart.Name }}', image: a, args: [a]"),
        {},
        id="changed, with the chart's name",
    ),
    pytest.param(
        "# chart\n" + patch(f"{CHART}-pack', image: a, args: [a]", name=f"{OWN}-pack'"),
        {},
        id="changed, with the chart's name and a word that the unit's name has",
    ),
    pytest.param(
        "# chart\n" + patch(f"{CHART}-pack', image: a, args: [a]", name=f"{OWN}-shop'"),
        {"{{ .Chart.Name }}-pack": "sidecar"},
        id="added, with the chart's name and another word than the unit",
    ),
    pytest.param(
        patch("rain, ports: [{containerPort: 80}]"),
        {"rain": "sidecar"},
        id="added with a port",
    ),
    pytest.param(placed("rain"), {}, id="alone"),
    pytest.param(
        placed("rain", kind="DaemonSet"),
        {"rain": "not-a-sidecar"},
        id="alone on each machine",
    ),
    pytest.param(
        placed("rain", kind="DaemonSet", more=INIT),
        {"fill": "init", "rain": "main"},
        id="alone on each machine, after a step",
    ),
    pytest.param(
        placed("rain, image: falco", kind="DaemonSet", more=INIT),
        {"fill": "init", "rain": "not-a-sidecar"},
        id="a node's agent, after a step",
    ),
    pytest.param(
        placed("relay", kind="Job", more=INIT),
        {"fill": "init", "relay": "main"},
        id="a job's relay, after a step",
    ),
    pytest.param(
        placed("relay", more=INIT),
        {"fill": "init", "relay": "not-a-sidecar"},
        id="a relay after a step",
    ),
    pytest.param(
        placed("relay", kind="Deployment", more=INIT),
        {"fill": "init", "relay": "main"},
        id="a relay's workload",
    ),
    pytest.param(
        placed("relay-sidecar", kind="Deployment", more=INIT),
        {"fill": "init", "relay-sidecar": "not-a-sidecar"},
        id="a sidecar's workload",
    ),
    pytest.param(
        placed("rain, args: [sleep, infinity]", more=INIT),
        {"fill": "init", "rain": "not-a-sidecar"},
        id="who waits after a step",
    ),
    pytest.param(placed("rain, args: [sleep, infinity]"), {}, id="who waits alone"),
    pytest.param(
        OF_AN_OPERATOR.replace("NAME", "relay").replace("Shop\n", SET),
        {"relay": "sidecar"},
        id="a set of sidecars with the name of the one in it",
    ),
    pytest.param(
        OF_AN_OPERATOR.replace("  containers", "  initContainers"),
        {"NAME": "init"},
        id="a step alone for an operator",
    ),
    pytest.param(
        PROMETHEUS.format("{name: prometheus, args: [a]}"), {}, id="changed alone"
    ),
    pytest.param(
        PROMETHEUS.format(f"{{name: prometheus, args: [a]}}, {HELPER}"),
        {"prometheus": "main", "relay": "sidecar"},
        id="changed for an operator that brings it, beside a helper",
    ),
    pytest.param(
        PROMETHEUS.format(f"{{name: server, image: redis}}, {HELPER}"),
        {"relay": "sidecar"},
        id="added for an operator, with a store that may be anybody's",
    ),
    pytest.param(
        PROMETHEUS.format("{name: config-reloader, image: config-reloader}"),
        {"config-reloader": "sidecar"},
        id="a helper that an operator brings",
    ),
    pytest.param(
        TWO.replace("NAME", "log-proxy"),
        {"rain": "main", "lamp": "not-a-sidecar"},
        id="a list that is called as a helper",
    ),
    pytest.param(
        "# chart\n" + placed("rain", kind="Deployment", more=STEPS),
        {"extraInitContainers": "not-a-sidecar"},
        id="with a list to fill with steps",
    ),
    pytest.param(
        "# chart\n" + placed("rain", kind="Deployment") + FILLED,
        {"rain": "main", "sidecars": "not-a-sidecar"},
        id="with a list to fill with sidecars",
    ),
    pytest.param(
        "kind: Task\nspec: {steps: [{name: main, image: a}, {name: try, image: b}]}\n",
        {"main": "main", "try": "not-a-sidecar"},
        id="steps of which one is called the main one",
    ),
]


@pytest.mark.parametrize(("text", "found"), CASES)
def test_what_a_part_of_a_unit_is(
    text: str, found: dict[str, str], tmp_path: Path
) -> None:
    assert labels(tmp_path, {path_of(text): text}) == found


def test_a_list_for_an_injector_holds_helpers(tmp_path: Path) -> None:
    text = TWO.replace("NAME", "shop")
    found = labels(tmp_path, {"injection.yaml": text})
    assert found == {"rain": "sidecar", "lamp": "sidecar"}


NO_UNIT = "has neither files nor localhost in common with another service here"


@pytest.mark.parametrize(
    ("rows", "why"),
    [(("rain", "lamp"), NO_UNIT), (("rain",), NO_UNIT)],
    ids=["two that nothing ties", "a single one"],
)
def test_why_a_service_of_a_single_file_has_no_neighbor(
    rows: tuple[str, ...], why: str, tmp_path: Path
) -> None:
    place = tmp_path / "compose.yaml"
    place.write_text(services(*rows), encoding="utf-8")
    said = [one.why for unit in scan(place).groups for one in unit.findings]
    assert said == [why] * len(rows)


def test_why_a_program_of_a_single_file_has_no_neighbor(tmp_path: Path) -> None:
    place = tmp_path / "a.yaml"
    place.write_text(placed("rain"), encoding="utf-8")
    said = [one.why for unit in scan(place).groups for one in unit.findings]
    assert said == ["runs alone: no other program is in its unit"]


def test_a_task_of_nomad_that_calls_its_machine_is_alone(tmp_path: Path) -> None:
    text = """\
    job "scale" {
      group "scale" {
        task "scale-agent" {
          driver = "exec"
          config {
            command = "/usr/bin/scale"
            args    = ["-nomad-address=https://127.0.0.1:4646"]
          }
        }
      }
    }
    """
    found = labels(tmp_path, {"scale.nomad": text})
    assert found == {"scale-agent": "not-a-sidecar"}
