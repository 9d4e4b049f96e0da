"""What a container is handed that is about a neighbor: settings, folders, scripts."""

from pathlib import Path

import pytest
from beginnings import MOUNT, READ, placed
from scanning import findings

SCRIPT = "args: [sh, -c, 'while true; do work; sleep 5; done']"
ALONE = "runs a script with alpine, and has no program of its own"
TOLD = "is told of /data, which app fills"
OWN = "has a configuration of its own, lamp-conf"
CONF = "volumeMounts: [{name: lamp-conf, mountPath: /conf}]"
LOOKS = "args: [sh, -c, 'while true; do look %s; sleep 5; done']"
AFTER = "has a script that looks after stock again and again"


def with_conf(
    *rows: str, name: str = "trial", kind: str = "configMap: {name: a}"
) -> str:
    """Return a Pod with a volume that is called after `lamp`."""
    return placed(*rows, name=name, more=f"volumes: [{{name: lamp-conf, {kind}}}]")


CASES = [
    # a script with tools alone
    pytest.param(
        placed(f"app, {MOUNT}", f"lamp, image: alpine, {SCRIPT}, {MOUNT}"),
        [ALONE],
        id="a script at the files of a program",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"lamp, image: alpine, {MOUNT}"), [], id="no script"
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"lamp, image: alpine, args: [sleep, 1d], {MOUNT}"),
        [],
        id="a script that only waits",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"lamp, image: alpine, args: [cp, /a, /b], {MOUNT}"),
        [],
        id="a script that ends",
    ),
    pytest.param(
        placed(
            f"app, {MOUNT}",
            f"lamp, image: alpine, {SCRIPT}, ports: [{{containerPort: 80}}], {MOUNT}",
        ),
        [],
        id="a script that answers",
    ),
    pytest.param(
        placed(f"app, {SCRIPT}, {MOUNT}", f"lamp, image: alpine, {SCRIPT}, {MOUNT}"),
        [],
        id="a script at the files of another script",
    ),
    pytest.param(
        placed(
            f"app, image: busybox, {MOUNT}", f"lamp, image: alpine, {SCRIPT}, {MOUNT}"
        ),
        [],
        id="a script at the files of other tools",
    ),
    pytest.param(
        placed(
            f"app, image: git-sync, {MOUNT}", f"lamp, image: alpine, {SCRIPT}, {MOUNT}"
        ),
        [],
        id="a script at the files of a helper",
    ),
    # a folder
    pytest.param(
        placed(f"app, {MOUNT}", f"lamp, args: [--in=/data/a], {READ}"),
        [TOLD],
        id="told of a folder",
    ),
    pytest.param(
        placed(f"app, {READ}", f"lamp, args: [--in=/data/a], {READ}", f"rain, {MOUNT}"),
        [TOLD.replace("app", "rain")],
        id="told of a folder that another only reads, too",
    ),
    pytest.param(
        placed(
            f"app, {MOUNT}",
            f"lamp, args: [--in=/data/a], {READ}",
            volume="configMap: {name: a}",
        ),
        [],
        id="told of settings",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"lamp, args: [--in=/a], {READ}".replace("/data", "/")),
        [],
        id="told of a folder in a volume that is all it sees",
    ),
    pytest.param(
        placed(f"app, {MOUNT}", f"lamp, args: [--in=/data/a], {READ}").replace(
            "name: data, mountPath: /data, read", "name: rows, mountPath: /data, read"
        ),
        [],
        id="told of a folder of its own",
    ),
    pytest.param(
        placed("app", "lamp, args: [run, -notify-sighup, app]"),
        ["is told to notify app"],
        id="told whom to notify",
    ),
    pytest.param(
        placed("app", "lamp, args: [run, -notify-sighup, rain]"),
        [],
        id="told to notify another",
    ),
    # a configuration
    pytest.param(with_conf("app", f"lamp, {CONF}"), [OWN], id="a configuration"),
    pytest.param(
        with_conf(f"app, {CONF}", f"lamp, {CONF}"), [], id="a configuration of both"
    ),
    pytest.param(
        with_conf("app", f"lamp, {CONF}", kind="emptyDir: {}"),
        [],
        id="a place for files",
    ),
    pytest.param(
        with_conf("app", f"lamp, {CONF}", name="lamp-trial"),
        [],
        id="a configuration in a unit that is called so",
    ),
    pytest.param(
        with_conf("app", f"lamp, {CONF}").replace("lamp-conf", "conf"),
        [],
        id="a configuration that is called otherwise",
    ),
    # a script that looks after a neighbor
    pytest.param(
        placed("stock", f"lamp, {LOOKS % 'stock'}"), [AFTER], id="a script about one"
    ),
    pytest.param(
        placed("stock", f"lamp, {LOOKS % 'stock'}".replace("sleep 5", "work")),
        [],
        id="a script about one, without rest",
    ),
    pytest.param(
        placed("server", f"lamp, {LOOKS % 'server'}"),
        [],
        id="a script about what may be any server",
    ),
    pytest.param(
        placed("app", f"lamp, {LOOKS % 'stock'}"), [], id="a script about another"
    ),
]


@pytest.mark.parametrize(("text", "says"), CASES)
def test_what_is_said_of_what_a_container_is_handed(
    text: str, says: list[str], tmp_path: Path
) -> None:
    found = findings(tmp_path, {"a.yaml": text})["lamp"].evidence
    told = [one.says for one in found if one.feature == "helper-configuration"]
    # That a script goes on and on is one more reason; other tests ask for it.
    assert [one for one in told if "in a loop" not in one] == says
