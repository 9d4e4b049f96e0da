"""Rules learned from what a stranger found, each with the cause of a wrong label."""

from pathlib import Path

import pytest
from reading import names, units
from scanning import findings, labels
from sidecar_spotter import scan
from sidecar_spotter.checkout import Checkout
from sidecar_spotter.known import telling
from sidecar_spotter.model import Container, Group
from sidecar_spotter.reports import Form, render
from sidecar_spotter.verdict.branches import MOST as MOST_FORMS
from sidecar_spotter.verdict.branches import forms


def neighbors(
    tmp_path: Path, files: dict[str, str]
) -> dict[str, tuple[str, str | None]]:
    """Return label and neighbor that a scan gives to each container of these files."""
    found = findings(tmp_path, files)
    return {name: (one.label, one.serves) for name, one in found.items()}


# --- addresses at which nobody is called

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: shop
      image: example.com/shop
      env:
        - name: SETTING
          value: |
            VALUE
    - name: rates
      image: example.com/rates
"""


@pytest.mark.parametrize(
    ("value", "calls"),
    [
        ("localhost:8080", True),
        ("proxy_pass http://localhost;", True),
        ("TRUSTED_PROXIES=127.0.0.1", False),
        ("127.0.0.1/8", False),
        ("10.0.0.0/8, 127.0.0.1", False),
        ("127.0.0.1,.svc.cluster.local", False),
        ("no_proxy: localhost", False),
        ("server_name  localhost;", False),
        ("set_real_ip_from 127.0.0.1;", False),
        ("allow 127.0.0.1;", False),
    ],
)
def test_some_addresses_are_not_called(value: str, calls: bool, tmp_path: Path) -> None:
    found = labels(tmp_path, {"pod.yaml": POD.replace("VALUE", value)})
    assert (found["rates"] == "sidecar") == calls


@pytest.mark.parametrize("name", ["SHOP_HTTP_ADDR", "LISTEN_ADDRESS", "HOSTNAME"])
def test_an_address_without_a_port_is_where_a_program_listens(
    name: str, tmp_path: Path
) -> None:
    value = "|\n            VALUE"
    text = POD.replace("SETTING", name).replace(value, "127.0.0.1")
    assert labels(tmp_path, {"pod.yaml": text})["rates"] != "sidecar"


# --- charts: named templates, and what is called after the release

CHART = {
    "shop/Chart.yaml": "name: shop\n",
    "shop/templates/_names.tpl": """\
{{- define "base.name" }}{{ .Chart.Name }}{{ end }}
""",
    "shop/templates/_containers.tpl": """\
{{- define "shop.container" }}
# The main container
- name: {{ template "base.name" . }}
  image: {{ .Values.shop.image }}
{{- end }}
{{- define "shop.renewer" }}
- name: {{ .Release.Name }}-tickets
  image: {{ .Values.tickets.image }}
{{- end }}
""",
    "shop/templates/deployment.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
        {{- include "shop.container" . | nindent 8 }}
        MORE
""",
}


def chart(more: str, extra: dict[str, str] | None = None) -> dict[str, str]:
    files = {path: text.replace("MORE", more) for path, text in CHART.items()}
    return files | (extra or {})


def by_line(tmp_path: Path, files: dict[str, str]) -> dict[tuple[str, int], str]:
    """Return labels by file and line."""
    labels(tmp_path, files)
    return {
        (judged.group.path.rpartition("/")[2], one.line): one.label
        for judged in scan(tmp_path).groups
        for one in judged.findings
    }


def test_a_template_that_holds_all_of_a_pod_adds_nothing(tmp_path: Path) -> None:
    files = chart("")
    path = "shop/templates/_containers.tpl"
    files[path] = files[path].partition('{{- define "shop.renewer"')[0]
    assert by_line(tmp_path, files) == {}


def test_a_templates_container_is_what_its_unit_says(tmp_path: Path) -> None:
    renewer = '{{- include "shop.renewer" . | nindent 8 }}'
    assert by_line(tmp_path, chart(renewer)) == {
        ("_containers.tpl", 3): "main",
        ("_containers.tpl", 7): "sidecar",
        ("deployment.yaml", 9): "main",
        ("deployment.yaml", 10): "sidecar",
    }
    (template,) = (
        one
        for judged in scan(tmp_path).groups
        for one in judged.findings
        if judged.group.kind == "named template" and one.label != "main"
    )
    assert (template.serves, "elsewhere" in template.why) == (None, True)


def test_a_main_container_in_a_template_is_one(tmp_path: Path) -> None:
    files = chart('{{- include "shop.renewer" . | nindent 8 }}')
    for path in list(files):
        name = '{{ template "base.name" . }}'
        files[path] = files[path].replace(f"name: {name}", f"name: {name}-app")
    found = by_line(tmp_path, files)
    assert found["_containers.tpl", 3] == "main"
    assert "shop.container" not in render("text", [scan(tmp_path)])
    assert "shop.renewer" in render("text", [scan(tmp_path)])


def test_templates_deep_in_a_chart_are_included(tmp_path: Path) -> None:
    proxy = """\
{{- define "mesh.container" }}
- name: {{ .Release.Name }}-tls-proxy
  image: {{ .Values.mesh.image }}
{{- end }}
"""
    more = '{{- include "mesh.container" . | nindent 8 }}'
    extra = {"shop/templates/vendor/mesh/deployment.tpl": proxy}
    found = neighbors(tmp_path, chart(more, extra))
    assert found["{{ .Release.Name }}-tls-proxy"] == (
        "sidecar",
        '{{ template "base.name" . }}',
    )


def test_folders_are_looked_into_so_deep_and_no_deeper(tmp_path: Path) -> None:
    place = tmp_path / "top"
    for name in ("a", "b", "c", "d"):
        place = place / name
        place.mkdir(parents=True)
        (place / "file").touch()
    found = Checkout(str(tmp_path)).below("top")
    assert found == ["top/a/file", "top/a/b/file", "top/a/b/c/file"]


# --- who is only measured

MEASURED = """\
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: shop
      image: example.com/shop
    - name: mcrouter
      image: example.com/mcrouter
      ports: [{containerPort: 11213}]
    - name: other
      image: example.com/other
      ports: [{containerPort: 11214}]
    - name: mcrouter-exporter
      image: example.com/exporter
      args: ["--server=localhost:11213"]
    - name: other-exporter
      image: example.com/exporter
      args: ["--server=localhost:11214"]
"""


def test_to_be_measured_ties_nobody_to_others(tmp_path: Path) -> None:
    found = neighbors(tmp_path, {"pod.yaml": MEASURED})
    assert found["mcrouter"] == ("sidecar", "shop")
    assert found["other"] == ("not-a-sidecar", None)
    assert found["mcrouter-exporter"] == ("sidecar", "mcrouter")


# --- branches of a template

FORKED = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
        {{- if eq .Values.kind "php" }}
        - name: shop-front
          image: nginx
          volumeMounts: [{name: socket, mountPath: /run/php}]
        - name: shop-app
          image: example.com/php-shop
          volumeMounts: [{name: socket, mountPath: /run/php}]
        {{- else if eq .Values.kind "java" }}
        - name: jvm
          image: example.com/java-shop
        {{- else }}
        - name: shop
          image: example.com/shop
        {{- end }}
        - name: tls-proxy
          image: example.com/envoy
      volumes: [{name: socket, emptyDir: {}}]
"""


def test_the_branches_of_a_template_are_judged_apart(tmp_path: Path) -> None:
    found = neighbors(tmp_path, {"templates/deployment.yaml": FORKED})
    assert found == {
        "shop-front": ("sidecar", "shop-app"),
        "shop-app": ("main", None),
        "jvm": ("main", None),
        "shop": ("main", None),
        "tls-proxy": ("sidecar", "shop-app"),
    }


def test_a_branch_with_one_container_has_no_helper(tmp_path: Path) -> None:
    text = FORKED[: FORKED.index("        - name: tls-proxy")].replace(
        "image: nginx", "image: example.com/php-front"
    )
    found = labels(tmp_path, {"templates/deployment.yaml": text})
    assert set(found) == {"shop-front", "shop-app"}


def test_many_branches_are_bounded() -> None:
    boxes = tuple(
        Container(f"{fork}-{number}", fork, branches=((fork, number),))
        for fork in range(10)
        for number in range(3)
    )
    group = Group("a.yaml", 1, "kubernetes", "Pod", "shop", boxes)
    found = forms(group)
    assert len(found) == MOST_FORMS
    assert all(len(one.containers) == 10 for one in found)


@pytest.mark.parametrize("condition", ["{{- if .Values.repair }}", ""])
def test_who_waits_only_for_repairs_is_at_work(condition: str, tmp_path: Path) -> None:
    text = f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
        - name: shop
          image: example.com/shop
          {condition}
          command: ["sleep", "infinity"]
          {"{{- end }}" if condition else ""}
        - name: exporter
          image: example.com/exporter
"""
    labels(tmp_path, {"templates/deployment.yaml": text})
    reasons = {
        reason.feature
        for judged in scan(tmp_path).groups
        for one in judged.findings
        if one.name == "shop"
        for reason in one.evidence
    }
    assert ("placeholder" in reasons) == (not condition)


# --- who makes a neighbor read its settings again

RELOADED = """\
apiVersion: v1
kind: Pod
metadata: {name: repository}
spec:
  containers:
    - name: pgbackrest
      command: [pgbackrest, server]
    - name: pgbackrest-config
      command: [bash, -c, "while read -t 5; do SIGNAL pgbackrest; done"]
"""


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("signal", ["pkill -HUP --exact", "killall -s HUP"])
def test_who_reloads_a_neighbor_serves_it(
    signal: str, order: int, tmp_path: Path
) -> None:
    head, first, second = RELOADED.split("    - name: ")
    text = "    - name: ".join((head, *(first, second)[::order]))
    found = neighbors(tmp_path, {"pod.yaml": text.replace("SIGNAL", signal)})
    assert found["pgbackrest-config"] == ("sidecar", "pgbackrest")
    assert found["pgbackrest"] == ("main", None)


def test_a_copier_of_certificates_is_known_by_name() -> None:
    assert telling("replication-cert-copy") == "certificate-agent"


# --- Go: whose variable it is

JOBS = """\
package jobs

import corev1 "k8s.io/api/core/v1"

func moveRows() corev1.PodSpec {
	container := corev1.Container{
		Name:  "move-rows",
		Image: "example.com/rows",
	}
	return corev1.PodSpec{Containers: []corev1.Container{container}}
}

func moveLogs() corev1.PodSpec {
	container := corev1.Container{
		Name:  "move-logs",
		Image: "example.com/logs",
	}
	return corev1.PodSpec{Containers: []corev1.Container{container}}
}
"""


def test_a_variable_of_another_function_is_another_container() -> None:
    found = [names(group) for group in units("jobs.go", JOBS)]
    assert found == [["move-rows"], ["move-logs"]]


def test_a_variable_may_get_what_another_function_returns() -> None:
    text = """\
package jobs

import corev1 "k8s.io/api/core/v1"

func proxy() corev1.Container {
	made := corev1.Container{Name: "proxy", Image: "example.com/proxy"}
	return made
}

func pod() corev1.PodSpec {
	shop := corev1.Container{Name: "shop", Image: "example.com/shop"}
	side := proxy()
	return corev1.PodSpec{Containers: []corev1.Container{shop, side}}
}
"""
    (group,) = units("jobs.go", text)
    assert set(names(group)) == {"shop", "proxy"}


@pytest.mark.parametrize("variable", ["reloader", "second"])
def test_code_may_call_a_container_what_it_is(variable: str, tmp_path: Path) -> None:
    text = f"""\
package pods

import (
	corev1 "k8s.io/api/core/v1"
	"example.com/shop/naming"
)

func pod(image string) corev1.PodSpec {{
	container := corev1.Container{{Name: naming.Shop, Image: image}}
	{variable} := corev1.Container{{
		Name:    naming.ShopRates,
		Image:   image,
		Command: watch(naming.ShopRates),
	}}
	return corev1.PodSpec{{Containers: []corev1.Container{{container, {variable}}}}}
}}
"""
    found = labels(tmp_path, {"go.mod": "require k8s.io/api v0.30.0\n", "pod.go": text})
    assert (found["naming.ShopRates"] == "sidecar") == (variable == "reloader")


# --- what operators' pods are to carry


@pytest.mark.parametrize(
    "path", ["podMetadata", "inheritMetadata", "restoreJob:\n    metadata"]
)
def test_a_custom_resource_says_what_its_pods_carry(path: str, tmp_path: Path) -> None:
    text = f"""\
apiVersion: shop.example.com/v1
kind: Shop
metadata:
  name: shop
spec:
  {path}:
      labels:
        sidecar.istio.io/inject: "VALUE"
"""
    for value, label in (("false", "not-a-sidecar"), ("true", "injected-sidecar")):
        found = labels(tmp_path, {"shop.yaml": text.replace("VALUE", value)})
        assert found == {"istio-proxy": label}


# --- what a reader is told

EMPTY_LIST = "shop:\n  extraContainers: []\n"
PLAIN = """\
apiVersion: v1
kind: Pod
metadata: {name: plain}
spec:
  initContainers: [{name: first, image: example.com/first}]
  containers: [{name: only, image: example.com/only}]
"""
HELPED = """\
apiVersion: v1
kind: Pod
metadata: {name: helped}
spec:
  containers:
    - {name: shop, image: example.com/shop}
    - {name: log-shipper, image: fluent/fluent-bit}
"""


def many(count: int) -> dict[str, str]:
    files = {f"a{number}/values.yaml": EMPTY_LIST for number in range(count)}
    files |= {f"b{number}/policy-tests/pod.yaml": PLAIN for number in range(count)}
    return files | {"y/plain.yaml": PLAIN, "z/z.yaml": HELPED}


def told(tmp_path: Path, count: int, form: Form) -> str:
    labels(tmp_path, many(count))
    return render(form, [scan(tmp_path)])


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_many_of_little_interest_are_told_in_short(form: Form, tmp_path: Path) -> None:
    text = told(tmp_path, 12, form).replace("\\", "")
    assert text.index("z.yaml") < text.index("Lists that nobody has filled: 12")
    assert text.index("plain.yaml") < text.index("Units for tests")
    assert "Units for tests, without a sidecar: 12" in text
    assert text.count("extraContainers") == 0
    assert text.count("values.yaml") == 8
    assert text.count("and 4 more files") == 2


def test_few_of_little_interest_stand_behind_the_others(tmp_path: Path) -> None:
    text = told(tmp_path, 2, "text")
    assert text.index("z.yaml") < text.index("a0/values.yaml")
    # Both files say the same.
    assert text.count("extraContainers") == 1
    assert "a1/values.yaml" in text
    assert "Units for tests" not in text


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_programs_are_told_all_in_the_order_of_the_files(
    form: Form, tmp_path: Path
) -> None:
    text = told(tmp_path, 12, form)
    assert text.index('"a0/values.yaml"') < text.index('"z/z.yaml"')
    assert text.count("/values.yaml") >= 12
    assert str(tmp_path) not in text.replace(f'"root": "{tmp_path}"', "")


def test_the_text_names_files_as_they_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels(tmp_path, {"deploy/pod.yaml": HELPED})
    monkeypatch.chdir(tmp_path)
    for called, place in {
        ".": "deploy/pod.yaml:5",
        "deploy": "deploy/pod.yaml:5",
        "deploy/": "deploy/pod.yaml:5",
        "deploy/pod.yaml": "deploy/pod.yaml:5",
        str(tmp_path): f"{tmp_path}/deploy/pod.yaml:5",
    }.items():
        text = render("text", [scan(called)])
        found = [line for line in text.splitlines() if "pod.yaml:5" in line]
        assert found[0].split()[0] == place
    monkeypatch.chdir(tmp_path / "deploy")
    assert "pod.yaml:5  Pod helped" in render("text", [scan("pod.yaml")])


# --- what a chart's values say, and who is called by all

LOOPS = {
    "shop/Chart.yaml": "name: shop\n",
    "shop/values.yaml": """\
loader:
  settings:
    BATCH: 250
    ENDPOINT: http://localhost:7001/rows
    OTHER: http://localhost:7001/more
watch:
  settings:
    INDEX: http://localhost:7001/rows
    SECOND: http://localhost:7001/more
""",
    "shop/templates/_parts.tpl": """\
{{- define "shop.loader" }}
- name: {{ .Release.Name }}-loader
  image: {{ .Values.loader.image }}
  env:
  {{- range $k, $v := .Values.loader.settings }}
    - name: {{ $k | upper }}
      value: {{ $v | quote }}
  {{- end }}
{{- end }}
""",
    "shop/templates/deployment.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: rows
spec:
  template:
    spec:
      containers:
        {{- include "shop.loader" . | nindent 8 }}
        - name: {{ .Release.Name }}-index
          image: {{ .Values.index.image }}
        - name: {{ .Release.Name }}-look
          image: {{ .Values.watch.image }}
          env:
          {{- range $name, $said := $.Values.watch.settings }}
            - name: {{ $name }}
              value: {{ $said | quote }}
          {{- end }}
        {{- if .Values.last }}
        - name: last
          image: example.com/last
        {{- end }}
""",
}


def test_a_loop_over_values_gives_what_stands_in_the_chart() -> None:
    path = "shop/templates/deployment.yaml"
    (group,) = units(path, LOOPS[path], LOOPS)
    said = {
        one.name: [(s.text, s.line) for s in one.settings] for one in group.containers
    }
    assert said["{{ .Release.Name }}-loader"] == [
        ("ENDPOINT=http://localhost:7001/rows", 9),
        ("OTHER=http://localhost:7001/more", 9),
    ]
    assert said["{{ .Release.Name }}-look"] == [
        ("INDEX=http://localhost:7001/rows", 17),
        ("SECOND=http://localhost:7001/more", 17),
    ]
    last = group.containers[-1]
    assert (last.name, last.line) == ("last", 20)
    assert last.condition is not None
    assert last.condition.line == 19


@pytest.mark.parametrize(
    "values", ["", "loader: [1]\n", "loader: {settings: {A: 'localhost {{ x }}'}}", "{"]
)
def test_odd_values_give_nothing(values: str) -> None:
    path = "shop/templates/deployment.yaml"
    (group,) = units(path, LOOPS[path], LOOPS | {"shop/values.yaml": values})
    texts = [said.text for one in group.containers for said in one.settings]
    assert not any("localhost" in text for text in texts)


def test_whom_all_others_call_is_what_the_unit_is_for(tmp_path: Path) -> None:
    path = "shop/templates/deployment.yaml"
    text = LOOPS[path]
    files = LOOPS | {path: text[: text.index("        {{- if .Values.last")]}
    assert neighbors(tmp_path, files) == {
        "{{ .Release.Name }}-loader": ("sidecar", "{{ .Release.Name }}-index"),
        "{{ .Release.Name }}-index": ("main", None),
        "{{ .Release.Name }}-look": ("sidecar", "{{ .Release.Name }}-index"),
    }


CALLED = """\
apiVersion: v1
kind: Pod
metadata: {{name: rows}}
spec:
  containers:
    - name: {first}
      image: example.com/first
      env: [{{name: TO, value: "localhost:7001"}}]
    - name: second
      image: example.com/second
      env: [{{name: TO, value: "localhost:7001"}}]
    - name: third
      image: {image}
"""


@pytest.mark.parametrize(
    ("first", "image", "label"),
    [
        ("first", "example.com/third", "main"),
        ("web-server", "example.com/third", "sidecar"),
        ("first", "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2", "sidecar"),
        ("first", "postgres:16", "sidecar"),
    ],
)
def test_a_helper_may_be_called_by_all_too(
    first: str, image: str, label: str, tmp_path: Path
) -> None:
    text = CALLED.format(first=first, image=image)
    assert labels(tmp_path, {"pod.yaml": text})["third"] == label


# --- Go: what is made of what another function returns


@pytest.mark.parametrize(
    "line", ["container.Args = agentArgs()", "", "other.Args = agentArgs()"]
)
def test_a_function_makes_a_container_of_what_another_returns(line: str) -> None:
    text = f"""\
package builder

import corev1 "k8s.io/api/core/v1"

func (b *Builder) agent(image string) (*corev1.Container, error) {{
	container, err := b.buildContainer(image)
	if err != nil {{
		return nil, err
	}}
	container.Name = "agent"
	container.Ports = []corev1.ContainerPort{{
		{{Name: "agent", ContainerPort: 5555}},
	}}
	{line}
	return container, nil
}}

func (b *Builder) buildContainer(image string) (*corev1.Container, error) {{
	return &corev1.Container{{Image: image}}, nil
}}
"""
    found = [
        (one.name, one.line, [port.number for port in one.ports])
        for group in units("builder.go", text)
        for one in group.containers
        if one.name
    ]
    assert found == ([("agent", 10, [5555])] if line.startswith("con") else [])
