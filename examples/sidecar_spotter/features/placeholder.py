"""A placeholder

There is a place for sidecars, and nobody stands in it.

**Strong**, for this repository. Whoever installs the chart may fill the list. It is
often called `sidecars` or `extraContainers`; a native sidecar goes into the list of
extra init containers.

An empty list (`examples/features/against-placeholder/for.values.yaml`):

```yaml
image: registry.example.com/shop/api:2.4.1
sidecars: []
```

The template (`examples/features/against-placeholder/deployment.yaml.gotmpl`):

```text
containers:
  - name: api
    image: {{ .Values.image }}
  {{- with .Values.sidecars }}
  {{- toYaml . | nindent 8 }}
  {{- end }}
```

The list filled (`examples/features/against-placeholder/against.values.yaml`):

```yaml
sidecars:
  - name: log-server
    image: localhost/sidecar-handbook/served-log:1
```

The same holds for a container that does nothing but `sleep`, or is called `foo`.

**The limit.** A helper that is written out and switched off by a value is there: the
authors made it. In the wild: {project}`the chart of Temporal has such an empty list,
with a comment on what to put in <identify-temporal>`.
"""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Evidence, Group
from sidecar_spotter.units import idles, running, stem

NAME = "placeholder"
STRENGTH = "against"

SIDECAR_FIELD = re.compile(r"field: .*sidecar", re.IGNORECASE)
"""A field that says what it holds, whatever its author calls it."""
WAITS = re.compile(r"\b(?:sleep|tail)\b")
NUMBERED = re.compile(r"(?:container|ctr|c)[-_]?(?:%[dvs]|\d+)")
"""A name that code counts up and that says nothing else."""
NO_NAME = {"foo", "bar", "baz", "qux", "dummy", "test", "example", "placeholder"}


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that only idles, and each empty list."""
    for box in running(group):
        if idles(box):
            says = "does nothing but wait"
            waits = [word.line for word in box.words if WAITS.search(word.text)]
            line = waits[0] if waits else box.line
            yield Evidence(NAME, box.name, line, says, -0.2)
        if "partial" in group.marks and NUMBERED.fullmatch(box.name):
            says = f'is named "{box.name}": one of several that are made alike'
            yield Evidence(NAME, box.name, box.line, says, -1.5)
        field = any(SIDECAR_FIELD.match(note.text) for note in box.notes)
        no_image = stem(box) in NO_NAME | {"nginx", "busybox", ""}
        if box.name in NO_NAME and no_image and not field:
            says = f'is named "{box.name}" and stands for any container'
            yield Evidence(NAME, box.name, box.line, says, -1.5)
    for ask in group.requests:
        if ask.how == NAME:
            yield Evidence(NAME, ask.container, ask.line, ask.says, -3)
