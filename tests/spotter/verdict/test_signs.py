"""What makes a program the main one of its unit, and what only looks as if it did."""

from pathlib import Path

import pytest
from beginnings import MOUNT, job, placed, services
from scanning import said_of

PORT = "ports: [{containerPort: %d}]"
CALLS = "env: [{name: TO, value: 'localhost:7001'}]"
JOINS = "network_mode: service:{}"
EARLY = "initContainers: [{name: rain, image: example.com/rain, restartPolicy: Always}]"


SIGNS: list[tuple[str, ...]] = [
    (
        "native",
        placed("proxy-sidecar, image: istio/proxyv2", more=EARLY),
        "proxy-sidecar",
    ),
    (
        "whole name",
        placed(f"rain, {PORT % 80}", "lamp", name="lamp", served=(80,)),
        "lamp",
    ),
    ("no name", placed("rain", ", image: a"), "rain"),
    ("nobody's name", placed("rain", ", image: a", name="''"), "rain"),
    ("longer", placed("rain", "trial-red", kind="Deployment"), "trial-red"),
    ("as long", placed("rain", "red-lamp", kind="Deployment"), "rain"),
    (
        "longer helper",
        placed(
            "sync, image: a", "disk-agent, image: a", name="disk", kind="Deployment"
        ),
        "sync",
    ),
    (
        "longer by a helper's image",
        placed("rain", "disk-nginx, image: a", name="disk", kind="Deployment"),
        "rain",
    ),
    ("longer in a pod", placed("rain", "trial-red"), "rain"),
    ("app", placed("server", "app"), "app"),
    (
        "front of a gateway",
        placed(
            "server",
            f"proxy, {PORT % 80}",
            name="edge-proxy",
            kind="Deployment",
            served=(80,),
        ),
        "proxy",
    ),
    (
        "front of a Pod",
        placed("server", f"proxy, {PORT % 80}", name="edge-proxy", served=(80,)),
        "server",
    ),
    (
        "front of a program",
        placed(
            "server",
            f"proxy, {PORT % 80}",
            name="edge",
            kind="Deployment",
            served=(80,),
        ),
        "server",
    ),
    (
        "behind a gateway",
        placed(
            f"proxy, {PORT % 80}",
            f"rain, {PORT % 90}",
            name="edge-proxy",
            kind="Deployment",
            served=(80, 90),
        ),
        "proxy",
    ),
    (
        "gateway without callers",
        placed("server", f"proxy, {PORT % 80}", name="edge-proxy", kind="Deployment"),
        "server",
    ),
    ("proxy by name", placed("rain", "proxy"), "rain"),
    (
        "visited",
        placed(f"rain, {PORT % 90}", f"lamp, {PORT % 80}", served=(80,)),
        "lamp",
    ),
    ("nobody visited", placed("rain", f"lamp, {PORT % 80}"), "rain"),
    (
        "visited store's front",
        placed(f"rain, {PORT % 90}", f"pgbouncer, image: a, {PORT % 80}", served=(80,)),
        "pgbouncer",
    ),
    ("pages", placed("rain", f"nginx, image: a, {PORT % 80}", served=(80,)), "nginx"),
    ("one caller", placed(f"rain, {CALLS}", "lamp"), "rain"),
    (
        "helper called by all",
        placed(f"rain, {CALLS}", f"lamp, {CALLS}", "pool, image: pgbouncer"),
        "rain",
    ),
    (
        "no image",
        placed("rain", "lamp, image: none").replace(", image: none", ""),
        "lamp",
    ),
    (
        "base without an image",
        placed("lamp-server, image: a", "lamp, image: none").replace(
            ", image: none", ""
        ),
        "lamp-server",
    ),
    (
        "Pod called as an image",
        placed("rain", "lamp, image: example.com/trial"),
        "rain",
    ),
    ("store by a value", job("rows, image: ${var.postgres_image}", "rain"), "rain"),
    (
        "no store by a value",
        job("rows, image: ${var.prometheus_image}", "rain"),
        "rows",
    ),
    (
        "store beside a helper",
        job("rows, image: ${var.postgres_image}", "lamp, image: pgbouncer"),
        "rows",
    ),
    (
        "store beside a program without an image",
        job("db, image: ${var.postgres_image}", "lamp, image: none").replace(
            'image = "none"', ""
        ),
        "db",
    ),
    ("host", services("rain", f"lamp, {JOINS.format('rain')}"), "lamp"),
    (
        "own host",
        services("edge, image: envoy", f"edge-lamp, {JOINS.format('edge')}"),
        "edge",
    ),
    (
        "guest called after its host",
        services("edge, image: haproxy", f"edge-lamp, {JOINS.format('edge')}"),
        "edge",
    ),
    (
        "store as a guest",
        services("lamp", f"rows, image: redis, {JOINS.format('lamp')}"),
        "lamp",
    ),
    (
        "two main programs",
        services("server", f"worker, {JOINS.format('server')}"),
        "worker",
    ),
    (
        "two guests of a server",
        services(
            "server", *(f"{n}, {JOINS.format('server')}" for n in ("lamp", "cup"))
        ),
        "lamp",
    ),
    (
        "known helper",
        placed("relay, image: envoy", f"rain, image: csi-attacher, {MOUNT}"),
        "relay",
    ),
    ("about another", placed("rain, image: alpine/git", "relay"), "relay"),
    (
        "said to be",
        placed("app", "lamp").replace(
            "- {name: lamp", "# the main container\n  - {name: lamp"
        ),
        "lamp",
    ),
    (
        "shows files",
        services(
            "shop, volumes: ['data:/d']",
            "web, volumes: ['data:/d:ro'], depends_on: [shop]",
        ),
        "web",
        "not-a-sidecar",
        "is a program of its own, which only shares files with shop",
    ),
    (
        "shows and writes",
        services(
            "shop, volumes: ['data:/d', './b:/b']",
            "web, ports: ['80:80'], depends_on: [shop],"
            " volumes: ['data:/d:ro', './b:/b']",
        ),
        "web",
        "not-a-sidecar",
        "is a program of its own, which only shares files with shop",
    ),
    (
        "guest in a job",
        job("server", 'worker, network_mode = "container:server"'),
        "server",
    ),
    (
        "guest of a server",
        services("server", f"lamp, {JOINS.format('server')}"),
        "server",
    ),
    ("guest that helps", services(f"relay, {JOINS.format('rain')}", "rain"), "rain"),
    (
        "unit called after a reloader",
        placed(
            "relay, image: a",
            "config-reloader, image: a",
            name="config-reloader",
            kind="Deployment",
        ),
        "config-reloader",
    ),
]
CASES = [
    pytest.param(text, name, *(rest or ("main", None)), id=i)
    for i, text, name, *rest in SIGNS
]


@pytest.mark.parametrize(("text", "name", "label", "why"), CASES)
def test_which_program_is_the_main_one(
    text: str, name: str, label: str, why: str | None, tmp_path: Path
) -> None:
    said, reason = said_of(tmp_path, text, name)
    assert (said, why or reason) == (label, reason)
