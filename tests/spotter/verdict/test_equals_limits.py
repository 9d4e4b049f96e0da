"""Equals, and those that are none by a hair: for each rule the case on either side.

Where a case is without a reason, its label is all that counts.
"""

from pathlib import Path

import pytest
from beginnings import MOUNT, READ, job, placed, task
from scanning import said_of

ALIKE = "is called as {} is, but for a word: they are equals"
COPY = "does the same work as {}, from the same image"
TOLD = "is told what {} is told: they are equals"
PART = "runs another program of the image of {}: they are equals"
VISITED = "is reached from outside, as {} is: they are equals"
SAME_FILES = "works on the same files as {}, as its equal"
JOB = "is a task of a Job, as {} is: they are equals"
NO_TIE = "has no tie to {}, and no name or image of a helper"
SHOP = "image: example.com/shop"
WORKER = "image: example.com/shop-worker"
RUN = "args: [run, --all]"
TWO_SET = "env: [{name: A, value: x}, {name: URL, value: 'http://%s:8080'}]"
PORT = "ports: [{containerPort: %d}]"
MOUNTED = '"mountPoints": [{"sourceVolume": "d", "containerPath": "/d"}]'
DISK = 'volumes = ["/data:/data"]'
READ_DISK = 'volumes = ["/data:/data:ro"]'


def started(*boxes: str, mode: str = "awsvpc") -> str:
    """Return a task of ECS, of which the first container waits for the second."""
    awaited = boxes[1].partition(", ")[0]
    waits = f'"dependsOn": [{{"containerName": "{awaited}", "condition": "START"}}]'
    named = (row.partition(", ") for row in (f"{boxes[0]}, {waits}", *boxes[1:]))
    inside = (f'{{"name": "{name}", {rest}}}' for name, _, rest in named)
    return task(*inside, more=f'"networkMode": "{mode}",')


CASES = [
    # of the same kind
    pytest.param(
        placed(f"old-files-pack, {MOUNT}", f"old-keys-pack, {MOUNT}"),
        *("old-keys-pack", "not-a-sidecar", ALIKE.format("old-files-pack")),
        id="names that differ in a word",
    ),
    pytest.param(
        placed(f"old-files-pack, {MOUNT}", f"new-keys-pack, {MOUNT}"),
        *("new-keys-pack", "sidecar", None),
        id="names that differ in two words",
    ),
    pytest.param(
        placed(f"files-pack, {MOUNT}", f"keys-pack-pack, {MOUNT}"),
        *("keys-pack-pack", "sidecar", None),
        id="names of which one is longer",
    ),
    pytest.param(
        placed(
            f"users-exporter, image: a, {MOUNT}", f"orders-exporter, image: b, {READ}"
        ),
        *("orders-exporter", "sidecar", None),
        id="names that end in a word for helpers",
    ),
    pytest.param(
        placed("users-pack", "orders-pack, image: tailscale/tailscale"),
        *("orders-pack", "sidecar", None),
        id="names that differ in a word, with a helper's image",
    ),
    pytest.param(
        placed(
            f"users-pack, {PORT % 8080}",
            'orders-pack, args: ["--target=http://localhost:8080"]',
        ),
        *("orders-pack", "sidecar", None),
        id="names that differ in a word, of which one calls the other",
    ),
    # called for the same
    pytest.param(
        placed(
            f"sync-users, {SHOP}, {MOUNT}, args: [a]",
            f"sync-orders, {SHOP}, {READ}, args: [b]",
        ),
        *("sync-orders", "sidecar", None),
        id="called for the same, and one reads the other's files",
    ),
    # copies
    pytest.param(
        placed(
            *(f"{n}, {SHOP}, {MOUNT}, {TWO_SET % 'a'}" for n in ("shop", "reloader")),
            volume="configMap: {name: a}",
        ),
        *("reloader", "sidecar", None),
        id="one image, and a helper's name",
    ),
    pytest.param(
        placed(f"y-worker, {PORT % 80}", "b-server, args: ['--url=localhost:80']"),
        *("b-server", "sidecar", None),
        id="two names of main programs, and two images",
    ),
    pytest.param(
        placed(
            f"lamp-1, {SHOP}, {MOUNT}, args: [a]",
            f"lamp-2, {SHOP}, {READ}, args: [b]",
        ),
        *("lamp-2", "sidecar", None),
        id="numbered, and one told to read",
    ),
    pytest.param(
        placed(f"lamp-1, {SHOP}, {MOUNT}", f"lamp-2, {SHOP}, {READ}, args: [b]"),
        *("lamp-2", "sidecar", None),
        id="numbered, and the second told something",
    ),
    pytest.param(
        placed(f"lamp-1, {SHOP}, {MOUNT}, args: [b]", f"lamp-2, {SHOP}, {READ}"),
        *("lamp-2", "sidecar", None),
        id="numbered, and the first told something",
    ),
    pytest.param(
        placed(f"lamp-1, {SHOP}, {MOUNT}", f"lamp-2, {SHOP}, {READ}"),
        *("lamp-2", "not-a-sidecar", COPY.format("lamp-1")),
        id="numbered, and told nothing",
    ),
    pytest.param(
        placed(
            f"rain, {SHOP}, {MOUNT}, {TWO_SET % 'a'}",
            f"lamp, {SHOP}, {READ}, {TWO_SET % 'b'}",
        ),
        *("lamp", "sidecar", None),
        id="set up alike, and one only reads",
    ),
    pytest.param(
        placed(
            f"rain, {SHOP}, {PORT % 8080}, {TWO_SET % 'a'}",
            f"lamp, {SHOP}, {TWO_SET % 'b'}, args: ['--url=http://localhost:8080']",
        ),
        *("lamp", "sidecar", None),
        id="set up alike, and no files in common",
    ),
    pytest.param(
        placed(
            f"server, {SHOP}, {MOUNT}, args: [a]",
            f"worker, {SHOP}, {MOUNT}, args: [b]",
        ),
        *("worker", "not-a-sidecar", "runs the same image as server: they are equals"),
        id="two programs of an image that share files",
    ),
    pytest.param(
        placed(f"server, {SHOP}, {MOUNT}, args: [a]", f"worker, {SHOP}, {MOUNT}"),
        *("worker", "sidecar", None),
        id="two of an image that share files, one told nothing",
    ),
    pytest.param(
        placed(f"server, {SHOP}, {MOUNT}", f"worker, {SHOP}, {MOUNT}, args: [b]"),
        *("worker", "sidecar", None),
        id="two of an image that share files, the main one told nothing",
    ),
    # each has visitors
    pytest.param(
        placed(f"shop, {PORT % 80}", f"stock, {PORT % 90}", served=(80, 90)),
        *("stock", "not-a-sidecar", None),
        id="two with visitors",
    ),
    pytest.param(
        placed(f"shop, {PORT % 80}", f"relay, {PORT % 90}", served=(80, 90)),
        *("relay", "sidecar", None),
        id="two with visitors, of which one is called a helper",
    ),
    pytest.param(
        placed(
            f"shop, {PORT % 80}, {MOUNT}",
            f"stock, {PORT % 90}, {READ}",
            served=(80, 90),
        ),
        *("stock", "sidecar", None),
        id="two with visitors, of which one reads the other's files",
    ),
    pytest.param(
        placed(
            f"shop, {PORT % 80}, {MOUNT}",
            f"stock, {PORT % 90}, {MOUNT}",
            served=(80, 90),
        ),
        *("stock", "sidecar", None),
        id="two with visitors that share files in a Pod",
    ),
    # told the same
    pytest.param(
        placed(f"lamp-1, {RUN}, {MOUNT}", f"lamp-2, {RUN}, {MOUNT}"),
        *("lamp-2", "not-a-sidecar", TOLD.format("lamp-1")),
        id="told the same, numbered, with files in common",
    ),
    pytest.param(
        placed(f"rain, {RUN}, {MOUNT}", f"lamp, {RUN}, {MOUNT}"),
        *("lamp", "sidecar", None),
        id="told the same, with files in common",
    ),
    # linked by name
    pytest.param(
        started(
            'rain, "image": "a", "links": ["lamp"]', 'lamp, "image": "b"', mode="bridge"
        ),
        *("lamp", "not-a-sidecar", "is what rain calls by name, over a network"),
        id="a link over a network",
    ),
    pytest.param(
        started(
            'rain, "image": "a", "links": ["sync"]', 'sync, "image": "b"', mode="bridge"
        ),
        *("sync", "sidecar", "runs beside rain and serves it"),
        id="a link to a helper",
    ),
    pytest.param(
        started(
            f'rain, "image": "a", "links": ["lamp"], {MOUNTED}',
            f'lamp, "image": "b", {MOUNTED}',
            mode="bridge",
        ),
        *("lamp", "sidecar", None),
        id="a link to one that shares files",
    ),
    # part of the same product
    pytest.param(
        placed(f"web, {SHOP}, args: [web]", f"cron, {SHOP}, args: [cron]"),
        *("cron", "not-a-sidecar", PART.format("web")),
        id="a scheduler of the same image",
    ),
    pytest.param(
        placed(f"web, {SHOP}, args: [web]", f"cron, {SHOP}"),
        *("cron", "sidecar", None),
        id="a scheduler that is told nothing",
    ),
    pytest.param(
        placed(f"web, {SHOP}", f"cron, {SHOP}, args: [cron]"),
        *("cron", "sidecar", None),
        id="a scheduler of a program that is told nothing",
    ),
    pytest.param(
        placed("web, args: [web]", "cron, args: [cron]"),
        *("cron", "sidecar", None),
        id="a scheduler of another image",
    ),
    pytest.param(
        placed(f"web, {SHOP}, args: [web]", f"cron-sidecar, {SHOP}, args: [cron, all]"),
        *("cron-sidecar", "sidecar", None),
        id="a scheduler that is called a sidecar",
    ),
    pytest.param(
        placed(
            f"web, {SHOP}, args: [web], {MOUNT}",
            f"cron, {SHOP}, args: [cron, all], {READ}",
        ),
        *("cron", "sidecar", None),
        id="a scheduler that reads the other one's files",
    ),
    # nothing speaks for it
    pytest.param(
        placed("app", f"lamp, {WORKER}"),
        *("lamp", "not-a-sidecar", "runs shop-worker, as a rule a main program"),
        id="who has the image of a main program",
    ),
    pytest.param(
        "# test\n" + placed("rain", "lamp"),
        *(
            "lamp",
            "not-a-sidecar",
            "has no tie to rain, and no name or image of a helper",
        ),
        id="who stands in a folder for tests",
    ),
    pytest.param(
        started('app, "image": "a"', 'lamp, "image": "shop-worker"'),
        *("lamp", "sidecar", None),
        id="who has to start first, with the image of a main program",
    ),
    pytest.param(
        started('app, "image": "a"', 'controller, "image": "nginx"'),
        *("controller", "sidecar", None),
        id="who has to start first, with an image of both",
    ),
    pytest.param(
        started('app, "image": "a"', 'controller, "image": "b"'),
        *(
            "controller",
            "not-a-sidecar",
            'is named "controller", as a main program would be',
        ),
        id="who has to start first, with the name of a main program",
    ),
    # tied to others
    pytest.param(
        placed(f"rain, {SHOP}", f"lamp, {SHOP}", more="shareProcessNamespace: true"),
        *("lamp", "sidecar", None),
        id="who is tied to all",
    ),
    pytest.param(
        placed("app", f"rain, {MOUNT}", f"lamp, {WORKER}, {MOUNT}"),
        *("lamp", "sidecar", None),
        id="who is tied to another one, from an image of its own",
    ),
    # at the same files
    pytest.param(
        job(f"rows, image: postgres, {DISK}", f"more, image: postgres, {DISK}"),
        *("more", "not-a-sidecar", SAME_FILES.format("rows")),
        id="two stores of an image at the same files",
    ),
    pytest.param(
        job(f"rain, port = 80, {DISK}", f"lamp, port = 81, {DISK}"),
        *("lamp", "not-a-sidecar", SAME_FILES.format("rain")),
        id="two with visitors at the same files",
    ),
    pytest.param(
        job(f"rain, port = 80, {DISK}", f"relay, port = 81, {DISK}"),
        *("relay", "sidecar", None),
        id="two at the same files, of which one is called a helper",
    ),
    pytest.param(
        job(f"rain, port = 80, {DISK}", f"lamp, port = 81, {READ_DISK}"),
        *("lamp", "sidecar", None),
        id="two with visitors, of which one only reads",
    ),
    pytest.param(
        job(f"app, {DISK}", f"lamp, {WORKER}, {DISK}"),
        *("lamp", "sidecar", None),
        id="two without visitors at the same files",
    ),
    # tasks of a Job
    pytest.param(
        placed(
            f"rain, {SHOP}, args: [a], {MOUNT}",
            f"lamp, {SHOP}, args: [b], {MOUNT}",
            kind="Job",
        ),
        *("lamp", "not-a-sidecar", JOB.format("rain")),
        id="two tasks of a Job",
    ),
    pytest.param(
        placed(
            f"rain, {SHOP}, args: [a], {MOUNT}",
            f"lamp, {SHOP}, args: [a], {MOUNT}",
            kind="Job",
        ),
        *("lamp", "not-a-sidecar", JOB.format("rain")),
        id="two tasks of a Job with the same command",
    ),
    pytest.param(
        placed(
            f"rain, {SHOP}, {MOUNT}", f"lamp, {SHOP}, args: [b], {MOUNT}", kind="Job"
        ),
        *("lamp", "sidecar", None),
        id="a task of a Job beside what its image runs",
    ),
    pytest.param(
        placed(
            f"rain, {SHOP}, args: [a], {MOUNT}",
            f"lamp, image: example.com/other, args: [b], {MOUNT}",
            kind="Job",
        ),
        *("lamp", "sidecar", None),
        id="two of a Job with two images",
    ),
    pytest.param(
        placed(
            f"rain, {SHOP}, args: [a], {PORT % 9000}",
            f"lamp, {SHOP}, args: ['--url=http://localhost:9000']",
            kind="Job",
        ),
        *("lamp", "sidecar", None),
        id="two of a Job of which one calls the other",
    ),
    pytest.param(
        "kind: Deployment\nmetadata: {name: trial}\nspec:\n  template:\n    spec:\n"
        "      containers: [{name: rain-1, args: [a]}, {name: rain-2, args: [b]}]\n",
        *("rain-2", "not-a-sidecar", NO_TIE.format("rain-1")),
        id="two copies by their names, whose images a patch does not tell",
    ),
]


@pytest.mark.parametrize(("text", "name", "label", "why"), CASES)
def test_who_is_an_equal(
    text: str, name: str, label: str, why: str | None, tmp_path: Path
) -> None:
    said, reason = said_of(tmp_path, text, name)
    assert (said, why or reason) == (label, reason)
