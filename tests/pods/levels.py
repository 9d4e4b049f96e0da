"""One system, run in one of four ways, behind one door for the tests.

`Level` is what a test sees. `processes` and `pod` use the runner of `examples/lab`,
`compose` uses podman-compose, `cluster` uses kubectl and a context that the person
who runs the tests has named.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import yaml
from lab.manifest import change_settings, describe, load, read
from lab.podman import Podman, PodmanPod
from lab.processes import Processes
from lab.systems import PODS
from ports import free_ports

LIMIT = 30.0
"""Seconds that anything may take here; only a fault waits so long."""

Settings = Mapping[str, Mapping[str, str]]
"""Environment variables to set, by the name of the container."""

Done = subprocess.CompletedProcess[str]
Change = Callable[[dict[str, Any]], None]
"""Alters a manifest, or a Compose file, before it is used."""


def unchanged(document: dict[str, Any]) -> None:
    """Alter nothing."""


class Level(Protocol):
    """A system that runs."""

    name: str
    """How it runs: processes, pod, compose or cluster."""

    def port(self, port: int) -> int:
        """Return the port of 127.0.0.1 at which the system's *port* answers."""

    def start(self) -> None:
        """Start all containers, in the order that the manifest asks for."""

    def output(self, container: str) -> str:
        """Return all that a container has printed so far, over all restarts."""

    def kill(self, container: str) -> None:
        """End the main process of a container with SIGKILL (cluster: SIGTERM)."""

    def run(self, container: str, *command: str) -> Done:
        """Run a command where the container's program runs."""

    def stop(self) -> None:
        """Ask all containers to stop, and wait until they have."""

    def remove(self) -> None:
        """Leave nothing behind; may be called at any time, and more than once."""


Launch = Callable[..., Level]
"""The fixture `launch`."""


def until(what: Callable[[], Any], limit: float = LIMIT) -> Any:
    """Call *what* until it returns something true, and return that.

    Raises AssertionError with the last answer when *limit* seconds are over.
    """
    deadline = time.monotonic() + limit
    while not (answer := what()):
        assert time.monotonic() < deadline, f"not within {limit} s: {answer!r}"
        time.sleep(0.02)
    return answer


def url_of(system: Level, port: int) -> str:
    """Return the address at which the system's *port* answers."""
    return f"http://127.0.0.1:{system.port(port)}/"


def has_stopped(system: Level, name: str) -> bool:
    """Whether a container has said that it has stopped.

    Not whether it said so last: podman gives what was written to stderr after all else.
    """
    return f"{name}: stopped" in system.output(name).splitlines()


def stop_cleanly(system: Level, *names: str) -> None:
    """Stop a system; the containers of these names must then say that they have.

    On a cluster what they say is gone with the pod.
    """
    system.stop()
    if system.name != "cluster":
        for name in names:
            try:
                until(partial(has_stopped, system, name))
            except AssertionError:
                said = system.output(name)[-500:]
                raise AssertionError(f"{name} did not stop; it said:\n{said}") from None


class AsProcesses:
    """The system as plain processes."""

    name = "processes"

    def __init__(
        self,
        system: str,
        file: str,
        ports: Mapping[int, int],
        settings: Settings,
        change: Change = unchanged,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix=f"{system}-")
        document = load(PODS / system / file)
        change_settings(document, settings)
        change(document)
        self._late = threading.Event()
        self.processes = Processes(
            describe(document),
            PODS / system,
            Path(self._folder.name),
            ports,
            stopping=self._late,
        )

    def port(self, port: int) -> int:
        return self.processes.ports[port]

    def start(self) -> None:
        # Like a kubelet, the runner waits for an init container as long as it takes.
        guard = threading.Timer(LIMIT, self._late.set)
        guard.start()
        try:
            self.processes.start()
        finally:
            guard.cancel()
        assert not self._late.is_set(), f"not started within {LIMIT:g} s"

    def output(self, container: str) -> str:
        lines = self.processes.processes[container].lines
        return "".join(f"{line}\n" for line in list(lines))

    def kill(self, container: str) -> None:
        os.kill(until(lambda: self.processes.pid(container)), signal.SIGKILL)

    def run(self, container: str, *command: str) -> Done:
        return self.processes.run(container, *command)

    def phase(self) -> str:
        """Return Running, Succeeded or Failed."""
        return self.processes.phase

    def statuses(self, container: str) -> list[int]:
        """Return the exit status of each run of a container that has ended."""
        return self.processes.processes[container].statuses

    def volume(self, name: str) -> Path:
        """Return the folder that stands in for a volume."""
        return self.processes.volumes[name]

    def stop(self) -> None:
        self.processes.stop()

    def remove(self) -> None:
        self.processes.stop()
        self._folder.cleanup()


class AsPod:
    """The system as a pod under podman."""

    name = "pod"

    def __init__(
        self,
        podman: Podman,
        system: str,
        file: str,
        ports: Mapping[int, int],
        settings: Settings,
        change: Change = unchanged,
    ) -> None:
        def both(document: dict[str, Any]) -> None:
            change_settings(document, settings)
            change(document)

        self.podman = podman
        self._ports = dict(ports)
        self.pod = PodmanPod(podman, PODS / system / file, ports, both)

    def port(self, port: int) -> int:
        return self._ports[port]

    def start(self) -> None:
        self.pod.start()

    def output(self, container: str) -> str:
        return self.pod.output(container)

    def kill(self, container: str) -> None:
        os.kill(until(lambda: self.pod.pid(container)), signal.SIGKILL)

    def run(self, container: str, *command: str) -> Done:
        return self.podman("exec", f"{self.pod.name}-{container}", *command)

    def phase(self) -> str:
        """Return Running, Succeeded or Failed."""
        return self.pod.phase()

    def address(self) -> str:
        """Return the pod's own address, which this machine can reach."""
        infra = self.podman.must(
            "pod", "inspect", "-f", "{{.InfraContainerID}}", self.pod.name
        )
        return _address(self.podman, infra.strip())

    def stop(self) -> None:
        self.pod.stop()

    def remove(self) -> None:
        self.pod.stop()
        self.pod.remove()


def _address(podman: Podman, container: str) -> str:
    form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    return podman.must("inspect", "-f", form, container).strip()


class AsCompose:
    """The system as services, under podman-compose."""

    name = "compose"

    def __init__(
        self,
        podman: Podman,
        system: str,
        ports: Mapping[int, int],
        settings: Settings,
        change: Change = unchanged,
    ) -> None:
        self.podman = podman
        self._ports = dict(ports)
        self.project = f"{system.replace('_', '-')}-{uuid.uuid4().hex[:8]}"
        text = (PODS / system / "compose.yaml").read_text(encoding="utf-8")
        document = yaml.safe_load(text)
        document["name"] = self.project
        for name, service in document["services"].items():
            service.pop("build", None)
            service["container_name"] = f"{self.project}-{name}"
            if service.get("pid", "").startswith("container:"):
                service["pid"] = f"container:{self.project}-pause"
            environment = service.get("environment", {})
            service["environment"] = environment | dict(settings.get(name, {}))
            service["ports"] = [self._moved(port) for port in service.get("ports", [])]
        change(document)
        self.file = podman.folder / f"{self.project}.yaml"
        self.file.write_text(yaml.safe_dump(document, sort_keys=False))

    def _moved(self, published: str) -> str:
        host, _, port = published.split(":")
        return f"{host}:{self._ports[int(port)]}:{port}"

    def compose(self, *arguments: str) -> Done:
        """Run podman-compose on this project."""
        program = Path(sys.executable).with_name("podman-compose")
        options = ["--in-pod=false", "-p", self.project, "-f", str(self.file)]
        return subprocess.run(
            [str(program), *options, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=self.podman.environment,
            timeout=120,
            check=False,
        )

    def port(self, port: int) -> int:
        return self._ports[port]

    def start(self) -> None:
        done = self.compose("up", "--detach", "--no-build")
        assert done.returncode == 0, done.stderr

    def output(self, container: str) -> str:
        done = self.podman("logs", f"{self.project}-{container}")
        return done.stdout + done.stderr

    def kill(self, container: str) -> None:
        def pid() -> int:
            form = "{{.State.Pid}}"
            name = f"{self.project}-{container}"
            return int(self.podman.must("inspect", "-f", form, name))

        os.kill(until(pid), signal.SIGKILL)

    def run(self, container: str, *command: str) -> Done:
        return self.podman("exec", f"{self.project}-{container}", *command)

    def address(self) -> str:
        """Return the address that the services share, which this machine can reach."""
        return _address(self.podman, f"{self.project}-pause")

    def stop(self) -> None:
        self.compose("stop")

    def remove(self) -> None:
        self.compose("down", "--volumes")
        self.file.unlink(missing_ok=True)


class AsCluster:
    """The system as a pod of the cluster that a context names; images are there."""

    name = "cluster"

    def __init__(
        self,
        context: str,
        system: str,
        file: str,
        ports: Mapping[int, int],
        settings: Settings,
        change: Change = unchanged,
    ) -> None:
        self.kubectl = ["kubectl", "--context", context]
        self._ports = dict(ports)
        document = load(PODS / system / file)
        change_settings(document, settings)
        change(document)
        self.pod = f"{document['metadata']['name']}-{uuid.uuid4().hex[:8]}"
        document["metadata"] = {"name": self.pod}
        self._manifest = yaml.safe_dump(document)
        self._boxes = [box.name for box in read(PODS / system / file).containers]
        self._readers: list[subprocess.Popen[str]] = []
        self._printed: dict[str, list[str]] = {name: [] for name in self._boxes}

    def _call(self, *arguments: str, stdin: str | None = None) -> Done:
        return subprocess.run(
            [*self.kubectl, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def port(self, port: int) -> int:
        return self._ports[port]

    def start(self) -> None:
        done = self._call("apply", "-f", "-", stdin=self._manifest)
        assert done.returncode == 0, done.stderr
        ready = ("--for=condition=Ready", f"pod/{self.pod}", "--timeout=90s")
        done = self._call("wait", *ready)
        assert done.returncode == 0, (
            done.stderr + self._call("describe", "pod", self.pod).stdout
        )
        for name in self._boxes:
            reader = self._spawn("logs", "-f", self.pod, "-c", name)
            lines = self._printed[name]
            threading.Thread(target=_gather, args=(reader, lines), daemon=True).start()
        pairs = [f"{here}:{there}" for there, here in self._ports.items()]
        if pairs:
            forward = self._spawn("port-forward", f"pod/{self.pod}", *pairs)
            assert forward.stdout is not None
            forward.stdout.readline()

    def _spawn(self, *arguments: str) -> "subprocess.Popen[str]":
        reader = subprocess.Popen(
            [*self.kubectl, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._readers.append(reader)
        return reader

    def output(self, container: str) -> str:
        return "".join(list(self._printed[container]))

    def kill(self, container: str) -> None:
        self.run(container, "python3", "-c", "import os; os.kill(1, 15)")

    def run(self, container: str, *command: str) -> Done:
        return self._call("exec", self.pod, "-c", container, "--", *command)

    def phase(self) -> str:
        """Return Running, Succeeded or Failed."""
        form = "jsonpath={.status.phase}"
        return self._call("get", "pod", self.pod, "-o", form).stdout

    def stop(self) -> None:
        self._call("delete", "pod", self.pod, "--wait", "--ignore-not-found")

    def remove(self) -> None:
        self.stop()
        for reader in self._readers:
            reader.kill()
            reader.wait()


def _gather(reader: "subprocess.Popen[str]", lines: list[str]) -> None:
    assert reader.stdout is not None
    lines.extend(iter(reader.stdout.readline, ""))


def ports_of(system: str, file: str) -> dict[int, int]:
    """Return for each port of a system one on which nothing listens here."""
    ports = read(PODS / system / file).ports
    return dict(zip(ports, free_ports(len(ports)), strict=True))
