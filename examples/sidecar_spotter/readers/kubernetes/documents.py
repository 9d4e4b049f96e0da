"""What a document is, and the units of it."""

import re
from collections.abc import Iterator
from dataclasses import replace

import yaml

from sidecar_spotter.model import Group, Volume
from sidecar_spotter.readers.kubernetes import patches
from sidecar_spotter.readers.kubernetes.boxes import LISTS
from sidecar_spotter.readers.kubernetes.containers import container
from sidecar_spotter.readers.kubernetes.hints import NAMED_SO
from sidecar_spotter.readers.kubernetes.place import Place
from sidecar_spotter.readers.kubernetes.requests import requests_of
from sidecar_spotter.readers.kubernetes.search import search
from sidecar_spotter.readers.kubernetes.texts import texts_of, trees_in
from sidecar_spotter.tree import Node, entries, get, items, key, line, text, walk


def units(path: str, document: Node | None, lines: list[bytes]) -> Iterator[Group]:
    """Yield the units of one document, and what it asks others to add."""
    kind = text(get(document, "kind"))
    if kind.endswith("List") and get(document, "items") is not None:
        for item in items(get(document, "items")):
            yield from units(path, item, lines)
        return
    if kind == "CustomResourceDefinition" or document is None:
        return
    if kind.startswith("ENC["):
        return  # SOPS has encrypted all that it says
    if get(document, "entries") and get(document, "generated"):
        return  # an index of charts, each under its name: nothing is deployed
    if text(get(document, "apiVersion")).startswith("skaffold/"):
        return  # its containers are tasks of a build tool
    if operations := items(document):
        yield from patches.json_patch(path, operations, lines)
        for one in operations:
            if get(one, "op") is not None:
                continue
            if items(get(one, "containers")):  # an injector may add a list of such
                yield from units(path, one, lines)
            else:
                for inner in _resources_in(one):
                    yield from units(path, inner, lines)
        return
    if patches.is_kustomization(path, kind):
        yield from patches.kustomization(path, document)
        for tree in patches.written_in(document):
            yield from units(path, tree, lines)
        for values in patches.values_in(document):
            yield from _resource(path, "", values, lines)
        return
    if not kind and _is_container(path, document):
        box = container(document, lines)
        part = frozenset(("partial",))
        yield Group(
            path, box.line, "kubernetes", "container", box.name, (box,), marks=part
        )
        return
    yield from _resource(path, kind, document, lines)
    for said in texts_of(document, lines):
        for tree in trees_in(said):
            for group in units(path, tree, lines):
                marks = group.marks | {"embedded"}
                if "fragment" in marks and _is_for_an_injector(document, said):
                    marks |= {"injects"}
                yield replace(group, marks=marks)


_INJECTS = re.compile(r"(?:always|never)InjectSelector:|\brewriteAppHTTPProbe\b")
"""What stands in the templates of Istio's injector."""


def _is_for_an_injector(document: Node, said: yaml.ScalarNode) -> bool:
    """Whether a text in a document tells an injector what it has to add."""
    named = "inject" in text(get(document, "metadata", "name")).lower()
    return named or _INJECTS.search(said.value) is not None


def _resources_in(task: Node) -> Iterator[Node]:
    """Yield the resources in a list's item that is none itself, as a task of Ansible.

    https://docs.ansible.com/ansible/latest/collections/kubernetes/core/k8s_module.html
    """
    inner: set[int] = set()
    for node in walk(task):
        if id(node) in inner or get(node, "apiVersion") is None:
            continue
        if get(node, "kind") is not None:
            inner.update(id(one) for one in walk(node))
            yield node


_OF_WHOLE_PODS = (
    *("serviceAccountName", "serviceAccount", "nodeSelector", "tolerations"),
    *("affinity", "priorityClassName", "restartPolicy", "schedulerName"),
)
"""Fields that tell where a pod runs, and as whom: who adds to pods has none of them."""


_CALLED_INJECTION = re.compile(
    r"inject(?:ion|ed|or)?[\w.-]*$|side_?-?car[\w.-]*$", re.I
)
"""What a file is called that tells an injector what it has to add."""


def _resource(
    path: str, kind: str, document: Node, lines: list[bytes]
) -> Iterator[Group]:
    """Yield the units that a resource, a patch of one or values of a chart declare.

    What they ask others to add goes with the first, or stands alone.
    """
    metadata = get(document, "metadata")
    claims = tuple(
        Volume(text(name), "persistentVolumeClaim", line(name))
        for claim in items(get(document, "spec", "volumeClaimTemplates"))
        if (name := get(claim, "metadata", "name")) is not None
    )
    marks = {"patch"} if _is_patch(path, document, kind) else set()
    placed = any(get(document, field) is not None for field in _OF_WHOLE_PODS)
    if not kind and items(get(document, "containers")) and not placed:
        marks.add("fragment")  # a list for somebody else to add, as an injector does
        if _CALLED_INJECTION.search(path):
            marks.add("injects")
    place = Place(
        path,
        kind,
        text(get(metadata, "name")),
        lines,
        metadata,
        claims,
        frozenset(marks),
    )
    asked = tuple(requests_of(place, document))
    groups = list(search(place, document, metadata, 0, set()))
    values = not kind and metadata is None and get(document, "spec") is None
    if asked and values and not marks:
        # Values of a chart: what they ask for need not be for the units in them.
        first = min(ask.line for ask in asked)
        yield Group(path, first, "kubernetes", "values", "", requests=asked)
        asked = ()
    if not groups and asked:
        top = key(document, "kind") or document
        groups = [Group(path, line(top), "kubernetes", kind, place.name)]
    for number, group in enumerate(groups):
        yield replace(group, requests=group.requests + asked) if not number else group


OF_BOXES = frozenset(
    (
        *("volumeMounts", "imagePullPolicy", "ports", "args", "command", "env"),
        *("resources", "livenessProbe", "readinessProbe", "securityContext", "image"),
    )
)
"""Fields of a container, of which a file that is one has some."""


def _is_container(path: str, document: Node) -> bool:
    """Whether a document is a container for somebody to put into a pod's list."""
    said = {text(name) for name, _ in entries(document)}
    enough = len(said & OF_BOXES) > 1
    told = NAMED_SO.search(path) is not None or "volumeMounts" in said
    return (
        "name" in said and enough and told and not said & {"spec", "services", *LISTS}
    )


_CALLED_PATCH = re.compile(r"(?:^|/)patch(?:es)?/|patch[\w.-]*$")


def _is_patch(path: str, document: Node, kind: str) -> bool:
    """Whether a workload lacks what the API demands, so only patches another."""
    spec = get(document, "spec")
    called = _CALLED_PATCH.search(path) is not None
    if not called and get(spec, "template", "metadata", "labels") is not None and kind:
        return False  # it forgot the selector, or a template puts it in
    if not kind:  # what it patches is named elsewhere, as by a patch's target
        return get(spec, "template", "spec") is not None
    if kind not in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"):
        return False
    if "beta" in text(get(document, "apiVersion")):
        return False  # the selector was optional then
    return spec is not None and get(spec, "selector") is None
