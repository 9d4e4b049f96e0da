"""Fields of custom resources that make an operator add a container."""

from pathlib import Path
from textwrap import dedent

import pytest
from sidecar_spotter import scan
from sidecar_spotter.model import Request
from sidecar_spotter.parse import compose
from sidecar_spotter.tables import operators
from sidecar_spotter.tree import get, text


def ask(document: str) -> list[Request]:
    node = compose(dedent(document).encode())
    assert node is not None
    return list(operators.requests(text(get(node, "kind")), node))


@pytest.mark.parametrize(
    ("document", "container", "line"),
    [
        (
            """\
            kind: Kibana
            spec:
              monitoring:
                logs:
                  elasticsearchRefs: [{name: watch}]
            """,
            "filebeat",
            5,
        ),
        (
            """\
            kind: MariaDB
            spec:
              galera:
                enabled: true
            """,
            "agent",
            4,
        ),
        (
            """\
            kind: OpenTelemetryCollector
            spec:
              mode: sidecar
            """,
            "otc-container",
            3,
        ),
        (
            """\
            kind: PostgresCluster
            spec:
              monitoring:
                pgmonitor:
                  exporter: {}
            """,
            "exporter",
            5,
        ),
        (
            """\
            kind: Prometheus
            spec:
              replicas: 2
              thanos:
                image: quay.io/thanos/thanos:v0.34.0
            """,
            "thanos-sidecar",
            4,
        ),
        (
            """\
            kind: PerconaXtraDBCluster
            spec:
              pmm:
                enabled: true
            """,
            "pmm-client",
            4,
        ),
        (
            """\
            kind: Cluster
            apiVersion: postgresql.cnpg.io/v1
            spec:
              plugins:
              - name: barman-cloud.cloudnative-pg.io
                isWALArchiver: true
            """,
            "plugin-barman-cloud",
            5,
        ),
        (
            """\
            kind: RayJob
            spec:
              rayClusterSpec:
                enableInTreeAutoscaling: true
            """,
            "autoscaler",
            4,
        ),
        (
            """\
            kind: AuthProxyWorkload
            metadata: {name: db, namespace: shop}
            spec: {workloadSelector: {kind: Deployment, name: web}}
            """,
            "csql-shop-db",
            1,
        ),
    ],
)
def test_a_field_adds_the_container_by_its_real_name(
    document: str, container: str, line: int
) -> None:
    (found,) = ask(document)
    assert (found.container, found.line, found.wanted) == (container, line, True)
    assert found.how == "operator-field"


@pytest.mark.parametrize(
    "document",
    [
        "kind: OpenTelemetryCollector\nspec: {mode: deployment}",
        "kind: PerconaXtraDBCluster\nspec: {pmm: {enabled: false}}",
        "kind: PostgresCluster\nspec: {monitoring: {pgmonitor: {exporter: null}}}",
        "kind: Prometheus\nspec: {replicas: 2}",
        "kind: Cluster\nspec: {plugins: [{name: other.example.com}]}",
        "kind: Deployment\napiVersion: apps/v1\nspec: {sidecar: {enabled: true}}",
        "kind: HelmRelease\napiVersion: helm.toolkit.fluxcd.io/v2\n"
        "spec: {values: {sidecar: {enabled: true}}}",
        "kind: Sidecar\napiVersion: example.com/v1\nspec: {}",
        "kind: Mesh\napiVersion: example.com/v1\n"
        "spec: {sidecarInjector: {enabled: true}}",
        "kind: Prometheus\nspec: []",
        "kind: Prometheus",
    ],
)
def test_what_is_off_or_something_else_asks_for_nothing(document: str) -> None:
    assert ask(document) == []


def test_a_field_that_a_template_fills_in_counts_as_if_it_were_on() -> None:
    (found,) = ask('kind: Redis\nspec: {redisExporter: {enabled: "{{ .Values.m }}"}}')
    assert found.container == "redis-exporter"


@pytest.mark.parametrize(
    "spec",
    [
        "{mode: sidecar}",
        "{agent: {strategy: Sidecar}}",
        "{logSidecar: {enabled: true}}",
    ],
)
def test_an_unknown_kind_is_believed_if_it_says_sidecar(spec: str) -> None:
    (found,) = ask(f"kind: Thing\napiVersion: example.com/v1\nspec: {spec}")
    assert (found.container, found.wanted) == ("", True)


def test_the_resource_called_sidecar_of_istio_adds_none() -> None:
    (found,) = ask("apiVersion: networking.istio.io/v1\nkind: Sidecar\nspec: {}")
    assert not found.wanted
    assert "none is added" in found.says


def test_a_webhook_tells_which_label_has_a_container_added() -> None:
    (found,) = ask(
        """\
        kind: MutatingWebhookConfiguration
        webhooks:
        - name: inject.example.com
          rules:
          - operations: [CREATE]
            resources: [pods]
          namespaceSelector:
            matchExpressions:
            - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}
            - {key: acme-injection, operator: In, values: [enabled]}
        """
    )
    assert (found.line, found.how) == (10, "injection")


def test_a_webhook_for_other_things_asks_for_nothing() -> None:
    assert not ask(
        """\
        kind: MutatingWebhookConfiguration
        webhooks:
        - rules: [{resources: [services]}]
          objectSelector: {matchLabels: {acme-injection: enabled}}
        """
    )


def test_a_resource_that_holds_itself_ends() -> None:
    assert not ask("kind: Kafka\nspec: &a {x: *a, y: [*a, *a]}")


def test_every_row_names_its_source() -> None:
    assert all(field.source.startswith("https://") for field in operators.FIELDS)
    assert {"Prometheus", "AuthProxyWorkload"} <= operators.KINDS
    assert "sidecars" in operators.HELPER_FIELDS


@pytest.mark.parametrize(
    ("kind", "own"),
    [("Logstash", "logstash"), ("Grafana", "grafana"), ("VMAuth", "vmauth")],
)
def test_a_list_changes_what_the_operator_runs_by_its_name(
    kind: str, own: str, tmp_path: Path
) -> None:
    text = f"""\
apiVersion: example.com/v1
kind: {kind}
metadata: {{name: a}}
spec:
  podTemplate:
    spec:
      containers:
        - name: {own}
          resources: {{}}
        - name: other
          image: example.com/other:1
"""
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    (judged,) = scan(tmp_path).groups
    found = {one.name: one.label for one in judged.findings}
    assert found == {own: "main", "other": "sidecar"}
