"""Nomad: task groups, their life cycle, and the proxies that they ask for."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from limits import within
from reading import box, names, refuses, unit, units
from sidecar_spotter import scan
from sidecar_spotter.tree import Unreadable

JOB = """\
variable "image" {}

job "shop" {
  group "web" {
    network {
      mode = "bridge"
      port "http" { to = 8080 }
    }
    volume "data" { type = "host" }
    service {
      name = "web"
      port = "http"
      connect {
        sidecar_service {}
      }
    }
    # ships the log
    task "ship" {
      driver = "docker"
      lifecycle {
        hook    = "prestart"
        sidecar = true
      }
      config {
        image = "example/ship"
        args  = ["${NOMAD_ALLOC_DIR}/logs"]
      }
    }
    task "prepare" {
      lifecycle { hook = "prestart" }
    }
    task "web" {
      leader = true
      config {
        image = var.image
        ports = ["http"]
      }
      env {
        TO = "localhost:9000"
      }
      volume_mount {
        volume      = "data"
        destination = "/data"
        read_only   = true
      }
      template {
        destination = "local/conf"
        data        = <<EOH
first
server 127.0.0.1:6666
EOH
      }
    }
  }
}
"""


def test_a_group_is_a_unit_of_its_tasks() -> None:
    group = unit("shop.nomad", JOB)
    assert (group.platform, group.name, group.line) == ("nomad", "shop/web", 4)
    assert [(one.name, one.line, one.stage) for one in group.containers] == [
        ("ship", 18, "native"),
        ("prepare", 29, "init"),
        ("web", 32, "run"),
    ]
    assert [share.text for share in group.shares] == ["network"]
    assert group.served == (8080,)


def test_a_task_keeps_what_it_says() -> None:
    group = unit("shop.nomad", JOB)
    ship, web = box(group, "ship"), box(group, "web")
    assert ship.notes[0].text == "ships the log"
    assert [mount.volume for mount in ship.mounts] == ["alloc"]
    assert web.image is not None and web.image.text == "${var.image}"
    assert [(port.number, port.name) for port in web.ports] == [(8080, "http")]
    assert [(said.text, said.line) for said in web.settings] == [
        ("TO=localhost:9000", 39),
        ("server 127.0.0.1:6666", 50),
    ]
    assert [(one.volume, one.read_only) for one in web.mounts] == [("data", True)]
    assert web.essential and not ship.essential


def test_a_sidecar_service_asks_for_a_proxy() -> None:
    (ask,) = unit("shop.nomad", JOB).requests
    assert (ask.container, ask.line, ask.wanted) == ("connect-proxy", 14, True)


@pytest.mark.parametrize("instead", ["native = true", "gateway { ingress {} }"])
def test_a_program_that_speaks_connect_and_a_gateway_get_none(instead: str) -> None:
    (ask,) = unit("a.hcl", JOB.replace("sidecar_service {}", instead)).requests
    assert not ask.wanted


def test_a_job_for_each_machine_is_marked() -> None:
    text = JOB.replace('job "shop" {', 'job "shop" {\n type = "system"')
    assert "daemon" in unit("shop.nomad.hcl", text).marks


def test_a_task_without_a_group_is_a_unit_of_its_own() -> None:
    text = 'job "a" {\n  task "b" {\n  }\n}\n'
    assert names(unit("a.nomad", text)) == ["b"]


@pytest.mark.parametrize("path", ["a.nomad.tpl", "a.nomad.hcl.j2"])
def test_a_template_of_a_job_is_read(path: str) -> None:
    text = JOB.replace("  group", '  [[ template "x" . ]]\n%{ if a ~}\n  group', 1)
    text = text.replace('"http" { to = 8080 }', '"http" { to = [[ .port ]] }')
    assert names(unit(path, text)) == ["ship", "prepare", "web"]


def test_braces_in_texts_and_comments_open_nothing() -> None:
    text = JOB.replace("first\n", '{{ range }} "${ } }\n').replace(
        "driver =", '/* } */ x = "}${a("}")}" // }\n      # }\n      driver ='
    )
    assert names(unit("a.nomad", text)) == ["ship", "prepare", "web"]


def test_other_hcl_is_passed_over() -> None:
    assert units("agent.hcl", "client {\n  enabled = true\n}\n") == []


def test_deep_nesting_is_refused() -> None:
    start = 'job "a" {\n task "b" {\n'
    assert "deep" in refuses("a.nomad", start + "x = " + "[" * 10_000)
    assert "deep" in refuses("a.nomad", start + "a {\n" * 10_000)


def test_a_text_without_an_end_is_refused() -> None:
    start = 'job "a" {\n task "b" {\n'
    assert "does not end" in refuses("a.nomad", start + "x = <<EOF\nfoo\n")


SENT = {
    "Job": {
        "ID": "shop",
        "Name": None,
        "Type": "service",
        "TaskGroups": [
            {
                "Name": "web",
                "Networks": [
                    {
                        "Mode": "bridge",
                        "DynamicPorts": [{"Label": "http", "To": 8080, "Value": 0}],
                    }
                ],
                "Services": [
                    {
                        "Name": "web",
                        "PortLabel": "http",
                        "Connect": {"SidecarService": {}, "Gateway": None},
                    },
                    {"Name": "plain", "PortLabel": "9090", "Connect": None},
                ],
                "Volumes": {"logs": {"Type": "host", "Source": "logs"}},
                "Tasks": [
                    {
                        "Name": "ship",
                        "Driver": "docker",
                        "Config": {"image": "example.com/ship:1", "args": ["-v"]},
                        "Lifecycle": {"Hook": "prestart", "Sidecar": True},
                        "VolumeMounts": [
                            {"Volume": "logs", "Destination": "/in", "ReadOnly": True}
                        ],
                    },
                    {
                        "Name": "prepare",
                        "Driver": "exec",
                        "Config": {"command": "prepare"},
                        "Lifecycle": {"Hook": "prestart", "Sidecar": False},
                    },
                    {
                        "Name": "web",
                        "Driver": "docker",
                        "Config": {"image": "example.com/web:1", "ports": ["http"]},
                        "Lifecycle": None,
                        "Env": {"UPSTREAM": "localhost:9000"},
                        "Templates": [{"EmbeddedTmpl": "call localhost:9000"}],
                        "VolumeMounts": [{"Volume": "logs", "Destination": "/out"}],
                    },
                ],
            }
        ],
    }
}


@pytest.mark.parametrize("job", [SENT, SENT["Job"]])
def test_a_job_in_json_is_read_as_one_in_hcl(job: dict[str, object]) -> None:
    text = json.dumps(job, indent=1)
    group = unit("shop.json", text)
    assert (group.platform, group.name) == ("nomad", "shop/web")
    stages = {one.name: one.stage for one in group.containers}
    assert stages == {"ship": "native", "prepare": "init", "web": "run"}
    rows = text.split("\n")
    assert all(f'"{one.name}"' in rows[one.line - 1] for one in group.containers)
    web = box(group, "web")
    assert web.image is not None and web.image.text == "example.com/web:1"
    assert [port.number for port in web.ports] == [8080]
    assert "UPSTREAM=localhost:9000" in [one.text for one in web.settings]
    assert "call localhost:9000" in [one.text for one in web.settings]
    assert [mount.read_only for mount in box(group, "ship").mounts] == [True]
    assert [volume.name for volume in group.volumes] == ["logs"]
    assert group.served == (8080, 9090)
    (ask,) = group.requests
    assert ask.container == "connect-proxy"


def test_a_scan_finds_a_job_in_json(tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text(json.dumps(SENT, indent=1))
    labels = {
        one.name: one.label for group in scan(tmp_path).groups for one in group.findings
    }
    assert labels == {
        "connect-proxy": "injected-sidecar",
        "ship": "sidecar",
        "prepare": "init",
        "web": "main",
    }


@pytest.mark.parametrize(
    "text",
    [
        '{"TaskGroups": 1}',
        '{"Job": {"TaskGroups": [1, null, {"Tasks": [{}, 2, {"Name": []}]}]}}',
        '{"Job": {"TaskGroups": [{"Name": "a", "Networks": 1, "Services": [2]}]}}',
        '["TaskGroups"]',
    ],
)
def test_odd_json_gives_no_task(text: str) -> None:
    assert [names(group) for group in units("a.json", text) if names(group)] == []


def test_a_job_has_an_ending_of_its_own() -> None:
    assert names(unit("shop.job", JOB)) == ["ship", "prepare", "web"]


def test_a_pack_leaves_names_and_values_to_its_variables() -> None:
    text = """\
    job [[ template "job_name" . ]] {
      [[ template "region" . ]]
      group [[ var "name" . | quote ]] {
        [[- range $port := var "ports" . ]]
        network { mode = [[ var "mode" . | quote ]] }
        [[- end ]]
        service {
          connect {
            sidecar_service {}
          }
        }
        task "prepare" {
          lifecycle {
            hook = "prestart"
          }
          config { image = "busybox:[[ var "tag" . ]]" }
        }
        task "web" {
          config { image = [[ var "image" . | quote ]] }
        }
      }
    }
    """
    group = unit("redis.nomad.tpl", text)
    name = '[[ template "job_name" . ]]/[[ var "name" . | quote ]]'
    assert group.name == name
    assert [(one.name, one.line, one.stage) for one in group.containers] == [
        ("prepare", 12, "init"),
        ("web", 18, "run"),
    ]
    assert [one.image.text for one in group.containers if one.image] == [
        'busybox:[[ var "tag" . ]]',
        '[[ var "image" . | quote ]]',
    ]
    assert [ask.line for ask in group.requests] == [9]


def test_expressions_without_an_end_cost_little_time() -> None:
    with within(6):
        for piece in ("[[ ", "[[ a[", '"[[ x ]] '):
            text = ('job "a" {\ntask "b" {\n' + piece * 60_000)[:200_000]
            with suppress(Unreadable):
                units("a.nomad.tpl", text)


def task(name: str, more: str = "") -> str:
    return f'    task "{name}" {{\n      driver = "docker"\n{more}\n    }}\n'


def job(*tasks: str, group: str = "", name: str = "web") -> str:
    inside = "".join(tasks)
    return f'job "shop" {{\n  group "{name}" {{\n{group}\n{inside}  }}\n}}\n'


def image(name: str, more: str = "") -> str:
    return f'      config {{\n        image = "{name}"\n{more}\n      }}'


def labels(tmp_path: Path, text: str) -> dict[str, tuple[str, str | None]]:
    """Return label and neighbor of each task that a scan has a word for."""
    (tmp_path / "shop.nomad.hcl").write_text(text)
    report = scan(tmp_path)
    assert report.skipped == ()
    return {
        one.name: (one.label, one.serves)
        for group in report.groups
        for one in group.findings
    }


@pytest.mark.parametrize(
    ("source", "driver", "shared"),
    [
        ("local/conf", "", False),
        ("./local/conf", "", False),
        ("secrets/key.pem", "", False),
        ("${NOMAD_TASK_DIR}/conf", "", False),
        ("${NOMAD_SECRETS_DIR}/key", "", False),
        ("conf", "", False),
        ("conf", 'volume_driver = "rexray"', True),
        ("/opt/conf", "", True),
        ("../alloc/conf", "", True),
    ],
)
def test_a_task_shares_no_folder_of_its_own(
    source: str, driver: str, shared: bool, tmp_path: Path
) -> None:
    volumes = f'        volumes = ["{source}:/conf"]\n        {driver}'
    text = job(
        task("shop", image("example.com/shop", volumes)),
        task("rates", image("example.com/rates", volumes)),
    )
    group = unit("shop.nomad", text)
    assert all(bool(one.mounts) == shared for one in group.containers)
    assert (labels(tmp_path, text)["rates"][0] == "sidecar") == shared


def test_what_a_proxy_of_connect_answers_is_no_neighbor(tmp_path: Path) -> None:
    connect = """\
    service {
      name = "shop"
      connect {
        sidecar_service {
          proxy {
            upstreams {
              destination_name = "orders"
              local_bind_port  = 9880
            }
          }
        }
      }
    }"""
    call = '      env {\n        RATES_URL = "http://localhost:9880/v1"\n      }'
    shop = task("shop", image("example.com/shop") + "\n" + call)
    rates = task("rates", image("example.com/rates"))
    assert labels(tmp_path, job(shop, rates))["rates"] == ("sidecar", "shop")
    found = labels(tmp_path, job(shop, rates, group=connect))
    assert found["rates"] == ("not-a-sidecar", None)


def test_a_task_is_named_by_the_label_of_its_port(tmp_path: Path) -> None:
    network = '    network {\n      port "rows" { to = 80 }\n    }'
    ports = '        ports = ["rows"]'
    call = '      env {\n        ADDR = "${NOMAD_ADDR_rows}"\n      }'
    text = job(
        task("rows_copy", image("example.com/copy")),
        task("rates", image("example.com/rates", ports)),
        task("exporter", image("example.com/rows-exporter") + "\n" + call),
        group=network,
        name="other",
    )
    assert labels(tmp_path, text)["exporter"] == ("sidecar", "rates")


def test_who_calls_the_store_that_a_group_is_called_after_works_for_it(
    tmp_path: Path,
) -> None:
    network = '    network {\n      port "redis_db" { to = 6379 }\n    }'
    ports = '        ports = ["redis_db"]'
    call = '      env {\n        REDIS = "${NOMAD_ADDR_redis_db}"\n      }'
    tasks = (
        task("redis", image("redis:7", ports)),
        task("announcer", image("example.com/announcer") + "\n" + call),
    )
    found = labels(tmp_path, job(*tasks, group=network, name="redis-${group.key}"))
    assert found == {"redis": ("main", None), "announcer": ("sidecar", "redis")}
    found = labels(tmp_path, job(*tasks, group=network, name="shop"))
    assert found["announcer"][0] != "sidecar"


def test_an_exporter_serves_whom_it_measures(tmp_path: Path) -> None:
    asks = (
        '      env {\n        SCRAPE_URI = "http://localhost:888/status"\n      }'
        '\n      lifecycle {\n        hook = "poststart"'
        "\n        sidecar = true\n      }"
    )
    network = '    network {\n      port "status" { to = 888 }\n    }'
    text = job(
        task("shop", image("example.com/shop")),
        task("rates", image("nginx", '        ports = ["status"]')),
        task("rates-exporter", image("nginx/nginx-prometheus-exporter") + "\n" + asks),
        group=network,
    )
    assert labels(tmp_path, text)["rates-exporter"] == ("sidecar", "rates")


def test_a_group_for_each_of_something_is_a_group() -> None:
    text = """\
job "shop" {
  dynamic "group" {
    for_each = local.rows
    labels   = ["redis-${group.key}"]
    content {
      task "prepare" {
        lifecycle {
          hook = "prestart"
        }
      }
      task "redis" {
        config { image = "redis:7" }
      }
    }
  }
}
"""
    group = unit("shop.hcl", text)
    assert (group.name, group.line) == ("shop/redis-${group.key}", 2)
    assert [(one.name, one.stage) for one in group.containers] == [
        ("prepare", "init"),
        ("redis", "run"),
    ]


def test_names_are_those_that_stand_in_the_template() -> None:
    text = 'job [[.name]] {\n  task "node-[[ $i ]]-x" {\n  }\n}\n'
    group = unit("shop.nomad.tpl", text)
    assert (group.name, names(group)) == ("[[.name]]", ["node-[[ $i ]]-x"])
