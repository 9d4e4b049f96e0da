"""Parts of units: patches, named templates, and containers that code only adds."""

from pathlib import Path
from textwrap import dedent

import pytest
from scanning import labels


def test_a_patch_asks_for_a_sidecar_beside_another_field(tmp_path: Path) -> None:
    text = """\
    spec:
      template:
        metadata:
          annotations:
            dapr.io/enabled: "true"
            dapr.io/app-id: shop
        spec:
          automountServiceAccountToken: true
    """
    assert labels(tmp_path, {"shop.yaml": text}) == {"daprd": "injected-sidecar"}


ANNOTATIONS = """\
{{- define "shop.onEachPod" -}}
dapr.io/enabled: "true"
dapr.io/app-id: {{ .Values.app | quote }}
{{- end }}
"""


def test_a_named_template_asks_for_a_sidecar(tmp_path: Path) -> None:
    name = "chart/templates/_dapr.tpl"
    assert labels(tmp_path, {name: ANNOTATIONS}) == {"daprd": "injected-sidecar"}


def test_a_named_template_asks_under_the_key_for_it(tmp_path: Path) -> None:
    text = ANNOTATIONS.replace("dapr.io/", "  dapr.io/")
    text = text.replace("-}}\n", "-}}\nannotations:\n", 1)
    name = "chart/templates/_dapr.tpl"
    assert labels(tmp_path, {name: text}) == {"daprd": "injected-sidecar"}


def test_a_named_template_may_ask_for_an_init_container_alone(tmp_path: Path) -> None:
    text = """\
    {{- define "shop.secrets" -}}
    vault.hashicorp.com/agent-inject: "true"
    vault.hashicorp.com/agent-pre-populate-only: "true"
    {{- end }}
    """
    name = "chart/templates/_helpers.tpl"
    assert labels(tmp_path, {name: text}) == {"vault-agent": "not-a-sidecar"}


HALVES = """\
kind: Deployment
spec:
  selector: {}
  template:
    spec:
      containers:
      {{- if .Values.registry }}
      - image: "{{ .Values.registry }}/shop"
      {{- else }}
      {{- if .Values.digest }}
      - image: "shop@{{ .Values.digest }}"
      {{- else }}
      - image: "shop:{{ .Values.tag }}"
      {{- end }}
      {{- end }}
        name: shop
        ports: [{containerPort: 80}]
"""


def test_an_item_that_begins_on_either_side_of_an_if_is_one(tmp_path: Path) -> None:
    assert labels(tmp_path, {"chart/templates/shop.yaml": HALVES}) == {}


def test_a_helper_beside_an_item_of_two_beginnings(tmp_path: Path) -> None:
    helper = "      - name: log-shipper\n        image: fluent/fluent-bit\n"
    found = labels(tmp_path, {"chart/templates/shop.yaml": HALVES + helper})
    assert found == {"shop": "main", "log-shipper": "sidecar"}


PATTERN = """\
kind: Pod
metadata: {name: NAME}
spec:
  containers:
  - name: app
    image: busybox
    command: [sh, -c, "while true; do date >> /log/a.txt; sleep 5; done"]
    volumeMounts: [{name: log, mountPath: /log}]
  - name: transformer
    image: busybox
    command: [sh, -c, "while true; do cut -f2 /log/a.txt > /log/b.txt; sleep 5; done"]
    volumeMounts: [{name: log, mountPath: /log}]
  volumes: [{name: log, emptyDir: {}}]
"""


@pytest.mark.parametrize(
    ("unit", "name", "label"),
    [
        ("adapter", "pod.yaml", "adapter"),
        ("shop", "08-adapter-pattern/pod.yaml", "adapter"),
        ("shop", "ambassador_pattern.yaml", "ambassador"),
        ("log-adapter", "pod.yaml", "sidecar"),
        ("shop", "adapters/pod.yaml", "sidecar"),
    ],
)
def test_the_pod_or_its_file_presents_the_pattern(
    tmp_path: Path, unit: str, name: str, label: str
) -> None:
    found = labels(tmp_path, {name: PATTERN.replace("NAME", unit)})
    assert found == {"app": "main", "transformer": label}


# --- Go


def of_go(tmp_path: Path, body: str) -> dict[str, str]:
    (tmp_path / "go.mod").write_text("module shop.example\n", encoding="utf-8")
    text = 'package pods\n\nimport corev1 "k8s.io/api/core/v1"\n\n' + dedent(body)
    return labels(tmp_path, {"pods.go": text})


NUMBERED = """\
func WithMore(spec *corev1.PodSpec, count int) {
    for i := 1; i < count; i++ {
        spec.Containers = append(spec.Containers, corev1.Container{
            Name:    fmt.Sprintf("container-%d", i),
            Image:   image,
            Command: []string{"sh", "-c", command},
        })
    }
}
"""


def test_containers_that_code_counts_up_are_no_helpers(tmp_path: Path) -> None:
    assert "sidecar" not in of_go(tmp_path, NUMBERED).values()
    proxies = NUMBERED.replace("container-%d", "proxy-%d")
    assert of_go(tmp_path, proxies) == {"proxy-%d": "sidecar"}


def test_a_list_may_go_into_the_init_containers(tmp_path: Path) -> None:
    body = """\
    func spec(p *Shop, spec *corev1.PodSpec) {
        authContainers := []corev1.Container{}
        for _, plugin := range p.Plugins {
            authContainers = append(authContainers, corev1.Container{
                Name:    "plugin",
                Image:   plugin.Image,
                Command: []string{"cp", plugin.Source, "/plugins"},
            })
        }
        spec.InitContainers = append(spec.InitContainers, authContainers...)
    }
    """
    assert of_go(tmp_path, body) == {"plugin": "init"}


def test_a_function_goes_on_with_a_container_that_it_is_given(tmp_path: Path) -> None:
    body = """\
    func Mutate(pod *corev1.Pod) {
        add(&pod.Spec, corev1.Container{Args: []string{"serve"}}, os.Getenv("IMAGE"))
    }
    func add(spec *corev1.PodSpec, template corev1.Container, image string) {
        template.Name = "backup-agent"
        template.Image = image
        template.Env = append(template.Env, settings()...)
        template.RestartPolicy = ptr.To(corev1.ContainerRestartPolicyAlways)
        spec.InitContainers = append(spec.InitContainers, template)
    }
    """
    assert of_go(tmp_path, body) == {"backup-agent": "native-sidecar"}


def test_containers_are_put_in_front_of_those_of_a_pod(tmp_path: Path) -> None:
    body = """\
    func add(pod *corev1.Pod) {
        pod.Spec.Containers = append([]corev1.Container{
            {Name: "log-shipper", Image: "example/shipper"},
        }, pod.Spec.Containers...)
    }
    """
    assert of_go(tmp_path, body) == {"log-shipper": "sidecar"}
    whole = body.replace("pod.Spec.Containers...", "more...")
    assert of_go(tmp_path, whole) == {"log-shipper": "not-a-sidecar"}


@pytest.mark.parametrize(
    "begins", ["agent := &corev1.Container{}", "var agent corev1.Container"]
)
def test_an_empty_container_gets_its_fields_one_by_one(
    tmp_path: Path, begins: str
) -> None:
    body = f"""\
    func add(pod *corev1.Pod) {{
        {begins}
        agent.Name = "log-agent"
        agent.Image = "example/agent"
        agent.Args = []string{{"--all"}}
        pod.Spec.Containers = append(pod.Spec.Containers, agent)
        keep(corev1.Container{{}})
    }}
    """
    assert of_go(tmp_path, body) == {"log-agent": "sidecar"}


# --- what asks, in places that a quick look would pass by


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "patch.json",
            '{"spec": {"template": {"metadata": {"annotations":'
            ' {"linkerd.io/inject": "enabled"}}}}}',
        ),
        (
            "release.yaml",
            "kind: HelmRelease\nspec:\n  values:\n    podAnnotations:\n"
            "      linkerd.io/inject: enabled\n",
        ),
        (
            "list.yaml",
            "kind: List\nitems:\n- kind: Namespace\n"
            "  metadata: {annotations: {linkerd.io/inject: enabled}}\n",
        ),
        ("values.yaml", "annotations:\n  linkerd.io/inject: enabled\n"),
        ("values.yaml", "web:\n  annotations:\n    linkerd.io/inject: enabled\n"),
    ],
)
def test_a_mesh_is_asked_for(tmp_path: Path, name: str, text: str) -> None:
    assert labels(tmp_path, {name: text}) == {"linkerd-proxy": "injected-sidecar"}


def test_annotations_of_an_ingress_ask_for_nothing(tmp_path: Path) -> None:
    text = "ingress:\n  annotations:\n    linkerd.io/inject: enabled\n"
    assert labels(tmp_path, {"values.yaml": text}) == {}


def test_a_patch_in_json_adds_a_helper(tmp_path: Path) -> None:
    text = (
        '{"spec": {"template": {"spec": {"containers": [{"name": "log-shipper",'
        ' "image": "fluent/fluent-bit", "args": ["-c", "x"]}]}}}}'
    )
    assert labels(tmp_path, {"patch.json": text}) == {"log-shipper": "sidecar"}
