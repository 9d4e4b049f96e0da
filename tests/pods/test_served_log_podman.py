"""The running example as a real pod, under podman.

Skipped, with the reason, where podman is missing or cannot run a container. The
image is made here from this machine's own Python: no registry is asked. Images,
containers and volumes live in folders of the test's own, and everything that a
test starts has a name of its own, as podman lets pods share an emptyDir volume
whose name is the same.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.podman

Get = Callable[[str], tuple[int, str]]
Pod = dict[str, Any]

BASE = "localhost/sidecar-handbook/base:1"
LIMIT = 60.0  # seconds for one podman command

NEEDED = ("podman", "runc", "ldd", "/bin/busybox")


class Podman:
    """Calls podman with storage and settings of the test's own."""

    def __init__(self, folder: Path) -> None:
        """Write the settings that a machine without systemd needs."""
        self.folder = folder
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        files = min(hard, 4096) if hard != resource.RLIM_INFINITY else 4096
        settings = folder / "containers.conf"
        settings.write_text(
            "[containers]\n"
            # Soft and hard limit must be equal, and within what the user has.
            f'default_ulimits = ["nofile={files}:{files}", "nproc=4096:4096"]\n'
            "[engine]\n"
            # crun 1.8 refuses cgroups v1 and v2 side by side.
            'runtime = "runc"\n'
            'cgroup_manager = "cgroupfs"\n'
            'events_logger = "file"\n'
            "[network]\n"
            'network_backend = "netavark"\n'
            f'network_config_dir = "{folder}/networks"\n'
        )
        self.environment = os.environ | {"CONTAINERS_CONF": str(settings)}

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run one podman command; its status is for the caller to judge."""
        storage = ["--root", f"{self.folder}/root", "--runroot", f"{self.folder}/run"]
        return subprocess.run(
            ["podman", *storage, *arguments],
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=LIMIT,
        )

    def must(self, *arguments: str) -> str:
        """Run one podman command, which has to succeed; return its output."""
        result = self(*arguments)
        assert result.returncode == 0, (arguments, result.stderr)
        return result.stdout


@pytest.fixture(scope="module")
def image(served_log: Path) -> str:
    """The image that pod.yaml names."""
    pod = yaml.safe_load((served_log / "pod.yaml").read_text())
    return str(pod["spec"]["containers"][0]["image"])


@pytest.fixture(scope="module")
def podman(
    served_log: Path, image: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Podman]:
    """Podman, with the example's image built; skips where that cannot be."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not on this machine: {', '.join(missing)}")
    if os.geteuid() != 0:
        pytest.skip("only tried as root: rootless podman needs /dev/net/tun")
    folder = tmp_path_factory.mktemp("podman")
    podman = Podman(folder)
    try:
        archive = folder / "base.tar"
        maker = served_log.parent / "base_image.py"
        subprocess.run([sys.executable, str(maker), str(archive)], check=True)
        imported = podman("import", "--quiet", str(archive), BASE)
        if imported.returncode != 0:
            pytest.skip(f"podman cannot store an image: {imported.stderr}")
        trial = podman("run", "--rm", "--pull=never", BASE, "python3", "-c", "print(1)")
        if trial.returncode != 0:
            pytest.skip(f"podman cannot run a container: {trial.stderr}")
        build = ["build", "--quiet", "--pull=never", f"--build-arg=BASE={BASE}"]
        podman.must(*build, f"--tag={image}", str(served_log))
        yield podman
    finally:
        podman("pod", "rm", "--all", "--force")
        podman("rm", "--all", "--force")
        podman("volume", "rm", "--all", "--force")
        podman("rmi", "--all", "--force")
        shutil.rmtree(folder, ignore_errors=True)


class Running:
    """A pod that runs: its name, and the addresses of its two programs."""

    def __init__(self, podman: Podman, pod: Pod, ports: tuple[int, int]) -> None:
        """Start a copy of ``pod``: own names, own ports of this machine."""
        self.podman = podman
        self.name = f"served-log-{uuid.uuid4().hex[:8]}"
        pod["metadata"]["name"] = self.name
        # Under podman, pods share an emptyDir of the same name.
        pod["spec"]["volumes"][0]["name"] = self.name
        pod["spec"]["restartPolicy"] = "Never"
        for container, port in zip(pod["spec"]["containers"], ports, strict=True):
            container["volumeMounts"][0]["name"] = self.name
            container["ports"][0] |= {"hostPort": port, "hostIP": "127.0.0.1"}
        self.web, self.log = (f"http://127.0.0.1:{port}/" for port in ports)
        self.file = podman.folder / f"{self.name}.yaml"
        self.file.write_text(yaml.safe_dump(pod))
        podman.must("kube", "play", str(self.file))

    def container(self, name: str) -> Pod:
        """Return what podman knows about one container."""
        (found,) = json.loads(self.podman.must("inspect", f"{self.name}-{name}"))
        return dict(found)

    def output(self, name: str) -> str:
        """Return what a container has printed."""
        result = self.podman("logs", f"{self.name}-{name}")
        return result.stdout + result.stderr

    def stop(self) -> None:
        """Ask both programs to stop. "kube down" of podman 4.3 would kill them."""
        self.podman.must("pod", "stop", "-t", "5", self.name)

    def remove(self) -> None:
        """Remove the pod and its volume."""
        self.podman("pod", "stop", "-t", "5", self.name)
        self.podman("kube", "down", str(self.file))
        self.podman("volume", "rm", "--force", self.name)


@pytest.fixture
def play(
    podman: Podman, served_log: Path, free_port: Callable[[], int]
) -> Iterator[Callable[..., Running]]:
    """Start one of the example's pods, changed as asked; remove it afterwards."""
    running: list[Running] = []

    def start(name: str, change: Callable[[Pod], None] = lambda pod: None) -> Running:
        pod = yaml.safe_load((served_log / name).read_text())
        change(pod)
        running.append(Running(podman, pod, (free_port(), free_port())))
        return running[-1]

    yield start
    for pod in running:
        pod.remove()


def test_a_request_to_the_pod_is_read_through_its_sidecar(
    play: Callable[..., Running], get: Get
) -> None:
    pod = play("pod.yaml")
    assert get(pod.web + "hello") == (200, "Hello! You asked for /hello\n")
    status, log = get(pod.log)
    assert status == 200
    assert log.endswith(" GET /hello 200\n")

    pod.stop()

    for name in ("web", "log-server"):
        assert pod.output(name).endswith(f"{name}: stopped\n")
        assert pod.container(name)["State"]["ExitCode"] == 0


def test_the_sidecar_cannot_write_the_log_or_see_the_processes_of_web(
    play: Callable[..., Running], podman: Podman, get: Get
) -> None:
    pod = play("pod.yaml")
    get(pod.web + "hello")
    log = f"{pod.name}-log-server"
    refused = podman("exec", log, "sh", "-c", "echo 1 > /var/log/web/access.log")
    assert "Read-only file system" in refused.stderr
    processes = podman.must("exec", log, "ps")
    assert "log_server.py" in processes
    assert "web.py" not in processes


def test_both_containers_have_one_network(
    play: Callable[..., Running], podman: Podman, get: Get
) -> None:
    pod = play("pod.yaml")
    get(pod.web)
    answer = podman.must(
        "exec", f"{pod.name}-log-server", "wget", "-qO-", "http://localhost:8080/near"
    )
    assert answer == "Hello! You asked for /near\n"


def test_the_historic_bug_is_loud_in_a_hardened_pod(
    play: Callable[..., Running], get: Get
) -> None:
    pod = play("pod-bug.yaml")
    assert get(pod.log) == (404, "no log yet at /var/log/web/access.log\n")
    deadline = time.monotonic() + LIMIT
    while pod.container("web")["State"]["Running"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert pod.container("web")["State"]["ExitCode"] == 2
    assert pod.output("web").startswith(
        "web: cannot write to /access.log (Read-only file system): set LOG_DIR"
    )


def test_the_historic_bug_is_silent_where_root_may_write_anywhere(
    play: Callable[..., Running], podman: Podman, get: Get
) -> None:
    def as_in_the_old_sample(pod: Pod) -> None:
        web = pod["spec"]["containers"][0]
        web["securityContext"] = {"runAsUser": 0, "runAsNonRoot": False}

    pod = play("pod-bug.yaml", as_in_the_old_sample)
    assert get(pod.web + "hello")[0] == 200
    assert get(pod.log) == (404, "no log yet at /var/log/web/access.log\n")
    assert pod.container("web")["State"]["Running"]
    lost = podman.must("exec", f"{pod.name}-web", "cat", "/access.log")
    assert lost.endswith(" GET /hello 200\n")
    assert pod.output("web") == "web: listening on http://0.0.0.0:8080/\n"
