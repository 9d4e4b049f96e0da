"""What runs side by side: copies, holders, and services of which each has its own."""

from pathlib import Path

import pytest
from beginnings import job, placed, services
from scanning import findings, neighbors, said_of

PORT = "ports: [{containerPort: %d}]"
IDLE = "command: [sleep, infinity]"
UNIT = "is what the unit exists for"
SAME = "is the equal of {}: neither is there for the other"
EQUALS = "is taken for the main one, though nothing in the unit serves it"
OWN = "is a program of its own, which only shares files with {}"
SHARES = "shares files with {}, and nothing says that it serves it"
HELPS = "runs beside {} and serves it"
STEPS = """\
kind: Task
spec:
  steps:
  - {name: build, image: a}
  - {name: try, image: b}
"""
LOOKS = "[sh, -c, 'while true; do look rain; sleep 5; done']"
TWICE = "      {{{{- if {} }}}}\n      - {{name: {}, image: a}}\n      {{{{- end }}}}\n"


def has(*volumes: str) -> str:
    """Return the folders of a service, each at its own name: `logs` at /logs."""
    mounts = (f"'./{one.partition(':')[0]}:/{one}'" for one in volumes)
    return f"volumes: [{', '.join(mounts)}]"


CASES = [
    pytest.param(
        services(
            f"rain, {IDLE}, network_mode: service:lamp",
            f"lamp, {IDLE}, pid: service:rain",
        ),
        *("rain", "main", None),
        id="all only wait",
    ),
    pytest.param(
        STEPS,
        *("build", "not-a-sidecar", "is a step: it ends before the next one begins"),
        id="steps",
    ),
    pytest.param(
        STEPS + "  sidecars:\n  - {name: rows, image: redis}\n",
        *("build", "main", "is a step: it ends before the next one begins"),
        id="steps beside which a helper runs",
    ),
    pytest.param(
        placed("rain, image: csi-attacher", "lamp, image: csi-resizer"),
        *("lamp", "sidecar", "helps a program that stands in another file"),
        id="nobody that is helped",
    ),
    pytest.param(
        "# chart\n"
        + placed(kind="Deployment")
        + TWICE.format(".Values.a", "rain")
        + TWICE.format("not .Values.a", "rain")
        + "      - {name: relay, image: b}\n",
        *("rain", "main", UNIT),
        id="twice",
    ),
    pytest.param(placed("rain", "relay"), *("rain", "main", UNIT), id="served"),
    pytest.param(placed("rain", "lamp"), *("rain", "main", EQUALS), id="not served"),
    pytest.param(
        placed("rain, image: google/cadvisor", "lamp"),
        *("rain", "main", EQUALS),
        id="a node's agent in a Pod",
    ),
    pytest.param(
        job("rain", "lamp", more='type = "system"'),
        *("rain", "main", EQUALS),
        id="a program on each machine",
    ),
    pytest.param(
        services(
            "lamp-1, command: [run, --all]",
            "lamp-2, command: [run, --all], network_mode: service:lamp-1",
        ),
        *("lamp-2", "not-a-sidecar", SAME.format("lamp-1")),
        id="copies in one network",
    ),
    pytest.param(
        services(
            f"app, {has('own')}",
            f"rain, {has('own', 'logs')}",
            f"lamp, {has('logs:ro')}",
        ),
        *("lamp", "not-a-sidecar", SHARES.format("rain")),
        id="who only reads, by any name",
    ),
    pytest.param(
        services(
            f"app, {has('own')}",
            f"rain, {has('own')}",
            f"cup, {has('own', 'logs')}",
            f"reloader, {has('logs')}, command: [-notify-sighup, rain]",
        ),
        *("reloader", "sidecar", HELPS.format("rain")),
        id="who is told to notify",
    ),
    pytest.param(
        services(
            f"app, {has('own')}",
            f"rain, {has('own', 'logs')}",
            f"cup, {has('b')}",
            f"relay, {has('logs:ro', 'b')}",
        ),
        *("relay", "sidecar", HELPS.format("rain")),
        id="who reads of one, and shares with another",
    ),
    pytest.param(
        services(
            f"app, {has('own')}",
            f"rain, {has('own')}",
            f"cup, {has('own', 'logs')}",
            f"relay, {has('logs:ro')}, command: {LOOKS}",
        ),
        *("relay", "sidecar", HELPS.format("cup")),
        id="who looks after another one",
    ),
    pytest.param(
        services(f"cup, {has('b:ro')}", f"app, {has('b')}", f"relay, {has('b')}"),
        *("relay", "sidecar", HELPS.format("app")),
        id="who shares with the main program too",
    ),
    pytest.param(
        services(
            f"app, {has('own')}",
            f"cup, {has('b:ro', 'own')}",
            f"rain, {has('c:ro')}",
            f"relay, {has('b', 'c')}",
        ),
        *("relay", "not-a-sidecar", SHARES.format("cup")),
        id="who shares with two others",
    ),
    pytest.param(
        services(
            f"app, {has('own')}", f"exporter, {has('b', 'own')}", f"relay, {has('b')}"
        ),
        *("relay", "not-a-sidecar", SHARES.format("exporter")),
        id="who shares with a helper",
    ),
    pytest.param(
        placed(*(f"{one}, image: a" for one in ("rain", "lamp", "cup", "pan"))),
        *("rain", "not-a-sidecar", SAME.format("lamp")),
        id="all from one image",
    ),
    pytest.param(
        placed(*(f"{one}, image: a" for one in ("rain", "lamp", "cup", "pan"))),
        *("lamp", "not-a-sidecar", "is one of 4 programs from the same image"),
        id="one of all from one image",
    ),
    pytest.param(
        placed("rain, image: a, args: [x]", "lamp, image: a, args: [y]"),
        *("rain", "not-a-sidecar", SAME.format("lamp")),
        id="two from one image",
    ),
    pytest.param(
        placed(
            *(f"{one}, image: a, {PORT % 80}" for one in ("rain", "lamp", "cup")),
            "pan, image: a, args: ['--rows=localhost:80']",
        ),
        *("lamp", "not-a-sidecar", "is one of 4 programs from the same image"),
        id="all from one image, of which one calls another",
    ),
    pytest.param(
        placed(f"rain, {PORT % 80}", f"lamp, {PORT % 90}", served=(80, 90)),
        *("rain", "not-a-sidecar", SAME.format("lamp")),
        id="both have visitors",
    ),
    pytest.param(
        placed(
            *(f"rain, {PORT % 80}", f"lamp, {PORT % 90}"),
            served=(80, 90),
            name="old-rain",
        ),
        *("rain", "main", EQUALS),
        id="both have visitors, and the unit is called after one",
    ),
    pytest.param(
        placed(
            f"rain, {PORT % 80}, args: ['--rows=localhost:90']",
            f"lamp, {PORT % 90}",
            served=(80, 90),
        ),
        *("rain", "main", EQUALS),
        id="both have visitors, and one calls the other",
    ),
    pytest.param(
        placed(
            "rain",
            kind="Job",
            more="initContainers: [{name: lamp, args: [cp, a], restartPolicy: Always}]",
        ),
        *("lamp", "native-sidecar", None),
        id="a native one that ends",
    ),
    pytest.param(
        placed("rain, args: [echo, a]", "lamp, image: gce-proxy", kind="Job"),
        *("lamp", "sidecar", HELPS.format("rain")),
        id="who helps what ends",
    ),
    pytest.param(
        placed("rain, args: [echo, a]", "lamp, args: [cp, a, b]", kind="Job"),
        *("lamp", "not-a-sidecar", "is a step: its command does one thing, and ends"),
        id="all end",
    ),
    pytest.param(
        job(
            "app",
            "cup",
            "pan",
            "pot",
            "rain, port = 8080",
            'rain-exporter, args = ["--scrape=http://localhost:8080"]',
        ),
        *("app", "main", None),
        id="among many one that is measured",
    ),
    pytest.param(
        "containers:\n- {name: rain, image: a}\n- {name: lamp, image: b}\n",
        *("rain", "main", None),
        id="a list for somebody",
    ),
    pytest.param(
        services(
            f"rain, image: shop, {has('logs')}",
            f"app, image: shop, {has('out')}",
            f"relay, {has('logs:ro', 'out:ro')}",
        ),
        *("relay", "sidecar", HELPS.format("app")),
        id="who reads of copies",
    ),
    pytest.param(
        services(
            f"app, {has('logs')}",
            f"relay, {has('logs:ro', 'spool')}",
            f"backup, {has('spool:ro')}",
        ),
        *("relay", "sidecar", HELPS.format("app")),
        id="a helper that has a helper",
    ),
]


@pytest.mark.parametrize(("text", "name", "label", "why"), CASES)
def test_what_runs_side_by_side(
    text: str, name: str, label: str, why: str | None, tmp_path: Path
) -> None:
    said, reason = said_of(tmp_path, text, name)
    assert (said, why or reason) == (label, reason)


def test_services_of_quadlet_files_may_only_share_files(tmp_path: Path) -> None:
    text = "[Container]\nContainerName={0}\nImage={0}\nVolume=/srv/films:/films\n"
    files = {f"{name}.container": text.format(name) for name in ("rain", "lamp")}
    found = findings(tmp_path, files)
    assert {one.label for one in found.values()} == {"not-a-sidecar"}
    assert OWN.format("rain") in {one.why for one in found.values()}


def test_who_runs_beside_the_steps_serves_the_first(tmp_path: Path) -> None:
    text = STEPS + "  sidecars:\n  - {name: rows, image: redis}\n"
    assert neighbors(tmp_path, {"task.yaml": text})["rows"] == ("sidecar", "build")
    text = "kind: Task\nspec:\n  sidecars:\n  - {name: rows, image: redis}\n"
    assert neighbors(tmp_path, {"task.yaml": text})["rows"] == ("sidecar", None)
