"""Containers that a script starts side by side with Docker or Podman."""

from pathlib import Path

import pytest
from limits import within
from reading import units
from scanning import labels, scanned

POD = """\
#!/bin/sh
podman pod create --name shop -p 8080:80
podman run -d --pod shop --name till -v logs:/var/log/till example.com/till:1
podman run -d --pod shop --name ship \\
  -v logs:/logs:ro \\
  example.com/ship:1 --follow /logs/till.log
"""
TUNNEL = """\
docker run -d --name tunnel --cap-add NET_ADMIN -p 8080:8080 example.com/vpn:1
docker run --detach --net=container:tunnel --name fetch -v /data:/data example.com/fetch
"""


def test_the_containers_of_a_pod_are_one_unit(tmp_path: Path) -> None:
    report = scanned(tmp_path, {"up.sh": POD})
    [judged] = report.groups
    assert (judged.group.kind, judged.group.name) == ("podman pod", "shop")
    assert judged.group.served == (80,)
    assert [(one.name, one.line, one.label) for one in judged.findings] == [
        ("till", 3, "main"),
        ("ship", 4, "sidecar"),
    ]
    told = {(one.line, one.says) for one in judged.findings[1].evidence}
    assert (5, "only reads the volume logs, which till may write") in told


def test_who_joins_a_namespace_is_of_one_unit_with_its_owner(tmp_path: Path) -> None:
    assert labels(tmp_path, {"up.sh": TUNNEL}) == {"tunnel": "sidecar", "fetch": "main"}


@pytest.mark.parametrize(
    "line",
    [
        "podman run -d --pod shop --name ship example.com/ship:1",
        "podman run --detach --pod=shop --name=ship example.com/ship:1",
        'sudo podman run -itd --pod "shop" --name ship example.com/ship:1',
        "podman container run -dp 80:80 --pod shop --name ship example.com/ship:1",
        "ID=$(podman create --rm --pod shop --name ship example.com/ship:1 2>&1)",
        "test x && podman run -d --pod shop --name ship example.com/ship:1 || true",
        '"$PODMAN" run -d --pod shop --name ship example.com/ship:1',
        "${DOCKER_BIN} run -d --pod shop --name ship example.com/ship:1",
        "@$(PODMAN) run -d --pod shop --name ship example.com/ship:1",
        "podman run -d --init --read-only --pod shop --name ship example.com/ship:1",
        "podman run -d --pod shop --name ship # so --name other\n",
        "podman run -d --pod shop --name \\\n  ship \\\n  example.com/ship:1",
        "podman run -d --pod shop -v $(pwd)/x:/x --name ship 'example.com/ship:1'",
    ],
)
def test_options_may_be_written_in_many_ways(line: str) -> None:
    if "#" in line:
        line = line.replace(" #", " example.com/ship:1 #")
    before = "podman run -d --pod shop --name till example.com/till:1\n"
    [group] = units("up.sh", before + line + "\n")
    _, ship = group.containers
    assert (ship.name, ship.line) == ("ship", 2)
    assert ship.image is not None
    assert ship.image.text == "example.com/ship:1"


def test_all_that_a_command_says_is_read() -> None:
    [group] = units(
        "up.sh",
        TUNNEL + "docker run -d --net container:tunnel --name watch -e TO=fetch:1 "
        "--env-file x --mount type=bind,src=/var/data,dst=/data,readonly "
        "--volumes-from fetch:ro --pid=container:fetch --restart always "
        "--health-cmd 'wget localhost:8080' -p 127.0.0.1:9090:90/tcp -m 1g "
        'example.com/watch --to "http://localhost:8080/a b"\n',
    )
    watch = group.containers[2]
    assert [one.text for one in watch.joins] == ["network:tunnel", "processes:fetch"]
    assert [one.text for one in watch.settings] == ["TO=fetch:1"]
    assert [one.text for one in watch.words] == ["--to", "http://localhost:8080/a b"]
    assert [one.text for one in watch.probes] == ["wget localhost:8080"]
    assert [one.number for one in watch.ports] == [90]
    assert {(one.path, one.read_only) for one in watch.mounts} == {("/data", True)}


@pytest.mark.parametrize(
    ("word", "only"), [("readonly", True), ("ro=true", True), ("ro=false", False)]
)
def test_a_mount_says_whether_it_is_only_read(word: str, only: bool) -> None:
    line = "docker run -d --net container:tunnel --mount source=a,target=/b,WORD x\n"
    [group] = units("up.sh", TUNNEL + line.replace("WORD", word))
    assert [one.read_only for one in group.containers[2].mounts] == [only]


@pytest.mark.parametrize(
    "line",
    [
        # Looks into the other and ends.
        "docker run --rm --net container:tunnel example.com/wget -qO- localhost",
        "docker run -d --name other -v /other:/data example.com/other",
        "# docker run -d --net container:tunnel --name other example.com/other",
        "echo docker run -d --net container:tunnel --name other example.com/other",
        "docker run -d --network container:elsewhere --name other example.com/other",
    ],
)
def test_what_does_not_live_with_the_others_is_none_of_them(
    tmp_path: Path, line: str
) -> None:
    told = labels(tmp_path, {"up.sh": TUNNEL + line + "\n"})
    assert told == {"tunnel": "sidecar", "fetch": "main"}


def test_a_container_alone_in_its_pod_is_not_told(tmp_path: Path) -> None:
    first = POD.partition("podman run -d --pod shop --name ship")[0]
    assert not scanned(tmp_path, {"up.sh": first}).groups


def test_a_pod_may_have_an_init_container_and_share_its_processes(
    tmp_path: Path,
) -> None:
    text = POD.replace("create --name", "create --share +pid --name") + (
        "podman create --init-ctr=once --pod shop --name seed example.com/seed:1\n"
        "podman start seed\n"
    )
    report = scanned(tmp_path, {"up.sh": text})
    [judged] = report.groups
    assert {one.name: one.label for one in judged.findings} == {
        "till": "main",
        "ship": "sidecar",
        "seed": "init",
    }
    assert [(one.text, one.line) for one in judged.group.shares] == [("processes", 2)]


def test_pods_of_two_names_are_two_units(tmp_path: Path) -> None:
    other = POD.replace("shop", "other")
    report = scanned(tmp_path, {"up.sh": POD + other})
    assert [one.group.name for one in report.groups] == ["shop", "other"]


def test_a_script_of_many_commands_is_read_in_time(tmp_path: Path) -> None:
    hostile = [
        "podman run -d --pod shop" + " \\\n -v x:/y" * 20_000 + "\n",
        "podman run -d --pod shop '" * 20_000,
        "|podman run -d --pod shop x" * 20_000,
        'podman run -d --pod shop "' + "\\" * 100_000,
        TUNNEL * 3_000,
    ]
    for number, text in enumerate(hostile):
        with within(1.2):
            report = scanned(tmp_path / str(number), {"up.sh": text})
        assert not report.skipped
