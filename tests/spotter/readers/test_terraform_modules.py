"""Modules of Terraform: what the files of one share, and what it is handed."""

from pathlib import Path

import pytest
from reading import names, unit, units
from scanning import findings, labels, scanned
from sidecar_spotter.readers.hcl import hcl
from sidecar_spotter.tree import Node

TASK = """\
resource "aws_ecs_task_definition" "shop" {
  family = "shop"
  container_definitions = jsonencode(concat(
    [{ name = "shop", image = "example.com/shop:1", essential = true }],
    var.traced ? [local.tracer] : []
  ))
}
"""


TRACER = """\
locals {
  tracer = {
    name      = "tracer"
    image     = "public.ecr.aws/datadog/agent:latest"
    essential = false
  }
}
"""


def test_the_files_of_a_folder_share_their_names(tmp_path: Path) -> None:
    found = labels(tmp_path, {"task.tf": TASK, "tracer.tf": TRACER})
    assert found == {"shop": "main", "tracer": "sidecar"}


def test_what_another_file_declares_is_on_the_line_that_names_it() -> None:
    (group,) = units("a/task.tf", TASK, {"a/tracer.tf": TRACER})
    assert [(box.name, box.line) for box in group.containers] == [
        ("shop", 4),
        ("tracer", 5),
    ]


def test_another_folder_is_another_module() -> None:
    (group,) = units("a/task.tf", TASK, {"b/tracer.tf": TRACER})
    assert [box.name for box in group.containers] == ["shop"]


def test_a_field_of_a_name_is_no_whole(tmp_path: Path) -> None:
    text = """\
variable "mesh" { default = { container = "envoy", on = true } }
locals {
  mesh_container = {
    name  = var.mesh.container
    image = var.mesh.unknown
    essential = true
  }
}
"""
    (group,) = units("mesh.tf", text)
    (box,) = group.containers
    assert (box.name, box.image and box.image.text) == (
        "envoy",
        "${var.mesh.unknown}",
    )


HANDED = """\
module "app" {
  source = "../workload"
  name   = "shop"
  image  = "example.com/shop:1"
  ARGUMENT = [
    { name = "first", image = "example.com/first:1" },
    { name = "second", command = ["run", "--often"] },
  ]
}
"""


def test_a_module_is_handed_its_sidecars(tmp_path: Path) -> None:
    text = HANDED.replace("ARGUMENT", "sidecar_containers")
    found = labels(tmp_path, {"main.tf": text})
    assert found == {"first": "sidecar", "second": "sidecar"}


def test_more_containers_have_to_tell_what_they_are(tmp_path: Path) -> None:
    text = HANDED.replace("ARGUMENT", "additional_containers")
    assert labels(tmp_path, {"main.tf": text}) == {}
    text = text.replace("example.com/first:1", "fluent/fluent-bit:3")
    assert labels(tmp_path, {"main.tf": text}) == {"first": "sidecar"}


def test_a_module_may_be_handed_a_main_container_and_a_sidecar(tmp_path: Path) -> None:
    text = """\
module "service" {
  source = "example/cloud-run/google"
  agent_sidecar = { name = "agent", image = "example.com/agent:1" }
  template = {
    containers = [{ name = "shop", image = "example.com/shop:1" }]
  }
}
"""
    found = labels(tmp_path, {"main.tf": text})
    assert found == {"agent": "sidecar", "shop": "main"}


def test_a_local_may_be_called_after_what_it_holds(tmp_path: Path) -> None:
    text = """\
locals {
  stats_sidecar = [{ container_name = "stats", container_image = "example.com/s:1" }]
}
"""
    assert labels(tmp_path, {"main.tf": text}) == {"stats": "sidecar"}


@pytest.mark.parametrize("given", ["local.sidecars", "var.sidecars"])
def test_a_list_of_whatever_the_caller_hands_in_is_empty(
    tmp_path: Path, given: str
) -> None:
    text = f"""\
variable "sidecars" {{ default = [] }}
locals {{
  sidecar_containers = [for s in {given} : {{
    name = s.name
    image = s.image
    essential = false
  }}]
}}
"""
    assert labels(tmp_path, {"main.tf": text}) == {}


def test_a_container_without_name_and_image_is_none(tmp_path: Path) -> None:
    text = """\
locals {
  given    = { sidecars = [{ name = "", image = "", essential = false }] }
  sidecars = lookup(local.given, "sidecars", [])
  more     = [for s in local.sidecars : { name = s.name, image = s.image }]
}
resource "aws_ecs_task_definition" "shop" {
  container_definitions = jsonencode(concat(
    [{ name = "shop", image = "example.com/shop:1", essential = true }],
    local.more
  ))
}
"""
    assert labels(tmp_path, {"main.tf": text}) == {}


OF_EACH = {
    "ecs": """\
resource "aws_ecs_task_definition" "shop" {
  container_definitions = jsonencode(concat(
    [for key, one in var.more : { name = key, image = one.image, essential = false }],
    [{ name = "shop", image = "example.com/shop:1", essential = true }],
  ))
}
""",
    "merged": """\
locals {
  more = [for one in var.more : merge(one, { logConfiguration = var.log })]
  shop = { name = "shop", image = "example.com/shop:1", essential = true }
}
resource "aws_ecs_task_definition" "shop" {
  container_definitions = jsonencode(concat(local.more, [local.shop]))
}
""",
    "azure": """\
resource "azurerm_container_app" "shop" {
  template {
    dynamic "container" {
      for_each = var.more
      content {
        name  = container.value.name
        image = container.value.image
      }
    }
    container {
      name  = "shop"
      image = "example.com/shop:1"
    }
  }
}
""",
}


@pytest.mark.parametrize("kind", sorted(OF_EACH))
def test_a_place_for_containers_of_the_caller_is_no_helper(
    tmp_path: Path, kind: str
) -> None:
    found = findings(tmp_path, {"main.tf": OF_EACH[kind]})
    shop = found.pop("shop")
    [place] = found.values()
    assert (shop.label, place.label) == ("main", "not-a-sidecar")
    assert place.role == "extension-point"


@pytest.mark.parametrize("kind", sorted(OF_EACH))
def test_a_list_that_the_module_fills_itself_holds_helpers(
    tmp_path: Path, kind: str
) -> None:
    more = '{ agent = { name = "agent", image = "fluent/fluent-bit:3" } }'
    text = f'variable "more" {{ default = {more} }}\n' + OF_EACH[kind]
    assert labels(tmp_path, {"main.tf": text}) == {"agent": "sidecar", "shop": "main"}


@pytest.mark.parametrize(
    ("app_id", "label"),
    [
        ("var.dapr.app_id", None),
        ("dapr.value.app_id", None),
        ("var.name", "injected-sidecar"),
        ('"shop"', "injected-sidecar"),
    ],
)
def test_a_module_hands_the_wish_for_dapr_on(
    tmp_path: Path, app_id: str, label: str | None
) -> None:
    text = f"""\
resource "azurerm_container_app" "shop" {{
  dynamic "dapr" {{
    for_each = var.dapr != null ? [var.dapr] : []
    content {{
      app_id = {app_id}
    }}
  }}
  template {{
    container {{
      name  = "shop"
      image = "example.com/shop:1"
    }}
  }}
}}
"""
    assert labels(tmp_path, {"main.tf": text}).get("daprd") == label


def test_a_module_may_be_one_container_of_a_task(tmp_path: Path) -> None:
    text = """\
module "shop" {
  source        = "../container"
  name          = "shop"
  image         = "example.com/shop:1"
  port_mappings = [{ containerPort = 80 }]
}
module "router" {
  source = "../container"
  name   = "router"
  image  = "example.com/router:1"
  firelens_configuration = { type = "fluentbit" }
}
module "task" {
  source = "../task"
  container_definitions = [module.router.definition, module.shop.definition]
}
"""
    assert labels(tmp_path, {"main.tf": text}) == {"router": "sidecar", "shop": "main"}


MADE = """\
module "log_router_container" {
  source    = "git::github.com/example/ecs.git//modules/firelens?ref=v4.0.0"
  namespace = var.name
}

module "nginx_container" {
  source       = "git::github.com/example/ecs.git//modules/nginx/apigw?ref=v4.0.0"
  forward_port = var.port
}

module "app_container" {
  source = "git::github.com/example/ecs.git//modules/container_definition?ref=v4.0.0"
  count  = 1
  name   = "app"
  image  = var.image
}

module "task" {
  source = "git::github.com/example/ecs.git//modules/task_definition?ref=v4.0.0"
  container_definitions = [
    module.log_router_container.container_definition,
    module.app_container[0].container_definition,
    module.nginx_container.container_definition,
  ]
}
"""


def test_a_module_may_make_a_container_of_its_own(tmp_path: Path) -> None:
    found = labels(tmp_path, {"main.tf": MADE})
    assert found == {
        "log_router_container": "sidecar",
        "app": "main",
        "nginx_container": "sidecar",
    }


def test_a_module_that_no_task_asks_for_makes_no_container() -> None:
    text = MADE.replace(
        "module.nginx_container.container_definition", "module.nginx_container.arn"
    )
    (group,) = units("main.tf", text)
    assert [one.name for one in group.containers] == ["log_router_container", "app"]


@pytest.mark.parametrize(
    ("handed", "label"),
    [
        ("container_definitions", "sidecar"),
        ("extra_container_definitions", "not-a-sidecar"),
    ],
)
def test_whoever_calls_a_module_hands_it_the_main_container(
    tmp_path: Path, handed: str, label: str
) -> None:
    text = f"""\
module "log_router" {{
  source = "./firelens"
}}
module "task" {{
  source = "./task"
  container_definitions = concat(
    [module.log_router.container_definition], var.{handed})
}}
"""
    assert labels(tmp_path, {"main.tf": text}) == {"log_router": label}


PULUMI = {"package.json": '{"dependencies": {"@pulumi/aws": "6"}}'}


DECLARED = """\
class ShopArgs:
    def __init__(__self__, *,
                 name: Optional[str] = None,
                 service_connect_configuration: Optional['ConnectArgs'] = None):
        __self__.service_connect_configuration = service_connect_configuration
"""


KEPT = """\
class Shop {
  readonly serviceConnectConfiguration: Output<Connect | undefined>;
  constructor(args: ShopArgs) {
    this.serviceConnectConfiguration = args.serviceConnectConfiguration;
    const inputs = { serviceConnectConfiguration: args?.serviceConnectConfiguration };
  }
}
"""


ASKED = """\
new aws.ecs.Service("shop", { serviceConnectConfiguration: { enabled: true } });
"""


HELD = """\
const connect = { enabled: true };
new aws.ecs.Service("shop", { serviceConnectConfiguration: connect });
"""


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("shop.py", DECLARED, {}),
        ("shop.ts", KEPT, {}),
        ("shop.ts", ASKED, {"ecs-service-connect": "injected-sidecar"}),
        ("shop.ts", HELD, {"ecs-service-connect": "injected-sidecar"}),
    ],
)
def test_an_option_that_a_library_declares_asks_for_nothing(
    tmp_path: Path, path: str, text: str, found: dict[str, str]
) -> None:
    files = {**PULUMI, "requirements.txt": "pulumi_aws", path: text}
    assert labels(tmp_path, files) == found


def test_a_module_may_be_handed_helpers_beside_its_containers() -> None:
    text = (
        'module "m" {\n  source = "./ecs"\n'
        '  container_definitions = { (var.name) = { image = "a", cpu = 1 } }\n'
        "  sidecar_definitions = { (var.log_name) = { image = var.log_image } }\n}\n"
    )
    group = unit("main.tf", text)
    assert names(group) == ["var.name", "var.log_name"]


def test_each_file_of_a_folder_is_parsed_once_for_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A folder is one module: a large one has dozens of files, and each asks them all.
    parsed: list[bytes] = []

    def counting(data: bytes) -> Node | None:
        parsed.append(data)
        return hcl(data)

    monkeypatch.setattr("sidecar_spotter.readers.terraform.names.hcl", counting)
    files = {
        f"infra/shop{number}.tf": f"""\
            locals {{
              image_{number} = "registry.example/shop:{number}"
            }}
            resource "kubernetes_deployment" "shop{number}" {{
              spec {{
                template {{
                  spec {{
                    container {{
                      name  = "shop{number}"
                      image = local.image_of_no_file_{number}
                    }}
                  }}
                }}
              }}
            }}
            """
        for number in range(45)
    }
    scanned(tmp_path, files)
    assert len(parsed) == len(set(parsed)) == len(files)
