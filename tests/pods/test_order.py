"""Native sidecars start first and stop last, in reverse order, with our runner.

Every container of these pods runs the same small program, which keeps a diary in a
shared volume: what happened to it, and when, by the clock that the whole machine has
in common. The tests compare the diary with what Kubernetes documents. They show what
the runner does; no kubelet is asked.
"""

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from lab.manifest import describe
from lab.podman import BASE, Podman, PodmanPod
from lab.processes import Processes
from levels import LIMIT, until
from programs import FreePort

DIARIST = """\
import os, signal, sys, threading, time
from http.server import BaseHTTPRequestHandler, HTTPServer

name, began = os.environ["NAME"], time.monotonic()
number = lambda key: float(os.environ.get(key, "inf"))

def note(event):
    with open(os.path.join(os.environ["DIARY"], "events"), "a") as diary:
        diary.write(f"{time.monotonic()} {name} {event}\\n")

class Health(BaseHTTPRequestHandler):
    said = False
    def do_GET(self):
        well = time.monotonic() - began > number("READY_AFTER")
        if well and not Health.said:
            Health.said = True
            note("ready")
        self.send_response(200 if well else 503)
        self.end_headers()
    def log_message(self, *args):
        pass

def asked(*args):
    note("asked")
    stop.set()

stop = threading.Event()
signal.signal(signal.SIGTERM, asked)
note("started")
print("here", flush=True)
if "READY_AFTER" in os.environ:
    place = (os.environ.get("HOST", "127.0.0.1"), int(os.environ["PORT"]))
    server = HTTPServer(place, Health)
    threading.Thread(target=server.serve_forever, daemon=True).start()
lives = number("ENDS_AFTER")
if stop.wait(lives if lives != float("inf") else None):
    time.sleep(number("STOP_TAKES") if "STOP_TAKES" in os.environ else 0)
note("ended")
sys.exit(int(os.environ.get("STATUS", "0")))
"""

Entry = dict[str, Any]
PORTS = {"a": 7001, "b": 7002}


def entry(name: str, **env: str) -> Entry:
    """Return a container that keeps its diary."""
    # The base image says nothing of PATH; those that are built on it do.
    values = {"NAME": name, "DIARY": "/diary", "PATH": "/usr/bin:/bin"} | env
    return {
        "name": name,
        "image": BASE,
        "imagePullPolicy": "Never",
        "command": ["python3", "-c", DIARIST],
        "env": [{"name": key, "value": value} for key, value in values.items()],
        "volumeMounts": [{"name": "diary", "mountPath": "/diary"}],
    }


def sidecar(name: str, *, failures: int = 20, **env: str) -> Entry:
    """Return a native sidecar that is ready a while after its start."""
    port = PORTS[name]
    http = {"path": "/", "port": port}
    return entry(name, **({"READY_AFTER": "0.4", "PORT": str(port)} | env)) | {
        "restartPolicy": "Always",
        "ports": [{"containerPort": port}],
        "startupProbe": {
            "httpGet": http,
            "periodSeconds": 1,
            "failureThreshold": failures,
        },
    }


def pod_of(
    early: list[Entry], regular: list[Entry], *, restart: str = "Always", grace: int = 5
) -> dict[str, Any]:
    """Return the manifest of a pod."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "order"},
        "spec": {
            "restartPolicy": restart,
            "securityContext": {"runAsUser": 1000, "runAsGroup": 1000, "fsGroup": 1000},
            "terminationGracePeriodSeconds": grace,
            "volumes": [{"name": "diary", "emptyDir": {}}],
            "initContainers": early,
            "containers": regular,
        },
    }


class Diary:
    """What the programs have written, in the order of time."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "events"

    def entries(self) -> list[tuple[float, str]]:
        """Return pairs of a time and of, say, "a started"."""
        if not self.file.exists():
            return []
        lines = [line.split(" ", 1) for line in self.file.read_text().splitlines()]
        return sorted((float(time), event) for time, event in lines)

    def events(self) -> list[str]:
        return [event for _, event in self.entries()]

    def when(self, event: str) -> float:
        """Return the time of the one event of this name."""
        (found,) = (time for time, said in self.entries() if said == event)
        return found


Play = Callable[..., Processes]


@pytest.fixture
def play(tmp_path: Path, free_port: FreePort) -> Iterator[Play]:
    """Prepare a pod as processes; stop it when the test is over, or hangs."""
    pods: list[Processes] = []
    guards: list[threading.Timer] = []

    def prepare(
        manifest: dict[str, Any], stopping: threading.Event | None = None
    ) -> Processes:
        pod = describe(manifest)
        ports = {port: free_port() for port in pod.ports}
        stopping = stopping or threading.Event()
        pods.append(
            Processes(pod, tmp_path, tmp_path / "pod", ports, stopping=stopping)
        )
        guards.append(threading.Timer(LIMIT, stopping.set))
        guards[-1].start()
        return pods[-1]

    yield prepare
    for guard in guards:
        guard.cancel()
    for pod in pods:
        pod.stop()


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    """The diary of the pod that `play` runs."""
    return Diary(tmp_path / "pod" / "diary")


Children = Callable[[], list[str]]


@pytest.fixture
def children() -> Children:
    """Give a function that lists what the test has started and left running.

    What ran before, such as a browser for other tests, is none of its business.
    """
    own = psutil.Process()
    before = {child.pid for child in own.children()}

    def left() -> list[str]:
        roots = [child for child in own.children() if child.pid not in before]
        return [
            " ".join(one.cmdline())
            for root in roots
            for one in (root, *root.children(recursive=True))
            if one.status() != psutil.STATUS_ZOMBIE
        ]

    return left


# --- the order of the start


def test_the_list_is_started_from_top_to_bottom_and_the_regular_ones_last(
    play: Play, diary: Diary
) -> None:
    early = [
        entry("first", ENDS_AFTER="0.2"),
        sidecar("a"),
        entry("between", ENDS_AFTER="0.2"),
        sidecar("b"),
        entry("last", ENDS_AFTER="0.2"),
    ]
    pod = play(pod_of(early, [entry("web"), entry("worker")]))
    pod.start()
    until(lambda: {"web started", "worker started"} <= set(diary.events()))
    assert diary.events()[:10] == [
        *("first started", "first ended"),
        *("a started", "a ready"),
        *("between started", "between ended"),
        *("b started", "b ready"),
        *("last started", "last ended"),
    ]
    assert diary.when("a ready") - diary.when("a started") >= 0.3
    assert pod.phase == "Running"


def test_a_sidecar_without_a_startup_probe_holds_nobody_back(
    play: Play, diary: Diary
) -> None:
    eager = sidecar("a", READY_AFTER="60")
    del eager["startupProbe"]
    play(pod_of([eager], [entry("web")])).start()
    until(lambda: "web started" in diary.events())
    assert diary.events() == ["a started", "web started"]


def test_a_startup_probe_may_be_a_command(play: Play, diary: Diary) -> None:
    box = sidecar("a")
    looks = "import os, sys; sys.exit(not os.path.exists('/diary/events'))"
    box["startupProbe"] = {"exec": {"command": ["python3", "-c", looks]}}
    play(pod_of([box], [entry("web")])).start()
    until(lambda: "web started" in diary.events())
    assert diary.events() == ["a started", "web started"]


def test_an_init_container_that_fails_ends_the_attempt(
    play: Play, diary: Diary, children: Children
) -> None:
    early = [sidecar("a"), entry("check", ENDS_AFTER="0.1", STATUS="4")]
    pod = play(pod_of(early, [entry("web")]))
    with pytest.raises(RuntimeError, match=r"^check ended with status 4$"):
        pod.start()
    pod.stop()
    assert diary.events()[-2:] == ["a asked", "a ended"]
    assert "web started" not in diary.events()
    assert children() == []


def test_an_init_container_may_take_longer_than_the_grace_period(
    play: Play, diary: Diary
) -> None:
    early = [entry("slow", ENDS_AFTER="1.5")]
    play(pod_of(early, [entry("web")], grace=1)).start()
    until(lambda: "web started" in diary.events())
    assert diary.events() == ["slow started", "slow ended", "web started"]


def test_a_sidecar_that_never_starts_is_one_clear_line(
    play: Play, diary: Diary, children: Children
) -> None:
    early = [sidecar("a"), sidecar("b", READY_AFTER="60", failures=1)]
    pod = play(pod_of(early, [entry("web")]))
    message = "^b did not start: its startup probe failed for 1 s$"
    with pytest.raises(RuntimeError, match=message):
        pod.start()
    pod.stop()
    assert "web started" not in diary.events()
    assert diary.events()[-4:] == ["b asked", "b ended", "a asked", "a ended"]
    assert children() == []


def test_a_sidecar_that_ends_while_it_starts_is_started_again(
    play: Play, diary: Diary
) -> None:
    early = [sidecar("a", READY_AFTER="0.3")]
    pod = play(pod_of(early, [entry("web")]))
    killer = threading.Thread(
        target=lambda: os.kill(until(lambda: pod.pid("a")), signal.SIGKILL)
    )
    killer.start()
    pod.start()
    killer.join()
    until(lambda: "web started" in diary.events())
    assert pod.processes["a"].statuses == [137]


def test_a_start_that_is_called_off_ends_soon_and_leaves_nothing(
    play: Play, diary: Diary, children: Children
) -> None:
    stopping = threading.Event()
    pod = play(pod_of([sidecar("a", READY_AFTER="60")], [entry("web")]), stopping)
    threading.Timer(0.5, stopping.set).start()
    began = time.monotonic()
    pod.start()
    pod.stop()
    assert time.monotonic() - began < 5
    assert diary.events() == ["a started", "a asked", "a ended"]
    assert children() == []


# --- the order of the stop


def stop_order(diary: Diary) -> list[str]:
    return [event for event in diary.events() if event.endswith((" asked", " ended"))]


def assert_regular_first_then_b_then_a(events: list[str]) -> None:
    """Check the order of the stop; web takes long, so worker has ended before."""
    assert sorted(events[:2]) == ["web asked", "worker asked"]
    assert events[2:] == [
        *("worker ended", "web ended"),
        *("b asked", "b ended", "a asked", "a ended"),
    ]


FOUR = (
    [sidecar("a", STOP_TAKES="0.3"), sidecar("b", STOP_TAKES="0.3")],
    [entry("web", STOP_TAKES="1"), entry("worker", STOP_TAKES="0.3")],
)


def test_sidecars_stop_one_by_one_after_the_last_regular_container(
    play: Play, diary: Diary, children: Children
) -> None:
    pod = play(pod_of(*FOUR))
    pod.start()
    until(lambda: {"web started", "worker started"} <= set(diary.events()))
    pod.stop()
    assert_regular_first_then_b_then_a(stop_order(diary))
    assert children() == []


def test_a_pod_under_podman_starts_and_stops_in_the_same_order(
    podman: Podman, tmp_path: Path
) -> None:
    sidecars, regular = FOUR
    between = entry("between", ENDS_AFTER="0.1")
    manifest = tmp_path / "pod.yaml"
    early = [sidecars[0], between, sidecars[1]]
    manifest.write_text(yaml.safe_dump(pod_of(early, regular, grace=30)))
    pod = PodmanPod(podman, manifest, {})
    try:
        pod.start()
        form = "{{.Mountpoint}}"
        volume = podman.must("volume", "inspect", "-f", form, f"{pod.name}-diary")
        diary = Diary(Path(volume.strip()))
        until(lambda: {"web started", "worker started"} <= set(diary.events()))
        pod.stop()
        assert diary.events()[:6] == [
            *("a started", "a ready"),
            *("between started", "between ended"),
            *("b started", "b ready"),
        ]
        assert_regular_first_then_b_then_a(stop_order(diary)[1:])
    finally:
        pod.remove()


def test_a_slow_clean_up_of_podman_makes_no_container_be_asked_twice(
    podman: Podman, tmp_path: Path
) -> None:
    manifest = tmp_path / "pod.yaml"
    manifest.write_text(yaml.safe_dump(pod_of(*FOUR, grace=30)))
    pod = PodmanPod(podman, manifest, {})
    over = threading.Event()
    try:
        pod.start()
        volume = podman.must("volume", "inspect", f"{pod.name}-diary")
        diary = Diary(Path(json.loads(volume)[0]["Mountpoint"]))
        until(lambda: {"web started", "worker started"} <= set(diary.events()))
        watching = {pod.inspect(n)["State"]["ConmonPid"]: n for n in pod.names()}
        slow = threading.Thread(target=hold_clean_ups, args=(watching, over))
        slow.start()
        pod.stop()
        over.set()
        slow.join()
        assert "b" not in watching.values()
        assert_regular_first_then_b_then_a(stop_order(diary))
    finally:
        over.set()
        pod.remove()


def hold_clean_ups(watching: dict[int, str], over: threading.Event) -> None:
    """Hold what podman runs after the end of each container, for less than a second.

    *watching* are the names of the containers by the processes that watch them; who
    was held is taken out of it.
    """
    while watching and not over.wait(0.005):
        for pid in list(watching):
            with contextlib.suppress(psutil.NoSuchProcess):
                for process in psutil.Process(pid).children():
                    if "cleanup" in process.cmdline():
                        process.suspend()
                        threading.Timer(0.8, process.resume).start()
                        del watching[pid]


def test_when_the_work_is_done_the_sidecars_are_stopped_in_reverse(
    play: Play, diary: Diary
) -> None:
    regular = [entry("web", ENDS_AFTER="0.2"), entry("worker", ENDS_AFTER="0.6")]
    early = [sidecar("a", STATUS="1"), sidecar("b", STATUS="143")]
    pod = play(pod_of(early, regular, restart="Never"))
    pod.start()
    until(lambda: pod.phase != "Running")
    assert pod.phase == "Succeeded"
    assert stop_order(diary) == [
        *("web ended", "worker ended"),
        *("b asked", "b ended", "a asked", "a ended"),
    ]


def test_the_grace_period_is_one_budget_for_the_whole_pod(
    play: Play, diary: Diary, children: Children
) -> None:
    early = [sidecar("a", STOP_TAKES="0.6"), sidecar("b", STOP_TAKES="0.6")]
    regular = [entry("web", STOP_TAKES="30")]
    pod = play(pod_of(early, regular, grace=1))
    pod.start()
    until(lambda: "web started" in diary.events())
    began = time.monotonic()
    pod.stop()
    # The application has used it up. A kubelet would let a and b live for two more
    # seconds after it asks them; here they are killed right after.
    assert 0.9 < time.monotonic() - began < 3
    assert pod.processes["web"].statuses == [137]
    ends = [pod.processes[name].statuses for name in "ab"]
    assert all(status in ([137], [143]) for status in ends), ends
    assert [event for event in diary.events() if event.endswith(" ended")] == []
    assert children() == []


def test_what_the_application_leaves_of_the_grace_period_is_the_sidecars(
    play: Play, diary: Diary
) -> None:
    early = [sidecar("a", STOP_TAKES="30"), sidecar("b", STOP_TAKES="0.1")]
    pod = play(pod_of(early, [entry("web", STOP_TAKES="0.4")], grace=2))
    pod.start()
    until(lambda: "web started" in diary.events())
    began = time.monotonic()
    pod.stop()
    assert 1.9 < time.monotonic() - began < 4
    assert pod.processes["a"].statuses == [137]
    assert stop_order(diary)[-4:] == ["web ended", "b asked", "b ended", "a asked"]


# --- restarts


@pytest.mark.parametrize(
    ("policy", "status", "runs", "phase"),
    [
        ("Always", 0, 3, "Running"),
        ("Always", 5, 3, "Running"),
        ("OnFailure", 0, 1, "Succeeded"),
        ("OnFailure", 5, 3, "Running"),
        ("Never", 0, 1, "Succeeded"),
        ("Never", 5, 1, "Failed"),
    ],
)
def test_a_regular_container_is_restarted_as_the_policy_says(
    play: Play, diary: Diary, policy: str, status: int, runs: int, phase: str
) -> None:
    regular = [entry("web", ENDS_AFTER="0.05", STATUS=str(status))]
    pod = play(pod_of([], regular, restart=policy))
    pod.start()
    until(lambda: diary.events().count("web started") >= runs)
    until(lambda: pod.phase == phase)
    if phase != "Running":
        time.sleep(0.5)  # long enough for another run
        assert diary.events().count("web started") == runs
        assert pod.processes["web"].statuses == [status]


@pytest.mark.parametrize("policy", ["Always", "OnFailure", "Never"])
@pytest.mark.parametrize("status", ["0", "7"])
def test_a_native_sidecar_is_restarted_whatever_the_policy_and_the_status(
    play: Play, diary: Diary, policy: str, status: str
) -> None:
    early = [sidecar("a", READY_AFTER="0.1", ENDS_AFTER="0.6", STATUS=status)]
    pod = play(pod_of(early, [entry("web")], restart=policy))
    pod.start()
    until(lambda: diary.events().count("a started") == 3)
    assert diary.events().count("web started") == 1


def test_the_pause_before_each_restart_grows(play: Play, diary: Diary) -> None:
    pod = play(pod_of([], [entry("web", ENDS_AFTER="0.01")]))
    pod.start()
    until(lambda: diary.events().count("web started") == 5)
    times = [
        [time for time, event in diary.entries() if event == f"web {what}"]
        for what in ("started", "ended")
    ]
    pauses = [start - end for start, end in zip(times[0][1:], times[1], strict=False)]
    # At once, then a quarter of a second, a half, one: never sooner than that.
    least = [0.0, 0.25, 0.5, 1.0]
    assert all(p >= low for p, low in zip(pauses, least, strict=True)), pauses


def test_the_same_line_among_the_regular_containers_makes_no_sidecar() -> None:
    restarted = entry("helper") | {"restartPolicy": "Always"}
    pod = describe(pod_of([sidecar("a")], [entry("web"), restarted]))
    assert [box.name for box in pod.containers if box.native] == ["a"]
    assert [box.name for box in pod.regular] == ["web", "helper"]
