"""Programs: maps, variables, types and patches that make containers."""

from pathlib import Path

import pytest
from reading import names, unit, units
from scanning import labels
from sidecar_spotter import scan


def test_a_variable_is_called_after_init_containers(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module shop.example\n", encoding="utf-8")
    code = """\
    package pods

    import corev1 "k8s.io/api/core/v1"

    func mutate(pod *corev1.Pod) []byte {
        var toolInitContainer = corev1.Container{
            Name:    "copy-tool",
            Image:   "example/tool",
            Command: []string{"sh", "-c", fmt.Sprintf("cp /tool %s", path)},
        }
        return patch(pod, []corev1.Container{toolInitContainer})
    }
    """
    assert labels(tmp_path, {"pods.go": code}) == {"copy-tool": "init"}


def test_a_call_hands_over_the_name_among_other_calls(tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "_push.tpl").write_text(
        '{{- define "shop.push" }}\n- name: {{ .name }}\n  image: {{ .image }}\n'
        "{{- end }}\n",
        encoding="utf-8",
    )
    text = """\
    kind: Deployment
    spec:
      selector: {}
      template:
        spec:
          containers:
          - name: ledger
            image: example/ledger
          {{- include "shop.push" (dict "root" $ "to" (printf "s3://%s" .Values.to)
              "name" "s3-push") | nindent 6 }}
    """
    found = labels(tmp_path, {"templates/shop.yaml": text})
    assert found["s3-push"] == "sidecar"


PULUMI = {"package.json": '{"dependencies": {"@pulumi/aws": "6"}}'}


TASK = """\
import * as awsx from "@pulumi/awsx";
new awsx.ecs.FargateService("shop", { taskDefinitionArgs: { containers: {
  shop: { image: "example/shop" },
  log_router: {
    image: "example/router", firelensConfiguration: { type: "fluentbit" } },
} } });
"""


def test_a_task_of_pulumi_is_deployed(tmp_path: Path) -> None:
    files = {**PULUMI, "index.ts": TASK}
    assert labels(tmp_path, files) == {"shop": "main", "log_router": "sidecar"}
    assert scan(tmp_path).verdict == "uses-sidecar"


STACK = """\
import { agent } from "./agent";
const service = new awsx.ecs.FargateService("shop", {
  taskDefinitionArgs: {
    containers: {
      ...(quiet ? {} : { log_router: router, metrics: agent, on: true }),
      web: { name: "shop", image: "example/shop", cpu: 1 },
    },
  },
});
"""


def test_a_map_of_containers_may_name_imported_ones() -> None:
    group = unit("index.ts", STACK)
    assert group.platform == "ecs"
    assert [(one.name, one.line) for one in group.containers] == [
        ("log_router", 5),
        ("metrics", 5),
        ("shop", 6),
    ]


def test_a_variable_tells_that_an_object_is_a_container() -> None:
    text = (
        "export const logSidecar: ecs.Definition = {\n"
        '  name: "logs",\n  image: "fluent/fluent-bit",\n  essential: false,\n};\n'
        'const photoContainer = { name: "proxy", image: "/img/proxy.png" };\n'
    )
    group = unit("logs.ts", text)
    assert names(group) == ["logs"]
    assert group.marks == {"code", "partial"}


def test_types_of_other_platforms_make_containers() -> None:
    group = unit(
        "__main__.py",
        """\
        task = awsx.ecs.TaskArgs(containers={
            "web": awsx.ecs.TaskDefinitionContainerDefinitionArgs(image="a"),
            "logs": awsx.ecs.TaskDefinitionContainerDefinitionArgs(image="b"),
        })
        store = storage.BlobContainerArgs(name="files")
        """,
    )
    assert names(group) == ["web", "logs"]


GO = """\
package deploy

var input = &ecs.RegisterTaskDefinitionInput{
	ContainerDefinitions: []types.ContainerDefinition{
		{Name: aws.String("shop"), Image: aws.String(image)},
		{Name: aws.String("logs"), Image: aws.String("fluent/fluent-bit")},
	},
}
"""


def test_go_builds_tasks_of_amazon_ecs() -> None:
    group = unit("task.go", GO)
    assert (group.platform, names(group)) == ("ecs", ["shop", "logs"])


def test_a_programs_namespace_asks_for_its_pods() -> None:
    text = (
        'const pod = new k8s.core.v1.Pod("p", { metadata: {\n'
        '  labels: { "istio-injection": "enabled" } } });\n'
        'const ns = new k8s.core.v1.Namespace("shop", { metadata: {\n'
        '  labels: { "istio-injection": "enabled" } } });\n'
    )
    (ask,) = [one for one in unit("index.ts", text).requests if one.wanted]
    assert (ask.container, ask.line) == ("istio-proxy", 4)


@pytest.mark.parametrize(
    "text",
    [
        "await api.createNamespace({ body: { metadata: { labels: ASK } } });",
        "const ns = { kind: 'Namespace', metadata: { labels: ASK } };",
    ],
)
def test_a_namespace_may_be_an_object_in_a_program(text: str) -> None:
    told = text.replace("ASK", "{ 'istio-injection': 'enabled' }")
    (ask,) = unit("index.ts", told).requests
    assert (ask.container, ask.wanted) == ("istio-proxy", True)
    assert units("index.ts", f"// {told}") == []


def test_on_one_platform_a_container_needs_no_name() -> None:
    text = "new Service('s', { template: { containers: [\n"
    text += "  { image: img, ports: { containerPort: 8080 } },\n"
    text += '  { name: "logs", image: "fluent/fluent-bit" }] } });\n'
    assert names(unit("index.ts", text)) == ["", "logs"]


HOOK = """\
PROXY = {"name": "proxy", "image": "example/proxy"}

def mutate():
    return [
        {"op": "add", "path": "/spec/containers/-", "value": PROXY},
        {"op": "add", "path": "/spec/initContainers/-", "value": {
            "name": "first", "image": "busybox"}},
        {"op": "add", "path": "/metadata/labels", "value": {
            "name": "none", "image": "none"}},
    ]
"""


def test_a_webhooks_patch_adds_what_its_value_leads_to() -> None:
    groups = units("hook.py", HOOK)
    found = [(one.name, one.stage) for g in groups for one in g.containers]
    assert found == [("proxy", "run"), ("first", "init")]
    assert all(g.marks == {"code", "partial", "injects"} for g in groups)


def test_rust_writes_a_patch_as_json() -> None:
    text = 'AddOperation { path: "/spec/containers/-".into(), value: json!({\n'
    text += '  "name": "proxy", "image": "example/proxy" }) };\n'
    assert names(unit("main.rs", text)) == ["proxy"]


def test_a_patch_may_be_a_text_in_go() -> None:
    text = 'package p\n\nconst patch = `[{"op": "add", "path": "/spec/containers/-",\n'
    text += ' "value": {"name": "proxy", "image": "example/proxy"}}]`\n'
    group = unit("patch.go", text)
    assert (names(group), group.containers[0].line) == (["proxy"], 4)
