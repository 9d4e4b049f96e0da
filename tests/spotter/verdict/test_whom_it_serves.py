"""Whom a container serves: for each rule the case just within, and the case just out.

Where a case is without a reason, its label is all that counts.
"""

from pathlib import Path

import pytest
from beginnings import MOUNT, READ, job, placed, services
from scanning import neighbors, said_of

MANY = "runs beside many that are no helpers, and serves none of them alone"
TAKEN = "runs beside {}, and is taken for its helper"
STORE = "is a store that its neighbors use, and serves no one of them alone"
NO_TIE = "has no tie to {}, and no name or image of a helper"
BARE = "is a web server as it comes: nothing tells it whom to serve"
AGENT = "runs falco, known as node-agent, which serves the whole machine"
EARLY = "initContainers: [{{name: {}, restartPolicy: Always}}]"
GUEST = "network_mode: service:{}"
LISTENS = "ports: [{containerPort: %d}]"
CALLS = "env: [{name: TO, value: 'localhost:9000'}]"
PORTS = "ports: [{containerPort: 9000}]"
SETTINGS = "{name: set, mountPath: /set}"
LOGS = "{name: logs, mountPath: /logs}"
READ_LOGS = "{name: logs, mountPath: /logs, readOnly: true}"
RELOADS = "while inotifywait /etc/rain; do pkill -HUP rain; done"
TICKS = "while true; do date; sleep 5; done"
WAITS = "args: [sleep, infinity]"
WRITES_LOGS = f"volumeMounts: [{LOGS}, {{name: data, mountPath: /data}}]"
READS_LOGS = WRITES_LOGS.replace(LOGS, READ_LOGS)
WORKFLOW = """\
kind: Workflow
spec:
  templates:
  - name: count
    container: {image: example.com/count, command: [run]}
    sidecars: [{name: rows, image: redis}]
"""
HERE = "args: [--port, '80', --host, {}]"
ALONE = "answers at localhost alone, where nobody but {} could call it"
DISK = 'volumes = ["/data:/data"]'

TUNNEL = """\
services:
  vpn: {image: qmcgaw/gluetun}
  shop:
    image: example.com/shop
    network_mode: service:vpn
    environment: {TO: "localhost:9090"}
  lamp: {image: example.com/lamp, network_mode: service:vpn, expose: ["PORT"]}
"""
CLOUD_RUN = """\
resource "google_cloud_run_v2_service" "shop" {
  template {
    containers {
      name  = "shop"
      image = "example.com/shop"
      ports { container_port = 8080 }
    }
    containers {
      name  = "lamp"
      image = "example.com/lamp"
    }
  }
}
"""
STORE_OF_CLOUD_RUN = CLOUD_RUN.replace("example.com/lamp", "redis:7")
PORT = "ports { container_port = 8080 }"

CASES = [
    pytest.param(
        placed(
            "rain",
            more=EARLY.format("queue, image: rabbitmq"),
        ),
        *("queue", "native-sidecar", None),
        id="a store that is started for a neighbor",
    ),
    pytest.param(
        services("rain", 'rows, image: redis:7, pid: "service:rain"'),
        *("rows", "sidecar", "runs beside rain and serves it"),
        id="a store that joins the main program",
    ),
    pytest.param(
        placed("rain", "rows, image: redis:7"),
        *("rows", "not-a-sidecar", STORE),
        id="a store that nothing ties",
    ),
    pytest.param(
        placed("rain", "rows, image: redis:7", kind="Service"),
        *("rows", "sidecar", "is a store that nobody but rain can reach"),
        id="a store behind one door",
    ),
    pytest.param(
        placed(", image: example.com/rain", "rows, image: redis:7", kind="Service"),
        *("rows", "sidecar", "is a store that nobody but its neighbor can reach"),
        id="a store behind a door without a name",
    ),
    pytest.param(
        placed("rain", "lamp", "rows, image: redis:7", kind="Service"),
        *("rows", "not-a-sidecar", STORE),
        id="a store of two behind one door",
    ),
    pytest.param(
        STORE_OF_CLOUD_RUN.replace(PORT, "").replace('7"', f'7"\n      {PORT}'),
        *("lamp", "not-a-sidecar", STORE),
        id="a store that is the door itself",
    ),
    pytest.param(
        TUNNEL.replace("PORT", "9090"),
        *("lamp", "sidecar", None),
        id="a guest whom the other guest calls",
    ),
    pytest.param(
        TUNNEL.replace("PORT", "9091"),
        *("lamp", "main", "uses vpn as shop does: they are equals"),
        id="a guest whom nobody calls",
    ),
    pytest.param(
        services(f"rain, {GUEST.format('lamp')}", "lamp, pid: service:stock", "stock"),
        *("stock", "sidecar", None),
        id="a host of a host",
    ),
    pytest.param(
        services("rain", *(f"{n}, {GUEST.format('rain')}" for n in ("a", "reloader"))),
        *("reloader", "sidecar", None),
        id="a guest that is called as a helper",
    ),
    pytest.param(
        services("rain", *(f"{n}, {GUEST.format('rain')}" for n in ("a", "stock"))),
        *("stock", "main", None),
        id="a guest that is called as any program",
    ),
    pytest.param(
        placed(
            "rain, image: google/cadvisor",
            kind="DaemonSet",
            more=EARLY.format("lamp, image: falco"),
        ),
        *("lamp", "native-sidecar", None),
        id="a node's agent that is started for a neighbor",
    ),
    pytest.param(
        placed(
            f"rain, image: google/cadvisor, {MOUNT}",
            f"lamp, {MOUNT}",
            kind="DaemonSet",
        ),
        *("lamp", "sidecar", None),
        id="no node's agent, which shares files with one",
    ),
    pytest.param(
        placed(
            "rain, image: netdata/netdata, ports: [{containerPort: 19999}]",
            'node-exporter, image: falco, args: ["--url=http://localhost:19999"]',
            kind="DaemonSet",
        ),
        *("node-exporter", "sidecar", None),
        id="a node's agent that calls another one",
    ),
    pytest.param(
        placed("rain, image: google/cadvisor", "lamp, image: falco"),
        *("lamp", "not-a-sidecar", AGENT),
        id="two nodes' agents in a Pod",
    ),
    pytest.param(
        placed("rain, image: google/cadvisor", "git-sync"),
        *("git-sync", "sidecar", "runs beside rain and serves it"),
        id="a helper of a node's agent in a Pod",
    ),
    pytest.param(
        job("rain, image: google/cadvisor", "git-sync", more='type = "system"'),
        *("git-sync", "not-a-sidecar", None),
        id="who has no tie to the agent of each machine",
    ),
    pytest.param(
        job(
            f"rain, image: google/cadvisor, {DISK}",
            f"git-sync, {DISK}",
            more='type = "system"',
        ),
        *("git-sync", "sidecar", "runs beside rain and serves it"),
        id="who works on the files of the agent of each machine",
    ),
    pytest.param(
        job("rain", "api-proxy", more='type = "system"'),
        *("api-proxy", "sidecar", "runs beside rain and serves it"),
        id="a helper of a program that each machine has",
    ),
    pytest.param(
        CLOUD_RUN,
        *("lamp", "sidecar", "runs beside shop that alone gets the requests"),
        id="who has no port on Cloud Run",
    ),
    pytest.param(
        CLOUD_RUN.replace(PORT, ""),
        *("lamp", "not-a-sidecar", NO_TIE.format("shop")),
        id="who has no port, as nobody has one",
    ),
    pytest.param(
        placed("rain, ports: [{containerPort: 80}]", "lamp", kind="Service"),
        *("lamp", "sidecar", "runs beside rain that alone gets the requests"),
        id="who has no port beside one that has",
    ),
    pytest.param(
        placed(
            ", image: example.com/rain, ports: [{containerPort: 80}]",
            "lamp",
            kind="Service",
        ),
        *("lamp", "sidecar", "runs beside the one that alone gets the requests"),
        id="who has no port beside one without a name",
    ),
    pytest.param(
        placed(*(f"{n}, ports: [{{containerPort: 80}}]" for n in "ab"), kind="Service"),
        *("b", "not-a-sidecar", NO_TIE.format("a")),
        id="who has a port of its own",
    ),
    pytest.param(
        job("rain", "lamp", "stock", "logger"),
        *("logger", "sidecar", "runs beside rain and serves it"),
        id="among many one with a helper's name",
    ),
    pytest.param(
        job("rain", "lamp", "stock", "pan"),
        *("pan", "not-a-sidecar", MANY),
        id="among many one with any name",
    ),
    pytest.param(
        job(
            *("lamp", "stock", "pan", f"rain, {DISK}"),
            'cup, volumes = ["/data:/data:ro"]',
        ),
        *("cup", "sidecar", None),
        id="among many one that reads another's files",
    ),
    pytest.param(
        placed("rain", "goods-sync, image: example.com/shop-worker"),
        *("goods-sync", "sidecar", "runs beside rain and serves it"),
        id="who is called a helper, with the image of a worker",
    ),
    pytest.param(
        placed("rain", "nginx, image: nginx"),
        *("nginx", "not-a-sidecar", BARE),
        id="a web server as it comes",
    ),
    pytest.param(
        placed("rain", "nginx, image: nginx, args: [-g, daemon off;]"),
        *("nginx", "sidecar", None),
        id="a web server with a command",
    ),
    pytest.param(
        placed("rain", "nginx, image: nginx, env: [{name: BACKEND, value: rain}]"),
        *("nginx", "sidecar", None),
        id="a web server with a setting",
    ),
    pytest.param(
        "# chart\n" + placed("rain, image: '{{ .Values.a }}'", "nginx, image: nginx"),
        *("nginx", "sidecar", None),
        id="a web server in a template",
    ),
    pytest.param(
        placed(f"rain, {MOUNT}", f"nginx, image: nginx, {MOUNT}"),
        *("nginx", "sidecar", None),
        id="a web server that shares files",
    ),
    pytest.param(
        placed("rain", "shopproxy, image: nginx"),
        *("shopproxy", "sidecar", "runs beside rain and serves it"),
        id="a web server that is called a proxy",
    ),
    pytest.param(
        placed("rain", "lamp, image: lamp"),
        *("lamp", "not-a-sidecar", NO_TIE.format("rain")),
        id="a public image that is no web server",
    ),
    pytest.param(
        services(
            "rain",
            "cup, image: haproxy, network_mode: service:lamp",
            "lamp, pid: service:rain",
        ),
        *("lamp", "sidecar", "runs beside rain and serves it"),
        id="a guest that has a guest",
    ),
    pytest.param(
        services(f"rain, {GUEST.format('lamp')}", "lamp"),
        *("lamp", "sidecar", "runs beside rain, and is taken for its helper"),
        id="a host with one guest",
    ),
    pytest.param(
        placed(", image: example.com/rain", "helper"),
        *("helper", "sidecar", "runs beside the main container and serves it"),
        id="a helper of one without a name",
    ),
    pytest.param(
        placed(f", image: example.com/rain, {MOUNT}", f"lamp, {MOUNT}"),
        *("lamp", "sidecar", TAKEN.format("the main container")),
        id="who shares files with one without a name",
    ),
    pytest.param(
        placed("app", f"rain, {MOUNT}", f"lamp, {READ}"),
        *("lamp", "sidecar", "runs beside rain and serves it"),
        id="who reads the files of another than the main program",
    ),
    pytest.param(
        placed("app", f"rain, {MOUNT}", f"lamp, {MOUNT}"),
        *("lamp", "sidecar", TAKEN.format("app")),
        id="who shares files with another than the main program",
    ),
    pytest.param(
        placed("app", f"relay, {MOUNT}", f"lamp, {READ}"),
        *("lamp", "sidecar", TAKEN.format("app")),
        id="who reads the files of a helper",
    ),
    pytest.param(
        placed("app", f"relay, {MOUNT}", f"lamp, image: grafana, {MOUNT}"),
        *("lamp", "main", "is helped by relay, and has no tie to app: they are equals"),
        id="what looks like a main program, and has a helper of its own",
    ),
    pytest.param(
        placed("app", f"relay, {MOUNT}", f"lamp, image: grafana, {MOUNT}"),
        *("relay", "sidecar", "runs beside lamp and serves it"),
        id="who shares files with such a program alone",
    ),
    pytest.param(
        placed("app", f"relay, {MOUNT}", f"relay-exporter, {READ}"),
        *("relay-exporter", "sidecar", "runs beside relay and serves it"),
        id="who reads the files of a helper after which it is called",
    ),
    pytest.param(
        "# chart\n"
        + placed(
            "app", f"'{{{{ .Values.n }}}}', image: envoy, {MOUNT}", f"lamp, {READ}"
        ),
        *("lamp", "sidecar", TAKEN.format("app")),
        id="who reads the files of a helper whose name is not known",
    ),
    pytest.param(
        placed("app", f"rain, args: [sleep, infinity], {MOUNT}", f"relay, {READ}"),
        *("relay", "sidecar", "runs beside app and serves it"),
        id="who reads the files of one that only waits",
    ),
    pytest.param(
        "# chart\n"
        + placed(
            f"app, {LISTENS % 8080}",
            f"auth-proxy, {LISTENS % 4180}",
            "lamp, image: '{{ .Values.nginx }}', args: ['--to=localhost:4180']",
        ),
        *("lamp", "sidecar", TAKEN.format("app")),
        id="who calls a helper, and is called by nobody",
    ),
    pytest.param(
        placed(
            f"app, {LISTENS % 8080}",
            f"rows, image: redis, {LISTENS % 6379}",
            "lamp, args: ['--to=localhost:6379']",
        ),
        *("lamp", "not-a-sidecar", "calls rows, and not app"),
        id="who calls a neighbor, and does not look like a helper",
    ),
    pytest.param(
        placed("app", f"rain, {PORTS}", f"lamp, {CALLS}"),
        *("rain", "not-a-sidecar", "is called by lamp, and not by app"),
        id="whom another than the main program calls",
    ),
    pytest.param(
        placed("app", f"rain, {PORTS}", f"lamp, {CALLS}"),
        *("lamp", "not-a-sidecar", "calls rain, and not app"),
        id="who calls another than the main program",
    ),
    pytest.param(
        placed("app", f"rain, {PORTS}", "lamp, args: [--upstream=localhost:9000]"),
        *("lamp", "sidecar", "runs beside rain and serves it"),
        id="who passes requests on to another than the main program",
    ),
    pytest.param(
        placed(
            "app",
            f"rain, {PORTS}",
            "lamp, ports: [{containerPort: 9001}], args: [--upstream=localhost:9000]",
            "cup, env: [{name: TO, value: 'localhost:9001'}]",
        ),
        *("lamp", "not-a-sidecar", "is called by cup, and not by app"),
        id="who is called, and calls another one",
    ),
    pytest.param(
        placed(
            f"app, volumeMounts: [{SETTINGS}]",
            f"rain, volumeMounts: [{SETTINGS}, {LOGS}]",
            f"lamp, volumeMounts: [{SETTINGS}, {READ_LOGS}]",
            more="volumes: [{name: set, configMap: {name: set}}]",
        ),
        *("lamp", "sidecar", "runs beside rain and serves it"),
        id="who reads the files of another, and settings that all have",
    ),
    pytest.param(
        placed("app, " + READ, f"rain, {MOUNT}", f"lamp, {READ}"),
        *("lamp", "sidecar", "runs beside rain and serves it"),
        id="who reads the files of another, as the main program does",
    ),
    pytest.param(
        placed(f"rain, {MOUNT}", f"app, {MOUNT}", f"lamp, {READ}"),
        *("lamp", "sidecar", TAKEN.format("app")),
        id="who reads files that the main program writes, too",
    ),
    pytest.param(
        placed(f"rain, {READ}", f"app, {READ}", f"html-sync, {MOUNT}"),
        *("html-sync", "sidecar", "runs beside app and serves it"),
        id="who writes files that the main program reads, too",
    ),
    pytest.param(
        placed(
            *("app", "rain", f"lamp, args: [sh, -c, '{RELOADS}']"),
            more="shareProcessNamespace: true",
        ),
        *("lamp", "sidecar", "runs beside rain and serves it"),
        id="who makes another than the main program read its settings again",
    ),
    pytest.param(
        placed(f"rain, {WAITS}", "rows, image: redis:7"),
        *("rows", "main", None),
        id="a store beside one that only waits",
    ),
    pytest.param(
        placed(f"rain, {WAITS}", "stock", kind="Deployment", name="rain"),
        *("stock", "main", None),
        id="a program beside one that only waits and is called as the unit",
    ),
    pytest.param(
        services(
            f"app, command: sleep 1d, {GUEST.format('rows')}", "rows, image: redis"
        ),
        *("app", "not-a-sidecar", "does nothing but wait"),
        id="who only waits in the network of a store",
    ),
    pytest.param(
        placed(f"rain, {MOUNT}", f"lamp, {WAITS}, {MOUNT}"),
        *("lamp", "not-a-sidecar", "does nothing but wait"),
        id="who only waits at the files of another",
    ),
    *(
        pytest.param(
            placed("rain", f"lamp, {waits}"),
            *("lamp", "not-a-sidecar", "does nothing but wait"),
            id=f"who only waits with {waits}",
        )
        for waits in (
            "command: [tail, -f, /dev/null]",
            "args: [sh, -c, 'trap : TERM INT; sleep infinity & wait']",
            "args: [sh, -c, 'while true; do sleep 9; done;']",
            "image: hello-world",
        )
    ),
    pytest.param(
        placed(f"app, {WAITS}", f"lamp, {WAITS}"),
        *("lamp", "not-a-sidecar", "is told what app is told: they are equals"),
        id="two of which both only wait",
    ),
    pytest.param(
        placed(f"rain, {MOUNT}", f"debug, {WAITS}, {MOUNT}"),
        *("debug", "sidecar", None),
        id="who only waits, and is called as a tool",
    ),
    pytest.param(
        services("rain", "lamp, command: sleep 1d, pid: service:rain"),
        *("lamp", "sidecar", None),
        id="who only waits, and sees the processes of another",
    ),
    pytest.param(
        placed(f"rain, {WAITS}", "git-sync"),
        *("rain", "main", None),
        id="who only waits beside a helper",
    ),
    pytest.param(
        placed("app", f"rain, {WAITS}, {MOUNT}", f"lamp, {MOUNT}"),
        *("lamp", "not-a-sidecar", NO_TIE.format("app")),
        id="who shares files with one that only waits",
    ),
    pytest.param(
        services(
            "vpn", *(f"{n}, {GUEST.format('vpn')}" for n in ("a", "relay", *"bc"))
        ),
        *("relay", "sidecar", "runs beside a and serves it"),
        id="a guest among many that is called as a helper",
    ),
    pytest.param(
        placed(f"stock, {READS_LOGS}", f"rain, {WRITES_LOGS}"),
        *("stock", "sidecar", "runs beside rain and serves it"),
        id="who reads one volume of another, and shares a second one with it",
    ),
    pytest.param(
        placed("rain, image: falco", "lamp, image: falco", kind="DaemonSet"),
        *("lamp", "not-a-sidecar", "runs the same image as rain"),
        id="two of one node's agent",
    ),
    pytest.param(
        placed("rain, image: google/cadvisor", "git-sync", kind="DaemonSet"),
        *("git-sync", "sidecar", "runs beside rain and serves it"),
        id="a helper of a node's agent on each machine",
    ),
    pytest.param(
        placed("rain", f"lamp, {HERE.format('127.0.0.1')}"),
        *("lamp", "sidecar", ALONE.format("rain")),
        id="who listens where its neighbor alone can call",
    ),
    pytest.param(
        placed("rain", f"lamp, {HERE.format('0.0.0.0')}"),
        *("lamp", "not-a-sidecar", NO_TIE.format("rain")),
        id="who listens where all can call",
    ),
    pytest.param(
        placed("rain", "lamp, command: [psql, --port, '80', --host, localhost]"),
        *("lamp", "not-a-sidecar", NO_TIE.format("rain")),
        id="a client that is told where to call",
    ),
    pytest.param(
        placed("rain", f"lamp, {HERE.format('127.0.0.1')}, {PORTS}"),
        *("lamp", "not-a-sidecar", NO_TIE.format("rain")),
        id="who declares a port, and listens where its neighbor alone can call",
    ),
    pytest.param(
        WORKFLOW,
        *("rows", "sidecar", "runs beside main and serves it"),
        id="a store in a field for sidecars",
    ),
    pytest.param(
        placed("nginx, image: example.com/nginx:1", f"rain, args: [sh, -c, '{TICKS}']"),
        *("nginx", "not-a-sidecar", "passes requests on, and rain answers none"),
        id="a web server beside a loop of a shell",
    ),
    pytest.param(
        placed(
            "way, image: tailscale/tailscale:v1", f"rain, args: [sh, -c, '{TICKS}']"
        ),
        *("way", "sidecar", "runs beside rain and serves it"),
        id="a tunnel beside a loop of a shell",
    ),
    pytest.param(
        placed(
            "nginx, image: example.com/nginx:1",
            f"rain, args: [sh, -c, '{TICKS}'], {PORTS}",
        ),
        *("nginx", "sidecar", "runs beside rain and serves it"),
        id="a web server beside a loop that answers",
    ),
]


@pytest.mark.parametrize(("text", "name", "label", "why"), CASES)
def test_whom_a_container_serves(
    text: str, name: str, label: str, why: str | None, tmp_path: Path
) -> None:
    said, reason = said_of(tmp_path, text, name)
    assert (said, why or reason) == (label, reason)


NANNIES = """\
kind: Deployment
metadata: {name: meter}
spec:
  template:
    spec:
      containers:
        - {name: meter, image: "example.com/meter:1", command: [/meter, --all]}
        - {name: teller, image: "example.com/meter:1", command: [/teller]}
        - {name: meter-nanny, image: example.com/addon-resizer}
        - {name: teller-nanny, image: example.com/addon-resizer}
"""


def test_a_helper_that_is_called_after_a_neighbor_serves_it(tmp_path: Path) -> None:
    found = neighbors(tmp_path, {"a.yaml": NANNIES})
    assert found["meter-nanny"] == ("sidecar", "meter")
    assert found["teller-nanny"] == ("sidecar", "teller")
