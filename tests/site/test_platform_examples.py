"""The files of `context/elsewhere` are valid on their platforms, and say the same.

What a vendor publishes as a schema or as a model of its API is used where it is
to be had offline: the Compose specification and the ECS API. The other files
are parsed, and checked here for the names that must agree. Each such check is
also shown a file with the mistake that it is there for.
"""

import copy
import json
import re
import subprocess
import sys
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session  # type: ignore[import-untyped, import-not-found, unused-ignore]
import botocore.validate  # type: ignore[import-untyped, import-not-found, unused-ignore]
import hcl2  # type: ignore[import-untyped, import-not-found, unused-ignore]
import pytest
import yaml

REPO = Path(__file__).resolve().parents[2]
PLATFORMS = REPO / "examples" / "platforms"
COMPOSE = REPO / "examples" / "pods" / "served_log" / "compose.yaml"
QUADLET = PLATFORMS / "quadlet"
SYSTEMD = PLATFORMS / "systemd"

Problems = list[str]


def load_yaml(path: Path) -> Any:
    """Parse one YAML document."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def load_units(folder: Path) -> dict[str, ConfigParser]:
    """Parse every systemd or Quadlet unit in *folder*, by file name.

    A unit may repeat a key, which ConfigParser cannot hold: the values of one
    key are joined by newlines.
    """
    units = {}
    for path in sorted(folder.iterdir()):
        unit = ConfigParser(interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        section = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                section = line.strip("[]")
                unit.add_section(section)
                continue
            key, _, value = line.partition("=")
            before = unit.get(section, key, fallback="")
            unit.set(section, key, f"{before}\n{value}" if before else value)
        units[path.name] = unit
    return units


def load_nomad_tasks(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the one task group of a Nomad job, and its tasks by name."""

    def plain(value: Any) -> Any:
        """Take the marks of python-hcl2 off: quotes in strings, extra keys."""
        if isinstance(value, str):
            return value.removeprefix('"').removesuffix('"')
        if isinstance(value, list):
            return [plain(item) for item in value]
        if isinstance(value, dict):
            return {
                plain(key): plain(item)
                for key, item in value.items()
                if not key.startswith("__")
            }
        return value

    (job,) = plain(hcl2.loads(text))["job"]
    (body,) = job.values()
    (group,) = body["group"]
    (contents,) = group.values()
    tasks = {name: task for each in contents["task"] for name, task in each.items()}
    return contents, tasks


# One pair on every platform ---------------------------------------------------


@dataclass(frozen=True)
class Container:
    """What matters here of a container, whatever the platform calls it."""

    program: str
    log_dir: str
    mounts: dict[str, str]
    """Where each volume appears, by the volume's name."""


def env(pairs: list[dict[str, str]]) -> dict[str, str]:
    """Turn a list of names and values into a dictionary."""
    return {pair["name"]: pair["value"] for pair in pairs}


def read_compose() -> dict[str, Container]:
    """Read the two services that are the pair, without the pause service."""
    services = load_yaml(COMPOSE)["services"]
    return {
        name: Container(
            program=service["command"][-1],
            log_dir=service["environment"]["LOG_DIR"],
            mounts={m.split(":")[0]: m.split(":")[1] for m in service["volumes"]},
        )
        for name, service in services.items()
        if name != "pause"
    }


def read_ecs() -> dict[str, Container]:
    """Read the ECS task definition."""
    task = json.loads((PLATFORMS / "ecs-task-definition.json").read_text())
    return {
        each["name"]: Container(
            program=each["command"][-1],
            log_dir=env(each["environment"])["LOG_DIR"],
            mounts={m["sourceVolume"]: m["containerPath"] for m in each["mountPoints"]},
        )
        for each in task["containerDefinitions"]
    }


def read_cloud_run() -> dict[str, Container]:
    """Read the Cloud Run service."""
    service = load_yaml(PLATFORMS / "cloud-run.yaml")
    return {
        each["name"]: Container(
            program=each["command"][-1],
            log_dir=env(each["env"])["LOG_DIR"],
            mounts={m["name"]: m["mountPath"] for m in each["volumeMounts"]},
        )
        for each in service["spec"]["template"]["spec"]["containers"]
    }


def read_container_app() -> dict[str, Container]:
    """Read the Azure container app."""
    app = load_yaml(PLATFORMS / "container-app.yaml")
    return {
        each["name"]: Container(
            program=each["command"][-1],
            log_dir=env(each["env"])["LOG_DIR"],
            mounts={m["volumeName"]: m["mountPath"] for m in each["volumeMounts"]},
        )
        for each in app["properties"]["template"]["containers"]
    }


def read_nomad() -> dict[str, Container]:
    """Read the Nomad job, where every task has the shared alloc directory."""
    _, tasks = load_nomad_tasks((PLATFORMS / "nomad.hcl").read_text())
    return {
        name: Container(
            program=task["config"][0]["args"][-1],
            log_dir=task["env"][0]["LOG_DIR"],
            mounts={"alloc": "${NOMAD_ALLOC_DIR}/data"},
        )
        for name, task in tasks.items()
    }


def read_quadlet() -> dict[str, Container]:
    """Read the Quadlet units of the containers."""
    found = {}
    for name, unit in load_units(QUADLET).items():
        if not unit.has_section("Container"):
            continue
        volume, path = unit["Container"]["Volume"].split(":")[:2]
        found[name.removesuffix(".container")] = Container(
            program=unit["Container"]["Exec"].split()[-1],
            log_dir=unit["Container"]["Environment"].removeprefix("LOG_DIR="),
            mounts={volume: path},
        )
    return found


@pytest.mark.parametrize(
    "read",
    [
        read_compose,
        read_ecs,
        read_cloud_run,
        read_container_app,
        read_nomad,
        read_quadlet,
    ],
)
def test_every_platform_runs_the_same_pair_over_one_volume(read: Any) -> None:
    """Both programs are there, share one volume, and look for the log in it."""
    pair = read()
    assert sorted(pair) == ["log-server", "web"]
    assert pair["web"].program == "/app/web.py"
    assert pair["log-server"].program == "/app/log_server.py"
    (volume,) = pair["web"].mounts.keys() & pair["log-server"].mounts.keys()
    for container in pair.values():
        assert container.log_dir == container.mounts[volume]


# Compose ----------------------------------------------------------------------


def test_compose_file_matches_the_compose_specification() -> None:
    """The schema of the specification, which check-jsonschema carries."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", COMPOSE),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def compose_problems(compose: Any) -> Problems:
    """Say what keeps web and log-server from being a pair."""
    services = compose["services"]
    problems = []
    owner = services["web"].get("network_mode", "")
    if not re.fullmatch(r"service:\w+", owner):
        problems.append("web joins no network namespace")
    elif owner.removeprefix("service:") not in services:
        problems.append(f"web joins {owner}, and there is no such service")
    if services["log-server"].get("network_mode") != owner:
        problems.append("log-server joins another network namespace than web")
    for name, service in services.items():
        if "network_mode" in service and {"networks", "ports"} & service.keys():
            problems.append(f"{name} joins a namespace and asks for its own network")
        for mount in service.get("volumes", []):
            if mount.split(":")[0] not in compose["volumes"]:
                problems.append(f"{name} mounts {mount}, which is not declared")
    return problems


def test_compose_pair_shares_a_namespace_that_neither_owns() -> None:
    """Web and log-server join the pause service, which publishes the ports."""
    compose = load_yaml(COMPOSE)
    assert compose_problems(compose) == []
    assert compose["services"]["web"]["network_mode"] == "service:pause"

    broken = copy.deepcopy(compose)
    del broken["services"]["log-server"]["network_mode"]
    broken["services"]["web"]["ports"] = ["8080:8080"]
    assert compose_problems(broken) == [
        "log-server joins another network namespace than web",
        "web joins a namespace and asks for its own network",
    ]


# Amazon ECS -------------------------------------------------------------------


def ecs_problems(task: Any) -> Problems:
    """Say what the ECS API, or its documentation, would object to."""
    model = botocore.session.get_session().get_service_model("ecs")
    operation = model.operation_model("RegisterTaskDefinition")
    report = botocore.validate.ParamValidator().validate(task, operation.input_shape)
    problems: Problems = report.generate_report().splitlines()

    containers = {each["name"]: each for each in task["containerDefinitions"]}
    volumes = {volume["name"] for volume in task.get("volumes", [])}
    conditions = model.shape_for("ContainerCondition").enum
    if not any(each.get("essential", True) for each in containers.values()):
        problems.append("no container is essential")
    if "FARGATE" in task.get("requiresCompatibilities", []):
        if task.get("networkMode") != "awsvpc":
            problems.append("Fargate needs the network mode awsvpc")
        if not {"cpu", "memory"} <= task.keys():
            problems.append("Fargate needs cpu and memory of the task")
    for name, each in containers.items():
        for mount in each.get("mountPoints", []):
            if mount["sourceVolume"] not in volumes:
                problems.append(
                    f"{name} mounts {mount['sourceVolume']}: no such volume"
                )
        for dependency in each.get("dependsOn", []):
            other = dependency["containerName"]
            if other not in containers:
                problems.append(f"{name} depends on {other}: no such container")
            if dependency["condition"] not in conditions:
                problems.append(f"{name}: no condition {dependency['condition']}")
    return problems


def test_ecs_task_definition_matches_the_api() -> None:
    """The API's own model of RegisterTaskDefinition, and the names in it."""
    path = PLATFORMS / "ecs-task-definition.json"
    task = json.loads(path.read_text(encoding="utf-8"))
    assert ecs_problems(task) == []

    broken = copy.deepcopy(task)
    web = broken["containerDefinitions"][0]
    web["isEssential"] = web.pop("essential")
    web["dependsOn"][0]["containerName"] = "logserver"
    broken["volumes"] = []
    broken["networkMode"] = "bridge"
    misspelled, *others = ecs_problems(broken)
    assert 'Unknown parameter in containerDefinitions[0]: "isEssential"' in misspelled
    assert others == [
        "Fargate needs the network mode awsvpc",
        "web mounts logs: no such volume",
        "web depends on logserver: no such container",
        "log-server mounts logs: no such volume",
    ]


def test_ecs_image_declares_the_folder_that_the_task_mounts() -> None:
    """Else the volume belongs to root and the application cannot write."""
    containerfile = (PLATFORMS / "ecs.Containerfile").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^VOLUME (\S+)$", containerfile) == ["/var/log/web"]
    assert set(read_ecs()["web"].mounts.values()) == {"/var/log/web"}


# Google Cloud Run -------------------------------------------------------------


def cloud_run_problems(service: Any) -> Problems:
    """Say which of the rules for several containers a service breaks."""
    template = service["spec"]["template"]
    containers = {each["name"]: each for each in template["spec"]["containers"]}
    volumes = {volume["name"] for volume in template["spec"].get("volumes", [])}
    problems = []
    ingress = [name for name, each in containers.items() if "ports" in each]
    if len(ingress) != 1:
        problems.append(f"{len(ingress)} containers have ports, not one")
    annotation = "run.googleapis.com/container-dependencies"
    annotations = template["metadata"].get("annotations", {})
    dependencies = json.loads(annotations.get(annotation, "{}"))
    for name, others in dependencies.items():
        for each in {name, *others} - containers.keys():
            problems.append(f"the start order names {each}: no such container")
        for each in set(others) & containers.keys():
            if "startupProbe" not in containers[each]:
                problems.append(f"{name} waits for {each}, which has no startup probe")
    for name, each in containers.items():
        for mount in each.get("volumeMounts", []):
            if mount["name"] not in volumes:
                problems.append(f"{name} mounts {mount['name']}: no such volume")
    return problems


def test_cloud_run_service_keeps_the_rules_for_several_containers() -> None:
    """One container has ports, and all names agree."""
    service = load_yaml(PLATFORMS / "cloud-run.yaml")
    assert (service["apiVersion"], service["kind"]) == (
        "serving.knative.dev/v1",
        "Service",
    )
    assert cloud_run_problems(service) == []

    broken = copy.deepcopy(service)
    template = broken["spec"]["template"]
    template["metadata"]["annotations"] = {
        "run.googleapis.com/container-dependencies": '{"web": ["logserver"]}'
    }
    template["spec"]["containers"][1]["ports"] = [{"containerPort": 8081}]
    template["spec"]["volumes"][0]["name"] = "log"
    assert cloud_run_problems(broken) == [
        "2 containers have ports, not one",
        "the start order names logserver: no such container",
        "web mounts logs: no such volume",
        "log-server mounts logs: no such volume",
    ]


# Azure Container Apps ---------------------------------------------------------

ACA_CPU_AND_MEMORY = {0.25 * step: 0.5 * step for step in range(1, 9)}
"""Gibibytes for each total of processors, on the Consumption plan.

From the table in the source that the bibliography calls aca-containers.
"""


def container_app_problems(app: Any) -> Problems:
    """Say which of the documented rules a container app breaks."""
    template = app["properties"]["template"]
    volumes = {volume["name"] for volume in template.get("volumes", [])}
    problems = []
    for each in template["containers"]:
        for mount in each.get("volumeMounts", []):
            if mount["volumeName"] not in volumes:
                problems.append(
                    f"{each['name']} mounts {mount['volumeName']}: no such volume"
                )
    cpu = sum(each["resources"]["cpu"] for each in template["containers"])
    memory = sum(
        float(each["resources"]["memory"].removesuffix("Gi"))
        for each in template["containers"]
    )
    if ACA_CPU_AND_MEMORY.get(cpu) != memory:
        problems.append(f"{cpu} processors do not go with {memory} GiB")
    for volume in template.get("volumes", []):
        if volume["storageType"] not in {
            "EmptyDir",
            "AzureFile",
            "NfsAzureFile",
            "Secret",
        }:
            problems.append(f"no storage type {volume['storageType']}")
    return problems


def test_container_app_keeps_the_documented_rules() -> None:
    """Volume names agree, and the sum of the containers is an allowed size."""
    app = load_yaml(PLATFORMS / "container-app.yaml")
    assert container_app_problems(app) == []

    broken = copy.deepcopy(app)
    template = broken["properties"]["template"]
    template["containers"][1]["resources"]["memory"] = "0.25Gi"
    template["volumes"][0]["storageType"] = "emptyDir"
    template["containers"][0]["volumeMounts"][0]["volumeName"] = "log"
    assert container_app_problems(broken) == [
        "web mounts log: no such volume",
        "0.5 processors do not go with 0.75 GiB",
        "no storage type emptyDir",
    ]


# Nomad ------------------------------------------------------------------------


def nomad_problems(text: str) -> Problems:
    """Say what keeps the two tasks of the job from being a sidecar pair."""
    group, tasks = load_nomad_tasks(text)
    (network,) = group["network"]
    ports = {name for port in network["port"] for name in port}
    problems = []
    if network.get("mode", "host") != "bridge":
        problems.append("the tasks share no network namespace of their own")
    if all("lifecycle" in task for task in tasks.values()):
        problems.append("no task is a main task")
    for name, task in tasks.items():
        for lifecycle in task.get("lifecycle", []):
            if not lifecycle.get("sidecar", False):
                problems.append(f"{name} is not a sidecar: Nomad waits for its end")
        for port in set(task["config"][0]["ports"]) - ports:
            problems.append(f"{name} uses the port {port}, which the group lacks")
    return problems


def test_nomad_job_has_one_main_task_and_one_sidecar() -> None:
    """The HCL parses, and the lifecycle block makes log-server a sidecar."""
    text = (PLATFORMS / "nomad.hcl").read_text(encoding="utf-8")
    assert nomad_problems(text) == []
    _, tasks = load_nomad_tasks(text)
    assert [name for name, task in tasks.items() if "lifecycle" in task] == [
        "log-server"
    ]

    broken = text.replace("sidecar = true", "sidecar = false")
    broken = broken.replace('"bridge"', '"host"').replace('["log"]', '["logs"]')
    assert nomad_problems(broken) == [
        "the tasks share no network namespace of their own",
        "log-server is not a sidecar: Nomad waits for its end",
        "log-server uses the port logs, which the group lacks",
    ]


# Podman and systemd -----------------------------------------------------------


def quadlet_problems(units: dict[str, ConfigParser]) -> Problems:
    """Say which unit names another that is missing, or asks for what it cannot."""
    problems = []
    for name, unit in units.items():
        if not unit.has_section("Container"):
            continue
        container = unit["Container"]
        pod = container.get("Pod", "")
        volume = container["Volume"].split(":")[0]
        if not pod:
            problems.append(f"{name} is in no pod")
        for other in filter(None, (pod, volume)):
            if other not in units:
                problems.append(f"{name} needs {other}, which is missing")
        if pod and "PublishPort" in container:
            problems.append(f"{name} publishes a port, which only its pod can")
        for after in unit.get("Unit", "After", fallback="").split():
            if after.replace(".service", ".container") not in units:
                problems.append(f"{name} starts after {after}, which is missing")
    return problems


def test_quadlet_units_name_each_other() -> None:
    """Each pod and volume that a container names is a unit in the folder."""
    units = load_units(QUADLET)
    assert quadlet_problems(units) == []
    ports = units["served-log.pod"]["Pod"]["PublishPort"].splitlines()
    assert ports == ["127.0.0.1:8080:8080", "127.0.0.1:8081:8081"]

    units["web.container"]["Container"]["PublishPort"] = "8080:8080"
    units["log-server.container"]["Container"]["Pod"] = "served_log.pod"
    del units["logs.volume"]
    assert quadlet_problems(units) == [
        "log-server.container needs served_log.pod, which is missing",
        "log-server.container needs logs.volume, which is missing",
        "web.container needs logs.volume, which is missing",
        "web.container publishes a port, which only its pod can",
    ]


def systemd_problems(units: dict[str, ConfigParser]) -> Problems:
    """Say what keeps the two services from one life and one folder."""
    web, helper = units["web.service"], units["log-server.service"]
    problems = []
    if helper.get("Unit", "BindsTo", fallback="") != "web.service":
        problems.append("log-server outlives web")
    if "log-server.service" not in web.get("Unit", "Wants", fallback="").split():
        problems.append("web starts without log-server")
    if web["Service"]["Group"] != helper["Service"]["Group"]:
        problems.append("log-server may not read what web writes")
    if web["Service"]["User"] == helper["Service"]["User"]:
        problems.append("log-server may change what web writes")
    for name, unit in units.items():
        program = unit["Service"]["ExecStart"].rsplit("/", 1)[-1]
        if not (COMPOSE.parent / program).is_file():
            problems.append(f"{name} runs {program}, which is missing")
        if unit["Service"]["Environment"] != "LOG_DIR=/var/log/web":
            problems.append(f"{name} looks for the log elsewhere")
    if web["Service"]["LogsDirectory"] != "web":
        problems.append("nobody makes /var/log/web")
    return problems


def test_systemd_services_live_together_and_share_a_folder() -> None:
    """The helper is bound to the application, and reads as another user."""
    units = load_units(SYSTEMD)
    assert systemd_problems(units) == []

    del units["log-server.service"]["Unit"]["BindsTo"]
    units["log-server.service"]["Service"]["Group"] = "nogroup"
    units["web.service"]["Service"]["ExecStart"] = "/usr/bin/python3 /opt/app.py"
    assert systemd_problems(units) == [
        "log-server outlives web",
        "log-server may not read what web writes",
        "web.service runs app.py, which is missing",
    ]
