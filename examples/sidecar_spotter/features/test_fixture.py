"""A test fixture

The pair exists for a test: the file lies under `tests/`, `e2e/` or `testdata/`.

**Medium**: the repository can make such a pair. That does not say that it uses one.

In tests (`examples/features/against-test-fixture/for/tests/two-servers.yaml`):

```yaml
kind: Pod
spec:
  containers:
    - name: one
    - name: two
```

Deployed (`examples/features/against-test-fixture/against/deploy/served-log.yaml`):

```yaml
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: web
        - name: log-server
```

It looks alike on every platform: `compose.test.yaml`, a `services:` block of a build
job, expected output that a test compares.

**The limit.** A tool that injects sidecars keeps its best examples in its tests. Write
down "in tests only", and look on.
"""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Evidence, Group
from sidecar_spotter.units import running

NAME = "test-fixture"
STRENGTH = "against"

DATA = re.compile(r"(?:^|/)(?:testdata|fixtures?|__tests__|golden|mocks?)/")
TESTS = re.compile(r"(?:^|/)(?:tests?|e2e)/")


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that stands in a folder for tests."""
    data = DATA.search(group.path) is not None
    if data or TESTS.search(group.path):
        says = f"stands in a folder for {'test data' if data else 'tests'}"
        for box in running(group):
            # Tests also deploy what is real.
            yield Evidence(NAME, box.name, box.line, says, -0.2 if data else -0.1)
