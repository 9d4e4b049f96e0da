"""JSON patches, and kustomizations with what is written in them."""

import re
from collections.abc import Iterator

import yaml

from sidecar_spotter.model import Group, Request, Text
from sidecar_spotter.readers.kubernetes.containers import container
from sidecar_spotter.readers.kubernetes.requests import pairs_of
from sidecar_spotter.readers.kubernetes.texts import trees_in
from sidecar_spotter.tables import injectors
from sidecar_spotter.tree import Node, get, items, key, line, text

_TO_METADATA = re.compile(r"/metadata/(annotations|labels)/?([^/]*)$")
"""Where a JSON patch writes annotations: all of them, or the one whose key follows."""


def json_patch(
    path: str, operations: list[Node], lines: list[bytes]
) -> Iterator[Group]:
    """Yield what the operations of a JSON patch add to a list of containers."""
    for one in operations:
        to = text(get(one, "path"))
        value = get(one, "value")
        if value is None or text(get(one, "op")) not in ("add", "replace"):
            continue
        if match := _TO_METADATA.search(to):
            name = match[2].replace("~1", "/").replace("~0", "~")
            at = line(key(one, "path") or one)
            said = [(Text(name, at), Text(text(value), line(value)))] if name else []
            where = ("pod",) if "/template/" in to else ("namespace",)
            pairs = said or list(pairs_of(value))
            yield from _asking(path, "patch", line(one), pairs, where)
            continue
        if text(get(one, "op")) != "add":
            continue
        early = "/initContainers" in to
        if early or "/containers" in to:
            boxes = items(value) or [value]
            found = tuple(
                container(box, lines, early=early) for box in boxes if get(box, "image")
            )
            if found:
                marks = frozenset(("patch", "partial"))
                yield Group(
                    path, line(one), "kubernetes", "patch", "", found, marks=marks
                )


KUSTOMIZE = ("Kustomization", "Component")

KUSTOMIZATION = ("kustomization.yaml", "kustomization.yml", "Kustomization")

PATCHES = ("patches", "patchesJson6902", "patchesStrategicMerge")


def is_kustomization(path: str, kind: str) -> bool:
    """Whether a document of *kind* in the file at *path* is a kustomization."""
    return kind in KUSTOMIZE or (not kind and path.endswith(KUSTOMIZATION))


def kustomization(path: str, document: Node) -> Iterator[Group]:
    """Yield what a kustomization asks for by what is common to all its resources.

    It is put into the templates of pods, too.
    https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
    """
    if _is_of_flux(document):
        return
    top = key(document, "kind") or document
    common = [
        pair
        for field in ("commonAnnotations", "commonLabels")
        for pair in pairs_of(get(document, field))
    ]
    for one in items(get(document, "labels")):
        common += pairs_of(get(one, "pairs"))
    yield from _asking(path, "Kustomization", line(top), common, ("pod", "namespace"))


def written_in(document: Node) -> Iterator[Node | None]:
    """Yield the patches that are written in a kustomization itself."""
    if _is_of_flux(document):
        return
    for field in PATCHES:
        for one in items(get(document, field)):
            patch = one if isinstance(one, yaml.ScalarNode) else get(one, "patch")
            if isinstance(patch, yaml.ScalarNode) and "\n" in patch.value:
                yield from trees_in(patch)


def values_in(document: Node) -> Iterator[Node]:
    """Yield the values that a kustomization gives to its charts.

    https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/helmcharts/
    """
    for chart in items(get(document, "helmCharts")):
        if (values := get(chart, "valuesInline")) is not None:
            yield values


def _is_of_flux(document: Node) -> bool:
    """Whether a kustomization is Flux's resource, which has the same name."""
    return bool(get(document, "sourceRef") or get(document, "spec"))


def _asking(
    path: str,
    kind: str,
    at: int,
    pairs: list[tuple[Text, Text]],
    places: tuple[str, ...],
) -> Iterator[Group]:
    """Yield a unit for what *pairs* ask for, on whichever of the *places* they work."""
    asked: dict[int, Request] = {}
    for where in places:
        for ask in injectors.requests(pairs, where):
            if ask.wanted or ask.role == injectors.OPT_OUT:
                asked.setdefault(ask.line, ask)
    if asked:
        yield Group(path, at, "kubernetes", kind, "", requests=tuple(asked.values()))
