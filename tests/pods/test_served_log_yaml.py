"""The running example's manifests: valid, hardened, and laid out to share a log."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import kubernetes_validate
import pytest
import yaml

PODS = ("pod.yaml", "pod-native.yaml", "pod-bug.yaml")
VERSIONS = [f"1.{minor}" for minor in range(29, 38)]

Document = dict[str, Any]


def containers(pod: Document) -> list[Document]:
    """Return every container of a pod, native sidecars first."""
    spec = pod["spec"]
    return [*spec.get("initContainers", []), *spec["containers"]]


def mounts(container: Document) -> dict[PurePosixPath, str]:
    """Return the volume that is mounted at each path of a pod's container."""
    return {
        PurePosixPath(mount["mountPath"]): mount["name"]
        for mount in container.get("volumeMounts", [])
    }


def setting(container: Document, name: str) -> str:
    """Return the value of an environment variable of a pod's container."""
    return str({env["name"]: env["value"] for env in container["env"]}[name])


def place(
    folder: str, mounted: dict[PurePosixPath, str]
) -> tuple[str, PurePosixPath] | None:
    """Return the volume that ``folder`` is in, and where in it; None if in none."""
    path = PurePosixPath(folder)
    for parent in (path, *path.parents):
        if parent in mounted:
            return mounted[parent], path.relative_to(parent)
    return None


def shares_its_log_pod(pod: Document) -> bool:
    """Whether log-server reads the very folder that web writes to."""
    by_name = {container["name"]: container for container in containers(pod)}
    web, log = (
        place(setting(by_name[name], "LOG_DIR"), mounts(by_name[name]))
        for name in ("web", "log-server")
    )
    return web is not None and web == log


def shares_its_log_compose(project: Document) -> bool:
    """Whether log-server reads the very folder that web writes to."""
    places = []
    for name in ("web", "log-server"):
        service = project["services"][name]
        parts = [volume.split(":") for volume in service["volumes"]]
        mounted = {PurePosixPath(part[1]): part[0] for part in parts}
        places.append(place(service["environment"]["LOG_DIR"], mounted))
    return places[0] is not None and places[0] == places[1]


def load(path: Path) -> Document:
    """Return the one document of a YAML file."""
    document: Document = yaml.safe_load(path.read_text())
    return document


@pytest.fixture(params=PODS)
def pod(served_log: Path, request: pytest.FixtureRequest) -> Document:
    """Each of the pods in turn."""
    return load(served_log / request.param)


@pytest.fixture
def compose(served_log: Path) -> Document:
    """The Compose project."""
    return load(served_log / "compose.yaml")


# --- the layout


@pytest.mark.parametrize("name", ["pod.yaml", "pod-native.yaml"])
def test_the_sidecar_reads_the_folder_that_web_writes_to(
    served_log: Path, name: str
) -> None:
    assert shares_its_log_pod(load(served_log / name))


def test_the_historic_bug_is_found(served_log: Path) -> None:
    assert not shares_its_log_pod(load(served_log / "pod-bug.yaml"))


@pytest.mark.parametrize("container", [0, 1])
@pytest.mark.parametrize(
    "change",
    [
        {"env": [{"name": "LOG_DIR", "value": "/var/log"}]},
        {"env": [{"name": "LOG_DIR", "value": "/var/log/web/more"}]},
        {"env": [{"name": "LOG_DIR", "value": "/var/log/web2"}]},
        {"volumeMounts": [{"name": "logs", "mountPath": "/var/log"}]},
        {"volumeMounts": [{"name": "other", "mountPath": "/var/log/web"}]},
        {"volumeMounts": []},
    ],
    ids=str,
)
def test_other_ways_not_to_share_are_found(
    served_log: Path, container: int, change: Document
) -> None:
    pod = load(served_log / "pod.yaml")
    pod["spec"]["containers"][container] |= change
    assert not shares_its_log_pod(pod)


def test_compose_shares_the_log(compose: Document) -> None:
    assert shares_its_log_compose(compose)
    compose["services"]["web"]["environment"]["LOG_DIR"] = "/"
    assert not shares_its_log_compose(compose)


def test_the_pod_with_the_bug_differs_in_one_line(served_log: Path) -> None:
    good, bad = (
        (served_log / name).read_text().splitlines()
        for name in ("pod.yaml", "pod-bug.yaml")
    )
    assert len(good) == len(bad)
    assert sum(left != right for left, right in zip(good, bad, strict=True)) == 1


def test_the_native_pod_differs_in_the_place_of_the_sidecar_only(
    served_log: Path,
) -> None:
    plain, native = (
        load(served_log / name) for name in ("pod.yaml", "pod-native.yaml")
    )
    (sidecar,) = native["spec"].pop("initContainers")
    assert sidecar.pop("restartPolicy") == "Always"
    native["spec"]["containers"].append(sidecar)
    assert native == plain


def test_the_sidecar_can_only_read(pod: Document, compose: Document) -> None:
    by_name = {container["name"]: container for container in containers(pod)}
    assert [mount.get("readOnly") for mount in by_name["web"]["volumeMounts"]] == [None]
    assert [mount["readOnly"] for mount in by_name["log-server"]["volumeMounts"]] == [
        True
    ]
    assert compose["services"]["log-server"]["volumes"] == ["logs:/var/log/web:ro"]


# --- valid


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_accepts_the_pod(pod: Document, version: str) -> None:
    kubernetes_validate.validate(pod, version, strict=True)


def test_kubernetes_before_native_sidecars_refuses_one(served_log: Path) -> None:
    native = load(served_log / "pod-native.yaml")
    with pytest.raises(
        kubernetes_validate.ValidationError, match=r"restartPolicy.*unexpected"
    ):
        kubernetes_validate.validate(native, "1.27", strict=True)


def test_compose_file_is_valid(served_log: Path) -> None:
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema=vendor.compose-spec",
            str(served_log / "compose.yaml"),
        ],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr


# --- what the schemas do not see


def test_every_mount_names_a_volume_and_every_volume_is_mounted(pod: Document) -> None:
    volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
    mounted = {name for box in containers(pod) for name in mounts(box).values()}
    assert mounted == volumes


def test_ports_do_not_clash_and_probes_name_one(pod: Document) -> None:
    ports = [port for box in containers(pod) for port in box["ports"]]
    assert len({port["containerPort"] for port in ports}) == len(ports)
    for box in containers(pod):
        for probe in ("startupProbe", "readinessProbe"):
            assert box[probe]["httpGet"]["path"] == "/healthz"
            assert box[probe]["httpGet"]["port"] in {
                port["name"] for port in box["ports"]
            }


def test_no_port_of_the_node_is_taken(pod: Document) -> None:
    assert "hostNetwork" not in pod["spec"]
    assert not any(
        "hostPort" in port for box in containers(pod) for port in box["ports"]
    )


def test_containers_are_limited_and_hardened(pod: Document) -> None:
    assert pod["spec"]["automountServiceAccountToken"] is False
    assert pod["spec"]["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "fsGroup": 1000,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    for box in containers(pod):
        assert set(box["resources"]["requests"]) == {"cpu", "memory"}
        assert set(box["resources"]["limits"]) == {"cpu", "memory"}
        assert box["securityContext"] == {
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        }


def test_services_are_limited_and_hardened(compose: Document) -> None:
    for service in compose["services"].values():
        assert service["user"] == "1000:1000"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["mem_limit"] and service["cpus"]


def test_services_join_the_network_of_pause(compose: Document) -> None:
    services = compose["services"]
    assert {
        name: service.get("network_mode") for name, service in services.items()
    } == {
        "pause": None,
        "web": "service:pause",
        "log-server": "service:pause",
    }
    assert services["pause"]["init"] is True
    assert services["pause"]["ports"] == [
        "127.0.0.1:8080:8080",
        "127.0.0.1:8081:8081",
    ]


def images(served_log: Path) -> Iterator[str]:
    """Every image that a file of the example names."""
    for name in PODS:
        yield from (box["image"] for box in containers(load(served_log / name)))
    for service in load(served_log / "compose.yaml")["services"].values():
        yield service["image"]
    for line in (served_log / "Containerfile").read_text().splitlines():
        if line.startswith("ARG BASE="):
            yield line.removeprefix("ARG BASE=")


def test_every_image_has_a_version(served_log: Path) -> None:
    for image in images(served_log):
        _, colon, tag = image.rpartition(":")
        assert colon and "/" not in tag and tag != "latest", image


def test_every_program_is_in_the_image(served_log: Path) -> None:
    recipe = (served_log / "Containerfile").read_text()
    (copy,) = [line for line in recipe.splitlines() if line.startswith("COPY")]
    *files, folder = copy.split()[1:]
    for file in files:
        assert (served_log / file).is_file()
    programs = {path.name for path in served_log.glob("*.py")}
    assert programs - set(files) == {"run.py"}
    commands = [box["command"] for box in containers(load(served_log / "pod.yaml"))]
    for _, program in commands:
        assert program in {folder + file for file in files}


def test_listings_fit_the_printed_page(served_log: Path) -> None:
    for path in sorted(served_log.iterdir()):
        if path.is_file():
            for number, line in enumerate(path.read_text().splitlines(), 1):
                assert len(line) <= 80, f"{path.name}:{number}"


@pytest.mark.parametrize(
    ("file", "markers"),
    [
        *((name, ["volume", "web", "log-server"]) for name in PODS),
        ("compose.yaml", ["pause", "volume", "web", "log-server"]),
        ("web.py", ["write"]),
        ("log_server.py", ["read"]),
    ],
)
def test_the_parts_that_pages_include_are_marked(
    served_log: Path, file: str, markers: list[str]
) -> None:
    text = (served_log / file).read_text()
    for marker in markers:
        assert text.count(f"# [{marker}]\n") == 1
        assert text.index(f"# [{marker}]\n") < text.index(f"# [/{marker}]\n")
