"""Tasks of Amazon ECS: what ties their containers."""

from pathlib import Path

import pytest
from beginnings import task
from reading import unit, units
from scanning import labels, scanned
from sidecar_spotter.model import Container, Text
from sidecar_spotter.units import ends, prepares


def test_services_of_one_task_family_are_a_task() -> None:
    text = """\
services:
  shop:
    image: example.com/shop
    deploy: {labels: {ecs.task.family: shop}}
  front:
    image: nginx
    ports: ["80:80"]
    deploy:
      labels:
        - ecs.task.family=shop,blog
  blog:
    image: example.com/blog
    labels: {ecs.task.family: blog}
  alone:
    image: example.com/alone
    labels: {ecs.task.family: alone}
"""
    found = units("compose.yaml", text)
    assert [(one.platform, one.name) for one in found] == [
        ("ecs", "shop"),
        ("ecs", "blog"),
    ]
    assert [[inside.name for inside in one.containers] for one in found] == [
        ["shop", "front"],
        ["front", "blog"],
    ]


def test_what_is_null_is_not_said(tmp_path: Path) -> None:
    said = '"firelensConfiguration": null, "links": null, "portMappings": []'
    text = task(
        f'{{"name": "shop", "image": "example.com/shop", {said}}}',
        f'{{"name": "store", "image": "example.com/store", {said}}}',
    )
    assert "sidecar" not in labels(tmp_path, {"task.json": text}).values()


BRIDGE = '"networkMode": "bridge",'


@pytest.mark.parametrize(
    ("links", "label"), [("shop", "not-a-sidecar"), ("rates", "sidecar")]
)
def test_a_link_from_the_main_program_is_a_call_to_an_equal(
    links: str, label: str, tmp_path: Path
) -> None:
    link = {"shop": '"links": ["rates"],', "rates": '"links": ["shop"],'}
    shop, rates = (link[name] if name == links else "" for name in ("shop", "rates"))
    text = task(
        f'{{"name": "shop", {shop} "image": "example.com/shop"}}',
        f'{{"name": "rates", {rates} "image": "example.com/rates"}}',
        more=BRIDGE,
    )
    found = labels(tmp_path, {"task.json": text})
    assert found == {"shop": "main", "rates": label}


def test_what_writes_a_configuration_serves_the_collector(tmp_path: Path) -> None:
    text = task(
        '{"name": "config-reloader", "image": "example.com/sd-config"}',
        '{"name": "aws-otel-collector", "image": "amazon/aws-otel-collector",'
        ' "dependsOn": [{"containerName": "config-reloader", "condition": "START"}]}',
    )
    assert labels(tmp_path, {"task.json": text}) == {
        "config-reloader": "sidecar",
        "aws-otel-collector": "main",
    }


def test_what_may_end_and_only_copies_has_ended() -> None:
    copies = (Text("sh", 1), Text("-c", 1), Text("/bin/sh -c 'cp /a /b'", 1))
    helper = Container("agent", 1, words=copies, essential=False)
    assert ends(helper)
    assert prepares(helper)
    assert prepares(Container("${name}-init-container", 1, essential=False))
    assert not prepares(Container("agent", 1, essential=False))
    assert not prepares(Container("agent", 1, words=copies))


SERVICE = """\
{
  "cluster": "shops",
  "serviceName": "shop",
  "taskDefinition": "shop:1",
  "serviceConnectConfiguration": {
    "enabled": true,
    "services": [{"portName": "shop", "clientAliases": [{"port": 80}]}]
  }
}
"""


def test_a_service_of_ecs_may_be_a_file_of_its_own(tmp_path: Path) -> None:
    (group,) = scanned(tmp_path, {"service.json": SERVICE}).groups
    assert [(ask.container, ask.line) for ask in group.group.requests] == [
        ("ecs-service-connect", 5)
    ]
    off = unit("service.json", SERVICE.replace("true", "false"))
    assert [ask.wanted for ask in off.requests] == [False]
    other = SERVICE.replace("serviceName", "x").replace("taskDefinition", "y")
    assert units("service.json", other) == []


def test_a_proxy_of_a_task_serves_the_programs_in_it(tmp_path: Path) -> None:
    text = task(
        *(
            f'{{"name": "{name}", "image": "example.com/{name}"}}'
            for name in ("api", "worker", "tracker")
        ),
        '{"name": "nginx", "image": "nginx"}',
    )
    assert labels(tmp_path, {"task.json": text})["nginx"] == "sidecar"
