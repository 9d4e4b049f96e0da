"""What a name, an image or a comment says that a container is."""

from pathlib import Path

import pytest
from beginnings import WORKLOAD, placed, pod, services, task
from reading import judged
from scanning import findings, labels, path_of, scanned
from sidecar_spotter.tables.known import known, telling

NODE = """\
# A node, and a page that shows how it does.
# HEAD
services:
  ledger:
    image: example.com/node
    volumes: ["./data:/data"]
  page:
    image: example.com/page
    network_mode: service:ledger
    volumes: ["./data:/data:ro"]
"""


@pytest.mark.parametrize(
    ("head", "main"),
    [
        ("The `page` sidecar runs in its network.", "ledger"),
        ("The front-page sidecar runs elsewhere.", "page"),
    ],
)
def test_the_comment_above_all_services_may_call_one_a_sidecar(
    head: str, main: str
) -> None:
    found = judged("compose.yaml", NODE.replace("HEAD", head))
    assert [name for name, one in found.items() if one.label == "main"] == [main]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("telegraf-init-sidecar", "metrics-agent"),
        ("telegraf-init", None),
        ("log-streamer", "log-shipper"),
        ("streamer", None),  # of videos, as well
    ],
)
def test_one_word_may_change_what_a_name_tells(name: str, role: str | None) -> None:
    assert telling(name) == role


@pytest.mark.parametrize(
    ("image", "role"),
    [
        ("{{ .Values.redis.image.repository }}", "database"),
        ("{{ .Values.redis.kubectl.image.repository }}", None),
        ("{{ .Values.global.redis.image }}", "database"),
        ("example.com/media-app-configurator:1", "config-sync"),
        ("docker.io/fosrl/gerbil:latest", "tunnel-proxy"),
    ],
)
def test_the_word_in_front_of_an_image_tells_whose_it_is(
    image: str, role: str | None
) -> None:
    found = known(image, ())
    assert (found and found.role) == role


STEPS = """\
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  initContainers:
    - {name: NAME, image: IMAGE}
  containers:
    - {name: shop, image: example.com/shop}
"""


@pytest.mark.parametrize(
    ("name", "role"),
    [("install-proxy", "init"), ("fetch-sidecar", "init"), ("copy-tls", "init")],
)
def test_a_step_is_not_what_it_handles(name: str, role: str) -> None:
    text = STEPS.replace("NAME", name).replace("IMAGE", "example.com/tools")
    assert judged("pod.yaml", text)[name].role == role


SECOND = """\
apiVersion: v1
kind: Pod
metadata: {name: both}
spec:
  containers:
  # COMMENT
  - name: keys
    image: example.com/keys:1
    env: [{name: SETTING, value: "-x"}]
  - name: shop
    image: example.com/shop:1
"""
MAIN_BELOW = "# COMMENT\n  - name: shop"


CALLED_MAIN = SECOND.replace("  # COMMENT\n", "").replace("- name: shop", MAIN_BELOW)
CALLED = (
    *(
        "This is our own sidecar that fetches the keys.",
        "Runs as sidecar.",
        "A sidecar.",
    ),
    *("An odd sidecar.", "The sidecar container.", "This sidecar will fetch the keys."),
    *("Sidecar for the keys.", "Key sidecar - fetches them.", "Key sidecar container"),
)
TOLD = ("will", "is", "can", "may", "needs", "calls", "injector")
NOT_CALLED = (
    *("The main program. It talks to the sidecar.", "Waits for its sidecar to start."),
    *(f"Waits, as the sidecar {word} late." for word in TOLD),
    *(
        f"Keys {word} the sidecar."
        for word in ("to", "from", "by", "with", "for", "of")
    ),
    *("Keys for an odd sidecar.", "Keys for a sidecar."),
)
MAINS = (
    "This is the main container",
    "Your app container",
    "Our application container",
)
SET: tuple[str, ...] = (
    "KeysSideCarArgs",
    "SIDECAR_ARG",
    "SIDECAR_OPTIONS",
    "SIDECAR_OPTS",
)
SET += ("SIDECAR_CONFIG", "SIDECAR_MODE", "SIDECAR_LOG_LEVEL", "SIDECARLOGLEVEL")


@pytest.mark.parametrize(
    ("text", "hole", "words", "name", "label"),
    [
        (SECOND, "COMMENT", CALLED, "keys", "sidecar"),
        (SECOND, "COMMENT", NOT_CALLED, "keys", "main"),
        (SECOND, "SETTING", SET, "keys", "sidecar"),
        (SECOND, "SETTING", ("SIDECAR_URL",), "keys", "main"),
        (CALLED_MAIN, "COMMENT", (*MAINS, "Primary container"), "shop", "main"),
        (CALLED_MAIN, "COMMENT", ("In the main container",), "shop", "not-a-sidecar"),
    ],
)
def test_its_author_may_say_what_it_is(
    tmp_path: Path, text: str, hole: str, words: tuple[str, ...], name: str, label: str
) -> None:
    files = {f"{one}.yaml": text.replace(hole, one) for one in words}
    found = {
        judged.group.path.removesuffix(".yaml"): one.label
        for judged in scanned(tmp_path, files).groups
        for one in judged.findings
        if one.name == name
    }
    assert found == dict.fromkeys(words, label)


@pytest.mark.parametrize(
    ("args", "label"), [("-config-file=/c", "sidecar"), ("-server", "not-a-sidecar")]
)
def test_consuls_client_is_a_helper_and_its_server_is_none(
    tmp_path: Path, args: str, label: str
) -> None:
    text = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: vault}}
spec:
  containers:
  - name: vault
    image: hashicorp/vault:1.17
  - name: consul
    image: hashicorp/consul:1.19
    args: [agent, "{args}"]
"""
    assert labels(tmp_path, {"a.yaml": text})["consul"] == label


def test_a_task_is_no_log_shipper_because_it_looks_at_logs(tmp_path: Path) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata: {name: test}
spec:
  containers:
  - name: start
    image: example.com/start:1
  - name: check-logs
    image: example.com/check:1
"""
    assert "sidecar" not in labels(tmp_path, {"a.yaml": text}).values()


@pytest.mark.parametrize(
    ("beside", "label"), [("api", "sidecar"), ("pictures", "not-a-sidecar")]
)
def test_a_name_may_tell_what_an_image_of_ones_own_does(
    tmp_path: Path, beside: str, label: str
) -> None:
    text = f"""\
    kind: Pod
    spec:
      containers:
        - {{name: {beside}, image: example/one}}
        - {{name: nginx, image: example/nginx-front}}
    """
    assert labels(tmp_path, {"a.yaml": text})["nginx"] == label


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("apiproxy", "proxy"),
        ("redisexporter", "metrics-adapter"),
        ("haproxy", None),
    ],
)
def test_two_words_may_be_glued(name: str, role: str | None) -> None:
    assert telling(name) == role


def test_a_setting_is_named_after_a_neighbor_in_its_own_way(tmp_path: Path) -> None:
    text = task(
        '{"name": "shop", "image": "example.com/shop", "environment":'
        ' [{"name": "RATES_DESK_URL", "value": "http://localhost:5002"}]}',
        '{"name": "rates-desk", "image": "example.com/rates"}',
        '{"name": "other", "image": "example.com/other"}',
        more='"networkMode": "awsvpc",',
    )
    assert labels(tmp_path, {"task.json": text})["rates-desk"] == "sidecar"


def test_a_tag_may_say_more_than_a_name(tmp_path: Path) -> None:
    text = """\
services:
  web:
    image: nginx
    ports: ["80:80"]
    volumes: ["pages:/etc/nginx/conf.d:ro"]
  writer:
    image: nginxproxy/nginx-proxy:1.6-dockergen
    volumes: ["pages:/etc/nginx/conf.d"]
volumes: {pages: }
"""
    found = labels(tmp_path, {"compose.yaml": text.replace("pages", "nginx_conf")})
    assert found == {"web": "main", "writer": "sidecar"}
    text = text.replace("-dockergen", "")
    (tmp_path / "other").mkdir()
    assert labels(tmp_path / "other", {"compose.yaml": text}) != found


def test_a_command_tells_of_consuls_proxy() -> None:
    said = ["exec consul connect proxy -sidecar-for shop"]
    found = known("example.com/tools", said)
    assert found is not None
    assert found.role == "mesh-proxy"
    assert known("example.com/tools", ["consul connect proxy"]) is None


def test_a_comment_stands_above_the_name_of_a_container_in_values(
    tmp_path: Path,
) -> None:
    text = """\
    controllers:
      call:
        containers:
          app:
            image: {repository: registry.example/call}
          # Turns the key every hour. A sidecar rather than a CronJob.
          turn:
            image: {repository: registry.example/turn}
    """
    assert labels(tmp_path, {"values.yaml": text}) == {"app": "main", "turn": "sidecar"}


def test_a_banner_says_who_is_the_main_container_and_who_the_sidecar(
    tmp_path: Path,
) -> None:
    boxes = """\
    volumes: [{name: sock, emptyDir: {}}]
    containers:
      ##########################
      # Application container. #
      ##########################
      - name: application
        image: ghostunnel/ghostunnel
        volumeMounts: [{name: sock, mountPath: /sock}]
      #####################
      # Decisions sidecar #
      #####################
      - name: decisions
        image: example.com/decisions
        volumeMounts: [{name: sock, mountPath: /sock}]
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)}) == {
        "application": "main",
        "decisions": "sidecar",
    }


def test_who_forwards_a_port_helps(tmp_path: Path) -> None:
    boxes = """\
    containers:
      - {name: app, image: example.com/torrent}
      - {name: port-forward, image: example.com/vpn-port-manager}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)})["port-forward"] == "sidecar"


def test_what_is_called_as_its_neighbor_with_config_behind_configures_it(
    tmp_path: Path,
) -> None:
    boxes = """\
    containers:
      - {name: pgbouncer, image: "example/pgbouncer:1"}
      - {name: pgbouncer-config, image: "example/pgbouncer:1"}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)}) == {
        "pgbouncer": "main",
        "pgbouncer-config": "sidecar",
    }


def test_what_its_author_calls_the_sidecar_is_not_the_main_program(
    tmp_path: Path,
) -> None:
    boxes = """\
    containers:
      # Application container. Replace with your own.
      - name: application
        image: ghostunnel/ghostunnel
        args: [server, "--listen=:3592", "--target=unix:/sock/cerbos.sock"]
        ports: [{containerPort: 3592}]
        volumeMounts: [{name: sock, mountPath: /sock}]
      # Cerbos sidecar
      - name: cerbos
        image: "{app-docker-img}"
        args: [server, "--config=/config/.cerbos.yaml"]
        volumeMounts: [{name: sock, mountPath: /sock}]
    volumes: [{name: sock, emptyDir: {}}]
    """
    text = pod(boxes, name="cerbos-sidecar-demo")
    assert labels(tmp_path, {"a.yaml": text}) == {
        "application": "main",
        "cerbos": "sidecar",
    }


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("grafana-import-dashboards", "sidecar"),
        ("graf-import-dashboards", "not-a-sidecar"),
        ("grafana-image", "not-a-sidecar"),
    ],
)
def test_a_name_says_what_is_done_for_whom(
    tmp_path: Path, name: str, label: str
) -> None:
    text = f"""\
    kind: Deployment
    metadata: {{name: grafana}}
    spec:
      selector: {{}}
      template:
        spec:
          containers:
          - name: grafana
            image: grafana/grafana
          - name: {name}
            image: alpine
            command: [/bin/sh, import.sh]
    """
    assert labels(tmp_path, {"a.yaml": text})[name] == label


PATTERN = """\
kind: Pod
metadata: {name: NAME}
spec:
  containers:
  - name: app
    image: busybox
    command: [sh, -c, "while true; do date >> /log/a.txt; sleep 5; done"]
    volumeMounts: [{name: log, mountPath: /log}]
  - name: transformer
    image: busybox
    command: [sh, -c, "while true; do cut -f2 /log/a.txt > /log/b.txt; sleep 5; done"]
    volumeMounts: [{name: log, mountPath: /log}]
  volumes: [{name: log, emptyDir: {}}]
"""


@pytest.mark.parametrize(
    ("unit", "name", "label"),
    [
        ("adapter", "pod.yaml", "adapter"),
        ("shop", "08-adapter-pattern/pod.yaml", "adapter"),
        ("shop", "ambassador_pattern.yaml", "ambassador"),
        ("log-adapter", "pod.yaml", "sidecar"),
        ("shop", "adapters/pod.yaml", "sidecar"),
    ],
)
def test_the_pod_or_its_file_presents_the_pattern(
    tmp_path: Path, unit: str, name: str, label: str
) -> None:
    found = labels(tmp_path, {name: PATTERN.replace("NAME", unit)})
    assert found == {"app": "main", "transformer": label}


def test_a_side_car_is_one_however_it_is_spelled(tmp_path: Path) -> None:
    boxes = (
        "        - {name: shop, image: shop}\n        - {name: side-car, image: x}\n"
    )
    assert labels(tmp_path, {"a.yaml": WORKLOAD + boxes})["side-car"] == "sidecar"


def test_a_name_with_a_word_behind_it_is_the_helpers(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    metadata: {name: flags}
    spec:
      volumes: [{name: rw, emptyDir: {}}]
      initContainers:
        - {name: copy, image: copy, volumeMounts: [{name: rw, mountPath: /etc/flags}]}
      containers:
        - name: flags-ui
          image: registry.example.com/flags-ui
          env: [{name: PHX_HOST, value: localhost}]
          ports: [{containerPort: 4000}]
          volumeMounts: [{name: rw, mountPath: /app/data}]
        - name: flags
          image: registry.example.com/flags
          ports: [{containerPort: 8013}]
          volumeMounts: [{name: rw, mountPath: /etc/flags}]
    """
    found = labels(tmp_path, {"a.yaml": text})
    assert found == {"flags": "main", "flags-ui": "sidecar", "copy": "init"}


def test_this_sidecar_will_is_said_of_the_container_below(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    spec:
      containers:
        - name: search
          image: search
        # This sidecar will prevent slow elections
        - name: search-master
          image: search
          command: [sh, -c, "sleep 1"]
    """
    assert labels(tmp_path, {"a.yaml": text})["search-master"] == "sidecar"


def test_a_comment_may_speak_of_a_neighbor_that_is_a_sidecar(tmp_path: Path) -> None:
    text = pod(
        """\
        containers:
          - name: shop
            image: example.com/shop
          # Listens on 443; the tailscale sidecar shows it to the others.
          - name: lobby
            image: example.com/lobby
          - name: shop-tailscale
            image: tailscale/tailscale
        """
    )
    found = labels(tmp_path, {"a.yaml": text})
    assert found["lobby"] == "not-a-sidecar"
    alone = text.replace("the tailscale sidecar", "the lobby sidecar")
    assert labels(tmp_path, {"a.yaml": alone})["lobby"] == "sidecar"


GO = """\
package pod
import corev1 "k8s.io/api/core/v1"
func NAME(one Spec) *corev1.Container {
  return &corev1.Container{Name: "lamp-sync", Image: one.Image}
}
"""
HELPS = 'is named "{}", as a helper would be'
IN = "network_mode: 'service:{}'"


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        (placed("rain", "app"), "app", 'is named "app", as a main program would be'),
        (placed("rain", "rainproxy"), "rainproxy", HELPS.format("rainproxy")),
        (placed("rain", "config"), "config", ""),
        (placed("", "sow-load"), "sow-load", ""),
        (services("app", f"vpn, {IN.format('app')}"), "vpn", HELPS.format("vpn")),
        (
            services("shop", f"shop-vpn, {IN.format('shop')}"),
            *("shop-vpn", HELPS.format("shop-vpn")),
        ),
        (services("vpn", f"shop-vpn, {IN.format('vpn')}"), "shop-vpn", ""),
        (services("rain", f"shop-vpn, {IN.format('rain')}"), "shop-vpn", ""),
        (
            services("rain", f"shop-vpn, cap_add: [NET_ADMIN], {IN.format('rain')}"),
            *("shop-vpn", HELPS.format("shop-vpn")),
        ),
        (placed("lamp", "sync", name="app"), "sync", HELPS.format("sync")),
        (GO.replace("NAME", "appOf"), "lamp-sync", ""),
        (GO.replace("NAME", "appProxy"), "lamp-sync", HELPS.format("lamp-sync")),
        (GO.replace("NAME", "proxyServer"), "lamp-sync", HELPS.format("lamp-sync")),
    ],
)
def test_what_is_said_of_a_name(
    tmp_path: Path, text: str, name: str, says: str
) -> None:
    found = findings(tmp_path, {path_of(text): text})
    reasons = found[name].evidence if name in found else ()
    said = [one.says for one in reasons if one.feature == "telling-name"]
    assert said == [says] * bool(says)
