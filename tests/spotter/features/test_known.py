"""What an image, a command or a name is known as."""

from pathlib import Path

import pytest
from beginnings import placed, pod
from limits import within
from scanning import findings, neighbors
from sidecar_spotter.tables.known import MAYBE, MOSTLY, TABLE, known, split, telling


@pytest.mark.parametrize(
    "image",
    [
        "kube-rbac-proxy",
        "gcr.io/kubebuilder/kube-rbac-proxy:v0.13.1",
        "localhost:5000/kube-rbac-proxy@sha256:0648c1d1222813",
        '"quay.io/x/kube_rbac_proxy:v1"',
        "{{ .Values.registry }}/kube-rbac-proxy:{{ .Values.tag }}",
        "${REGISTRY}/kube-rbac-proxy:$TAG",
        "${IMAGE:-quay.io/x/kube-rbac-proxy:1}",
    ],
)
def test_an_image_is_known_in_whatever_registry_and_version(image: str) -> None:
    found = known(image, ())
    assert found is not None
    assert (found.name, found.role, found.by) == (
        "kube-rbac-proxy",
        "auth-proxy",
        "image",
    )


@pytest.mark.parametrize(
    ("image", "role"),
    [
        ("gcr.io/cloudsql-docker/gce-proxy:1.11", "database-proxy"),
        ("registry.k8s.io/sig-storage/livenessprobe:v2", "health-probe"),
        ("prom/memcached-exporter", "metrics-adapter"),
        ("example.com/acme-exporter:1", "metrics-adapter"),
        ("public.ecr.aws/aws-observability/aws-for-fluent-bit:stable", "log-shipper"),
        ("docker:24-dind-rootless", "docker-daemon"),
        ("docker.io/istio/proxyv2:1.20", "mesh-proxy"),
        ("cr.l5d.io/linkerd/proxy:stable", "mesh-proxy"),
        ("tailscale/tailscale", "tunnel-proxy"),
        ("public.ecr.aws/datadog/agent:7", "metrics-agent"),
        ("x/csi-node-driver-registrar-amd64:v1", "csi-registrar"),
        ("quay.io/frrouting/frr:9.1.0", "routing-daemon"),
        ("example.com/mirror/csi-external-attacher:4", "csi-attacher"),
        ("example.com/mirror/csi-external-snapshotter:8", "csi-snapshotter"),
    ],
)
def test_the_role_of_an_image(image: str, role: str) -> None:
    found = known(image, ())
    assert found is not None
    assert found.role == role
    assert found.sure >= MOSTLY


@pytest.mark.parametrize(
    ("image", "words", "role"),
    [
        ("hashicorp/vault:1.15", ["agent", "-config=/etc/vault"], "secrets-agent"),
        (
            "quay.io/thanos/thanos",
            ["sidecar", "--prometheus.url=x"],
            "metrics-uploader",
        ),
        ("redis:7", ["redis-server", "/etc/s.conf", "--sentinel"], "ha-monitor"),
        ("bitnami/kubectl", ["kubectl", "proxy"], "api-proxy"),
        ("busybox", ["sh", "-c", "tail -n+1 -F /var/log/app.log"], "log-shipper"),
        ("debian", ["/cloud_sql_proxy", "-instances=x"], "database-proxy"),
        ("bitnami/git", ["sh", "-c", "while true; do git pull; sleep 5; done"], ""),
        ("docker.io/istio/proxyv2", ["proxy", "router"], "gateway"),
    ],
)
def test_the_command_decides_where_the_image_does_many_things(
    image: str, words: list[str], role: str
) -> None:
    found = known(image, words)
    assert found is not None
    assert found.role == (role or "git-sync")


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("hashicorp/vault:1.15", ["server"]),
        ("quay.io/thanos/thanos", ["query"]),
        ("busybox", ["tail", "-f", "/dev/null"]),
        ("someone/agent", []),
        ("", []),
        ("{{ .Values.image.repository }}:{{ .Values.image.tag }}", []),
        ("%s/%s:%s", []),
        ("$IMAGE", []),
    ],
)
def test_what_tells_nothing_is_not_known(image: str, words: list[str]) -> None:
    assert known(image, words) is None


@pytest.mark.parametrize(
    ("image", "role"),
    [
        ("{{ .Values.oauth2Proxy.image.repository }}:{{ .Values.x }}", "auth-proxy"),
        ('{{ include "chart.image" .Values.metrics.image }}', "metrics-adapter"),
        ('{{ include "chart.reloaderImage" . }}', "config-reloader"),
        ("w.ImageConsulDataplane", "mesh-proxy"),
        ("spec.GetCSIExternalResizerImage()", "csi-resizer"),
        ("viper.GetString(FlagOpenShiftOauthProxyImage)", "auth-proxy"),
        ("${var.envoy_image}", "proxy"),
    ],
)
def test_the_names_in_an_expression_count_half(image: str, role: str) -> None:
    found = known(image, ())
    assert found is not None
    assert (found.role, found.by) == (role, "expression")
    assert 0 < found.sure <= 0.5


@pytest.mark.parametrize(
    "image",
    [
        "prom/node-exporter",
        "fluent/fluentd-kubernetes-daemonset:v1",
        "registry.k8s.io/pause:3.9",
        "containrrr/watchtower",
        "traefik/whoami",
        "jaegertracing/jaeger-operator:1.65",
        "hashicorp/some-sidecar-injector",
        "postgres:16",
    ],
)
def test_some_images_speak_against(image: str) -> None:
    found = known(image, ())
    assert found is not None
    assert found.sure < 0


def test_a_web_server_is_a_weak_sign() -> None:
    found = known("nginx:1.25-alpine", ())
    assert found is not None
    assert found.sure == MAYBE


def test_the_table_is_long_and_its_words_are_expressions() -> None:
    names = [name for row in TABLE for name in row.images.split()]
    assert len(names) >= 150
    plain = [n for row in TABLE if not row.words for n in row.images.split()]
    assert len(plain) == len(set(plain)), "an image has one row without words"


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("istio-proxy", "mesh-proxy"),
        ("api-proxy", "api-proxy"),
        ("my_log_router", "log-shipper"),
        ("logShipper", "log-shipper"),
        ("dashboard-auth-proxy", "auth-proxy"),
        ("{{ .Chart.Name }}-agent", "agent"),
        ("node-driver-registrar", "csi-registrar"),
        ("slow-sidecar", "sidecar"),
        ("git-sync", "git-sync"),
        ("app", "main"),
        ("proxy-server", "main"),
        ("sidecar-injector", "main"),
        ("jaeger-operator", "main"),
        ("init-proxy", None),
        ("pmm-client", "metrics-agent"),
        ("redis", None),
        ("", None),
        ("{{ .Chart.Name }}", None),
    ],
)
def test_what_a_name_tells(name: str, role: str | None) -> None:
    assert telling(name) == role


def test_a_name_is_split_where_its_words_meet() -> None:
    assert split("myApp_log-shipper") == ["my", "app", "log", "shipper"]
    assert split("HTTPProxy") == ["http", "proxy"]


def test_hostile_text_costs_little_time() -> None:
    with within(1):
        for text in (
            "{{" * 50000,
            "aB" * 99999,
            "${" * 50000,
            "a-" * 99999,
            "\0" * 9999,
        ):
            known(text, (text, "while git " * 50000, "tail " * 50000))
            telling(text)


@pytest.mark.parametrize(
    ("image", "role"),
    [
        ("{{ .Values.configmapReload.redis.image.repository }}", "config-reloader"),
        (
            '{{ include "redis.image" (merge .Values.hotReload.image .) }}',
            "config-reloader",
        ),
        (
            '{{ include "shop-metrics.image.registry" . }}/'
            "{{ .Values.redis.image.repository }}",
            "database",
        ),
        ("{{ .Values.sidecars.changer.image.repository }}", "sidecar"),
        ("{{ .Values.redis.image.repository }}", "database"),
    ],
)
def test_whose_image_an_expression_says(image: str, role: str) -> None:
    found = known(image, ())
    assert found is not None
    assert found.role == role


def test_what_watches_a_folder_and_calls_an_address_reloads() -> None:
    words = ["--watched-dir=/etc/shop", "--reload-url=http://127.0.0.1:9090/x"]
    found = known("example.com/shop", words)
    assert found is not None
    assert found.role == "config-reloader"


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("gcs-syncd", "sync"),
        ("PasswordFileUpdater", "config-reloader"),
        ("pt-heartbeat", "monitor"),
        ("shelf-liveness", "health-probe"),
        ("mocked-server", None),
        ("fake-app", None),
    ],
)
def test_a_word_tells_a_role_unless_it_stands_in(name: str, role: str | None) -> None:
    assert telling(name) == role


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("grafana-dashboard-loader", "config-sync"),
        ("system-probe", "monitor"),
        ("probe", "health-probe"),
        ("class-loader", None),
        ("CoreAgent", "main"),
    ],
)
def test_a_pair_of_words_tells_more_than_its_last(name: str, role: str | None) -> None:
    assert telling(name) == role


def test_a_copier_of_certificates_is_known_by_name() -> None:
    assert telling("replication-cert-copy") == "certificate-agent"


def test_a_daemon_of_podman_is_known_by_its_command() -> None:
    found = known("quay.io/podman/stable", ["podman", "system", "service", "-t", "0"])
    assert found is not None
    assert found.role == "docker-daemon"


def test_a_client_that_takes_over_traffic_is_known_by_name(tmp_path: Path) -> None:
    text = pod(
        """\
        containers:
          - name: preview
            image: ${IMAGE}
          - name: telepresence
            image: $(params.client-image)
        """
    )
    said = neighbors(tmp_path, {"a.yaml": text})
    assert said["telepresence"] == ("sidecar", "preview")


PAGES = "volumeMounts: [{name: data, mountPath: /var/www}]"
LOOP = "args: [sh, -c, 'while true; do cut /a; sleep 1; done']"
SYNC = (
    "runs git-sync, a known helper, which keeps a copy of a Git repository up to date"
)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "lamp, image: oauth2-proxy, env: [{name: A, value: b}]",
            "runs oauth2-proxy, known as auth-proxy",
        ),
        ("lamp, image: git-sync", SYNC),
        (f"lamp, image: git-sync, {PAGES}", SYNC),
        (f"lamp, image: git-sync, {LOOP}", SYNC),
        (f"lamp, image: nginx, {PAGES}", ""),
        ("lamp, image: postgres", "runs postgres, known as database"),
        (f"lamp, image: postgres, {LOOP}", ""),
        (
            "lamp, image: example/lamp-sidecar",
            "runs lamp-sidecar, whose name says sidecar",
        ),
        (
            "lamp, image: lamp-operator",
            "runs lamp-operator, as a rule a main program",
        ),
        (
            "lamp, image: '{{ .Values.sidecars.lamp.image }}'",
            "gets its image from a value that is called sidecars",
        ),
        (
            "lamp, image: '{{ .Values.oauth2Proxy.image }}'",
            "gets its image from a value that is called oauth2Proxy, "
            "known as auth-proxy",
        ),
        (
            "lamp, env: [{name: A, value: b}, {name: TUNNEL_TOKEN, value: c}]",
            "has a variable of cloudflared, known as tunnel-proxy",
        ),
        (
            "lamp, args: [inotifywait]",
            "has a command that makes a program reload, as a config-reloader does",
        ),
        ("lamp, args: [a, 'tail -F /b']", "runs tail, known as log-shipper"),
        ("git-sync, image: example/front", ""),
        (
            "nginx, image: example/front",
            "is called as the image nginx, known as reverse-proxy",
        ),
    ],
)
def test_what_is_said_of_a_known_program(tmp_path: Path, row: str, says: str) -> None:
    text = placed(row, "app")
    found = findings(tmp_path, {"a.yaml": text})[row.partition(",")[0]].evidence
    said = [one.says for one in found if one.feature == "known-image"]
    assert said == [says] * bool(says)


@pytest.mark.parametrize(
    "rows",
    [
        ("nginx, image: example/front, ports: [{containerPort: 80}]", "lamp"),
        ("nginx, image: postgres, args: [a]", "lamp, image: postgres"),
    ],
)
def test_ones_own_ports_or_an_image_of_both_tell_nothing(
    tmp_path: Path, rows: tuple[str, ...]
) -> None:
    said = findings(tmp_path, {"a.yaml": placed(*rows)})["nginx"].evidence
    assert "known-image" not in {one.feature for one in said}


def test_a_command_is_shown_where_it_stands(tmp_path: Path) -> None:
    text = placed("lamp, args: [run,\n    'tail -F /a']", "app")
    (said, *_) = findings(tmp_path, {"a.yaml": text})["lamp"].evidence
    assert "tail -F" in text.splitlines()[said.line - 1]


def test_a_known_program_alone_helps_nobody(tmp_path: Path) -> None:
    text = placed("lamp, image: redis-exporter", kind="Deployment")
    assert findings(tmp_path, {"a.yaml": text})["lamp"].label == "not-a-sidecar"


def test_an_image_that_ytt_computes_tells_by_its_name(tmp_path: Path) -> None:
    text = (
        placed("shop") + "  - image: #@ data.values.pgbouncer.image\n    name: pool\n"
    )
    assert findings(tmp_path, {"a.yaml": text})["pool"].role == "database-proxy"
