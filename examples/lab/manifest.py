"""What the runner reads of a manifest, as plain frozen dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Probe:
    """How to ask a container whether it has started: over HTTP, or by a command."""

    path: str
    port: int
    command: tuple[str, ...]
    period: float
    failures: int


@dataclass(frozen=True)
class Container:
    """One container: what runs, with which settings, on which ports and volumes."""

    name: str
    command: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    ports: tuple[int, ...]
    mounts: tuple[tuple[str, str], ...]
    """Pairs of a path in the container and the name of the volume there."""
    startup: Probe | None
    native: bool
    """Whether it is a native sidecar: an init container that always runs."""


@dataclass(frozen=True)
class Pod:
    """A pod, or the pod of a job."""

    name: str
    early: tuple[Container, ...]
    """Init containers and native sidecars, in the one order of their list."""
    regular: tuple[Container, ...]
    volumes: tuple[str, ...]
    grace: float
    """Seconds to stop in, for all together."""
    restart: str

    @property
    def inits(self) -> tuple[Container, ...]:
        """The init containers: each ends before the next container starts."""
        return tuple(box for box in self.early if not box.native)

    @property
    def containers(self) -> tuple[Container, ...]:
        """What keeps running: native sidecars first, then the regular ones."""
        return (*(box for box in self.early if box.native), *self.regular)

    @property
    def ports(self) -> tuple[int, ...]:
        """Every port of every container."""
        boxes = (*self.early, *self.regular)
        return tuple(port for box in boxes for port in box.ports)


@dataclass(frozen=True)
class Notes:
    """What people should know of a system."""

    about: str
    hints: tuple[str, ...]
    """What to try, line by line, with the processes of this machine."""
    pod_hints: tuple[str, ...]
    """What to try with a pod under podman: the same, where nothing else is said."""
    needs: tuple[str, ...]
    """Programs that this machine must have, beside Python."""


def notes(path: Path) -> Notes:
    """Return the notes on the manifest at *path*: `lab.yaml`, or `lab-X.yaml`.

    They do not stand in the manifest: podman takes no annotation of more than 63
    characters.
    """
    own = path.with_name(path.name.replace("pod", "lab", 1))
    file = own if own.is_file() else path.with_name("lab.yaml")
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Notes(
        about=found["about"],
        hints=tuple(found["try"]),
        pod_hints=tuple(found.get("try-pod", found["try"])),
        needs=tuple(found.get("needs", ())),
    )


def load(path: Path) -> dict[str, Any]:
    """Return the manifest as it stands, a Job's as the Pod that it would start."""
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    if document["kind"] == "Job":
        spec = document["spec"]["template"]["spec"]
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": document["metadata"],
            "spec": spec,
        }
    return document


def read(path: Path) -> Pod:
    """Return the pod that the file at *path* describes, a Pod or a Job."""
    return describe(load(path))


def change_settings(
    document: dict[str, Any], settings: Mapping[str, Mapping[str, str]]
) -> None:
    """Set environment variables, by the name of the container, in *document*."""
    spec = document["spec"]
    for box in (*spec.get("initContainers", []), *spec["containers"]):
        if new := settings.get(box["name"]):
            kept = [entry for entry in box.get("env", []) if entry["name"] not in new]
            box["env"] = kept + [{"name": k, "value": v} for k, v in new.items()]


def describe(document: dict[str, Any]) -> Pod:
    """Return the pod that *document*, a Pod as `load` returns it, describes."""
    spec = document["spec"]
    return Pod(
        name=document["metadata"]["name"],
        early=tuple(
            _container(item, native=item.get("restartPolicy") == "Always")
            for item in spec.get("initContainers", [])
        ),
        # Since Kubernetes 1.34 the line "restartPolicy: Always" may stand here
        # too; it makes no sidecar.
        regular=tuple(_container(item, native=False) for item in spec["containers"]),
        volumes=tuple(volume["name"] for volume in spec.get("volumes", [])),
        grace=spec.get("terminationGracePeriodSeconds", 30),
        restart=spec.get("restartPolicy", "Always"),
    )


def _container(item: dict[str, Any], *, native: bool) -> Container:
    ports = {port.get("name"): port["containerPort"] for port in item.get("ports", [])}
    return Container(
        name=item["name"],
        command=(*item.get("command", []), *item.get("args", [])),
        env=tuple((e["name"], str(e.get("value", ""))) for e in item.get("env", [])),
        ports=tuple(port["containerPort"] for port in item.get("ports", [])),
        mounts=tuple((m["mountPath"], m["name"]) for m in item.get("volumeMounts", [])),
        startup=_probe(item.get("startupProbe"), ports),
        native=native,
    )


def _probe(item: dict[str, Any] | None, ports: dict[str | None, int]) -> Probe | None:
    if item is None:
        return None
    http = item.get("httpGet", {})
    port = http.get("port", 0)
    return Probe(
        path=http.get("path", ""),
        port=ports.get(port, port),
        command=tuple(item.get("exec", {}).get("command", [])),
        period=item.get("periodSeconds", 10),
        failures=item.get("failureThreshold", 3),
    )
