"""Loops of HCL, and values for its variables."""

from pathlib import Path

import pytest
from reading import names, refuses, unit, units
from scanning import labels


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


ROUTER = '{ name = "router", image = "example/aws-for-fluent-bit" }'


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
