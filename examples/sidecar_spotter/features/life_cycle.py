"""Coupled start and stop

One container waits for its neighbor to start, or tells it to stop.

**Medium**: it shows that the two live together. But programs also wait for databases,
and steps wait for steps.

Kubernetes (`examples/features/life-cycle/for.yaml`):

```yaml
- name: report
  args: ["report; curl -X POST http://127.0.0.1:9091/quitquitquit"]
- name: cloud-sql-proxy
  args: [--quitquitquit, --port=5432, my-project:europe-west1:shop]
```

Amazon ECS (`examples/features/life-cycle/for.ecs.json`):

```json
"name": "api",
"dependsOn": [{"containerName": "proxy", "condition": "HEALTHY"}]
```

Cloud Run (`examples/features/life-cycle/for.cloud-run.yaml`):

```yaml
annotations:
  run.googleapis.com/container-dependencies: '{"web": ["collector"]}'
```

Looks like it, is not (`examples/features/life-cycle/against.yaml`):

```yaml
- name: report
  args: ["until nc -z db.example.com 5432; do sleep 1; done; report"]
```

Search for `quitquitquit`. A helper in a {term}`Job` that is an ordinary container does
not end by itself, so the Job never does {cite:p}`k8s-sidecar`. Before there were native
sidecars, the application stopped its helper with a request. Such lines are easily
broken: in {project}`an example of the Cloud SQL proxy <features-cloud-sql-quit>`
{term}`YAML` folds command and request into one line, so the request becomes an argument
of the command. Start is coupled by hooks: {project}`a postStart hook of Linkerd's proxy
<kubernetes-linkerd-await>` blocks until the proxy is ready, so the next container
starts later.

An init container tells as much, if a container does again what it did, from the same
image: it fetched a certificate before the start, and its twin renews it.

**What else it could mean.** In ECS, read the condition: `START` and `HEALTHY` wait for
a container that runs on, `SUCCESS` and `COMPLETE` for one that ends
{cite:p}`ecs-dependency`. In Compose, `depends_on` orders services that may share
nothing, so it is no feature there.
"""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Container, Evidence, Group
from sidecar_spotter.units import image_of, running

NAME = "life-cycle"
STRENGTH = "medium"

ASKS = re.compile(r"quitquitquit|/quit\b|/shutdown\b|wait.{0,20}localhost")
"""A request to end, or a wait for an answer."""
KILLS = re.compile(r"\bpkill\b|killall")
"""A signal, which reaches a neighbor only where both share processes."""
RELOADS = re.compile(
    r"\bp?kill(?:all)?\s+(?:-s\s+|-SIG|-)HUP\b(?P<whom>[^;&|\n]{0,80})"
)
"""A command that makes other programs read their settings again: no end of theirs."""


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each start or stop that one container ties to another."""
    boxes = running(group)
    names = [box.name for box in boxes]
    for box in boxes:
        for wait in box.waits_for:
            # In Compose, services wait that share nothing.
            if wait.text in names and group.platform != "compose":
                says = f"waits for {wait.text} to start"
                yield Evidence(NAME, box.name, wait.line, says, 0, wait.text)
                says = f"has to run before {box.name} starts"
                yield Evidence(NAME, wait.text, wait.line, says, 0.2, box.name)
        yield from _goes_on(group, box)
        others = [name for name in names if name != box.name]
        for said in (*box.hooks, *box.words):
            if (reload := RELOADS.search(said.text)) is not None:
                whom = re.split(r"[\s\"']+", reload["whom"])
                for name in others:
                    if name in whom:
                        says = f"tells {name} to read its settings again"
                        yield Evidence(NAME, box.name, said.line, says, 0.6, name)
            elif ASKS.search(said.text) or (
                KILLS.search(said.text) and _sees_processes(group, box)
            ):
                for name in others[:1]:
                    says = f"ends its neighbor, or waits for it ({name})"
                    if said.text.startswith("-"):
                        says = f"lets its neighbor end it ({name})"
                    yield Evidence(NAME, box.name, said.line, says, 0, name)


def _sees_processes(group: Group, box: Container) -> bool:
    """Whether a signal from a container reaches those of others."""
    shared = any(one.text == "processes" for one in group.shares)
    return shared or any(one.text.startswith("process") for one in box.joins)


def _goes_on(group: Group, box: Container) -> Iterator[Evidence]:
    """Yield a reason if *box* does again what an init container did first.

    That prepared the unit for others, and it keeps prepared what they work with. An
    image alone says less: a program may well prepare itself with its own.
    """
    said, image = [word.text for word in box.words], image_of(box)
    for other in group.containers:
        first = [word.text for word in other.words]
        again = other.stage == "init" and first and said[: len(first)] == first
        if again and image_of(other) == image != "":
            says = f"goes on with what {other.name} does first, from the same image"
            yield Evidence(NAME, box.name, box.words[0].line, says, 0.5)
