"""Annotations and labels that make a controller add a container to a pod.

Each row was read in the documentation or the source code that `source` names. What only
adds an init container, a library or a setting is no row, however much its key speaks of
injection: `instrumentation.opentelemetry.io/inject-java`, `dynatrace.com/inject`,
`admission.datadoghq.com/enabled`, `vault.security.banzaicloud.io/vault-addr`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sidecar_spotter.model import Request, Text

TRUE = ("true", "t", "1")
FALSE = ("false", "f", "0")
"""What Go's `strconv.ParseBool` takes, which most of these controllers use."""
ENABLED = ("enabled", "yes", *TRUE)
DISABLED = ("disabled", "no", *FALSE)
ANY = ("*",)
"""Every value that is no refusal, such as the name of a configuration."""

OPT_OUT = "injection-opt-out"
MISPLACED = "misplaced-annotation"
"""Roles of a request that adds nothing."""

POD = ("pod",)
NAMESPACE = ("namespace",)
POD_OR_NAMESPACE = ("pod", "namespace")


@dataclass(frozen=True, slots=True)
class Unless:
    """Another key of the same block that keeps the container away all the same."""

    key: str
    values: tuple[str, ...]
    role: str
    """What stands in the container's place."""
    because: str


@dataclass(frozen=True, slots=True)
class Injector:
    """A key that asks for a container, and where the controller looks for it."""

    key: str
    """As it is written; a star at its end stands for anything."""
    container: str
    """The name that the controller gives; "" where a configuration decides."""
    role: str
    by: str
    source: str
    on: tuple[str, ...] = POD
    wants: tuple[str, ...] = TRUE
    refuses: tuple[str, ...] = FALSE
    unless: Unless | None = None
    native: str = ""
    """The key that makes it a native sidecar where it is true."""


GITHUB = "https://github.com/"

INJECTORS: tuple[Injector, ...] = (
    # --- service meshes; of rows for one container the first that applies decides
    Injector(
        "sidecar.istio.io/inject",
        "istio-proxy",
        "mesh-proxy",
        "Istio",
        GITHUB + "istio/istio/blob/master/pkg/kube/inject/inject.go",
        unless=Unless(
            "inject.istio.io/templates",
            ("gateway",),
            "gateway",
            "so the proxy is the workload",
        ),
        native="sidecar.istio.io/nativeSidecar",
    ),
    Injector(
        "istio-injection",
        "istio-proxy",
        "mesh-proxy",
        "Istio",
        "https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/",
        on=NAMESPACE,
        wants=("enabled",),
        refuses=("disabled",),
    ),
    Injector(
        # Ambient mode redirects the traffic to a proxy of the node.
        "istio.io/dataplane-mode",
        "istio-proxy",
        "mesh-proxy",
        "Istio",
        "https://istio.io/latest/docs/ambient/usage/add-workloads/",
        on=POD_OR_NAMESPACE,
        wants=(),
        refuses=("ambient",),
    ),
    Injector(
        "istio.io/rev",
        "istio-proxy",
        "mesh-proxy",
        "Istio",
        "https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/",
        on=POD_OR_NAMESPACE,
        wants=ANY,
        refuses=(),
        unless=Unless(
            "inject.istio.io/templates",
            ("gateway",),
            "gateway",
            "so the proxy is the workload",
        ),
        native="sidecar.istio.io/nativeSidecar",
    ),
    Injector(
        "linkerd.io/inject",
        "linkerd-proxy",
        "mesh-proxy",
        "Linkerd",
        GITHUB + "linkerd/linkerd2/blob/main/pkg/k8s/labels.go",
        on=POD_OR_NAMESPACE,
        wants=("enabled", "ingress"),
        refuses=("disabled",),
        native="config.linkerd.io/proxy-enable-native-sidecar",
    ),
    Injector(
        "config.linkerd.io/enable-debug-sidecar",
        "linkerd-debug",
        "debugger",
        "Linkerd",
        GITHUB + "linkerd/linkerd2/blob/main/charts/partials/templates/_debug.tpl",
    ),
    Injector(
        "consul.hashicorp.com/connect-inject",
        "consul-dataplane",
        "mesh-proxy",
        "Consul",
        GITHUB + "hashicorp/consul-k8s/blob/main/control-plane/connect-inject/"
        "webhook/mesh_webhook.go",
    ),
    Injector(
        "kuma.io/sidecar-injection",  # Kong Mesh is Kuma and uses its keys
        "kuma-sidecar",
        "mesh-proxy",
        "Kuma",
        GITHUB + "kumahq/kuma/blob/master/pkg/plugins/runtime/k8s/metadata/"
        "annotations.go",
        on=POD_OR_NAMESPACE,
        wants=ENABLED,
        refuses=DISABLED,
    ),
    Injector(
        "openservicemesh.io/sidecar-injection",
        "envoy",
        "mesh-proxy",
        "Open Service Mesh",
        GITHUB + "openservicemesh/osm/blob/main/pkg/injector/webhook.go",
        on=POD_OR_NAMESPACE,
        wants=ENABLED,
        refuses=DISABLED,
    ),
    Injector(
        "flomesh.io/sidecar-injection",
        "sidecar",
        "mesh-proxy",
        "Flomesh Service Mesh",
        GITHUB + "flomesh-io/fsm/blob/main/pkg/injector/webhook.go",
        on=POD_OR_NAMESPACE,
        wants=ENABLED,
        refuses=DISABLED,
    ),
    Injector(
        "appmesh.k8s.aws/sidecarInjectorWebhook",
        "envoy",
        "mesh-proxy",
        "AWS App Mesh",
        GITHUB + "aws/aws-app-mesh-controller-for-k8s/blob/master/docs/reference/"
        "injector.md",
        on=POD_OR_NAMESPACE,
        wants=("enabled",),
        refuses=("disabled",),
    ),
    Injector(
        "injector.nsm.nginx.com/auto-inject",
        "nginx-mesh-sidecar",
        "mesh-proxy",
        "NGINX Service Mesh",
        "https://docs.nginx.com/nginx-service-mesh/guides/inject-sidecar-proxy",
        on=POD_OR_NAMESPACE,
        wants=ENABLED,
        refuses=DISABLED,
    ),
    Injector(
        "polaris-injection",
        "polaris-sidecar",
        "mesh-proxy",
        "Polaris",
        GITHUB + "polarismesh/polaris-controller/blob/main/README.md",
        on=NAMESPACE,
        wants=("enabled",),
        refuses=("disabled",),
    ),
    Injector(
        "logging.kubesphere.io/logsidecar-config",
        "logsidecar-container",
        "log-shipper",
        "KubeSphere",
        GITHUB + "kubesphere/logsidecar-injector/blob/master/injector/"
        "logsidecar_pods.go",
        wants=ANY,
    ),
    Injector(
        "sidecar.signadot.com/inject",
        "",
        "mesh-proxy",
        "Signadot",
        "https://signadot.com/docs/guides/request-routing/devmesh",
        wants=("true", "http", "grpc"),
    ),
    Injector(
        "telepresence.getambassador.io/inject-traffic-agent",
        "traffic-agent",
        "traffic-agent",
        "Telepresence",
        GITHUB + "telepresenceio/telepresence/blob/release/v2/docs/reference/"
        "cluster-config.md",
        wants=("enabled",),
        refuses=("disabled",),
    ),
    # --- application runtime
    Injector(
        "dapr.io/enabled",
        "daprd",
        "app-runtime",
        "Dapr",
        GITHUB + "dapr/dapr/blob/master/pkg/injector/annotations/annotations.go",
        native="dapr.io/enable-native-sidecar",
    ),
    # --- secrets and identities
    Injector(
        "vault.hashicorp.com/agent-inject",
        "vault-agent",
        "secrets-agent",
        "Vault",
        GITHUB + "hashicorp/vault-k8s/blob/main/agent-inject/agent/annotations.go",
        unless=Unless(
            "vault.hashicorp.com/agent-pre-populate-only",
            TRUE,
            "init",
            "so only an init container is added",
        ),
    ),
    Injector(
        "vault.security.banzaicloud.io/vault-agent-configmap",
        "vault-agent",
        "secrets-agent",
        "Bank-Vaults",
        GITHUB + "bank-vaults/vault-secrets-webhook/blob/main/pkg/webhook/pod.go",
        wants=ANY,
        unless=Unless(
            "vault.security.banzaicloud.io/vault-agent-once",
            TRUE,
            "init",
            "so it runs once, as an init container",
        ),
    ),
    Injector(
        "vault.security.banzaicloud.io/vault-ct-configmap",
        "consul-template",
        "secrets-agent",
        "Bank-Vaults",
        GITHUB + "bank-vaults/vault-secrets-webhook/blob/main/pkg/webhook/pod.go",
        wants=ANY,
        unless=Unless(
            "vault.security.banzaicloud.io/vault-ct-once",
            TRUE,
            "init",
            "so it runs once, as an init container",
        ),
    ),
    *(
        Injector(
            f"secrets-webhook.security.bank-vaults.io/{store}-{what}-configmap",
            container,
            "secrets-agent",
            "Bank-Vaults",
            GITHUB + "bank-vaults/secrets-webhook/blob/main/pkg/common/common.go",
            wants=ANY,
            unless=Unless(
                f"secrets-webhook.security.bank-vaults.io/{store}-{what}-once",
                TRUE,
                "init",
                "so it runs once, as an init container",
            ),
        )
        for store in ("vault", "bao")
        for what, container in (("agent", f"{store}-agent"), ("ct", "consul-template"))
    ),
    Injector(
        "conjur.org/inject",
        "",
        "secrets-agent",
        "the CyberArk Sidecar Injector",
        GITHUB + "cyberark/sidecar-injector/blob/main/README.md",
        unless=Unless(
            "conjur.org/container-mode",
            ("init",),
            "init",
            "so only an init container is added",
        ),
    ),
    Injector(
        # Without this key `org.infisical.com/inject` adds an init container only.
        "org.infisical.com/inject-mode",
        "infisical-agent",
        "secrets-agent",
        "Infisical",
        GITHUB + "Infisical/infisical-agent-injector/blob/main/pkg/agent/agent.go",
        wants=("sidecar", "sidecar-init"),
        refuses=("init",),
        unless=Unless(
            "org.infisical.com/inject", FALSE, OPT_OUT, "so nothing is added"
        ),
    ),
    Injector(
        "akeyless/side_car_enabled",
        "",
        "secrets-agent",
        "Akeyless",
        "https://docs.akeyless.io/docs/how-to-provision-secret-to-your-k8s",
        unless=Unless("akeyless/enabled", FALSE, OPT_OUT, "so nothing is added"),
    ),
    Injector(
        "azure.workload.identity/inject-proxy-sidecar",
        "azwi-proxy",
        "auth-proxy",
        "Azure Workload Identity",
        GITHUB + "Azure/azure-workload-identity/blob/main/docs/book/src/topics/"
        "service-account-labels-and-annotations.md",
    ),
    Injector(
        "autocert.step.sm/name",
        "autocert-renewer",
        "certificate-agent",
        "Autocert",
        GITHUB + "smallstep/autocert/blob/master/controller/main.go",
        wants=ANY,
        refuses=(),
        unless=Unless(
            "autocert.step.sm/bootstrapper-only",
            TRUE,
            "init",
            "so only an init container is added",
        ),
    ),
    *(
        Injector(
            f"notebooks.opendatahub.io/inject-{how}",
            container,
            "auth-proxy",
            "the Open Data Hub notebook controller",
            GITHUB + "opendatahub-io/kubeflow/blob/main/components/"
            "odh-notebook-controller/README.md",
            on=("workload", "pod"),
        )
        for how, container in (("oauth", "oauth-proxy"), ("auth", "kube-rbac-proxy"))
    ),
    Injector(
        "opa-istio-injection",
        "opa-istio",
        "policy-agent",
        "the OPA-Envoy plugin's webhook",
        GITHUB + "open-policy-agent/opa-envoy-plugin/blob/main/examples/istio/"
        "quick_start.yaml",
        on=NAMESPACE,
        wants=("enabled",),
        refuses=("disabled",),
    ),
    # --- metrics, traces and logs
    Injector(
        "sidecar.opentelemetry.io/inject",
        "otc-container",
        "tracing-agent",
        "the OpenTelemetry Operator",
        GITHUB + "open-telemetry/opentelemetry-operator/blob/main/pkg/sidecar/"
        "annotation.go",
        on=POD_OR_NAMESPACE,
        wants=ANY,
    ),
    Injector(
        # The one language whose instrumentation is a container beside the program.
        "instrumentation.opentelemetry.io/inject-go",
        "opentelemetry-auto-instrumentation",
        "tracing-agent",
        "the OpenTelemetry Operator",
        GITHUB + "open-telemetry/opentelemetry-operator/blob/main/internal/"
        "instrumentation/golang.go",
        on=POD_OR_NAMESPACE,
        wants=ANY,
    ),
    Injector(
        "sidecar.jaegertracing.io/inject",
        "jaeger-agent",
        "tracing-agent",
        "the Jaeger Operator",
        GITHUB + "jaegertracing/jaeger-operator/blob/main/pkg/inject/sidecar.go",
        on=("workload", "namespace"),
        wants=ANY,
    ),
    Injector(
        # A label by which the operator's own pods keep away from its webhook.
        "telegraf.influxdata.com/ignore",
        "telegraf",
        "metrics-agent",
        "the Telegraf Operator",
        GITHUB + "influxdata/telegraf-operator/blob/master/deploy/dev.yml",
        wants=(),
        refuses=TRUE,
    ),
    Injector(
        "telegraf.influxdata.com/*",
        "telegraf",
        "metrics-agent",
        "the Telegraf Operator",
        GITHUB + "influxdata/telegraf-operator/blob/master/sidecar.go",
        wants=ANY,
        refuses=(),
    ),
    Injector(
        "agent.datadoghq.com/sidecar",
        "datadog-agent-injected",
        "metrics-agent",
        "Datadog",
        "https://docs.datadoghq.com/integrations/eks_fargate",
        wants=ANY,
    ),
    Injector(
        "sidecar.logging-extensions.banzaicloud.io/tail",
        "",
        "log-shipper",
        "the Logging operator",
        GITHUB + "kube-logging/logging-operator/blob/master/pkg/webhook/podhandler/"
        "podhandler.go",
        wants=ANY,
        refuses=(),
    ),
    # --- files
    Injector(
        "gke-gcsfuse/volumes",
        "gke-gcsfuse-sidecar",
        "storage-mount",
        "GKE",
        GITHUB + "GoogleCloudPlatform/gcs-fuse-csi-driver/blob/main/docs/"
        "known-issues.md",
        native="gke-gcsfuse/enable-native-sidecar",
    ),
    Injector(
        "juicefs.com/enable-injection",
        "jfs-mount",
        "storage-mount",
        "JuiceFS",
        GITHUB + "juicedata/juicefs-csi-driver/blob/master/docs/en/getting_started.md",
        on=NAMESPACE,
    ),
    Injector(
        "disable.sidecar.juicefs.com/inject",
        "jfs-mount",
        "storage-mount",
        "JuiceFS",
        GITHUB + "juicedata/juicefs-csi-driver/blob/master/docs/en/introduction.md",
        wants=(),
        refuses=TRUE,
    ),
    Injector(
        "serverless.fluid.io/inject",
        "fluid-fuse-0",
        "storage-mount",
        "Fluid",
        GITHUB + "fluid-cloudnative/fluid/blob/master/docs/en/samples/knative.md",
    ),
    # --- virtual machines, and injectors that add whatever is configured
    Injector(
        "hooks.kubevirt.io/hookSidecars",
        "hook-sidecar-0",
        "vm-hook",
        "KubeVirt",
        GITHUB + "kubevirt/kubevirt/blob/main/cmd/sidecars/README.md",
        on=("workload", "pod"),
        wants=ANY,
        refuses=(),
    ),
    Injector(
        # It gives the Pods of an experiment's trials a collector of their results.
        "katib.kubeflow.org/metrics-collector-injection",
        "metrics-logger-and-collector",
        "metrics-agent",
        "Katib",
        GITHUB + "kubeflow/katib/blob/master/pkg/webhook/v1beta1/pod/inject_webhook.go",
        on=NAMESPACE,
        wants=("enabled",),
        refuses=("disabled",),
    ),
    Injector(
        # Chaos Mesh 1: what the value names stands in a ConfigMap.
        "admission-webhook.chaos-mesh.org/request",
        "",
        "fault-injector",
        "Chaos Mesh",
        GITHUB + "chaos-mesh/chaos-mesh/blob/release-1.0/examples/etcd/etcd.yaml",
        wants=ANY,
        refuses=(),
    ),
    Injector(
        "openfeature.dev/enabled",
        "flagd",
        "feature-flags",
        "the OpenFeature operator",
        GITHUB + "open-feature/open-feature-operator/blob/main/docs/annotations.md",
    ),
    Injector(
        "injector.tumblr.com/request",
        "",
        "sidecar",
        "the Tumblr sidecar injector",
        GITHUB + "tumblr/k8s-sidecar-injector/blob/master/README.md",
        wants=ANY,
        refuses=(),
    ),
    Injector(
        "sidecar-injector.expedia.com/inject",
        "",
        "sidecar",
        "the Expedia sidecar injector",
        GITHUB + "ExpediaGroup/kubernetes-sidecar-injector/blob/master/README.md",
        wants=ANY,
        refuses=(),
    ),
)

UNKNOWN = re.compile(r"(?=.*sidecar).*[./-](auto-)?inject(ion)?", re.IGNORECASE)
"""An injector that no row knows but that says so: `sidecar.example.com/inject`."""

BY_NAME = re.compile(
    r"(?:[\w./-]*[./-])?inject[-_.]?(?:a-)?sidecars?(?:[-_.](?:request|name|template))?",
    re.IGNORECASE,
)
"""One that is told by its value what to add: `example.com/inject-sidecar-request`."""

EXPRESSION = re.compile(r"\{\{|\$\{|\$\(|<%")
"""A value that somebody fills in later."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_KEYS = {injector.key for injector in INJECTORS}
_IN_BYTES = (
    b"inject:",
    b"injection:",
    b"inject-sidecar",
    *sorted(key.rstrip("*").encode() for key in _KEYS),
)
_STARTS = tuple(key[:-1] for key in _KEYS if key.endswith("*"))

Block = dict[str, tuple[Text, Text]]


def requests(pairs: Iterable[tuple[Text, Text]], where: str) -> Iterator[Request]:
    """Yield what a block of annotations and labels asks for, one for each container.

    *pairs* are its keys and values, best of annotations and labels together, since one
    can call off the other. *where* is `pod` (a Pod or a pod template), `namespace`, or
    `workload` (a Deployment and the like, whose own metadata most controllers ignore).
    """
    block: Block = {}
    for key, value in pairs:
        block.setdefault(key.text, (key, value))
    if not any(_may_ask(key) for key in block):
        return
    found: dict[tuple[str, str], Request] = {}
    for injector in (*INJECTORS, *_unknown(block, where)):
        added = injector.by, injector.container or injector.key
        if added not in found and (pair := _pair(injector.key, block)) is not None:
            request = _request(injector, *pair, where, block)
            if request is not None:
                found[added] = request
    yield from sorted(found.values(), key=lambda request: request.line)


def _may_ask(key: str) -> bool:
    """Whether a key could be an injector's, as that of few labels is."""
    if key in _KEYS or key.startswith(_STARTS):
        return True
    return "inject" in key and any(one.fullmatch(key) for one in (UNKNOWN, BY_NAME))


def mentioned(data: bytes) -> bool:
    """Whether a text could have a key of an injector."""
    return any(key in data for key in _IN_BYTES)


def _pair(pattern: str, block: Block) -> tuple[Text, Text] | None:
    """Return the first entry of a block whose key is *pattern*."""
    if pattern.endswith("*"):
        start = pattern[:-1]
        return next(
            (pair for key, pair in block.items() if key.startswith(start)), None
        )
    return block.get(pattern)


def _unknown(block: Block, where: str) -> Iterator[Injector]:
    """Yield a row for each key that only looks like an injector's."""
    for key in block:
        if key not in _KEYS and UNKNOWN.fullmatch(key):
            by = key.split("/", 1)[0]
            yield Injector(key, "", "sidecar", by, "", (where,), ENABLED, DISABLED)
        elif key not in _KEYS and BY_NAME.fullmatch(key):
            by, name = key.split("/", 1)[0], _plain(block[key][1])
            box = name if _NAME.fullmatch(name) and name not in ENABLED else ""
            yield Injector(key, box, "sidecar", by, "", (where,), ANY, DISABLED)


def _request(
    injector: Injector, key: Text, value: Text, where: str, block: Block
) -> Request | None:
    """Return what one entry asks of *injector*; None where it means nothing to it."""

    def request(role: str, says: str, wanted: bool = False) -> Request:
        return Request(injector.container, role, key.line, says, wanted)

    shown = f"{key.text} is {_short(value.text)}"
    if _plain(value) in injector.refuses:
        return request(OPT_OUT, f"is not added: {shown}, so {injector.by} adds none")
    if not injector.wants or _plain(value) == "":
        return None
    filled_in = EXPRESSION.search(value.text) is not None
    if not filled_in and injector.wants != ANY and _plain(value) not in injector.wants:
        return None
    if where not in injector.on:
        if injector.wants == ANY:
            return None  # on such an object the key means something else
        right = " or a ".join(injector.on)
        says = f"is not added: {injector.by} looks for {key.text} on a {right}"
        return request(MISPLACED, f"{says}, not on a {where}")
    unless = injector.unless
    if unless is not None and _says(block, unless.key, unless.values):
        shown = f"{unless.key} is {_short(block[unless.key][1].text)}"
        return request(unless.role, f"is not added: {shown}, {unless.because}")
    says = f"is added by {injector.by}, because {shown}"
    if filled_in:
        says = f"is added by {injector.by} where the template turns {key.text} on"
    if _says(block, injector.native, TRUE):
        says += f", as a native sidecar ({injector.native})"
    return request(injector.role, says, wanted=True)


def _says(block: Block, key: str, values: tuple[str, ...]) -> bool:
    return key in block and _plain(block[key][1]) in values


def _plain(value: Text) -> str:
    return value.text.strip().strip("\"'").lower()


def _short(value: str) -> str:
    first = value.strip().split("\n", 1)[0]
    return first if len(first) <= 40 else first[:39] + "…"
