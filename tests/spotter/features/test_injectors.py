"""Annotations and labels that ask for a container, or against one."""

from pathlib import Path
from textwrap import dedent

import pytest
from scanning import labels
from sidecar_spotter import scan
from sidecar_spotter.model import Request, Text
from sidecar_spotter.tables.injectors import INJECTORS, requests


def ask_of(where: str, pairs: dict[str, str]) -> list[Request]:
    return list(
        requests(
            (
                (Text(key, line), Text(value, line))
                for line, (key, value) in enumerate(pairs.items(), 1)
            ),
            where,
        )
    )


@pytest.mark.parametrize(
    ("where", "key", "value", "container", "role"),
    [
        ("pod", "sidecar.istio.io/inject", "true", "istio-proxy", "mesh-proxy"),
        ("namespace", "istio-injection", "enabled", "istio-proxy", "mesh-proxy"),
        ("namespace", "istio.io/rev", "canary", "istio-proxy", "mesh-proxy"),
        ("pod", "linkerd.io/inject", "enabled", "linkerd-proxy", "mesh-proxy"),
        ("namespace", "linkerd.io/inject", "ingress", "linkerd-proxy", "mesh-proxy"),
        ("pod", "consul.hashicorp.com/connect-inject", "true", "consul-dataplane", ""),
        ("namespace", "kuma.io/sidecar-injection", "enabled", "kuma-sidecar", ""),
        ("pod", "dapr.io/enabled", "true", "daprd", "app-runtime"),
        ("pod", "vault.hashicorp.com/agent-inject", "true", "vault-agent", ""),
        ("pod", "sidecar.opentelemetry.io/inject", "my-collector", "otc-container", ""),
        ("workload", "sidecar.jaegertracing.io/inject", "true", "jaeger-agent", ""),
        ("pod", "telegraf.influxdata.com/port", "8080", "telegraf", "metrics-agent"),
        ("pod", "agent.datadoghq.com/sidecar", "fargate", "datadog-agent-injected", ""),
        ("pod", "gke-gcsfuse/volumes", "true", "gke-gcsfuse-sidecar", ""),
        ("pod", "openfeature.dev/enabled", "true", "flagd", ""),
        ("pod", "autocert.step.sm/name", "shop.local", "autocert-renewer", ""),
        (
            *("workload", "notebooks.opendatahub.io/inject-oauth", "true"),
            *("oauth-proxy", "auth-proxy"),
        ),
        ("pod", "admission-webhook.chaos-mesh.org/request", "chaosfs-etcd", "", ""),
        (
            *("namespace", "katib.kubeflow.org/metrics-collector-injection"),
            *("enabled", "metrics-logger-and-collector", "metrics-agent"),
        ),
        ("pod", "org.infisical.com/inject-mode", "sidecar", "infisical-agent", ""),
        (
            "pod",
            "instrumentation.opentelemetry.io/inject-go",
            "true",
            "opentelemetry-auto-instrumentation",
            "tracing-agent",
        ),
    ],
)
def test_a_key_adds_the_container_by_its_real_name(
    where: str, key: str, value: str, container: str, role: str
) -> None:
    (found,) = ask_of(where, {key: value})
    assert (found.container, found.line, found.wanted) == (container, 1, True)
    assert role in ("", found.role)
    assert key in found.says


@pytest.mark.parametrize(
    ("where", "key", "value"),
    [
        ("pod", "sidecar.istio.io/inject", "false"),
        ("namespace", "istio-injection", "disabled"),
        ("namespace", "istio.io/dataplane-mode", "ambient"),
        ("pod", "linkerd.io/inject", "disabled"),
        ("pod", "sidecar.opentelemetry.io/inject", "false"),
        ("namespace", "kuma.io/sidecar-injection", "false"),
        ("pod", "telegraf.influxdata.com/ignore", "true"),
        ("pod", "disable.sidecar.juicefs.com/inject", "true"),
    ],
)
def test_an_opt_out_is_a_request_that_is_not_wanted(
    where: str, key: str, value: str
) -> None:
    (found,) = ask_of(where, {key: value})
    assert not found.wanted
    assert found.role == "injection-opt-out"
    assert found.says.startswith("is not added")


@pytest.mark.parametrize(
    "key",
    [
        "instrumentation.opentelemetry.io/inject-java",
        "admission.datadoghq.com/enabled",
        "dynatrace.com/inject",
        "vault.security.banzaicloud.io/vault-addr",
        "sidecar.istio.io/proxyCPU",
        "sidecar.istio.io/status",
        "vault.hashicorp.com/agent-inject-secret-db",
        "org.infisical.com/inject",
        "app.kubernetes.io/name",
        "consul.hashicorp.com/connect-inject-status",
    ],
)
def test_what_adds_no_running_container_asks_for_none(key: str) -> None:
    assert ask_of("pod", {key: "true"}) == []


@pytest.mark.parametrize(
    ("pairs", "role", "because"),
    [
        (
            {
                "vault.hashicorp.com/agent-inject": "true",
                "vault.hashicorp.com/agent-pre-populate-only": "true",
            },
            "init",
            "only an init container",
        ),
        (
            {
                "inject.istio.io/templates": "gateway",
                "sidecar.istio.io/inject": "true",
            },
            "gateway",
            "the proxy is the workload",
        ),
        (
            {"conjur.org/inject": "true", "conjur.org/container-mode": "init"},
            "init",
            "only an init container",
        ),
    ],
)
def test_another_key_of_the_block_can_call_it_off(
    pairs: dict[str, str], role: str, because: str
) -> None:
    (found,) = ask_of("pod", pairs)
    assert (found.wanted, found.role) == (False, role)
    assert because in found.says


def test_one_container_is_asked_for_once_and_the_opt_out_counts() -> None:
    pairs = {"istio.io/rev": "default", "sidecar.istio.io/inject": "false"}
    (found,) = ask_of("pod", pairs)
    assert (found.wanted, found.line) == (False, 2)


def test_two_injectors_of_one_block_are_told_apart_in_the_order_of_their_lines() -> (
    None
):
    pairs = {"dapr.io/enabled": "true", "linkerd.io/inject": "enabled"}
    assert [found.container for found in ask_of("pod", pairs)] == [
        "daprd",
        "linkerd-proxy",
    ]


def test_where_the_controller_does_not_look_the_key_adds_nothing() -> None:
    (found,) = ask_of("workload", {"dapr.io/enabled": "true"})
    assert (found.wanted, found.role) == (False, "misplaced-annotation")
    assert "on a pod, not on a workload" in found.says


def test_a_label_that_means_something_else_on_a_workload_is_no_request() -> None:
    assert ask_of("workload", {"istio.io/rev": "default"}) == []


def test_a_value_that_a_template_fills_in_counts_as_if_it_were_on() -> None:
    (found,) = ask_of("pod", {"dapr.io/enabled": "{{ .Values.dapr.enabled }}"})
    assert found.wanted
    assert "template" in found.says


def test_a_native_sidecar_is_said_to_be_one() -> None:
    pairs = {
        "linkerd.io/inject": "enabled",
        "config.linkerd.io/proxy-enable-native-sidecar": "true",
    }
    (found,) = ask_of("pod", pairs)
    assert "native sidecar" in found.says


def test_an_unknown_injector_is_believed_if_it_speaks_of_a_sidecar() -> None:
    (found,) = ask_of("pod", {"sidecar.example.com/inject": "enabled"})
    assert (found.container, found.role, found.wanted) == ("", "sidecar", True)
    (off,) = ask_of("pod", {"sidecar-injector.example.com/inject": "no"})
    assert not off.wanted
    assert ask_of("pod", {"example.com/inject": "true"}) == []
    assert ask_of("pod", {"sidecar.example.com/inject": "perhaps"}) == []


def test_a_long_value_is_not_repeated_in_full() -> None:
    (found,) = ask_of("pod", {"hooks.kubevirt.io/hookSidecars": "[" + "x" * 1000})
    assert len(found.says) < 150


def test_every_row_names_a_source_and_a_place() -> None:
    for row in INJECTORS:
        assert row.source.startswith("https://"), row.key
        assert set(row.on) <= {"pod", "namespace", "workload"}, row.key
        assert row.wants or row.refuses, row.key
        assert row.role and row.by, row.key
    assert len({row.key for row in INJECTORS}) == len(INJECTORS)


@pytest.mark.parametrize(
    "where",
    [
        "kind: Zookeeper\nspec:\n  podTemplate:\n    annotations: {ASK}\n",
        "kind: Solr\nspec:\n  podTemplate:\n    metadata: {annotations: {ASK}}\n",
        "kind: Cluster\nspec:\n  podAnnotations: {ASK}\n",
        "pod:\n  annotations: {ASK}\n",
    ],
)
def test_custom_resources_and_values_hand_annotations_on_to_pods(
    tmp_path: Path, where: str
) -> None:
    ask = '"vault.hashicorp.com/agent-inject": "true"'
    (tmp_path / "values.yaml").write_text(where.replace("ASK", ask), encoding="utf-8")
    found = [one for judged in scan(tmp_path).groups for one in judged.findings]
    assert [(one.name, one.label) for one in found] == [
        ("vault-agent", "injected-sidecar")
    ]


def test_a_pod_that_is_spelled_out_in_a_resource_asks_once(tmp_path: Path) -> None:
    text = """\
    kind: Shop
    spec:
      podTemplate:
        metadata: {annotations: {"vault.hashicorp.com/agent-inject": "true"}}
        spec: {containers: [{name: shop, image: example/shop}]}
    """
    (tmp_path / "shop.yaml").write_text(dedent(text), encoding="utf-8")
    found = [one for judged in scan(tmp_path).groups for one in judged.findings]
    assert sorted(one.name for one in found) == ["shop", "vault-agent"]


@pytest.mark.parametrize(
    ("key", "container"),
    [
        ("vault-agent-configmap", "vault-agent"),
        ("bao-agent-configmap", "bao-agent"),
        ("bao-ct-configmap", "consul-template"),
    ],
)
def test_bank_vaults_has_a_webhook_for_both_stores(
    tmp_path: Path, key: str, container: str
) -> None:
    text = f"""\
    kind: Pod
    metadata:
      annotations:
        secrets-webhook.security.bank-vaults.io/{key}: settings
    spec:
      containers: [{{name: app, image: example/app}}]
    """
    said = labels(tmp_path, {"a.yaml": text})
    assert said == {container: "injected-sidecar", "app": "main"}
