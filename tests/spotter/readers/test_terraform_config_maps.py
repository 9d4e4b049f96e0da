"""Resources of Terraform that hold files: what they tell the containers of a unit."""

from pathlib import Path

import pytest
from scanning import findings, labels

WORKLOAD = """\
resource "kubernetes_deployment" "shop" {
  metadata { name = "shop" }
  spec {
    template {
      spec {
        container {
          name  = "shop"
          image = "example.com/shop:1"
          port { container_port = 8080 }
        }
        container {
          name    = "keeper"
          image   = "example.com/tools:1"
          command = ["/bin/sh", "/scripts/keep.sh"]
          volume_mount {
            name       = "scripts"
            mount_path = "/scripts"
          }
        }
        volume {
          name = "scripts"
          config_map {
            name = NAME
          }
        }
      }
    }
  }
}
"""
HELD = """\
resource "kubernetes_config_map" "keep" {
  metadata { name = "keep-script" }
  data = {
    "keep.sh" = SCRIPT
  }
}
"""
SCRIPT = """\
#!/bin/sh
while true; do wget -q -O - http://127.0.0.1:8080/health; sleep 10; done
"""
LINKED = "kubernetes_config_map.keep.metadata[0].name"
HERE = "<<-EOT\n" + SCRIPT + "    EOT"


@pytest.mark.parametrize(
    "script",
    [HERE, 'file("${path.module}/../scripts/keep.sh")', 'file("../scripts/keep.sh")'],
)
def test_a_script_that_is_mounted_calls_the_neighbor(
    script: str, tmp_path: Path
) -> None:
    files = {
        "infra/shop.tf": WORKLOAD.replace("NAME", LINKED),
        "infra/scripts.tf": HELD.replace("SCRIPT", script),
        "scripts/keep.sh": SCRIPT,
    }
    found = findings(tmp_path, files)
    assert found["keeper"].label == "sidecar"
    assert found["keeper"].serves == "shop"
    links = [one for one in found["keeper"].evidence if one.feature == "localhost"]
    said = "calls localhost:8080, where shop listens, as ConfigMap keep says"
    assert [one.says for one in links] == [said]
    assert [one.line for one in links] == [16]


def test_a_map_in_the_same_file_tells_as_much(tmp_path: Path) -> None:
    text = WORKLOAD.replace("NAME", LINKED) + HELD.replace("SCRIPT", HERE)
    assert labels(tmp_path, {"shop.tf": text})["keeper"] == "sidecar"


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("kubernetes_config_map.other.metadata[0].name", HELD.replace("SCRIPT", HERE)),
        (LINKED, HELD.replace("SCRIPT", 'file("../scripts/none.sh")')),
        (LINKED, HELD.replace("SCRIPT", HERE.replace("127.0.0.1", "example.com"))),
    ],
)
def test_what_tells_of_no_neighbor_ties_nobody(
    name: str, held: str, tmp_path: Path
) -> None:
    files = {"infra/shop.tf": WORKLOAD.replace("NAME", name), "infra/maps.tf": held}
    assert labels(tmp_path, files)["keeper"] == "not-a-sidecar"
