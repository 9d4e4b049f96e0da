"""Services that callers from outside reach: by a route, or by a socket of systemd."""

from pathlib import Path

import pytest
from reading import box, unit
from scanning import labels, scanned

ROUTED = """\
services:
  nginx:
    image: nginx:1.27
    volumes: ["pages:/srv/pages"]
    labels:
      - "ROUTE"
      - "traefik.http.services.nginx.loadbalancer.server.port=80"
  desk:
    image: example.com/desk:1
    volumes: ["pages:/srv/desk"]
volumes:
  pages:
"""


@pytest.mark.parametrize(
    "route",
    [
        "traefik.http.routers.nginx.rule=Host(`shop.example.com`)",
        "traefik.enable=true",
        "caddy=shop.example.com",
    ],
)
def test_a_service_with_a_route_of_its_own_is_a_front_door(
    tmp_path: Path, route: str
) -> None:
    files = {"compose.yaml": ROUTED.replace("ROUTE", route)}
    assert labels(tmp_path, files).get("nginx") == "not-a-sidecar"
    assert scanned(tmp_path, files).verdict == "no-sidecar"


@pytest.mark.parametrize(
    ("route", "port"),
    [
        ("traefik.http.services.nginx.loadbalancer.server.port=8080", 8080),
        ("caddy.reverse_proxy={{upstreams 8080}}", 8080),
        ("caddy.reverse_proxy={{upstreams}}", -1),
    ],
)
def test_a_route_may_tell_the_port(route: str, port: int) -> None:
    labels = f'["caddy=shop.example.com", "{route}"]'
    text = f"services:\n  nginx:\n    image: nginx\n    labels: {labels}\n"
    text += "  desk: {image: desk, network_mode: service:nginx}\n"
    nginx = box(unit("compose.yaml", text), "nginx")
    assert [one.number for one in nginx.ports] == [port]


@pytest.mark.parametrize("label", ["traefik.enable=false", "team=shop"])
def test_other_labels_are_no_route(tmp_path: Path, label: str) -> None:
    files = {"compose.yaml": ROUTED.replace("ROUTE", label)}
    assert labels(tmp_path, files)["nginx"] == "sidecar"


UNITS = {
    "till.container": """\
        [Container]
        ContainerName=app
        Image=docker.io/library/php:8-fpm
        Network=shop.network
        Volume=%h/pages:/var/www/html
        """,
    "nginx.container": """\
        [Unit]
        After=till.service
        [Container]
        Image=docker.io/library/nginx:1.27
        Network=shop.network
        Volume=%h/pages:/var/www/html:ro
        """,
}
SOCKET = "[Socket]\nListenStream=0.0.0.0:8080\n"


@pytest.mark.parametrize(
    ("name", "port"), [("nginx.socket", "8080"), ("nginx.socket.in", "${port}")]
)
def test_who_is_started_by_a_socket_of_the_machine_is_reached_there(
    tmp_path: Path, name: str, port: str
) -> None:
    files = UNITS | {name: SOCKET.replace("8080", port)}
    assert labels(tmp_path, files)["nginx"] == "not-a-sidecar"
    assert scanned(tmp_path, files).verdict == "no-sidecar"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("other.socket", SOCKET),
        ("nginx.socket", SOCKET.replace("0.0.0.0:8080", "%t/nginx.sock")),
    ],
)
def test_another_socket_tells_nothing(tmp_path: Path, name: str, text: str) -> None:
    files = UNITS | {name: text}
    assert labels(tmp_path, files)["nginx"] == "sidecar"


PAGES = """\
kind: Pod
metadata: {name: news}
spec:
  containers:
    - name: printer
      image: busybox
      command: [sh, -c, "while true; do date > /out/index.html; sleep 9; done"]
      volumeMounts: [{name: pages, mountPath: /out}]
    - name: nginx
      image: nginx
      volumeMounts:
        - {name: pages, mountPath: /usr/share/nginx/html, readOnly: true}
"""


def test_a_web_server_that_is_given_pages_alone_serves_what_its_neighbor_writes(
    tmp_path: Path,
) -> None:
    assert labels(tmp_path, {"pod.yaml": PAGES}) == {
        "printer": "sidecar",
        "nginx": "main",
    }


def test_one_that_is_told_whom_to_pass_requests_to_stands_in_front(
    tmp_path: Path,
) -> None:
    settings = "        - {name: conf, mountPath: /etc/nginx/conf.d}\n"
    assert labels(tmp_path, {"pod.yaml": PAGES + settings}) == {
        "printer": "main",
        "nginx": "sidecar",
    }
