"""Rules about what stands in another file: services, options and namespaces."""

from pathlib import Path

import pytest
from scanning import labels
from sidecar_spotter import scan

# --- an option of a library is not yet a request

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


# --- a service may join the namespace of one that another file declares

OVERLAY = """\
services:
  api:
    network_mode: service:vpn
    environment: {VIA: tunnel}
"""
BASE = """\
services:
  api: {image: example/shop-api}
  vpn: {image: example/shop-vpn, cap_add: [NET_ADMIN]}
"""
STACK = """\
services:
  fetch:
    image: example/fetch
    network_mode: container:gluetun
  search:
    image: example/search
    network_mode: container:gluetun
"""


def test_an_overlay_puts_a_service_into_the_network_of_a_tunnel(tmp_path: Path) -> None:
    files = {"docker-compose.yml": BASE, "docker-compose.vpn.yml": OVERLAY}
    assert labels(tmp_path, files) == {"api": "main", "vpn": "sidecar"}


@pytest.mark.parametrize("host", ["gluetun", "home-vpn", "nordvpn", "zerotier"])
def test_a_stack_may_join_the_tunnel_of_another_stack(
    tmp_path: Path, host: str
) -> None:
    found = labels(tmp_path, {"media/compose.yaml": STACK.replace("gluetun", host)})
    assert found == {"fetch": "main", "search": "main", host: "sidecar"}
    (group,) = scan(tmp_path).groups
    helper = next(one for one in group.findings if one.name == host)
    assert (helper.line, helper.serves) == (4, "fetch")


@pytest.mark.parametrize("whose", ["shop", "${TARGET}", "service:shop"])
def test_whom_one_joins_elsewhere_is_no_helper_by_that_alone(
    tmp_path: Path, whose: str
) -> None:
    text = f"services:\n  books:\n    image: example/books\n    network_mode: {whose}\n"
    assert labels(tmp_path, {"compose.yaml": text}) == {}


def test_a_tunnel_that_joins_a_program_elsewhere_is_still_the_helper(
    tmp_path: Path,
) -> None:
    text = STACK.replace("example/fetch", "tailscale/tailscale").replace(
        "container:gluetun", "container:proxy", 1
    )
    assert labels(tmp_path, {"compose.yaml": text})["fetch"] == "sidecar"


# --- a program of Pulumi is a deployment that is written down

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


# --- a pod of quadlets is called after its main program


def test_a_pods_main_program_is_called_after_the_pod(tmp_path: Path) -> None:
    def quadlet(name: str, image: str) -> str:
        return f"[Container]\nContainerName={name}\nImage={image}\nPod=forge.pod\n"

    files = {
        "forge.pod": "[Pod]\nPodName=forge\n",
        "act.container": quadlet("act-box", "example.com/act"),
        "forge.container": quadlet("forge-box", "example.com/forge"),
    }
    found = labels(tmp_path, files)
    assert found == {"act-box": "not-a-sidecar", "forge-box": "main"}


# --- programs of a stack that each have a service of their own

STACK_OF_EQUALS = """\
job "log" {
  group "log" {
    network {
      mode = "bridge"
      port "broker" {}
      port "schemas" {}
    }
    service {
      name = "broker"
      port = "broker"
    }
    service {
      name = "schemas"
      port = "schemas"
    }
    task "broker" {
      driver = "docker"
      config {
        image = "example.com/log-server"
        ports = ["broker"]
      }
      env { LISTENERS = "INTERNAL://localhost:9091" }
    }
    task "schemas" {
      driver = "docker"
      config {
        image = "example.com/schemas"
        ports = ["schemas"]
      }
      env { SERVERS = "localhost:9091" }
    }
  }
}
"""


def test_a_program_with_visitors_of_its_own_is_no_helper_of_who_calls_it(
    tmp_path: Path,
) -> None:
    found = labels(tmp_path, {"log.nomad": STACK_OF_EQUALS})
    assert "sidecar" not in found.values()


# --- what Terraform hands to Azure's own interface, and Ansible to Docker

AZAPI = """\
resource "azapi_resource" "shop" {
  type = "Microsoft.App/containerApps@2024-03-01"
  name = "shop"
  body = BODY({
    properties = {
      configuration = { dapr = { enabled = true } }
      template = {
        containers = [
          { name = "shop", image = "example/shop" },
          { name = "oauth2-proxy", image = "quay.io/oauth2-proxy/oauth2-proxy" },
        ]
      }
    }
  })
}
"""


@pytest.mark.parametrize("call", ["jsonencode", ""])
def test_a_resource_of_azures_interface_is_what_it_says(
    tmp_path: Path, call: str
) -> None:
    found = labels(tmp_path, {"main.tf": AZAPI.replace("BODY", call)})
    assert found == {
        "daprd": "injected-sidecar",
        "shop": "main",
        "oauth2-proxy": "sidecar",
    }


ANSIBLE = """\
- name: Media
  block:
    - name: Run the tunnel
      community.docker.docker_container:
        name: tunnel
        image: example/tunnel
        capabilities: [NET_ADMIN]
        published_ports: ["8080:80"]
    - name: Run the fetcher
      community.docker.docker_container:
        name: fetcher
        image: example/fetcher
        network_mode: container:tunnel
- name: Remove an old one
  docker_container: {name: old, state: absent, network_mode: container:tunnel}
- name: Run another
  docker_container: {name: shop, image: example/shop}
"""


def test_tasks_of_ansible_run_containers_that_share_a_network(tmp_path: Path) -> None:
    found = labels(tmp_path, {"roles/media/tasks/main.yml": ANSIBLE})
    assert found == {"tunnel": "sidecar", "fetcher": "main"}


def test_a_task_of_ansible_may_join_the_tunnel_of_another_role(tmp_path: Path) -> None:
    text = ANSIBLE.replace("name: tunnel", "name: other").replace(
        "image: example/tunnel", "image: example/other"
    )
    found = labels(tmp_path, {"tasks/main.yml": text})
    assert found == {"tunnel": "sidecar", "fetcher": "main"}


# --- a tunnel that nobody knows by name

ROUTER = """\
services:
  road:
    image: example/road
    cap_add: [NET_ADMIN]
  fetch: {image: example/fetch, network_mode: "service:road"}
  search: {image: example/search, network_mode: "service:road"}
"""


def test_several_that_live_in_the_network_of_a_router_are_served_by_it(
    tmp_path: Path,
) -> None:
    text = ROUTER.replace("  search:", "  search-vpn:")
    found = labels(tmp_path, {"road/compose.yaml": text})  # the folder has its name
    assert found == {"road": "sidecar", "fetch": "main", "search-vpn": "main"}


def test_helpers_of_a_program_that_may_change_its_network_stay_helpers(
    tmp_path: Path,
) -> None:
    text = ROUTER.replace("example/fetch", "tailscale/tailscale").replace(
        "example/search", "oliver006/redis_exporter"
    )
    found = labels(tmp_path, {"compose.yaml": text})
    assert found == {"road": "main", "fetch": "sidecar", "search": "sidecar"}


@pytest.mark.parametrize("host", ["${GLUETUN_NAME}", "{{ shop_vpn_name }}"])
def test_a_variable_may_tell_the_name_of_a_tunnel(tmp_path: Path, host: str) -> None:
    found = labels(tmp_path, {"media/compose.yaml": STACK.replace("gluetun", host)})
    assert found == {"fetch": "main", "search": "main", host: "sidecar"}


def test_a_tunnel_may_be_called_after_whose_network_it_joins(tmp_path: Path) -> None:
    text = """\
services:
  shop: {image: example/shop}
  shop-vpn: {image: example/way-in, network_mode: "service:shop"}
"""
    found = labels(tmp_path, {"compose.yaml": text})
    assert found == {"shop": "main", "shop-vpn": "sidecar"}


def test_who_may_change_routes_leads_several_guests_out(tmp_path: Path) -> None:
    guests = "\n".join(
        f"  {name}: {{image: example.com/{name}, network_mode: 'service:way'}}"
        for name in ("books", "films")
    )
    way = "  way: {image: example.com/way, cap_add: [NET_ADMIN]}"
    (tmp_path / "compose.yaml").write_text(f"services:\n{way}\n{guests}\n")
    [unit] = scan(tmp_path).groups
    [one] = [finding for finding in unit.findings if finding.name == "way"]
    assert one.label == "sidecar"
    assert any("leads its guests out" in why.says for why in one.evidence)
