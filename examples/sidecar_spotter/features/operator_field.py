"""A field that an operator turns into a sidecar

A {term}`custom resource` has a field that says `sidecar`, and a program called an
{term}`operator` makes the container from it.

**Strong**, where the field is filled: the authors of the resource chose the word for
what the operator does with it.

A mode (`examples/features/operator-field/for.yaml`):

```yaml
kind: OpenTelemetryCollector
metadata:
  name: traces
spec:
  mode: sidecar
```

A list (`examples/features/operator-field/for.tekton.yaml`):

```yaml
kind: Task
spec:
  sidecars:
    - name: database
      image: postgres:16.3
```

Looks like it, is not (`examples/features/operator-field/against.istio.yaml`):

```yaml
kind: Sidecar
metadata:
  name: default
  namespace: shop
spec:
  egress:
    - hosts: ["./*", "istio-system/*"]
```

**What else it could mean.** Istio's kind `Sidecar` holds no container: it narrows what
the proxies of a namespace are told {cite:p}`istio-kind-sidecar`. A
`CustomResourceDefinition` describes the field and fills nothing in. The same collector
with `mode: deployment`, in `against.yaml`, is one service for everybody. In the wild:
{project}`a collector in sidecar mode <features-otel-mode>` and {project}`a Docker
daemon beside the steps of a build <features-tekton-docker>`.
"""

from collections.abc import Iterator

from sidecar_spotter.model import Evidence, Group

NAME = "operator-field"
STRENGTH = "strong"


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that stands in such a field, or asks for it."""
    for box in group.containers:
        for note in box.notes:
            if note.text.startswith("field: "):
                says = f"stands in the field `{note.text.removeprefix('field: ')}`"
                yield Evidence(NAME, box.name, box.line, says, 2)
    for ask in group.requests:
        if ask.how in (NAME, "chart-value"):
            weight = 3 if ask.wanted else -3
            yield Evidence(NAME, ask.container, ask.line, ask.says, weight)
