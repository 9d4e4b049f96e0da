"""Steps in order

The containers of one Pod run one after the other.

**Strong**: a sidecar runs *while* the main program runs. Build systems make one
container of each step {cite:p}`tekton-concepts`. On ECS it is a chain of `dependsOn`
with `SUCCESS`.

Two steps (`examples/features/against-steps/for.yaml`):

```yaml
kind: Task
spec:
  steps:
    - name: build
    - name: test
```

Two steps, and a sidecar (`examples/features/against-steps/against.yaml`):

```yaml
kind: Task
spec:
  steps:
    - name: build
    - name: test
  sidecars:
    - name: database
```

**The limit.** A list of `sidecars` runs beside all the steps.
"""

from collections.abc import Iterator

from sidecar_spotter.model import Evidence, Group

NAME = "steps"
STRENGTH = "against"


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that is a step."""
    if "steps" in group.marks:
        for box in group.containers:
            if not any(note.text.startswith("field: ") for note in box.notes):
                says = "is a step: it ends before the next one begins"
                yield Evidence(NAME, box.name, box.line, says, -3)
