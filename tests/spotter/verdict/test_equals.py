"""Programs of one unit that are equals, though something of each looks like a helper's.

Each case is told with the one that differs in a word, and is a helper.
"""

from pathlib import Path
from textwrap import dedent

import pytest
from beginnings import WORKLOAD, pod
from reading import unit, units
from scanning import findings, labels
from sidecar_spotter.features import (
    peers,
    shared_volume,
)
from sidecar_spotter.model import Judged
from sidecar_spotter.verdict import judge


def judged(text: str) -> Judged:
    return judge(unit("unit.yaml", text))


def labels_of(text: str) -> dict[str, str]:
    return {one.name: one.label for one in judged(text).findings}


JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: first-load}
spec:
  template:
    spec:
      containers:
        - name: sync-users
          image: example.com/sync:1
          args: [users]
        - name: sync-orders
          image: example.com/sync:1
          args: [orders]
        - name: sync-stock
          image: IMAGE
"""


def test_who_is_called_for_the_same_work_and_runs_one_image_is_an_equal() -> None:
    found = labels_of(JOB.replace("IMAGE", "example.com/sync:1"))
    assert set(found.values()) == {"not-a-sidecar"}


def test_another_image_may_do_another_work() -> None:
    found = labels_of(JOB.replace("IMAGE", "example.com/puller:1"))
    assert found["sync-stock"] == "sidecar"


TWINS = """\
apiVersion: v1
kind: Pod
metadata: {name: demo}
spec:
  shareProcessNamespace: true
  containers:
    - name: app-ten
      image: example.com/demo:1
      command: [/demo.sh]
      env: [{name: SECRET, value: /run/a}, {name: ROLE, value: "0"}]
      volumeMounts: [{name: secrets, mountPath: /run/a}]
    - name: control
      image: example.com/demo:1
      command: [/control.sh]
      env: [{name: SECRET, value: /run/a}, {name: SETTING, value: "1"}]
      volumeMounts: [{name: secrets, mountPath: /run/a}]
  volumes:
    - name: secrets
      csi: {driver: secrets.example.com, readOnly: true}
"""


@pytest.mark.parametrize(
    ("setting", "label"), [("ROLE", "not-a-sidecar"), ("WATCHES", "sidecar")]
)
def test_copies_with_the_same_mounts_and_settings_are_equals(
    setting: str, label: str
) -> None:
    assert labels_of(TWINS.replace("SETTING", setting))["control"] == label


SERVED = """\
apiVersion: v1
kind: Pod
metadata: {name: shop, labels: {app: shop}}
spec:
  containers:
    - name: shop
      image: example.com/shop:1
      ports: [{containerPort: 8080}]
    - name: distributor
      image: example.com/distributor:1
      ports: [{containerPort: PORT}]
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: shop}
  ports: [{port: 80, targetPort: 8080}, {port: 81, targetPort: 8081}]
"""


@pytest.mark.parametrize(("port", "reached"), [("8081", True), ("8080", False)])
def test_two_on_the_same_port_are_not_both_reached(port: str, reached: bool) -> None:
    says = [
        one.says
        for finding in judged(SERVED.replace("PORT", port)).findings
        for one in finding.evidence
    ]
    assert ("is reached from outside, as shop is" in says) == reached


TWO_SERVED = """\
apiVersion: v1
kind: Pod
metadata: {name: shop, labels: {app: shop}}
spec:
  containers:
    - {name: shop, image: example.com/shop, ports: [{containerPort: 8080}]}
    - {name: OTHER, image: example.com/other, ports: [{containerPort: 9090}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: shop}
  ports: [{port: 80, targetPort: 8080}, {port: 90, targetPort: 9090}]
"""


@pytest.mark.parametrize(
    ("other", "equal"), [("other", True), ("shop-exporter", False)]
)
def test_a_port_for_numbers_brings_no_visitors(other: str, equal: bool) -> None:
    said = list(peers.look(unit("shop.yaml", TWO_SERVED.replace("OTHER", other))))
    assert any("reached from outside" in one.says for one in said) == equal


def test_a_service_that_shares_files_with_many_serves_none_alone(
    tmp_path: Path,
) -> None:
    mounts = {"a": "one", "b": "two", "c": "three", "d": "four", "e": "five"}
    text = "services:\n" + "".join(
        f"  {name}:\n    image: example.com/{name}:1\n    volumes: [{volume}:/data]\n"
        for name, volume in mounts.items()
    )
    shares = ", ".join(f"{volume}:/{volume}:ro" for volume in mounts.values())
    text += f"  web:\n    image: nginx:1.27\n    volumes: [{shares}]\n"
    web = findings(tmp_path, {"compose.yaml": text})["web"]
    assert web.label == "not-a-sidecar"
    assert web.why == "shares files with 5 others, and serves none alone"


def test_copies_of_the_program_that_one_helper_serves_are_equals(
    tmp_path: Path,
) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata: {name: shops}
spec:
  containers:
  - name: fluent-bit
    image: fluent/fluent-bit:3.1
    volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]
  - name: app-one
    image: example.com/app:1
    volumeMounts: [{name: logs, mountPath: /logs}]
  - name: app-two
    image: example.com/app:1
    volumeMounts: [{name: logs, mountPath: /logs}]
  volumes: [{name: logs, emptyDir: {}}]
"""
    one = findings(tmp_path, {"a.yaml": text})
    assert one["fluent-bit"].label == "sidecar"
    assert {one["app-one"].label, one["app-two"].label} == {"main", "not-a-sidecar"}


def test_who_is_called_as_a_main_program_is_one_among_equals() -> None:
    found = labels_of(JOB.replace("IMAGE", "example.com/sync:1").replace("Job", "Pod"))
    assert set(found.values()) == {"not-a-sidecar"}
    named = JOB.replace("IMAGE", "example.com/sync:1").replace(
        "first-load", "sync-stock"
    )
    assert "main" in labels_of(named).values()


def test_among_many_equals_none_is_the_main_one(tmp_path: Path) -> None:
    tasks = "".join(
        f'task "{name}" {{\n driver = "docker"\n'
        f' config {{ image = "example.com/{name}:1" }}\n }}\n'
        for name in ("stock-api", "price-api", "shop-api", "frontend")
    )
    text = f'job "all" {{\n group "all" {{\n{tasks}}}\n}}\n'
    assert set(labels(tmp_path, {"all.nomad": text}).values()) == {"not-a-sidecar"}


def test_copies_share_their_first_step(tmp_path: Path) -> None:
    text = """\
{"containerDefinitions": [
  {"name": "init", "image": "IMAGE", "essential": false, MOUNT},
  {"name": "jobs", "image": "shop:1", "dependsOn":
   [{"containerName": "init", "condition": "SUCCESS"}], MOUNT},
  {"name": "page", "image": "other:1", "portMappings": [{"containerPort": 80}], MOUNT}
]}
"""
    mount = '"mountPoints": [{"sourceVolume": "home", "containerPath": "/home"}]'
    text = text.replace("MOUNT", mount).replace("IMAGE", "shop:1")
    assert labels(tmp_path, {"task.json": text})["jobs"] == "sidecar"
    says = "goes on filling the volume home, as init began"
    evidence = [
        one.says
        for copy in (text, text.replace("other:1", "shop:1"))
        for group in units("task.json", copy)
        for one in shared_volume.look(group)
        if one.container == "jobs"
    ]
    assert evidence == [says, "shares the volume home with page"]


def test_a_proxy_may_have_visitors_as_its_program_has(tmp_path: Path) -> None:
    text = """\
resource "aws_ecs_task_definition" "web" {
  container_definitions = jsonencode([
    { name = "PROXY", image = "IMAGE", portMappings = [{ containerPort = 443 }] },
    { name = "shop", image = "shop:1", portMappings = [{ containerPort = 80 }] }
  ])
}
resource "aws_ecs_service" "web" {
  task_definition = aws_ecs_task_definition.web.arn
  load_balancer {
    container_port = 443
  }
  load_balancer {
    container_port = 80
  }
}
"""
    nginx = text.replace("IMAGE", "nginx:1").replace("PROXY", "nginx")
    found = labels(tmp_path, {"web.tf": nginx})
    assert found == {"nginx": "sidecar", "shop": "main"}
    blog = text.replace("IMAGE", "example.com/blog").replace("PROXY", "blog")
    assert "sidecar" not in labels(tmp_path, {"web.tf": blog}).values()


AGENTS = """\
job "monitoring" {
  type = "system"
  group "agents" {
    task "node-exporter" {
      config { image = "prom/node-exporter" }
    }
    task "gpu-exporter" {
      config { image = "example.com/gpu-exporter" }
    }
  }
}
"""


def test_agents_of_a_machine_are_equals(tmp_path: Path) -> None:
    found = labels(tmp_path, {"agents.nomad": AGENTS})
    assert set(found.values()) == {"not-a-sidecar"}
    # In a group for one program the same image helps it.
    one = AGENTS.replace('type = "system"', "").replace("prom/node-exporter", "shop")
    assert labels(tmp_path, {"agents.nomad": one})["gpu-exporter"] == "sidecar"


def test_equals_may_work_on_the_same_files(tmp_path: Path) -> None:
    task = """\
    task "NAME" {
      service {
        port = PORT
      }
      config {
        image   = "example.com/NAME:1"
        volumes = ["/films:/films"]
      }
    }
"""
    both = "".join(
        task.replace("NAME", name).replace("PORT", port)
        for name, port in (("films", "80"), ("series", "81"))
    )
    text = f'job "media" {{\n  group "media" {{\n{both}  }}\n}}\n'
    found = labels(tmp_path, {"media.nomad": text})
    assert sorted(found.values()) == ["main", "not-a-sidecar"]
    # With visitors of only one, the other one may be there for it.
    found = labels(tmp_path, {"media.nomad": text.replace("port = 81", "")})
    assert sorted(found.values()) == ["main", "sidecar"]


@pytest.mark.parametrize("image", ["nginx", "nginx:1.27", "docker.io/library/httpd:2"])
def test_a_public_web_server_that_was_given_nothing_helps_nobody(
    tmp_path: Path, image: str
) -> None:
    boxes = f"""\
    containers:
      - {{name: busybox, image: "busybox:1.36"}}
      - {{name: nginx, image: "{image}", ports: [{{containerPort: 80}}]}}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)}) == {
        "busybox": "main",
        "nginx": "not-a-sidecar",
    }


@pytest.mark.parametrize(
    "given",
    [
        "image: shop/nginx",
        "image: nginx, env: [{name: UPSTREAM, value: '127.0.0.1:9000'}]",
        "image: nginx, volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]",
    ],
)
def test_a_web_server_that_was_given_something_does(tmp_path: Path, given: str) -> None:
    boxes = f"""\
    containers:
      - {{name: shop, image: example.com/shop, ports: [{{containerPort: 9000}}]}}
      - {{name: nginx, {given}}}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)})["nginx"] == "sidecar"


def test_names_that_differ_in_a_word_before_the_last_are_of_equals(
    tmp_path: Path,
) -> None:
    boxes = """\
    containers:
      - name: users-validation
        image: example.com/tests
        command: [/bin/users]
        volumeMounts: [{name: tmp, mountPath: /tmp}]
      - name: orders-validation
        image: example.com/tests
        command: [/bin/orders, --all]
        volumeMounts: [{name: tmp, mountPath: /tmp}]
    """
    said = labels(tmp_path, {"a.yaml": pod(boxes)})
    assert set(said.values()) == {"not-a-sidecar"}


def test_a_word_for_helpers_before_the_last_says_what_the_work_is_on(
    tmp_path: Path,
) -> None:
    boxes = """\
    template:
      spec:
        containers:
          - {name: image-secret-clean, image: example.com/tools, command: [/a]}
          - {name: backup-secret-clean, image: example.com/tools, command: [/b]}
    """
    said = labels(tmp_path, {"a.yaml": pod(boxes, "Job")})
    assert set(said.values()) == {"not-a-sidecar"}


def test_the_second_of_two_that_are_numbered_and_told_nothing_is_an_equal(
    tmp_path: Path,
) -> None:
    boxes = """\
    volumes: [{name: data, emptyDir: {}}, {name: more, emptyDir: {}}]
    containers:
      - {name: box, image: busybox, volumeMounts: [{name: data, mountPath: /data}]}
      - name: box02
        image: busybox
        volumeMounts: [{name: data, mountPath: /d}, {name: more, mountPath: /m}]
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)}) == {
        "box": "not-a-sidecar",
        "box02": "not-a-sidecar",
    }


def test_two_that_serve_the_machine_are_equals_at_its_files(tmp_path: Path) -> None:
    boxes = """\
    template:
      spec:
        volumes: [{name: lock, hostPath: {path: /run/xtables.lock}}]
        containers:
          - name: calico-node
            image: calico/node:v3
            volumeMounts: [{name: lock, mountPath: /run/xtables.lock}]
          - name: flannel
            image: flannel/flannel:v0.24
            volumeMounts: [{name: lock, mountPath: /run/xtables.lock}]
    """
    assert (
        labels(tmp_path, {"a.yaml": pod(boxes, "DaemonSet")})["flannel"]
        == "not-a-sidecar"
    )


def test_words_in_place_of_an_image_are_no_image(tmp_path: Path) -> None:
    boxes = """\
    template:
      spec:
        volumes: [{name: log, hostPath: {path: /dev/log}}]
        containers:
          - name: driver
            image: "FILLED BY THE OPERATOR"
            command: [/bin/driver]
            volumeMounts: [{name: log, mountPath: /dev/log}]
          - name: copies
            image: "FILLED BY THE OPERATOR"
            command: [/bin/copies]
            volumeMounts: [{name: log, mountPath: /dev/log, readOnly: true}]
    """
    assert (
        labels(tmp_path, {"a.yaml": pod(boxes, "DaemonSet", "driver-daemon")})["copies"]
        == "sidecar"
    )


def test_a_web_server_with_a_place_for_its_cache_is_as_it_comes(tmp_path: Path) -> None:
    boxes = """\
    volumes: [{name: cache, emptyDir: {}}]
    containers:
      - name: nginx-1
        image: nginx:1.7.9
        volumeMounts: [{name: cache, mountPath: /tmp/cache}]
      - {name: tomcat, image: tomcat, ports: [{containerPort: 8080}]}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)})["nginx-1"] == "not-a-sidecar"


def test_who_is_told_the_same_does_the_same(tmp_path: Path) -> None:
    boxes = """\
    containers:
      - {name: first, image: opa/first, args: [run, --server, "--addr=localhost:80"]}
      - {name: opa, image: opa/other, args: [run, --server, "--addr=localhost:80"]}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)}) == {
        "first": "not-a-sidecar",
        "opa": "not-a-sidecar",
    }


def test_two_servers_with_a_service_each_may_call_each_other(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: portal}
    spec:
      selector: {}
      template:
        metadata: {labels: {app: portal}}
        spec:
          containers:
            - name: graphql-server
              image: example.com/portal-server
              env: [{name: AUTH_URL, value: "http://localhost:3000"}]
              ports: [{containerPort: 8080}]
            - name: auth-server
              image: example.com/portal-auth
              env: [{name: GRAPHQL_URL, value: "http://localhost:8080"}]
              ports: [{containerPort: 3000}]
    ---
    apiVersion: v1
    kind: Service
    spec:
      selector: {app: portal}
      ports: [{port: 9002, targetPort: 8080}, {port: 9003, targetPort: 3000}]
    """
    assert sorted(labels(tmp_path, {"a.yaml": text}).values()) == [
        "main",
        "not-a-sidecar",
    ]


TWO_TASKS = """\
kind: Job
metadata: {name: store-setup}
spec:
  template:
    spec:
      containers:
      - name: store-make-bucket
        image: example/mc
        command: [sh, -c, /config/initialize]
        volumeMounts: [{name: tmp, mountPath: /tmp}]
      - name: store-make-user
        image: example/mc
        command: [sh, -c, /config/add-user]
        volumeMounts: [{name: tmp, mountPath: /tmp}]
      volumes: [{name: tmp, emptyDir: {}}]
"""


def test_two_of_one_image_in_a_job_are_two_tasks(tmp_path: Path) -> None:
    assert labels(tmp_path, {"a.yaml": TWO_TASKS}) == {
        "store-make-bucket": "not-a-sidecar",
        "store-make-user": "not-a-sidecar",
    }


CELERY = """\
kind: Deployment
metadata: {name: shop}
spec:
  selector: {}
  template:
    spec:
      containers:
      - name: server
        image: example/shop
        command: [sh, -c, ./start.sh]
        volumeMounts: [{name: metrics, mountPath: /metrics}]
      - name: worker
        image: example/shop
        command: [sh, -c, celery worker]
        volumeMounts: [{name: metrics, mountPath: /metrics}]
      volumes: [{name: metrics, emptyDir: {}}]
"""


def test_two_programs_of_one_image_may_share_files(tmp_path: Path) -> None:
    found = {"server": "main", "worker": "not-a-sidecar"}
    assert labels(tmp_path, {"a.yaml": CELERY}) == found


def test_equals_from_one_image_that_share_files_are_no_helpers(tmp_path: Path) -> None:
    box = """\
    - name: train-{}
      image: registry.example.com/train
      volumeMounts: [{{name: data, mountPath: /data}}]
    """
    both = (dedent(box).format(1) + dedent(box).format(2)).replace("\n", "\n        ")
    text = f"{WORKLOAD}        {both.strip()}\n"
    assert labels(tmp_path, {"a.yaml": text})["train-2"] == "not-a-sidecar"


def test_a_scheduler_of_the_same_image_is_an_equal(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    spec:
      containers:
        - {name: web, image: "shop:1", args: [web], ports: [{containerPort: 80}]}
        - {name: cron, image: "shop:1", args: [cron]}
    """
    assert labels(tmp_path, {"a.yaml": text})["cron"] == "not-a-sidecar"


def test_what_one_of_them_only_reads_ties_them(tmp_path: Path) -> None:
    reads = "mountPath: /metrics}"
    at = CELERY.rindex(reads)
    text = (
        CELERY[:at] + "mountPath: /metrics, readOnly: true}" + CELERY[at + len(reads) :]
    )
    assert "sidecar" in labels(tmp_path, {"a.yaml": text}).values()


PRODUCT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: archive}
spec:
  template:
    spec:
      containers:
        - name: archive-shelf
          image: example.com/archive:1
          args: [shelf, --all]
          volumeMounts: [{name: data, mountPath: /data}]
        - name: archive-desk
          image: example.com/archive:1
          args: [desk, --all]
        - name: archive-press
          image: IMAGE
          args: [press, --all, --wait]
          volumeMounts: [{name: data, mountPath: /data}]
"""


def test_a_program_of_the_same_image_that_shares_files_with_another_is_an_equal() -> (
    None
):
    found = labels_of(PRODUCT.replace("IMAGE", "example.com/archive:1"))
    assert set(found.values()) == {"not-a-sidecar"}
    found = labels_of(PRODUCT.replace("IMAGE", "example.com/archive-tools:1"))
    assert found["archive-press"] == "sidecar"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("serve", "does the same work as api, from the same image"),
        ("work", "runs the same image as api: they are equals"),
    ],
)
def test_two_of_one_image_do_the_same_work_if_they_are_told_the_same(
    words: str, why: str, tmp_path: Path
) -> None:
    text = pod(f"""\
        containers:
        - {{name: api, image: example.com/hue, args: [serve]}}
        - {{name: ui, image: example.com/hue, args: [{words}]}}
        """)
    assert findings(tmp_path, {"pod.yaml": text})["ui"].why == why


def stack(number: int, last: str = "example.com/shelf:4") -> str:
    """Return a Pod of programs that call the first one; *last* is the last's image."""
    rows = ["- {name: index, image: example.com/shelf:4, args: [index, -port=9001]}"]
    rows += [
        f"- {{name: part-{one}, image: example.com/shelf:4,"
        f" args: [part, -kind={one}, '-index=localhost:9001']}}"
        for one in "abc"[: number - 1]
    ]
    rows[-1] = rows[-1].replace("example.com/shelf:4", last)
    return pod("containers:\n" + "\n".join(rows) + "\n")


def test_a_whole_stack_from_one_image_has_no_sidecars(tmp_path: Path) -> None:
    assert "sidecar" not in labels(tmp_path, {"a.yaml": stack(4)}).values()


@pytest.mark.parametrize(
    ("number", "last"), [(3, "example.com/shelf:4"), (4, "example.com/desk:4")]
)
def test_fewer_from_one_image_may_serve_the_one_that_they_call(
    number: int, last: str, tmp_path: Path
) -> None:
    found = labels(tmp_path, {"a.yaml": stack(number, last)})
    assert found["part-a"] == "sidecar"
