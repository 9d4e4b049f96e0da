"""A shared namespace that somebody asked for

A line in the file joins one container to the network or to the processes of another.

**Strong**, because it is never the default. Each container of a Compose file has a
{term}`network namespace` of its own until a service says otherwise. In a {term}`Pod`
the network is always shared, which proves nothing; there the line to look for joins
the {term}`process namespace` {cite:p}`k8s-share-pid`. It joins all containers at once,
so in a Pod it is strong only for a helper that uses it: one that signals the other, or
lists its processes.

Compose (`examples/features/shared-namespace/for.compose.yaml`):

```yaml
tailscale:
  image: tailscale/tailscale:v1.68.1
web:
  network_mode: service:tailscale
```

Kubernetes (`examples/features/shared-namespace/for.yaml`):

```yaml
shareProcessNamespace: true
containers:
  - name: web
  - name: debug
```

Amazon ECS (`examples/features/shared-namespace/for.ecs.json`):

```json
"pidMode": "task"
```

Looks like it, is not (`examples/features/shared-namespace/against.compose.yaml`):

```yaml
web:
  networks: [back]
cache:
  networks: [back]
```

Elsewhere: `--network container:web` on a command line, and `Network=web.container` in
a {term}`quadlet`.

**What else it could mean.** Two services on one named network meet by name, as any
two machines do {cite:p}`compose-networking`. `hostPID: true` and `"pidMode": "host"`
open the processes of the whole {term}`node`: the mark of a
{ref}`node agent <against-node-agent>`. And the line does not say who helps whom: in the
Compose example `web` carries the key, but `tailscale` is the helper. Whoever lends its
network to several programs, and has `NET_ADMIN`, is a tunnel by whatever name.

In the wild: {project}`applications that live in the network of their VPN client
<identify-scaletail>`, and {project}`a Job whose containers share processes, so that
one can stop the others <features-shared-processes>`. To run:
{ref}`the lab of topz <lab-topz>` and
{ref}`the lab of dynamic configuration <lab-dynamic-config>`.
"""

from collections.abc import Iterator, Sequence

from sidecar_spotter.model import Container, Evidence, Group, Text
from sidecar_spotter.units import running

NAME = "shared-namespace"
STRENGTH = "strong"


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that shares a namespace on request."""
    boxes = running(group)
    for box in boxes:
        for join in box.joins:
            what, _, name = join.text.partition(":")
            says = f"joins the {what} namespace of {name}"
            yield Evidence(NAME, box.name, join.line, says, 0.5, name)
            says = f"lends its {what} namespace to {box.name}"
            yield Evidence(NAME, name, join.line, says, 0, box.name)
        if (first := _leads_out(box, boxes)) is not None:
            says = "leads its guests out: it may change the routes of their network"
            yield Evidence(NAME, box.name, first.line, says, 1, first.text)
        for share in group.shares:
            if share.text == "processes" and len(boxes) > 1:
                says = "sees the processes of its neighbors: the unit asks for it"
                yield Evidence(NAME, box.name, share.line, says, 0.1)


def _leads_out(box: Container, boxes: Sequence[Container]) -> Text | None:
    """Return the first guest, and where it joins, of a tunnel for several programs.

    Such is whoever has `NET_ADMIN`, and lends its network to two.
    """
    if all(one.text != "NET_ADMIN" for one in box.capabilities):
        return None
    guests = [
        Text(guest.name, join.line)
        for guest in boxes
        for join in guest.joins
        if join.text == f"network:{box.name}"
    ]
    return guests[0] if len(guests) > 1 else None
