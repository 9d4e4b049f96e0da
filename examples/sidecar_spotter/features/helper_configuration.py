"""Configuration that feeds the helper

A file, a variable or a setting tells one container where its neighbor keeps files or
listens.

**Medium**: nothing says more clearly who helps whom. But you have to read two places,
and settings of the application itself look the same.

Kubernetes (`examples/features/helper-configuration/for.yaml`):

```yaml
- name: web
  volumeMounts:
    - name: logs
      mountPath: /var/log/web
- name: log-shipper
  args:
    - --input=tail
    - --prop=path=/var/log/web/access.log
```

Amazon ECS (`examples/features/helper-configuration/for.ecs.json`):

```json
{
  "name": "web",
  "logConfiguration": {
    "logDriver": "awsfirelens",
    "options": {"Name": "http", "Host": "logs.example.com"}
  }
},
{
  "name": "log-router",
  "firelensConfiguration": {"type": "fluentbit"}
}
```

Looks like it, is not (`examples/features/helper-configuration/against.yaml`):

```yaml
kind: ConfigMap
metadata:
  name: web-config
data:
  web.conf: |
    greeting = Hello
    page_size = 50
```

On Kubernetes it is often a ConfigMap that only the helper mounts: look in it for the
neighbor's path. On ECS a field names the container that receives the logs of the
others, and ECS starts it before them and stops it after them {cite:p}`ecs-firelens`. In
the running example it is a variable: `log-server` has `LOG_DIR: /var/log/web`, the
folder into which `web` writes.

A script tells as much: one that asks for the neighbor by its name, rests, and asks
again. So does a script in an image of tools alone, such as `curl`, that has the
neighbor's settings where the neighbor has them. And one that does a task, rests, and
does it again, in a loop that never ends, leaves the work of the unit to its neighbor.

**What else it could mean.** The application's own settings, as in `against.yaml`. The
question that decides: does the text name a path, a port or a process of the *neighbor*?
"""

import re
from collections import Counter
from collections.abc import Iterator

from sidecar_spotter.features.common.helping import helps
from sidecar_spotter.features.common.volume_sockets import CALLS
from sidecar_spotter.features.shared_volume import FIXED
from sidecar_spotter.model import Container, Evidence, Group
from sidecar_spotter.tables.known import MAIN, telling
from sidecar_spotter.units import ends, idles, repeats, running, stem

NAME = "helper-configuration"
STRENGTH = "medium"

NOTIFIES = re.compile(
    r"-notify-(?:sighup|container|restart-container)[= ]+([\w.-]+)"
    r"|\bdocker (?:kill|restart)(?: -\S+(?: [A-Z]+)?)* ([\w.-]+)"
)
"""A command that tells whom to signal when something has changed."""
LONGEST = 4000
"""Characters of a command that are looked at."""


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that settings of the unit feed."""
    boxes = running(group)
    if len(boxes) < 2:
        return
    kinds = {volume.name: volume.kind for volume in group.volumes}
    users = Counter(mount.volume for box in boxes for mount in box.mounts)
    for box in boxes:
        for note in box.notes:
            if note.text.startswith("configured: "):
                says = note.text.removeprefix("configured: ")
                yield Evidence(NAME, box.name, note.line, says, 2)
        for other in boxes:
            if other is not box:
                yield from _told(box, other, kinds)
                yield from _asks(box, other)
        call = next((one for one in box.words if CALLS.search(one.text)), None)
        if call is not None and not box.mounts:  # else its volume tells whom it calls
            says = "is told at which socket a storage driver answers"
            yield Evidence(NAME, box.name, call.line, says, 0.6)
        if _works_in_a_loop(group, box):
            says = "does one task again and again, in a loop of its shell"
            yield Evidence(NAME, box.name, box.words[-1].line, says, 0.4)
        if _has_no_program(box) and any(_has_its_settings(box, one) for one in boxes):
            says = f"runs a script with {stem(box)}, and has no program of its own"
            yield Evidence(NAME, box.name, box.words[0].line, says, 0.3)
        for mount in box.mounts:
            own = users[mount.volume] == 1 and kinds.get(mount.volume) == "configMap"
            # A file that is called after the unit is the main program's.
            named = box.name and box.name.lower() in mount.volume.lower()
            if own and named and box.name not in group.name:
                says = f"has a configuration of its own, {mount.volume}"
                yield Evidence(NAME, box.name, mount.line, says, 0.2)


def _works_in_a_loop(group: Group, box: Container) -> bool:
    """Whether a container has a task for a loop of its shell, beside a program.

    Services of Compose go on by themselves: one that does so may be anybody's.
    """
    if group.platform in ("compose", "quadlet") or not repeats(box):
        return False
    return not all(repeats(one) for one in running(group))


SHELL = re.compile(r"(?:/(?:usr/)?bin/)?(?:env |ba|da|z|a)?sh")
TOOLS = frozenset(("alpine", "bash", "busybox", "curl", "jq", "kubectl"))
"""Images of tools alone: what runs in them is a script that somebody wrote for it."""


def _has_no_program(box: Container) -> bool:
    """Whether a container runs on with a script in an image of tools alone."""
    works = bool(box.words) and not idles(box) and not ends(box)
    return stem(box) in TOOLS and works and not box.ports


def _has_its_settings(box: Container, other: Container) -> bool:
    """Whether a container has files where a neighbor has them, which is a program.

    A second script is none, and no helper is.
    """
    script = other.words and SHELL.fullmatch(other.words[0].text)
    if script or stem(other) in TOOLS | {""} or helps(other):
        return False
    its = {(mount.volume, mount.path) for mount in other.mounts}
    return any((mount.volume, mount.path) in its for mount in box.mounts)


def _told(
    box: Container, other: Container, kinds: dict[str, str]
) -> Iterator[Evidence]:
    """Yield a reason if *box* is told of a folder that *other* fills for it."""
    filled = {mount.volume for mount in other.mounts if not mount.read_only}
    folders = [
        mount.path
        for mount in box.mounts
        if mount.read_only
        and mount.volume in filled
        and kinds.get(mount.volume) not in FIXED
        and len(mount.path) > 1
        and not mount.path.startswith("/etc/")  # there it is set up by its neighbor
    ]
    words = " ".join(word.text for word in box.words)[:LONGEST]
    told = (match for match in NOTIFIES.finditer(words) if other.name in match.groups())
    if other.name and next(told, None) is not None:
        at = next(one.line for one in box.words if other.name in one.text)
        says = f"is told to notify {other.name}"
        yield Evidence(NAME, box.name, at, says, 2, other.name)
    for said in (*box.settings, *box.words):
        for folder in folders:
            if folder in said.text:
                says = f"is told of {folder}, which {other.name} fills"
                yield Evidence(NAME, box.name, said.line, says, 0.3, other.name)
                return


_LOOP = re.compile(r"\b(?:while|until)\b")
_RESTS = re.compile(r"\bsleep\b")
"""What a script has that does the same again and again, and rests between."""
_PLAIN = re.compile(r"[a-z][a-z0-9-]{3,}")


def _asks(box: Container, other: Container) -> Iterator[Evidence]:
    """Yield a reason if a script of *box* looks after *other* again and again."""
    if not _PLAIN.fullmatch(other.name) or telling(other.name) == MAIN:
        return  # "server" in a script may be anybody's
    name = re.compile(rf"(?<![\w.-]){re.escape(other.name)}(?![\w-])")
    for said in box.words:
        loop = _LOOP.search(said.text)
        rests = loop is not None and _RESTS.search(said.text, loop.end())
        if rests and name.search(said.text):
            says = f"has a script that looks after {other.name} again and again"
            yield Evidence(NAME, box.name, said.line, says, 0.5, other.name)
            return
