"""Peers

Each program in the unit has users of its own, and would be of use alone; or neither
would, and both hold the application's own code.

**Strong**, where each program has its own Service or its own published port. A helper
has one customer.

Two Services into one Pod (`examples/features/against-peers/for.yaml`):

```yaml
kind: Service
spec:
  ports: [{port: 80, targetPort: shop}]
---
kind: Service
spec:
  ports: [{port: 80, targetPort: blog}]
```

One Service, and a helper (`examples/features/against-peers/against.yaml`):

```yaml
kind: Service
spec:
  ports: [{port: 80, targetPort: http}]
---
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: api
          ports: [{name: http, containerPort: 8080}]
        - name: cloud-sql-proxy
          ports: [{name: db, containerPort: 5432}]
```

In Compose the usual case is an application and its database: two services that meet on
a network by name (`for.compose.yaml`). Two copies of one program in one unit are peers
too.

**The limit.** A helper may have a port for people too, as `log-server` has. Ask what it
would do without its neighbor: `log-server` would have nothing to serve. A database or a
cache in the same unit is the border case: alone it would be of use to anybody. If only
its neighbor can reach it, at localhost, it is run as a helper. If others can, by a
Service or a port of its own, it is a peer.

In the wild: {project}`two operators in one Pod, neither of which helps the other
<identify-strimzi>`.
"""

from collections import Counter
from collections.abc import Iterator

from sidecar_spotter.features.common.helping import measures
from sidecar_spotter.model import Container, Evidence, Group
from sidecar_spotter.tables.known import MAIN, telling
from sidecar_spotter.tables.variables import known_as
from sidecar_spotter.units import OF_NUMBERS, idles, image_of, repeats, running, stem

NAME = "peers"
STRENGTH = "against"


MANY = 5
"""More containers than these from one image are the parts of one product."""
ALL = 4
"""So are as many, where the unit has no container from another image, but for those
that have a helper's name."""


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that is its neighbors' equal."""
    boxes = running(group)
    images = Counter(filter(None, map(image_of, boxes)))
    for box in boxes:
        copies = images[image_of(box)]
        whole = copies == len(boxes) >= ALL and telling(box.name) in (None, MAIN)
        if copies > MANY or whole:
            says = f"is one of {copies} programs from the same image"
            yield Evidence(NAME, box.name, box.line, says, -1.5)
            continue
        for other in boxes:
            if idles(other) != idles(box):
                continue
            # A port for numbers alone brings no visitors.
            asked = not (measures(box) or measures(other))
            equal = _is_proxy(box) == _is_proxy(other)
            if asked and equal and _both_served(group, box, other):
                says = f"is reached from outside, as {other.name} is"
                yield Evidence(NAME, box.name, box.line, says, -0.7, other.name)
                break
            same = stem(box) and stem(box) == stem(other) and box.name != other.name
            alike = same and len(box.words) == len(other.words)
            alike = alike and repeats(box) == repeats(other)
            if alike and not (_feeds(box, other) or _feeds(other, box)):
                says = f"runs the same image as {other.name}"
                yield Evidence(NAME, box.name, box.line, says, -0.4, other.name)
                break


def _feeds(one: Container, other: Container) -> bool:
    """Whether *other* only reads a volume that *one* may write: equals do not."""
    filled = {mount.volume for mount in one.mounts if not mount.read_only}
    return any(mount.read_only and mount.volume in filled for mount in other.mounts)


def _is_proxy(box: Container) -> bool:
    """Whether a container passes requests on: its visitors are another's as well."""
    found = known_as(box)
    return found is not None and found.role.endswith("proxy")


def _both_served(group: Group, one: Container, other: Container) -> bool:
    """Whether callers from outside reach both, each on a port of its own."""
    its, others = (
        {port.number for port in box.ports if not OF_NUMBERS.search(port.name)}
        for box in (one, other)
    )
    served = set(group.served)
    return not served.isdisjoint(its - others) and not served.isdisjoint(others - its)
