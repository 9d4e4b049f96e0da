"""Styles that repositories nobody had looked at turned out to write."""

from pathlib import Path
from textwrap import dedent

import pytest
from reading import unit, units
from scanning import labels, scanned
from sidecar_spotter import scan

# --- Jsonnet

LIBRARY = """\
local k = import 'k.libsonnet';  // deployment.new('no', [container.new('no', 'no')])
{
  local container = k.core.v1.container,

  shop_container::
    container.new('shop', $._images.shop)
    + container.withPorts([k.core.v1.containerPort.new('http', 8080)]),
  watch_container::
    container.new('watch', $._images.watch) +
    container.withArgs(['curl', '-X', 'POST', 'http://localhost:8080/-/reload']),

  shop_deployment:
    k.apps.v1.deployment.new('shop', 2, [
      $.shop_container + container.withImagePullPolicy('Always'),
      $.watch_container,
    ]),
}
"""


def test_a_librarys_calls_make_containers_that_a_list_names(tmp_path: Path) -> None:
    pod = unit("shop.libsonnet", LIBRARY)
    assert (pod.name, pod.line) == ("shop", 13)
    assert [(box.name, box.line) for box in pod.containers] == [
        ("shop", 6),
        ("watch", 9),
    ]
    assert [port.number for port in pod.containers[0].ports] == [8080]
    said = labels(tmp_path, {"shop.libsonnet": LIBRARY})
    assert said == {"shop": "main", "watch": "sidecar"}


@pytest.mark.parametrize(
    "listed",
    [
        "withContainers([a, b])",
        "containers: [a, b]",
        "x: statefulset.new(name='x', replicas=1, containers=[self.a, $.b])",
        "containers: std.prune([a] + (if x then [b] else []))",
        "containers_+: { one: a, two: b { args: ['x'] } }",
    ],
)
def test_lists_of_jsonnet_are_written_in_many_ways(listed: str) -> None:
    text = f"""\
    {{
      local a = {{ name: 'one', image: 'example/one' }},
      b:: kube.Container('two') {{ image: 'example/two' }},
      {listed},
    }}
    """
    pod = unit("a.jsonnet", text)
    assert [box.name for box in pod.containers] == ["one", "two"]
    assert "partial" not in pod.marks


def test_a_list_of_one_is_all_of_its_pod_unless_it_is_added(tmp_path: Path) -> None:
    one = "container.new('exporter', 'example/redis-exporter')"
    whole = unit("a.jsonnet", f"{{ a: withContainers([{one}]), image: 1 }}")
    added = unit("a.jsonnet", f"{{ a: withContainersMixin([{one}]), image: 1 }}")
    assert ("partial" in whole.marks, "partial" in added.marks) == (False, True)


def test_both_lists_of_an_object_are_those_of_one_pod(tmp_path: Path) -> None:
    text = """\
    { spec: {
      initContainers: [{ name: 'first', image: 'example/first' }],
      containers: [{ name: 'app', image: 'example/app' }],
    } }
    """
    assert labels(tmp_path, {"a.jsonnet": text}) == {"first": "init", "app": "main"}


# --- templates of Terraform, Ansible and others, by any end

NOMAD = """\
job "shop" {
  datacenters = ${datacenters}
  group "web" {
    network { mode = "bridge" }
    service {
      connect { sidecar_service {} }
    }
    task "web" { config { image = "example/web:${version}" } }
  }
}
"""


@pytest.mark.parametrize("end", ["tpl", "nomad.tftpl", "hcl.j2", "tmpl", "nomad.erb"])
def test_a_job_may_be_a_template(tmp_path: Path, end: str) -> None:
    said = labels(tmp_path, {f"shop.{end}": NOMAD})
    assert said == {"connect-proxy": "injected-sidecar", "web": "main"}


@pytest.mark.parametrize("name", ["stack.tftpl", "compose.yml.tftpl", "stack.j2"])
def test_services_may_be_a_template(tmp_path: Path, name: str) -> None:
    text = """\
    services:
      vpn:
        image: qmcgaw/gluetun
      web:
        image: "${image}"
        network_mode: "service:vpn"
    """
    assert labels(tmp_path, {name: text}) == {"vpn": "sidecar", "web": "main"}


def test_a_unit_of_quadlet_may_be_a_template(tmp_path: Path) -> None:
    app = "[Container]\nImage={{ image }}\nNetwork=door.container\n"
    door = "[Container]\nContainerName=door\nImage=docker.io/tailscale/tailscale\n"
    files = {"app.container.j2": app, "door.container": door}
    assert labels(tmp_path, files) == {"app": "main", "door": "sidecar"}


def test_a_template_of_prose_is_none(tmp_path: Path) -> None:
    assert (
        labels(tmp_path, {"README.md.gotmpl": "containers: {{ x }}\n  - a: b: c\n"})
        == {}
    )
    assert scan(tmp_path).skipped == ()


# --- Kubernetes

LONE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  {{- include "shop.spec" . | nindent 2 }}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
        - name: haproxy
          image: haproxy
          args: ["-f", "/etc/haproxy.cfg"]
          ports: [{containerPort: 80}]
        {{- with .Values.more }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
"""


def test_a_workload_whose_selector_is_included_is_no_patch(tmp_path: Path) -> None:
    assert "sidecar" not in labels(tmp_path, {"templates/a.yaml": LONE}).values()


TWICE = """\
kind: Deployment
spec:
  selector: {}
  template:
    metadata: {labels: {app: ci}}
    spec:
      {{- if .Values.native }}
      initContainers:
      {{- else }}
      containers:
      {{- end }}
        - name: daemon
          image: docker:dind
          {{- if .Values.native }}
          restartPolicy: Always
          {{- end }}
      {{- if .Values.native }}
      containers:
      {{- end }}
        - name: builder
          image: example/builder
"""


def test_a_list_may_begin_under_either_of_two_conditions(tmp_path: Path) -> None:
    said = labels(tmp_path, {"templates/ci.yaml": TWICE})
    assert said == {"daemon": "native-sidecar", "builder": "main"}


def test_both_sides_of_a_condition_may_list_the_containers(tmp_path: Path) -> None:
    text = """\
    kind: Deployment
    spec:
      selector: {}
      template:
        spec:
          {{- if .Values.tls }}
          containers:
            - {name: web, image: example/web}
            - {name: tls-proxy, image: example/ghostunnel}
          {{- else }}
          containers:
            - {name: web, image: example/web, args: [--plain]}
          {{- end }}
    """
    said = labels(tmp_path, {"templates/a.yaml": text})
    assert said == {"web": "main", "tls-proxy": "sidecar"}


@pytest.mark.parametrize("column", [6, 7])
def test_an_item_put_askew_is_still_one(tmp_path: Path, column: int) -> None:
    text = f"""\
kind: Deployment
spec:
  selector: {{}}
  template:
    spec:
      containers:
        - name: web-server
          image: example/web
          volumeMounts:
            - {{name: site, mountPath: /site}}
{" " * column}- name: site-updater
          image: example/updater
          volumeMounts:
            - {{name: site, mountPath: /site}}
"""
    said = labels(tmp_path, {"a.yaml": text})
    assert said == {"web-server": "main", "site-updater": "sidecar"}


def test_more_init_containers_may_stand_under_a_word_of_their_own(
    tmp_path: Path,
) -> None:
    text = """\
    worker:
      initContainer:
        extraContainers:
          - {name: fetch, image: example/fetch}
      extraContainers:
        - {name: ship, image: example/ship}
    """
    said = labels(tmp_path, {"values.yaml": text})
    assert said == {"fetch": "init", "ship": "sidecar"}


def test_what_the_unit_is_called_is_the_main_one_whatever_its_name_tells(
    tmp_path: Path,
) -> None:
    text = """\
    kind: DaemonSet
    metadata: {name: net-agent}
    spec:
      selector: {}
      template:
        spec:
          volumes: [{name: run, hostPath: {path: /run/net}}]
          containers:
            - name: net-agent
              image: example/net
              volumeMounts: [{name: run, mountPath: /run/net}]
            - name: switch
              image: example/net
              volumeMounts: [{name: run, mountPath: /run/net}]
    """
    said = labels(tmp_path, {"a.yaml": text})
    assert said == {"net-agent": "main", "switch": "sidecar"}


def test_a_service_that_prepares_may_be_tried_again_until_it_succeeds(
    tmp_path: Path,
) -> None:
    text = """\
    services:
      db-init:
        image: example/db
        restart: on-failure
        volumes: ["data:/data"]
      db:
        image: example/db
        volumes: ["data:/data"]
    volumes: {data: {}}
    """
    assert labels(tmp_path, {"compose.yaml": text})["db-init"] == "init"


def test_a_list_for_an_injector_may_have_a_name_for_all_in_it(tmp_path: Path) -> None:
    text = """\
    name: mesh-sidecar
    containers:
      - {name: mesh-sidecar, image: example/mesh}
      - {name: settings, image: example/settings}
    """
    said = labels(tmp_path, {"inject.yaml": text})
    assert said == {"mesh-sidecar": "sidecar", "settings": "sidecar"}


# --- what people write, and no repository had shown yet


def test_a_trait_of_kubevela_adds_a_helper(tmp_path: Path) -> None:
    text = """\
    apiVersion: core.oam.dev/v1beta1
    kind: Application
    spec:
      components:
        - name: web
          type: webservice
          properties: {image: example/web}
          traits:
            - type: sidecar
              properties: {name: count, image: busybox, cmd: [tail, -F, /log]}
            - type: scaler
              properties: {name: no, image: no}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {"count": "sidecar"}


def test_values_become_the_spec_of_a_prometheus(tmp_path: Path) -> None:
    text = """\
    prometheus:
      prometheusSpec:
        thanos: {image: quay.io/thanos/thanos}
        containers:
          - {name: door, image: example/door}
          - {name: prometheus, args: [--x]}
    other:
      prometheusSpec: {thanos: {}}
    """
    assert labels(tmp_path, {"values.yaml": text}) == {
        "thanos-sidecar": "injected-sidecar",
        "door": "sidecar",
        "prometheus": "main",
    }


CHART = """\
resource "helm_release" "shop" {
  name = "shop"
  set {
    name  = "podAnnotations.linkerd\\\\.io/inject"
    value = "enabled"
  }
  set {
    name  = "service.linkerd\\\\.io/inject"
    value = "enabled"
  }
  values = [
    yamlencode({ sidecars = [{ name = "log", image = "example/log" }] }),
    <<-EOT
      extraContainers:
        - name: auth
          image: example/auth
    EOT
  ]
}
"""


def test_terraform_gives_a_chart_its_values_in_three_ways(tmp_path: Path) -> None:
    assert labels(tmp_path, {"main.tf": CHART}) == {
        "linkerd-proxy": "injected-sidecar",
        "log": "sidecar",
        "auth": "sidecar",
    }
    lines = [one.findings[0].line for one in scan(tmp_path).groups]
    assert sorted(lines) == [4, 12, 15]


def test_containers_without_names_are_told_apart(tmp_path: Path) -> None:
    text = """\
    resource "google_cloud_run_v2_service" "shop" {
      template {
        containers {
          image = "example/shop"
          ports { container_port = 8080 }
        }
        containers {
          image = "gcr.io/cloudsql-docker/gce-proxy"
        }
      }
    }
    """
    (tmp_path / "main.tf").write_text(dedent(text), encoding="utf-8")
    (judged,) = scan(tmp_path).groups
    told = [(one.name, one.line, one.label, one.serves) for one in judged.findings]
    assert told == [("", 4, "main", None), ("", 8, "sidecar", "")]


def test_a_task_that_runs_once_afterward_prepares_nothing(tmp_path: Path) -> None:
    text = """\
    job "a" {
      group "a" {
        task "web" { config { image = "example/web" } }
        task "ship" {
          lifecycle {
            hook = "poststart"
            sidecar = true
          }
        }
        task "clean" {
          lifecycle { hook = "poststop" }
        }
        task "first" {
          lifecycle { hook = "prestart" }
        }
      }
    }
    """
    said = labels(tmp_path, {"a.nomad": text})
    assert said["clean"] == "not-a-sidecar"
    assert (said["ship"], said["first"]) == ("sidecar", "init")


def test_a_task_definition_may_be_a_template_of_terraform(tmp_path: Path) -> None:
    text = """\
    [
      {
        "name": "shop",
        "image": "${image}",
        "portMappings": [{"containerPort": ${port}}]
      }%{ if logs ~},
      {
        "name": "log-router",
        "image": "${router}",
        "essential": true
      }%{ endif }
    ]
    """
    said = labels(tmp_path, {"task.json.tftpl": text})
    assert said == {"shop": "main", "log-router": "sidecar"}


@pytest.mark.parametrize(
    ("beside", "label"), [("api", "sidecar"), ("pictures", "not-a-sidecar")]
)
def test_a_name_may_tell_what_an_image_of_ones_own_does(
    tmp_path: Path, beside: str, label: str
) -> None:
    text = f"""\
    kind: Pod
    spec:
      containers:
        - {{name: {beside}, image: example/one}}
        - {{name: nginx, image: example/nginx-front}}
    """
    assert labels(tmp_path, {"a.yaml": text})["nginx"] == label


@pytest.mark.parametrize(
    ("key", "container"),
    [
        ("vault-agent-configmap", "vault-agent"),
        ("bao-agent-configmap", "bao-agent"),
        ("bao-ct-configmap", "consul-template"),
    ],
)
def test_bank_vaults_has_a_webhook_for_both_stores(
    tmp_path: Path, key: str, container: str
) -> None:
    text = f"""\
    kind: Pod
    metadata:
      annotations:
        secrets-webhook.security.bank-vaults.io/{key}: settings
    spec:
      containers: [{{name: app, image: example/app}}]
    """
    said = labels(tmp_path, {"a.yaml": text})
    assert said == {container: "injected-sidecar", "app": "main"}


def test_an_output_may_lay_a_helper_over_a_pod(tmp_path: Path) -> None:
    text = """\
    output "template_spec" {
      value = merge(var.template_spec, {
        initContainers = concat([{ name = "settings", image = var.image }], [
          merge({
            name          = "replicate"
            image         = var.image
            restartPolicy = "Always"
          }, var.more),
        ])
      })
    }
    """
    said = labels(tmp_path, {"output.tf": text})
    assert said == {"settings": "init", "replicate": "native-sidecar"}


# --- what is left out of a file

BROKEN = """\
kind: Pod
spec:
  containers:
    - name: web
      image: example/web
    this is no YAML
    - name: log-shipper
      image: example/log
"""


def test_the_report_names_the_lines_that_it_left_out(tmp_path: Path) -> None:
    report = scanned(tmp_path, {"a.yaml": BROKEN})
    assert [one.label for one in report.groups[0].findings] == ["main", "sidecar"]
    (left,) = report.skipped
    assert left.path == "a.yaml"
    assert left.reason == "some lines do not fit as YAML, and were left out: 6"


def test_lines_of_a_template_keep_their_numbers_in_it(tmp_path: Path) -> None:
    text = """\
    {{- define "shop.ship" }}
    - name: ship
      image: example/ship
    {{- end }}
    """
    pod = '{{- include "shop.ship" . | nindent 4 }}\n    no YAML, either\n'
    files = {
        "templates/_ship.tpl": text,
        "templates/a.yaml": BROKEN + pod + "---\n" + BROKEN,
    }
    (left,) = scanned(tmp_path, files).skipped
    assert (left.path, left.reason.rpartition(": ")[2]) == (
        "templates/a.yaml",
        "6, 10, 17",
    )


def test_an_item_that_is_only_moved_is_not_left_out(tmp_path: Path) -> None:
    askew = BROKEN.replace("    this is no YAML\n", "").replace(
        "    - name: log-shipper\n", "   - name: log-shipper\n"
    )
    assert labels(tmp_path, {"a.yaml": askew})["log-shipper"] == "sidecar"
    assert scan(tmp_path).skipped == ()


def test_a_text_may_begin_with_a_line_of_the_template(tmp_path: Path) -> None:
    text = """\
    kind: ConfigMap
    data:
      pod.yaml: |
        {{- if .Values.own }}
          {{ toYaml .Values.own | nindent 6 }}
        {{- else }}
        kind: Pod
        spec:
          containers:
            - {name: web, image: example/web}
            - {name: log-shipper, image: example/log}
        {{- end }}
    """
    said = labels(tmp_path, {"templates/a.yaml": text})
    assert said == {"web": "main", "log-shipper": "sidecar"}
    assert scan(tmp_path).skipped == ()


def test_a_list_for_an_injector_may_have_several_pods(tmp_path: Path) -> None:
    text = """\
    kind: ConfigMap
    data:
      sidecars.yaml: |
        - name: mesh-sidecar
          initContainers: [{name: rules, image: example/rules}]
          containers:
            - {name: mesh-sidecar, image: example/mesh}
            - {name: settings, image: example/settings}
        - name: other
          containers: [{name: log-sidecar, image: example/log}]
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "rules": "init",
        "mesh-sidecar": "sidecar",
        "settings": "sidecar",
        "log-sidecar": "sidecar",
    }


def test_each_object_of_jsonnet_may_have_a_container_of_its_own() -> None:
    text = """\
    {
      shop: {
        container:: container.new('shop', 'example/shop'),
        pod: deployment.new('shop', 1, [self.container]),
      },
      exporter: {
        container:: container.new('exporter', 'example/redis-exporter'),
        pod: deployment.new('exporter', 1, [self.container]),
      },
    }
    """
    found = units("a.jsonnet", text)
    assert [(one.name, one.containers[0].name) for one in found] == [
        ("shop", "shop"),
        ("exporter", "exporter"),
    ]
