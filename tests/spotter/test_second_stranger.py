"""Rules learned from what a second stranger found, each with the cause of the fault."""

from pathlib import Path

import pytest
from reading import box, unit, units
from sidecar_spotter import scan
from sidecar_spotter.features import (
    evidence,
    helper_configuration,
    life_cycle,
    localhost,
    peers,
    shared_volume,
)
from sidecar_spotter.known import known, telling
from sidecar_spotter.model import Finding
from sidecar_spotter.reports import render
from sidecar_spotter.verdict import judge


def findings(path: str, text: str) -> dict[str, Finding]:
    return {one.name: one for one in judge(unit(path, text)).findings}


# --- Compose


def test_a_folder_in_memory_is_each_services_own() -> None:
    text = """\
    services:
      dns: {image: example.com/dns, tmpfs: ["/tmp:size=10M,mode=1777"]}
      cache: {image: example.com/cache, tmpfs: ["/tmp:size=10M,mode=1777"]}
    """
    assert units("compose.yaml", text) == []


NODE = """\
# A node, and a page that shows how it does.
# HEAD
services:
  ledger:
    image: example.com/node
    volumes: ["./data:/data"]
  page:
    image: example.com/page
    network_mode: service:ledger
    volumes: ["./data:/data:ro"]
"""


@pytest.mark.parametrize(
    ("head", "main"),
    [
        ("The `page` sidecar runs in its network.", "ledger"),
        ("The front-page sidecar runs elsewhere.", "page"),
    ],
)
def test_the_comment_above_all_services_may_call_one_a_sidecar(
    head: str, main: str
) -> None:
    found = findings("compose.yaml", NODE.replace("HEAD", head))
    assert [name for name, one in found.items() if one.label == "main"] == [main]


def test_who_is_told_to_notify_a_neighbor_serves_it_among_many() -> None:
    others = "".join(
        f"      site{n}: {{image: example.com/site{n}, volumes: ['rc:/rc']}}\n"
        for n in range(5)
    )
    text = f"""\
    services:
      tor: {{image: example.com/tor, volumes: ["rc:/etc/tor"]}}
      tor-gen:
        image: example.com/docker-gen:1
        entrypoint: docker-gen -notify-sighup WHOM -watch /rc.tmpl /etc/tor/rc
        volumes: ["rc:/etc/tor"]
{others}
    volumes: {{rc: }}
    """
    found = findings("compose.yaml", text.replace("WHOM", "tor"))
    assert (found["tor-gen"].label, found["tor-gen"].serves) == ("sidecar", "tor")
    says = [
        [one.says for one in helper_configuration.look(unit("compose.yaml", whom))]
        for whom in (text.replace("WHOM", "tor"), text.replace("WHOM", "tori"))
    ]
    assert says == [["is told to notify tor"], []]


# --- names and images


@pytest.mark.parametrize(
    ("name", "role"),
    [("telegraf-init-sidecar", "metrics-agent"), ("telegraf-init", None)],
)
def test_an_init_sidecar_is_called_a_sidecar(name: str, role: str | None) -> None:
    assert telling(name) == role


@pytest.mark.parametrize(
    ("image", "role"),
    [
        ("{{ .Values.redis.image.repository }}", "database"),
        ("{{ .Values.redis.kubectl.image.repository }}", None),
        ("{{ .Values.global.redis.image }}", "database"),
        ("example.com/media-app-configurator:1", "config-sync"),
        ("docker.io/fosrl/gerbil:latest", "tunnel-proxy"),
    ],
)
def test_the_word_in_front_of_an_image_tells_whose_it_is(
    image: str, role: str | None
) -> None:
    found = known(image, ())
    assert (found and found.role) == role


STEPS = """\
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  initContainers:
    - {name: NAME, image: IMAGE}
  containers:
    - {name: shop, image: example.com/shop}
"""


@pytest.mark.parametrize(
    ("name", "role"),
    [("install-proxy", "init"), ("fetch-sidecar", "init"), ("copy-tls", "init")],
)
def test_a_step_is_not_what_it_handles(name: str, role: str) -> None:
    text = STEPS.replace("NAME", name).replace("IMAGE", "example.com/tools")
    assert findings("pod.yaml", text)[name].role == role


# --- whom it serves

DAEMON = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: node-enricher}
spec:
  selector: {}
  template:
    spec:
      containers:
        - name: node-enricher
          image: example.com/node-enricher
        - name: meter
          image: example.com/meter
          volumeMounts: [{name: meter-config, mountPath: /etc/meter, readOnly: true}]
        - name: meter-config-sync
          image: example.com/config-sync
          volumeMounts:
            - {name: meter-config, mountPath: /etc/meter}
      volumes:
        - {name: meter-config, emptyDir: {}}
"""


def test_whoever_fills_a_folder_of_another_serves_that_one() -> None:
    found = findings("daemon.yaml", DAEMON)
    assert found["meter-config-sync"].serves == "meter"
    mount = "volumeMounts: [{name: meter-config, mountPath: /etc/meter}]"
    shared = DAEMON.replace(
        "image: example.com/node-enricher", f"image: x\n          {mount}"
    )
    # Of a folder that all share, it serves the one that the unit exists for.
    assert findings("daemon.yaml", shared)["meter-config-sync"].serves != "meter"


TEMPLATE = """\
{{- if .Values.on }}
apiVersion: apps/v1
kind: Deployment
metadata: {name: meter}
spec:
  selector: {}
  template:
    spec:
      initContainers:
        - name: first
          image: example.com/meter-init
          volumeMounts: [{name: settings, mountPath: /etc/meter}]
      containers:
        - name: meter
          image: example.com/meter
          ports: [{containerPort: 80}]
          volumeMounts: [{name: settings, mountPath: /etc/meter}]
        - name: again
          image: example.com/meter-init
          volumeMounts: [{name: settings, mountPath: /etc/meter}]
      volumes:
        VOLUMES
{{- end }}
"""


@pytest.mark.parametrize(
    ("volumes", "told"),
    [
        ("- {name: settings, emptyDir: {}}", True),
        ('{{- include "meter.volumes" . | nindent 8 }}', False),
    ],
)
def test_what_a_template_includes_may_be_a_volume_that_nobody_writes(
    volumes: str, told: bool
) -> None:
    group = unit("meter/templates/a.yaml", TEMPLATE.replace("VOLUMES", volumes))
    says = [one.says for one in shared_volume.look(group)]
    assert any("as first began" in one for one in says) == told


# --- Nomad

NOMAD = """\
job "node" {
  group "node" {
    task "node-exporter" {
      driver = "docker"
      config { image = "prom/node-exporter:v1" }
    }
    task "OTHER" {
      driver = "docker"
      LIFECYCLE
      config { image = "IMAGE" }
    }
  }
}
"""
STARTED = 'lifecycle {\n hook = "prestart"\n sidecar = true\n }'


@pytest.mark.parametrize(
    ("other", "image"),
    [("rules", "example.com/net-rules:1"), ("db", "postgres:16")],
)
@pytest.mark.parametrize(
    ("lifecycle", "label"), [(STARTED, "sidecar"), ("", "not-a-sidecar")]
)
def test_what_nomad_starts_as_a_sidecar_is_one(
    other: str, image: str, lifecycle: str, label: str
) -> None:
    text = NOMAD.replace("OTHER", other).replace("IMAGE", image)
    text = text.replace("LIFECYCLE", lifecycle)
    assert findings("node.nomad", text)[other].label == label


# --- ports

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: tap, labels: {app: tap}}
spec:
  containers:
    - name: tap-server
      image: example.com/tap
      env: [{name: DATABASE_URL, value: "jdbc://localhost:PORT/tap"}]
      ports: [{name: http, containerPort: 8080}]
    - name: cloud-sql-proxy
      image: gcr.io/cloud-sql-connectors/cloud-sql-proxy:2
      ports: [{containerPort: 5432}]
"""


@pytest.mark.parametrize(("port", "called"), [("5432", True), ("3306", False)])
def test_a_helper_with_a_port_is_called_on_that_port(port: str, called: bool) -> None:
    said = list(localhost.look(unit("pod.yaml", POD.replace("PORT", port))))
    assert bool(said) == called


SERVED = """\
apiVersion: v1
kind: Pod
metadata: {name: shop, labels: {app: shop}}
spec:
  containers:
    - {name: shop, image: example.com/shop, ports: [{containerPort: 8080}]}
    - {name: OTHER, image: example.com/other, ports: [{containerPort: 9090}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: shop}
  ports: [{port: 80, targetPort: 8080}, {port: 90, targetPort: 9090}]
"""


@pytest.mark.parametrize(
    ("other", "equal"), [("other", True), ("shop-exporter", False)]
)
def test_a_port_for_numbers_brings_no_visitors(other: str, equal: bool) -> None:
    said = list(peers.look(unit("shop.yaml", SERVED.replace("OTHER", other))))
    assert any("reached from outside" in one.says for one in said) == equal


# --- Quadlet


@pytest.mark.parametrize(
    ("tie", "waits"), [("After", True), ("BindsTo", False), ("Requires", False)]
)
def test_only_after_orders_units_of_systemd(tie: str, waits: bool) -> None:
    shop = f"[Unit]\n{tie}=db.service\n[Container]\nImage=shop\nPod=a.pod\n"
    files = {"db.container": "[Container]\nImage=db\nPod=a.pod\n"}
    group = unit("shop.container", shop, files)
    assert bool(box(group, "shop").waits_for) == waits
    assert any(one.feature == life_cycle.NAME for one in evidence(group)) == waits


# --- charts

PART = """\
{{- define "shop.first-load" -}}
spec:
  template:
    spec:
      containers:
        - name: {{ include "shop.fullname" . }}
          image: "{{ .Values.load.image.repository }}:1"
{{- end }}
"""
JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: load}
{{ include "shop.first-load" . }}
"""


def test_a_whole_pod_in_a_named_template_is_what_the_units_say(tmp_path: Path) -> None:
    templates = tmp_path / "shop" / "templates"
    templates.mkdir(parents=True)
    (tmp_path / "shop" / "Chart.yaml").write_text("name: shop\n", encoding="utf-8")
    (templates / "_load.tpl").write_text(PART, encoding="utf-8")
    (templates / "load.yaml").write_text(JOB, encoding="utf-8")
    report = scan(tmp_path)
    assert [*report.sidecars] == []
    assert report.verdict == "no-sidecar"


def test_a_list_of_containers_is_one_by_another_name_too() -> None:
    text = "workers:\n  extraContainerList:\n    - {name: a-proxy, image: a}\n"
    assert [one.name for one in unit("values.yaml", text).containers] == ["a-proxy"]


def test_a_drawing_shows_each_side_of_a_choice(tmp_path: Path) -> None:
    sides = "".join(
        f"        {{{{- {steer} }}}}\n        - {{name: {name}, image: a/{name}}}\n"
        f"        - {{name: {name}-proxy, image: a/{name}-proxy}}\n"
        for steer, name in (("if .Values.old", "elder"), ("else", "younger"))
    )
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n"
        "  selector: {}\n  template:\n    spec:\n      containers:\n"
        f"{sides}        {{{{- end }}}}\n"
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.yaml").write_text(text, encoding="utf-8")
    drawn = render("mermaid", [scan(tmp_path)])
    older, younger = drawn.split("flowchart")[1:]
    assert "elder-proxy" in older
    assert "younger-proxy" in younger
