"""Terraform: resources that declare containers, and texts in them that do.

Each kind of resource has the fields of the platform that it stands for, so this package
only finds them, and hands them to what reads those.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group
from sidecar_spotter.readers import ecs
from sidecar_spotter.readers.common import loops
from sidecar_spotter.readers.common.fields import Fields, tree_of
from sidecar_spotter.readers.common.values import Names, choices
from sidecar_spotter.readers.hcl import hcl, labeled
from sidecar_spotter.readers.terraform import docker, modules, settings
from sidecar_spotter.readers.terraform import names as module_names
from sidecar_spotter.readers.terraform.file import Block, File, Reader
from sidecar_spotter.readers.terraform.manifests import chart, manifest, texts
from sidecar_spotter.readers.terraform.pieces import ended_in, overlays, pieces
from sidecar_spotter.readers.terraform.services import KINDS, azapi, namespace, service
from sidecar_spotter.readers.terraform.tasks import (
    DEFINITIONS,
    connected,
    of_mesh,
    service_of_ecs,
    task,
)
from sidecar_spotter.tree import Node, entries, text, walk

ENDINGS = (".tf", ".tf.json", ".tofu", ".tfvars", ".hcl")
INPUTS = re.compile(rb"^inputs\s*=", re.MULTILINE)
"""What a file of Terragrunt has that hands something to a module."""
HINT = re.compile(
    rb"container|firelens|(?:kubectl|kubernetes)_manifest|sidecar|nomad_job"
    rb"|service_connect|inject|essential|mountPoints|logDriver",
    re.I,
)


def suits(path: str, data: bytes) -> bool:
    """Whether the file could declare a container, or hand one to a module."""
    if path.endswith(".hcl") and INPUTS.search(data) is None:
        return False
    return path.endswith(ENDINGS) and HINT.search(data) is not None


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the units that the resources of a file declare."""
    tree = tree_of(data) if path.endswith(".json") else hcl(data)
    lines = data.decode("utf-8", "replace").split("\n")
    names = module_names.names(tree, data, path, look)
    services = ecs.by_definition(
        Fields(body, names)
        for kind, named in labeled(tree, "resource")
        if text(kind) == "aws_ecs_service"
        for _, body in entries(named)
    )
    file = File(path, lines, look, tree, names, services)
    told: set[tuple[str, int]] = set()
    for group in chain(_resources(file), _modules(file), settings.given(file)):
        told.update((box.name, box.line) for box in group.containers)
        yield group
    for group in docker.units(tree, names, lines):
        yield replace(group, path=path)
    ended = set(ended_in(tree))
    for group in pieces(file):
        boxes = tuple(
            replace(box, stage="init") if box.name in ended else box
            for box in group.containers
            if (box.name, box.line) not in told
        )
        if boxes:
            yield replace(group, containers=boxes)
    yield from overlays(file)
    yield from texts(file)


def _resources(file: File) -> Iterator[Group]:
    """Yield the units of the resources that have a reader."""
    for kind, named in labeled(file.tree, "resource"):
        reader = READERS.get(text(kind).removesuffix("_v1"))
        for name, body in entries(named):
            if reader is not None:
                for one in _for_each(body, file.names):
                    fields = Fields(one, file.names)
                    yield from reader(file, Block(text(kind), name, fields))


def _modules(file: File) -> Iterator[Group]:
    """Yield the units of which modules are told."""
    for name, given in labeled(file.tree, "module"):
        for body in _for_each(given, file.names):
            yield from _module(file, name, body)
    for how, label, body in _handed_on(file.tree):
        for group in modules.apps_with_dapr(label, body, how):
            yield replace(group, path=file.path)


def _module(file: File, name: Node, body: Node) -> Iterator[Group]:
    """Yield the units of which one module is told."""
    whole = False
    for node in walk(body):  # modules of whole clusters nest their services
        fields = Fields(node, file.names)
        if any(one in fields for one in DEFINITIONS):
            asked = (*of_mesh(fields), *connected(fields))
            for group in task(file, Block("module", name, fields)):
                whole = True
                more = modules.helpers_of(node, file.names, file.lines)
                boxes = (*group.containers, *more)
                yield replace(group, requests=asked, containers=boxes)
    if not whole and id(body) not in file.taken:
        for group in modules.handed(name, body, file.names, file.lines):
            yield replace(group, path=file.path)


EACH = 20
"""Copies of one block that are looked at."""
_OF_EACH = re.compile(r"\beach\.value\b")


def _for_each(body: Node, names: Names) -> Iterator[Node]:
    """Yield a block once for each that it is made for, if the file tells of them.

    Only where the block takes something out of each, as `each.value.sidecars`.
    """
    over = Fields(body, names).get("foreach")
    taken = (_OF_EACH.search(text(node)) for node in walk(body))
    if over is None or not any(taken):
        yield body
        return
    for node, _ in islice(choices(loops.each_of(body, over), names), EACH):
        yield node


def _handed_on(tree: Node | None) -> Iterator[tuple[str, Node, Node]]:
    """Yield what modules are handed, and the names that can be: kind, name, value."""
    for kind in ("module", "variable"):
        for label, body in labeled(tree, kind):
            yield kind, label, body
    for block, value in entries(tree):
        if text(block) == "locals":
            for label, body in entries(value):
                yield "locals", label, body


READERS: dict[str, Reader] = {
    "aws_ecs_task_definition": task,
    "aws_ecs_service": service_of_ecs,
    "google_cloud_run_service": service("cloud-run"),
    "google_cloud_run_v2_service": service("cloud-run"),
    "google_cloud_run_v2_job": service("cloud-run"),
    "google_cloud_run_v2_worker_pool": service("cloud-run"),
    "azurerm_container_app": service("container-apps"),
    "azurerm_container_app_job": service("container-apps"),
    "azurerm_container_group": service("container-instances"),
    "azapi_resource": azapi,
    "kubernetes_manifest": manifest,
    "helm_release": chart,
    "kubernetes_namespace": namespace,
    "kubernetes_labels": namespace,
    "kubernetes_annotations": namespace,
    **{kind: service("kubernetes") for kind in KINDS},
}
"""By the kind of resource, without `_v1`."""
