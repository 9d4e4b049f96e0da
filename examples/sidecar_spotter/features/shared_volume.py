"""A shared volume

Two containers mount one volume, and at least one of them may write to it.

**Strong**, when one writes and the other reads. Containers share no files unless
somebody asks for it. The paper of 2016 gives the shared disk as the very reason why
sidecars are possible {cite:p}`burns2016`.

Kubernetes (`examples/features/shared-volume/for.yaml`):

```yaml
- name: web
  volumeMounts:
    - name: logs
      mountPath: /var/log/web
- name: log-server
  volumeMounts:
    - name: logs
      mountPath: /var/log/web
      readOnly: true
```

Compose (`examples/features/shared-volume/for.compose.yaml`):

```yaml
web:
  volumes:
    - logs:/var/log/web
log-server:
  volumes:
    - logs:/var/log/web:ro
```

Amazon ECS (`examples/features/shared-volume/for.ecs.json`):

```json
"name": "log-server",
"mountPoints": [
  {
    "sourceVolume": "logs",
    "containerPath": "/var/log/web",
    "readOnly": true
  }
]
```

Looks like it, is not (`examples/features/shared-volume/against.yaml`):

```yaml
volumes:
  - name: settings
    configMap: {name: settings}
containers:
  - name: web
    volumeMounts:
      - name: settings
  - name: log-server
    volumeMounts:
      - name: settings
```

**What else it could mean.** Two programs that read one {term}`ConfigMap`, the
cluster's store for settings, tell each other nothing. In Compose, check that the name
is the same: `logs` and `rows` are two volumes. And an init container that fills a
volume has ended before the reader starts.

The feature shows what was meant, not that it works: the historic mistake in
{ref}`the lab of the served log <lab-served-log>` mounts the volume in both containers
and writes the file beside it.

The word `readOnly` tells the reader from the writer, and is seldom set. Without it,
look at the commands: who creates the file, who opens it? Either can be the helper. The
name of the volume helps: `content` is filled for the main program, `logs` are read from
it. In the wild: {project}`git-sync fills a volume that a web server reads
<identify-git-sync>`. To run: {ref}`the lab of git-sync <lab-git-sync>` for a sidecar
that writes, {ref}`the lab of the log saver <lab-log-saver>` for one that reads.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from sidecar_spotter.model import Container, Evidence, Group, Mount
from sidecar_spotter.units import running

NAME = "shared-volume"
STRENGTH = "strong"

FIXED = {"configMap", "secret", "projected", "downwardAPI", "image"}
FIXED |= {"settings", "host", "anonymous"}  # of a Compose file
"""Volumes that no container writes: who shares one only reads the same settings."""

BROUGHT = re.compile(
    r"(?<![a-z])(?:conf(?:ig\w*)?|content|html|sites?|www|repo(?:s|sitory)?|git|certs?"
    r"|tls|secrets?|static|plugins?|rules|dashboards?|provision\w*)(?![a-z])",
    re.IGNORECASE,
)
"""Names of volumes that a helper fills for the main container. Of others, as of logs,
the helper is the one that reads."""


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that shares a volume that somebody writes."""
    kinds = {volume.name: volume.kind for volume in group.volumes}
    users: dict[str, list[tuple[Container, Mount]]] = defaultdict(list)
    for box in running(group):
        for mount in box.mounts:
            if kinds.get(mount.volume) not in FIXED:
                users[mount.volume].append((box, mount))
    for volume, uses in users.items():
        if len({box.name for box, _ in uses}) < 2:
            continue
        for box, mount in uses:
            others = [(o, m) for o, m in uses if o.name != box.name]
            writer = next((o for o, m in others if not m.read_only), None)
            reader = next((o for o, m in others if m.read_only), None)
            if mount.read_only and writer is not None:
                says = f"only reads the volume {volume}, which {writer.name} may write"
                weight = 0.2 if BROUGHT.search(volume) else 0.6
                yield Evidence(NAME, box.name, mount.line, says, weight, writer.name)
            elif reader is not None:
                says = f"writes the volume {volume}, which {reader.name} only reads"
                weight = 0.6 if BROUGHT.search(volume) else 0.2
                yield Evidence(NAME, box.name, mount.line, says, weight, reader.name)
            else:
                other = others[0][0]
                says = f"shares the volume {volume} with {other.name}"
                yield Evidence(NAME, box.name, mount.line, says, 0.3, other.name)
