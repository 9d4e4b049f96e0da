"""Templates of Jinja, Terraform and others, by any end."""

from pathlib import Path

import pytest
from beginnings import WORKLOAD
from scanning import labels
from sidecar_spotter import scan
from sidecar_spotter.parse import without_statements

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


def test_a_template_of_jinja_is_read_without_its_statements(tmp_path: Path) -> None:
    loop = "{% for one in [\n  'a',\n] %}\n# {{ one }}\n{% endfor %}\n"
    boxes = """\
      - image: '{{ _image }}'
        name: '{{ name }}-web'
{% if metrics %}
      - image: '{{ _exporter_image }}'
        name: '{{ name }}-exporter'
{% endif %}
"""
    text = "{# a comment #}\n" + loop * 20 + WORKLOAD + boxes
    assert labels(tmp_path, {"roles/x/templates/a.yaml.j2": text}) == {
        "{{ name }}-web": "main",
        "{{ name }}-exporter": "sidecar",
    }


def test_a_file_with_lines_that_steer_is_a_template_anywhere(tmp_path: Path) -> None:
    boxes = """\
      - name: shop
        image: registry.example.com/shop
{{ if .Cluster.Extra }}
      - name: install
        image: registry.example.com/install
{{ end }}
"""
    found = labels(tmp_path, {"cluster/manifests/a.yaml": WORKLOAD + boxes})
    assert found == {"shop": "main", "install": "sidecar"}


def test_a_line_that_is_a_bare_word_is_the_one_to_drop(tmp_path: Path) -> None:
    boxes = """\
      - name: shop
        args:
          {{- if .Values.args }}
          {{- toYaml .Values.args | nindent 10 }}
          {{- end }}
          - --serve
          []
        image: registry.example.com/shop
        ports:
          - containerPort: 80
      - name: stats
        image: registry.example.com/shop-exporter
"""
    path = tmp_path / "templates" / "a.yaml"
    path.parent.mkdir()
    path.write_text(WORKLOAD + boxes, encoding="utf-8")
    report = scan(tmp_path)
    found = {one.name: one.label for j in report.groups for one in j.findings}
    assert found == {"shop": "main", "stats": "sidecar"}
    (left,) = report.skipped
    row = (WORKLOAD + boxes).split("\n").index("          []") + 1
    assert left.reason.endswith(f"left out: {row}")


@pytest.mark.parametrize("opens", [b"{% ", b" {# ", b"<% "])
def test_a_statement_that_never_ends_is_left_as_it_is(opens: bytes) -> None:
    text = opens * 200_000
    assert without_statements(text) == text


def test_statements_leave_every_line_its_number() -> None:
    text = b"a: 1\n{% if x\n  == '{' %}\nb: 2\n{# c\n#}\n<% if y %>\nd: <%= y %>\n"
    assert without_statements(text) == b"a: 1\n\n\nb: 2\n\n\n\nd: <%= y %>\n"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (b'{% if index .A "x" %}"{% index .A "y" %}"{% else %}"1"{% end %}', b'""'),
        (b"{%- if x == 1 -%}a{%- elif y -%}b{%- else -%}c{%- endif -%}d", b"ad"),
        (b"{% if x %}{% else %}b{% endif %}", b"b"),
        (b"<% if x %>a<% else %>b<% end %>", b"a"),
        (b'%{ if x == "" }%{ else },{}%{ endif }', b",{}"),
        (b"{% else %}a{% if x %}b{% endif %}", b"ab"),
        (b"{% if x %}a{% else %}\n{% endif %}", b"a\n"),
    ],
)
def test_of_an_if_on_one_line_one_side_is_read(said: bytes, read: bytes) -> None:
    assert without_statements(said) == read


@pytest.mark.parametrize("text", [b"{% if x %}a{% else ", b"{% if x %}a{% else %}b"])
def test_an_if_that_never_ends_costs_little(text: bytes) -> None:
    assert len(without_statements(text * 20_000)) < len(text) * 20_000


def test_an_injector_may_have_a_template_in_its_chart(tmp_path: Path) -> None:
    text = """\
    {{- $proxy := dict "config" .Values.proxy -}}
    kind: ConfigMap
    metadata:
      name: {{ .Release.Name }}-injector-config
    data:
      sidecar.yaml: |
        containers:
          - name: header-proxy
            image: "{{ include "shop.image" (merge $proxy .) }}:1"
            env:
              - name: PORT
                value: {% if .Port %}"{% .Port %}"{% else %}"7060"{% end %}
    """
    found = labels(tmp_path, {"shop/templates/config.yaml": text})
    assert found == {"header-proxy": "sidecar"}


@pytest.mark.parametrize("end", ["yaml.j2", "yml.jinja2", "yaml.tmpl", "yaml.in"])
def test_a_plain_value_may_begin_with_an_expression(tmp_path: Path, end: str) -> None:
    boxes = """\
      - name: {{ ENV.APP }}-till
        image: {{ registry }}/shop/till:1
      - image: {{ registry | default('hub') }}/fluent/fluent-bit:3
        name: {{ second }}
"""
    assert labels(tmp_path, {f"deploy/till.{end}": WORKLOAD + boxes}) == {
        "{{ ENV.APP }}-till": "main",
        "{{ second }}": "sidecar",
    }
