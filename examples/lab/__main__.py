"""The command line: list the systems, or run one until Ctrl-C."""

import argparse
import errno
import io
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from lab.manifest import Pod, change_settings, describe, load, notes, read
from lab.podman import Podman, PodmanError, PodmanPod, why_not
from lab.processes import Processes
from lab.show import Screen, harmless
from lab.systems import PODS, missing, systems

EPILOG = """
LAB_PORTS moves ports: LAB_PORTS="8080=9080 8081=9081" for instance.
"""


Settings = dict[str, dict[str, str]]
"""Environment variables to set, by the name of the container."""


def main() -> int:
    """Do what the command line asks; return 0, or 1 if the pod failed, or 2."""
    # What a program prints may be more than this terminal's encoding has.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = parse()
    known = systems()
    if options.name is None:
        width = max(map(len, known))
        for name, about in known.items():
            print(f"{name:{width}}  {about}")
        return 0
    # The folder is git_sync and its Pod git-sync: either is meant.
    name = options.name.replace("-", "_")
    if name not in known:
        return refuse(f"no system {options.name!r}: one of {', '.join(known)}")
    system = PODS / name
    files = sorted(path.name for path in system.glob("pod*.yaml"))
    if options.file not in files:
        one = ", ".join(files)
        return refuse(f"no {options.file!r} in {name}: one of {one}")
    manifest = system / options.file
    pod = read(manifest)
    try:
        settings = parse_settings(options.set, pod)
        ports = choose_ports(pod)
    except ValueError as error:
        return refuse(str(error))
    if lacking := missing(notes(manifest).needs) or (why_not() if options.pod else ""):
        return refuse(lacking)

    stop = threading.Event()
    asked: SimpleQueue[int] = SimpleQueue()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        signal.signal(number, lambda number, frame: asked.put(number))

    def pass_on() -> None:
        # Not in the handler, which runs in the midst of the main thread: that may
        # hold the event's lock at that moment, and would then wait for itself.
        asked.get()
        stop.set()

    threading.Thread(target=pass_on, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as folder:
        run = run_pod if options.pod else run_processes
        try:
            return run(manifest, settings, ports, Path(folder), stop)
        except (RuntimeError, PodmanError) as error:
            return refuse(str(error), 1)
        finally:
            # While Python ends it has no handlers: a second Ctrl-C would kill it.
            for number in numbers:
                signal.signal(number, signal.SIG_IGN)


def parse() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        prog="nox -s lab --",
        description="Run one of the handbook's systems until Ctrl-C.",
        epilog=EPILOG,
    )
    parser.add_argument("name", nargs="?", help="the system; without it, all of them")
    parser.add_argument("--pod", action="store_true", help="run a pod under podman")
    parser.add_argument(
        "--file", default="pod.yaml", help="another manifest of the system"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="CONTAINER.NAME=VALUE",
        help="set an environment variable of a container; may be repeated",
    )
    return parser.parse_args()


def parse_settings(texts: list[str], pod: Pod) -> Settings:
    """Return what the options --set say of the containers of *pod*.

    Raises ValueError, with one line to print, if one cannot be used.
    """
    settings: Settings = {}
    names = [box.name for box in (*pod.early, *pod.regular)]
    for text in texts:
        found = re.fullmatch(r"([^.=]+)\.([A-Za-z_]\w*)=(.*)", text, re.DOTALL)
        if not found:
            raise ValueError(f"--set {text!r}: write CONTAINER.NAME=VALUE")
        container, variable, value = found.groups()
        if container not in names:
            one = ", ".join(names)
            raise ValueError(f"--set: no container {container!r}: one of {one}")
        settings.setdefault(container, {})[variable] = value
    return settings


def refuse(why: str, status: int = 2) -> int:
    """Say in one line on stderr why not; return the exit *status*."""
    print(f"lab: {harmless(' '.join(why.split()))}", file=sys.stderr)
    return status


def choose_ports(pod: Pod) -> dict[int, int]:
    """Return for each port of *pod* the one of this machine, which must be free.

    Raises ValueError, with one line to print, if LAB_PORTS or a port cannot be used.
    """
    moved = os.environ.get("LAB_PORTS", "")
    pairs = re.findall(r"(\d{1,5})=(\d{1,5})(?:\s+|$)", moved)
    if len(pairs) != len(moved.split()):
        raise ValueError(f"LAB_PORTS is {moved!r}: set it to PORT=PORT PORT=PORT ...")
    ports = {port: port for port in pod.ports}
    ports |= {int(old): int(new) for old, new in pairs if int(old) in ports}
    if len(set(ports.values())) < len(ports):
        raise ValueError(f"LAB_PORTS is {moved!r}: it gives one port to two")
    for old, new in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                # Port 0 would be any port, and nobody would know which.
                probe.bind(("127.0.0.1", new or -1))
            except (OSError, OverflowError) as error:
                taken = getattr(error, "errno", None) == errno.EADDRINUSE
                why = "is in use, perhaps by another lab" if taken else "cannot be used"
                advice = f'LAB_PORTS="{old}=PORT" takes another'
                raise ValueError(f"port {new} {why}: {advice}") from None
    return ports


def introduce(
    pod: Pod, about: str, hints: Iterable[str], ports: Mapping[int, int]
) -> None:
    """Say what this is, what to open and what to try."""
    print(f"{pod.name}: {about}")
    for line in hints:
        print(re.sub(r"\d+", lambda m: str(ports.get(int(m[0]), m[0])), line))
    print("Stop it with Ctrl-C.", flush=True)


def run_processes(
    manifest: Path,
    settings: Settings,
    ports: dict[int, int],
    folder: Path,
    stop: threading.Event,
) -> int:
    """Run a pod as processes until it is done or *stop* is set."""
    document = load(manifest)
    change_settings(document, settings)
    pod = describe(document)
    names = [box.name for box in (*pod.early, *pod.regular)]
    screen = Screen(names, stop.set)
    running = Processes(pod, manifest.parent, folder, ports, screen, stop)
    known = notes(manifest)
    introduce(pod, known.about, known.hints, ports)
    for name, place in running.volumes.items():
        print(f"The volume {name} is the folder {place}", flush=True)
    try:
        running.start()
        while not stop.wait(0.1) and running.phase == "Running":
            pass
    finally:
        running.stop()
    return conclude(pod, running.phase)


def run_pod(
    manifest: Path,
    settings: Settings,
    ports: dict[int, int],
    folder: Path,
    stop: threading.Event,
) -> int:
    """Run a pod under podman until it is done or *stop* is set."""
    podman = Podman(folder)
    print("Building the image ...", flush=True)
    # A step that has begun is not interrupted: it is short, and would leave a part.
    for step in (podman.make_base, lambda: podman.build(manifest.parent.name)):
        try:
            step()
        except PodmanError:
            # Ctrl-C may reach the step before it has a group of its own.
            if stop.wait(0.5):
                return 0
            raise
        if stop.is_set():
            return 0
    running = PodmanPod(
        podman, manifest, ports, lambda pod: change_settings(pod, settings)
    )
    readers: list[subprocess.Popen[str]] = []
    phase = "Running"
    known = notes(manifest)
    try:
        introduce(running.pod, known.about, known.pod_hints, ports)
        running.start(stop)
        screen = Screen(list(running.names()), stop.set)
        readers = running.follow(screen)
        while not stop.wait(0.5) and phase == "Running":
            phase = running.phase()
        running.stop()
        for reader in readers:
            # On a busy machine podman can miss the end; then it is ended below.
            with suppress(subprocess.TimeoutExpired):
                reader.wait(10)
        if phase != "Running":
            for name in running.names():
                status = running.inspect(name)["State"]["ExitCode"]
                screen(name, f"ended with status {status}")
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()
        running.remove()
    return conclude(running.pod, phase)


def conclude(pod: Pod, phase: str) -> int:
    """Say how *pod* ended, if it did by itself; return the exit status."""
    if phase in ("Succeeded", "Failed"):
        print(f"{pod.name}: {phase}", flush=True)
    return int(phase == "Failed")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        # Whoever read the output has gone; Python must not try to print more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
