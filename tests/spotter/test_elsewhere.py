"""Rules learned from Compose, ECS, Terraform, Azure, Nomad and quadlets."""

from pathlib import Path

import pytest
from reading import Files, units
from scanning import labels
from sidecar_spotter import scan
from sidecar_spotter.features import shared_volume
from sidecar_spotter.features.localhost import OF_STORES
from sidecar_spotter.known import known
from sidecar_spotter.readers import read

# --- Terraform

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


def test_a_list_may_be_made_of_each_sidecar(tmp_path: Path) -> None:
    text = """\
locals {
  more = [for s in local.sidecars : {
    name = s.name
    image = s.image
    essential = false
  }]
}
"""
    assert labels(tmp_path, {"main.tf": text}) == {"${s.name}": "sidecar"}


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


# --- Service Connect

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


def test_copies_share_their_first_step(tmp_path: Path) -> None:
    text = """\
{"containerDefinitions": [
  {"name": "init", "image": "IMAGE", "essential": false, MOUNT},
  {"name": "jobs", "image": "shop:1", "dependsOn":
   [{"containerName": "init", "condition": "SUCCESS"}], MOUNT},
  {"name": "page", "image": "other:1", "portMappings": [{"containerPort": 80}], MOUNT}
]}
"""
    mount = '"mountPoints": [{"sourceVolume": "home", "containerPath": "/home"}]'
    text = text.replace("MOUNT", mount).replace("IMAGE", "shop:1")
    assert labels(tmp_path, {"task.json": text})["jobs"] == "sidecar"
    says = "goes on filling the volume home, as init began"
    evidence = [
        one.says
        for copy in (text, text.replace("other:1", "shop:1"))
        for group in units("task.json", copy)
        for one in shared_volume.look(group)
        if one.container == "jobs"
    ]
    assert evidence == [says, "shares the volume home with page"]


def test_a_proxy_may_have_visitors_as_its_program_has(tmp_path: Path) -> None:
    text = """\
resource "aws_ecs_task_definition" "web" {
  container_definitions = jsonencode([
    { name = "PROXY", image = "IMAGE", portMappings = [{ containerPort = 443 }] },
    { name = "shop", image = "shop:1", portMappings = [{ containerPort = 80 }] }
  ])
}
resource "aws_ecs_service" "web" {
  task_definition = aws_ecs_task_definition.web.arn
  load_balancer {
    container_port = 443
  }
  load_balancer {
    container_port = 80
  }
}
"""
    nginx = text.replace("IMAGE", "nginx:1").replace("PROXY", "nginx")
    found = labels(tmp_path, {"web.tf": nginx})
    assert found == {"nginx": "sidecar", "shop": "main"}
    blog = text.replace("IMAGE", "example.com/blog").replace("PROXY", "blog")
    assert "sidecar" not in labels(tmp_path, {"web.tf": blog}).values()


# --- CDK and Azure

STACK = """\
const task = new ecs.FargateTaskDefinition(this, 'task');
task.addContainer('shop', {image: ecs.ContainerImage.fromRegistry('shop')});
task.addContainer('xray', {
  image: ecs.ContainerImage.fromRegistry('amazon/aws-xray-daemon'),
});
"""


@pytest.mark.parametrize(
    ("needs", "text"),
    [
        ("package.json", '{"peerDependencies": {"aws-cdk-lib": "^2.1.0"}}'),
        ("pyproject.toml", 'dependencies = ["aws-cdk-lib"]'),
    ],
)
def test_a_library_of_constructs_has_no_application(
    tmp_path: Path, needs: str, text: str
) -> None:
    files = {"lib/stack.ts": STACK}
    assert labels(tmp_path, files) == {}
    found = labels(tmp_path, {needs: text, **files})
    assert found == {"shop": "main", "xray": "sidecar"}


def test_code_that_needs_something_else_is_left_alone(tmp_path: Path) -> None:
    files = {"package.json": '{"dependencies": {"express": "4"}}', "a/b.ts": STACK}
    assert labels(tmp_path, files) == {}


def test_a_task_may_be_a_patterns(tmp_path: Path) -> None:
    text = """\
const pat = new patterns.ApplicationLoadBalancedFargateService(this, 'shop', {
  taskImageOptions: {containerName: 'web', image: ecs.ContainerImage.fromAsset('.')},
});
const task = pat.taskDefinition;
task.addContainer('xray', {image: ecs.ContainerImage.fromRegistry('xray-daemon')});
"""
    found = labels(tmp_path, {"cdk.json": "{}", "stack.ts": text})
    assert found == {"web": "main", "xray": "sidecar"}


BESIDE = """\
resource web 'Microsoft.Web/sites/sitecontainers@2024-04-01' = {
  parent: site
  name: 'web'
  properties: { image: 'example.com/web:1', isMain: true, targetPort: '8080' }
}
resource cache 'Microsoft.Web/sites/sitecontainers@2024-04-01' = {
  parent: site
  name: 'cache'
  properties: { image: 'example.com/cache:1', isMain: false }
}
"""


def test_a_web_app_has_sidecars(tmp_path: Path) -> None:
    found = labels(tmp_path, {"site.bicep": BESIDE})
    assert found == {"web": "main", "cache": "sidecar"}


BUILT = """\
{
  var task = new ApplicationLoadBalancedFargateService(this, "shop",
      new Props { TaskImageOptions = new Options { ContainerName = "web" } });
  task.TaskDefinition.AddContainer("agent", new ContainerDefinitionOptions {
      Image = ContainerImage.FromRegistry("datadog/agent:7") });
}
"""
JAVA = """\
class Shop {
  Shop() {
    var task = ApplicationLoadBalancedFargateService.Builder.create(this, "shop")
        .taskImageOptions(Options.builder()
            .image(ContainerImage.fromRegistry("shop")).containerName("web").build())
        .build();
    task.getTaskDefinition().addContainer("x", ContainerDefinitionOptions.builder()
        .image(ContainerImage.fromRegistry("datadog/agent:7"))
        .containerName("agent").build());
  }
}
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [("a.js", STACK), ("src/Shop.cs", BUILT), ("src/main/java/Shop.java", JAVA)],
)
def test_the_cdk_has_other_languages(tmp_path: Path, path: str, text: str) -> None:
    found = labels(tmp_path, {"cdk.json": "{}", path: text})
    assert sorted(found.values()) == ["main", "sidecar"]
    assert found.get("agent", "sidecar") == "sidecar"


# --- Nomad

AGENTS = """\
job "monitoring" {
  type = "system"
  group "agents" {
    task "node-exporter" {
      config { image = "prom/node-exporter" }
    }
    task "gpu-exporter" {
      config { image = "example.com/gpu-exporter" }
    }
  }
}
"""


def test_agents_of_a_machine_are_equals(tmp_path: Path) -> None:
    found = labels(tmp_path, {"agents.nomad": AGENTS})
    assert set(found.values()) == {"not-a-sidecar"}
    # In a group for one program the same image helps it.
    one = AGENTS.replace('type = "system"', "").replace("prom/node-exporter", "shop")
    assert labels(tmp_path, {"agents.nomad": one})["gpu-exporter"] == "sidecar"


@pytest.mark.parametrize(("port", "label"), [(8500, "not"), (8080, "sidecar")])
def test_a_port_of_the_machine_is_no_neighbors(
    tmp_path: Path, port: int, label: str
) -> None:
    text = f"""\
job "shop" {{
  group "shop" {{
    network {{
      mode = "host"
    }}
    task "shop" {{
      config {{
        image = "example.com/shop:1"
        args  = ["--source=localhost:{port}"]
      }}
    }}
    task "other" {{
      config {{
        image = "example.com/other:1"
      }}
    }}
  }}
}}
"""
    found = labels(tmp_path, {"shop.nomad": text})
    assert ("sidecar" in {found["shop"], found["other"]}) == (label == "sidecar")


def test_equals_may_work_on_the_same_files(tmp_path: Path) -> None:
    task = """\
    task "NAME" {
      service {
        port = PORT
      }
      config {
        image   = "example.com/NAME:1"
        volumes = ["/films:/films"]
      }
    }
"""
    both = "".join(
        task.replace("NAME", name).replace("PORT", port)
        for name, port in (("films", "80"), ("series", "81"))
    )
    text = f'job "media" {{\n  group "media" {{\n{both}  }}\n}}\n'
    found = labels(tmp_path, {"media.nomad": text})
    assert sorted(found.values()) == ["main", "not-a-sidecar"]
    # With visitors of only one, the other one may be there for it.
    found = labels(tmp_path, {"media.nomad": text.replace("port = 81", "")})
    assert sorted(found.values()) == ["main", "sidecar"]


def test_a_browser_works_for_who_is_told_its_address(tmp_path: Path) -> None:
    text = """\
job "watch" {
  group "watch" {
    task "watch" {
      env {
        DRIVER = "${NOMAD_ADDR_browser}/wd/hub"
      }
      config {
        image = "example.com/watch:1"
      }
    }
    task "browser" {
      config {
        image = "example.com/b:1"
      }
    }
  }
}
"""
    found = labels(tmp_path, {"watch.nomad": text})
    assert found == {"watch": "main", "browser": "sidecar"}


# --- services

VPN = """\
services:
  gluetun:
    image: qmcgaw/gluetun
    ports: ["8080:8080"]
  torrents:
    image: example.com/torrents
    network_mode: service:gluetun
    volumes: ["/data:/data"]
  indexer:
    image: example.com/indexer
    network_mode: service:gluetun
  films:
    image: example.com/films
    ports: ["7878:7878"]
    volumes: ["/data:/data"]
"""


def test_who_only_shares_files_is_not_what_the_others_live_for(tmp_path: Path) -> None:
    assert labels(tmp_path, {"compose.yaml": VPN}) == {
        "gluetun": "sidecar",
        "torrents": "main",
        "indexer": "main",
        "films": "not-a-sidecar",
    }


READER = """\
services:
  shop:
    image: example.com/shop
    volumes: ["shop-logs:/logs"]
  blog:
    image: example.com/blog
    volumes: ["LOGS:/logs"]
  promtail:
    image: grafana/promtail
    volumes: ["shop-logs:/a:ro", "LOGS:/b:ro"]
volumes: {shop-logs: , blog-logs: }
"""


def test_who_reads_the_files_of_several_programs_is_nobodys(tmp_path: Path) -> None:
    text = READER.replace("LOGS", "blog-logs")
    found = labels(tmp_path, {"compose.yaml": text})
    assert found["promtail"] == "not-a-sidecar"
    text = text.replace("example.com/blog", "example.com/shop")  # a copy of it
    assert labels(tmp_path, {"compose.yaml": text})["promtail"] == "sidecar"


@pytest.mark.parametrize(
    ("address", "label"), [("shop", "sidecar"), ("elsewhere.example.com", None)]
)
def test_dapr_is_told_for_whom_it_is_there(
    tmp_path: Path, address: str, label: str | None
) -> None:
    text = f"""\
services:
  shop: {{image: example.com/shop}}
  shop-dapr:
    image: daprio/daprd
    command: ["./daprd", "--app-id", "shop", "--app-channel-address", "{address}"]
"""
    assert labels(tmp_path, {"compose.yaml": text}).get("shop-dapr") == label


def test_each_roof_is_a_unit_of_its_own(tmp_path: Path) -> None:
    pair = """\
  NAME:
    image: example.com/NAME
    volumes: ["./config:/config"]
  NAME_proxy:
    image: envoyproxy/envoy:v1.30
    network_mode: service:NAME
    volumes: ["./config:/config"]
"""
    text = "services:\n" + "".join(pair.replace("NAME", n) for n in ("shop", "blog"))
    found = labels(tmp_path, {"compose.yaml": text})
    assert found["shop"] == found["blog"] == "main"
    assert found["shop_proxy"] == found["blog_proxy"] == "sidecar"


@pytest.mark.parametrize("name", ["project-shop-1", "my_project_shop_1"])
def test_a_container_may_have_the_name_that_compose_gives(
    tmp_path: Path, name: str
) -> None:
    text = f"""\
services:
  shop: {{image: example.com/shop}}
  debug: {{image: example.com/tools, pid: "container:{name}", command: sleep infinity}}
"""
    found = labels(tmp_path, {"compose.yaml": text})
    assert found == {"shop": "main", "debug": "sidecar"}


def test_who_joins_a_stranger_is_read_all_the_same(tmp_path: Path) -> None:
    text = """\
services:
  shop: {image: example.com/shop, volumes: ["a:/a"]}
  tools: {image: example.com/tools, pid: "container:stranger", volumes: ["a:/a"]}
volumes: {a: }
"""
    labels(tmp_path, {"compose.yaml": text})


def test_nginx_before_php_is_a_front_door(tmp_path: Path) -> None:
    text = """\
services:
  nginx:
    image: nginx:1
    ports: ["80:80"]
    volumes: ["./src:/var/www", "./nginx.conf:/etc/nginx/conf.d/default.conf"]
  php:
    image: php:8-fpm
    volumes: ["./src:/var/www"]
"""
    found = labels(tmp_path, {"compose.yaml": text})
    assert "sidecar" not in found.values()


# --- quadlets

SERVER = "[Container]\nImage=example.com/shop:1\nContainerName=shop\n"
GUEST = """\
[Unit]
Requires=shop.service
[Container]
Image=example.com/model_server:1
ContainerName=shop-reader
Network=container:shop
"""


def test_a_guest_is_called_after_its_host(tmp_path: Path) -> None:
    files = {"shop/shop.container": SERVER, "shop/more/reader.container": GUEST}
    assert labels(tmp_path, files) == {"shop": "main", "shop-reader": "sidecar"}


def test_without_such_a_name_the_host_is_the_helper(tmp_path: Path) -> None:
    guest = GUEST.replace("shop-reader", "ledger")
    files = {"shop.container": SERVER, "ledger.container": guest}
    assert labels(tmp_path, files) == {"shop": "sidecar", "ledger": "main"}


def test_a_store_that_moves_in_is_private_to_its_host(tmp_path: Path) -> None:
    host = SERVER.replace("ContainerName=shop", "ContainerName=shop-web")
    guest = GUEST.replace("shop-reader", "cache").replace(":shop", ":shop-web")
    guest = guest.replace("example.com/model_server:1", "docker.io/valkey/valkey:9")
    files = {"shop.container": host, "cache.container": guest}
    labels(tmp_path, files)
    found = {
        (one.name, one.label)
        for judged in scan(tmp_path).groups
        for one in judged.findings
    }
    assert found == {("shop-web", "main"), ("cache", "sidecar")}  # in both files


def test_only_who_joins_ties_folders_together() -> None:
    files = Files(
        {
            "a/shop.container": SERVER + "Volume=/data:/data\n",
            "a/b/blog.container": "[Container]\nImage=blog\nVolume=/data:/data\n",
        }
    )
    data = files["a/shop.container"].encode()
    assert list(read("a/shop.container", data, files)) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Engine for builds (rootless sidecar)", {"engine": "sidecar"}),
        ("Engine that talks to the rootless sidecar", {"shop": "not-a-sidecar"}),
    ],
)
def test_a_unit_describes_itself(
    tmp_path: Path, text: str, label: dict[str, str]
) -> None:
    text = f"Description={text}"
    files = {
        "engine.container": f"[Unit]\n{text}\n[Container]\nImage=engine\nPod=a.pod\n",
        "shop.container": "[Container]\nImage=example.com/shop\nPod=a.pod\n",
        "a.pod": "[Pod]\n",
    }
    assert labels(tmp_path, files) == dict.fromkeys(("engine", "shop"), "main") | label


def test_a_daemon_of_podman_is_known_by_its_command() -> None:
    found = known("quay.io/podman/stable", ["podman", "system", "service", "-t", "0"])
    assert found is not None
    assert found.role == "docker-daemon"


def test_a_store_answers_its_own_port(tmp_path: Path) -> None:
    assert OF_STORES["redis"] == 6379
    files = {
        "shop.container": "[Container]\nImage=example.com/shop\nPod=a.pod\n"
        "Environment=CACHE_URL=redis://localhost:6379\n",
        "live.container": "[Container]\nImage=example.com/live\nPod=a.pod\n"
        "Environment=REDIS_PORT=6379\n",
        "redis.container": "[Container]\nImage=docker.io/redis:7\nPod=a.pod\n",
        "a.pod": "[Pod]\n",
    }
    assert "sidecar" not in labels(tmp_path, files).values()
