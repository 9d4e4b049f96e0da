"""A node agent

A {term}`DaemonSet` runs one Pod on each node, and it has one container: a
{term}`node agent` {cite:p}`k8s-daemonset`.

**Strong**: it serves whoever happens to run on that machine. It is not one to a copy.

It reads the logs of all Pods (`examples/features/against-node-agent/for.yaml`):

```yaml
kind: DaemonSet
spec:
  template:
    spec:
      volumes:
        - name: node-logs
          hostPath: {path: /var/log, type: Directory}
      containers:
        - name: fluent-bit
```

A driver with a helper (`examples/features/against-node-agent/against.yaml`):

```yaml
kind: DaemonSet
spec:
  template:
    spec:
      containers:
        - name: driver
        - name: node-driver-registrar
```

Folders of the node under `hostPath`, `hostPID: true` and the Docker socket are its
marks. Elsewhere: a service that runs once on each machine, such as `DAEMON` in ECS or
`type = "system"` in Nomad.

**The limit.** A Pod of a DaemonSet can hold a sidecar as any other Pod can: the storage
driver above has a registrar beside it. In the wild, without one: {project}`fluentd on
every node <identify-fluentd-node>`.
"""

from collections.abc import Iterator

from sidecar_spotter.model import Evidence, Group
from sidecar_spotter.units import running

NAME = "node-agent"
STRENGTH = "against"


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for a lone container that serves its machine."""
    boxes = running(group)
    hosts = [share for share in group.shares if share.text.endswith("of-the-host")]
    for box in boxes:
        if group.kind == "DaemonSet" and len(boxes) == 1:
            says = "is the only program of a DaemonSet: one copy for each machine"
            yield Evidence(NAME, box.name, box.line, says, -2)
        elif hosts and len(boxes) == 1 and "partial" not in group.marks:
            says = f"uses the {hosts[0].text.replace('-', ' ')}: it serves the machine"
            yield Evidence(NAME, box.name, hosts[0].line, says, -1)
