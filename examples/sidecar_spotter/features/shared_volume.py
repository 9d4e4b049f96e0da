"""A shared volume

Two containers mount one volume, and at least one of them may write to it.

**Strong**, when one writes and the other reads. Containers share no files unless
somebody asks for it. The paper of 2016 gives the shared disk as the very reason why
sidecars are possible {cite:p}`burns2016`.

Kubernetes (`examples/features/shared-volume/for.yaml`):

```yaml
- name: web
  volumeMounts:
    - name: logs
      mountPath: /var/log/web
- name: log-server
  volumeMounts:
    - name: logs
      mountPath: /var/log/web
      readOnly: true
```

Compose (`examples/features/shared-volume/for.compose.yaml`):

```yaml
web:
  volumes:
    - logs:/var/log/web
log-server:
  volumes:
    - logs:/var/log/web:ro
```

Amazon ECS (`examples/features/shared-volume/for.ecs.json`):

```json
"name": "log-server",
"mountPoints": [
  {
    "sourceVolume": "logs",
    "containerPath": "/var/log/web",
    "readOnly": true
  }
]
```

Looks like it, is not (`examples/features/shared-volume/against.yaml`):

```yaml
volumes:
  - name: settings
    configMap: {name: settings}
containers:
  - name: web
    volumeMounts:
      - name: settings
  - name: log-server
    volumeMounts:
      - name: settings
```

**What else it could mean.** Two programs that read one {term}`ConfigMap`, the
cluster's store for settings, tell each other nothing. In Compose, check that the name
is the same: `logs` and `rows` are two volumes. And an init container that fills a
volume has ended before the reader starts.

The feature shows what was meant, not that it works: the historic mistake in
{ref}`the lab of the served log <lab-served-log>` mounts the volume in both containers
and writes the file beside it.

The word `readOnly` tells the reader from the writer, and is seldom set. Without it,
look at the commands: who creates the file, who opens it? A reader that keeps its place
in the same folder, as a bookmark, needs to write there, and is a reader all the same.
Either can be the helper. The name of the volume helps: `content` is filled for the main
program, `logs` are read from it. So does a folder: what lies in `/etc/nginx` sets nginx
up, whoever writes it. And so does a port: whoever answers callers is seldom the one
that only fetches or ships.

In the wild: {project}`git-sync fills a volume that a web server reads
<identify-git-sync>`. To run: {ref}`the lab of git-sync <lab-git-sync>` for a sidecar
that writes, {ref}`the lab of the log saver <lab-log-saver>` for one that reads.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from sidecar_spotter.features.common.helping import is_front
from sidecar_spotter.features.common.volume_sockets import (
    both_ends,
    call_over_a_socket,
    calls_a_driver,
    is_driver_at,
)
from sidecar_spotter.model import Container, Evidence, Group, Mount
from sidecar_spotter.tables.known import telling
from sidecar_spotter.tables.variables import known_as
from sidecar_spotter.units import answers, image_of, running, serves_files, stem

NAME = "shared-volume"
STRENGTH = "strong"

FIXED = {"configMap", "secret", "projected", "downwardAPI", "image"}
FIXED |= {"settings", "host", "anonymous"}  # of a Compose file
"""Volumes that no container writes: who shares one only reads the same settings."""

BROUGHT = re.compile(
    r"(?<![a-z])(?:conf(?:ig\w*)?|content|html|sites?|www|repo(?:s|sitory)?|git|certs?"
    r"|tls|secrets?|static|plugins?|rules|dashboards?|provision\w*)(?![a-z])",
    re.IGNORECASE,
)
"""Names of volumes that a helper fills for the main container. Of others, as of logs,
the helper is the one that reads."""
TAKEN = re.compile(
    r"(?<![a-z])(?:logs?|audit|spool|dumps?|backups?|exports?|out(?:put)?|results?"
    r"|metrics|traces|events|uploads?)(?![a-z])",
    re.IGNORECASE,
)
"""Names of volumes from which a helper takes what the main container writes."""

_TOLD = r"(?:(?<!\S)--?[\w.-]*(?:{0})[\w.-]*(?:=\w+)?[=:\s]*|\b\w*(?:{0})\w*=)[\"']?\Z"
WRITES = re.compile(
    r"(?:>>?|\btee\b(?:\s+-a)?)\s*[\"']?\Z|"
    + _TOLD.format("write|output|dest|target|into|save|dump|log-?file|log-?dir"),
    re.IGNORECASE,
)
READS = re.compile(
    r"\b(?:tail|cat|less|grep|inotifywait)\b[^|;&>]*\Z|"
    + _TOLD.format(
        "tail|input|follow|watch|read|source|from|send|ship|scan|position|pos-?file"
        "|bookmark|offset|checkpoint|cursor"
    ),
    re.IGNORECASE,
)
"""What stands in front of a folder in the command of a program that reads it. One that
keeps its place there, as `--bookmark=/logs/.place` says, reads as well."""
NEAR = 60
"""Characters in front of a folder that are looked at."""


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container that shares a volume that somebody writes."""
    kinds = {volume.name: volume.kind for volume in group.volumes}
    users: dict[str, list[tuple[Container, Mount]]] = defaultdict(list)
    for box in running(group):
        for mount in box.mounts:
            if kinds.get(mount.volume) not in FIXED:
                users[mount.volume].append((box, mount))
    for volume, uses in users.items():
        if len({box.name for box, _ in uses}) < 2:
            continue
        if (ends := call_over_a_socket(uses)) is not None:
            yield from both_ends(volume, *ends, NAME)
            continue
        if all(mount.read_only for _, mount in uses):
            continue  # none of them writes it: another one has filled it
        read = [mount.read_only or reads(box, mount) for box, mount in uses]
        fillers = _fillers(group, volume, known=volume in kinds)
        begun = any(_same_image(one, box) for one in fillers for box, _ in uses)
        if not any(read) and not begun:
            read = [_is_set_up_in(box, mount) for box, mount in uses]
        if not any(read):
            takes = _takes if TAKEN.search(volume) else _saves
            read = [takes(box) for box, _ in uses]
        if not any(read) and any(writes(box, mount) for box, mount in uses):
            # A web server without a command of its own only serves what others write.
            read = [serves_files(box) and not box.words for box, _ in uses]
        if all(read):  # somebody writes it, or there would be nothing to read
            read = [mount.read_only for _, mount in uses]
        for (box, mount), only_reads in zip(uses, read, strict=True):
            others = [
                (other, its, held.read_only)
                for (other, held), its in zip(uses, read, strict=True)
                if other.name != box.name
            ]
            yield from _of_one(box, mount, others, fillers, only_reads=only_reads)


def _fillers(group: Group, volume: str, *, known: bool) -> list[Container]:
    """Return the init containers that have put something into a volume.

    What a template includes, and nothing is *known* of, may be one that nobody can
    write.
    """
    if not known and "template" in group.marks:
        return []
    return [
        box
        for box in group.containers
        if box.stage == "init"
        and any(m.volume == volume and not m.read_only for m in box.mounts)
    ]


def _of_one(
    box: Container,
    mount: Mount,
    others: Sequence[tuple[Container, bool, bool]],
    fillers: Sequence[Container],
    *,
    only_reads: bool,
) -> Iterator[Evidence]:
    """Yield the reason for one of those that share a volume.

    *others* are its neighbors there, whether they only read, and whether they can do no
    more; *fillers* have put something into it before.
    """
    volume = mount.volume
    writer = next((other for other, reads, _ in others if not reads), None)
    reader = next(((other, held) for other, reads, held in others if reads), None)
    caller = next((other for other, *_ in others if calls_a_driver(other)), None)
    if caller is not None and is_driver_at(box, mount):
        says = f"answers on a socket in {volume}, which {caller.name} calls"
        yield Evidence(NAME, box.name, mount.line, says, -1.5, caller.name)
        return
    if only_reads and writer is not None:
        may = "only reads" if mount.read_only else "reads"
        says = f"{may} the volume {volume}, which {writer.name} may write"
        weight = 0.2 if _brought(volume, writer, box) else 0.6
        yield Evidence(NAME, box.name, mount.line, says, weight, writer.name)
    elif reader is not None:
        taker, held = reader
        may, only = ("writes", "only ") if held else ("may write", "")
        says = f"{may} the volume {volume}, which {taker.name} {only}reads"
        weight = 0.6 if _brought(volume, box, taker) else 0.2
        yield Evidence(NAME, box.name, mount.line, says, weight, taker.name)
    else:
        other = others[0][0]
        begun = (one for one in fillers if _same_image(one, box))
        # Copies of one program share its first step.
        first = next((one for one in begun if not _same_image(one, other)), None)
        names = list(dict.fromkeys(one.name for one, *_ in others))
        more = f" and {len(names) - 4} more" if len(names) > 4 else ""
        says = f"shares the volume {volume} with {', '.join(names[:4])}{more}"
        weight = 0.3
        if first is not None and not answers(box) and answers(other):
            says = f"goes on filling the volume {volume}, as {first.name} began"
            weight = 0.6
        elif (
            fillers
            and answers(box) == answers(other)
            and not (_called_after(box, other) or _called_after(other, box))
        ):
            # Neither needs the other for it.
            says += f", and {fillers[0].name} prepares it first"
            weight = 0
        yield Evidence(NAME, box.name, mount.line, says, weight, other.name)


def _called_after(box: Container, other: Container) -> bool:
    """Whether a name is the neighbor's with more behind it, as `flags-ui` is."""
    return box.name.startswith(f"{other.name}-")


def _brought(volume: str, writer: Container, reader: Container) -> bool:
    """Whether a volume's content is brought to its reader, and not taken from there."""
    given = (mount for mount in reader.mounts if mount.volume == volume)
    if BROUGHT.search(volume) or serves_files(reader):
        return True
    if any(mount.path.startswith("/etc/") for mount in given):
        return True  # who reads there is set up by it
    asked = answers(reader) and not answers(writer)
    return asked and not TAKEN.search(volume) and not is_front(reader)


def _is_set_up_in(box: Container, mount: Mount) -> bool:
    """Whether a volume is where a program is set up, by its name: `/etc/nginx/sites`.

    Whoever else may write there does so for that program.
    """
    folder = mount.path.removeprefix("/etc/").partition("/")[0]
    called = folder in (box.name, stem(box))
    return called and bool(folder) and mount.path.startswith("/etc/")


TAKERS = frozenset(("log-shipper", "telemetry-collector", "log-reader"))
"""Roles of programs that read what others have written, be it on the same machine."""


def _takes(box: Container) -> bool:
    """Whether a container is known to collect what its neighbors write."""
    found = known_as(box)
    return found is not None and found.role in TAKERS


def _saves(box: Container) -> bool:
    """Whether a container copies what its neighbors write to another place."""
    found = known_as(box)
    return "backup" in (telling(box.name), found.role if found is not None else "")


def _same_image(one: Container, other: Container) -> bool:
    return image_of(one) == image_of(other) != ""


def writes(box: Container, mount: Mount) -> bool:
    """Whether a container's command writes into a folder."""
    return any(WRITES.search(ahead) for ahead in _ahead(box, mount))


def reads(box: Container, mount: Mount) -> bool:
    """Whether a container that may write a volume is told only to read what is in it.

    What it keeps there for itself, as the place up to which it has read, is no output.
    """
    told = any(READS.search(ahead) for ahead in _ahead(box, mount))
    return told and not writes(box, mount)


def _ahead(box: Container, mount: Mount) -> Iterator[str]:
    """Yield what stands in a command in front of a folder, be it in words of its own.

    That is `tail -F /logs` as well as `[tail, -F, /logs]`.
    """
    before = ""
    for said in box.words if len(mount.path) > 1 else ():
        at = said.text.find(mount.path)
        if at >= 0:
            yield f"{before} {said.text[max(at - NEAR, 0) : at]}"
        before = f"{before} {said.text}"[-NEAR:]
