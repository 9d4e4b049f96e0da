"""The part that a helper plays, and for whom: names, images, titles and files."""

from pathlib import Path

import pytest
from scanning import findings, labels

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
    files = {"pod.yaml": KEPT.replace("NAME", name)}
    one = findings(tmp_path, files)[name]
    assert (one.label, one.role) == ("sidecar", "backup")


def test_who_follows_a_file_that_never_changes_ships_no_log(tmp_path: Path) -> None:
    text = KEPT.replace("[/tools/run]", "[tail, -f, FILE]").replace("NAME", "words")
    quiet = {"pod.yaml": text.replace("FILE", "/etc/hosts")}
    assert findings(tmp_path, quiet)["words"].role != "log-shipper"
    loud = {"pod.yaml": text.replace("FILE", "/data/log")}
    assert findings(tmp_path, loud)["words"].role == "log-shipper"


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
    files = {"compose.yaml": titled}
    assert labels(tmp_path, files) == {"haproxy": "main", "agent": "sidecar"}


def test_a_sentence_does(tmp_path: Path) -> None:
    said = TITLED.replace("TITLE", "The agent needs the haproxy sidecar.")
    files = {"compose.yaml": said}
    assert labels(tmp_path, files)["haproxy"] == "sidecar"


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
    files = {"shop.nomad": GROUP}
    assert labels(tmp_path, files) == {
        "backup": "sidecar",
        "db": "not-a-sidecar",
        "pages": "main",
    }


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
    one = findings(tmp_path, {"compose.yaml": text})[name]
    assert (one.label, one.serves) == ("sidecar", "till")


def test_who_saves_the_files_of_several_serves_none_alone(tmp_path: Path) -> None:
    text = SHOPS.replace("NAME", "backup").replace("IMAGE", "example.com/tools:1")
    text = text.replace('"till:/data", "./saved', '"till:/t", "desk:/d", "./saved')
    assert labels(tmp_path, {"compose.yaml": text})["backup"] != "sidecar"


def test_who_only_works_on_the_same_files_is_an_equal(tmp_path: Path) -> None:
    text = SHOPS.replace("NAME", "cart").replace("IMAGE", "example.com/cart:1")
    assert labels(tmp_path, {"compose.yaml": text})["cart"] != "sidecar"


def test_a_step_before_has_no_part_though_it_is_called_a_sidecars(
    tmp_path: Path,
) -> None:
    text = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: store}
    spec:
      initContainers:
        - name: backup-sidecar-provider
          image: example.com/tools:1
      containers:
        - name: store
          image: example.com/store:1
        - name: backup-sidecar
          image: example.com/store:1
          command: [/tools/run]
    """
    found = findings(tmp_path, {"pod.yaml": text})
    assert found["backup-sidecar-provider"].role == "init"
    assert found["backup-sidecar"].role == "backup"
