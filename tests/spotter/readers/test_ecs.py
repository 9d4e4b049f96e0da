"""Amazon ECS: task definitions in their forms, and what ties their containers."""

from pathlib import Path

import pytest
from reading import box, names, refuses, unit, units
from scanning import labels
from sidecar_spotter.verdict import judge

TASK = """\
{
  "family": "web",
  "networkMode": "awsvpc",
  "pidMode": "task",
  "containerDefinitions": [
    {
      "name": "app",
      "image": "example/app",
      "dependsOn": [{"containerName": "router", "condition": "START"},
                    {"containerName": "migrate", "condition": "SUCCESS"}],
      "portMappings": [{"containerPort": 80, "name": "http"}],
      "mountPoints": [{"sourceVolume": "logs", "containerPath": "/l"}],
      "environment": [{"name": "TO", "value": "localhost:1"}],
      "logConfiguration": {"logDriver": "awsfirelens"}
    },
    {
      "essential": false,
      "image": "example/router",
      "name": "router",
      "firelensConfiguration": {"type": "fluentbit"},
      "volumesFrom": [{"sourceContainer": "app", "readOnly": true}],
      "healthCheck": {"command": ["CMD-SHELL", "curl localhost:2"]},
      "linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}}
    },
    {"name": "migrate", "image": "example/app", "essential": false}
  ],
  "volumes": [{"name": "logs"}]
}
"""


def test_a_task_definition_is_a_unit_of_its_containers() -> None:
    group = unit("task.json", TASK)
    assert (group.platform, group.name, group.line) == ("ecs", "web", 5)
    assert [(one.name, one.line, one.stage) for one in group.containers] == [
        ("app", 7, "run"),
        ("router", 19, "run"),
        ("migrate", 25, "init"),
    ]
    app, router, _ = group.containers
    assert [wait.text for wait in app.waits_for] == ["router", "migrate"]
    assert [(port.number, port.name) for port in app.ports] == [(80, "http")]
    assert [said.text for said in app.settings] == ["TO=localhost:1"]
    assert app.essential and not router.essential
    assert [said.text for said in router.probes] == ["curl localhost:2"]
    assert [one.text for one in router.capabilities] == ["NET_ADMIN"]
    assert [(one.volume, one.read_only) for one in router.mounts] == [("logs", True)]
    assert [share.text for share in group.shares] == ["processes"]


def test_the_router_of_the_logs_says_whose_it_gets() -> None:
    (note,) = box(unit("task.json", TASK), "router").notes
    assert (note.text, note.line) == (
        "configured: gets the logs of app, by firelensConfiguration",
        20,
    )


def test_a_proxy_is_noted_and_what_it_passes_on_is_served() -> None:
    group = unit(
        "task.json",
        """\
        {"proxyConfiguration": {
           "containerName": "envoy",
           "properties": [{"name": "AppPorts", "value": "8080,8081"}]},
         "containerDefinitions": [{"name": "app", "image": "a"},
                                  {"name": "envoy", "image": "b"}]}
        """,
    )
    (note,) = box(group, "envoy").notes
    assert note.text.startswith("proxy of ")
    assert group.served == (8080, 8081)


def test_links_mean_a_network_for_each_container() -> None:
    text = """\
    {"containerDefinitions": [{"name": "app", "image": "a", "links": ["x:logs"]},
                              {"name": "x", "image": "b"}]}
    """
    group = unit("task.json", text)
    assert "bridge-network" in group.marks
    assert [wait.text for wait in box(group, "app").waits_for] == ["x"]


def test_tabs_and_characters_in_two_parts_are_json_as_well() -> None:
    text = TASK.replace("  ", "\t").replace("example/app", "a\\ud83d\\ude00\\/b")
    assert names(unit("task.json", text)) == ["app", "router", "migrate"]


def test_a_list_of_containers_alone_is_a_task() -> None:
    text = (
        '[{"name": "a", "image": "a", "essential": true}, {"name": "b", "image": "b"}]'
    )
    assert names(unit("containers.json", text)) == ["a", "b"]


def test_snake_case_and_yaml_are_read_too() -> None:
    text = """\
    family: web
    container_definitions:
      - name: app
        image: a
        port_mappings: [{container_port: 80}]
    """
    (app,) = unit("task.yaml", text).containers
    assert [port.number for port in app.ports] == [80]


@pytest.mark.parametrize(
    "change",
    [
        ('"essential": false,', '"essential": false'),
        ('"containerPort": 80,', '"containerPort": ${port},'),
        ('"family": "web",', '"family": {{ family }},'),
        ('"family": "web",', '"family": "web", // a comment'),
    ],
)
def test_templates_comments_and_a_missing_comma_do_not_lose_a_task(
    change: tuple[str, str],
) -> None:
    group = unit("task.json", TASK.replace(*change))
    assert [(one.name, one.line) for one in group.containers][:2] == [
        ("app", 7),
        ("router", 19),
    ]


STACK = """\
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: app
          Image: !Sub "${Repository}/app"
          PortMappings: [{ContainerPort: 80}]
        - !If
          - WithProxy
          - Name: proxy
            Image: !Ref ProxyImage
          - !Ref AWS::NoValue
        - Fn::If:
            - WithAgent
            - {Name: agent, Image: {"Fn::Join": ["/", [registry, agent]]}}
            - {Ref: AWS::NoValue}
  Service:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: !Ref Task
      SchedulingStrategy: DAEMON
      LoadBalancers: [{ContainerName: app, ContainerPort: 80}]
"""


def test_cloudformation_shows_conditions_load_balancers_and_daemons() -> None:
    group = unit("stack.yaml", STACK)
    assert (group.kind, group.name) == ("AWS::ECS::TaskDefinition", "Task")
    assert group.served == (80,)
    assert "daemon" in group.marks
    said = [
        (one.name, one.line, one.image and one.image.text, one.condition)
        for one in group.containers
    ]
    assert [row[:3] for row in said] == [
        ("app", 6, "${Repository}/app"),
        ("proxy", 11, "${ProxyImage}"),
        ("agent", 16, "registry/agent"),
    ]
    conditions = [one.condition and one.condition.text for one in group.containers]
    assert conditions == [None, "WithProxy", "WithAgent"]


@pytest.mark.parametrize(
    "text",
    [
        '{"containerDefinitions": {"type": "array"}}',
        '{"containerDefinitions": []}',
        '{"containerDefinitions": [null, 1, [], {}]}',
        '[{"image": 1, "essential": 2}, 3]',
    ],
)
def test_schemas_and_empty_lists_declare_no_container(text: str) -> None:
    assert all(len(group.containers) < 2 for group in units("a.json", text))


def test_a_schema_of_kubernetes_is_left_to_its_own_reader() -> None:
    text = """\
    kind: CustomResourceDefinition
    spec: {containerDefinitions: [x]}
    ---
    kind: Pod
    spec:
      containers: [{name: a, image: a}, {name: b, image: b}]
    """
    assert [group.platform for group in units("install.yaml", text)] == ["kubernetes"]


def test_too_many_values_are_refused() -> None:
    text = '{"containerDefinitions": [1' + ",1" * 200_000 + "]}"
    assert "values" in refuses("a.json", text)


def test_deep_nesting_is_refused() -> None:
    assert "deep" in refuses("a.json", '{"containerDefinitions": ' + "[" * 10_000)


def test_a_script_may_put_a_container_there() -> None:
    text = """\
    {
      "proxyConfiguration": {"type": "APPMESH", "containerName": "envoy"},
      "containerDefinitions": [
        {"name": "app", "image": $APP_IMAGE},
        $ENVOY_CONTAINER_JSON,
        $XRAY_CONTAINER_JSON
      ]
    }
    """
    task = unit("task.json", text)
    assert names(task) == ["app", "envoy", "xray"]
    assert [one.text for one in box(task, "envoy").notes]


def test_a_template_may_add_one_container_to_the_list_of_another_file(
    tmp_path: Path,
) -> None:
    text = """\
    ,{
      "name": "xray-daemon",
      "image": "amazon/aws-xray-daemon",
      "portMappings": [{"hostPort": 2000, "containerPort": 2000}]
    }"""
    path = "templates/xray.json.tpl"
    assert labels(tmp_path, {path: text}) == {"xray-daemon": "sidecar"}
    group = unit(path, text)
    assert group.marks == {"partial"}
    assert [(one.name, one.line) for one in group.containers] == [("xray-daemon", 2)]
    assert [one.label for one in judge(group).findings] == ["sidecar"]
    assert units("templates/xray.json.tpl", text.replace(",{", "{", 1)) == []


CONNECT = """\
resource "aws_ecs_service" "shop" {
  name            = "shop"
  task_definition = aws_ecs_task_definition.shop.arn
  service_connect_configuration {
    enabled = ON
  }
}
"""


@pytest.mark.parametrize(
    ("on", "label"), [("true", "injected-sidecar"), ("false", "not-a-sidecar")]
)
def test_service_connect_adds_a_proxy(tmp_path: Path, on: str, label: str) -> None:
    found = labels(tmp_path, {"service.tf": CONNECT.replace("ON", on)})
    assert found == {"ecs-service-connect": label}


def test_service_connect_of_cloudformation_does_too(tmp_path: Path) -> None:
    text = """\
Resources:
  Shop:
    Type: AWS::ECS::Service
    Properties:
      ServiceConnectConfiguration:
        Enabled: true
        Namespace: shops
"""
    found = labels(tmp_path, {"service.yaml": text})
    assert found == {"ecs-service-connect": "injected-sidecar"}


def test_copilot_has_two_words_for_an_image(tmp_path: Path) -> None:
    text = """\
name: shop
type: Backend Service
image: {build: Dockerfile}
environments:
  test:
    sidecars:
      front:
        port: 80
        image:
          location: example.com/front
      gate:
        image:
          build: gate/Dockerfile
"""
    found = labels(tmp_path, {"copilot/shop/manifest.yml": text})
    assert found == {"front": "sidecar", "gate": "sidecar"}
