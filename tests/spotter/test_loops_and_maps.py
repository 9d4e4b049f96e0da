"""Containers for each of something, from settings, and in maps by their names."""

from pathlib import Path

import pytest
from reading import names, refuses, unit, units
from scanning import labels
from sidecar_spotter import scan
from sidecar_spotter.checkout import Checkout
from sidecar_spotter.readme import program_is_a_sidecar

ROUTER = '{ name = "router", image = "example/aws-for-fluent-bit" }'


# --- loops of HCL


def task(definitions: str) -> str:
    """Return a task definition of Terraform."""
    return (
        'resource "aws_ecs_task_definition" "t" {\n'
        f"  container_definitions = {definitions}\n"
        "}\n"
    )


DEFAULTS = """\
variable "boxes" {
  default = [
    { name = "web", image = "example/shop", port = 80 },
    { name = "agent", image = "example/agent" },
  ]
}
"""


def test_a_loop_over_a_list_that_the_file_tells_is_written_out() -> None:
    group = units(
        "main.tf",
        DEFAULTS
        + task(
            "jsonencode([for b in var.boxes : {\n"
            "  name = b.name\n"
            '  image = "${b.image}:1"\n'
            "  portMappings = [{ containerPort = b.port }]\n"
            "}])"
        ),
    )[0]
    assert [(one.name, one.line) for one in group.containers] == [
        ("web", 3),
        ("agent", 4),
    ]
    web, agent = group.containers
    assert web.image is not None
    assert web.image.text == "example/shop:1"
    assert [port.number for port in web.ports] == [80]
    assert [port.number for port in agent.ports] == []


def test_a_loop_over_a_map_knows_its_keys() -> None:
    group = units(
        "main.tf",
        'locals { boxes = { web = { image = "a" }, agent = { image = "b" } } }\n'
        + task("jsonencode([for name, b in local.boxes : merge(b, { name = name })])"),
    )[0]
    assert names(group) == ["web", "agent"]


@pytest.mark.parametrize(
    "loop",
    [
        "[for b in local.boxes : { for k, v in b : k => v if v != null }]",
        "[for b in local.boxes : b if b.image != null]",
        "values({ for b in local.boxes : b.name => b })",
        "[for b in flatten([local.boxes]) : merge(b, { essential = true })]",
    ],
)
def test_loops_that_only_change_what_they_go_over(loop: str) -> None:
    boxes = f'locals {{ boxes = [{{ name = "web", image = "a" }}, {ROUTER}] }}\n'
    group = units("main.tf", boxes + task(f"jsonencode({loop})"))[0]
    assert names(group) == ["web", "router"]


def test_of_what_nobody_tells_a_loop_gives_one() -> None:
    group = unit(
        "main.tf",
        task("jsonencode([for b in var.boxes : { name = b.name, image = b.image }])"),
    )
    assert names(group) == ["${b.name}"]
    assert group.containers[0].condition is not None


def test_a_block_for_each_is_written_out() -> None:
    group = unit(
        "main.tf",
        f"""\
        resource "google_cloud_run_v2_service" "s" {{
          template {{
            containers {{
              name  = "web"
              image = "a"
            }}
            dynamic "containers" {{
              for_each = concat(var.more, local.helpers)
              iterator = one
              content {{
                name  = one.value.name
                image = one.value.image
              }}
            }}
          }}
        }}
        locals {{ helpers = [{ROUTER}] }}
        """,
    )
    assert names(group) == ["web", "${one.value.name}", "router"]


def test_a_resource_for_each_has_its_own_containers() -> None:
    text = (
        "locals {\n"
        "  services = {\n"
        f'    shop = {{ image = "a", helpers = [{ROUTER}] }}\n'
        '    mail = { image = "b", helpers = [] }\n'
        "  }\n"
        "}\n"
    ) + task(
        "jsonencode(concat([{ name = each.key, image = each.value.image }],"
        " each.value.helpers))\n  for_each = local.services"
    )
    assert [names(group) for group in units("main.tf", text)] == [
        ["shop", "router"],
        ["mail"],
    ]


def test_a_format_of_a_list_is_a_list() -> None:
    text = (
        'locals {\n  app = jsonencode({ name = "web", image = "a" })\n'
        f"  log = jsonencode({ROUTER})\n}}\n"
    ) + task('format("[%s,%s]", local.app, local.log)')
    assert names(units("main.tf", text)[0]) == ["web", "router"]


def test_loops_in_loops_are_bounded() -> None:
    lists = "".join(
        f"  l{n} = [for a in local.l{n - 1} : [for b in local.l{n - 1} : [a, b, a]]]\n"
        for n in range(1, 9)
    )
    text = 'locals {\n  l0 = ["1", "2", "3", "4", "5", "6", "7", "8"]\n' + lists + "}\n"
    assert "stand for more than" in refuses("main.tf", text + task("local.l8"))


# --- values for variables


def test_a_variable_may_hold_a_helper_by_default() -> None:
    text = f'variable "sidecars" {{\n  default = [{ROUTER}]\n}}\n'
    group = unit("variables.tf", text)
    assert names(group) == ["router"]
    assert "partial" in group.marks


@pytest.mark.parametrize("name", ["prod.tfvars", "terragrunt.hcl", "main.tofu"])
def test_files_that_hand_containers_to_a_module(tmp_path: Path, name: str) -> None:
    given = (
        "container_definitions = [\n"
        '  { name = "web", image = "a", port_mappings = [{ containerPort = 80 }] },\n'
        f"  {ROUTER},\n]\n"
    )
    text = {
        "prod.tfvars": given,
        "terragrunt.hcl": f"inputs = {{\n{given}}}\n",
        "main.tofu": f'module "m" {{\n  source = "./ecs"\n{given}}}\n',
    }[name]
    assert labels(tmp_path, {name: text}) == {"web": "main", "router": "sidecar"}


def test_a_modules_output_of_init_containers_is_no_helper() -> None:
    text = task(
        'jsonencode(concat([{ name = "web", image = "a" }],'
        " module.trace_agent.init_container_definitions))"
    )
    text += 'module "trace_agent" {\n  source = "example/trace-agent"\n}\n'
    assert names(unit("main.tf", text)) == ["web"]


# --- programs

PULUMI = """\
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
    group = unit("index.ts", PULUMI)
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


# --- the source of a helper

SOURCE = "# ports\n\n*ports* is a small sidecar container that opens ports.\n"
SHORT = "Sidecar container for backups of volumes over sftp.\n"


@pytest.mark.parametrize("said", [SOURCE, f"\n\n{SHORT}"])
def test_a_readme_may_call_its_own_program_a_sidecar(tmp_path: Path, said: str) -> None:
    labels(tmp_path, {"README.md": said, "build/Dockerfile": "FROM scratch\n"})
    report = scan(tmp_path)
    assert report.verdict == "injects-or-operates-sidecars-in-code-only"
    assert "README.md, line 3" in report.summary


@pytest.mark.parametrize(
    "said",
    [
        "It reads the sidecar files of photos in a container.",
        "| ports | is a sidecar container |",
        "# What is a sidecar container?",
        "It is the sidecar of a motorcycle.",
    ],
)
def test_other_words_on_sidecars_tell_nothing(tmp_path: Path, said: str) -> None:
    labels(tmp_path, {"README.md": said + "\n", "Dockerfile": "FROM scratch\n"})
    assert program_is_a_sidecar(Checkout(str(tmp_path))) is None


def test_without_an_image_a_readme_tells_nothing(tmp_path: Path) -> None:
    labels(tmp_path, {"README.md": SOURCE})
    assert scan(tmp_path).verdict == "no-sidecar"


def test_a_module_may_be_handed_helpers_beside_its_containers() -> None:
    text = (
        'module "m" {\n  source = "./ecs"\n'
        '  container_definitions = { (var.name) = { image = "a", cpu = 1 } }\n'
        "  sidecar_definitions = { (var.log_name) = { image = var.log_image } }\n}\n"
    )
    group = unit("main.tf", text)
    assert names(group) == ["var.name", "var.log_name"]


CDK = """\
import * as ecs from "aws-cdk-lib/aws-ecs";
const trace: ecs.ContainerDefinitionOptions = {
  image: ecs.ContainerImage.fromRegistry("amazon/aws-xray-daemon"),
};
const task = new ecs.FargateTaskDefinition(this, "T");
task.addContainer("app", { image: ecs.ContainerImage.fromAsset(".") });
task.addContainer("daemon", trace);
for (const one of props.sidecars) {
  task.addContainer(one.name, { image: one.image });
}
task.addContainer("web", { image: ecs.ContainerImage.fromAsset("web") });
"""


def test_a_call_of_the_cdk_is_given_options_by_name() -> None:
    group = unit("stack.ts", CDK)
    assert names(group) == ["app", "daemon", "one.name", "web"]
    app, daemon, one, web = group.containers
    assert daemon.image is not None
    assert daemon.image.text == "amazon/aws-xray-daemon"
    assert [note.text for note in one.notes] == ["field: props.sidecars"]
    assert app.notes == web.notes == ()


def test_a_program_of_the_cdk_deploys_what_it_lists() -> None:
    text = 'import * as ecs from "aws-cdk-lib/aws-ecs";\n'
    text += "new ecs.CfnTaskDefinition(this, 't', { containerDefinitions: [\n"
    text += '  { name: "web", image: "a" }, { name: "log", image: "b" }] });\n'
    assert unit("stack.ts", text).marks == {"code", "deploys"}


def test_on_one_platform_a_container_needs_no_name() -> None:
    text = "new Service('s', { template: { containers: [\n"
    text += "  { image: img, ports: { containerPort: 8080 } },\n"
    text += '  { name: "logs", image: "fluent/fluent-bit" }] } });\n'
    assert names(unit("index.ts", text)) == ["", "logs"]


def test_a_loop_over_itself_ends() -> None:
    text = "locals {\n  a = [for x in concat(local.a, local.b) : x]\n"
    text += f"  b = [for x in local.a : x.y]\n  c = concat(local.a, [{ROUTER}])\n}}\n"
    assert "router" in names(units("main.tf", text + task("local.c"))[0])


def test_names_that_are_merged_are_followed() -> None:
    text = (
        f"locals {{\n  all = {{ essential = true }}\n  log = {ROUTER}\n}}\n"
    ) + task('jsonencode([{ name = "web", image = "a" }, merge(local.all, local.log)])')
    assert names(units("main.tf", text)[0]) == ["web", "router"]


def test_a_loop_over_a_modules_copies_has_one_for_each() -> None:
    text = (
        'module "box" {\n  source = "x"\n  for_each = local.boxes\n'
        "  container_name = each.key\n  container_image = each.value\n}\n"
        'locals {\n  boxes = { web = "example/web", log = "fluent/fluent-bit" }\n}\n'
        'module "task" {\n  source = "y"\n'
        "  container_definition_json = "
        "jsonencode([for c in module.box : c.json_map_object])\n}\n"
    )
    assert names(units("main.tf", text)[0]) == ["web", "log"]


# --- JSON patches in programs

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
