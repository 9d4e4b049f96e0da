"""Every manifest of every system: valid, limited, hardened, and complete.

The schemas come from kubernetes-validate and check-jsonschema. What they miss is
checked here: names that nothing has, values that nothing takes, ports that clash.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import kubernetes_validate
import pytest
import yaml
from lab.manifest import load, notes
from lab.systems import PODS

Document = dict[str, Any]

VERSIONS = [f"1.{minor}" for minor in range(29, 38)]
MANIFESTS = sorted(PODS.glob("*/pod*.yaml"))
COMPOSE = sorted(PODS.glob("*/compose.yaml"))
RECIPES = sorted(PODS.glob("*/Containerfile"))
SYSTEMS = sorted(path.parent for path in PODS.glob("*/pod.yaml"))
NATIVE = [path for path in MANIFESTS if "restartPolicy: Always" in path.read_text()]

# https://kubernetes.io/docs/concepts/security/pod-security-standards/
RESTRICTED = {
    "readOnlyRootFilesystem": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}
ACCOUNT = {
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "runAsGroup": 1000,
    "fsGroup": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
}
ENUMS = {
    "restartPolicy": {"Always", "OnFailure", "Never"},
    "imagePullPolicy": {"Always", "IfNotPresent", "Never"},
    "protocol": {"TCP", "UDP", "SCTP"},
    "scheme": {"HTTP", "HTTPS"},
    "medium": {"", "Memory"},
}
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
SHARED_PROCESSES = {"dynamic_config", "topz"}
"""The systems that are about a shared process namespace, and say why."""


def short(path: Path) -> str:
    """Return a test's name for a file of a system."""
    return path.relative_to(PODS).as_posix()


def boxes(pod: Document) -> list[Document]:
    """Return every container of a pod, those of the start first."""
    spec = pod["spec"]
    return [*spec.get("initContainers", []), *spec["containers"]]


def mounts(box: Document) -> dict[str, str]:
    """Return the volume at each path of a container."""
    return {mount["mountPath"]: mount["name"] for mount in box.get("volumeMounts", [])}


def values(node: Any, key: str) -> Iterator[Any]:
    """Yield every value of *key*, at any depth."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from values(item, key)


def problems(pod: Document) -> list[str]:
    """Return what is wrong with a pod although the schema accepts it."""
    spec, found = pod["spec"], []
    every = boxes(pod)
    names = [box["name"] for box in every]
    volumes = [volume["name"] for volume in spec.get("volumes", [])]
    mounted = {name for box in every for name in mounts(box).values()}
    ports = [port for box in every for port in box.get("ports", [])]
    numbers = [port["containerPort"] for port in ports]
    for kind, many in (("container", names), ("volume", volumes), ("port", numbers)):
        if len(set(many)) < len(many):
            found.append(f"a {kind} stands twice: {many}")
    for name in (*names, *volumes, pod["metadata"]["name"]):
        if not DNS_LABEL.fullmatch(name):
            found.append(f"{name} is not a DNS label")
    for key, allowed in ENUMS.items():
        found += [f"{key}: {v}" for v in values(pod, key) if v not in allowed]
    if mounted - set(volumes):
        found.append(f"no volume has this name: {sorted(mounted - set(volumes))}")
    if set(volumes) - mounted:
        found.append(f"nobody mounts: {sorted(set(volumes) - mounted)}")
    for box in every:
        own = {port.get("name") for port in box.get("ports", [])}
        own |= {port["containerPort"] for port in box.get("ports", [])}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            for check in ("httpGet", "tcpSocket"):
                port = box.get(probe, {}).get(check, {}).get("port")
                if port is not None and port not in own:
                    found.append(f"{box['name']}: {probe} asks port {port}")
    return found


@pytest.fixture(params=MANIFESTS, ids=short)
def path(request: pytest.FixtureRequest) -> Path:
    """Each manifest in turn."""
    assert isinstance(request.param, Path)
    return request.param


@pytest.fixture
def pod(path: Path) -> Document:
    """Each manifest's pod in turn, a Job's too."""
    return load(path)


# --- Kubernetes


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_accepts_it(path: Path, version: str) -> None:
    document = yaml.safe_load(path.read_text())
    kubernetes_validate.validate(document, version, strict=True)


@pytest.mark.parametrize("path", NATIVE, ids=short)
def test_kubernetes_before_native_sidecars_refuses_one(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    with pytest.raises(kubernetes_validate.ValidationError, match="restartPolicy"):
        kubernetes_validate.validate(document, "1.27", strict=True)


def test_nothing_is_wrong_that_the_schema_misses(pod: Document) -> None:
    assert problems(pod) == []


def test_no_port_of_the_node_is_taken(pod: Document) -> None:
    assert "hostNetwork" not in pod["spec"]
    assert list(values(pod, "hostPort")) == []


def test_it_keeps_the_restricted_standard(path: Path, pod: Document) -> None:
    spec = pod["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"] == ACCOUNT
    for box in boxes(pod):
        assert box["securityContext"] == RESTRICTED, box["name"]
    assert {key for v in spec.get("volumes", []) for key in v} <= {"name", "emptyDir"}
    if spec.get("shareProcessNamespace"):
        assert path.parent.name in SHARED_PROCESSES
        above = path.read_text().split("shareProcessNamespace", 1)[0].splitlines()
        assert above[-2].strip().startswith("#"), "say why it is shared"


def test_requests_and_limits(pod: Document) -> None:
    for box in boxes(pod):
        for kind in ("requests", "limits"):
            assert set(box["resources"][kind]) == {"cpu", "memory"}, box["name"]
    for volume in pod["spec"].get("volumes", []):
        assert "sizeLimit" in volume["emptyDir"], volume["name"]


def test_podman_takes_its_annotations(pod: Document) -> None:
    for name, value in pod["metadata"].get("annotations", {}).items():
        assert len(value) <= 63, name


def test_it_says_what_it_is_and_what_to_try(path: Path) -> None:
    known = notes(path)
    assert 0 < len(known.about) <= 75
    for hints in (known.hints, known.pod_hints):
        assert 1 <= len(hints) <= 3
        assert all(len(line) <= 80 for line in hints)
    # Only processes have a folder of this machine, which the runner names.
    assert "FOLDER" not in "".join(known.pod_hints)


def test_it_grants_the_grace_that_the_programs_need(pod: Document) -> None:
    assert pod["spec"]["terminationGracePeriodSeconds"] == 5


# --- Compose


@pytest.mark.parametrize("path", COMPOSE, ids=short)
def test_compose_accepts_it(path: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema"]
    command += ["--builtin-schema=vendor.compose-spec", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", COMPOSE, ids=short)
def test_services_are_limited_and_hardened(path: Path) -> None:
    for name, service in yaml.safe_load(path.read_text())["services"].items():
        assert service["user"] == "1000:1000", name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"] and service["cpus"], name


@pytest.mark.parametrize("path", COMPOSE, ids=short)
def test_services_join_the_network_of_pause(path: Path) -> None:
    services = yaml.safe_load(path.read_text())["services"]
    pause = services.pop("pause")
    assert pause["init"] is True
    assert all(port.startswith("127.0.0.1:") for port in pause["ports"])
    joined = [s for s in services.values() if s.get("network_mode") == "service:pause"]
    assert len(joined) >= 2
    assert not any("ports" in service for service in joined)


@pytest.mark.parametrize("system", SYSTEMS, ids=short)
def test_compose_and_the_pod_run_the_same_programs(system: Path) -> None:
    pod = load(system / "pod.yaml")
    project = yaml.safe_load((system / "compose.yaml").read_text())
    services = {
        name: [*service.get("command", [])]
        for name, service in project["services"].items()
        if name != "pause"
    }
    assert services == {
        box["name"]: [*box["command"], *box.get("args", [])] for box in boxes(pod)
    }


# --- images


@pytest.mark.parametrize("recipe", RECIPES, ids=short)
def test_the_image_can_be_built_by_the_rules(recipe: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    command = [str(hadolint), str(recipe)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("system", SYSTEMS, ids=short)
def test_every_image_has_a_version(system: Path) -> None:
    images = {
        image
        for path in (*system.glob("pod*.yaml"), system / "compose.yaml")
        for image in values(yaml.safe_load(path.read_text()), "image")
    }
    assert images == {f"localhost/sidecar-handbook/{system.name.replace('_', '-')}:1"}
    (base,) = re.findall(
        r"^ARG BASE=(.+)$", (system / "Containerfile").read_text(), re.M
    )
    assert re.search(r":\d", base)


@pytest.mark.parametrize("system", SYSTEMS, ids=short)
def test_every_program_is_in_the_image(system: Path) -> None:
    recipe = (system / "Containerfile").read_text().replace("\\\n", " ")
    copied = {
        word
        for line in recipe.splitlines()
        if line.startswith("COPY")
        for word in line.split()[1:-1]
        if not word.startswith("--")
    }
    assert all((PODS / file).is_file() for file in copied)
    for path in system.glob("pod*.yaml"):
        for box in boxes(load(path)):
            for word in box["command"]:
                if word.startswith("/app/"):
                    name = PurePosixPath(word).name
                    assert f"{system.name}/{name}" in copied, word


# --- the folder


@pytest.mark.parametrize("system", SYSTEMS, ids=short)
def test_listings_fit_the_printed_page(system: Path) -> None:
    for path in sorted(system.iterdir()):
        if path.is_file() and path.suffix != ".json":
            for number, line in enumerate(path.read_text().splitlines(), 1):
                assert len(line) <= 80, f"{path.name}:{number}"


@pytest.mark.parametrize("system", SYSTEMS, ids=short)
def test_the_folder_is_whole(system: Path) -> None:
    for name in ("README.md", "Containerfile", "compose.yaml", "pod.yaml"):
        assert (system / name).is_file(), name
    assert f"docs/labs/{system.name}.md" in (system / "README.md").read_text()
    assert (system / "serve.py").resolve() == PODS / "common" / "serve.py"


@pytest.mark.parametrize("file", [*MANIFESTS, *COMPOSE], ids=short)
def test_markers_are_whole(file: Path) -> None:
    text = file.read_text()
    for marker in re.findall(r"# \[([\w-]+)\]\n", text):
        assert text.count(f"# [{marker}]\n") == 1, marker
        assert text.count(f"# [/{marker}]\n") == 1, marker
        assert text.index(f"# [{marker}]\n") < text.index(f"# [/{marker}]\n"), marker


# --- these checks can fail


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c["volumeMounts"][0].update(name="other"), "no volume"),
        (lambda c: c.update(volumeMounts=[]), "nobody mounts"),
        (lambda c: c.update(name="Web_1"), "DNS label"),
        (lambda c: c.update(imagePullPolicy="Sometimes"), "imagePullPolicy"),
        (lambda c: c["ports"][0].update(containerPort=8081), "port stands twice"),
        (lambda c: c["startupProbe"]["httpGet"].update(port="no"), "asks port no"),
        (lambda c: c.update(name="log-server"), "container stands twice"),
    ],
)
def test_a_wrong_pod_is_found(change: Any, said: str) -> None:
    pod = load(PODS / "served_log" / "pod.yaml")
    change(pod["spec"]["containers"][0])
    if said == "nobody mounts":
        pod["spec"]["containers"][1]["volumeMounts"] = []
    assert re.search(said, "\n".join(problems(pod)))
