"""Custom resources and fields that an operator turns into a container beside another.

Each row was read in the documentation or the source code that `source` names. Fields
that hold the helper itself (`sidecars:`) ask for nothing: the reader reads them.

A few resources sound like it and are none. Istio's kind `Sidecar` sets up proxies that
are there already. A Knative Service gets its `queue-proxy` in any case, as a Prometheus
gets its `config-reloader`: no field asks for them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sidecar_spotter.model import Request
from sidecar_spotter.tables.injectors import (
    ANY,
    ENABLED,
    EXPRESSION,
    GITHUB,
    INJECTORS,
    TRUE,
)
from sidecar_spotter.tables.known import MAIN, telling
from sidecar_spotter.tree import (
    Node,
    empty,
    entries,
    get,
    items,
    key,
    line,
    mappings,
    text,
    walk,
)

HELPER_FIELDS: frozenset[str] = frozenset(
    (
        "sidecars",
        "sideCars",
        "sidecarContainers",
        "sideCarContainers",
        "extraContainers",
        "extraSidecars",
        "extraSidecarContainers",
        "additionalContainers",
        "additionalSidecars",
        "additionalSidecarContainers",
        "customSidecars",
        "podSidecars",
        "vaultContainers",
        "userContainers",
    )
)
"""Fields, of whatever kind or chart, that hold containers to run beside a main one."""

_HELPERS = re.compile(
    r"(?:[a-z]\w*?)?side_?cars?(?:_?(?:container|config|spec|template)s?)?|"
    r"(?:\w+_)?(?:extra|additional|custom|user|more|helper|auxiliary|aux)"
    r"(?!\w*(?:init|ephemeral))\w*containers?(?:tpl|list)?",
    re.IGNORECASE,
)


SAID = 40
"""Characters of a value that a reason repeats."""
LONGEST = 60
"""Characters of a field's name that is looked into."""


@lru_cache(maxsize=4096)
def holds_helpers(field: str) -> bool:
    """Whether a field is there for containers to run beside a main one, by its name."""
    return field in HELPER_FIELDS or (
        len(field) <= LONGEST
        and _HELPERS.fullmatch(field) is not None
        and "init" not in field.lower()
    )


OWN_CONTAINERS: dict[str, frozenset[str]] = {
    kind: frozenset(names.split())
    for kind, names in {
        # https://prometheus-operator.dev/docs/api-reference/api/ names them
        "Prometheus": "prometheus config-reloader thanos-sidecar",
        "PrometheusAgent": "prometheus config-reloader",
        "Alertmanager": "alertmanager config-reloader",
        "ThanosRuler": "thanos-ruler config-reloader",
        # github.com/CrunchyData/postgres-operator/blob/main/internal/naming/names.go
        "PostgresCluster": "database replication-cert-copy pgbackrest "
        "pgbackrest-config pgbouncer pgbouncer-config exporter",
        # https://openkruise.io/docs/user-manuals/sidecarset: all of them are helpers
        "SidecarSet": "",
        # github.com/grafana/grafana-operator/blob/master/controllers/reconcilers/
        # grafana/deployment_reconciler.go
        "Grafana": "grafana",
        # https://www.elastic.co/guide/en/cloud-on-k8s/current/k8s-customize-pods.html
        # and the names in github.com/elastic/cloud-on-k8s/tree/main/pkg/apis
        "Elasticsearch": "elasticsearch",
        "Kibana": "kibana",
        "ApmServer": "apm-server",
        "EnterpriseSearch": "enterprise-search",
        "Logstash": "logstash",
        # github.com/rabbitmq/cluster-operator/tree/main/docs/examples/additionalPorts
        "RabbitmqCluster": "rabbitmq",
        # https://www.mongodb.com/docs/kubernetes/current/reference/
        # k8s-operator-community-specification/
        "MongoDBCommunity": "mongod mongodb-agent",
        # github.com/k8ssandra/cass-operator/blob/master/pkg/reconciliation/
        # construct_podtemplatespec.go
        "CassandraDatacenter": "cassandra server-system-logger",
        # github.com/apache/flink-kubernetes-operator/blob/main/docs/content/docs/
        # custom-resource/pod-template.md
        "FlinkDeployment": "flink-main-container",
        # github.com/VictoriaMetrics/operator/tree/master/internal/controller/operator/
        # factory: the files of each kind
        "VMAgent": "vmagent config-reloader",
        "VMAlert": "vmalert config-reloader",
        "VMAlertmanager": "alertmanager config-reloader",
        "VMAuth": "vmauth config-reloader",
        "VMSingle": "vmsingle",
        "VMCluster": "vmselect vminsert vmstorage",
    }.items()
}
"""Kinds whose own list `containers:` adds to the operator's containers, all of them
helpers; one that has a name given here changes the operator's container instead."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a custom resource that asks for a container."""

    kinds: str
    path: str
    """Keys from the top, with dots; lists are stepped into, `**` is any depth."""
    container: str
    role: str
    source: str
    wants: tuple[str, ...] = TRUE
    """Its values that ask; for ANY it is enough that the field is there."""


FIELDS: tuple[Field, ...] = (
    Field(
        "OpenTelemetryCollector",
        "spec.mode",
        "otc-container",
        "tracing-agent",
        GITHUB + "open-telemetry/opentelemetry-operator/blob/main/apis/v1beta1/mode.go",
        ("sidecar",),
    ),
    Field(
        "Jaeger",
        "spec.ingress.security",
        "oauth-proxy",
        "auth-proxy",
        GITHUB + "jaegertracing/jaeger-operator/blob/main/pkg/inject/oauth_proxy.go",
        ("oauth-proxy",),
    ),
    Field(
        "Prometheus",
        "spec.thanos",
        "thanos-sidecar",
        "metrics-uploader",
        GITHUB + "prometheus-operator/prometheus-operator/blob/main/pkg/prometheus/"
        "server/statefulset.go",
        ANY,
    ),
    Field(
        "PostgresCluster",
        "spec.monitoring.pgmonitor.exporter",
        "exporter",
        "metrics-adapter",
        GITHUB + "CrunchyData/postgres-operator/blob/main/internal/pgmonitor/util.go",
        ANY,
    ),
    Field(
        "PerconaXtraDBCluster PerconaServerMongoDB PerconaServerMySQL PerconaPGCluster",
        "spec.pmm.enabled",
        "pmm-client",
        "metrics-agent",
        GITHUB + "percona/percona-xtradb-cluster-operator/blob/main/pkg/pxc/app/pmm.go",
    ),
    Field(
        "PerconaXtraDBCluster PerconaServerMongoDB",
        "spec.logcollector.enabled",
        "logs",
        "log-shipper",
        GITHUB + "percona/percona-xtradb-cluster-operator/blob/main/pkg/pxc/app/"
        "statefulset/node.go",
    ),
    Field(
        "Redis RedisCluster RedisReplication RedisSentinel",
        "spec.redisExporter.enabled",
        "redis-exporter",
        "metrics-adapter",
        GITHUB + "OT-CONTAINER-KIT/redis-operator/blob/main/internal/k8sutils/"
        "statefulset.go",
    ),
    Field(
        "RedisFailover",
        "spec.redis.exporter.enabled",
        "redis-exporter",
        "metrics-adapter",
        GITHUB + "spotahome/redis-operator/blob/master/operator/redisfailover/service/"
        "generator.go",
    ),
    Field(
        "RedisFailover",
        "spec.sentinel.exporter.enabled",
        "sentinel-exporter",
        "metrics-adapter",
        GITHUB + "spotahome/redis-operator/blob/master/operator/redisfailover/service/"
        "generator.go",
    ),
    Field(
        "Cluster",
        "spec.plugins.name",
        "plugin-barman-cloud",
        "backup",
        GITHUB + "cloudnative-pg/plugin-barman-cloud/blob/main/internal/cnpgi/operator/"
        "lifecycle.go",
        ("barman-cloud.cloudnative-pg.io",),
    ),
    Field(
        "Vault",
        "spec.unsealConfig",
        "bank-vaults",
        "unsealer",
        GITHUB + "bank-vaults/vault-operator/blob/main/pkg/controller/vault/"
        "vault_controller.go",
        ANY,
    ),
    *(
        Field(
            "Elasticsearch Kibana Logstash Beat",
            f"spec.monitoring.{what}.elasticsearchRefs",
            container,
            role,
            "https://www.elastic.co/guide/en/cloud-on-k8s/current/k8s_how_it_works.html",
            ANY,
        )
        for what, container, role in (
            ("metrics", "metricbeat", "metrics-agent"),
            ("logs", "filebeat", "log-shipper"),
        )
    ),
    Field(
        "PerconaServerMongoDB",
        "spec.backup.enabled",
        "backup-agent",
        "backup",
        "https://docs.percona.com/percona-operator-for-mongodb/backups.html",
    ),
    Field(
        "MariaDB",
        "spec.galera.enabled",
        "agent",
        "ha-monitor",
        GITHUB + "mariadb-operator/mariadb-operator/blob/main/pkg/builder/"
        "container_builder.go",
    ),
    Field(
        "TidbMonitor",
        "spec.reloader",
        "reloader",
        "config-reloader",
        GITHUB + "pingcap/tidb-operator/blob/master/examples/basic/tidb-monitor.yaml",
        ANY,
    ),
    Field(
        # Up to Strimzi 0.40; later versions ignore it.
        "Kafka",
        "spec.**.tlsSidecar",
        "tls-sidecar",
        "tls-proxy",
        "https://docs.redhat.com/en/documentation/red_hat_streams_for_apache_kafka/2.7/"
        "html/streams_for_apache_kafka_api_reference/type-TlsSidecar-reference",
        ANY,
    ),
    Field(
        "RayCluster RayService RayJob",
        "spec.**.enableInTreeAutoscaling",
        "autoscaler",
        "autoscaler",
        GITHUB + "ray-project/kuberay/blob/master/ray-operator/controllers/ray/common/"
        "pod.go",
    ),
    Field(
        "InferenceService",
        "spec.**.logger",
        "agent",
        "request-logger",
        GITHUB + "kserve/kserve/blob/master/pkg/webhook/admission/pod/"
        "agent_injector.go",
        ANY,
    ),
    Field(
        "InferenceService",
        "spec.**.batcher",
        "agent",
        "request-batcher",
        GITHUB + "kserve/kserve/blob/master/pkg/webhook/admission/pod/"
        "agent_injector.go",
        ANY,
    ),
)

KINDS: frozenset[str] = frozenset(
    kind for field in FIELDS for kind in field.kinds.split()
) | {"AuthProxyWorkload", "MutatingWebhookConfiguration", "Sidecar"}
"""Kinds that can ask for a container without a word of containers in them."""

MODES = ("mode", "strategy", "deploymentMode", "injectionMode")
"""Fields of an unknown kind whose value `sidecar` asks for one."""

PACKAGES = frozenset(("HelmRelease", "Application", "ApplicationSet", "Kustomization"))
"""Kinds that hold values for charts, not an operator's fields."""
OF_PACKAGES = re.compile(r"(?:argoproj|toolkit\.fluxcd|helm\.cattle|config\.k8s)\.io$")
"""Groups of those kinds: others have an `Application`, too, that is a program."""


def requests(kind: str, document: Node) -> Iterator[Request]:
    """Yield what a custom resource, or an injector's webhook, asks to have added."""
    if kind == "MutatingWebhookConfiguration":
        yield from _webhooks(document)
    elif kind == "AuthProxyWorkload":
        yield from _cloud_sql(document)
    elif kind == "Sidecar" and "istio.io/" in text(get(document, "apiVersion")):
        top = key(document, "kind") or document
        says = "is set up by this resource where it is already; none is added"
        yield _request("istio-proxy", "proxy-settings", top, says, False)
    elif known := [field for field in FIELDS if kind in field.kinds.split()]:
        yield from _known(kind, known, document)
    elif is_custom(kind, document):
        yield from _unknown(kind, document)


def _known(kind: str, fields: list[Field], document: Node) -> Iterator[Request]:
    for field in fields:
        for name, value in _find(document, field.path.split(".")):
            said = text(value).strip()
            there = field.wants == ANY and not empty(value)
            if there or said.lower() in field.wants or EXPRESSION.search(said):
                path = field.path.rpartition("**.")[2]
                says = f"is added by {_who(kind, document)}, because it has {path}"
                if said and field.wants != ANY:
                    says += f": {said if len(said) <= SAID else said[: SAID - 1] + '…'}"
                yield _request(field.container, field.role, name, says)
                break


def _who(kind: str, document: Node) -> str:
    """Return how to call an operator: by the kind that it serves, and whose that is."""
    group = text(get(document, "apiVersion")).partition("/")[0]
    return f"the operator of {kind} ({group})" if group else f"the operator of {kind}"


def _unknown(kind: str, document: Node) -> Iterator[Request]:
    """Yield what two plain ways of asking tell, whatever the kind."""
    for node in mappings(get(document, "spec")):
        for name, value in entries(node):
            field = text(name)
            if field in MODES and text(value).lower() == "sidecar":
                says = f"is added by {_who(kind, document)}, because {field} is sidecar"
            elif (
                "sidecar" in field.lower()
                and "inject" not in field.lower()
                and (switch := text(get(value, "enabled")).lower()) in ENABLED
            ):
                who = _who(kind, document)
                says = f"is added by {who}: {field}.enabled is {switch}"
            else:
                continue
            yield _request("", "sidecar", name, says)
            return


def is_custom(kind: str, document: Node) -> bool:
    """Whether a document is for an operator, and not for Kubernetes itself."""
    group = text(get(document, "apiVersion")).partition("/")[0]
    own = "." in group and not group.endswith(".k8s.io") and "{{" not in group
    package = kind in PACKAGES and OF_PACKAGES.search(group) is not None
    return own and not package


def _cloud_sql(document: Node) -> Iterator[Request]:
    """Yield the container of an AuthProxyWorkload, which the whole resource asks for.

    See https://github.com/GoogleCloudPlatform/cloud-sql-proxy-operator, names.go.
    """
    metadata = get(document, "metadata")
    space = text(get(metadata, "namespace")) or "default"
    target = get(document, "spec", "workloadSelector")
    of = " ".join(text(get(target, field)) for field in ("kind", "name")).strip()
    says = f"is added by the Cloud SQL Proxy Operator to {of or 'what it selects'}"
    name = f"csql-{space}-{text(get(metadata, 'name'))}"
    top = key(document, "kind") or document
    yield _request(name, "database-proxy", top, says)


_ADDS = re.compile(r"side-?car|injection|proxy|agent|mesh|collector", re.IGNORECASE)
"""What a webhook is called that adds containers; others inject gates or secrets."""


def _webhooks(document: Node) -> Iterator[Request]:
    """Yield what a webhook adds to pods whose labels say that they want it injected."""
    config = text(get(document, "metadata", "name"))
    for webhook in items(get(document, "webhooks")):
        named = f"{config} {text(get(webhook, 'name'))}"
        resources = [
            text(one)
            for rule in items(get(webhook, "rules"))
            for one in items(get(rule, "resources"))
        ]
        if "pods" not in resources:
            continue
        for field in ("namespaceSelector", "objectSelector"):
            for name, value in _selected(get(webhook, field)):
                row = next((row for row in INJECTORS if row.key == text(name)), None)
                wants = row.wants if row is not None else ENABLED
                adds = (
                    row is not None or _ADDS.search(f"{named} {text(name)}") is not None
                )
                asks = "inject" in text(name).lower() and adds
                if asks and text(value).lower() in wants:
                    says = f"is added by this webhook where {text(name)} asks for it"
                    container, role = ("", "sidecar")
                    if row is not None:
                        container, role = row.container, row.role
                    yield _request(container, role, name, says, how="injection")
                    return


def _selected(selector: Node | None) -> Iterator[tuple[Node, Node]]:
    """Yield the labels that a selector demands, with each value that it takes."""
    yield from entries(get(selector, "matchLabels"))
    for one in items(get(selector, "matchExpressions")):
        name = get(one, "key")
        if name is not None and text(get(one, "operator")) == "In":
            for value in items(get(one, "values")):
                yield name, value


def _find(node: Node | None, path: list[str]) -> Iterator[tuple[Node, Node]]:
    """Yield key and value of each field at *path*."""
    first, *rest = path
    if first == "**":
        for one in walk(node):
            yield from _find(one, rest)
        return
    for mapping in (node, *items(node)):
        for name, value in entries(mapping):
            if text(name) != first:
                continue
            if rest:
                yield from _find(value, rest)
            else:
                yield name, value


def _request(
    container: str,
    role: str,
    node: Node,
    says: str,
    wanted: bool = True,
    how: str = "operator-field",
) -> Request:
    return Request(container, role, line(node), says, wanted, how)


OF_CHARTS = {
    "dashboards": "grafana-sc-dashboard",
    "datasources": "grafana-sc-datasources",
    "alerts": "grafana-sc-alerts",
    "plugins": "grafana-sc-plugins",
    "notifiers": "grafana-sc-notifiers",
}
"""What a value `sidecar` of the chart of Grafana switches on, and what is then added.

https://github.com/grafana/helm-charts/blob/main/charts/grafana/README.md
"""


OF_VALUES = {
    "prometheusSpec": "Prometheus",
    "alertmanagerSpec": "Alertmanager",
    "thanosRulerSpec": "ThanosRuler",
}
"""Values of a chart that become the spec of a resource, and the resource's kind.

https://github.com/prometheus-community/helm-charts/blob/main/charts/
kube-prometheus-stack/values.yaml
"""


def of_spec(node: Node | None) -> Iterator[Request]:
    """Yield what a value `prometheusSpec` asks for."""
    name = key(node, "thanos")
    if name is not None and any(True for _ in entries(get(node, "thanos"))):
        says = "is added by the operator of Prometheus, because it has thanos"
        yield _request("thanos-sidecar", "metrics-uploader", name, says)


def of_runners(name: Node, node: Node | None) -> Iterator[Request]:
    """Yield what a value `containerMode` of GitHub's runners asks for.

    https://github.com/actions/actions-runner-controller/blob/master/charts/
    gha-runner-scale-set/values.yaml
    """
    if text(get(node, "type")) == "dind":
        says = "is added by the chart, because containerMode.type is dind"
        yield _request("dind", "docker-daemon", name, says, how="chart-value")


def of_switch(name: Node, node: Node | None) -> Iterator[Request]:
    """Yield what values ask for that switch a part on as a sidecar: `opa.sidecar`.

    Or whose form they say is one, beside `enabled: true`.
    """
    top = key(node, "sidecar")
    on = text(get(node, "sidecar")).lower() in TRUE
    said = "sidecar is true"
    if not on and text(get(node, "enabled")).lower() in TRUE:
        for field in ("type", *MODES):
            if text(get(node, field)).lower() == "sidecar":
                top, on, said = key(node, field), True, f"{field} is sidecar"
    if top is not None and on:
        says = f"is added by the chart, because {text(name)}.{said}"
        role = telling(text(name))
        role = "sidecar" if role in (None, MAIN) else role
        yield _request(text(name), role, top, says, how="chart-value")


def of_git(name: Node, node: Node | None) -> Iterator[Request]:
    """Yield what a value `gitSync` asks for that is on, and names a repository.

    As in https://github.com/apache/airflow/blob/main/chart/values.yaml.
    """
    named = any(text(one).startswith("repo") for one, _ in entries(node))
    if named and text(get(node, "enabled")).lower() in TRUE:
        says = "is added by the chart, because gitSync.enabled is true"
        yield _request("git-sync", "git-sync", name, says, how="chart-value")


ONE = re.compile(r"(?:^|[a-z0-9_-])side-?car$", re.IGNORECASE)
"""How a value is called that has the switch and the settings of one sidecar."""


def of_parts(owner: str, node: Node | None) -> Iterator[Request]:
    """Yield what values ask for that switch a sidecar on: `tracerSidecar.enabled`.

    What has replicas of its own is a workload. In `ledger.sidecar` the sidecar is
    called after its *owner*.
    """
    for name, value in entries(node):
        field = text(name)
        on = text(get(value, "enabled")).lower() in TRUE
        if not on or ONE.search(field) is None or get(value, "replicas") is not None:
            continue
        called = owner if field.lower() == "sidecar" else field
        says = f"is added by the chart, because {field}.enabled is true"
        role = telling(called)
        role = "sidecar" if role in (None, MAIN) else role
        yield _request(called, role, name, says, how="chart-value")


def of_values(node: Node | None) -> Iterator[Request]:
    """Yield what a value `sidecar` of a well-known chart asks for."""
    for name, value in entries(node):
        container = OF_CHARTS.get(text(name))
        if container and text(get(value, "enabled")).lower() in TRUE:
            says = f"is added by the chart, because sidecar.{text(name)} is enabled"
            yield _request(container, "config-sync", name, says, how="chart-value")
