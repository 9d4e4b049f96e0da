"""Init only

All helpers are init containers: they have ended when the application starts.

**Strong**: nothing is left to run beside the application {cite:p}`k8s-init`. On ECS the
helper is not `essential`, and the application waits for its `SUCCESS`. In Nomad it is a
`prestart` task without `sidecar = true`.

All have ended (`examples/features/against-init-only/for.yaml`):

```yaml
initContainers:
  - name: wait-for-database
containers:
  - name: web
```

One runs on (`examples/features/against-init-only/against.yaml`):

```yaml
initContainers:
  - name: wait-for-database
  - name: log-server
    restartPolicy: Always
```

**The limit.** Check every entry: the second one above runs on.
"""

from collections.abc import Iterator

from sidecar_spotter.model import Evidence, Group

NAME = "init-only"
STRENGTH = "against"


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that ends before the main one starts."""
    for box in group.containers:
        if box.stage == "init":
            says = "runs once and ends before the main container starts"
            yield Evidence(NAME, box.name, box.line, says, -5)
