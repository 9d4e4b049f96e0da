"""Time how long each system takes to start and to stop, at each level.

``nox -s bench`` runs it. A system has started when all its containers that are
probed answer; it has stopped when all have ended. Results go to
``examples/pods/start_stop.json``: every sample, and the machine.
"""

import json
import os
import platform
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from lab.manifest import load, notes
from lab.podman import Podman, why_not
from lab.systems import PODS, missing, systems
from levels import AsCompose, AsPod, AsProcesses, Level, ports_of, until

Make = Callable[[dict[int, int]], Level]

RUNS = 5
RESULTS = PODS / "start_stop.json"


def published(system: str) -> set[int]:
    """Return the ports that a system's Compose file publishes on this machine."""
    text = (PODS / system / "compose.yaml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"].values()
    return {int(p.split(":")[-1]) for box in services for p in box.get("ports", ())}


def probed_ports(system: str, level: str) -> list[tuple[int, str]]:
    """Return port and path of each readiness probe over HTTP that can be asked."""
    found = []
    for box in load(PODS / system / "pod.yaml")["spec"]["containers"]:
        ask = box.get("readinessProbe", {}).get("httpGet")
        if ask and ask.get("scheme", "HTTP") == "HTTP":
            named = {p.get("name"): p["containerPort"] for p in box["ports"]}
            found.append((named.get(ask["port"], ask["port"]), ask["path"]))
    if level == "compose":
        return [(port, path) for port, path in found if port in published(system)]
    return found


def answers(url: str) -> bool:
    """Whether *url* answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def sample(make: Make, system: str) -> tuple[float, float]:
    """Run *system* once; return the seconds to start and to stop."""
    level = make(ports_of(system, "pod.yaml"))
    try:
        begun = time.perf_counter()
        level.start()
        for port, path in probed_ports(system, level.name):
            until(partial(answers, f"http://127.0.0.1:{level.port(port)}{path}"))
        started = time.perf_counter()
        level.stop()
        ended = time.perf_counter()
        return round(started - begun, 3), round(ended - started, 3)
    finally:
        level.remove()


def machine() -> dict[str, Any]:
    """Describe this machine and its load."""
    return {
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
        "date": datetime.now(UTC).date().isoformat(),
    }


def main() -> None:
    """Print the table and write the results."""
    results: dict[str, Any] = {"machine": machine(), "seconds": {}}
    with tempfile.TemporaryDirectory() as folder:
        podman = None
        if reason := why_not():
            print(f"pod, compose: not run: {reason}", file=sys.stderr)
        else:
            podman = Podman(Path(folder), own_storage=True)
            podman.make_base()
        print(f"{'system':18} {'level':10} start  stop   (median of {RUNS}, seconds)")
        for system in systems():
            if reason := missing(notes(PODS / system / "pod.yaml").needs):
                print(f"{system}: not run: {reason}", file=sys.stderr)
                continue
            for level, make in makers(system, podman).items():
                samples = [sample(make, system) for _ in range(RUNS)]
                start, stop = (statistics.median(s) for s in zip(*samples, strict=True))
                print(f"{system:18} {level:10} {start:5.2f} {stop:5.2f}", flush=True)
                results["seconds"].setdefault(system, {})[level] = samples
        if podman:
            podman("rmi", "--all", "--force")
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def makers(system: str, podman: Podman | None) -> dict[str, Make]:
    """Return how to make *system* at each level that this machine has."""

    def processes(ports: dict[int, int]) -> Level:
        return AsProcesses(system, "pod.yaml", ports, {})

    if podman is None:
        return {"processes": processes}
    podman.build(system)
    here = podman

    def pod(ports: dict[int, int]) -> Level:
        return AsPod(here, system, "pod.yaml", ports, {})

    def compose(ports: dict[int, int]) -> Level:
        return AsCompose(here, system, ports, {})

    return {"processes": processes, "pod": pod, "compose": compose}


if __name__ == "__main__":
    main()
