"""Reports put together by hand: what the forms of a report are tested with."""

import os

from sidecar_spotter.model import (
    Container,
    Evidence,
    Finding,
    Group,
    Judged,
    Label,
    Mount,
    Port,
    Report,
    Request,
    Skipped,
    Text,
    Volume,
)

WEB = Judged(
    Group(
        "deploy/web.yaml",
        12,
        "kubernetes",
        "Deployment",
        "web",
        containers=(
            Container("seed", 15, "init", mounts=(Mount("logs", "/l", False, 18),)),
            Container(
                "web",
                21,
                ports=(Port(8080, "http", 25),),
                mounts=(Mount("logs", "/var/log", False, 28),),
                settings=(Text("AT=http://localhost:9000", 26),),
            ),
            Container(
                "ship",
                33,
                ports=(Port(9000, "metrics", 35),),
                mounts=(Mount("logs", "/l", True, 39), Mount("conf", "/c", False, 41)),
            ),
        ),
        volumes=(Volume("logs", "emptyDir", 50), Volume("conf", "configMap", 52)),
        requests=(Request("istio-proxy", "service-mesh-proxy", 8, "is asked for"),),
        shares=(Text("processes", 14),),
        served=(8080,),
    ),
    (
        Finding(
            "istio-proxy",
            8,
            "injected-sidecar",
            "service-mesh-proxy",
            None,
            "is added by Istio",
            (Evidence("injection", "istio-proxy", 8, "is added by Istio", 3),),
        ),
        Finding("seed", 15, "init", "init", None, "runs once, before the others"),
        Finding(
            "web",
            21,
            "main",
            "application",
            None,
            "is what the unit exists for",
            (
                Evidence(
                    "localhost",
                    "web",
                    26,
                    "calls localhost:9000, where ship listens",
                    -0.2,
                    "ship",
                ),
            ),
        ),
        Finding(
            "ship",
            33,
            "sidecar",
            "log-shipper",
            "web",
            "runs beside web and serves it",
            (
                Evidence("peers", "ship", 33, "has visitors of its own", -0.4, "web"),
                Evidence(
                    "shared-volume",
                    "ship",
                    39,
                    "only reads the volume logs, which web may write",
                    0.6,
                    "web",
                ),
            ),
        ),
    ),
)
AGENT = Judged(
    Group(
        "deploy/agent.yaml",
        2,
        "kubernetes",
        "DaemonSet",
        "agent",
        containers=(Container("agent", 9),),
    ),
    (
        Finding(
            "agent",
            9,
            "not-a-sidecar",
            "node-agent",
            None,
            "serves the machine: one copy runs on each",
            (
                Evidence(
                    "node-agent", "agent", 9, "is the only program of a DaemonSet", -2
                ),
                Evidence(
                    "telling-name", "agent", 9, 'is named "agent", as a helper', 0.3
                ),
            ),
        ),
    ),
)
REPORT = Report(
    ".",
    "uses-sidecar",
    "ship in deploy/web.yaml sends the logs of web. One more is not a sidecar.",
    (WEB, AGENT),
    (Skipped("bin/x.yaml", "binary"), Skipped("caf\udce9.yaml", "not UTF-8: byte 4")),
)
EMPTY = Report(
    "empty", "no-sidecar", "No unit holds two containers. None is asked for."
)

HOSTILE = (
    "end",
    'a "quoted" name',
    "]) --> evil[(x",
    "<script>alert(1)</script>",
    "two\nlines",
    "\x1b[31mred\x1b[0m\x07",
    "[bold red]markup[/]",
    "{{ .Values.name }}-{% raw %}",
    "#35; &lt; &amp; %%{init: {'theme': 'dark'}}%%",
    "| a cell | **bold** `code` [link](http://x) ![i](y)",
    "name, with commas; subgraph style x fill:#fff;",
    "日本語 é \N{PILE OF POO}",
    "\u202egnp.exe",
    "\ud800 and \udcff",
    "`markdown`",
    "\\n \\ backslash",
    "- item",
    "1. first",
    "x" * 5000,
    "",
)
"""Names as a hostile file may hold them."""


def hostile(names: tuple[str, ...] = HOSTILE) -> Report:
    """Return a report whose every text is one of *names*."""
    labels: tuple[Label, ...] = ("main", "sidecar", "native-sidecar", "not-a-sidecar")
    containers = tuple(
        Container(
            name,
            line,
            ("run", "init", "native")[line % 3],
            ports=(Port(None, name, line), Port(line, name, line)),
            mounts=(Mount(name, name, line % 2 == 0, line),),
            joins=(Text(f"{name}:{names[0]}", line),) if line == 2 else (),
            waits_for=(Text(names[0], line),) if line == 3 else (),
        )
        for line, name in enumerate(names, 1)
    )
    findings = tuple(
        Finding(
            name,
            line,
            labels[line % len(labels)],
            name,
            name,
            name,
            (
                Evidence("localhost", name, line, f"calls localhost:{name}", 1, name),
                Evidence("shared-volume", name, line, name, -1, name),
            ),
        )
        for line, name in enumerate(names, 1)
    )
    groups = tuple(
        Judged(
            Group(
                path=os.fsdecode(f"{name}.yaml".encode("utf-8", "surrogatepass")),
                line=1,
                platform=name,
                kind=name,
                name=name,
                containers=containers,
                volumes=tuple(Volume(name, name, 1) for name in names),
                requests=tuple(Request(name, name, 1, name) for name in names),
            ),
            findings,
        )
        for name in names
    )
    skipped = tuple(Skipped(one.group.path, one.group.name) for one in groups)
    return Report(names[0], "uses-sidecar", " ".join(names), groups, skipped, names)
