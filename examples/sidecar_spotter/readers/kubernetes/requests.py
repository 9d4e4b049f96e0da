"""What asks others to add a container: annotations, labels and fields."""

import re
from collections.abc import Iterator

import yaml

from sidecar_spotter.model import Request, Text
from sidecar_spotter.readers.kubernetes.boxes import LISTS
from sidecar_spotter.readers.kubernetes.place import Place
from sidecar_spotter.tables import injectors, operators
from sidecar_spotter.tree import Node, entries, get, line, mappings, rows_of, text

UNITLESS = (
    *("Service", "ServiceAccount", "ConfigMap", "Secret", "ClusterRole", "Role"),
    *("ClusterRoleBinding", "RoleBinding", "Ingress", "PersistentVolumeClaim"),
    *("ValidatingWebhookConfiguration", "PodDisruptionBudget", "NetworkPolicy"),
    *("MutatingWebhookConfiguration", "HorizontalPodAutoscaler", "PriorityClass"),
    *("ServiceMonitor", "PodMonitor", "PrometheusRule", "Certificate", "Issuer"),
    *("StorageClass", "CSIDriver", "APIService", "Gateway", "VirtualService"),
    *("DestinationRule", "EnvoyFilter", "IngressClass", "HTTPRoute", "ClusterIssuer"),
)
"""Kinds that no injector looks at, whatever their labels."""


def requests_of(place: Place, document: Node) -> Iterator[Request]:
    """Yield what a document asks for, beside what its pod templates say inside."""
    where = {"Namespace": "namespace"}.get(place.kind, "pod")
    if get(document, "spec", "template", "spec") is not None:
        where = "workload"
    if place.kind not in UNITLESS:
        asked = list(asked_by(place.metadata, where))
        yield from asked
        if not place.kind:  # a patch whose target may be a namespace
            lines = {ask.line for ask in asked if ask.wanted}
            more = asked_by(place.metadata, "namespace")
            yield from (ask for ask in more if ask.wanted and ask.line not in lines)
    template = get(document, "spec", "template")
    spec = get(template, "spec")
    if not any(get(spec, field) for field in LISTS):  # a patch without containers
        yield from asked_by(get(template, "metadata"), "pod")
    yield from operators.requests(place.kind, document)
    given = place.kind in GIVEN or (not place.kind and VALUES.search(place.path))
    rows = rows_of(document, place.lines)
    if place.kind not in UNITLESS and _wish(rows, given=bool(given)):
        if place.kind in ("", *GIVEN):
            yield from _of_values(document, given=bool(given))
        if given and _switches(b"\n".join(rows)):
            yield from _of_parts(place, document)
        if given and _annotate(rows):
            yield from _of_any(document)
        if operators.is_custom(place.kind, document):
            yield from _of_custom(document, seen=get(template, "metadata"))
        else:
            yield from _of_pods(document)


GIVEN = ("HelmRelease", "Application")
"""Kinds of resources that hold the values of a chart."""
FOR_PODS = re.compile(r"(?:pod|deployment)_?(?:annotations|labels)$", re.IGNORECASE)
"""Values of charts that become annotations and labels of pods."""


def _wish(lines: list[bytes], *, given: bool) -> bool:
    """Whether a document has a word that is in all whose values ask for something.

    Where values are *given* to a chart, that may be the key of any injector.
    """
    data = b"\n".join((b"", *lines))
    if b"inject" in data or b"dapr" in data or _OF_VALUES.search(data) is not None:
        return True
    if not given or _switches(data):
        return given
    return _OF_ANY.search(data) is not None and injectors.mentioned(data)


_OF_ANY = re.compile(rb"nnotations: *(?:#[^\n]*)?\r?\n(?: *#[^\n]*\n)* +[\w.\"']+/")
"""Annotations of whatever, of which one has the name of somebody who looks at it."""


def _switches(data: bytes) -> bool:
    """Whether a text has a key that could switch a sidecar on."""
    return any(one in data for one in (b"idecar:", b"ideCar:", b"ide-car:"))


_OF_VALUES = re.compile(
    rb"\n *(?:sidecar|prometheusSpec|containerMode|gitSync):"
    rb"|: *[\"']?sidecar[\"']?[ \r]*\n"
)


def _of_values(document: Node, *, given: bool) -> Iterator[Request]:
    """Yield what the values of a chart ask for.

    A file that only could hold some may be the configuration of a program, which
    fetches from git itself.
    """
    for node in mappings(document):
        for name, value in entries(node):
            if isinstance(value, yaml.MappingNode):
                yield from operators.of_switch(name, value)
            if text(name) == "sidecar":
                yield from operators.of_values(value)
            elif text(name) == "containerMode":
                yield from operators.of_runners(name, value)
            elif text(name) == "prometheusSpec":
                yield from operators.of_spec(value)
            elif text(name) == "gitSync" and given:
                yield from operators.of_git(name, value)


def _of_parts(place: Place, document: Node) -> Iterator[Request]:
    """Yield what the values of a chart ask for by a switch of one sidecar."""
    for values in _values_in(document) if place.kind else (document,):
        yield from operators.of_parts("", values)
        for node in mappings(values):
            for name, value in entries(node):
                yield from operators.of_parts(text(name), value)


def _values_in(document: Node) -> Iterator[Node]:
    """Yield the values that a resource gives to its charts."""
    for node in mappings(document):
        for name, value in entries(node):
            if text(name) in ("values", "valuesObject"):
                yield value


VALUES = re.compile(r"(?:^|/)(?:[\w.-]*values[\w.-]*|kustomization)\.ya?ml$")
"""What a file is called whose documents without a kind are values of a chart.

Of a kustomization only the values in it come here.
"""
OF_OTHERS = re.compile(
    r"ingress|service|namespace|route|gateway|persist|volume|secret|config|certificate"
    r"|crd|monitor|rbac|metadata|webhook",
    re.IGNORECASE,
)
"""Under such a key, a chart's values have the annotations of what is no pod."""


_GIVEN = re.compile(rb"\n *annotations: *(?:#[^\n]*)?\r?\n(?: *#[^\n]*\n)* +[\w.\"']+/")


def _annotate(lines: list[bytes]) -> bool:
    """Whether a document has annotations, as most have the place for them alone."""
    return _GIVEN.search(b"\n".join((b"", *lines))) is not None


def _of_any(document: Node) -> Iterator[Request]:
    """Yield what annotations in values ask for that are meant for pods alone."""
    places = [get(document, "annotations")]
    for node in mappings(document):
        for name, value in entries(node):
            if text(name) not in PODS and OF_OTHERS.search(text(name)) is None:
                places.append(get(value, "annotations"))
    for place in places:
        yield from (ask for ask in _of_block(place) if ask.wanted)


def _of_block(block: Node | None, *, for_pods: bool = False) -> Iterator[Request]:
    """Yield what annotations ask for that a chart puts on pods, or on what makes them.

    If they are not *for_pods* alone, nobody says which of the two it is. Each injector
    looks at one of them, and who wrote its annotation there knows the chart.
    """
    pairs = list(pairs_of(block))
    of_workload = [] if for_pods else injectors.requests(pairs, "workload")
    asked = [ask for ask in of_workload if ask.wanted]
    yield from asked
    lines = {ask.line for ask in asked}
    more = injectors.requests(pairs, "pod")
    yield from (ask for ask in more if ask.line not in lines)


PODS = frozenset(("pod", "podTemplate", "podMetadata"))
"""Fields of custom resources and of values that describe pods without containers."""


def _of_pods(document: Node) -> Iterator[Request]:
    """Yield what annotations ask for that somebody else puts on pods."""
    for node in mappings(document):
        for name, value in entries(node):
            if FOR_PODS.match(text(name)):
                yield from _of_block(value, for_pods=text(name)[:3].lower() == "pod")
            elif text(name) in PODS and get(value, "spec", "containers") is None:
                for where in (value, get(value, "metadata")):
                    yield from asked_by(where, "pod")


OF_CUSTOM = re.compile(r"(?:pod|inherit\w*|job|(?:pod)?template)?_?metadata", re.I)
"""Fields of custom resources that become what an operator's pods carry."""


def _of_custom(document: Node, seen: Node | None) -> Iterator[Request]:
    """Yield what a custom resource asks for, by what its pods are to carry.

    What has a pod's specification beside it was *seen*, or will be with that.
    """
    for node in mappings(get(document, "spec")):
        if get(node, "spec") is not None and get(node, "spec") is not node:
            continue
        for name, value in entries(node):
            if OF_CUSTOM.fullmatch(text(name)) and value is not seen:
                yield from asked_by(value, "pod")
            elif FOR_PODS.match(text(name)):
                yield from injectors.requests(list(pairs_of(value)), "pod")


def asked_by(metadata: Node | None, where: str) -> Iterator[Request]:
    """Yield what annotations and labels ask for; *where* is what they stand on."""
    pairs = [
        pair
        for field in ("annotations", "labels")
        for pair in pairs_of(get(metadata, field))
    ]
    yield from injectors.requests(pairs, where)


def pairs_of(node: Node | None) -> Iterator[tuple[Text, Text]]:
    """Yield key and value of each entry of a mapping, with their lines."""
    for name, value in entries(node):
        yield Text(text(name), line(name)), Text(text(value), line(value))


def labels_of(metadata: Node | None) -> Iterator[Text]:
    """Yield each label as `key=value`."""
    for name, value in pairs_of(get(metadata, "labels")):
        yield Text(f"{name.text}={value.text}", name.line)
