"""Calls to a neighbor at localhost, or at the address that Nomad tells."""

from pathlib import Path

import pytest
from beginnings import job, placed, services
from scanning import findings, labels, path_of, scanned

PORT = "ports: [{containerPort: 9000}]"
PORT_1 = "ports: [{containerPort: 9001}]"
THERE = "calls localhost:9000, where {} listens"


def told(setting: str, *more: str) -> str:
    """Return settings, each as NAME=VALUE."""
    pairs = (one.partition("=") for one in (setting, *more))
    return f"env: [{', '.join(f'{{name: {n}, value: {v!r}}}' for n, _, v in pairs)}]"


CASES = [
    pytest.param(
        placed(
            f"app, {told('TO=localhost:9000', 'AT=localhost:9000')}", f"lamp, {PORT}"
        ).replace("{name: AT", "\n      {name: AT"),
        *("app", [THERE.format("lamp")]),
        id="twice the same address",
    ),
    pytest.param(
        placed("app, args: [--to=localhost:9000]", "lamp, command: [sleep, 1d]"),
        *("app", []),
        id="nobody but one that only waits",
    ),
    pytest.param(
        placed("app, args: [--host=localhost:9000]", f"lamp, {PORT}"),
        *("app", [THERE.format("lamp")]),
        id="an option for a host, with a port of another",
    ),
    pytest.param(
        placed("app, args: [--host, localhost]", f"lamp, {PORT}"),
        *("app", []),
        id="an option for a host without a port",
    ),
    pytest.param(
        placed(f"app, {PORT}, args: [--url=localhost:9000]", "lamp"),
        *("app", []),
        id="a port of its own",
    ),
    pytest.param(
        placed("app, args: [--url=localhost:9000]", "lamp"),
        *("app", [THERE.format("lamp")]),
        id="a port that nobody names, and one neighbor",
    ),
    pytest.param(
        placed("app, args: [--url=localhost:9000]", "lamp", "rain"),
        *("app", []),
        id="a port that nobody names, and two neighbors",
    ),
    pytest.param(
        placed(
            "app, args: [--url=localhost:9000]",
            "rain, args: [--url=localhost:9000]",
            "lamp",
        ),
        *("app", [THERE.format("lamp")]),
        id="a port that all call but one",
    ),
    pytest.param(
        placed(
            "app, args: [--url=localhost:9000]",
            "rain, args: [--url=localhost:9000]",
            "lamp, ports: [{containerPort: 9001}]",
        ),
        *("app", []),
        id="a port that all call but one, which names another",
    ),
    pytest.param(
        placed("app, args: [--url=localhost:6379]", "rows, image: redis"),
        *("app", ["calls localhost:6379, where rows listens"]),
        id="the port of a store",
    ),
    pytest.param(
        placed("app, args: [--url=localhost:6379]", "rows, image: redis", "lamp"),
        *("app", []),
        id="the port of a store that may be another's",
    ),
    pytest.param(
        placed("app, args: [--url=localhost:8500]", "lamp"),
        *("app", []),
        id="the port of an agent of the machine",
    ),
    pytest.param(
        placed("app, args: [--url=localhost:8500]", "agent, image: consul"),
        *("app", ["calls localhost:8500, where agent listens"]),
        id="the port of an agent of the unit",
    ),
    pytest.param(
        placed(f"app, {told('SHOP_STORE_URL=localhost:83')}", "shop-store", "lamp"),
        *("app", ["calls localhost:83, where shop-store listens"]),
        id="a setting that is called after one of two",
    ),
    pytest.param(
        services("app", "lamp, command: --url=localhost:9000, pid: service:app"),
        *("lamp", []),
        id="who shares processes alone",
    ),
    pytest.param(
        placed("app, args: [--listen, localhost:9000]", f"lamp, {PORT}"),
        *("app", []),
        id="where it listens itself, as the value of an option",
    ),
    pytest.param(
        placed("app, args: [--listen-upstream, localhost:9000]", f"lamp, {PORT}"),
        *("app", [THERE.format("lamp")]),
        id="where another listens, as the value of an option",
    ),
    pytest.param(
        placed("app, args: [--quiet=listen, localhost:9000]", f"lamp, {PORT}"),
        *("app", [THERE.format("lamp")]),
        id="an option that has a value already",
    ),
    pytest.param(
        placed("app, args: ['--to=127.0.0.1:9000,10.0.0.1:9000']", f"lamp, {PORT}"),
        *("app", [THERE.format("lamp")]),
        id="a list of addresses with ports",
    ),
    pytest.param(
        placed("app, args: ['--to=127.0.0.1,10.0.0.1']", f"lamp, {PORT}"),
        *("app", []),
        id="a list of addresses without ports",
    ),
    pytest.param(
        placed("app, args: ['--addr=localhost:9000']", f"lamp, {PORT}"),
        *("app", [THERE.format("lamp")]),
        id="an address with a port of another",
    ),
    pytest.param(
        placed("app, args: ['--listen-upstream=localhost:9000']", f"lamp, {PORT}"),
        *("app", [THERE.format("lamp")]),
        id="where another listens",
    ),
    pytest.param(
        placed("app, args: [--to=localhost:9000]", f"lamp, {PORT_1}"),
        *("app", [THERE.format("lamp")]),
        id="a program that names another port",
    ),
    pytest.param(
        placed("app, args: [--to=localhost:9000]", f"sync, {PORT_1}"),
        *("app", []),
        id="a helper that names another port",
    ),
    pytest.param(
        placed("app, args: [--to=localhost:9000]", f"exporter, {PORT_1}"),
        *("app", [THERE.format("exporter")]),
        id="an exporter that names another port",
    ),
    pytest.param(
        placed(f"app, {told('TO=localhost:83')}", "", "lamp"),
        *("app", []),
        id="a setting beside one without a name",
    ),
    pytest.param(
        services(
            "app, ports: ['9000:9000']",
            "lamp, command: --url=localhost:9000, "
            "pid: service:app, network_mode: service:app",
        ),
        *("lamp", [THERE.format("app")]),
        id="who shares processes and the network",
    ),
]
GROUP = """\
job "trial" {
  group "trial" {
    network {
      port "http" {}
    }
    task "rain" {
      config {
        image = "example.com/rain"
        ports = ["http"]
        args = ["--at=${NOMAD_PORT_http}"]
      }
    }
    task "NAME" {
      config {
        image = "IMAGE"
        args = ["--to=${NOMAD_ADDR_http}"]
      }
    }
  }
}
"""
ASKED = "is called by {}, which is told NOMAD_ADDR_{}"
TELLS = "is told the address of {} by NOMAD_ADDR_{}"
TO = 'args = ["--to=${NOMAD_ADDR_%s}"]'
OF_NOMAD = [
    pytest.param(
        job("rain", f"relay, {TO % 'rain_http'}"),
        *("relay", [TELLS.format("rain", "rain_http")]),
        id="a helper that is told of a program",
    ),
    pytest.param(
        job("rain", f"relay, {TO % 'rain_http'}"),
        *("rain", [ASKED.format("relay", "rain_http")]),
        id="a program of which a helper is told",
    ),
    pytest.param(
        job(f"rain, {TO % 'relay_http'}", "relay"),
        *("relay", [ASKED.format("rain", "relay_http")]),
        id="a helper of which a program is told",
    ),
    pytest.param(
        job("rain", f"lamp, {TO % 'rain_http'}"),
        *("lamp", []),
        id="a program that is told of its equal",
    ),
    pytest.param(
        job("trial", f"lamp, {TO % 'trial_http'}"),
        *("lamp", [TELLS.format("trial", "trial_http")]),
        id="a program that is told of the one after which the unit is called",
    ),
    pytest.param(
        job("rain", f"relay, {TO % 'rain_http'}, {TO % 'rain_more'}"),
        *("relay", [TELLS.format("rain", "rain_http")]),
        id="a helper that is told twice of a program",
    ),
    pytest.param(
        job("rain", f"relay, {TO % 'rainbow_http'}"),
        *("relay", []),
        id="a helper that is told of a task elsewhere",
    ),
    pytest.param(
        GROUP.replace("NAME", "lamp").replace("IMAGE", "example.com/lamp"),
        *("lamp", [TELLS.format("rain", "http")]),
        id="a program that is told of a port of the group",
    ),
    pytest.param(
        GROUP.replace("NAME", "lamp").replace("IMAGE", "example.com/lamp"),
        *("rain", [ASKED.format("lamp", "http")]),
        id="a program on a port of the group",
    ),
    pytest.param(
        GROUP.replace("NAME", "lamp").replace("example.com/rain", "redis"),
        *("rain", []),
        id="a store on a port of the group",
    ),
]


@pytest.mark.parametrize(("text", "name", "says"), CASES + OF_NOMAD)
def test_whom_a_container_is_said_to_call(
    text: str, name: str, says: list[str], tmp_path: Path
) -> None:
    found = findings(tmp_path, {path_of(text): text})[name].evidence
    assert [one.says for one in found if one.feature == "localhost"] == says


@pytest.mark.parametrize(
    ("boxes", "helper"),
    [
        pytest.param(
            (PORT, "args: [--upstream=localhost:9000]"), "lamp", id="told by an option"
        ),
        pytest.param((PORT, told("TO=localhost:9000")), "rain", id="told by a setting"),
        pytest.param(
            (
                PORT,
                f"{told('TO=localhost:9000')}, "
                "ports: [{name: metrics, containerPort: 9001}]",
            ),
            "lamp",
            id="who has no port but for numbers",
        ),
        pytest.param(
            (PORT, f"{told('TO=localhost:9000')}, ports: [{{containerPort: 9001}}]"),
            "rain",
            id="who has a port for callers",
        ),
        pytest.param((PORT, "args: [--rain, 'localhost:9000']"), "lamp", id="by name"),
    ],
)
def test_which_end_of_a_call_helps(
    boxes: tuple[str, str], helper: str, tmp_path: Path
) -> None:
    text = placed(*(f"{n}, {b}" for n, b in zip(("rain", "lamp"), boxes, strict=True)))
    found = labels(tmp_path, {"a.yaml": text})
    assert [name for name, label in found.items() if label == "sidecar"] == [helper]


def test_a_client_is_told_where_a_store_is(tmp_path: Path) -> None:
    clients: tuple[str, ...] = (
        "mysql",
        "mariadb-dump",
        "psql",
        "pg_dump",
        "redis-cli",
        "shop-client",
    )
    clients += ("mongosh", "cqlsh", "curl", "nc")
    files = {
        f"{one}.yaml": placed(f"app, args: ['{one} --host localhost']", "lamp")
        for one in clients
    }
    found = [
        why.says
        for judged in scanned(tmp_path, files).groups
        for one in judged.findings
        for why in one.evidence
        if why.feature == "localhost" and one.name == "app"
    ]
    assert found == ["calls localhost, where lamp listens"] * len(clients)
