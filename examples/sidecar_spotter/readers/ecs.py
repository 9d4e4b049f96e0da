"""Amazon ECS: task definitions in JSON, YAML and CloudFormation.

A task is the unit: its containers are placed together. Terraform declares the same
fields in its own spelling, so its reader hands them to `task`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from yaml import ScalarNode

from sidecar_spotter.discover import form_of
from sidecar_spotter.known import split
from sidecar_spotter.look import Look
from sidecar_spotter.model import Container, Group, Mount, Port, Request, Text, Volume
from sidecar_spotter.readers.fields import Fields, comment_above, fold, number, tree_of
from sidecar_spotter.readers.hcl import loose
from sidecar_spotter.readers.shapes import with_volumes_from
from sidecar_spotter.readers.values import Names, resolve, say
from sidecar_spotter.tree import (
    Node,
    Unreadable,
    documents,
    entries,
    items,
    line,
    text,
    walk,
    without_statements,
)
from sidecar_spotter.units import prepares

FORMS = ("json", "yaml", "template")
WORDS = (
    b"containerDefinitions",
    b"ContainerDefinitions",
    b"container_definitions",
    b"AWS::ECS::TaskDefinition",
    b"erviceConnectConfiguration",
)
PARTS = re.compile(
    rb'"(?:essential|portMappings|logConfiguration|mountPoints|containerPort)"'
)
WAITS = ("dependson", "dependencies", "containerdependson")
DEFINITION = "AWS::ECS::TaskDefinition"

Definitions = Iterable[tuple[Node, Text | None]]
"""The mappings that declare the containers of a task, each with its condition."""


def suits(path: str, data: bytes) -> bool:
    """Whether the file could hold a task definition, or a list of its containers."""
    if form_of(path) not in FORMS:
        return False
    if any(word in data for word in WORDS):
        return b"CustomResourceDefinition" not in data
    bare = data[:200].lstrip()[:1] == b"[" and b'"image"' in data
    return bare and PARTS.search(data) is not None


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the task definitions of a file."""
    lines = data.decode("utf-8", "replace").split("\n")
    data = without_statements(data)
    for before, part in documents(data):
        tree = tree_or_template(part, before)
        if tree is not None and items(tree):
            yield from listed(path, tree, lines)
        for found in _definitions(tree):
            yield found.group(path, lines)
        for group in _connected(tree):
            yield replace(group, path=path)


def listed(path: str, tree: Node, lines: list[str]) -> Iterator[Group]:
    """Yield the task whose containers a file lists without anything around them."""
    boxes = [box for box in items(tree) if "image" in Fields(box)]
    if boxes:
        found = task([(box, None) for box in boxes], Fields(None), lines)
        yield replace(found, path=path, line=line(tree))


def tree_or_template(data: bytes, before: int = 0) -> Node | None:
    """Return the tree of a document, which may be a template or lack a comma."""
    try:
        return tree_of(data, before)
    except Unreadable as fault:
        bracket = data.lstrip()[:1] in (b"{", b"[")
        if not bracket or not str(fault).startswith("not YAML"):
            raise
        return loose(data, before)


# --- where task definitions stand


@dataclass(frozen=True, slots=True)
class _Definition:
    """The fields of a task definition, and what the rest of its file says of it."""

    fields: Fields
    kind: str = "task definition"
    name: str = ""
    served: tuple[int, ...] = ()
    marks: frozenset[str] = frozenset()

    def group(self, path: str, lines: list[str]) -> Group:
        fields = self.fields
        found = task(fields.choices("containerdefinitions"), fields, lines)
        top = fields.key("containerdefinitions") or fields.node
        return replace(
            found,
            path=path,
            line=line(top) if top is not None else 1,
            kind=self.kind,
            name=self.name or fields.say("family"),
            served=tuple(sorted({*self.served, *found.served})),
            marks=found.marks | self.marks,
        )


def _definitions(tree: Node | None) -> Iterator[_Definition]:
    """Yield every task definition of a document, wherever it stands."""
    named = {id(node): name for name, node in _resources(tree, DEFINITION)}
    services = by_definition(
        Fields(node) for _, node in _resources(tree, "AWS::ECS::Service")
    )
    for node in walk(tree):
        if not any(
            fold(text(name)) == "containerdefinitions" and _lists(value)
            for name, value in entries(node)
        ):
            continue
        name = named.get(id(node), "")
        if not name:
            yield _Definition(Fields(node))
            continue
        mine = services[name]
        yield _Definition(
            Fields(node), DEFINITION, name, tuple(balanced(mine)), daemon(mine)
        )


def _lists(node: Node) -> bool:
    """Whether a list stands there, or a function of CloudFormation that gives one."""
    return bool(items(node)) or any(
        text(name).startswith("Fn::") for name, _ in entries(node)
    )


def _resources(tree: Node | None, kind: str) -> Iterator[tuple[str, Node]]:
    """Yield logical name and properties of the resources of one type."""
    for name, resource in entries(Fields(tree).get("resources")):
        fields = Fields(resource)
        if fields.say("type") == kind and (node := fields.get("properties")):
            yield text(name), node


def by_definition(services: Iterable[Fields]) -> dict[str, list[Fields]]:
    """Return the services by each word of the task definition that they name."""
    found: dict[str, list[Fields]] = defaultdict(list)
    for service in services:
        for word in set(re.findall(r"[\w-]+", service.say("taskdefinition")[:200])):
            found[word].append(service)
    return found


def balanced(services: Iterable[Fields]) -> Iterator[int]:
    """Yield the ports of a task that load balancers send requests to."""
    for service in services:
        for target in service.mappings("loadbalancers", "loadbalancer"):
            if (port := number(target.get("containerport"))) is not None:
                yield port


def connect(fields: Fields, top: Node) -> Request:
    """Return what the configuration *fields* of Service Connect ask for.

    ECS adds a proxy to each task of the service, which no task definition lists.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html
    """
    said = fields.said("enabled")
    wanted = said is None or said.text.lower() != "false"
    says = "asks Amazon ECS for a proxy container: Service Connect is on"
    if not wanted:
        says = "asks for no proxy: Service Connect is off"
    where = line(top)
    return Request("ecs-service-connect", "mesh-proxy", where, says, wanted)


def _connected(tree: Node | None) -> Iterator[Group]:
    """Yield what services ask Service Connect for.

    They are resources of a template, or what the API is handed, in a file of its own.
    """
    services = list(_resources(tree, "AWS::ECS::Service"))
    top_one = Fields(tree)
    if tree is not None and ("taskdefinition" in top_one or "servicename" in top_one):
        services.append((top_one.say("servicename", "service"), tree))
    for name, node in services:
        service = Fields(node)
        top = service.key("serviceconnectconfiguration")
        if top is None:
            continue
        for body in service.each("serviceconnectconfiguration"):
            if next(entries(body), None) is not None:
                ask = connect(Fields(body), top)
                kind = "AWS::ECS::Service"
                yield Group("", line(top), "ecs", kind, name, requests=(ask,))


def daemon(services: Iterable[Fields]) -> frozenset[str]:
    """Return the mark of a task that runs once on each machine, if it does."""
    every = any(one.say("schedulingstrategy") == "DAEMON" for one in services)
    return frozenset({"daemon"} if every else ())


# --- one task


def task(
    definitions: Definitions,
    fields: Fields,
    lines: list[str],
    signs: tuple[str, ...] = ("#",),
) -> Group:
    """Return the unit of these containers; *fields* are the task's own.

    Path and line are the caller's to fill in; *signs* begin a comment of the file.
    """
    definitions = list(definitions)
    found = [
        (Fields(node, fields.names), condition)
        for node, condition in definitions
        if next(entries(node), None) is not None
    ]
    boxes = [_container(box, condition, lines, signs) for box, condition in found]
    declared = [box for box, _ in found]
    boxes = with_volumes_from(boxes, {_name(box): _taken(box) for box in declared})
    boxes = _ended(boxes, declared)
    boxes = _with_router(boxes, declared)
    proxy = next(fields.mappings("proxyconfiguration"), Fields(None))
    boxes += _filled_in(definitions, fields.names)
    boxes = [_with_proxy(box, proxy) for box in boxes]
    return Group(
        "",
        1,
        "ecs",
        "task definition",
        fields.say("family"),
        tuple(boxes),
        tuple(_volumes(fields)),
        shares=tuple(_shares(fields)),
        served=tuple(_proxied(proxy)),
        marks=_network(fields, declared),
    )


def _name(box: Fields) -> str:
    return box.say("name", "containername")


def _container(
    box: Fields,
    condition: Text | None,
    lines: list[str],
    signs: tuple[str, ...],
) -> Container:
    top = box.key("name", "containername") or box.key("image") or box.node
    first = line(top) if top is not None else 1
    start = line(box.node) if box.node is not None else first
    linux = box.under("linuxparameters", "capabilities")
    privileged = box.said("privileged") if box.true("privileged") else None
    return Container(
        name=_name(box),
        line=first,
        image=box.said("image", "containerimage"),
        words=tuple(box.texts("entrypoint", "command")),
        settings=tuple(box.pairs("environment", "secrets", "mapenvironment")),
        ports=tuple(_ports(box)),
        mounts=tuple(_mounts(box)),
        probes=tuple(_probes(box)),
        waits_for=tuple(_waits(box)),
        capabilities=(
            *linux.texts("add"),
            *((Text("privileged", privileged.line),) if privileged else ()),
        ),
        notes=comment_above(lines, start, signs),
        condition=condition,
        essential=box.say("essential").lower() != "false",
    )


def _waits(box: Fields) -> Iterator[Text]:
    """Yield the containers that must run before: asked for, or linked by name."""
    for wait in box.mappings(*WAITS):
        if (said := wait.said("containername")) is not None:
            yield said
    for link in box.texts("links"):
        yield replace(link, text=link.text.split(":")[0])


def _ports(box: Fields) -> Iterator[Port]:
    for one in box.mappings("portmappings"):
        node = one.get("containerport")
        if node is not None:
            yield Port(number(node), one.say("name"), line(node))


def _mounts(box: Fields) -> Iterator[Mount]:
    for one in box.mappings("mountpoints"):
        name = one.get("sourcevolume")
        if name is not None:
            path = one.say("containerpath")
            yield Mount(say(name), path, one.true("readonly"), line(name))


def _probes(box: Fields) -> Iterator[Text]:
    words = list(box.under("healthcheck").texts("command"))
    if words:
        said = [word.text for word in words if word.text not in ("CMD", "CMD-SHELL")]
        yield Text(" ".join(said), words[0].line)


def _taken(box: Fields) -> list[tuple[Text, bool]]:
    return [
        (said, one.true("readonly"))
        for one in box.mappings("volumesfrom")
        if (said := one.said("sourcecontainer")) is not None
    ]


FILLED_IN = re.compile(r"\$\{?([A-Za-z]\w{0,80})\}?")
_NO_PART_OF_A_NAME = {"container", "json", "def", "definition", "task", "config"}


def _filled_in(definitions: Definitions, names: Names) -> Iterator[Container]:
    """Yield a container for each item of the list that a script puts there.

    `$PROXY_CONTAINER_JSON` stands for the container `proxy`.
    """
    for node, condition in definitions:
        said = resolve(node, names)
        if isinstance(said, ScalarNode) and (match := FILLED_IN.fullmatch(say(said))):
            words = [w for w in split(match[1]) if w not in _NO_PART_OF_A_NAME]
            yield Container("-".join(words), line(said), condition=condition)


def _ended(boxes: list[Container], declared: list[Fields]) -> list[Container]:
    """Return *boxes* with those as init that others wait for until they have ended."""
    ended = {
        wait.say("containername")
        for box in declared
        for wait in box.mappings(*WAITS)
        if wait.say("condition") in ("COMPLETE", "SUCCESS")
    }
    return [
        replace(box, stage="init") if box.name in ended or prepares(box) else box
        for box in boxes
    ]


def _with_router(boxes: list[Container], declared: list[Fields]) -> list[Container]:
    """Return *boxes* with a note on the one that routes the logs of the others."""
    users = [
        box.name
        for box, fields in zip(boxes, declared, strict=True)
        if fields.under("logconfiguration").say("logdriver") == "awsfirelens"
    ]
    found = []
    for box, fields in zip(boxes, declared, strict=True):
        top = fields.key("firelensconfiguration")
        if top is not None:
            whose = ", ".join(users[:3]) or "the other containers"
            says = f"configured: gets the logs of {whose}, by firelensConfiguration"
            box = replace(box, notes=(*box.notes, Text(says, line(top))))
        found.append(box)
    return found


def _with_proxy(box: Container, proxy: Fields) -> Container:
    """Return *box* with a note, if the task sends its traffic through it."""
    name = proxy.said("containername")
    if name is None or name.text != box.name:
        return box
    note = Text("proxy of the task's other containers", name.line)
    return replace(box, notes=(*box.notes, note))


def _proxied(proxy: Fields) -> Iterator[int]:
    """Yield the ports of the application to which a proxy passes requests on."""
    for pair in proxy.pairs("properties"):
        name, _, value = pair.text.partition("=")
        if name == "AppPorts":
            yield from (
                int(port) for port in re.findall(r"\b\d{1,5}\b", value[:200], re.ASCII)
            )


def _volumes(fields: Fields) -> Iterator[Volume]:
    for one in fields.mappings("volumes", "volume"):
        name = one.get("name")
        if name is not None:
            kind = next(
                (
                    kind
                    for field, kind in (
                        ("efsvolumeconfiguration", "efs"),
                        ("dockervolumeconfiguration", "docker"),
                        ("fsxwindowsfileservervolumeconfiguration", "fsx"),
                    )
                    if field in one
                ),
                "emptyDir",
            )
            host = one.under("host").said("sourcepath") or one.said("hostpath")
            if kind == "emptyDir" and host is not None and host.text:
                kind = "hostPath"
            yield Volume(say(name), kind, line(name))


def _shares(fields: Fields) -> Iterator[Text]:
    for field, value, share in (
        ("pidmode", "task", "processes"),
        ("pidmode", "host", "processes-of-the-host"),
        ("networkmode", "host", "network-of-the-host"),
    ):
        said = fields.said(field)
        if said is not None and said.text == value:
            yield Text(share, said.line)


def _network(fields: Fields, boxes: Iterable[Fields]) -> frozenset[str]:
    """Return the mark of a task whose containers have a network each."""
    bridge = fields.say("networkmode") == "bridge" or any("links" in b for b in boxes)
    return frozenset({"bridge-network"} if bridge else ())
