"""Podman Quadlet: a container with those of its folder that belong to it."""

from pathlib import Path

import pytest
from reading import Files, box, names, unit, units
from scanning import labels
from sidecar_spotter import scan
from sidecar_spotter.features import (
    evidence,
    life_cycle,
)
from sidecar_spotter.readers import read
from sidecar_spotter.reports import render

WEB = """\
[Unit]
After=ship.service

# the shop
[Container]
Image=example/web
ContainerName=shop
Pod=shop.pod
Volume=logs.volume:/logs:ro
Environment=A=1 "B=2 3"
Exec=serve \\
  --fast
PublishPort=127.0.0.1:8080:80
"""
SHIP = "[Container]\nImage=example/ship\nPod=shop.pod\nVolume=logs.volume:/logs\n"
POD = "[Pod]\nPublishPort=9000:90\n"


def test_the_containers_of_a_pod_are_a_unit_in_the_file_of_each() -> None:
    files = {"d/ship.container": SHIP, "d/shop.pod": POD, "d/other.container": "x"}
    group = unit("d/web.container", WEB, files)
    assert (group.platform, group.kind, group.name) == ("quadlet", "pod", "shop")
    assert [(one.name, one.line) for one in group.containers] == [
        ("ship", 8),  # in the order of their files, whichever is read
        ("shop", 8),
    ]
    assert group.served == (80, 90)


def test_a_neighbor_points_to_the_line_that_ties_it_and_says_where_it_is() -> None:
    ship = box(unit("d/web.container", WEB, {"d/ship.container": SHIP}), "ship")
    assert {mount.line for mount in ship.mounts} == {8}
    assert ship.image is not None and ship.image.line == 8
    assert [note.text for note in ship.notes] == ["stands in d/ship.container"]


def test_a_container_keeps_what_it_says() -> None:
    shop = box(unit("d/web.container", WEB, {"d/ship.container": SHIP}), "shop")
    assert [word.text for word in shop.words] == ["serve", "--fast"]
    assert [(said.text, said.line) for said in shop.settings] == [
        ("A=1", 10),
        ("B=2 3", 10),
    ]
    assert [(one.volume, one.read_only) for one in shop.mounts] == [("logs", True)]
    assert [wait.text for wait in shop.waits_for] == ["ship"]
    assert [note.text for note in shop.notes] == ["the shop"]


def test_one_container_may_join_the_network_of_another() -> None:
    tunnel = "[Container]\nImage=example/tunnel\nContainerName=vpn\n"
    web = "[Container]\nImage=w\nNetwork=tunnel.container\n"
    group = unit("web.container", web, {"tunnel.container": tunnel})
    both = [("vpn", 3), ("web", 3)]
    assert [(one.name, one.line) for one in group.containers] == both
    assert [join.text for join in box(group, "web").joins] == ["network:vpn"]
    # Seen from the other end, it is the same unit.
    group = unit("tunnel.container", tunnel, {"web.container": web})
    assert [(one.name, one.line) for one in group.containers] == both


def test_arguments_of_podman_count_as_well() -> None:
    text = "[Container]\nImage=w\nPodmanArgs=--network container:vpn --pid=host\n"
    group = unit("web.container", text)
    assert [join.text for join in group.containers[0].joins] == ["network:vpn"]
    assert [share.text for share in group.shares] == ["processes-of-the-host"]
    assert "partial" in group.marks


def test_a_named_network_ties_nothing() -> None:
    one = "[Container]\nImage=a\nNetwork=back.network\n"
    assert units("a.container", one, {"b.container": one}) == []


def test_nobody_joins_itself() -> None:
    one = "[Container]\nImage=a/b-proxy\nContainerName=way\nNetwork=NAME\n"
    for name in ("a.container", "container:way"):
        assert units("a.container", one.replace("NAME", name)) == []
    assert units("a.container", one.replace("NAME", "container:other"))


def test_a_lone_container_that_looks_like_a_sidecar_stands_alone() -> None:
    text = "[Container]\nImage=a\nVolume=%t/podman/podman.sock:/s\n"
    assert names(unit("agent.container", text)) == ["agent"]


def test_what_is_no_unit_of_a_container_gives_nothing() -> None:
    assert units("a.container", "not a unit") == []
    assert units("a.pod", POD) == []
    assert units("a.kube", "[Kube]\nYaml=pod.yaml\n") == []


TUNNEL = "[Container]\nImage=tailscale/tailscale:1\nNetwork=container:app\n"
APP = "[Container]\nContainerName=app\nImage=example/app\n"


def test_a_scan_tells_each_container_in_its_file_and_counts_the_unit_once(
    tmp_path: Path,
) -> None:
    for name, text in {"app": APP, "door": TUNNEL}.items():
        (tmp_path / f"{name}.container").write_text(text, encoding="utf-8")
    report = scan(tmp_path)
    assert [
        (one.group.path, *((f.name, f.label, f.line) for f in one.findings))
        for one in report.groups
    ] == [
        ("app.container", ("app", "main", 2)),
        ("door.container", ("door", "sidecar", 3)),
    ]
    assert "1 sidecar in 1 unit" in report.summary
    assert "door.container, line 3" in report.summary


def test_a_scan_of_one_file_tells_the_whole_unit(tmp_path: Path) -> None:
    for name, text in {"app": APP, "door": TUNNEL}.items():
        (tmp_path / f"{name}.container").write_text(text, encoding="utf-8")
    [one] = scan(tmp_path / "door.container").groups
    labels = {finding.name: finding.label for finding in one.findings}
    assert labels == {"app": "main", "door": "sidecar"}


def test_a_drawing_shows_the_unit_once_with_all_its_labels(tmp_path: Path) -> None:
    for name, text in {"app": APP, "door": TUNNEL}.items():
        (tmp_path / f"{name}.container").write_text(text, encoding="utf-8")
    drawn = render("mermaid", [scan(tmp_path)])
    assert drawn.count("flowchart") == 1
    assert "main container" in drawn
    assert "sidecar" in drawn


def test_a_pod_of_three_is_one_and_another_pod_is_another(tmp_path: Path) -> None:
    for pod in ("one", "two"):
        for name in ("web", "exporter", "fluent-bit"):
            text = f"[Container]\nImage=docker.io/example/{name}\nPod={pod}.pod\n"
            (tmp_path / f"{pod}-{name}.container").write_text(text, encoding="utf-8")
    report = scan(tmp_path)
    assert sorted(judged.group.name for judged in report.groups) == [
        *["one"] * 3,
        *["two"] * 3,
    ]
    assert "in 2 units" in report.summary


def test_a_comment_that_reads_like_a_note_of_the_reader_breaks_nothing(
    tmp_path: Path,
) -> None:
    for name in ("app", "door"):
        text = "[Unit]\nDescription=stands in for x\n[Container]\nImage=y\nPod=a.pod\n"
        (tmp_path / f"{name}.container").write_text(text, encoding="utf-8")
    assert [len(one.findings) for one in scan(tmp_path).groups] == [1, 1]


@pytest.mark.parametrize(
    ("tie", "waits"), [("After", True), ("BindsTo", False), ("Requires", False)]
)
def test_only_after_orders_units_of_systemd(tie: str, waits: bool) -> None:
    shop = f"[Unit]\n{tie}=db.service\n[Container]\nImage=shop\nPod=a.pod\n"
    files = {"db.container": "[Container]\nImage=db\nPod=a.pod\n"}
    group = unit("shop.container", shop, files)
    assert bool(box(group, "shop").waits_for) == waits
    assert any(one.feature == life_cycle.NAME for one in evidence(group)) == waits


def test_quadlets_that_only_share_files_are_no_unit(tmp_path: Path) -> None:
    for name in ("shop", "shop-worker"):
        (tmp_path / f"{name}.container").write_text(
            f"[Container]\nContainerName={name}\nImage=example.com/shop:1\n"
            "Network=shop.network\nVolume=/srv/shop:/data\n"
        )
    text = "[Network]\nNetworkName=shop\n"
    assert set(labels(tmp_path, {"shop.network": text}).values()) <= {"not-a-sidecar"}


SERVER = "[Container]\nImage=example.com/shop:1\nContainerName=shop\n"


GUEST = """\
[Unit]
Requires=shop.service
[Container]
Image=example.com/model_server:1
ContainerName=shop-reader
Network=container:shop
"""


def test_a_guest_is_called_after_its_host(tmp_path: Path) -> None:
    files = {"shop/shop.container": SERVER, "shop/more/reader.container": GUEST}
    assert labels(tmp_path, files) == {"shop": "main", "shop-reader": "sidecar"}


def test_without_such_a_name_the_host_is_the_helper(tmp_path: Path) -> None:
    guest = GUEST.replace("shop-reader", "ledger")
    files = {"shop.container": SERVER, "ledger.container": guest}
    assert labels(tmp_path, files) == {"shop": "sidecar", "ledger": "main"}


def test_a_store_that_moves_in_is_private_to_its_host(tmp_path: Path) -> None:
    host = SERVER.replace("ContainerName=shop", "ContainerName=shop-web")
    guest = GUEST.replace("shop-reader", "cache").replace(":shop", ":shop-web")
    guest = guest.replace("example.com/model_server:1", "docker.io/valkey/valkey:9")
    files = {"shop.container": host, "cache.container": guest}
    labels(tmp_path, files)
    found = {
        (one.name, one.label)
        for judged in scan(tmp_path).groups
        for one in judged.findings
    }
    assert found == {("shop-web", "main"), ("cache", "sidecar")}  # in both files


def test_only_who_joins_ties_folders_together() -> None:
    files = Files(
        {
            "a/shop.container": SERVER + "Volume=/data:/data\n",
            "a/b/blog.container": "[Container]\nImage=blog\nVolume=/data:/data\n",
        }
    )
    data = files["a/shop.container"].encode()
    assert list(read("a/shop.container", data, files)) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Engine for builds (rootless sidecar)", {"engine": "sidecar"}),
        ("Engine that talks to the rootless sidecar", {"shop": "not-a-sidecar"}),
    ],
)
def test_a_unit_describes_itself(
    tmp_path: Path, text: str, label: dict[str, str]
) -> None:
    text = f"Description={text}"
    files = {
        "engine.container": f"[Unit]\n{text}\n[Container]\nImage=engine\nPod=a.pod\n",
        "shop.container": "[Container]\nImage=example.com/shop\nPod=a.pod\n",
        "a.pod": "[Pod]\n",
    }
    assert labels(tmp_path, files) == dict.fromkeys(("engine", "shop"), "main") | label


def test_a_pods_main_program_is_called_after_the_pod(tmp_path: Path) -> None:
    def quadlet(name: str, image: str) -> str:
        return f"[Container]\nContainerName={name}\nImage={image}\nPod=forge.pod\n"

    files = {
        "forge.pod": "[Pod]\nPodName=forge\n",
        "act.container": quadlet("act-box", "example.com/act"),
        "forge.container": quadlet("forge-box", "example.com/forge"),
    }
    found = labels(tmp_path, files)
    assert found == {"act-box": "not-a-sidecar", "forge-box": "main"}
