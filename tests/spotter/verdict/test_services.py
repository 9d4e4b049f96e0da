"""Services of Compose: which of them are a unit, and who is there for whom."""

from pathlib import Path

import pytest
from scanning import labels


def test_a_service_that_prepares_may_be_tried_again_until_it_succeeds(
    tmp_path: Path,
) -> None:
    text = """\
    services:
      db-init:
        image: example/db
        restart: on-failure
        volumes: ["data:/data"]
      db:
        image: example/db
        volumes: ["data:/data"]
    volumes: {data: {}}
    """
    assert labels(tmp_path, {"compose.yaml": text})["db-init"] == "init"


VPN = """\
services:
  gluetun:
    image: qmcgaw/gluetun
    ports: ["8080:8080"]
  torrents:
    image: example.com/torrents
    network_mode: service:gluetun
    volumes: ["/data:/data"]
  indexer:
    image: example.com/indexer
    network_mode: service:gluetun
  films:
    image: example.com/films
    ports: ["7878:7878"]
    volumes: ["/data:/data"]
"""


def test_who_only_shares_files_is_not_what_the_others_live_for(tmp_path: Path) -> None:
    assert labels(tmp_path, {"compose.yaml": VPN}) == {
        "gluetun": "sidecar",
        "torrents": "main",
        "indexer": "main",
        "films": "not-a-sidecar",
    }


READER = """\
services:
  shop:
    image: example.com/shop
    volumes: ["shop-logs:/logs"]
  blog:
    image: example.com/blog
    volumes: ["LOGS:/logs"]
  promtail:
    image: grafana/promtail
    volumes: ["shop-logs:/a:ro", "LOGS:/b:ro"]
volumes: {shop-logs: , blog-logs: }
"""


def test_who_reads_the_files_of_several_programs_is_nobodys(tmp_path: Path) -> None:
    text = READER.replace("LOGS", "blog-logs")
    found = labels(tmp_path, {"compose.yaml": text})
    assert found["promtail"] == "not-a-sidecar"
    text = text.replace("example.com/blog", "example.com/shop")  # a copy of it
    assert labels(tmp_path, {"compose.yaml": text})["promtail"] == "sidecar"


@pytest.mark.parametrize(
    ("address", "label"), [("shop", "sidecar"), ("elsewhere.example.com", None)]
)
def test_dapr_is_told_for_whom_it_is_there(
    tmp_path: Path, address: str, label: str | None
) -> None:
    text = f"""\
services:
  shop: {{image: example.com/shop}}
  shop-dapr:
    image: daprio/daprd
    command: ["./daprd", "--app-id", "shop", "--app-channel-address", "{address}"]
"""
    assert labels(tmp_path, {"compose.yaml": text}).get("shop-dapr") == label


def test_each_roof_is_a_unit_of_its_own(tmp_path: Path) -> None:
    pair = """\
  NAME:
    image: example.com/NAME
    volumes: ["./config:/config"]
  NAME_proxy:
    image: envoyproxy/envoy:v1.30
    network_mode: service:NAME
    volumes: ["./config:/config"]
"""
    text = "services:\n" + "".join(pair.replace("NAME", n) for n in ("shop", "blog"))
    found = labels(tmp_path, {"compose.yaml": text})
    assert found["shop"] == found["blog"] == "main"
    assert found["shop_proxy"] == found["blog_proxy"] == "sidecar"


@pytest.mark.parametrize("name", ["project-shop-1", "my_project_shop_1"])
def test_a_container_may_have_the_name_that_compose_gives(
    tmp_path: Path, name: str
) -> None:
    text = f"""\
services:
  shop: {{image: example.com/shop}}
  debug: {{image: example.com/tools, pid: "container:{name}", command: sleep infinity}}
"""
    found = labels(tmp_path, {"compose.yaml": text})
    assert found == {"shop": "main", "debug": "sidecar"}


def test_who_joins_a_stranger_is_read_all_the_same(tmp_path: Path) -> None:
    text = """\
services:
  shop: {image: example.com/shop, volumes: ["a:/a"]}
  tools: {image: example.com/tools, pid: "container:stranger", volumes: ["a:/a"]}
volumes: {a: }
"""
    labels(tmp_path, {"compose.yaml": text})


def test_nginx_before_php_is_a_front_door(tmp_path: Path) -> None:
    text = """\
services:
  nginx:
    image: nginx:1
    ports: ["80:80"]
    volumes: ["./src:/var/www", "./nginx.conf:/etc/nginx/conf.d/default.conf"]
  php:
    image: php:8-fpm
    volumes: ["./src:/var/www"]
"""
    found = labels(tmp_path, {"compose.yaml": text})
    assert "sidecar" not in found.values()


PROFILER = """\
services:
  shop:
    image: example.com/shop
  glass:
    image: example.com/glass
    pid: "service:shop"
"""


def test_whoever_asks_for_anothers_processes_watches_them(tmp_path: Path) -> None:
    found = labels(tmp_path, {"compose.yaml": PROFILER})
    assert found == {"shop": "main", "glass": "sidecar"}


def test_whoever_asks_for_anothers_network_may_be_its_tenant(tmp_path: Path) -> None:
    text = PROFILER.replace("pid:", "network_mode:")
    assert labels(tmp_path, {"compose.yaml": text})["glass"] == "main"


LOGS = """\
services:
  shop:
    image: example.com/shop
    ports: ["8080:8080"]
    volumes: ["logs:/var/log/shop"]
  pipe:
    image: otel/opentelemetry-collector-contrib:0.100.0
    volumes: ["logs:/var/log/shop"]
volumes:
  logs:
"""


def test_a_collector_reads_the_logs_that_it_may_write(tmp_path: Path) -> None:
    found = labels(tmp_path, {"compose.yaml": LOGS})
    assert found == {"shop": "main", "pipe": "sidecar"}


def test_a_collector_shares_other_files_as_an_equal(tmp_path: Path) -> None:
    text = LOGS.replace("logs:", "shared:").replace("/log/", "/lib/")
    assert "sidecar" not in labels(tmp_path, {"compose.yaml": text}).values()


def test_what_only_files_tie_can_be_several_units(tmp_path: Path) -> None:
    text = """\
services:
  shop:
    image: example.com/shop
    volumes: ["logs:/var/log/shop"]
  watch:
    image: crowdsecurity/crowdsec
    ports: ["8080:8080"]
    volumes: ["logs:/logs", "rows:/var/lib/rows"]
  board:
    image: example.com/board
    ports: ["3000:3000"]
    volumes: ["rows:/rows"]
volumes: {logs: , rows: }
"""
    found = labels(tmp_path, {"compose.yaml": text})
    assert found == {"shop": "main", "watch": "sidecar", "board": "not-a-sidecar"}


SCANNER = """\
services:
  files:
    image: example.com/files
    environment: {SCANNER_SOCKET: /run/scan/scan.sock}
    volumes: ["scan-socket:/run/scan"]
  scan:
    image: example.com/scan
    volumes: ["scan-socket:/tmp"]
volumes: {scan-socket: }
"""


def test_who_answers_on_a_socket_serves_its_caller(tmp_path: Path) -> None:
    found = labels(tmp_path, {"compose.yaml": SCANNER})
    assert found == {"files": "main", "scan": "sidecar"}


def test_a_front_that_calls_over_a_socket_serves_whom_it_calls(tmp_path: Path) -> None:
    text = """\
containers:
  - name: web
    image: nginx:1
    args: ["--upstream", "/run/app/app.sock"]
    volumeMounts: [{name: app-socket, mountPath: /run/app}]
  - name: shop
    image: example.com/shop
    args: ["--listen", "/sockets/app.sock"]
    volumeMounts: [{name: app-socket, mountPath: /sockets}]
volumes: [{name: app-socket, emptyDir: {}}]
"""
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n"
    pod += "".join(f"  {row}\n" for row in text.splitlines())
    assert labels(tmp_path, {"pod.yaml": pod}) == {"web": "sidecar", "shop": "main"}


def test_a_settings_folder_with_a_socket_of_one_is_no_meeting(tmp_path: Path) -> None:
    text = SCANNER.replace("scan-socket:", "data:")
    text = text.replace("example.com/scan", "example.com/other")
    assert labels(tmp_path, {"compose.yaml": text})["scan"] != "sidecar"


SITE = """\
services:
  web:
    image: nginx
    ports: ["80:80"]
    volumes: ["./certbot:/etc/nginx/ssl", "static:/static"]
  shop:
    build: .
    volumes: ["static:/static"]
  worker:
    build: .
    command: work
    volumes: ["static:/static"]
  certbot:
    image: certbot/certbot
    command: renew
    volumes: ["./certbot:/etc/letsencrypt"]
volumes: {static: }
"""


def test_a_helper_is_about_whose_files_it_takes(tmp_path: Path) -> None:
    found = labels(tmp_path, {"compose.yaml": SITE})
    assert found["certbot"] == "sidecar"
    assert found["web"] == "main"
    apart = SITE.replace("./certbot:/etc/letsencrypt", "./other:/etc/letsencrypt")
    assert "certbot" not in labels(tmp_path, {"compose.yaml": apart})


SHOP = """\
services:
  app:
    image: shop-app
    volumes: ["data:/data"]
  cron:
    image: shop-app
    command: cron.sh
    volumes: ["data:/data"]
  web:
    image: shop-web
    ports: ["80:80"]
    volumes: ["data:/data:ro"]
    depends_on: [app]
volumes: {data: }
"""


def test_who_shows_the_files_of_another_is_no_main_program(tmp_path: Path) -> None:
    found = labels(tmp_path, {"compose.yaml": SHOP})
    assert found == {"app": "main", "cron": "sidecar", "web": "not-a-sidecar"}


def farm(programs: int) -> str:
    """Return a file with so many programs, who holds their folder, and a collector."""
    named = [f"pot{number}" for number in range(programs)]
    pots = "".join(
        f"  {name}:\n    image: example.com/{name}\n"
        f'    volumes: ["./data/{name}/log:/log"]\n'
        for name in named
    )
    return (
        "services:\n"
        '  start:\n    image: example.com/start\n    volumes: ["./data:/data"]\n'
        f"{pots}"
        '  pipe:\n    image: logstash:8.15.0\n    volumes: ["./data:/data"]\n'
    )


def test_who_holds_the_folder_of_all_is_not_the_one_that_is_served(
    tmp_path: Path,
) -> None:
    found = labels(tmp_path, {"compose.yaml": farm(5)})
    assert found["pipe"] == "not-a-sidecar"


STACK_OF_EQUALS = """\
job "log" {
  group "log" {
    network {
      mode = "bridge"
      port "broker" {}
      port "schemas" {}
    }
    service {
      name = "broker"
      port = "broker"
    }
    service {
      name = "schemas"
      port = "schemas"
    }
    task "broker" {
      driver = "docker"
      config {
        image = "example.com/log-server"
        ports = ["broker"]
      }
      env { LISTENERS = "INTERNAL://localhost:9091" }
    }
    task "schemas" {
      driver = "docker"
      config {
        image = "example.com/schemas"
        ports = ["schemas"]
      }
      env { SERVERS = "localhost:9091" }
    }
  }
}
"""


def test_a_program_with_visitors_of_its_own_is_no_helper_of_who_calls_it(
    tmp_path: Path,
) -> None:
    found = labels(tmp_path, {"log.nomad": STACK_OF_EQUALS})
    assert "sidecar" not in found.values()
