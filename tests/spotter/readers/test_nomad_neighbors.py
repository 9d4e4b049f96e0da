"""Tasks of a Nomad group: who is whose neighbor."""

from pathlib import Path

import pytest
from reading import judged, unit
from scanning import findings, labels, neighbors

LIFE_CYCLE = """\
job "node" {
  group "node" {
    task "node-exporter" {
      driver = "docker"
      config { image = "prom/node-exporter:v1" }
    }
    task "OTHER" {
      driver = "docker"
      LIFECYCLE
      config { image = "IMAGE" }
    }
  }
}
"""


STARTED = 'lifecycle {\n hook = "prestart"\n sidecar = true\n }'


@pytest.mark.parametrize(
    ("other", "image"),
    [("rules", "example.com/net-rules:1"), ("db", "postgres:16")],
)
@pytest.mark.parametrize(
    ("lifecycle", "label"), [(STARTED, "sidecar"), ("", "not-a-sidecar")]
)
def test_what_nomad_starts_as_a_sidecar_is_one(
    other: str, image: str, lifecycle: str, label: str
) -> None:
    text = LIFE_CYCLE.replace("OTHER", other).replace("IMAGE", image)
    text = text.replace("LIFECYCLE", lifecycle)
    assert judged("node.nomad", text)[other].label == label


GROUP = """\
job "shop" {
  group "shop" {
    task "shop" {
      driver = "docker"
      config {
        image = "example.com/shop:1"
        args  = [ARGS]
      }
    }
    task "NAME" {
      driver = "exec"
      config { command = "/usr/local/bin/run" }
    }
  }
}
"""


def nomad(args: str, name: str) -> str:
    """Return a job with two tasks, the second one without an image."""
    return GROUP.replace("ARGS", args).replace("NAME", name)


def test_a_name_may_be_a_neighbors_with_a_word_behind(tmp_path: Path) -> None:
    text = nomad('"--port=80"', "shopproxy")
    assert labels(tmp_path, {"a.nomad": text}) == {
        "shop": "main",
        "shopproxy": "sidecar",
    }


def test_a_variable_of_nomad_names_the_task_that_is_called(tmp_path: Path) -> None:
    text = nomad('"--db=${NOMAD_ADDR_db_proxy_up}"', "db-proxy")
    proxy = findings(tmp_path, {"a.nomad": text})["db-proxy"]
    said = [one.says for one in proxy.evidence if one.feature == "localhost"]
    assert said == ["is called by shop, which is told NOMAD_ADDR_db_proxy_up"]


def test_equal_tasks_that_know_each_other_are_none(tmp_path: Path) -> None:
    text = nomad('"--stock=${NOMAD_ADDR_stock_http}"', "stock")
    assert "sidecar" not in labels(tmp_path, {"a.nomad": text}).values()


def test_a_task_that_runs_once_afterward_prepares_nothing(tmp_path: Path) -> None:
    text = """\
    job "a" {
      group "a" {
        task "web" { config { image = "example/web" } }
        task "ship" {
          lifecycle {
            hook = "poststart"
            sidecar = true
          }
        }
        task "clean" {
          lifecycle { hook = "poststop" }
        }
        task "first" {
          lifecycle { hook = "prestart" }
        }
      }
    }
    """
    said = labels(tmp_path, {"a.nomad": text})
    assert said["clean"] == "not-a-sidecar"
    assert (said["ship"], said["first"]) == ("sidecar", "init")


@pytest.mark.parametrize(("port", "label"), [(8500, "not"), (8080, "sidecar")])
def test_a_port_of_the_machine_is_no_neighbors(
    tmp_path: Path, port: int, label: str
) -> None:
    text = f"""\
job "shop" {{
  group "shop" {{
    network {{
      mode = "host"
    }}
    task "shop" {{
      config {{
        image = "example.com/shop:1"
        args  = ["--source=localhost:{port}"]
      }}
    }}
    task "other" {{
      config {{
        image = "example.com/other:1"
      }}
    }}
  }}
}}
"""
    found = labels(tmp_path, {"shop.nomad": text})
    assert ("sidecar" in {found["shop"], found["other"]}) == (label == "sidecar")


def test_a_browser_works_for_who_is_told_its_address(tmp_path: Path) -> None:
    text = """\
job "watch" {
  group "watch" {
    task "watch" {
      env {
        DRIVER = "${NOMAD_ADDR_browser}/wd/hub"
      }
      config {
        image = "example.com/watch:1"
      }
    }
    task "browser" {
      config {
        image = "example.com/b:1"
      }
    }
  }
}
"""
    found = labels(tmp_path, {"watch.nomad": text})
    assert found == {"watch": "main", "browser": "sidecar"}


def test_nomad_may_have_a_task_for_each_of_something() -> None:
    text = """\
job "shop" {
  group "shop" {
    task "shop" {
      driver = "docker"
      config { image = "example.com/shop" }
    }
    dynamic "task" {
      for_each = var.secrets
      labels   = ["fetch"]
      content {
        driver = "raw_exec"
        lifecycle {
          hook = "prestart"
        }
      }
    }
  }
}
"""
    group = unit("shop.nomad.hcl", text)
    assert [(one.name, one.line, one.stage) for one in group.containers] == [
        ("shop", 3, "run"),
        ("fetch", 7, "init"),
    ]


RATES = """\
job "shop" {
  group "shop" {
    network {
      port "sums" { to = 8081 }
    }
    task "adder" {
      config {
        image = "example.com/adder"
        ports = ["sums"]
      }
    }
    task "till" {
      config { image = "example.com/till" }
      TOLD
    }
  }
}
"""
TOLD = {
    "address": 'env { SUMS = "http://${NOMAD_ADDR_sums}" }',
    "host": 'env { SUMS_HOST = "${NOMAD_IP_sums}" }',
    "port": 'env { SUMS_PORT = "${NOMAD_HOST_PORT_sums}" }',
    "template": 'template {\n data = <<E\nSUMS={{ env "NOMAD_ADDR_sums" }}\nE\n }',
}


@pytest.mark.parametrize("told", TOLD)
def test_who_listens_on_a_port_of_the_group_is_called_by_its_label(
    tmp_path: Path, told: str
) -> None:
    text = RATES.replace("TOLD", TOLD[told])
    adder = findings(tmp_path, {"shop.nomad": text})["adder"]
    assert (adder.label, adder.serves) == ("sidecar", "till")
    assert [one.feature for one in adder.evidence] == ["localhost", "second-container"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('ports = ["sums"]', ""),  # nobody listens on it
        ("NOMAD_ADDR_sums", "NOMAD_ADDR_adder_sums"),  # of a task's own network
        ('image = "example.com/till"', 'ports = ["sums"]'),  # it is its own, too
        ("example.com/adder", "mariadb:11"),  # the port is the machine's, for all
    ],
)
def test_an_address_of_no_port_of_the_group_ties_no_equals(
    tmp_path: Path, old: str, new: str
) -> None:
    text = RATES.replace("TOLD", TOLD["address"]).replace(old, new)
    assert "sidecar" not in labels(tmp_path, {"shop.nomad": text}).values()


def test_who_calls_the_program_that_a_group_is_called_after_works_for_it(
    tmp_path: Path,
) -> None:
    text = RATES.replace("TOLD", TOLD["template"]).replace('"shop"', '"adder"')
    found = labels(tmp_path, {"adder.nomad": text})
    assert found == {"adder": "main", "till": "sidecar"}


def test_a_task_may_call_several_ports_of_its_group(tmp_path: Path) -> None:
    more = 'task "rater" { config { ports = ["rates"] } }\n    task "till"'
    text = RATES.replace("TOLD", TOLD["address"]).replace('task "till"', more)
    text = text.replace("network {", 'network {\n      port "rates" { to = 8082 }')
    text = text.replace("env {", 'env {\n RATES = "${NOMAD_ADDR_rates}"\n')
    found = neighbors(tmp_path, {"shop.nomad": text})
    assert found["adder"] == found["rater"] == ("sidecar", "till")
