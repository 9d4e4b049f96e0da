"""Who asks for a helper: annotations, switches and words of its own."""

from pathlib import Path

import pytest
from scanning import findings, labels

REQUEST = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: ledger}}
spec:
  selector: {{matchLabels: {{app: ledger}}}}
  template:
    metadata:
      annotations:
        {key}: {value}
    spec:
      containers:
        - name: ledger
          image: registry.example/ledger
"""


def test_an_own_policy_is_asked_for_a_sidecar_by_its_name(tmp_path: Path) -> None:
    key = "pods.example.com/policy-inject-sidecar-request"
    text = REQUEST.format(key=key, value="keys-agent")
    assert labels(tmp_path, {"a.yaml": text}) == {
        "keys-agent": "injected-sidecar",
        "ledger": "main",
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pods.example.com/inject-sidecar", '"false"'),
        ("pods.example.com/inject-sidecar-request", '"no"'),
        ("pods.example.com/inject-sidecar-resources", "small"),
    ],
)
def test_a_refusal_or_a_setting_asks_an_own_policy_for_nothing(
    tmp_path: Path, key: str, value: str
) -> None:
    said = labels(tmp_path, {"a.yaml": REQUEST.format(key=key, value=value)})
    assert "injected-sidecar" not in said.values()


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: ledger
spec:
  values:
    {part}:
      annotations:
        linkerd.io/inject: enabled
"""


def test_values_of_a_release_annotate_the_pods_of_a_part(tmp_path: Path) -> None:
    text = RELEASE.format(part="server")
    assert labels(tmp_path, {"a.yaml": text}) == {"linkerd-proxy": "injected-sidecar"}


@pytest.mark.parametrize("part", ["service", "ingress"])
def test_values_of_a_release_annotate_what_is_no_pod(tmp_path: Path, part: str) -> None:
    assert labels(tmp_path, {"a.yaml": RELEASE.format(part=part)}) == {}


def test_an_application_has_values_as_well(tmp_path: Path) -> None:
    text = """\
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: ledger
      annotations: {linkerd.io/inject: disabled}
    spec:
      source:
        helm:
          valuesObject:
            server:
              annotations:
                linkerd.io/inject: enabled
    """
    assert labels(tmp_path, {"a.yaml": text})["linkerd-proxy"] == "injected-sidecar"


def test_an_annotation_tells_which_logs_a_sidecar_takes(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    metadata:
      annotations:
        logging.kubesphere.io/logsidecar-config: '{"containerLogConfigs": {}}'
    spec:
      containers:
      - name: shop
        image: example/shop
    """
    assert (
        labels(tmp_path, {"a.yaml": text})["logsidecar-container"] == "injected-sidecar"
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "patch.json",
            '{"spec": {"template": {"metadata": {"annotations":'
            ' {"linkerd.io/inject": "enabled"}}}}}',
        ),
        (
            "release.yaml",
            "kind: HelmRelease\nspec:\n  values:\n    podAnnotations:\n"
            "      linkerd.io/inject: enabled\n",
        ),
        (
            "list.yaml",
            "kind: List\nitems:\n- kind: Namespace\n"
            "  metadata: {annotations: {linkerd.io/inject: enabled}}\n",
        ),
        ("values.yaml", "annotations:\n  linkerd.io/inject: enabled\n"),
        ("values.yaml", "web:\n  annotations:\n    linkerd.io/inject: enabled\n"),
    ],
)
def test_a_mesh_is_asked_for(tmp_path: Path, name: str, text: str) -> None:
    assert labels(tmp_path, {name: text}) == {"linkerd-proxy": "injected-sidecar"}


JAEGER = "    sidecar.jaegertracing.io/inject: 'true'\n"
"""Its operator looks at what makes the pods, and not at the pods."""


@pytest.mark.parametrize(
    "block", ["global:\n  deploymentAnnotations:\n", "web:\n  annotations:\n"]
)
def test_values_may_annotate_what_makes_the_pods(tmp_path: Path, block: str) -> None:
    found = labels(tmp_path, {"values.yaml": block + JAEGER})
    assert found == {"jaeger-agent": "injected-sidecar"}


@pytest.mark.parametrize(
    "block", ["web:\n  podAnnotations:\n", "service:\n  annotations:\n"]
)
def test_what_looks_at_that_alone_is_asked_nowhere_else(
    tmp_path: Path, block: str
) -> None:
    assert labels(tmp_path, {"values.yaml": block + JAEGER}) == {}


def test_annotations_of_an_ingress_ask_for_nothing(tmp_path: Path) -> None:
    text = "ingress:\n  annotations:\n    linkerd.io/inject: enabled\n"
    assert labels(tmp_path, {"values.yaml": text}) == {}


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (REQUEST.format(key="dapr.io/enabled", value='"true"'), [("injection", 3)]),
        (REQUEST.format(key="dapr.io/enabled", value='"false"'), [("injection", -3)]),
        ("kind: Prometheus\nspec: {thanos: {}}\n", [("operator-field", 3)]),
    ],
)
def test_one_line_is_the_reason_for_what_is_asked(
    tmp_path: Path, text: str, reasons: list[tuple[str, float]]
) -> None:
    found = list(findings(tmp_path, {"a.yaml": text}).values())
    assert [(one.feature, one.weight) for one in found[0].evidence] == reasons


@pytest.mark.parametrize(("value", "meant"), [("true", True), ("false", False)])
def test_a_container_may_be_what_the_unit_asks_for(
    tmp_path: Path, value: str, meant: bool
) -> None:
    text = REQUEST.format(key="dapr.io/enabled", value=f'"{value}"')
    text += "        - {name: daprd, image: registry.example/daprd}\n"
    found = findings(tmp_path, {"a.yaml": text})["daprd"].evidence
    said = [one.says for one in found if one.feature == "injection"]
    assert said == ["has the name of what the unit asks to be given"] * meant
