"""Each feature of `pattern/features` holds in its examples for, not in those against.

The files are `examples/features/FEATURE/for*` and `…/against*`. What follows the
first dot of the name says how to read a file: `.yaml` alone is Kubernetes,
`.compose.yaml` Compose, `.ecs.json` an Amazon ECS task definition, and so on.
Each check below is the rule that a reader applies with the eye, and no more.
"""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.session  # type: ignore[import-untyped, import-not-found, unused-ignore]
import botocore.validate  # type: ignore[import-untyped, import-not-found, unused-ignore]
import hcl2  # type: ignore[import-untyped, import-not-found, unused-ignore]
import kubernetes_validate  # type: ignore[import-untyped, import-not-found, unused-ignore]
import pytest
import yaml

REPO = Path(__file__).resolve().parents[2]
FEATURES = REPO / "examples" / "features"
SERVED_LOG = REPO / "examples" / "pods" / "served_log"
PAGE = REPO / "docs" / "pattern" / "features.md"
KUBERNETES = "1.33"

Doc = Any
"""A parsed document: what YAML, JSON or HCL makes of a file."""

FILES = {
    str(path.relative_to(FEATURES)): path
    for path in sorted(FEATURES.rglob("*.*"))
    if re.match(r"[^/]+/(for|against)\b", str(path.relative_to(FEATURES)))
}


def form(name: str) -> str:
    """Name the platform or kind of file that *name* stands for."""
    words = name.rsplit("/", 1)[-1].split(".")[1:-1]
    return words[0] if words else "kubernetes"


def read(path: Path) -> list[Doc]:
    """Parse every document of the file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return [json.loads(text)]
    if path.suffix == ".hcl":
        # python-hcl2 leaves the quotes inside its strings.
        return [json.loads(json.dumps(hcl2.loads(text)).replace(r"\"", ""))]
    return list(yaml.safe_load_all(text))


# Reading Kubernetes -----------------------------------------------------------


def pod_of(docs: list[Doc]) -> Doc:
    """Return the Pod of the one workload among *docs*: its metadata and spec."""
    (workload,) = [doc for doc in docs if "spec" in doc and doc["kind"] != "Service"]
    return workload if workload["kind"] == "Pod" else workload["spec"]["template"]


def is_native(container: Doc) -> bool:
    """Say whether an entry of initContainers keeps running."""
    return bool(container.get("restartPolicy") == "Always")


def once(docs: list[Doc]) -> list[Doc]:
    """List the containers that end before the others start."""
    inits = pod_of(docs)["spec"].get("initContainers", [])
    return [container for container in inits if not is_native(container)]


def running(docs: list[Doc]) -> list[Doc]:
    """List the containers that run side by side, native sidecars included."""
    spec = pod_of(docs)["spec"]
    inits = [each for each in spec.get("initContainers", []) if is_native(each)]
    return [*spec["containers"], *inits]


def ports(container: Doc) -> set[int]:
    """Return the ports that a container declares."""
    return {port["containerPort"] for port in container.get("ports", [])}


def strings(value: Doc) -> Iterator[str]:
    """Yield every string in *value*, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def called(value: Doc, path: str = "") -> set[int]:
    """Return the ports of localhost that the strings in *value* name."""
    pattern = rf"(?:localhost|127\.0\.0\.1):(\d+){path}"
    return {int(port) for text in strings(value) for port in re.findall(pattern, text)}


def neighbors(containers: list[Doc]) -> Iterator[tuple[Doc, list[Doc]]]:
    """Yield each container with the others."""
    for container in containers:
        yield container, [other for other in containers if other is not container]


# The features, as they look on Kubernetes -------------------------------------


def second_container(docs: list[Doc]) -> bool:
    """Two containers or more run side by side."""
    return len(running(docs)) >= 2


def native_sidecar(docs: list[Doc]) -> bool:
    """An init container says that it is to be restarted always."""
    return any(is_native(c) for c in pod_of(docs)["spec"].get("initContainers", []))


def shared_volume(docs: list[Doc]) -> bool:
    """One container may write to a volume that another one mounts."""
    given = {"configMap", "secret", "downwardAPI", "projected"}
    volumes = pod_of(docs)["spec"].get("volumes", [])
    private = {volume["name"] for volume in volumes if not given & volume.keys()}
    for writer, others in neighbors(running(docs)):
        for mount in writer.get("volumeMounts", []):
            seen = {m["name"] for o in others for m in o.get("volumeMounts", [])}
            if mount["name"] in private & seen and not mount.get("readOnly"):
                return True
    return False


def localhost(docs: list[Doc]) -> bool:
    """A container names a port of localhost that belongs to a neighbor."""
    return any(
        called(container) & set().union(*map(ports, others))
        for container, others in neighbors(running(docs))
        if others
    )


def shared_namespace(docs: list[Doc]) -> bool:
    """The containers of the Pod see each other's processes."""
    return pod_of(docs)["spec"].get("shareProcessNamespace") is True


INJECTORS = {
    "dapr.io/enabled",
    "linkerd.io/inject",
    "sidecar.istio.io/inject",
    "sidecar.opentelemetry.io/inject",
    "vault.hashicorp.com/agent-inject",
}


def injection(docs: list[Doc]) -> bool:
    """The Pod carries a switch of a known injector, and it is on."""
    metadata = pod_of(docs).get("metadata", {})
    switches = metadata.get("annotations", {}) | metadata.get("labels", {})
    return any(switches.get(key) in {"true", "enabled"} for key in INJECTORS)


def traffic_interception(docs: list[Doc]) -> bool:
    """An init container may change the network, and names a running one's port."""
    owned = {str(port) for container in running(docs) for port in ports(container)}
    return any(
        "NET_ADMIN" in each["securityContext"]["capabilities"].get("add", [])
        and owned & set(strings([each.get("command"), each.get("args")]))
        for each in once(docs)
    )


def life_cycle(docs: list[Doc]) -> bool:
    """A container tells a neighbor, over localhost, to end."""
    return any(
        called(container, "/quitquitquit") & set().union(*map(ports, others))
        for container, others in neighbors(running(docs))
        if others
    )


def helper_configuration(docs: list[Doc]) -> bool:
    """A file or variable of one container names a folder that a neighbor fills."""
    files = {doc["metadata"]["name"]: doc["data"] for doc in docs if "data" in doc}
    volumes = {
        volume["name"]: files.get(volume.get("configMap", {}).get("name"), {})
        for volume in pod_of(docs)["spec"].get("volumes", [])
    }
    for helper, others in neighbors(running(docs)):
        told = list(strings(helper.get("env", [])))
        for mount in helper.get("volumeMounts", []):
            told += strings(volumes[mount["name"]])
        filled = [
            mount["mountPath"]
            for other in others
            for mount in other.get("volumeMounts", [])
            if not mount.get("readOnly")
        ]
        if any(folder in text for folder in filled for text in told):
            return True
    return False


HELPER_IMAGES = re.compile(
    r"(^|/)(aws-for-fluent-bit|cloud-sql-proxy|csi-node-driver-registrar|daprd|envoy"
    r"|fluent-bit|git-sync|kube-rbac-proxy|\w+[_-]exporter|proxyv2|tailscale)(:|@)"
)


def known_image(docs: list[Doc]) -> bool:
    """One of two running containers has an image that is made to help."""
    return second_container(docs) and any(
        HELPER_IMAGES.search(container["image"]) for container in running(docs)
    )


TELLING = re.compile(r"sidecar|proxy|agent|exporter|shipper|reloader|sync")


def telling_name(docs: list[Doc]) -> bool:
    """One of two running containers is called after a helper's job."""
    return second_container(docs) and any(
        TELLING.search(container["name"]) for container in running(docs)
    )


def peers(docs: list[Doc]) -> bool:
    """Every running container is the target of a Service."""
    services = [doc for doc in docs if doc["kind"] == "Service"]
    targets = {port["targetPort"] for s in services for port in s["spec"]["ports"]}
    return second_container(docs) and all(
        targets & {port.get("name") for port in container.get("ports", [])}
        for container in running(docs)
    )


def init_only(docs: list[Doc]) -> bool:
    """There are helpers, and all of them have ended when the program starts."""
    return bool(once(docs)) and not second_container(docs)


def node_agent(docs: list[Doc]) -> bool:
    """A DaemonSet runs one container alone on each node."""
    return bool(docs[0]["kind"] == "DaemonSet") and not second_container(docs)


# Other platforms --------------------------------------------------------------


def compose_owner(service: Doc) -> str | None:
    """Name the service whose network or processes *service* joins."""
    for key in ("network_mode", "pid"):
        if str(service.get(key, "")).startswith("service:"):
            return str(service[key]).removeprefix("service:")
    return None


def compose_shared_namespace(docs: list[Doc]) -> bool:
    """A service joins the namespace of another one."""
    return any(map(compose_owner, docs[0]["services"].values()))


def compose_shared_volume(docs: list[Doc]) -> bool:
    """One service may write to a named volume that another one mounts."""
    mounts = [
        (name, *mount.split(":"))
        for name, service in docs[0]["services"].items()
        for mount in service.get("volumes", [])
    ]
    return any(
        one[1] == other[1] and one[0] != other[0] and one[-1] != "ro"
        for one in mounts
        for other in mounts
        if one[1] in docs[0].get("volumes", {})
    )


def compose_localhost(docs: list[Doc]) -> bool:
    """A service calls localhost, and another one stands in the same network."""
    services = docs[0]["services"]
    joined = {compose_owner(service) for service in services.values()} - {None}
    return any(
        called(service) and (name in joined or compose_owner(service))
        for name, service in services.items()
    )


def compose_known_image(docs: list[Doc]) -> bool:
    """A helper's image shares a namespace: it joins one or is joined."""
    services = docs[0]["services"]
    joined = {compose_owner(service) for service in services.values()} - {None}
    return any(
        HELPER_IMAGES.search(service["image"])
        and (name in joined or compose_owner(service))
        for name, service in services.items()
    )


def compose_peers(docs: list[Doc]) -> bool:
    """Several services, and they share neither namespace nor volume."""
    several = len(docs[0]["services"]) > 1
    return several and not (
        compose_shared_namespace(docs) or compose_shared_volume(docs)
    )


def ecs_waits(docs: list[Doc]) -> list[tuple[str, str]]:
    """List what containers wait for: the other container and the condition."""
    return [
        (each["containerName"], each["condition"])
        for container in docs[0]["containerDefinitions"]
        for each in container.get("dependsOn", [])
    ]


def ecs_running(docs: list[Doc]) -> list[Doc]:
    """List the containers that no other one waits to see ended."""
    ended = {name for name, how in ecs_waits(docs) if how in {"SUCCESS", "COMPLETE"}}
    return [c for c in docs[0]["containerDefinitions"] if c["name"] not in ended]


def ecs_second_container(docs: list[Doc]) -> bool:
    """Two containers or more run side by side."""
    return len(ecs_running(docs)) >= 2


def ecs_shared_volume(docs: list[Doc]) -> bool:
    """One container may write to a volume that another one mounts."""
    return any(
        mine["sourceVolume"] == other["sourceVolume"] and not mine["readOnly"]
        for container, others in neighbors(ecs_running(docs))
        for mine in container.get("mountPoints", [])
        for each in others
        for other in each.get("mountPoints", [])
    )


def ecs_localhost(docs: list[Doc]) -> bool:
    """A container calls a neighbor's port on a localhost that they share."""
    return docs[0]["networkMode"] == "awsvpc" and any(
        called(container["environment"])
        & {p["containerPort"] for o in others for p in o.get("portMappings", [])}
        for container, others in neighbors(ecs_running(docs))
        if "environment" in container
    )


def ecs_shared_namespace(docs: list[Doc]) -> bool:
    """The containers of the task see each other's processes."""
    return bool(docs[0].get("pidMode") == "task")


def ecs_traffic_interception(docs: list[Doc]) -> bool:
    """The task sends its traffic through one of its containers."""
    proxy = docs[0].get("proxyConfiguration", {}).get("containerName")
    return proxy in {c["name"] for c in docs[0]["containerDefinitions"]}


def ecs_life_cycle(docs: list[Doc]) -> bool:
    """A container waits for a neighbor that then runs on."""
    return any(how in {"START", "HEALTHY"} for _, how in ecs_waits(docs))


def ecs_helper_configuration(docs: list[Doc]) -> bool:
    """A container is set up as the log router of a neighbor."""
    containers = docs[0]["containerDefinitions"]
    drivers = {c.get("logConfiguration", {}).get("logDriver") for c in containers}
    routers = [c for c in containers if "firelensConfiguration" in c]
    return bool(routers) and "awsfirelens" in drivers


def nomad_native_sidecar(docs: list[Doc]) -> bool:
    """A task says that it is a sidecar."""
    return '"sidecar": true' in json.dumps(docs)


def nomad_injection(docs: list[Doc]) -> bool:
    """A service of the group asks for the proxy of the mesh."""
    return '"sidecar_service":' in json.dumps(docs)


def cloud_run_second_container(docs: list[Doc]) -> bool:
    """The instance runs two containers or more."""
    return len(docs[0]["spec"]["template"]["spec"]["containers"]) >= 2


def cloud_run_life_cycle(docs: list[Doc]) -> bool:
    """The start order names a container of the instance."""
    template = docs[0]["spec"]["template"]
    annotations = template.get("metadata", {}).get("annotations", {})
    order = annotations.get("run.googleapis.com/container-dependencies", "{}")
    names = {container["name"] for container in template["spec"]["containers"]}
    return bool(names & json.loads(order).keys())


def namespace_injection(docs: list[Doc]) -> bool:
    """The namespace asks for Istio's proxy in each of its Pods."""
    labels = docs[0]["metadata"].get("labels", {})
    return bool(labels.get("istio-injection") == "enabled")


def patched(docs: list[Doc]) -> list[Doc]:
    """Apply the patch to the Deployment of the example against the feature."""
    (target,) = copy.deepcopy(read(FEATURES / "second-container" / "against.yaml"))
    for step in docs[0]:
        *way, last = step["path"].strip("/").split("/")
        place = target
        for key in way:
            place = place[key]
        assert (step["op"], last) == ("add", "-")
        place.append(step["value"])
    return [target]


def operator_field(docs: list[Doc]) -> bool:
    """A custom resource asks for sidecars, by a mode or by a list."""
    spec = docs[0]["spec"]
    return spec.get("mode") == "sidecar" or bool(spec.get("sidecars"))


def steps(docs: list[Doc]) -> bool:
    """The containers run one after the other, and none runs beside them."""
    spec = docs[0]["spec"]
    return len(spec["steps"]) > 1 and not spec.get("sidecars")


def placeholder(docs: list[Doc]) -> bool:
    """There is a list for sidecars, and nothing in it."""
    return bool(docs[0]["sidecars"] == [])


Check = Callable[[list[Doc]], bool]

CHECKS: dict[str, dict[str, Check]] = {
    "native-sidecar": {"kubernetes": native_sidecar, "nomad": nomad_native_sidecar},
    "shared-volume": {
        "kubernetes": shared_volume,
        "compose": compose_shared_volume,
        "ecs": ecs_shared_volume,
    },
    "localhost": {
        "kubernetes": localhost,
        "compose": compose_localhost,
        "ecs": ecs_localhost,
    },
    "second-container": {
        "kubernetes": second_container,
        "patch": lambda docs: second_container(patched(docs)),
        "ecs": ecs_second_container,
        "cloud-run": cloud_run_second_container,
    },
    "shared-namespace": {
        "kubernetes": shared_namespace,
        "compose": compose_shared_namespace,
        "ecs": ecs_shared_namespace,
    },
    "injection": {
        "kubernetes": injection,
        "namespace": namespace_injection,
        "nomad": nomad_injection,
    },
    "operator-field": dict.fromkeys(("kubernetes", "tekton", "istio"), operator_field),
    "traffic-interception": {
        "kubernetes": traffic_interception,
        "ecs": ecs_traffic_interception,
    },
    "life-cycle": {
        "kubernetes": life_cycle,
        "ecs": ecs_life_cycle,
        "cloud-run": cloud_run_life_cycle,
    },
    "helper-configuration": {
        "kubernetes": helper_configuration,
        "ecs": ecs_helper_configuration,
    },
    "known-image": {"kubernetes": known_image, "compose": compose_known_image},
    "telling-name": {"kubernetes": telling_name},
    "against-peers": {"kubernetes": peers, "compose": compose_peers},
    "against-steps": {"kubernetes": steps},
    "against-init-only": {"kubernetes": init_only},
    "against-node-agent": {"kubernetes": node_agent},
    "against-placeholder": {"values": placeholder},
}


# The tests --------------------------------------------------------------------


def holds(name: str, docs: list[Doc]) -> bool:
    """Say whether *docs*, read from the file *name*, hold its feature."""
    feature, rest = name.split("/", 1)
    if feature == "against-test-fixture":
        # The folder is the evidence, not what stands in the file.
        return bool({"test", "tests", "e2e", "testdata"} & set(rest.split("/")))
    return CHECKS[feature][form(name)](docs)


@pytest.mark.parametrize("name", FILES)
def test_example(name: str) -> None:
    """The feature is in every file for it, and in no file against it."""
    expected = name.split("/")[1].startswith("for")
    assert holds(name, read(FILES[name])) is expected


def test_page_and_examples_agree() -> None:
    """Each feature on the page has examples of both kinds, and the reverse."""
    labels = re.findall(r"(?m)^\(((?:feature|against)-[\w-]+)\)=$", PAGE.read_text())
    on_page = {label.removeprefix("feature-") for label in labels}
    assert len(on_page) == len(labels) == 18
    for side in ("for", "against"):
        assert {name.split("/")[0] for name in FILES if f"/{side}" in name} == on_page


@pytest.mark.parametrize("name", [n for n in FILES if form(n) == "kubernetes"])
def test_kubernetes_file_is_valid(name: str) -> None:
    """What Kubernetes itself defines passes its strict schema."""
    for doc in read(FILES[name]):
        group = doc["apiVersion"].rpartition("/")[0]
        if group in {"opentelemetry.io", "tekton.dev"}:
            assert {"apiVersion", "kind", "metadata", "spec"} == doc.keys()
            continue
        kubernetes_validate.validate(doc, KUBERNETES, strict=True)


@pytest.mark.parametrize(
    "name", [n for n in FILES if form(n) in {"patch", "namespace"}]
)
def test_other_kubernetes_file_is_valid(name: str) -> None:
    """A namespace, and the Deployment that comes of the patch, are valid."""
    docs = read(FILES[name])
    for doc in patched(docs) if form(name) == "patch" else docs:
        kubernetes_validate.validate(doc, KUBERNETES, strict=True)


def test_each_container_is_pinned_and_limited() -> None:
    """The examples are fit to be copied: pinned image, requests and limits."""
    for name, path in FILES.items():
        if form(name) == "kubernetes" and "operator-field" not in name:
            docs = read(path)
            if docs[0]["kind"] == "Task":
                continue
            for container in [*running(docs), *once(docs)]:
                assert re.search(r":v?\d[\w.-]*$", container["image"]), name
                assert {"requests", "limits"} == container["resources"].keys(), name


def test_compose_files_match_the_specification() -> None:
    """The schema of the specification, which check-jsonschema carries."""
    paths = [str(path) for name, path in FILES.items() if form(name) == "compose"]
    command = [sys.executable, "-m", "check_jsonschema"]
    command += ["--builtin-schema", "vendor.compose-spec", *paths]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", [n for n in FILES if form(n) == "ecs"])
def test_ecs_file_matches_the_api(name: str) -> None:
    """The API's own model of RegisterTaskDefinition."""
    model = botocore.session.get_session().get_service_model("ecs")
    shape = model.operation_model("RegisterTaskDefinition").input_shape
    (task,) = read(FILES[name])
    report = botocore.validate.ParamValidator().validate(task, shape)
    assert report.generate_report() == ""


POD_FEATURES = {
    name: checks["kubernetes"]
    for name, checks in CHECKS.items()
    if "kubernetes" in checks
    and not name.startswith("against")
    and name != "operator-field"
}


@pytest.mark.parametrize(
    ("name", "features"),
    {
        "pod.yaml": {"second-container", "shared-volume", "helper-configuration"},
        "pod-native.yaml": {
            "native-sidecar",
            "second-container",
            "shared-volume",
            "helper-configuration",
        },
    }.items(),
)
def test_running_example_scores_as_the_page_says(name: str, features: set[str]) -> None:
    """The features of the web application and its log server."""
    docs = read(SERVED_LOG / name)
    found = {feature for feature, check in POD_FEATURES.items() if check(docs)}
    assert found == features
    assert not peers(docs)


def test_running_example_scores_the_same_under_compose() -> None:
    """There the shared network has to be asked for, and is."""
    docs = read(SERVED_LOG / "compose.yaml")
    assert compose_shared_volume(docs)
    assert compose_shared_namespace(docs)
    assert not compose_known_image(docs)
