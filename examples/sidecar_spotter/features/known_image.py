"""An image that is made to help

One of two running containers uses a {term}`container image` whose program is known as a
helper: a proxy, a {term}`log shipper`, an {term}`exporter`, a sync or reload tool.

**Medium**: the program is a helper in most places, but a proxy can also be the front
door, and an exporter can watch a server far away.

Beside a Redis server (`examples/features/known-image/for.yaml`):

```yaml
- name: redis
  image: redis:7.2.5
- name: metrics
  image: oliver006/redis_exporter:v1.61.0
```

Looks like it, is not (`examples/features/known-image/against.yaml`):

```yaml
containers:
  - name: metrics
    image: oliver006/redis_exporter:v1.61.0
    env:
      - name: REDIS_ADDR
        value: redis://redis.example.com:6379
```

Images to search for, and what else they are found as:

- proxy: `envoy`, `proxyv2`, `daprd`, `cloud-sql-proxy`; a gateway or edge proxy;
- access: `kube-rbac-proxy`, `oauth2-proxy`; a front door for many;
- logs: `fluent-bit`, `aws-for-fluent-bit`, `filebeat`; a node agent;
- metrics: `redis_exporter`, `postgres_exporter`, `statsd-exporter`; a service alone;
- files: `git-sync`, `k8s-sidecar`, `configmap-reload`; an init container;
- storage: `csi-provisioner`, `csi-node-driver-registrar`; seldom anything else;
- network: `tailscale`; the router of a whole network.

**What else it could mean.** The image alone in its unit is a program of its own. Envoy
with a published port and two services behind it is an edge proxy
(`against.compose.yaml`). And a helper that a team wrote itself is in no list: the
running example uses one image for both containers.
"""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Container, Evidence, Group
from sidecar_spotter.tables.known import MAIN, Known, known, of_name, split, telling
from sidecar_spotter.tables.variables import known_as, of_variables
from sidecar_spotter.units import image_of, repeats, running, serves_files

NAME = "known-image"
STRENGTH = "medium"
BY_VALUE = "gets its image from a value that is called"
"""How the reason begins where the image itself stands elsewhere."""

DOES = {
    "csi-attacher": "attaches volumes to machines",
    "csi-provisioner": "makes a volume when one is asked for",
    "csi-registrar": "tells the machine where its storage driver is",
    "csi-resizer": "makes volumes larger",
    "csi-snapshotter": "takes snapshots of volumes",
    "cluster-service": "serves the whole cluster",
    "config-sync": "copies settings into files",
    "git-sync": "keeps a copy of a Git repository up to date",
    "ha-monitor": "watches who leads, and replaces who fails",
    "health-probe": "asks another program whether it works",
    "leader-elector": "settles which copy may act",
    "node-agent": "serves the whole machine",
    "routing-daemon": "tells the routers of a network which way to go",
    "metrics-adapter": "offers the numbers of another program to Prometheus",
}
"""What programs do whose role is a word of the trade."""


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container whose image is in the table of known ones."""
    boxes = running(group)
    # A patch does not show the one whose part is another.
    several = len(boxes) > 1 and "patch" not in group.marks
    for box in boxes:
        if several and _everybodys(box, boxes):
            continue  # an image that all share tells nobody's part by itself
        found, line = known_as(box), box.image.line if box.image else box.line
        named = found is None and _beside_a_program(box, boxes)
        if named:
            found, line = of_name(box.name), box.line
        if found is None or _only_lends(found, box, boxes):
            continue
        says = _says(found, image_of(box), named=named)
        if found.by == "command":
            spoken = (one.line for one in box.words if found.name in one.text)
            line = next(spoken, box.words[0].line)
        told = (one.line for one in box.settings if of_variables([one]) == found)
        if (setting := next(told, None)) is not None:
            line = setting
            says = f"has a variable of {found.name}, known as {found.role}"
        weight = 2 * found.sure
        if found.role == "cluster-service" and telling(box.name) not in (None, MAIN):
            weight /= 2  # its author calls it a helper, whatever it mostly is
        yield Evidence(NAME, box.name, line, says, weight)


def _only_lends(found: Known, box: Container, boxes: list[Container]) -> bool:
    """Whether a container has a known program's image for something else.

    One of two with it is the application, and the other does it a service. Who repeats
    a task has its tools from there. And a web server with pages is no proxy.
    """
    if found.role == "reverse-proxy" and serves_files(box):
        return True
    return found.sure < 0 and (_is_shared(box, boxes) or repeats(box))


def _says(found: Known, image: str, *, named: bool) -> str:
    """Return what tells a container's part, in words that fit what stands on the line.

    That is its image, its command, the names in an expression that gives the image, or
    the container's own name.
    """
    if found.name == "reload":
        return f"has a command that makes a program reload, as a {found.role} does"
    known_as = f", known as {found.role}"
    if found.role == "sidecar":
        known_as = "" if found.by == "expression" else ", whose name says sidecar"
    elif found.role in (found.name, "application"):
        main = ", as a rule a main program"
        known_as = main if found.sure < 0 else ", a known helper"
    if found.role in DOES:
        known_as += f", which {DOES[found.role]}"
    if named:
        return f"is called as the image {found.name}{known_as}"
    if found.by == "expression":
        value = _as_written(found.name, image)
        return f"{BY_VALUE} {value}{known_as}"
    return f"runs {found.name}{known_as}"


def _as_written(name: str, expression: str) -> str:
    """Return the word of an expression that holds a name, so that it can be found."""
    words = re.findall(r"[A-Za-z][\w-]*", expression)
    return next((word for word in words if name in "-".join(split(word))), name)


def _beside_a_program(box: Container, boxes: list[Container]) -> bool:
    """Whether a name tells by what is beside it: an `nginx` in front of the `api`.

    Of a program whose name tells nothing, it is enough that it answers.
    """
    others = (other for other in boxes if other is not box)
    return telling(box.name) is None and any(
        telling(other.name) == MAIN or other.ports for other in others
    )


def _is_shared(box: Container, boxes: list[Container]) -> bool:
    """Whether another container runs the image with other words."""
    return any(
        image_of(other) == image_of(box)
        and [word.text for word in other.words] != [word.text for word in box.words]
        for other in boxes
    )


def _everybodys(box: Container, boxes: list[Container]) -> bool:
    def tells(one: Container) -> tuple[str, str]:
        found = known(image_of(one), [word.text for word in one.words])
        return image_of(one), found.role if found is not None else ""

    return all(tells(other) == tells(box) for other in boxes)
