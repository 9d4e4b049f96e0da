"""Nomad: the task groups of a job, in HCL or JSON.

A group is the unit: its tasks are placed on one machine. Nomad has the word in its
language: a task with `sidecar = true` in its `lifecycle` runs beside the main tasks,
and `sidecar_service` makes Nomad add a proxy task.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import (
    Container,
    Group,
    Mount,
    Port,
    Request,
    Stage,
    Text,
    Volume,
)
from sidecar_spotter.readers.common.fields import Fields, comment_above, number, port
from sidecar_spotter.readers.common.values import say
from sidecar_spotter.readers.hcl import hcl, labeled
from sidecar_spotter.readers.hcl.nodes import HEREDOC
from sidecar_spotter.readers.nomad import as_json
from sidecar_spotter.tree import Node, line, scalars, text, walk

FORMS = ("hcl", "template")
JOB = re.compile(rb"^[ \t]*job[ \t]+\S", re.MULTILINE)
TASK = re.compile(rb"^[ \t]*task[ \t]+\S", re.MULTILINE)
PARTIAL = re.compile(rb"\[\[-? *define ")
"""What begins a part of a template of Nomad Pack, which jobs of the pack include."""
COMMENTS = ("#", "//")

_EXPRESSION = re.compile(
    rb"\[\[-?(?=[\s.$])([^\[\]]{0,400}(?:\[[^\[\]]{0,80}\][^\[\]]{0,200}){0,4})\]\]"
)
_WORD = re.compile("\ue000(\\d{1,6})\ue001")
ALLOC = re.compile(r"NOMAD_ALLOC_DIR|(?:^|[\s:=\"'])(?:\.\./|/)?alloc/")
"""The ways to name the folder that all tasks of a group share."""
ITS_OWN = re.compile(r"\$\{NOMAD_(?:TASK|SECRETS)_DIR\}|(?!\.\./|alloc/)[\w.]")
"""The begin of a path that is in the folder which a task has for itself alone.

A path that is not absolute counts from there, whatever it is called.
https://developer.hashicorp.com/nomad/docs/job-declare/task-driver/docker#volumes
"""
LINKS = 50
"""Lines of a task's templates that are kept."""
LOCAL = re.compile(
    r"localhost|127\.0\.0\.1|NOMAD_(?:UPSTREAM|(?:HOST_)?(?:ADDR|IP|PORT))_"
)

Ports = Mapping[str, int]
"""The ports of a group by label; below 0 where Nomad chooses the number."""


def suits(path: str, data: bytes) -> bool:
    """Whether the file could hold a job."""
    if path.endswith(".json"):
        return as_json.WORD in data
    if form_of(path) not in FORMS or path.endswith((".tf", ".tfvars")):
        return False
    if TASK.search(data) is None:
        return False
    return JOB.search(data) is not None or PARTIAL.search(data) is not None


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the task groups of the jobs of a file."""
    lines = data.decode("utf-8", "replace").split("\n")
    if path.endswith(".json"):
        tree = as_json.job(data)
    else:
        tree = _template(data) if b"[[" in data else hcl(data)
    for label, group in labeled(tree, "group"):
        tasks = list(labeled(group, "task"))
        none = frozenset[str]()
        yield _group(path, text(label), label, Fields(group), tasks, none, lines)
    if parts := list(labeled(tree, "task")):
        marks = frozenset({"partial"})
        yield _group(path, "", parts[0][0], Fields(None), parts, marks, lines)
    for job, body in labeled(tree, "job"):
        everywhere = Fields(body).say("type") in ("system", "sysbatch")
        marks = frozenset({"daemon"} if everywhere else ())
        for label, group in labeled(body, "group"):
            name = f"{text(job)}/{text(label)}"
            tasks = list(labeled(group, "task"))
            yield _group(path, name, label, Fields(group), tasks, marks, lines)
        for label, task in labeled(body, "task"):  # a group of one
            only = Fields(None)
            yield _group(path, text(job), label, only, [(label, task)], marks, lines)


def _template(data: bytes) -> Node:
    """Return the tree of a template of Nomad Pack, with its expressions as they are.

    `[[ … ]]` stands for a value, as a job's name, or steers. While the file is read, a
    word stands for each; lines keep their number.
    """
    said: list[str] = []

    def word(match: re.Match[bytes]) -> bytes:
        before = data[data.rfind(b"\n", 0, match.start()) + 1 : match.start()]
        end = data.find(b"\n", match.end())
        behind = data[match.end() : end if end >= 0 else len(data)]
        if not before.strip() and not behind.strip():
            return b"\n" * match[0].count(b"\n")
        said.append(" ".join(match[0].decode("utf-8", "replace").split()))
        stand_in = f"\ue000{len(said) - 1}\ue001".encode()
        inside = before.count(b'"') % 2
        return stand_in if inside else b'"' + stand_in + b'"'

    tree = hcl(_EXPRESSION.sub(word, data))
    for node in scalars(tree):
        if "\ue000" in node.value:
            node.value = _WORD.sub(lambda one: said[int(one[1])], node.value)
    return tree


def _group(
    path: str,
    name: str,
    label: Node,
    group: Fields,
    tasks: list[tuple[Node, Node]],
    marks: frozenset[str],
    lines: list[str],
) -> Group:
    """Return the unit that a group's *tasks* form."""
    ports = dict(_labels(group))
    leads = any(Fields(body).true("leader") for _, body in tasks)
    boxes = tuple(
        _task(task, Fields(body), ports, leads, lines) for task, body in tasks
    )
    volumes = [
        Volume(text(volume), Fields(body).say("type") or "host", line(volume))
        for volume, body in labeled(group.node, "volume")
    ]
    shared = [mount for box in boxes for mount in box.mounts if mount.volume == "alloc"]
    if shared:
        volumes.append(Volume("alloc", "emptyDir", shared[0].line))
    services = [*group.mappings("service")]
    services += [one for _, body in tasks for one in Fields(body).mappings("service")]
    served = {_port(one.say("port"), ports) for one in services}
    return Group(
        path,
        line(label),
        "nomad",
        "task group",
        name,
        boxes,
        tuple(volumes),
        tuple(ask for one in services for ask in _requests(one)),
        tuple(_shares(group)),
        tuple(sorted(one for one in served if one is not None)),
        marks,
    )


# --- the group


def _labels(group: Fields) -> Iterator[tuple[str, int]]:
    """Yield label and number of each port of a group.

    A number that Nomad chooses is as good as any to tell one port from another.
    """
    for network in group.mappings("network"):
        for place, (label, body) in enumerate(labeled(network.node, "port"), 1):
            said = number(Fields(body).get("to", "static"))
            yield text(label), -place if said is None else said


def _port(said: str, ports: Ports) -> int | None:
    """Return the number of a port that is named by number or label."""
    number_ = port(said)
    return ports.get(said) if number_ is None else number_


def _shares(group: Fields) -> Iterator[Text]:
    """Yield the network that the tasks share: each has one unless the group asks."""
    for network in group.mappings("network"):
        mode = network.said("mode")
        if mode is not None and mode.text == "host":
            yield Text("network-of-the-host", mode.line)
        elif mode is not None and mode.text not in ("none", ""):
            yield Text("network", mode.line)


def _requests(service: Fields) -> Iterator[Request]:
    """Yield what a service asks Consul Connect for."""
    name = service.say("name") or service.say("port")
    for connect in service.mappings("connect"):
        if (top := connect.key("sidecarservice")) is not None:
            says = "asks Nomad for a proxy task: `sidecar_service` of Consul Connect"
            ports = tuple(_upstreams(connect.under("sidecarservice")))
            yield Request("connect-proxy", "mesh-proxy", line(top), says, ports=ports)
        elif (top := connect.key("gateway")) is not None:
            says = "makes Nomad add a gateway, which is a program of its own"
            yield Request(f"gateway-{name}", "gateway", line(top), says, False)
        elif connect.true("native") and (top := connect.key("native")) is not None:
            says = "speaks Connect itself, so no proxy is added: `native = true`"
            yield Request("connect-proxy", "mesh-proxy", line(top), says, False)


def _upstreams(proxy: Fields) -> Iterator[int]:
    """Yield the ports at localhost on which a proxy of Consul Connect answers."""
    for upstream in proxy.under("proxy").mappings("upstreams"):
        if (bound := number(upstream.get("localbindport"))) is not None:
            yield bound


# --- one task


def _task(
    label: Node, task: Fields, ports: Ports, leads: bool, lines: list[str]
) -> Container:
    first = line(label)
    config = task.under("config")
    privileged = config.said("privileged") if config.true("privileged") else None
    return Container(
        name=text(label),
        line=first,
        stage=_stage(task),
        image=config.said("image"),
        words=tuple(config.texts("command", "entrypoint", "args")),
        settings=(*task.pairs("env"), *islice(_links(task), LINKS)),
        ports=tuple(_ports(task, config, ports)),
        mounts=tuple(_mounts(task, config)),
        joins=tuple(_joins(config)),
        capabilities=(
            *config.texts("capadd"),
            *((Text("privileged", privileged.line),) if privileged else ()),
        ),
        notes=(*comment_above(lines, first, COMMENTS), *_notes(task)),
        essential=task.true("leader") or not leads,
    )


def _stage(task: Fields) -> Stage:
    """Return how a task runs: whatever has a hook and is no sidecar ends by itself."""
    lifecycle = task.under("lifecycle")
    if not lifecycle.say("hook"):
        return "run"
    return "native" if lifecycle.true("sidecar") else "init"


def _notes(task: Fields) -> Iterator[Text]:
    """Yield what a task's life cycle says, in its own words."""
    lifecycle = task.under("lifecycle")
    hook = lifecycle.said("hook")
    if hook is not None:
        side = lifecycle.said("sidecar")
        yield Text(f"lifecycle hook {hook.text}", hook.line)
        if side is not None:
            yield Text(f"lifecycle sidecar = {side.text}", side.line)


def _links(task: Fields) -> Iterator[Text]:
    """Yield the lines of a task's templates that name a neighbor at localhost."""
    for template in task.mappings("template"):
        data = template.get("data")
        if data is not None:
            first = line(data) + (data.tag == HEREDOC)
            for number_, said in enumerate(say(data).split("\n")):
                if LOCAL.search(said):
                    yield Text(said.strip(), first + number_)


def _ports(task: Fields, config: Fields, ports: Ports) -> Iterator[Port]:
    seen = set()
    for one in config.texts("ports"):
        seen.add(one.text)
        yield Port(_port(one.text, ports), one.text, one.line)
    for service in task.mappings("service"):
        said = service.said("port")
        if said is not None and said.text not in seen:
            yield Port(_port(said.text, ports), said.text, said.line)


def _mounts(task: Fields, config: Fields) -> Iterator[Mount]:
    for one in task.mappings("volumemount"):
        name = one.get("volume")
        if name is not None:
            path = one.say("destination")
            yield Mount(say(name), path, one.true("readonly"), line(name))
    named = bool(config.say("volumedriver"))  # then a volume, and no path, comes first
    for said in config.texts("volumes"):
        source, _, rest = said.text.partition(":")
        own = not named and ITS_OWN.match(source) is not None
        if rest and not own and not ALLOC.search(source):
            path, _, options = rest.partition(":")
            yield Mount(source, path, "ro" in options.split(","), said.line)
    for node in walk(task.node):
        said_ = ALLOC.search(text(node))
        if said_ is not None:
            lines = text(node).count("\n", 0, said_.start())
            at = line(node) + lines + (node.tag == HEREDOC)
            yield Mount("alloc", "${NOMAD_ALLOC_DIR}", False, at)
            break


def _joins(config: Fields) -> Iterator[Text]:
    for field, what in (("networkmode", "network"), ("pidmode", "processes")):
        said = config.said(field)
        if said is not None and said.text.startswith("container:"):
            yield Text(f"{what}:{said.text.partition(':')[2]}", said.line)
