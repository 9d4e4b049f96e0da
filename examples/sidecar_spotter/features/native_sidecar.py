"""A native sidecar

The list of containers that start first has an entry that says it will go on
running: a {term}`native sidecar`.

**Strong**: the platform's manual gives this form to sidecars and to nothing else
{cite:p}`k8s-sidecar,nomad-lifecycle`. It still does not say whom the helper helps.

Kubernetes (`examples/features/native-sidecar/for.yaml`):

```yaml
initContainers:
  - name: log-server
    restartPolicy: Always
    command: [python3, /app/log_server.py]
containers:
  - name: web
```

Nomad (`examples/features/native-sidecar/for.nomad.hcl`):

```text
task "log-server" {
  lifecycle {
    hook    = "prestart"
    sidecar = true
  }
}
```

Looks like it, is not (`examples/features/native-sidecar/against.yaml`):

```yaml
initContainers:
  - name: prepare
    command: [touch, /var/log/web/access.log]
containers:
  - name: web
```

Amazon ECS, Cloud Run and {term}`Compose` have no such field. Nor has Kubernetes the
`lifecycle: type: Sidecar` of older articles, which was never released
({ref}`sources disagree <history-disagree>`).

**What else it could mean.** Without the line `restartPolicy: Always` the entry is an
{term}`init container`: it runs once and ends. And an ordinary container may carry a
`restartPolicy` too, as a trial in Kubernetes 1.34 and by default since 1.35
{cite:p}`k8s-restarts`. So ask for both: under `initContainers`, and `Always`.

In the wild: {project}`a Job with the Cloud SQL proxy <identify-cloud-sql-job>`. To
run: {ref}`a Job that can finish <lab-finishing-job>`, with the one line and without.
"""

from collections.abc import Iterator

from sidecar_spotter.model import Evidence, Group

NAME = "native-sidecar"
STRENGTH = "strong"


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that starts first and runs on."""
    for box in group.containers:
        if box.stage == "native":
            says = "is an init container that is always restarted: a native sidecar"
            if group.platform == "nomad":
                late = any(note.text.endswith(" poststart") for note in box.notes)
                when = "after" if late else "before"
                says = f"starts {when} the main task, and runs on beside it"
            yield Evidence(NAME, box.name, box.line, says, 3)
