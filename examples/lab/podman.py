"""A pod under podman: the image, the pod, its start, its stop, its removal.

Settings are the ones that a machine without systemd needs. Under podman 4.3 pods
share an emptyDir of the same name, `kube down` kills at once, and a native sidecar
makes `kube play` wait for ever; what is done about each stands where it is done.
"""

import hashlib
import json
import os
import resource
import shlex
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from lab.manifest import Container, Pod, Probe, describe, load
from lab.systems import PODS, missing

BASE = "localhost/sidecar-handbook/base:1"
LIMIT = 120.0
"""Seconds that one podman command may take."""
CLEANED_UP = 10.0
"""Seconds that podman may take to clean up after a container that has ended."""

Show = Callable[[str, str], None]


class PodmanError(Exception):
    """A podman command that failed; its text is what podman said."""


def why_not() -> str:
    """Return why no pod can run here, in one line; "" if one can."""
    lacking = missing(("podman", "runc", "ldd", "busybox"))
    if lacking:
        return lacking
    if os.geteuid() != 0:
        return (
            "pods were only tried as root, as with sudo .venv/bin/nox: "
            "rootless podman needs /dev/net/tun"
        )
    return ""


class Podman:
    """Calls podman with settings, and where asked with storage, of its own."""

    def __init__(self, folder: Path, *, own_storage: bool = False) -> None:
        """Write the settings to *folder*, which also holds the storage if asked."""
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
        if own_storage:
            storage = folder / "storage.conf"
            storage.write_text(
                "[storage]\n"
                'driver = "overlay"\n'
                f'graphroot = "{folder}/root"\n'
                f'runroot = "{folder}/run"\n'
            )
            self.environment["CONTAINERS_STORAGE_CONF"] = str(storage)

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run one podman command; its status is for the caller to judge.

        Raises PodmanError if it has not ended after LIMIT seconds.
        """
        try:
            return subprocess.run(
                ["podman", *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                env=self.environment,
                timeout=LIMIT,
                check=False,
                # A group of its own: Ctrl-C reaches the runner alone.
                process_group=0,
            )
        except subprocess.TimeoutExpired as error:
            command = shlex.join(["podman", *arguments])
            raise PodmanError(f"{command}: not done after {LIMIT:g} s") from error

    def must(self, *arguments: str) -> str:
        """Run one podman command, return its output; raise PodmanError if it fails."""
        done = self(*arguments)
        if done.returncode != 0:
            command = shlex.join(["podman", *arguments])
            said = done.stderr.strip() or done.stdout.strip()
            raise PodmanError(f"{command}: {said}")
        return done.stdout

    def make_base(self) -> None:
        """Import a base image of this machine's own programs, unless it is there."""
        archive = self.folder / "base.tar"
        maker = Path(__file__).with_name("base_image.py")
        made = subprocess.run(
            [sys.executable, str(maker), str(archive)],
            capture_output=True,
            text=True,
            check=False,
            process_group=0,
        )
        if made.returncode != 0:
            raise PodmanError(made.stderr.strip())
        with archive.open("rb") as file:
            mark = f"made-from={hashlib.file_digest(file, 'sha256').hexdigest()}"
        # An image that is as it was stays. A new one would push the old one, and
        # all that was built on it, to the images without a name, at every run.
        labels = self("image", "inspect", "--format={{.Labels}}", BASE).stdout
        if mark.replace("=", ":") not in labels:
            change = f"--change=LABEL {mark}"
            self.must("import", "--quiet", change, str(archive), BASE)
        archive.unlink()

    def build(self, system: str) -> str:
        """Build the image of *system* on the base image; return its name."""
        image = image_of(system)
        recipe = PODS / system / "Containerfile"
        options = ("--quiet", "--pull=never", f"--build-arg=BASE={BASE}")
        self.must("build", *options, f"--tag={image}", f"--file={recipe}", str(PODS))
        return image


def image_of(system: str) -> str:
    """Return the image that the system's `pod.yaml` names first."""
    spec = load(PODS / system / "pod.yaml")["spec"]
    return str([*spec.get("initContainers", []), *spec["containers"]][0]["image"])


class PodmanPod:
    """A pod that runs under podman, from a manifest; names and ports are its own."""

    def __init__(
        self,
        podman: Podman,
        manifest: Path,
        ports: Mapping[int, int],
        change: Callable[[dict[str, Any]], None] = lambda pod: None,
    ) -> None:
        """Prepare a copy of *manifest*; *ports* are pod's ports and this machine's.

        A port that is not among *ports* is not reachable from this machine by
        loopback. *change* may alter the manifest before it is used.
        """
        self.podman = podman
        document = load(manifest)
        change(document)
        self.pod: Pod = describe(document)
        self.name = f"{self.pod.name}-{uuid.uuid4().hex[:8]}"
        document["metadata"] = {"name": self.name}
        spec = document["spec"]
        self.shared = spec.get("shareProcessNamespace", False)
        self.native = [
            box["name"]
            for box in spec.get("initContainers", [])
            if box.get("restartPolicy") == "Always"
        ]
        self._own_volumes(spec)
        self._publish(spec, ports)
        self._move_sidecars(spec)
        self.file = podman.folder / f"{self.name}.yaml"
        self.file.write_text(yaml.safe_dump(document, sort_keys=False))

    def start(self, stopping: threading.Event | None = None) -> None:
        """Start the pod: the init list from top to bottom, then the regular containers.

        Of that list, an init container has to end and a native sidecar has to start
        before the next one's turn. Raises PodmanError if one does not. Whoever sets
        *stopping* ends a start that is under way; `stop` is due then.
        """
        stopping = stopping or threading.Event()
        if not self.native and not self.pod.inits:
            self.podman.must("kube", "play", str(self.file))
            return
        # "kube play" would wait for a native sidecar to end, and podman 4.3 restarts
        # an init container as it does the others. So it only makes the others, and
        # we start all in the order that a kubelet keeps.
        self.podman.must("kube", "play", "--start=false", str(self.file))
        for box in (*self.pod.early, *self.pod.regular):
            if stopping.is_set():
                return
            if box in self.pod.inits:
                self._run_init(box)
                continue
            self.podman.must("start", f"{self.name}-{box.name}")
            if box.native and box.startup:
                self._await_start(box.name, box.startup, stopping)

    def names(self) -> Iterable[str]:
        """Return the names of the containers as the manifest has them."""
        return (box.name for box in self.pod.containers)

    def inspect(self, name: str) -> dict[str, Any]:
        """Return what podman knows of one container."""
        found: list[dict[str, Any]] = json.loads(
            self.podman.must("inspect", f"{self.name}-{name}")
        )
        return found[0]

    def phase(self) -> str:
        """Return Running until every regular container has ended for good."""
        states = [
            self.inspect(name)["State"]
            for name in self.names()
            if name not in self.native
        ]
        if self.pod.restart == "Always" or any(
            state["Status"] in ("running", "created", "initialized")
            or (self.pod.restart == "OnFailure" and state["ExitCode"] != 0)
            for state in states
        ):
            return "Running"
        return "Failed" if any(s["ExitCode"] for s in states) else "Succeeded"

    def pid(self, name: str) -> int:
        """Return the process number of a container on this machine, 0 if it is down."""
        return int(self.inspect(name)["State"]["Pid"])

    def output(self, name: str) -> str:
        """Return all that a container has printed."""
        done = self.podman("logs", f"{self.name}-{name}")
        return done.stdout + done.stderr

    def follow(self, show: Show) -> list["subprocess.Popen[str]"]:
        """Give *show* each line of each container, from threads; return the readers."""
        readers = []
        for name in self.names():
            reader = subprocess.Popen(
                ["podman", "logs", "-f", f"{self.name}-{name}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                env=self.podman.environment,
                process_group=0,
            )
            threading.Thread(target=_pass_on, args=(reader, name, show)).start()
            readers.append(reader)
        return readers

    def stop(self) -> None:
        """Stop regular containers together, then sidecars one by one from the last.

        All have the pod's grace period between them. When it is over, what is left is
        killed, without the two seconds more that a kubelet would give.
        """
        # With one process namespace, the end of podman's own container kills the rest.
        groups: list[list[str]] = []
        if self.native or self.shared:
            groups = [[box.name for box in self.pod.regular]]
            groups += [[name] for name in reversed(self.native)]
        monitors = self._monitors() if len(groups) > 1 else {}
        deadline = time.monotonic() + self.pod.grace

        def left() -> str:
            return str(max(0, round(deadline - time.monotonic())))

        for group in groups:
            self.podman("stop", "-t", left(), *(f"{self.name}-{n}" for n in group))
            if group is not groups[-1]:  # after the last, nobody is left to be asked
                for name in group:
                    _await_end(monitors.get(name, 0))
        # "kube down" of podman 4.3 kills at once; after a stop it only removes.
        self.podman("pod", "stop", "-t", left(), self.name)

    def _monitors(self) -> dict[str, int]:
        """Return the process that watches each container that runs, by its name."""
        form = "{{.Name}} {{.State.ConmonPid}}"
        said = self.podman(
            "inspect", "-f", form, *(f"{self.name}-{name}" for name in self.names())
        )
        pairs = (line.split() for line in said.stdout.splitlines())
        return {name.removeprefix(f"{self.name}-"): int(pid) for name, pid in pairs}

    def remove(self) -> None:
        """Remove the pod, its volumes and its file; it need not have started."""
        self.podman("kube", "down", str(self.file))
        self.podman("pod", "rm", "--force", self.name)
        for volume in self.pod.volumes:
            self.podman("volume", "rm", "--force", f"{self.name}-{volume}")
        self.file.unlink(missing_ok=True)

    def _own_volumes(self, spec: dict[str, Any]) -> None:
        for volume in spec.get("volumes", []):
            volume["name"] = f"{self.name}-{volume['name']}"
        for box in (*spec.get("initContainers", []), *spec["containers"]):
            for mount in box.get("volumeMounts", []):
                mount["name"] = f"{self.name}-{mount['name']}"

    def _publish(self, spec: dict[str, Any], ports: Mapping[int, int]) -> None:
        for box in (*spec.get("initContainers", []), *spec["containers"]):
            for port in box.get("ports", []):
                if port["containerPort"] in ports:
                    port["hostPort"] = ports[port["containerPort"]]
                    port["hostIP"] = "127.0.0.1"

    def _move_sidecars(self, spec: dict[str, Any]) -> None:
        early = spec.pop("initContainers", [])
        native = [box for box in early if box["name"] in self.native]
        inits = [box for box in early if box["name"] not in self.native]
        for box in native:
            del box["restartPolicy"]
        spec["containers"] = [*native, *spec["containers"]]
        self.init_images = {box["name"]: box["image"] for box in inits}

    def _run_init(self, box: Container) -> None:
        """Run an init container to its end; raise PodmanError if it fails."""
        options = ["--rm", "--pull=never", "--pod", self.name, "--user=1000:1000"]
        options += ["--read-only", "--cap-drop=all", "--security-opt=no-new-privileges"]
        options += [f"--env={name}={value}" for name, value in box.env]
        for path, volume in box.mounts:
            options.append(f"--volume={self.name}-{volume}:{path}")
        self.podman.must("run", *options, self.init_images[box.name], *box.command)

    def _await_start(self, name: str, probe: Probe, stopping: threading.Event) -> None:
        url = f"http://127.0.0.1:{probe.port}{probe.path}"
        ask = (
            "import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=1).read()"
        )
        command = probe.command or ("python3", "-c", ask, url)
        limit = probe.failures * probe.period
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if self.podman("exec", f"{self.name}-{name}", *command).returncode == 0:
                return
            if stopping.wait(0.1):
                return
        waited = f"for {limit:g} s"
        raise PodmanError(f"{name} did not start: its startup probe failed {waited}")


def _await_end(monitor: int) -> None:
    """Wait until podman has cleaned up after a container, which its monitor awaits.

    A late clean-up takes a pod in which all else has ended, or is only being stopped,
    for one that has ended: it would ask a container to stop that was just asked.
    """
    deadline = time.monotonic() + CLEANED_UP
    while Path(f"/proc/{monitor}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def _pass_on(reader: "subprocess.Popen[str]", name: str, show: Show) -> None:
    assert reader.stdout is not None
    for line in reader.stdout:
        show(name, line.rstrip("\n"))
