"""What a third stranger's repositories showed: each case by its smallest example."""

from pathlib import Path
from textwrap import dedent

import pytest
from sidecar_spotter.model import Finding, Report
from sidecar_spotter.scan import scan


def scanned(folder: Path, files: dict[str, str]) -> Report:
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dedent(text), encoding="utf-8")
    return scan(folder)


def found(report: Report) -> dict[str, Finding]:
    return {one.name: one for judged in report.groups for one in judged.findings}


def labels(report: Report) -> dict[str, str]:
    return {name: one.label for name, one in found(report).items()}


# --- code: what constants stand for

NEEDS = {"package.json": '{"dependencies": {"@pulumi/aws": "6"}}'}
CODE = """\
const LOOKUP_PORT = 8_081;

export const service = new cloud.Service("Shop", {
  containers: [
    {
      name: "shop-server",
      image: shopImage,
      environment: {
        LOOKUP_URL: `http://localhost:${LOOKUP_PORT}/v1`,
      },
    },
    {
      name: "words",
      image: wordsImage,
      environment: { WORDS_PORT: String(LOOKUP_PORT) },
    },
    {
      name: "other",
      image: otherImage,
    },
  ],
});
"""


def test_a_constant_tells_the_port_at_which_a_neighbor_is_called(
    tmp_path: Path,
) -> None:
    one = found(scanned(tmp_path, NEEDS | {"shop.ts": CODE}))["words"]
    assert (one.label, one.serves) == ("sidecar", "shop-server")
    assert any(reason.feature == "localhost" for reason in one.evidence)


def test_another_constant_tells_of_nobody(tmp_path: Path) -> None:
    code = CODE.replace("String(LOOKUP_PORT)", '"9090"')
    assert labels(scanned(tmp_path, NEEDS | {"shop.ts": code}))["words"] != "sidecar"


# --- services that callers from outside reach

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
    report = scanned(tmp_path, {"compose.yaml": ROUTED.replace("ROUTE", route)})
    assert labels(report).get("nginx") == "not-a-sidecar"
    assert report.verdict == "no-sidecar"


@pytest.mark.parametrize("label", ["traefik.enable=false", "team=shop"])
def test_other_labels_are_no_route(tmp_path: Path, label: str) -> None:
    report = scanned(tmp_path, {"compose.yaml": ROUTED.replace("ROUTE", label)})
    assert labels(report)["nginx"] == "sidecar"


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
    report = scanned(tmp_path, UNITS | {name: SOCKET.replace("8080", port)})
    assert labels(report)["nginx"] == "not-a-sidecar"
    assert report.verdict == "no-sidecar"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("other.socket", SOCKET),
        ("nginx.socket", SOCKET.replace("0.0.0.0:8080", "%t/nginx.sock")),
    ],
)
def test_another_socket_tells_nothing(tmp_path: Path, name: str, text: str) -> None:
    report = scanned(tmp_path, UNITS | {name: text})
    assert labels(report)["nginx"] == "sidecar"


# --- the part that a helper plays

KEPT = """\
apiVersion: v1
kind: Pod
metadata: {name: store}
spec:
  containers:
    - name: store
      image: postgres:17
      volumeMounts: [{name: data, mountPath: /data}]
    - name: NAME
      image: postgres:17
      command: [/tools/run]
      volumeMounts: [{name: data, mountPath: /data}]
"""


@pytest.mark.parametrize("name", ["backup", "backup-sidecar"])
def test_the_tools_of_an_image_are_not_its_part(tmp_path: Path, name: str) -> None:
    report = scanned(tmp_path, {"pod.yaml": KEPT.replace("NAME", name)})
    assert (found(report)[name].label, found(report)[name].role) == (
        "sidecar",
        "backup",
    )


def test_who_follows_a_file_that_never_changes_ships_no_log(tmp_path: Path) -> None:
    text = KEPT.replace("[/tools/run]", "[tail, -f, FILE]").replace("NAME", "words")
    quiet = scanned(tmp_path, {"pod.yaml": text.replace("FILE", "/etc/hosts")})
    assert found(quiet)["words"].role != "log-shipper"
    loud = scanned(tmp_path, {"pod.yaml": text.replace("FILE", "/data/log")})
    assert found(loud)["words"].role == "log-shipper"


# --- whose sidecar

TITLED = """\
# TITLE

services:
  haproxy:
    image: haproxy:3.0
    volumes: ["rules:/rules"]
  agent:
    image: example.com/haproxy-sidecar-agent:1
    volumes: ["rules:/rules"]
volumes:
  rules:
"""


def test_the_title_of_a_file_tells_of_no_service(tmp_path: Path) -> None:
    titled = TITLED.replace("TITLE", "--- Haproxy Sidecar ---")
    report = scanned(tmp_path, {"compose.yaml": titled})
    assert labels(report) == {"haproxy": "main", "agent": "sidecar"}


def test_a_sentence_does(tmp_path: Path) -> None:
    said = TITLED.replace("TITLE", "The agent needs the haproxy sidecar.")
    report = scanned(tmp_path, {"compose.yaml": said})
    assert labels(report)["haproxy"] == "sidecar"


GROUP = """\
job "${job_name}" {
  group "pages" {
    task "backup" {
      driver = "docker"
      config {
        image   = "example.com/cron-backup:1"
        volumes = ["/saved:/saved", "/files/shop:/files"]
      }
    }
    task "db" {
      driver = "docker"
      config {
        image   = "${image_mysql}"
        volumes = ["/files/db:/var/lib/mysql"]
      }
    }
    task "pages" {
      driver = "docker"
      config {
        image   = "${image_pages}"
        volumes = ["/files/shop:/var/www/html"]
      }
    }
  }
}
"""


def test_a_store_by_its_value_is_not_what_a_group_is_for(tmp_path: Path) -> None:
    report = scanned(tmp_path, {"shop.nomad": GROUP})
    assert labels(report) == {
        "backup": "sidecar",
        "db": "not-a-sidecar",
        "pages": "main",
    }


# --- who saves files reads them

SHOPS = """\
services:
  till: {image: "example.com/till:1", volumes: ["till:/data", "all:/all"]}
  desk: {image: "example.com/desk:1", volumes: ["desk:/data", "all:/all"]}
  stock: {image: "example.com/stock:1", volumes: ["all:/all"]}
  post: {image: "example.com/post:1", volumes: ["all:/all"]}
  NAME: {image: "IMAGE", volumes: ["till:/data", "./saved:/saved"]}
volumes: {desk: , till: , all: }
"""


@pytest.mark.parametrize(
    ("name", "image"),
    [("till-backup", "example.com/tools:1"), ("saver", "offen/docker-volume-backup")],
)
def test_who_saves_the_files_of_one_service_serves_it(
    tmp_path: Path, name: str, image: str
) -> None:
    text = SHOPS.replace("NAME", name).replace("IMAGE", image)
    one = found(scanned(tmp_path, {"compose.yaml": text}))[name]
    assert (one.label, one.serves) == ("sidecar", "till")


def test_who_saves_the_files_of_several_serves_none_alone(tmp_path: Path) -> None:
    text = SHOPS.replace("NAME", "backup").replace("IMAGE", "example.com/tools:1")
    text = text.replace('"till:/data", "./saved', '"till:/t", "desk:/d", "./saved')
    assert labels(scanned(tmp_path, {"compose.yaml": text}))["backup"] != "sidecar"


def test_who_only_works_on_the_same_files_is_an_equal(tmp_path: Path) -> None:
    text = SHOPS.replace("NAME", "cart").replace("IMAGE", "example.com/cart:1")
    assert labels(scanned(tmp_path, {"compose.yaml": text}))["cart"] != "sidecar"
