"""Images, programs and names that tell what a container is for.

An image is known by the last part of its repository, with the owner where the name
alone could be anybody's; `-` and `_` are the same, a star stands for anything. What a
name tells is weaker: people call containers what they like.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

ALWAYS = 1.0
"""It does nothing but help the program beside it."""
MOSTLY = 0.7
"""It is made to help a neighbor, but some run it by itself."""
MAYBE = 0.3
"""It is as often the program that the unit exists for."""
SELDOM = -0.3
"""It is nearly always a main program, or a peer."""
NEVER = -0.6
"""It serves a whole node, cluster or test, or nobody."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an image or a command is known as."""

    name: str
    """The image's name, or the program's."""
    role: str
    sure: float
    """How sure it is that it helps a neighbor, from 1 to -1 (sure that it does not)."""
    by: Literal["image", "command", "expression"] = "image"
    """What tells it: the image, the command, or a name in a template's expression."""


@dataclass(frozen=True, slots=True)
class Row:
    """Images of one role."""

    role: str
    sure: float
    images: str
    words: tuple[str, ...] = ()
    """What its command must hold, all of these regular expressions."""


TABLE: tuple[Row, ...] = (
    # --- traffic
    Row(
        "mesh-proxy",
        ALWAYS,
        """istio/proxyv2 proxyv2 linkerd/proxy linkerd-proxy
        consul-dataplane kuma-dp aws-appmesh-envoy nginx-mesh-sidecar polaris-sidecar
        flomesh/pipy""",
    ),
    Row("mesh-proxy", ALWAYS, "consul consul-enterprise", (r"\bconnect envoy\b",)),
    Row(
        "agent",
        MOSTLY,
        "consul consul-enterprise",
        (r"^(?!.*-(?:server|dev)\b).*\bagent\b",),
    ),
    Row("traffic-agent", ALWAYS, "tel2 telepresence traffic-agent"),
    Row(
        "proxy",
        MOSTLY,
        """envoy envoy-alpine envoy-distroless envoy-contrib alpine/socat socat
        grpcwebproxy grpc-web-proxy promxy docker-tcp-proxy""",
    ),
    Row(
        "ingress-proxy",
        SELDOM,
        "envoy-gateway datawire/ambassador emissary contour gloo",
    ),
    Row(
        "reverse-proxy",
        MAYBE,
        """nginx nginx-unprivileged openresty haproxy caddy httpd apache traefik
        squid varnish docker-nginx nginx-alpine""",
    ),
    Row(
        "auth-proxy",
        ALWAYS,
        """kube-rbac-proxy ose-kube-rbac-proxy openshift-kube-rbac-proxy
        prom-label-proxy azure-workload-identity/proxy""",
    ),
    Row(
        "auth-proxy",
        MOSTLY,
        """oauth2-proxy oauth-proxy origin-oauth-proxy ose-oauth-proxy
        keycloak-gatekeeper louketo-proxy gogatekeeper vouch-proxy
        aws-sigv4-proxy sigv4-proxy aws-es-proxy es-proxy aws-signing-proxy
        authservice oidc-proxy saml-auth-proxy
        gcp-iap-auth kube-auth-proxy traefik-forward-auth""",
    ),
    Row(
        "database-proxy",
        ALWAYS,
        """cloud-sql-proxy gce-proxy cloudsql-proxy cloud-sql-auth-proxy
        alloydb-auth-proxy""",
    ),
    Row(
        "database-proxy",
        MAYBE,
        "pgbouncer pgbouncer-* *-pgbouncer pgpool pgpool-* proxysql odyssey twemproxy "
        "mcrouter mysql-router",
    ),
    Row("dns-cache", MOSTLY, "kube-dnsmasq k8s-dns-dnsmasq k8s-dns-dnsmasq-nanny"),
    Row("tls-proxy", MOSTLY, "ghostunnel stunnel hitch *-ssl-proxy *-tls-proxy"),
    Row("api-proxy", MOSTLY, "kubectl kubectl-* hyperkube", (r"\bproxy\b",)),
    Row(
        "tunnel-proxy",
        MOSTLY,
        """tailscale gluetun openvpn-client nordvpn nordlynx cloudflared ngrok frpc
        gerbil chisel inlets inlets-client inlets-pro zerotier netbird autossh sshuttle
        twingate-connector""",
    ),
    Row("tunnel-proxy", MAYBE, "wireguard openvpn warp-docker pritunl-client newt"),
    Row("routing-daemon", MOSTLY, "frr gobgp gobgpd exabgp"),
    # --- logs
    Row(
        "log-shipper",
        ALWAYS,
        """aws-for-fluent-bit *-firelens-* system-logger fluent-bit-sidecar
        fluentd-sidecar log-shipper log-forwarder""",
    ),
    Row(
        "log-shipper",
        MOSTLY,
        """fluent-bit fluentbit fluentd fluentd-* td-agent filebeat vector promtail
        rsyslog syslog-ng universalforwarder fluentd-hec ilogtail loongcollector""",
    ),
    Row("log-shipper", MAYBE, "logstash sumologic/collector elastic-agent"),
    Row("scanner", MAYBE, "clamav clamav-debian clamav/clamav clamav-rest c-icap"),
    Row("log-reader", MAYBE, "crowdsec fail2ban docker-fail2ban goaccess"),
    Row("log-rotator", MOSTLY, "logrotate docker-logrotate blacklabelops/logrotate"),
    # --- metrics and traces
    Row(
        "metrics-adapter",
        ALWAYS,
        """redis-exporter mysqld-exporter postgres-exporter mongodb-exporter
        memcached-exporter nginx-prometheus-exporter nginx-exporter apache-exporter
        php-fpm-exporter phpfpm-exporter jmx-exporter bitnami/jmx-exporter
        jmx-prometheus-exporter jmx-prometheus-httpserver rabbitmq-exporter
        statsd-exporter pgbouncer-exporter elasticsearch-exporter haproxy-exporter
        varnish-exporter kafka-exporter uwsgi-exporter sql-exporter
        crunchy-postgres-exporter cassandra-exporter zookeeper-exporter
        proxysql-exporter couchbase-exporter consul-exporter graphite-exporter
        openldap-exporter valkey-exporter oracledb-exporter postfix-exporter""",
    ),
    Row("metrics-adapter", MOSTLY, "*-exporter *-exporter-*"),
    Row(
        "metrics-uploader",
        ALWAYS,
        "prometheus-to-sd stackdriver-prometheus-sidecar "
        "opentelemetry-prometheus-sidecar",
    ),
    Row("metrics-uploader", ALWAYS, "thanos thanos-*", (r"\bsidecar\b",)),
    Row("metrics-agent", ALWAYS, "pmm-client nri-ecs dogstatsd"),
    Row(
        "metrics-agent",
        MOSTLY,
        """telegraf cloudwatch-agent datadog/agent datadog-agent signalfx-agent statsd
        graphite-statsd collectd infrastructure-bundle newrelic/infrastructure
        instana/agent zabbix-agent zabbix-agent2
        grafana/agent grafana-agent metricbeat machine-agent""",
    ),
    Row("metrics-agent", MAYBE, "vmagent prometheus-pushgateway pushgateway"),
    Row(
        "tracing-agent",
        ALWAYS,
        """jaeger-agent aws-xray-daemon xray-daemon autoinstrumentation-go
        newrelic-php-daemon""",
    ),
    Row("tracing-agent", MOSTLY, "aws-otel-collector skywalking-satellite"),
    Row(
        "telemetry-collector",
        MAYBE,
        """opentelemetry-collector opentelemetry-collector-* otel-collector otelcol
        otelcol-* splunk-otel-collector opentelemetry-operations-collector alloy""",
    ),
    # --- configuration and files
    Row(
        "config-reloader",
        ALWAYS,
        """config-reloader *-config-reloader configmap-reload configmap-reloader
        config-reload *-config-reload""",
    ),
    Row(
        "config-reloader",
        MOSTLY,
        "consul-template confd docker-gen dockerize nginx-proxy:*dockergen*",
    ),
    Row("config-sync", MOSTLY, "*-configurator"),
    Row(
        "config-sync",
        ALWAYS,
        "k8s-sidecar kiwigrid/k8s-sidecar kubernetes-sidecar",
    ),
    Row("git-sync", ALWAYS, "git-sync gitsync"),
    Row("git-sync", MAYBE, "git"),
    Row(
        "storage-mount",
        ALWAYS,
        "gcs-fuse-csi-driver-sidecar-mounter fluid-fuse alluxio-fuse jindofs-fuse",
    ),
    Row("storage-mount", MOSTLY, "gcsfuse s3fs goofys geesefs juicedata/mount"),
    Row("sync", MOSTLY, "rclone lsyncd rsync unison s3-sync"),
    Row(
        "editor",
        MOSTLY,
        """code-server openvscode-server hass-configurator-docker vscode-server
        coder/code-server linuxserver/code-server""",
    ),
    Row("file-server", MAYBE, "sftp static-web-server darkhttpd filebrowser"),
    # --- backup
    Row(
        "backup",
        ALWAYS,
        """litestream plugin-barman-cloud-sidecar percona-backup-mongodb
        etcd-backup-restore etcdbrctl cassandra-medusa k8ssandra/medusa""",
    ),
    Row(
        "backup",
        MOSTLY,
        """restic wal-g wal-e pgbackrest crunchy-pgbackrest xtrabackup
        percona-xtrabackup *-backup *-backup-local *-backup-s3 mysql-backup borgmatic
        kopia duplicity resticker""",
    ),
    Row(
        "backup", ALWAYS, "consul consul-* consul-enterprise", (r"\bsnapshot agent\b",)
    ),
    # --- secrets, certificates, policies
    Row("secrets-agent", ALWAYS, "vault vault-enterprise openbao", (r"\bagent\b",)),
    Row(
        "secrets-agent",
        ALWAYS,
        """secrets-provider-for-k8s conjur-authn-k8s-client
        conjur-kubernetes-authenticator secretless-broker aws-secrets-manager-agent
        vault-agent""",
    ),
    Row("secrets-agent", MOSTLY, "infisical/cli connect-sync"),
    Row("unsealer", ALWAYS, "bank-vaults", (r"\bunseal\b",)),
    Row("unsealer", MOSTLY, "vault-unsealer vault-unseal vault-init"),
    Row(
        "certificate-agent",
        ALWAYS,
        """acme-companion letsencrypt-nginx-proxy-companion traefik-certs-dumper
        docker-letsencrypt-nginx-proxy-companion spiffe-helper cert-reloader""",
    ),
    Row("certificate-agent", MOSTLY, "certbot docker-certbot dehydrated"),
    Row("certificate-agent", MAYBE, "lego acme.sh"),
    Row("policy-agent", ALWAYS, "kube-mgmt styra-local-plane"),
    Row("policy-agent", MOSTLY, "opa waf-enforcer waf-config-mgr"),
    Row("policy-agent", MAYBE, "cerbos topaz opal-client modsecurity-crs"),
    # --- storage drivers
    Row(
        "csi-registrar",
        ALWAYS,
        """csi-node-driver-registrar node-driver-registrar driver-registrar
        csi-driver-registrar csi-cluster-driver-registrar
        ose-csi-node-driver-registrar""",
    ),
    Row(
        "health-probe",
        ALWAYS,
        """livenessprobe csi-livenessprobe ose-csi-livenessprobe exechealthz
        k8s-dns-sidecar grpc-health-probe csi-external-health-monitor-controller
        csi-external-health-monitor-agent""",
    ),
    Row(
        "csi-provisioner",
        ALWAYS,
        "csi-provisioner csi-external-provisioner ose-csi-external-provisioner",
    ),
    Row(
        "csi-attacher",
        ALWAYS,
        "csi-attacher csi-external-attacher ose-csi-external-attacher",
    ),
    Row(
        "csi-resizer",
        ALWAYS,
        "csi-resizer csi-external-resizer ose-csi-external-resizer",
    ),
    Row(
        "csi-snapshotter",
        ALWAYS,
        "csi-snapshotter csi-external-snapshotter ose-csi-external-snapshotter "
        "csi-snapshot-metadata",
    ),
    Row(
        "csi-helper",
        ALWAYS,
        "csiaddons/k8s-sidecar csi-metadata-retriever csi-volumemodifier "
        "volume-modifier-for-k8s",
    ),
    # --- what a program runs on
    Row("app-runtime", ALWAYS, "daprd cmd/queue queue-proxy serving-queue"),
    Row("app-runtime", ALWAYS, "kserve/agent seldon/engine fission/fetcher"),
    Row("task-runner", MOSTLY, "n8nio/runners"),
    Row("renderer", MOSTLY, "grafana-image-renderer"),
    Row("api-adapter", MOSTLY, "tempo-query"),
    Row("step-helper", ALWAYS, "argoexec sidecarlogresults"),
    Row("docker-daemon", MOSTLY, "docker:*dind* dind docker-dind buildkit"),
    Row("docker-daemon", MOSTLY, "docker", (r"\bdockerd\b|--storage-driver\b",)),
    Row("ha-monitor", MOSTLY, "redis-sentinel valkey-sentinel"),
    Row("ha-monitor", MOSTLY, "redis valkey keydb", (r"\bsentinel\b",)),
    Row("database-agent", ALWAYS, "mongodb-agent mongodb-agent-ubi"),
    Row("leader-elector", ALWAYS, "leader-elector"),
    Row("resizer", ALWAYS, "addon-resizer addon-resizer-amd64 pod-nanny"),
    Row("api-proxy", MOSTLY, "endpoints-runtime endpoints-release/endpoints-runtime"),
    # --- names that say no more than what kind of helper it is
    Row("sidecar", MAYBE, "*-sidecar sidecar *-sidecar-*"),
    Row("proxy", MAYBE, "*-proxy"),
    Row("config-reloader", MOSTLY, "*-reloader *-reload"),
    Row("process-viewer", ALWAYS, "brendanburns/topz"),
    Row("sync", MAYBE, "*-sync *-syncer"),
    Row("agent", MAYBE, "*-agent"),
    # --- what speaks against
    Row(
        "node-agent",
        NEVER,
        """node-exporter *-node-exporter windows-exporter process-exporter
        systemd-exporter smartctl-exporter ipmi-exporter nvidia-gpu-exporter
        podman-exporter cadvisor node-problem-detector kube-proxy
        calico/node cilium flannel aws-node falco netdata logspout
        fluentd-kubernetes-daemonset oneagent sysdig/agent gke-metrics-agent
        node-local-dns k8s-dns-node-cache amazon-k8s-cni nvidia/k8s-device-plugin
        k8s-device-plugin dcgm-exporter multus-cni""",
    ),
    Row(
        "host-service",
        NEVER,
        """watchtower autoheal docker-autoheal portainer portainer-ce portainer-agent
        ofelia diun dozzle ouroboros docker-socket-proxy nginx-proxy glances""",
    ),
    Row(
        "cluster-service",
        NEVER,
        """kube-state-metrics metrics-server cert-manager-controller external-dns
        coredns ingress-nginx/controller nginx-ingress-controller stakater/reloader
        blackbox-exporter cluster-agent snapshot-controller sidecar-injector
        vault-k8s velero speaker kube-vip *-injector *-sidecar-injector""",
    ),
    Row(
        "application",
        SELDOM,
        """*-operator *-controller *-controller-manager *-manager *-server *-api
        *-backend *-frontend *-web *-webapp *-worker *-app""",
    ),
    Row(
        "placeholder",
        NEVER,
        """pause pause-amd64 agnhost echoserver echo-server http-echo hello-app
        hello-world whoami httpbin kuard hello-kubernetes nginx-hello podinfo
        examples-helloworld* argosay""",
    ),
    Row("init", NEVER, "wait-for wait-for-it k8s-wait-for kubernetes-wait migrate"),
    Row(
        "database",
        SELDOM,
        """postgres postgresql mysql mariadb mongo mongodb redis valkey memcached
        elasticsearch opensearch etcd influxdb clickhouse-server cassandra cockroach
        minio couchdb neo4j mssql-server server/mssql""",
    ),
    Row("broker", SELDOM, "rabbitmq kafka cp-kafka zookeeper nats activemq pulsar"),
    Row(
        "telemetry-server",
        SELDOM,
        "prometheus alertmanager grafana loki tempo jaeger all-in-one zipkin",
    ),
)

SPOKEN: tuple[Row, ...] = (
    Row("watcher", ALWAYS, "shutdown-manager", (r"\bshutdown-manager\b",)),
    Row("mesh-proxy", ALWAYS, "pilot-agent", (r"\bproxy sidecar\b",)),
    Row("gateway", SELDOM, "pilot-agent", (r"\bproxy (?:router|ingress|egress)\b",)),
    Row("plugin-server", ALWAYS, "argocd-cmp-server", (r"\bargocd-cmp-server\b",)),
    Row("mesh-proxy", ALWAYS, "consul", (r"\bconnect\b.* -sidecar-for\b",)),
    Row("docker-daemon", MOSTLY, "podman", (r"\bpodman system service\b",)),
    Row(
        "log-shipper",
        MOSTLY,
        "tail",
        (r"\btail\b[^;|&\n]{0,80}\s-\w{0,9}[fF](?!\s+/(?:dev/null|etc/))",),
    ),
    Row(
        "git-sync",
        MOSTLY,
        "git",
        (r"\b(while|watch)\b", r"\bgit\b", r"\b(pull|fetch)\b"),
    ),
    Row(
        "config-reloader",
        MOSTLY,
        "reload",
        (r"\binotifywait\b|\bp?kill(all)?\s+(-s\s+|-SIG|-)HUP\b|/-/reload\b",),
    ),
    Row(
        "config-reloader",
        MOSTLY,
        "reload",
        (r"-(?:watched|volume)-dir\b", r"-(?:reload|webhook)-url\b"),
    ),
)
"""Commands that tell it, whatever the image."""

LONGEST = 4000
"""Characters of a command that are looked at."""
LONGEST_IMAGE = 300
"""Characters of an image or a name that are looked at."""
WIDEST = 4
"""Words of a name in an expression that may stand for an image."""

_EXPRESSION = re.compile(
    r"\{\{.*?\}\}|\$\{[^{}]*\}|\$\([^()]*\)|\$\w+|<%.*?%>|#@ .*", re.S
)
_DEFAULT = re.compile(r"\$\{\w+:?-([^{}$]*)\}")
_OWN_IMAGE = re.compile(r"(?:include|template) \"[\w-]+\.image(?:\.\w+)?\"")
_IDENTIFIER = re.compile(r"[A-Za-z][\w-]*")
_PIECE = re.compile(r"[A-Z]+\d*(?![a-z])|[A-Z]?[a-z0-9]+|\d+")
_OAUTH = re.compile(r"OAuth")
_SIDE_CAR = re.compile(r"(?<![A-Za-z])([sS])ide[_-][cC]ar(?![a-z])|([sS])ideCar")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_HOLE = "\0"


def known(image: str, words: Iterable[str]) -> Known | None:
    """Return what an image, run with *words* as its command, is known as.

    *image* may be an expression: what it names, such as `.Values.oauth2Proxy.image` or
    `cfg.EnvoyImage`, then counts half.
    """
    return _known(image[:LONGEST_IMAGE], " ".join(words)[:LONGEST])


def of_name(name: str) -> Known | None:
    """Return what a container is known as that is called as an image is: half as sure.

    Of whoever builds an image of `nginx` of their own, the name is all that tells it.
    """
    rows = _exact().get("-".join(split(name)), ())
    row = next((one for one in rows if not one.words), None)
    if row is None or row.sure < 0:
        return None
    return Known(name, row.role, row.sure / 2, "expression")


@lru_cache(maxsize=1024)
def _known(image: str, said: str) -> Known | None:
    plain = _command(said)
    if plain is not None and plain.sure < 0:
        return plain  # it is told to be another thing than its image mostly is
    path, expression = _repository(image)
    found = _row(path, said) if path else _in_expression(expression, said)
    if found is None or found.sure < MOSTLY:
        told = [one for one in (_program(said), plain) if one is not None]
        spoken = max(told, key=lambda one: one.sure, default=None)
        if spoken is not None and (found is None or spoken.sure > found.sure):
            return spoken
    return found


def _repository(image: str) -> tuple[str, str]:
    """Return `owner/name:tag` of an image, or else the expression that it is."""
    text = _DEFAULT.sub(r"\1", image.strip().strip("\"'"))
    parts = _EXPRESSION.sub(_HOLE, text).split("@", 1)[0].split("/")
    name, _, tag = parts[-1].partition(":")
    if not _NAME.fullmatch(name):  # an image's name has no capital letters
        return "", text
    owner = parts[-2] if len(parts) > 1 else ""
    return f"{owner}/{name}:{tag}".lower().replace("_", "-"), ""


def _row(path: str, said: str) -> Known | None:
    """Return what the table says of `owner/name:tag`, the most particular row first."""
    owner, _, rest = path.rpartition("/")
    name, _, tag = rest.partition(":")
    name = re.sub(r"-(amd64|arm64|arm)$", "", name)
    # A tag may say more than the name: `nginx-proxy:dockergen`.
    match = _stars().fullmatch(f"{name}:{tag}") if tag else None
    if match is not None and match.lastindex is not None:
        pattern, row = _with_star()[match.lastindex - 1]
        if ":" in pattern and _speaks(row, said):
            return Known(name, row.role, row.sure)
    for key in (f"{owner}/{name}", name):
        for row in _exact().get(key, ()):
            if _speaks(row, said):
                return Known(name, row.role, row.sure)
    for key in (f"{name}:{tag}", name):
        match = _stars().fullmatch(key)
        if match is not None and match.lastindex is not None:
            row = _with_star()[match.lastindex - 1][1]
            if _speaks(row, said):
                return Known(name, row.role, row.sure)
    return None


def _command(said: str) -> Known | None:
    """Return what a command tells, whatever the image."""
    for row in SPOKEN if said else ():
        if _speaks(row, said):
            return Known(row.images, row.role, row.sure, "command")
    return None


def _speaks(row: Row, said: str) -> bool:
    return all(re.search(words, said) for words in row.words)


def _in_expression(text: str, said: str) -> Known | None:
    """Return what the names in an expression tell, half as sure.

    What the image belongs to comes first: `metrics` in `.Values.metrics.image.tag`,
    `reloader` in `reloaderImage`. Where that is a program that others help, the word
    in front of it may tell how: `configmapReload` in `.configmapReload.redis.image`.
    """
    if ".Values." in text:
        # A chart's own template makes the image's name; the values tell which image.
        text = _OWN_IMAGE.sub(" ", text)
    names = [split(identifier) for identifier in _IDENTIFIER.findall(text)]
    for outer, before, name in zip([[], [], *names], [[], *names], names, strict=False):
        if "image" in name:
            whose = [piece for piece in name if piece != "image"]
            outer, whose = (before, whose) if whose else (outer, before)
            found = _whose(whose, said)
            if (
                found is not None
                and found.sure <= 0
                and telling("-".join(whose)) is None
            ):
                helper = _whose(outer, said)
                found = helper if helper is not None and helper.sure > 0 else found
            if found is not None or (outer and _GENERAL.isdisjoint(outer)):
                break  # what that one belongs to is another program
        if "sidecar" in before or "sidecars" in before:
            found = Known("sidecar", "sidecar", MOSTLY)
            break
    else:
        parts = [part for name in names if (part := _inside(name, said)) is not None]
        found = max(parts, key=lambda part: len(part.name), default=None)
    return found and replace(found, sure=found.sure / 2, by="expression")


_GENERAL = frozenset(
    ("values", "global", "common", "default", "defaults", "cfg", "config", "spec", "c")
)
"""In front of an image, these tell nothing of whose it is."""


def _whose(words: list[str], said: str) -> Known | None:
    """Return what the words tell to which an image belongs."""
    found = _inside(words, said)
    role = telling("-".join(words))
    if role == "sidecar" and "sidecar" in words:
        return Known("-".join(words), role, MOSTLY)
    if found is None and role is not None and role != MAIN:
        return Known("-".join(words), role, MOSTLY)
    return found


def _inside(words: list[str], said: str) -> Known | None:
    """Return what the longest image's name within the words of a name is known as."""
    for width in range(min(WIDEST, len(words)), 0, -1):
        for start in range(len(words) - width + 1):
            part = "-".join(words[start : start + width])
            if part in _exact() and (found := _row(part, said)) is not None:
                return found
    return None


def _program(said: str) -> Known | None:
    """Return what the first word of a command is known as."""
    first = said.split(maxsplit=1)[0] if said.strip() else ""
    name = first.rsplit("/", 1)[-1].lower().replace("_", "-")
    found = _row(name, said) if name in _exact() else None
    if found is None or found.sure < MOSTLY:
        return None
    return replace(found, by="command")


@cache
def _exact() -> dict[str, list[Row]]:
    """Return the rows of each name without a star; those that need words first."""
    found: dict[str, list[Row]] = {}
    for row in sorted(TABLE, key=lambda row: not row.words):
        for name in row.images.split():
            if "*" not in name:
                found.setdefault(name, []).append(row)
    return found


@cache
def _with_star() -> tuple[tuple[str, Row], ...]:
    """Return the names with a star and their rows, the longest names first."""
    found = [(n, row) for row in TABLE for n in row.images.split() if "*" in n]
    return tuple(sorted(found, key=lambda one: -len(one[0])))


@cache
def _stars() -> re.Pattern[str]:
    """Return an expression with a group for each name with a star."""
    names = [re.escape(name).replace(r"\*", "[^:]*") for name, _ in _with_star()]
    return re.compile("|".join(f"({name})" for name in names))


# --- what a name tells

MAIN = "main"

PAIRS: dict[str, str] = {
    role_word: role
    for role, pairs in {
        "auth-proxy": "auth-proxy oauth-proxy oauth2-proxy oidc-proxy rbac-proxy "
        "authn-proxy authz-proxy sso-proxy iap-proxy",
        "database-proxy": "sql-proxy cloudsql-proxy db-proxy database-proxy "
        "postgres-proxy mysql-proxy pg-proxy alloydb-proxy redis-proxy",
        "mesh-proxy": "mesh-proxy istio-proxy linkerd-proxy envoy-proxy kuma-sidecar "
        "consul-dataplane service-proxy",
        "tls-proxy": "tls-proxy ssl-proxy https-proxy tls-terminator ssl-terminator "
        "tls-sidecar",
        "api-proxy": "api-proxy kubeapi-proxy kubectl-proxy apiserver-proxy",
        "tunnel-proxy": "vpn-client vpn-gateway vpn-sidecar",
        "secrets-agent": "vault-agent secrets-agent secret-agent secrets-sidecar",
        "tracing-agent": "jaeger-agent trace-agent tracing-agent apm-agent otel-agent "
        "xray-daemon otel-collector",
        "metrics-agent": "metrics-agent telegraf-agent datadog-agent dd-agent "
        "cloudwatch-agent metrics-collector newrelic-infra newrelic-agent",
        "policy-agent": "policy-agent opa-agent opa-sidecar opa-envoy opa-istio",
        "log-shipper": "log-agent log-shipper log-router log-forwarder log-collector "
        "log-tailer log-streamer log-sidecar log-exporter log-reader log-saver "
        "log-aggregator-agent logs-agent logs-forwarder logging-agent logging-sidecar "
        "system-logger log-uploader fluent-bit",
        "config-reloader": "config-reload config-reloader config-watcher "
        "config-manager "
        "config-refresher configmap-reload rules-reloader",
        "config-sync": "config-sync config-syncer dashboard-sidecar dashboard-loader "
        "config-loader rules-loader",
        "git-sync": "git-sync git-puller git-pull",
        "csi-registrar": "driver-registrar node-registrar",
        "editor": "code-server vscode-server",
        "csi-provisioner": "csi-provisioner external-provisioner",
        "csi-attacher": "csi-attacher external-attacher",
        "csi-resizer": "csi-resizer external-resizer",
        "csi-snapshotter": "csi-snapshotter external-snapshotter",
        "health-probe": "liveness-probe health-probe health-checker health-monitor "
        "monitor-controller health-check",
        "task-runner": "task-runner task-runners code-runner",
        "certificate-agent": "cert-renewer cert-reloader cert-agent cert-copy "
        "certs-copy cert-sync certs-sync acme-companion "
        "letsencrypt-companion",
        "uploader": "s3-push s3-upload s3-uploader",
        "docker-daemon": "docker-daemon docker-dind",
        "backup": "snapshot-agent backup-agent",
        "file-server": "file-server",
        "leader-elector": "leader-elector leader-election",
        "watcher": "shutdown-manager shutdown-watcher shutdown-handler "
        "termination-handler graceful-shutdown",
        "monitor": "system-probe",
        "log-rotator": "log-rotate log-rotator log-runner",
        "forwarder": "port-forward port-forwarder port-forwarding port-manager",
        MAIN: "metrics-server sidecar-injector agent-injector core-agent",
    }.items()
    for role_word in pairs.split()
}
"""Two words side by side, and the role that they tell."""

WORDS: dict[str, str] = {
    word: role
    for role, words in {
        "proxy": "proxy rproxy envoy",
        "agent": "agent",
        "sidecar": "sidecar helper companion sidekick",
        "adapter": "adapter adaptor",
        "ambassador": "ambassador",
        "metrics-adapter": "exporter statsd metrics",
        "metrics-agent": "telegraf cloudwatch cwagent datadog meter",
        "tracing-agent": "xray otel otelcol",
        "log-shipper": "shipper tailer logger logs fluentd fluentbit filebeat "
        "promtail vector",
        "forwarder": "forwarder relay",
        "collector": "collector",
        "sync": "sync syncer syncd synchronizer mirror puller poller poll",
        "config-reloader": "reloader reload refresher updater dockergen",
        "watcher": "watcher watch watchdog",
        "backup": "backup backuper snapshotter xtrabackup pgbackrest litestream",
        "uploader": "uploader upload",
        "tunnel-proxy": "tunnel vpn tailscale wireguard cloudflared gluetun",
        "secrets-agent": "unsealer",
        "csi-registrar": "registrar",
        "health-probe": "livenessprobe liveness healthcheck healthz prober probe",
        "process-viewer": "topz",
        "storage-mount": "mounter fuse gcsfuse",
        "certificate-agent": "certbot letsencrypt renewer",
        "policy-agent": "opa",
        "docker-daemon": "dind",
        "app-runtime": "daprd",
        "ha-monitor": "sentinel",
        "monitor": "monitor heartbeat",
        "scheduler": "cron",
        "cleaner": "cleaner cleanup janitor pruner",
        "log-rotator": "logrotate",
        "debugger": "debug debugger netshoot",
        "dns-cache": "dnsmasq",
        "editor": "codeserver vscode configurator",
        "resizer": "nanny",
        "renderer": "renderer browser",
        MAIN: "app application server web webserver webapp website api backend "
        "frontend ui worker controller manager operator main db database master "
        "primary broker gateway ingress service svc injector driver job",
    }.items()
    for word in words.split()
}
"""One word, and the role that it tells."""

_GLUED = re.compile(
    r"(?!haproxy)[a-z]{2,30}(proxy|exporter|agent|reloader|collector|shipper|forwarder)"
)
"""Two words of a name without a sign between them, of which the last one tells."""

_TASKS = ("check", "verify", "wait", "assert")
"""With these a name begins that tells what is done once, such as `check-logs`."""
_STAND_INS = {"mock", "mocked", "mocks", "fake", "stub", "dummy"}
"""With these a name tells of what takes another program's place, and so of neither."""
_SERVES_SIDECARS = ("injector", "operator", "webhook", "manager")
_NOT_ONE = (*_SERVES_SIDECARS, "sidecars", "set", "controller")
"""Ends of a word that begins with `sidecar`, and is no sidecar."""


def telling(name: str) -> str | None:
    """Return the role that a container's name tells, `main` for a main program's.

    The last telling word decides, as in English: an `api-proxy` is a proxy. None where
    the name tells nothing.
    """
    words = split(name)
    if not words or ("init" in words and "sidecar" not in words):
        return None
    if words[0] in _TASKS and len(words) > 1:
        return None
    if not _STAND_INS.isdisjoint(words):
        return None
    if "sidecar" in words and words[-1] not in _SERVES_SIDECARS:
        told = [PAIRS.get("-".join(pair)) for pair in pairwise(words)]
        told += [WORDS.get(word) for word in words if word != "sidecar"]
        vague = (None, MAIN, "sidecar", "agent")
        return next((role for role in told if role not in vague), "sidecar")
    if words[-1].startswith("sidecar") and not words[-1].endswith(_NOT_ONE):
        return "sidecar"
    for end in range(len(words), 0, -1):
        pair = "-".join(words[max(end - 2, 0) : end])
        role = PAIRS.get(pair) or WORDS.get(words[end - 1])
        if role is not None:
            return role
    if (glued := _GLUED.fullmatch(words[-1])) is not None:
        return WORDS[glued[1]]
    # A container may be called as an image is that does nothing but help.
    rows = _exact().get("-".join(words), ())
    return next((r.role for r in rows if r.sure >= ALWAYS and not r.words), None)


def split(name: str) -> list[str]:
    """Return the words of a name, small: of `myApp_log-shipper`, four.

    Template expressions in it are left out.
    """
    plain = _EXPRESSION.sub(" ", name[:LONGEST_IMAGE])
    plain = _SIDE_CAR.sub(lambda match: f"{match[1] or match[2]}idecar", plain)
    plain = _OAUTH.sub("Oauth", plain)
    return [piece.lower() for piece in _PIECE.findall(plain)]
