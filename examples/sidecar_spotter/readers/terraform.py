"""Terraform: resources that declare containers, and texts in them that do.

Each kind of resource has the fields of the platform that it stands for, so this module
only finds them, and hands them to what reads those.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice

import yaml

from sidecar_spotter import injectors
from sidecar_spotter.discover import form_of
from sidecar_spotter.look import Look
from sidecar_spotter.model import Container, Group, Request, Stage, Text
from sidecar_spotter.readers import (
    ecs,
    kubernetes,
    nomad,
    terraform_docker,
    terraform_modules,
    terraform_names,
)
from sidecar_spotter.readers.fields import (
    EXPRESSION,
    FILE,
    IF,
    Fields,
    Names,
    choices,
    fold,
    number,
    say,
    tree_of,
)
from sidecar_spotter.readers.hcl import HEREDOC, hcl, labeled
from sidecar_spotter.readers.shapes import container, volumes
from sidecar_spotter.tree import Node, Unreadable, entries, items, line, text, walk

HINT = re.compile(
    rb"container|firelens|(?:kubectl|kubernetes)_manifest|sidecar|nomad_job"
    rb"|service_connect|inject|essential|mountPoints|logDriver",
    re.I,
)
COMMENTS = ("#", "//")
TEXTS = 300
"""Texts of a file that are read."""
LEVELS = 12
"""How deep in a resource its containers are searched: a cron job's lie nine down."""


def suits(path: str, data: bytes) -> bool:
    """Whether the file could declare a container."""
    return path.endswith((".tf", ".tf.json")) and HINT.search(data) is not None


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the units that the resources of a file declare."""
    tree = tree_of(data) if path.endswith(".json") else hcl(data)
    lines = data.decode("utf-8", "replace").split("\n")
    names = terraform_names.names(tree, data, path, look)
    services = ecs.by_definition(
        Fields(body, names)
        for kind, named in labeled(tree, "resource")
        if text(kind) == "aws_ecs_service"
        for _, body in entries(named)
    )
    file = File(path, lines, look, tree, names, services)
    for kind, named in labeled(tree, "resource"):
        reader = READERS.get(text(kind).removesuffix("_v1"))
        for name, body in entries(named):
            if reader is not None:
                fields = Fields(body, file.names)
                yield from reader(file, Block(text(kind), name, fields))
    for name, body in labeled(tree, "module"):
        whole = False
        for node in walk(body):  # modules of whole clusters nest their services
            fields = Fields(node, file.names)
            if "containerdefinitions" in fields or "containerdefinition" in fields:
                asked = (*_of_mesh(fields), *_connected(fields))
                for group in _task(file, Block("module", name, fields)):
                    whole = True
                    yield replace(group, requests=asked)
        if not whole and id(body) not in file.taken:
            handed = terraform_modules.handed(name, body, file.names, lines)
            for group in handed:
                yield replace(group, path=path)
    for how, label, body in _handed_on(tree):
        for group in terraform_modules.apps_with_dapr(label, body, how):
            yield replace(group, path=path)
    for group in terraform_docker.units(tree, names, lines):
        yield replace(group, path=path)
    ended = set(_ended(tree))
    for group in _pieces(file):
        boxes = tuple(
            replace(box, stage="init") if box.name in ended else box
            for box in group.containers
        )
        yield replace(group, containers=boxes)
    yield from _overlays(file)
    yield from _texts(file)


def _handed_on(tree: Node | None) -> Iterator[tuple[str, Node, Node]]:
    """Yield what modules are handed, and the names that can be: kind, name, value."""
    for kind in ("module", "variable"):
        for label, body in labeled(tree, kind):
            yield kind, label, body
    for block, value in entries(tree):
        if text(block) == "locals":
            for label, body in entries(value):
                yield "locals", label, body


@dataclass(frozen=True, slots=True)
class File:
    """One file, and what its names stand for."""

    path: str
    lines: list[str]
    look: Look
    tree: Node | None
    names: Names
    services: dict[str, list[Fields]]
    """The services of Amazon ECS by each word of the task definition they name."""
    taken: set[int] = field(default_factory=set)
    """The texts and containers that a task has taken."""


@dataclass(frozen=True, slots=True)
class Block:
    """A resource or module."""

    kind: str
    label: Node
    fields: Fields

    @property
    def name(self) -> str:
        """How it is called in the cloud, or else in the file."""
        meta = self.fields.under("metadata").say("name")
        said = self.fields.say("name", "family") or meta
        return said if said and not said.startswith("${") else text(self.label)


Reader = Callable[[File, Block], Iterator[Group]]


# --- Amazon ECS


def _task(file: File, block: Block) -> Iterator[Group]:
    """Yield the task of a task definition, or of a module that makes one."""
    given = block.fields.get("containerdefinitions", "containerdefinition")
    if given is None:
        return
    if given.tag == FILE:
        yield from _elsewhere(file, say(given))
        return
    if isinstance(given, yaml.MappingNode) and "image" not in Fields(given):
        given = _listed(given)
    services = file.services[text(block.label)]
    boxes = [box for one in choices(given, file.names) for box in _parts(file, *one)]
    file.taken.update(id(node) for node, _ in boxes)
    found = ecs.task(boxes, block.fields, file.lines, COMMENTS)
    more = any(_HANDED_IN.fullmatch(text(node)) for node, _ in boxes)
    if more and len(found.containers) == 1:
        found = replace(found, marks=found.marks | {"partial"})
    if found.containers:
        yield replace(
            found,
            path=file.path,
            line=line(block.label),
            kind=block.kind,
            name=block.name,
            served=tuple(sorted({*found.served, *ecs.balanced(services)})),
            marks=found.marks | ecs.daemon(services),
        )


_HANDED_IN = re.compile(
    r"var\.(?!\w*(?:sidecar|companion|additional|extra|custom|other))\w*container\w*",
    re.IGNORECASE,
)
"""The containers that whoever calls a module hands to it, the main one among them."""


def _parts(
    file: File, given: Node, condition: Text | None
) -> Iterator[tuple[Node, Text | None]]:
    """Yield what declares a container in *given*, which may be a list as a text.

    Such a text may have names in it: `"[${local.app}, ${local.proxy}]"`.
    """
    if text(given).lstrip()[:1] not in ("[", "{"):
        yield given, condition
        return
    file.taken.add(id(given))
    inside = text(given).encode("utf-8", "replace")
    before = line(given) - (given.tag != HEREDOC)
    for node, when in choices(
        ecs.tree_or_template(inside, before) or given, file.names
    ):
        named = list(_named(node)) if node.tag == EXPRESSION else []
        if not named:
            yield node, when or condition
        for one, only_if in named:
            for found, why in choices(one, file.names):
                yield found, only_if or why or when or condition


_REFERENCE = re.compile(
    r"\b(?:local|module|var|data\.template_file)\.[\w-]+(?:\.[\w-]+)*"
)


def _named(node: Node) -> Iterator[tuple[Node, Text | None]]:
    """Yield the names in the braces of a text, each with the condition it is under."""
    said = text(node)
    for match in islice(_REFERENCE.finditer(said), TEXTS):
        between = said[: match.start()]
        if "?" in said[match.end() : match.end() + 3]:
            continue  # it is the condition
        first = yaml.ScalarNode(EXPRESSION, match[0], node.start_mark, None)
        only_if = Text(said[:80], line(node)) if "?" in between else None
        yield first, only_if


MESH = "modules/mesh-task"


def _of_mesh(module: Fields) -> Iterator[Request]:
    """Yield what a module of a service mesh adds to the task that it makes."""
    source = module.said("source")
    if source is not None and MESH in source.text:
        says = "is added by Consul's module mesh-task to each task that it makes"
        yield Request("consul-dataplane", "mesh-proxy", source.line, says)


def _connected(service: Fields) -> Iterator[Request]:
    """Yield the wish of a service of Amazon ECS for the proxy of Service Connect."""
    for node, condition in service.choices("serviceconnectconfiguration"):
        # A block for each of something asks for nothing until somebody fills it.
        if condition is None and next(entries(node), None) is not None:
            key = service.key("serviceconnectconfiguration") or node
            yield ecs.connect(Fields(node, service.names), key)


def _service_of_ecs(file: File, block: Block) -> Iterator[Group]:
    """Yield what a service asks Amazon ECS for, in the unit that another file has."""
    if asked := tuple(_connected(block.fields)):
        first = line(block.label)
        yield Group(file.path, first, "ecs", block.kind, block.name, requests=asked)


def _listed(given: yaml.MappingNode) -> Node:
    """Return a map of containers by name as a list of containers with names."""
    found: list[Node] = []
    for name, value in entries(given):
        if isinstance(value, yaml.MappingNode):
            named = yaml.ScalarNode("!string", "name", name.start_mark, None)
            fields = [(named, name), *value.value]
            found.append(yaml.MappingNode(value.tag, fields, value.start_mark, None))
        else:
            found.append(value)
    return yaml.SequenceNode("!list", found, given.start_mark, None)


def _pieces(file: File) -> Iterator[Group]:
    """Yield the containers that wait in names for a task of another file."""
    for block, value in entries(file.tree):
        if text(block) == "locals":
            for name, node in entries(value):
                helps = "sidecar" in fold(text(name)) or _of_each_sidecar(node)
                boxes = list(_definitions(file, node, any_=_TOLD.search(text(name))))
                for group in _piece(file, name, "locals", boxes):
                    yield terraform_modules.as_helpers(group, name) if helps else group
    for name, body in labeled(file.tree, "module"):
        if terraform_names.is_container(Fields(body)):
            boxes = [body] if id(body) not in file.taken else []
            yield from _piece(file, name, "module", boxes)


def _overlays(file: File) -> Iterator[Group]:
    """Yield the pods that an output hands on, as a module does that adds to one."""
    for name, body in labeled(file.tree, "output"):
        for node in islice(walk(body), TEXTS * LEVELS):
            unit = Fields(node, file.names)
            if "initcontainers" in unit or "containers" in unit:
                boxes = tuple(box for box in _boxes(file, unit) if box.image)
                marks = frozenset(("partial",))
                if boxes:
                    at, said = line(name), text(name)
                    yield Group(
                        file.path, at, "kubernetes", "output", said, boxes, marks=marks
                    )
                    break


def _of_each_sidecar(node: Node) -> bool:
    """Whether a list has an item for each of what the file calls sidecars."""
    return any(
        one.tag == IF and "sidecar" in text(items(one)[0]).lower() for one in walk(node)
    )


_TOLD = re.compile(r"container|sidecar", re.IGNORECASE)
"""What the name of a local says that holds a container, whatever fields this has."""


def _ended(tree: Node | None) -> Iterator[str]:
    """Yield the containers for whose end others of the file wait."""
    for node in walk(tree):
        fields = Fields(node)
        if "condition" in fields and fields.say("condition") in ("SUCCESS", "COMPLETE"):
            yield fields.say("containername")


def _piece(file: File, name: Node, kind: str, boxes: list[Node]) -> Iterator[Group]:
    if boxes:
        given = [(box, None) for box in boxes]
        found = ecs.task(given, Fields(None, file.names), file.lines, COMMENTS)
        whole = kind == "locals" and _is_all(file, text(name))
        yield replace(
            found,
            path=file.path,
            line=line(name),
            kind=kind,
            name=text(name),
            marks=found.marks if whole else found.marks | {"partial"},
        )


def _is_all(file: File, name: str) -> bool:
    """Whether a task of the same module, a folder, has no containers but these."""
    all_of_it = re.compile(
        rb"^\s*container_definitions\s*=\s*(?:jsonencode\(\s*)?local\.%s\b[\s)]*$"
        % re.escape(name.encode()),
        re.MULTILINE,
    )
    return any(
        all_of_it.search(file.look(other) or b"") is not None
        for other in file.look.names(posixpath.dirname(file.path))[
            : terraform_names.SIBLINGS
        ]
        if other.endswith(".tf") and other != file.path
    )


def _definitions(
    file: File, node: Node, *, any_: re.Match[str] | None
) -> Iterator[Node]:
    """Yield what declares a container below *node*, unless a task has taken it.

    *any_* is where a name tells that it is one without a field of Amazon ECS.
    """
    waiting = [node]
    while waiting:
        one = waiting.pop()
        fields = Fields(one)
        image = "image" in fields or "containerimage" in fields
        named = "name" in fields or "containername" in fields
        sure = any_ or any(part in fields for part in terraform_names.PARTS)
        if image and named and sure:
            if id(one) not in file.taken:
                yield one
        else:
            waiting += reversed(items(one) or [value for _, value in entries(one)])


def _elsewhere(file: File, said: str) -> Iterator[Group]:
    """Yield the task whose containers stand in a file that nobody else reads."""
    inside = re.sub(r"^\$\{path\.\w+\}/", "", said)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), inside))
    if path.startswith("../") or "${" in path or form_of(path) is not None:
        return
    data = file.look(path)
    if data is not None and ecs.suits(path + ".json", data):
        yield from ecs.read(path, data, file.look)


# --- units with a list of containers


def _service(platform: str) -> Reader:
    """Return a reader of resources whose containers stand somewhere below them."""

    def read_one(file: File, block: Block) -> Iterator[Group]:
        for unit, metadata in _units(block.fields):
            boxes = tuple(_boxes(file, unit))
            open_ = [port.number for box in boxes for port in box.ports]
            served = open_ if platform == "cloud-run" else [_target(block.fields)]
            yield Group(
                file.path,
                line(block.label),
                platform,
                KINDS.get(block.kind.removesuffix("_v1"), block.kind),
                block.name,
                boxes,
                tuple(volumes(unit, "volumes", "volume")),
                (*_dapr(block.fields), *_asked(metadata)),
                tuple(_shares(unit)),
                tuple(sorted(port for port in served if port is not None)),
                labels=tuple(metadata.pairs("labels")),
            )

    return read_one


def _units(fields: Fields) -> Iterator[tuple[Fields, Fields]]:
    """Yield what lists containers below *fields*, with the metadata nearest to it."""
    waiting = [(fields, Fields(None), 0)]
    while waiting:
        one, metadata, depth = waiting.pop()
        metadata = next(one.mappings("metadata"), metadata)
        if any(Fields(node).key("image") for node in one.each(*BOXES)):
            yield one, metadata
        elif depth < LEVELS:
            below = one.mappings("template", "spec", "jobtemplate")
            waiting += [(inner, metadata, depth + 1) for inner in below]


def _boxes(file: File, unit: Fields) -> Iterator[Container]:
    for stage, names in STAGES.items():
        for node, condition in unit.choices(*names):
            if next(entries(node), None) is not None:
                fields = Fields(node, file.names)
                yield container(
                    fields, file.lines, COMMENTS, stage=stage, condition=condition
                )


def _target(fields: Fields) -> int | None:
    return number(fields.under("ingress").get("targetport"))


def _dapr(fields: Fields) -> Iterator[Request]:
    if (top := fields.key("dapr")) is not None:
        says = "asks the platform for Dapr's container: it has a block `dapr`"
        yield Request("daprd", "app-runtime", line(top), says)


def _namespace(file: File, block: Block) -> Iterator[Group]:
    """Yield what a namespace asks for, or labels that a resource gives to one."""
    metadata = next(block.fields.mappings("metadata"), Fields(None))
    own = "annotations" in block.fields or "labels" in block.fields
    if own and block.fields.say("kind") == "Namespace":
        metadata = block.fields
    if asked := tuple(_asked(metadata, "namespace")):
        first = line(block.label)
        name = block.name
        yield Group(file.path, first, "kubernetes", "Namespace", name, requests=asked)


def _asked(metadata: Fields, where: str = "pod") -> Iterator[Request]:
    """Yield what annotations and labels of a pod or a namespace ask for."""
    pairs = [
        (Text(text(name).strip('"'), line(name)), Text(say(value), line(value)))
        for block in metadata.each("annotations", "labels")
        for name, value in entries(block)
    ]
    yield from injectors.requests(pairs, where)


def _shares(unit: Fields) -> Iterator[Text]:
    for field_, share in (
        ("shareprocessnamespace", "processes"),
        ("hostnetwork", "network-of-the-host"),
        ("hostpid", "processes-of-the-host"),
    ):
        if unit.true(field_) and (top := unit.key(field_)) is not None:
            yield Text(share, line(top))


# --- manifests and texts


def _manifest(file: File, block: Block) -> Iterator[Group]:
    """Yield the units of a Kubernetes object that is written as an object of HCL."""
    lines = [one.encode("utf-8", "replace") for one in file.lines]
    for node in block.fields.each("manifest"):
        yield from kubernetes.units(file.path, node, lines)


OF_PODS = re.compile(
    r"(?:^|\.)\w*(?:pod|deployment)_?(?:annotations|labels)\.(.+)$", re.IGNORECASE
)
"""A value for a chart that becomes an annotation or a label of its pods."""


def _chart(file: File, block: Block) -> Iterator[Group]:
    """Yield what the values that a chart is given add, and what they ask for.

    They may be a text, an object in HCL, or single ones by their paths.
    """
    lines = [one.encode("utf-8", "replace") for one in file.lines]
    for node in block.fields.each("values"):
        for one in items(node) or [node]:
            if one.tag == HEREDOC:
                file.taken.add(id(one))
                data = b"\n" * line(one) + text(one).encode("utf-8", "replace")
                with suppress(Unreadable):
                    yield from list(kubernetes.read(file.path, data, file.look))
            elif isinstance(one, yaml.MappingNode):
                yield from kubernetes.units(file.path, one, lines)
    pairs = [
        (Text(name[1].replace("\\", ""), line(at)), Text(one.say("value"), line(at)))
        for one in islice(block.fields.mappings("set"), TEXTS)
        if (at := one.get("name")) is not None
        and (name := OF_PODS.search(say(at))) is not None
    ]
    if asked := tuple(injectors.requests(pairs, "pod")):
        at_ = line(block.label)
        yield Group(file.path, at_, "kubernetes", "Chart", block.name, requests=asked)


def _texts(file: File) -> Iterator[Group]:
    """Yield the units in texts of a file that are YAML or a job of Nomad."""
    budget = TEXTS
    for node in walk(file.tree):
        if node.tag != HEREDOC or id(node) in file.taken:
            continue
        budget -= 1 + line(node) // 1000  # the empty lines in front cost time, too
        if budget < 0:
            raise Unreadable(f"holds more than {TEXTS} texts")
        data = b"\n" * line(node) + text(node).encode("utf-8", "replace")
        try:
            if nomad.suits("x.nomad", data):
                yield from nomad.read(file.path, data, file.look)
            elif kubernetes.suits("x.yaml", data) and b"apiVersion" in data:
                for group in kubernetes.read(file.path, data, file.look):
                    yield replace(group, marks=group.marks | {"embedded"})
        except Unreadable:
            continue  # it was another kind of text


BOXES = ("containers", "container", "initcontainers", "initcontainer")
STAGES: dict[Stage, tuple[str, ...]] = {
    "init": ("initcontainers", "initcontainer"),
    "run": ("containers", "container"),
}
KINDS = {
    "kubernetes_pod": "Pod",
    "kubernetes_deployment": "Deployment",
    "kubernetes_stateful_set": "StatefulSet",
    "kubernetes_daemonset": "DaemonSet",
    "kubernetes_daemon_set": "DaemonSet",
    "kubernetes_replication_controller": "ReplicationController",
    "kubernetes_job": "Job",
    "kubernetes_cron_job": "CronJob",
}
READERS: dict[str, Reader] = {
    "aws_ecs_task_definition": _task,
    "aws_ecs_service": _service_of_ecs,
    "google_cloud_run_service": _service("cloud-run"),
    "google_cloud_run_v2_service": _service("cloud-run"),
    "google_cloud_run_v2_job": _service("cloud-run"),
    "google_cloud_run_v2_worker_pool": _service("cloud-run"),
    "azurerm_container_app": _service("container-apps"),
    "azurerm_container_app_job": _service("container-apps"),
    "azurerm_container_group": _service("container-instances"),
    "kubernetes_manifest": _manifest,
    "helm_release": _chart,
    "kubernetes_namespace": _namespace,
    "kubernetes_labels": _namespace,
    "kubernetes_annotations": _namespace,
    **{kind: _service("kubernetes") for kind in KINDS},
}
"""By the kind of resource, without `_v1`."""
