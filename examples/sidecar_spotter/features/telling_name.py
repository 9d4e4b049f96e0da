"""A telling name

A container, a file or a folder is called `sidecar`, `proxy`, `agent`, `exporter`,
`sync` or `reloader`.

**Weak**: a name is a promise that nobody checks. Most sidecars are not called so, and
much that is called so is none.

The second of two containers (`examples/features/telling-name/for.yaml`):

```yaml
- name: web
- name: log-sidecar
```

Looks like it, is not (`examples/features/telling-name/against.yaml`):

```yaml
containers:
  - name: photo-sidecar
    image: registry.example.com/photos/photo-sidecar:3.0.2
```

**What else it could mean.** A product: {project}`Substrate API Sidecar
<identify-substrate>` stands alone. A file format: photo programs keep their notes in
sidecar files. An old word: the folder {project}`javaweb-tomcat-sidecar
<identify-javaweb>` holds an init container. Use the name to open the file, then close
your eyes to it.
"""

from collections.abc import Iterator

from sidecar_spotter.known import MAIN, split, telling
from sidecar_spotter.model import Evidence, Group
from sidecar_spotter.units import running

NAME = "telling-name"
STRENGTH = "weak"


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container whose name has a word for helpers or mains."""
    for box in running(group):
        role = telling(box.name)
        if role is not None:
            kind = "a main program" if role == "main" else "a helper"
            says = f'is named "{box.name}", as {kind} would be'
            weight = -0.6 if role == "main" else 1.5 if "sidecar" in box.name else 1
            yield Evidence(NAME, box.name, box.line, says, weight)
        elif {"code", "partial"} <= group.marks and "sidecar" in split(group.name):
            says = f"is what {group.name} returns"
            yield Evidence(NAME, box.name, box.line, says, 1.5)
        elif group.kind == "named template" and telling(group.name) not in (None, MAIN):
            says = f"is all of the template {group.name}"
            yield Evidence(NAME, box.name, box.line, says, 1)
