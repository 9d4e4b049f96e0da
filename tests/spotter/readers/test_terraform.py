"""Terraform: resources of four clouds, and texts in other languages."""

import json

import pytest
from reading import box, names, refuses, unit, units

ECS = """\
locals {
  # sends the logs away
  router = {
    name                  = "router"
    image                 = "example/router"
    firelensConfiguration = { type = "fluentbit" }
  }
}
resource "aws_ecs_task_definition" "web" {
  family = "shop"
  container_definitions = jsonencode(concat([
    {
      name         = "app"
      image        = "${var.registry}/app:${var.tags["app"]}"
      essential    = true
      portMappings = [{ containerPort = 80 }]
      logConfiguration = { logDriver = "awsfirelens" }
    },
    local.router,
  ], var.agent ? [{ name = "agent", image = "example/agent" }] : []))
  volume {
    name = "logs"
  }
}
resource "aws_ecs_service" "web" {
  task_definition = aws_ecs_task_definition.web.arn
  load_balancer {
    container_name = "app"
    container_port = 80
  }
}
"""


def test_a_task_definition_of_ecs_is_read_with_its_names() -> None:
    group = unit("main.tf", ECS)
    assert (group.platform, group.kind, group.name) == (
        "ecs",
        "aws_ecs_task_definition",
        "shop",
    )
    assert [(one.name, one.line) for one in group.containers] == [
        ("app", 13),
        ("router", 4),
        ("agent", 20),
    ]
    assert [volume.name for volume in group.volumes] == ["logs"]
    assert group.served == (80,)
    app, router, agent = group.containers
    assert app.image is not None
    assert app.image.text == '${var.registry}/app:${var.tags["app"]}'
    assert router.notes[0].text == "sends the logs away"
    assert agent.condition is not None and agent.condition.text == "${var.agent}"


def test_containers_in_a_text_keep_their_lines() -> None:
    group = unit(
        "main.tf",
        """\
        resource "aws_ecs_task_definition" "web" {
          container_definitions = <<EOF
        [
          {"name": "app", "image": "a", "cpu": ${var.cpu}},
          {"name": "agent", "image": "b"}
        ]
        EOF
        }
        """,
    )
    assert [(one.name, one.line) for one in group.containers] == [
        ("app", 4),
        ("agent", 5),
    ]


def test_a_module_may_name_its_containers_by_keys() -> None:
    group = unit(
        "main.tf",
        """\
        module "service" {
          source = "example/service"
          container_definitions = {
            (local.name) = { image = "a" }
            log-router = {
              image                  = "b"
              firelens_configuration = { type = "fluentbit" }
            }
          }
        }
        """,
    )
    assert [(one.name, one.line) for one in group.containers] == [
        ("local.name", 4),
        ("log-router", 5),
    ]


def test_a_module_may_be_a_container() -> None:
    group = unit(
        "main.tf",
        """\
        module "app" {
          container_name  = "app"
          container_image = "a"
          port_mappings   = [{ containerPort = 80 }]
        }
        module "agent" {
          container_name  = "agent"
          container_image = "b"
        }
        resource "aws_ecs_task_definition" "web" {
          container_definitions = jsonencode([
            module.app.json_map_object,
            module.agent.json_map_object,
          ])
        }
        """,
    )
    assert [(one.name, one.line) for one in group.containers] == [
        ("app", 2),
        ("agent", 7),
    ]


def test_a_container_for_a_task_of_another_file_is_a_part() -> None:
    text = ECS[: ECS.index("resource")].replace(
        "firelens", "essential = true\nfirelens"
    )
    group = unit("router.tf", text)
    assert names(group) == ["router"]
    assert "partial" in group.marks


def test_a_file_is_named_that_no_other_reader_takes() -> None:
    task = """\
    resource "aws_ecs_task_definition" "web" {
      container_definitions = templatefile("${path.module}/FILE", { port = 80 })
    }
    """
    inside = '[{"name": "app", "image": "a", "essential": true}]'
    text = task.replace("FILE", "task.definition")
    group = unit("infra/main.tf", text, {"infra/task.definition": inside})
    assert (group.path, names(group)) == ("infra/task.definition", ["app"])
    for other in ("task.json", "task.tftpl", "../../x.definition", "absent.definition"):
        text = task.replace("FILE", other)
        assert units("infra/main.tf", text, {"infra/task.json": inside}) == []


def test_cloud_run_serves_the_container_that_has_a_port() -> None:
    group = unit(
        "main.tf",
        """\
        resource "google_cloud_run_v2_service" "web" {
          name = "shop"
          template {
            containers {
              name       = "app"
              image      = "a"
              depends_on = ["agent"]
              ports { container_port = 8080 }
            }
            containers {
              image = "agent"
              volume_mounts {
                name       = "logs"
                mount_path = "/logs"
              }
              startup_probe {
                http_get {
                  path = "/up"
                  port = 9000
                }
              }
            }
            volumes {
              name = "logs"
              empty_dir {}
            }
          }
        }
        """,
    )
    assert (group.platform, group.name, group.served) == ("cloud-run", "shop", (8080,))
    app, agent = group.containers
    assert (app.line, agent.line) == (5, 11)  # one without a name: its image's line
    assert [wait.text for wait in app.waits_for] == ["agent"]
    assert [probe.text for probe in agent.probes] == [":9000/up"]
    assert [(one.name, one.kind) for one in group.volumes] == [("logs", "emptyDir")]


def test_an_azure_app_asks_for_dapr_with_a_block() -> None:
    group = unit(
        "main.tf",
        """\
        resource "azurerm_container_app" "web" {
          ingress {
            target_port = 80
          }
          dapr {
            app_id = "web"
          }
          template {
            container {
              name  = "web"
              image = "w"
            }
            init_container {
              name  = "seed"
              image = "s"
            }
          }
        }
        """,
    )
    assert [(one.name, one.stage) for one in group.containers] == [
        ("seed", "init"),
        ("web", "run"),
    ]
    (ask,) = group.requests
    assert (ask.container, ask.line, ask.wanted) == ("daprd", 5, True)
    assert group.served == (80,)


KUBERNETES = """\
resource "kubernetes_deployment_v1" "web" {
  metadata {
    name = "shop"
  }
  spec {
    template {
      metadata {
        labels = { app = "web" }
        annotations = {
          "sidecar.istio.io/inject" = "true"
        }
      }
      spec {
        share_process_namespace = true
        init_container {
          name           = "proxy"
          image          = "p"
          restart_policy = "Always"
        }
        container {
          name  = "web"
          image = "w"
          volume_mount {
            name       = "logs"
            mount_path = "/logs"
            read_only  = true
          }
        }
        dynamic "container" {
          for_each = var.agents
          content {
            name  = "agent"
            image = "a"
          }
        }
      }
    }
  }
}
"""


def test_a_kubernetes_resource_is_a_workload() -> None:
    group = unit("main.tf", KUBERNETES)
    assert (group.platform, group.kind, group.name) == (
        "kubernetes",
        "Deployment",
        "shop",
    )
    assert [(one.name, one.stage) for one in group.containers] == [
        ("proxy", "native"),
        ("web", "run"),
        ("agent", "run"),
    ]
    assert [share.text for share in group.shares] == ["processes"]
    assert [label.text for label in group.labels] == ["app=web"]
    (ask,) = group.requests
    assert (ask.container, ask.line) == ("istio-proxy", 10)
    condition = box(group, "agent").condition
    assert condition is not None and "var.agents" in condition.text


def test_texts_are_read_in_their_own_language() -> None:
    pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n"
    pod += "  - {name: web, image: w}\n  - {name: agent, image: a}\n"
    job = 'job "a" {\n  group "b" {\n    task "c" {}\n  }\n}\n'
    text = f'resource "x_manifest" "x" {{\n  # container\n  a = <<EOF\n{pod}EOF\n'
    first, second = units("a.tf", f"{text}  b = <<-EOF\n{job}  EOF\n}}\n")
    assert [(one.name, one.line) for one in first.containers] == [
        ("web", 8),
        ("agent", 9),
    ]
    assert (second.platform, second.containers[0].line) == ("nomad", 14)


def test_an_object_may_be_a_manifest() -> None:
    text = """\
    resource "kubernetes_manifest" "web" {
      manifest = {
        apiVersion = "v1"
        kind       = "Pod"
        metadata   = { name = "web" }
        spec = {
          containers = [{ name = "web", image = "w" }, { name = "a", image = "b" }]
        }
      }
    }
    """
    group = unit("main.tf", text)
    assert (group.kind, names(group)) == ("Pod", ["web", "a"])


def test_the_json_form_is_read_too() -> None:
    containers = [{"name": "app", "image": "a"}, {"name": "agent", "image": "b"}]
    task = {"container_definitions": json.dumps(containers)}
    pod = {"spec": [{"container": containers}]}
    tree = {
        "resource": {
            "aws_ecs_task_definition": {"web": task},
            "kubernetes_pod": {"web": pod},
        }
    }
    found = units("main.tf.json", json.dumps(tree, indent=1))
    assert [(group.platform, names(group)) for group in found] == [
        ("ecs", ["app", "agent"]),
        ("kubernetes", ["app", "agent"]),
    ]


TASK = 'resource "aws_ecs_task_definition" "x" { container_definitions = local.a }\n'


@pytest.mark.parametrize("names", ["a = local.a", "a = local.b\n b = local.a"])
def test_names_that_stand_for_themselves_give_nothing(names: str) -> None:
    assert units("main.tf", f"locals {{\n {names}\n}}\n{TASK}") == []


def test_names_that_multiply_are_refused() -> None:
    bomb = "a0 = [{ name = 1, image = 2 }]\n"
    for level in range(1, 12):
        parts = ", ".join([f"local.a{level - 1}"] * 10)
        bomb += f"a{level} = concat({parts})\n"
    text = f"locals {{\n{bomb}a = local.a11\n}}\n{TASK}"
    assert "names stand for" in refuses("main.tf", text)
    assert "names stand for" in refuses(
        "main.tf", f"locals {{\na = [local.a]\n}}\n{TASK}"
    )


def test_deep_nesting_is_refused() -> None:
    assert "deep" in refuses("main.tf", "container = " + "f(" * 10_000)


@pytest.mark.parametrize(
    "source", ["hashicorp/consul-ecs/aws//modules/mesh-task", "../modules/mesh-task"]
)
def test_a_meshs_module_adds_its_proxy(source: str) -> None:
    text = f"""\
    module "shop" {{
      source = "{source}"
      container_definitions = [{{ name = "shop", image = "example/shop" }}]
    }}
    """
    (ask,) = unit("main.tf", text).requests
    assert (ask.container, ask.line) == ("consul-dataplane", 2)


AGENT = """\
locals {
  agent = [{
    name      = "meter-agent"
    image     = "example.com/meter"
    essential = true
    portMappings = [{ containerPort = 8125 }]
  }]
}
"""


@pytest.mark.parametrize(
    ("all_of_it", "partial"),
    [
        ("container_definitions = jsonencode(local.agent)", False),
        ("container_definitions = jsonencode(concat(local.agent, var.more))", True),
        ("container_definitions = jsonencode(local.agents)", True),
    ],
)
def test_a_name_that_is_all_of_a_task_of_the_module_is_no_part(
    all_of_it: str, partial: bool
) -> None:
    main = f'resource "aws_ecs_task_definition" "x" {{\n  {all_of_it}\n}}\n'
    group = unit("m/agent.tf", AGENT, {"m/main.tf": main, "other/main.tf": main})
    assert ("partial" in group.marks) is partial


def test_who_must_have_ended_for_another_of_the_file_is_a_step() -> None:
    text = """\
    locals {
      first = [{ name = "unpack", image = "a", essential = false }]
      waits = [{ containerName = "unpack", condition = "SUCCESS" }]
      other = [{ name = "stay", image = "b", essential = false }]
    }
    """
    stages = {
        one.name: one.stage
        for group in units("main.tf", text)
        for one in group.containers
    }
    assert stages == {"unpack": "init", "stay": "run"}


def test_a_namespace_may_ask_for_a_mesh() -> None:
    (group,) = units(
        "main.tf",
        """\
        resource "kubernetes_namespace_v1" "shop" {
          metadata {
            name = "shop"
            labels = {
              "istio-injection" = "enabled"
            }
          }
        }
        """,
    )
    assert (group.kind, group.name) == ("Namespace", "shop")
    assert [(ask.container, ask.line) for ask in group.requests] == [("istio-proxy", 5)]


def test_labels_may_be_given_to_a_namespace() -> None:
    text = """\
    resource "kubernetes_labels" "shop" {
      kind = "KIND"
      labels = { "istio-injection" = "enabled" }
    }
    """
    (group,) = units("main.tf", text.replace("KIND", "Namespace"))
    assert [ask.line for ask in group.requests] == [3]
    assert units("main.tf", text.replace("KIND", "Service")) == []
