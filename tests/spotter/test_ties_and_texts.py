"""Rules on what ties programs: sockets, processes, logs, families, names in texts."""

from pathlib import Path

import pytest
from reading import box, unit, units
from scanning import labels, scanned
from sidecar_spotter.known import known, telling
from sidecar_spotter.model import Container, Text
from sidecar_spotter.units import ends, prepares
from sidecar_spotter.variables import known_as, of_variables

# --- Compose: processes, logs and sockets

PROFILER = """\
services:
  shop:
    image: example.com/shop
  glass:
    image: example.com/glass
    pid: "service:shop"
"""


def test_whoever_asks_for_anothers_processes_watches_them(tmp_path: Path) -> None:
    found = labels(tmp_path, {"compose.yaml": PROFILER})
    assert found == {"shop": "main", "glass": "sidecar"}


def test_whoever_asks_for_anothers_network_may_be_its_tenant(tmp_path: Path) -> None:
    text = PROFILER.replace("pid:", "network_mode:")
    assert labels(tmp_path, {"compose.yaml": text})["glass"] == "main"


LOGS = """\
services:
  shop:
    image: example.com/shop
    ports: ["8080:8080"]
    volumes: ["logs:/var/log/shop"]
  pipe:
    image: otel/opentelemetry-collector-contrib:0.100.0
    volumes: ["logs:/var/log/shop"]
volumes:
  logs:
"""


def test_a_collector_reads_the_logs_that_it_may_write(tmp_path: Path) -> None:
    found = labels(tmp_path, {"compose.yaml": LOGS})
    assert found == {"shop": "main", "pipe": "sidecar"}


def test_a_collector_shares_other_files_as_an_equal(tmp_path: Path) -> None:
    text = LOGS.replace("logs:", "shared:").replace("/log/", "/lib/")
    assert "sidecar" not in labels(tmp_path, {"compose.yaml": text}).values()


def test_what_only_files_tie_can_be_several_units(tmp_path: Path) -> None:
    text = """\
services:
  shop:
    image: example.com/shop
    volumes: ["logs:/var/log/shop"]
  watch:
    image: crowdsecurity/crowdsec
    ports: ["8080:8080"]
    volumes: ["logs:/logs", "rows:/var/lib/rows"]
  board:
    image: example.com/board
    ports: ["3000:3000"]
    volumes: ["rows:/rows"]
volumes: {logs: , rows: }
"""
    found = labels(tmp_path, {"compose.yaml": text})
    assert found == {"shop": "main", "watch": "sidecar", "board": "not-a-sidecar"}


SCANNER = """\
services:
  files:
    image: example.com/files
    environment: {SCANNER_SOCKET: /run/scan/scan.sock}
    volumes: ["scan-socket:/run/scan"]
  scan:
    image: example.com/scan
    volumes: ["scan-socket:/tmp"]
volumes: {scan-socket: }
"""


def test_who_answers_on_a_socket_serves_its_caller(tmp_path: Path) -> None:
    found = labels(tmp_path, {"compose.yaml": SCANNER})
    assert found == {"files": "main", "scan": "sidecar"}


def test_a_front_that_calls_over_a_socket_serves_whom_it_calls(tmp_path: Path) -> None:
    text = """\
containers:
  - name: web
    image: nginx:1
    args: ["--upstream", "/run/app/app.sock"]
    volumeMounts: [{name: app-socket, mountPath: /run/app}]
  - name: shop
    image: example.com/shop
    args: ["--listen", "/sockets/app.sock"]
    volumeMounts: [{name: app-socket, mountPath: /sockets}]
volumes: [{name: app-socket, emptyDir: {}}]
"""
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n"
    pod += "".join(f"  {row}\n" for row in text.splitlines())
    assert labels(tmp_path, {"pod.yaml": pod}) == {"web": "sidecar", "shop": "main"}


def test_a_settings_folder_with_a_socket_of_one_is_no_meeting(tmp_path: Path) -> None:
    text = SCANNER.replace("scan-socket:", "data:")
    text = text.replace("example.com/scan", "example.com/other")
    assert labels(tmp_path, {"compose.yaml": text})["scan"] != "sidecar"


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


# --- Amazon ECS


def task(*containers: str, more: str = "") -> str:
    """Return a task definition with these containers."""
    inside = ", ".join(containers)
    return f'{{"family": "shop", {more} "containerDefinitions": [{inside}]}}'


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


# --- what variables tell


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("APPMESH_RESOURCE_ARN", "mesh-proxy"),
        ("AOT_CONFIG_CONTENT", "tracing-agent"),
        ("NRIA_LICENSE_KEY", "metrics-agent"),
        ("ECS_FARGATE", "metrics-agent"),
        ("OAUTH2_PROXY_CLIENT_ID", "auth-proxy"),
        ("GIT_SYNC_REPO", "git-sync"),
    ],
)
def test_a_variable_tells_what_an_image_of_ones_own_is(name: str, role: str) -> None:
    said = (Text("PATH=/bin", 1), Text(f"{name}=x", 2))
    found = of_variables(said)
    assert found is not None
    assert found.role == role
    image = Text("${var.image}", 1)
    own = known_as(Container("a", 1, image=image, settings=said))
    assert own is not None
    assert own.role == role
    assert of_variables((Text(f"MY_{name}=x", 1),)) is None


def test_a_chart_is_there_for_its_own_program() -> None:
    image = Text("{{ .Values.image.repository }}", 1)
    said = (Text("TS_AUTHKEY=x", 1),)
    assert known_as(Container("a", 1, image=image, settings=said)) is None


def test_the_variables_of_a_proxy_make_it_a_sidecar(tmp_path: Path) -> None:
    text = task(
        '{"name": "one", "image": "${one}"}',
        '{"name": "two", "image": "${two}",'
        ' "environment": [{"name": "APPMESH_VIRTUAL_NODE_NAME", "value": "x"}]}',
    )
    assert labels(tmp_path, {"task.json": text}) == {"one": "main", "two": "sidecar"}


# --- names


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("apiproxy", "proxy"),
        ("redisexporter", "metrics-adapter"),
        ("haproxy", None),
    ],
)
def test_two_words_may_be_glued(name: str, role: str | None) -> None:
    assert telling(name) == role


def test_a_setting_is_named_after_a_neighbor_in_its_own_way(tmp_path: Path) -> None:
    text = task(
        '{"name": "shop", "image": "example.com/shop", "environment":'
        ' [{"name": "RATES_DESK_URL", "value": "http://localhost:5002"}]}',
        '{"name": "rates-desk", "image": "example.com/rates"}',
        '{"name": "other", "image": "example.com/other"}',
        more='"networkMode": "awsvpc",',
    )
    assert labels(tmp_path, {"task.json": text})["rates-desk"] == "sidecar"


# --- Terraform


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


# --- the CDK


PROJECT = {"cdk.json": "{}"}


def test_a_program_of_the_cdk_is_a_deployment(tmp_path: Path) -> None:
    text = """\
task = ecs.FargateTaskDefinition(self, "Task")
task.add_container("shop", image=ecs.ContainerImage.from_registry("example.com/shop"))
task.add_container("xray-daemon",
    image=ecs.ContainerImage.from_registry("amazon/aws-xray-daemon"))
"""
    report = scanned(tmp_path, {**PROJECT, "stack.py": text})
    assert report.verdict == "uses-sidecar"
    assert "uses the sidecar pattern" in report.summary


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "stack.ts",
            """\
const task = new ecs.FargateTaskDefinition(this, 'T');
new ecs.ContainerDefinition(this, 'shop', {
  taskDefinition: task, image: ecs.ContainerImage.fromRegistry('example.com/shop') });
new ecs.ContainerDefinition(this, 'xray-daemon', {
  taskDefinition: task, image: ecs.ContainerImage.fromRegistry('amazon/aws-xray') });
""",
        ),
        (
            "main.go",
            """\
package main

import "github.com/aws/aws-cdk-go/awscdk/v2/awsecs"

func stack() {
	task := awsecs.NewFargateTaskDefinition(stack, jsii.String("T"), nil)
	task.AddContainer(jsii.String("shop"), &awsecs.ContainerDefinitionOptions{
		Image: awsecs.ContainerImage_FromRegistry(jsii.String("example.com/shop"), nil),
	})
	task.AddContainer(jsii.String("xray-daemon"), &awsecs.ContainerDefinitionOptions{
		Image: awsecs.ContainerImage_FromRegistry(jsii.String("amazon/aws-xray"), nil),
	})
}
""",
        ),
    ],
)
def test_the_cdk_has_other_ways_to_add_a_container(
    path: str, text: str, tmp_path: Path
) -> None:
    found = labels(tmp_path, {**PROJECT, path: text})
    assert found == {"shop": "main", "xray-daemon": "sidecar"}


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("\nconst dd = new DatadogECSFargate({ apiKey });", "datadog-agent", 2),
        ("service.add(new ext.AppMeshExtension({ mesh }));", "envoy", 1),
        (
            "new ecs.FargateService(this, {\n  serviceConnectConfiguration: {} });",
            "ecs-service-connect",
            2,
        ),
        ("service.enable_service_connect()", "ecs-service-connect", 1),
    ],
)
def test_a_construct_adds_a_container_by_itself(
    text: str, name: str, line: int
) -> None:
    (group,) = units("lib/stack.ts", text)
    assert [(ask.container, ask.line) for ask in group.requests] == [(name, line)]


def test_a_construct_that_is_written_here_adds_nothing() -> None:
    assert units("lib/stack.ts", "function FireLensExtension() {}") == []


# --- Azure, AWS Copilot and Nomad


def test_an_extension_of_radius_asks_for_dapr() -> None:
    text = """\
resource shop 'Applications.Core/containers@2023-10-01-preview' = {
  name: 'shop'
  properties: {
    container: { image: 'example.com/shop' }
    extensions: [
      {
        kind: 'daprSidecar'
        appId: 'shop'
      }
    ]
  }
}
"""
    group = unit("app.bicep", text)
    assert [(ask.container, ask.line) for ask in group.requests] == [("daprd", 7)]
    assert units("app.bicep", text.replace("daprSidecar", "manualScaling")) == []


def test_a_store_behind_one_door_is_private(tmp_path: Path) -> None:
    text = """\
properties:
  managedEnvironmentId: /subscriptions/x
  configuration:
    ingress: {external: true, targetPort: 8080}
  template:
    containers:
      - name: web
        image: example.com/web
      - name: redis
        image: redis:7
"""
    assert labels(tmp_path, {"app.yaml": text})["redis"] == "sidecar"


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


def test_nomad_may_have_a_task_for_each_of_something() -> None:
    text = """\
job "shop" {
  group "shop" {
    task "shop" {
      driver = "docker"
      config { image = "example.com/shop" }
    }
    dynamic "task" {
      for_each = var.secrets
      labels   = ["fetch"]
      content {
        driver = "raw_exec"
        lifecycle {
          hook = "prestart"
        }
      }
    }
  }
}
"""
    group = unit("shop.nomad.hcl", text)
    assert [(one.name, one.line, one.stage) for one in group.containers] == [
        ("shop", 3, "run"),
        ("fetch", 7, "init"),
    ]


# --- folders and tags


def test_a_folder_in_a_folder_is_shared_too(tmp_path: Path) -> None:
    text = """\
services:
  shop:
    image: example.com/shop
    volumes: ["./data:/data"]
  tail:
    image: bash
    command: bash -c 'tail -f /log/*.log'
    volumes: ["./data/shop/log:/log"]
  rows:
    image: postgres
    volumes: ["./data/rows:/var/lib/postgresql/data"]
"""
    found = labels(tmp_path, {"compose.yaml": text})
    assert found == {"shop": "main", "tail": "sidecar"}


def test_a_tag_may_say_more_than_a_name(tmp_path: Path) -> None:
    text = """\
services:
  web:
    image: nginx
    ports: ["80:80"]
    volumes: ["pages:/etc/nginx/conf.d:ro"]
  writer:
    image: nginxproxy/nginx-proxy:1.6-dockergen
    volumes: ["pages:/etc/nginx/conf.d"]
volumes: {pages: }
"""
    found = labels(tmp_path, {"compose.yaml": text.replace("pages", "nginx_conf")})
    assert found == {"web": "main", "writer": "sidecar"}
    text = text.replace("-dockergen", "")
    (tmp_path / "other").mkdir()
    assert labels(tmp_path / "other", {"compose.yaml": text}) != found


# --- settings handed on: files of the API, modules, variables

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


def test_a_command_tells_of_consuls_proxy() -> None:
    said = ["exec consul connect proxy -sidecar-for shop"]
    found = known("example.com/tools", said)
    assert found is not None
    assert found.role == "mesh-proxy"
    assert known("example.com/tools", ["consul connect proxy"]) is None


# --- containers that modules make, and whom a service of a file is about

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


SITE = """\
services:
  web:
    image: nginx
    ports: ["80:80"]
    volumes: ["./certbot:/etc/nginx/ssl", "static:/static"]
  shop:
    build: .
    volumes: ["static:/static"]
  worker:
    build: .
    command: work
    volumes: ["static:/static"]
  certbot:
    image: certbot/certbot
    command: renew
    volumes: ["./certbot:/etc/letsencrypt"]
volumes: {static: }
"""


def test_a_helper_is_about_whose_files_it_takes(tmp_path: Path) -> None:
    found = labels(tmp_path, {"compose.yaml": SITE})
    assert found["certbot"] == "sidecar"
    assert found["web"] == "main"
    apart = SITE.replace("./certbot:/etc/letsencrypt", "./other:/etc/letsencrypt")
    assert "certbot" not in labels(tmp_path, {"compose.yaml": apart})


SHOP = """\
services:
  app:
    image: shop-app
    volumes: ["data:/data"]
  cron:
    image: shop-app
    command: cron.sh
    volumes: ["data:/data"]
  web:
    image: shop-web
    ports: ["80:80"]
    volumes: ["data:/data:ro"]
    depends_on: [app]
volumes: {data: }
"""


def test_who_shows_the_files_of_another_is_no_main_program(tmp_path: Path) -> None:
    found = labels(tmp_path, {"compose.yaml": SHOP})
    assert found == {"app": "main", "cron": "sidecar", "web": "not-a-sidecar"}


def farm(programs: int) -> str:
    """Return a file with so many programs, who holds their folder, and a collector."""
    named = [f"pot{number}" for number in range(programs)]
    pots = "".join(
        f"  {name}:\n    image: example.com/{name}\n"
        f'    volumes: ["./data/{name}/log:/log"]\n'
        for name in named
    )
    return (
        "services:\n"
        '  start:\n    image: example.com/start\n    volumes: ["./data:/data"]\n'
        f"{pots}"
        '  pipe:\n    image: logstash:8.15.0\n    volumes: ["./data:/data"]\n'
    )


def test_who_holds_the_folder_of_all_is_not_the_one_that_is_served(
    tmp_path: Path,
) -> None:
    found = labels(tmp_path, {"compose.yaml": farm(5)})
    assert found["pipe"] == "not-a-sidecar"


def test_a_proxy_of_a_task_serves_the_programs_in_it(tmp_path: Path) -> None:
    text = task(
        *(
            f'{{"name": "{name}", "image": "example.com/{name}"}}'
            for name in ("api", "worker", "tracker")
        ),
        '{"name": "nginx", "image": "nginx"}',
    )
    assert labels(tmp_path, {"task.json": text})["nginx"] == "sidecar"
