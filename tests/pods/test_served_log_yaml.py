"""The running example's manifests: laid out to share a log."""

from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

PODS = ("pod.yaml", "pod-native.yaml", "pod-bug.yaml")

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


# --- the parts that pages include


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
