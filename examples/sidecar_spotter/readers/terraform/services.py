"""Resources with a list of containers: of Kubernetes, Cloud Run and Azure."""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Container, Group, Request, Stage, Text
from sidecar_spotter.readers import container_apps
from sidecar_spotter.readers.common.fields import Fields, number
from sidecar_spotter.readers.common.shapes import container, volumes
from sidecar_spotter.readers.common.values import say
from sidecar_spotter.readers.terraform.config_maps import with_maps, with_sources
from sidecar_spotter.readers.terraform.file import COMMENTS, LEVELS, Block, File, Reader
from sidecar_spotter.tables import injectors
from sidecar_spotter.tree import entries, line, text

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


def service(platform: str) -> Reader:
    """Return a reader of resources whose containers stand somewhere below them."""

    def read_one(file: File, block: Block) -> Iterator[Group]:
        for unit, metadata in _units(block.fields):
            boxes = tuple(boxes_of(file, unit))
            open_ = [port.number for box in boxes for port in box.ports]
            served = open_ if platform == "cloud-run" else [_target(block.fields)]
            found = Group(
                file.path,
                line(block.label),
                platform,
                KINDS.get(block.kind.removesuffix("_v1"), block.kind),
                block.name,
                boxes,
                tuple(with_sources(volumes(unit, "volumes", "volume"), unit)),
                (*_dapr(block.fields), *asked_by(metadata)),
                tuple(_shares(unit)),
                tuple(sorted(port for port in served if port is not None)),
                labels=tuple(metadata.pairs("labels")),
            )
            yield with_maps(found, file)

    return read_one


def azapi(file: File, block: Block) -> Iterator[Group]:
    """Yield the unit of a resource that is written as Azure's own interface has it."""
    kind = block.fields.say("type")
    if container_apps.KINDS.search(kind) is None:
        return
    place, name = line(block.label), block.name
    for body in block.fields.each("body"):
        yield from container_apps.app(
            file.path, place, kind, name, body, file.lines, COMMENTS, file.names
        )


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


def boxes_of(file: File, unit: Fields) -> Iterator[Container]:
    """Yield the containers that a unit lists."""
    for stage, names in STAGES.items():
        for node, condition in unit.choices(*names):
            if next(entries(node), None) is not None:
                fields = Fields(node, file.names)
                yield container(
                    fields, file.lines, COMMENTS, stage=stage, condition=condition
                )


def _target(fields: Fields) -> int | None:
    return number(fields.under("ingress").get("targetport"))


HANDED_ON = re.compile(r"(?<!each\.value\.)\bdapr\b")
"""An app's id that is a field of what a module was handed: `var.dapr.app_id`."""


def _dapr(fields: Fields) -> Iterator[Request]:
    """Yield the wish for Dapr's container, unless it is for the module's user to have.

    A block for each of what a module is handed asks for nothing by itself.
    """
    top = fields.key("dapr")
    handed = [
        condition is not None and HANDED_ON.search(Fields(node).say("appid"))
        for node, condition in fields.choices("dapr")
    ]
    if top is not None and not (handed and all(handed)):
        says = "asks the platform for Dapr's container: it has a block `dapr`"
        yield Request("daprd", "app-runtime", line(top), says)


def _shares(unit: Fields) -> Iterator[Text]:
    for field_, share in (
        ("shareprocessnamespace", "processes"),
        ("hostnetwork", "network-of-the-host"),
        ("hostpid", "processes-of-the-host"),
    ):
        if unit.true(field_) and (top := unit.key(field_)) is not None:
            yield Text(share, line(top))


def asked_by(metadata: Fields, where: str = "pod") -> Iterator[Request]:
    """Yield what annotations and labels of a pod or a namespace ask for."""
    pairs = [
        (Text(text(name).strip('"'), line(name)), Text(say(value), line(value)))
        for block in metadata.each("annotations", "labels")
        for name, value in entries(block)
    ]
    yield from injectors.requests(pairs, where)


def namespace(file: File, block: Block) -> Iterator[Group]:
    """Yield what a namespace asks for, or labels that a resource gives to one."""
    metadata = next(block.fields.mappings("metadata"), Fields(None))
    own = "annotations" in block.fields or "labels" in block.fields
    if own and block.fields.say("kind") == "Namespace":
        metadata = block.fields
    if asked := tuple(asked_by(metadata, "namespace")):
        first = line(block.label)
        name = block.name
        yield Group(file.path, first, "kubernetes", "Namespace", name, requests=asked)
