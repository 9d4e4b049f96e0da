"""Services that only files tie: what more it takes to be a helper of one of them."""

from pathlib import Path

import pytest
from beginnings import services
from scanning import said_of

DOOR = "is a front door: callers from outside reach it first"
HELPS = "runs beside {} and serves it"
SEVERAL = "shares files with several programs, and serves none of them alone"
LOGS = "volumes: ['./logs:/logs']"
READS = "volumes: ['./logs:/logs:ro']"
OPEN = "ports: ['80:80']"

SOCKET = "/var/run/docker.sock:/var/run/docker.sock"

ALL = "volumes: ['./logs:/a', './out:/b', './rows:/c']"
ONE_EACH = (LOGS, "volumes: ['./out:/b']", "volumes: ['./rows:/c']")
THREE = [
    f"{name}, {one}"
    for name, one in zip(("rain", "lamp", "cup"), ONE_EACH, strict=True)
]
CROWD = "shares files with 3 others, and serves none alone"
UNSAID = "runs beside app, and nothing says that it serves it"
APP = "app, volumes: ['./logs:/logs', './own:/own']"
OWN = "volumes: ['./own:/own']"
BOTH = """\
services:
  app:
    image: example.com/app
    volumes: ["./logs:/logs", "./data:/data"]
  lamp:
    image: example.com/lamp
    volumes:
      - ./logs:/logs
      - ./data:/data:ro
"""

CASES = [
    pytest.param(
        services(f"app, {LOGS}", f"lamp, {OPEN}, {READS}"),
        *("lamp", "sidecar", HELPS.format("app")),
        id="who shows the logs of one",
    ),
    pytest.param(
        services(f"app, {LOGS}", f"nginx, image: nginx, {OPEN}, {READS}"),
        *("nginx", "not-a-sidecar", DOOR),
        id="a web server that shows the logs of one",
    ),
    pytest.param(
        services(f"app, {LOGS}", f"lamp-viewer-sidecar, image: nginx, {OPEN}, {READS}"),
        *("lamp-viewer-sidecar", "sidecar", HELPS.format("app")),
        id="a web server that is called a sidecar",
    ),
    pytest.param(
        services(*THREE, f"relay, {ALL}"),
        *("relay", "not-a-sidecar", SEVERAL),
        id="one of four that shares files with all",
    ),
    pytest.param(
        services(*THREE, f"relay, {ALL}", f"pan, {LOGS}"),
        *("relay", "not-a-sidecar", CROWD),
        id="one of five that shares files with all",
    ),
    pytest.param(
        services(*THREE, f"relay, image: envoy, {ALL}", f"pan, {LOGS}"),
        *("relay", "not-a-sidecar", SEVERAL),
        id="one of five that is known as a helper, too",
    ),
    pytest.param(
        services(
            *THREE[:2],
            "cup, image: aws-for-fluent-bit, volumes: ['./logs:/a:ro', './out:/b:ro']",
        ),
        *("cup", "sidecar", None),
        id="who does nothing but help, and reads of two",
    ),
    pytest.param(
        services(APP, f"lamp, {LOGS}"),
        *("lamp", "not-a-sidecar", UNSAID),
        id="who shares files, by any name",
    ),
    pytest.param(
        services(APP, f"relay, {LOGS}"),
        *("relay", "sidecar", HELPS.format("app")),
        id="who shares files, called as a helper",
    ),
    pytest.param(
        services(
            APP,
            f"relay, {LOGS}",
            *(f"{name}, {OWN}" for name in ("rain", "lamp", "cup")),
        ),
        *("relay", "not-a-sidecar", UNSAID),
        id="who shares files in a crowd, called as a helper",
    ),
    pytest.param(
        services(*THREE, f"relay, network_mode: service:rain, {ALL}"),
        *("relay", "sidecar", HELPS.format("rain")),
        id="who shares files with all, and the network of one",
    ),
    pytest.param(
        services(*THREE, f"relay, network_mode: service:rain, {ALL}", f"pan, {LOGS}"),
        *("relay", "sidecar", HELPS.format("rain")),
        id="who shares files with all in a crowd, and the network of one",
    ),
    pytest.param(
        services(*THREE, f"relay, {ALL}")
        .replace("image: example.com/rain", "build: rain")
        .replace("image: example.com/lamp", "build: lamp")
        .replace("image: example.com/cup", "build: cup"),
        *("relay", "not-a-sidecar", SEVERAL),
        id="who shares files with all, which are built here",
    ),
    pytest.param(
        services(
            f"rain, volumes: ['./logs:/logs', './own:/own', {SOCKET}]",
            f"lamp, volumes: ['./own:/own', {SOCKET}]",
            f"relay, volumes: ['./logs:/logs:ro', {SOCKET}]",
        ),
        *("relay", "sidecar", HELPS.format("rain")),
        id="who reads the logs of one, and a socket of the machine as all do",
    ),
    pytest.param(
        services(
            "rain, volumes: ['./a:/a', './b:/b', './c:/c', './d:/d']",
            "lamp, volumes: ['./a:/a', './b:/b:ro', './c:/c:ro', './d:/d:ro']",
            "relay, volumes: ['./a:/a:ro', './b:/b:ro', './c:/c:ro', './d:/d:ro']",
        ),
        *("relay", "sidecar", HELPS.format("rain")),
        id="who reads four folders of one, to one of which another writes",
    ),
    pytest.param(
        services(
            "app, volumes: ['./logs:/logs', './data:/data']",
            "lamp, volumes: ['./logs:/logs'], command: [tail, -F, /logs/a.log]",
        ),
        *("lamp", "sidecar", HELPS.format("app")),
        id="who may write the logs that it follows",
    ),
    pytest.param(
        BOTH,
        *("lamp", "not-a-sidecar", UNSAID),
        id="who may write the logs, and reads other files",
    ),
    pytest.param(
        services(f"rain, network_mode: service:lamp, {LOGS}", "lamp", f"app, {LOGS}"),
        *("rain", "main", "is what the unit exists for"),
        id="who shares files with others, and a network",
    ),
    pytest.param(
        services(
            f"relay, image: envoy, {OPEN}",
            *(f"{name}, network_mode: service:relay" for name in ("app", "rain")),
        ),
        *("relay", "not-a-sidecar", DOOR),
        id="a proxy before two programs in its network",
    ),
]


@pytest.mark.parametrize(("text", "name", "label", "why"), CASES)
def test_whom_a_loose_service_serves(
    text: str, name: str, label: str, why: str | None, tmp_path: Path
) -> None:
    said, reason = said_of(tmp_path, text, name)
    assert (said, why or reason) == (label, reason)
