"""What the spotter says of the handbook's own systems, and of small hard cases."""

from pathlib import Path

import pytest
from sidecar_spotter import scan
from sidecar_spotter.model import Finding

PODS = Path(__file__).parents[3] / "examples" / "pods"

# For each system the main container, its helper, and what else runs in the unit.
SYSTEMS = {
    "adapter": ("redis", "adapter", ()),
    "ambassador": ("catalog", "ambassador", ("store-a", "store-b")),
    "dynamic_config": ("shop", "config-manager", ()),
    "finishing_job": ("report", "uploader", ()),
    "git_sync": ("web", "git-sync", ()),
    "https_termination": ("legacy", "https-proxy", ()),
    "log_saver": ("web", "log-saver", ("store",)),
    "served_log": ("web", "log-server", ()),
    "topz": ("counter", "topz", ()),
}
SUBTYPES = {"adapter": "adapter", "ambassador": "ambassador"}


def findings(path: Path) -> dict[str, Finding]:
    """Return what a scan of one file says, by container."""
    report = scan(path)
    assert report.skipped == ()
    return {one.name: one for judged in report.groups for one in judged.findings}


FILES = [
    (path.parent.name, path.name)
    for name in ("pod.yaml", "compose.yaml", "pod-native.yaml")
    for path in sorted(PODS.glob(f"*/{name}"))
]


@pytest.mark.parametrize(("system", "file"), FILES)
def test_the_systems_of_the_handbook_are_read_rightly(system: str, file: str) -> None:
    path = PODS / system / file
    main, helper, others = SYSTEMS[system]
    found = findings(path)
    native = file == "pod-native.yaml"
    label = "native-sidecar" if native else SUBTYPES.get(system, "sidecar")
    assert found[main].label == "main"
    assert (found[helper].label, found[helper].serves) == (label, main)
    for other in set(others) & found.keys():
        assert found[other].label == "not-a-sidecar"
    if file == "compose.yaml":
        assert found["pause"].label == "not-a-sidecar"


POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
{spec}"""


def labels(tmp_path: Path, spec: str) -> dict[str, str]:
    """Return the labels in a Pod with the lines of *spec*."""
    path = tmp_path / "pod.yaml"
    path.write_text(POD.format(spec=spec), encoding="utf-8")
    return {name: one.label for name, one in findings(path).items()}


def test_the_main_container_need_not_be_the_first(tmp_path: Path) -> None:
    spec = """\
  containers:
  - name: exporter
    image: oliver006/redis_exporter:v1.62.0
    args: ["--redis.addr=redis://localhost:6379"]
  - name: shop
    image: example.com/shop:1
    ports: [{containerPort: 6379}]
"""
    assert labels(tmp_path, spec) == {"exporter": "sidecar", "shop": "main"}


def test_an_init_container_is_no_sidecar_whatever_its_name(tmp_path: Path) -> None:
    spec = """\
  initContainers:
  - name: sidecar
    image: envoyproxy/envoy:v1.31.0
  containers:
  - name: shop
    image: example.com/shop:1
"""
    assert labels(tmp_path, spec) == {"sidecar": "init", "shop": "main"}


def test_one_line_makes_it_a_native_sidecar(tmp_path: Path) -> None:
    spec = """\
  initContainers:
  - name: sidecar
    image: envoyproxy/envoy:v1.31.0
    restartPolicy: Always
  containers:
  - name: shop
    image: example.com/shop:1
"""
    assert labels(tmp_path, spec)["sidecar"] == "native-sidecar"


def test_a_lone_container_is_none_however_it_is_called(tmp_path: Path) -> None:
    spec = """\
  containers:
  - name: sidecar
    image: example.com/sidecar:1
"""
    assert labels(tmp_path, spec) == {"sidecar": "not-a-sidecar"}


def test_a_backend_that_only_the_helper_calls_is_none(tmp_path: Path) -> None:
    spec = """\
  containers:
  - name: shop
    image: example.com/shop:1
    env: [{name: API, value: "http://localhost:9000"}]
  - name: api-proxy
    image: example.com/api-proxy:1
    ports: [{containerPort: 9000}]
    args: ["--upstream=http://localhost:9001"]
  - name: stock
    image: example.com/stock:1
    ports: [{containerPort: 9001}]
"""
    assert labels(tmp_path, spec) == {
        "shop": "main",
        "api-proxy": "sidecar",
        "stock": "not-a-sidecar",
    }


def test_every_finding_gives_a_reason_and_a_line(tmp_path: Path) -> None:
    for judged in scan(PODS).groups:
        lines = (PODS / judged.group.path).read_text().count("\n")
        for one in judged.findings:
            assert one.why and 0 < one.line <= lines
            assert all(0 < reason.line <= lines for reason in one.evidence)


def test_the_summary_is_two_sentences_for_a_person() -> None:
    report = scan(PODS / "served_log" / "pod.yaml")
    assert report.verdict == "uses-sidecar"
    assert report.summary == (
        "This file uses the sidecar pattern: 1 sidecar in 1 unit. The clearest "
        "is log-server, beside web (pod.yaml, line 64): it only reads the volume logs, "
        "which web may write."
    )


def test_a_native_sidecar_in_a_charts_values_is_found(tmp_path: Path) -> None:
    path = tmp_path / "values.yaml"
    path.write_text(
        "server:\n"
        "  additionalInitContainers:\n"
        "  - name: cloud-sql-proxy\n"
        "    image: example.com/proxy:1\n"
        "    restartPolicy: Always\n"
    )
    assert findings(path)["cloud-sql-proxy"].label == "native-sidecar"


def test_only_kubernetes_has_native_sidecars(tmp_path: Path) -> None:
    path = tmp_path / "job.nomad"
    path.write_text(
        'job "shop" {\n'
        '  group "shop" {\n'
        '    task "ship" {\n'
        '      driver = "docker"\n'
        "      lifecycle {\n"
        '        hook    = "prestart"\n'
        "        sidecar = true\n"
        "      }\n"
        "    }\n"
        "  }\n"
        "}\n"
    )
    assert findings(path)["ship"].label == "sidecar"


def test_the_web_server_of_an_example_is_none_by_its_image(tmp_path: Path) -> None:
    spec = """\
  containers:
  - name: shop
    image: nginxinc/nginx-unprivileged:1
  - name: stock
    image: example.com/stock:1
"""
    assert "sidecar" not in labels(tmp_path, spec).values()


def test_a_container_named_as_the_injected_one_is_it(tmp_path: Path) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(
        "kind: Pod\n"
        "metadata:\n"
        '  annotations: {sidecar.opentelemetry.io/inject: "true"}\n'
        "spec:\n"
        "  containers:\n"
        "  - name: shop\n"
        "  - name: otc-container\n"
    )
    (group,) = scan(path).groups
    named = [one.label for one in group.findings if one.name.startswith("otc-")]
    assert sorted(named) == ["injected-sidecar", "sidecar"]


def test_localhost_is_ones_own_in_compose(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(
        "services:\n"
        "  desk:\n"
        "    image: example.com/desk:1\n"
        "    ports: ['8500:8500']\n"
        "    volumes: ['certs:/certs']\n"
        "  shop:\n"
        "    image: example.com/shop:1\n"
        "    environment: {DESK: 'http://127.0.0.1:8500'}\n"
        "    volumes: ['certs:/certs']\n"
        "volumes: {certs: {}}\n"
    )
    assert "sidecar" not in {
        one.label for group in scan(path).groups for one in group.findings
    }


def test_a_build_tools_tasks_are_no_unit(tmp_path: Path) -> None:
    path = tmp_path / "skaffold.yaml"
    path.write_text(
        "apiVersion: skaffold/v4beta1\n"
        "kind: Config\n"
        "customActions:\n"
        "- name: before\n"
        "  containers:\n"
        "  - {name: migrate, image: example.com/a}\n"
        "  - {name: setup-proxy, image: example.com/b}\n"
    )
    assert scan(path).groups == ()


def test_what_go_code_builds_is_told_by_its_function(tmp_path: Path) -> None:
    path = tmp_path / "pod.go"
    path.write_text(
        'package pod\nimport corev1 "k8s.io/api/core/v1"\n'
        "func sidecarOf(one Spec) *corev1.Container {\n"
        "\treturn &corev1.Container{Name: one.Name, Image: one.Image}\n}\n"
        "func with(pod *corev1.Pod, name string) {\n"
        "\tpod.Spec.Containers = append(pod.Spec.Containers, "
        "corev1.Container{Name: name})\n}\n"
    )
    found = [(one.line, one.label) for g in scan(path).groups for one in g.findings]
    assert found == [(4, "sidecar")]


def test_a_gateways_proxy_is_served_by_its_agent(tmp_path: Path) -> None:
    path = tmp_path / "task.json"
    path.write_text(
        '{"containerDefinitions": [{"name": "cwagent", "image": "example/agent-image"},'
        '{"name": "envoy", "image": "example/envoy-image"}]}'
    )
    assert findings(path)["cwagent"].label == "sidecar"


def test_helpers_without_steps_are_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "workflow.yaml"
    path.write_text(
        "kind: Workflow\nspec:\n  templates:\n  - name: both\n    containerSet:\n"
        "      containers:\n"
        "      - {name: log-shipper, image: fluent/fluent-bit}\n"
        "      - {name: metrics-exporter, image: prom/statsd-exporter}\n"
    )
    assert set(findings(path)) == {"log-shipper", "metrics-exporter"}


REFRESHED = """\
  initContainers:
  - name: first-copy
    image: example.com/fetch:1.9
    volumeMounts: [{name: data, mountPath: /data}]
  containers:
  - name: newer-copies
    image: example.com/fetch:1.9
    args: [--every, 60s]
    volumeMounts: [{name: data, mountPath: /data}]
  - name: departures
    image: example.com/departures:5.2
    ports: [{containerPort: 8080}]
    volumeMounts: [{name: data, mountPath: /data__ONLY__}]
"""


@pytest.mark.parametrize("only", ["", ", readOnly: true"])
def test_who_goes_on_with_what_an_init_container_began_helps(
    tmp_path: Path, only: str
) -> None:
    spec = REFRESHED.replace("__ONLY__", only)
    assert labels(tmp_path, spec) == {
        "first-copy": "init",
        "newer-copies": "sidecar",
        "departures": "main",
    }


def test_equals_that_find_something_in_a_volume_do_not_help(tmp_path: Path) -> None:
    spec = """\
  initContainers:
  - name: fill
    image: example.com/fill:1
    volumeMounts: [{name: data, mountPath: /data}]
  containers:
  - name: museum
    image: example.com/museum:1
    ports: [{containerPort: 8080}]
    volumeMounts: [{name: data, mountPath: /data}]
  - name: library
    image: example.com/library:1
    ports: [{containerPort: 8081}]
    volumeMounts: [{name: data, mountPath: /data}]
"""
    assert labels(tmp_path, spec) == {
        "fill": "init",
        "museum": "main",
        "library": "not-a-sidecar",
    }


def test_a_reader_that_keeps_its_place_reads_all_the_same(tmp_path: Path) -> None:
    spec = """\
  containers:
  - name: follow
    image: example.com/follow:1
    args: [--follow, /var/data/new.csv, --bookmark=/var/data/.place]
    volumeMounts: [{name: data, mountPath: /var/data}]
  - name: measure
    image: example.com/measure:1
    args: [--write-to, /var/data/new.csv]
    volumeMounts: [{name: data, mountPath: /var/data}]
"""
    assert labels(tmp_path, spec) == {"follow": "sidecar", "measure": "main"}
    (reason,) = (
        one.says
        for one in findings(tmp_path / "pod.yaml")["follow"].evidence
        if one.feature == "shared-volume"
    )
    assert reason == "reads the volume data, which measure may write"


def test_an_option_that_names_the_neighbor_tells_whom_it_serves(tmp_path: Path) -> None:
    spec = """\
  containers:
  - name: reader
    image: example.com/reader:1
  - name: bookmarks
    image: example.com/bookmarks:1
    args: [--reader, "localhost:8080"]
"""
    assert labels(tmp_path, spec) == {"reader": "main", "bookmarks": "sidecar"}


def test_an_option_that_names_a_helper_tells_who_is_served(tmp_path: Path) -> None:
    spec = """\
  containers:
  - name: mail-relay
    image: example.com/post:1
  - name: letters
    image: example.com/letters:1
    args: [--mail-relay, "localhost:2525"]
"""
    assert labels(tmp_path, spec) == {"mail-relay": "sidecar", "letters": "main"}


def test_a_front_that_reads_its_neighbors_files_is_no_main_for_it(
    tmp_path: Path,
) -> None:
    spec = """\
  containers:
  - name: app
    image: example.com/app:1
    volumeMounts: [{name: data, mountPath: /var/www}]
  - name: web
    image: nginx:1.27
    ports: [{containerPort: 8080}]
    volumeMounts: [{name: data, mountPath: /var/www, readOnly: true}]
"""
    assert labels(tmp_path, spec) == {"app": "main", "web": "sidecar"}


def test_a_command_tells_a_helper_where_there_is_no_image(tmp_path: Path) -> None:
    path = tmp_path / "follow.nomad"
    path.write_text(
        """\
job "weather" {
  group "weather" {
    task "station" {
      driver = "docker"
      config {
        image = "busybox"
        args  = ["-c", "while true; do date | tee -a /alloc/dates; sleep 2; done"]
      }
    }
    task "second" {
      driver = "exec"
      config {
        command = "tail"
        args    = ["-f", "/alloc/dates"]
      }
    }
  }
}
""",
        encoding="utf-8",
    )
    found = {name: one.label for name, one in findings(path).items()}
    assert found == {"station": "main", "second": "sidecar"}


def compose(tmp_path: Path, text: str) -> dict[str, Finding]:
    """Return what is said of a Compose file, by service."""
    path = tmp_path / "compose.yaml"
    path.write_text(text, encoding="utf-8")
    return findings(path)


VPN = """\
services:
  gluetun: {image: qmcgaw/gluetun, cap_add: [NET_ADMIN]}
  films:
    image: example.com/films
    network_mode: service:gluetun
    volumes: ["/media:/media"]
  songs:
    image: example.com/songs
    network_mode: service:gluetun
    volumes: ["/media:/media"]
  player:
    image: example.com/player
    volumes: ["/media:/media"]
    profiles: [more]
"""


def test_those_who_use_one_tunnel_do_not_help_each_other(tmp_path: Path) -> None:
    found = compose(tmp_path, VPN)
    assert {name: one.label for name, one in found.items()} == {
        "gluetun": "sidecar",
        "films": "main",
        "songs": "main",
        "player": "not-a-sidecar",
    }
    assert found["gluetun"].serves == "films"
    assert found["songs"].why == "uses gluetun as films does: they are equals"


def test_a_tunnel_serves_those_who_use_it_not_who_shares_their_files(
    tmp_path: Path,
) -> None:
    text = VPN.replace("    network_mode: service:gluetun\n", "", 1)
    found = compose(tmp_path, text)
    assert (found["songs"].label, found["gluetun"].serves) == ("main", "songs")


def test_files_alone_make_no_unit_of_services(tmp_path: Path) -> None:
    text = """\
services:
  db: {image: "postgres:15", volumes: ["./checks:/checks"]}
  queue: {image: "redis:7", volumes: ["./checks:/checks"]}
"""
    labels = {one.label for one in compose(tmp_path, text).values()}
    assert labels == {"not-a-sidecar"}


def test_a_persons_keys_tie_no_services(tmp_path: Path) -> None:
    for home in ("~", "$HOME", "${HOME}"):
        keys = f'["{home}/.aws:/srv/keys"]'
        text = f"""\
services:
  web: {{image: example.com/web, volumes: {keys}}}
  otel-collector: {{image: otel/opentelemetry-collector, volumes: {keys}}}
"""
        labels = {one.label for one in compose(tmp_path, text).values()}
        assert labels == {"not-a-sidecar"}


def test_who_waits_for_a_helper_is_served_by_it(tmp_path: Path) -> None:
    path = tmp_path / "task.json"
    path.write_text(
        """\
{"family": "web", "containerDefinitions": [
  {"name": "web", "image": "example.com/web", "essential": true,
   "dependsOn": [{"containerName": "collector", "condition": "START"}]},
  {"name": "collector", "image": "amazon/aws-otel-collector"},
  {"name": "shop", "image": "example.com/shop",
   "dependsOn": [{"containerName": "collector", "condition": "START"}]}
]}
""",
        encoding="utf-8",
    )
    found = {name: one.label for name, one in findings(path).items()}
    assert found == {"web": "main", "collector": "sidecar", "shop": "not-a-sidecar"}


def test_a_field_that_says_sidecar_says_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    text = """\
apiVersion: example.com/v1
kind: Shop
spec:
  {field}:
    - name: test
      image: busybox
      command: [sleep, "100"]
"""
    path.write_text(text.format(field="sidecars"), encoding="utf-8")
    assert findings(path)["test"].label == "sidecar"
    path.write_text(text.format(field="additionalContainers"), encoding="utf-8")
    assert findings(path) == {}


def test_a_patch_that_puts_a_step_before_a_container_shows_the_main_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "patch.yaml"
    path.write_text(
        """\
kind: Deployment
metadata: {name: shop}
spec:
  template:
    spec:
      initContainers:
      - {name: prepare, image: example.com/prepare}
      containers:
      - {name: container, args: [--port=80]}
""",
        encoding="utf-8",
    )
    found = {name: one.label for name, one in findings(path).items()}
    assert found == {"prepare": "init", "container": "main"}


WORKLOAD = """\
kind: {kind}
metadata: {{name: it}}
spec:
  selector: {{}}
  template:
    spec:
      initContainers: [{early}]
      containers:
      - {{name: {name}, image: {image}}}
"""


@pytest.mark.parametrize(
    ("kind", "early", "name", "image", "label"),
    [
        ("Job", "{name: fill, image: a}", "upload", "rclone/rclone:1", "main"),
        ("Deployment", "", "upload", "rclone/rclone:1", "not-a-sidecar"),
        (
            *("DaemonSet", "{name: fill, image: a}", "logs"),
            *("fluent/fluentd-kubernetes-daemonset:1", "not-a-sidecar"),
        ),
        ("DaemonSet", "{name: fill, image: a}", "router", "example.com/r", "main"),
    ],
)
def test_what_a_program_alone_is_with_steps_before_it(
    tmp_path: Path, kind: str, early: str, name: str, image: str, label: str
) -> None:
    path = tmp_path / "workload.yaml"
    said = WORKLOAD.format(kind=kind, early=early, name=name, image=image)
    path.write_text(said, encoding="utf-8")
    assert findings(path)[name].label == label


def test_a_place_to_fill_makes_a_node_agent_no_main_one(tmp_path: Path) -> None:
    path = tmp_path / "templates" / "agent.yaml"
    path.parent.mkdir()
    path.write_text(
        """\
kind: DaemonSet
metadata: {name: meter}
spec:
  selector: {}
  template:
    spec:
      containers:
      - name: cadvisor
        image: example.com/cadvisor:1
      {{- toYaml .Values.extraContainers | nindent 6 }}
""",
        encoding="utf-8",
    )
    (group,) = scan(tmp_path).groups
    assert {one.name: one.label for one in group.findings} == {
        "cadvisor": "not-a-sidecar",
        "extraContainers": "not-a-sidecar",
    }


def test_a_helpers_setting_names_whom_it_serves(tmp_path: Path) -> None:
    spec = """\
  containers:
  - name: keeper
    image: example.com/keeper:1
  - name: redis-exporter
    image: "{{ .Values.exporter.image }}"
    env: [{name: REDIS_ADDR, value: "redis://localhost:6379"}]
"""
    assert labels(tmp_path, spec) == {"keeper": "main", "redis-exporter": "sidecar"}
    found = findings(tmp_path / "pod.yaml")
    of_the_link = [
        one for one in found["keeper"].evidence if one.feature == "localhost"
    ]
    assert [one.weight for one in of_the_link] == [-0.1]


def test_a_name_tells_little_in_a_crowd_that_shares_a_folder(tmp_path: Path) -> None:
    text = "services:\n" + "".join(
        f"  {name}: {{image: example.com/{name}, volumes: ['./logs:/logs']}}\n"
        for name in ("api", "ui", "git-collector", "mail-collector", "bug-collector")
    )
    labels = {one.label for one in compose(tmp_path, text).values()}
    assert labels == {"not-a-sidecar"}


def test_who_only_reads_the_logs_of_a_service_helps_it(tmp_path: Path) -> None:
    text = """\
services:
  web: {image: example.com/web, volumes: ["logs:/var/log/web"]}
  log-server: {image: example.com/files, volumes: ["logs:/var/log/web:ro"]}
"""
    labels = {name: one.label for name, one in compose(tmp_path, text).items()}
    assert labels == {"web": "main", "log-server": "sidecar"}
    labels = {
        name: one.label
        for name, one in compose(tmp_path, text.replace("logs:", "site:")).items()
    }
    assert "sidecar" not in labels.values()


def test_a_front_door_is_no_helper_though_it_shares_a_folder(tmp_path: Path) -> None:
    text = """\
services:
  ui: {image: example.com/ui, volumes: ["./xds:/xds"]}
  envoy: {build: ., ports: ["80:10000"], volumes: ["./xds:/xds"]}
"""
    labels = {name: one.label for name, one in compose(tmp_path, text).items()}
    assert "sidecar" not in labels.values()


JOB = """\
kind: {kind}
metadata: {{name: prepare}}
spec:
  template:
    spec:
      containers:
        - name: keys
          image: example.com/keys:2.1
          command: [sh, -c, "mkdir -p /out/keys; cp /keys/* /out/keys/ && exit 0"]
          volumeMounts: [{{name: out, mountPath: /out}}]
        - name: load
          image: example.com/load:2.1
          volumeMounts: [{{name: out, mountPath: /in}}]
"""


def test_what_copies_and_ends_is_a_step_of_a_job(tmp_path: Path) -> None:
    file = tmp_path / "job.yaml"
    file.write_text(JOB.format(kind="Job"))
    found = findings(file)
    assert found["keys"].label == "not-a-sidecar"
    assert "step" in found["keys"].why
    # A Deployment starts it again and again: there it is no step.
    file.write_text(JOB.format(kind="Deployment"))
    assert "step" not in findings(file)["keys"].why


def test_a_patch_that_changes_the_only_container_adds_no_helper(
    tmp_path: Path,
) -> None:
    base = """\
kind: Deployment
metadata: {name: otel-collector}
spec:
  template:
    spec:
      containers:
        - name: NAME
          command: [/bin/otelcol, --config=/etc/otel/jaeger.yaml]
          env: [{name: JAEGER_HOST, value: jaeger-collector}]
"""
    (tmp_path / "kustomization.yaml").write_text("patches:\n  - path: patch.yaml\n")
    file = tmp_path / "patch.yaml"
    file.write_text(base.replace("NAME", "otel-collector"))
    assert scan(tmp_path).verdict == "no-sidecar"
    file.write_text(base.replace("NAME", "log-sidecar"))
    assert scan(tmp_path).verdict == "uses-sidecar"


def test_a_proxy_whose_namespace_one_service_uses_is_its_helper(tmp_path: Path) -> None:
    front = "  envoy:\n    image: envoyproxy/envoy\n    ports: ['80:80']\n"
    app = "  {}:\n    image: example/{}\n    network_mode: service:envoy\n"
    one = "services:\n" + front + app.format("shop", "shop")
    place = tmp_path / "compose.yaml"
    place.write_text(one, encoding="utf-8")
    said = [(f.name, f.label) for j in scan(place).groups for f in j.findings]
    assert said == [("envoy", "sidecar"), ("shop", "main")]


@pytest.mark.parametrize(
    ("host", "main"), [("app", "app"), ("tunnel", "guest"), ("ring", "guest")]
)
def test_who_lends_a_namespace_is_the_main_one_if_called_so(
    tmp_path: Path, host: str, main: str
) -> None:
    text = f"services:\n  {host}:\n    image: example/one\n  guest:\n"
    text += f"    image: example/two\n    network_mode: service:{host}\n"
    place = tmp_path / "compose.yaml"
    place.write_text(text, encoding="utf-8")
    found = [f for j in scan(place).groups for f in j.findings]
    assert [one.name for one in found if one.label == "main"] == [main]
