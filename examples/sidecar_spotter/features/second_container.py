"""A second container that keeps running

One unit of deployment lists two or more containers that run at the same time.

**Medium**: nearly every sidecar that is written out shows it, but so do two equal
programs that somebody put under one roof. Use it as the door to the other features.

Kubernetes (`examples/features/second-container/for.yaml`):

```yaml
containers:
  - name: web
    command: [python3, /app/web.py]
  - name: log-server
    command: [python3, /app/log_server.py]
```

Kustomize (`examples/features/second-container/for.patch.yaml`):

```yaml
- op: add
  path: /spec/template/spec/containers/-
  value:
    name: log-server
```

Cloud Run (`examples/features/second-container/for.cloud-run.yaml`):

```yaml
containers:
  - name: web
  - name: collector
```

Looks like it, is not (`examples/features/second-container/against.yaml`):

```yaml
initContainers:
  - name: migrate
    command: [touch, /tmp/migrated]
containers:
  - name: web
```

What counts as one unit differs: {ref}`the page on how to identify <identify-units>`
has the table. A {term}`Helm chart` often keeps the second container behind a value, and
a {term}`Kustomize` patch adds it from another file: then the {term}`manifest` that you
open first shows one container.

**What else it could mean.** {ref}`Peers <against-peers>`, or an init container that you
counted though it ends. In ECS, a container that another one waits for with the
condition `SUCCESS` has ended too (`against.ecs.json`).
"""

from collections.abc import Iterator, Sequence

from sidecar_spotter.model import Evidence, Group
from sidecar_spotter.units import OWN_IMAGE, image_of, is_the_charts_own, running

NAME = "second-container"
STRENGTH = "medium"


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that runs beside others."""
    boxes = running(group)
    optional = [
        box for box in boxes if box.condition and box.condition.line > group.line
    ]
    if len(optional) == len(boxes) or group.platform == "compose":
        optional = []  # a profile of Compose says which services a person may start
    own = [
        box
        for box in boxes
        if is_the_charts_own(box) or OWN_IMAGE.search(image_of(box))
    ]
    for box in boxes if "beside" in group.marks else ():
        if is_the_charts_own(box):
            continue  # it may be all that the pod has
        says = f"is added to the containers of a pod, by the template {group.name}"
        yield Evidence(NAME, box.name, box.line, says, 1.5)
    for box in boxes:
        others = [other.name or "another" for other in boxes if other is not box]
        if others or "partial" in group.marks:
            says = f"runs beside {_listed(others, box.name)} in one unit"
            when = box.condition if box in optional else None
            if when is not None:
                says += f", on a condition: {when.text}"
            added = when is not None or (bool(own) and box not in own)
            yield Evidence(NAME, box.name, box.line, says, 0.7 if added else 0)


def _listed(others: Sequence[str], own: str) -> str:
    """Return up to three names and how many more there are, each of them once.

    Both sides of a condition may declare the same container.
    """
    names = [name for name in dict.fromkeys(others) if name != own]
    if not names:
        return "containers that stand elsewhere,"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
