"""Containers of Docker in Terraform."""

from reading import box, names, unit, units
from sidecar_spotter.model import Mount, Text

FILE = """\
resource "docker_container" "vpn" {
  name  = "gluetun"
  image = docker_image.gluetun.image_id
  capabilities {
    add = ["NET_ADMIN"]
  }
  ports {
    internal = 8080
    external = 80
  }
}

resource "docker_container" "torrent" {
  image        = "linuxserver/qbittorrent"
  name         = "torrent"
  network_mode = "container:${docker_container.vpn.id}"
  volumes {
    volume_name    = docker_volume.files.name
    container_path = "/files"
    read_only      = true
  }
}

resource "docker_container" "shop" {
  image = "shop:1"
  name  = "shop"
}
"""


def test_a_container_that_joins_another_is_in_its_unit() -> None:
    group = unit("main.tf", FILE)
    assert (group.platform, group.kind) == ("compose", "docker_container")
    assert [(one.name, one.line) for one in group.containers] == [
        ("gluetun", 2),
        ("torrent", 15),
    ]
    vpn, torrent = box(group, "gluetun"), box(group, "torrent")
    assert torrent.joins == (Text("network:gluetun", 16),)
    assert torrent.mounts == (Mount("files", "/files", True, 18),)
    assert [one.text for one in vpn.capabilities] == ["NET_ADMIN"]
    assert [port.number for port in vpn.ports] == [8080]
    assert group.served == (8080,)


def test_containers_that_share_nothing_are_no_unit() -> None:
    assert units("main.tf", FILE.replace("network_mode", "hostname")) == []


def test_one_may_take_the_volumes_of_another() -> None:
    text = """\
    resource "docker_container" "shop" {
      image = "shop:1"
      name  = "shop"
    }
    resource "docker_container" "backup" {
      image = "backup:1"
      name  = "backup"
      volumes {
        from_container = docker_container.shop.name
      }
    }
    """
    group = unit("main.tf", text)
    assert names(group) == ["shop", "backup"]
