"""Terraform: texts, outputs and settings that are handed on."""

from pathlib import Path

import pytest
from reading import box, units
from scanning import labels


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


JOINED = """\
locals {
  shop = jsonencode({ name = "shop", image = var.image, essential = true })
  otel = jsonencode({
    name      = "otel"
    image     = "public.ecr.aws/aws-observability/aws-otel-collector:v1"
    essential = false
  })
}
resource "aws_ecs_task_definition" "shop" {
  family                = "shop"
  container_definitions = "TEXT"
}
"""


@pytest.mark.parametrize(
    "text",
    [
        "[${local.shop}, ${local.otel}]",
        '[${local.shop} ${var.traced ? ", ${local.otel}" : ""}]',
    ],
)
def test_a_text_joins_the_containers_that_names_stand_for(text: str) -> None:
    (group,) = units("main.tf", JOINED.replace("TEXT", text))
    assert [(one.name, one.line) for one in group.containers] == [
        ("shop", 2),
        ("otel", 4),
    ]
    optional = box(group, "otel").condition
    assert (optional is not None) == ("?" in text)


def test_either_of_two_texts_joins_them() -> None:
    text = JOINED.replace(
        '"TEXT"', 'var.traced ? "[${local.shop}, ${local.otel}]" : "[${local.shop}]"'
    )
    (group,) = units("main.tf", text)
    assert {one.name for one in group.containers} == {"shop", "otel"}


def test_modules_are_joined_by_a_text() -> None:
    text = """\
module "shop" {
  source          = "cloudposse/ecs-container-definition/aws"
  container_name  = "shop"
  container_image = "example.com/shop"
}
module "router" {
  source          = "cloudposse/ecs-container-definition/aws"
  container_name  = "router"
  container_image = "amazon/aws-for-fluent-bit"
}
resource "aws_ecs_task_definition" "shop" {
  container_definitions = "[${module.shop.json},${module.router.json}]"
}
"""
    group = units("main.tf", text)[0]
    assert {one.name for one in group.containers} == {"shop", "router"}


def test_a_file_of_locals_needs_no_word_for_containers(tmp_path: Path) -> None:
    text = JOINED[: JOINED.index("resource")]
    assert labels(tmp_path, {"locals.tf": text})["otel"] == "sidecar"


APPS = """\
    shop = {
      name = "shop"
      dapr = {
        app_id = "shop"
      }
      template = { containers = [{ name = "shop", image = "example.com/shop" }] }
    }
"""


@pytest.mark.parametrize(
    "around",
    [
        'module "apps" {{\n  source = "./m"\n  apps = {{\n{}  }}\n}}\n',
        'variable "apps" {{\n  x = 1\n  default = {{\n{}  }}\n}}\n',
        "locals {{\n  x = 1\n  apps = {{\n{}  }}\n}}\n",
    ],
)
def test_apps_that_are_handed_on_may_ask_for_dapr(around: str) -> None:
    found = units("apps.tf", around.format(APPS))
    asks = [(ask.container, ask.line) for one in found for ask in one.requests]
    assert asks == [("daprd", 6)]
    off = APPS.replace('app_id = "shop"', "enabled = false")
    none = APPS.replace("dapr = {", "other = {")
    bare = APPS.replace("template", "x").replace("image", "y")
    for apps in (off, none, bare):
        found = units("apps.tf", around.format(apps))
        assert [ask for one in found for ask in one.requests] == []
