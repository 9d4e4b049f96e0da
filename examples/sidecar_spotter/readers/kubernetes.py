"""Kubernetes: Pods, workloads, Lists, patches and custom resources, in YAML or JSON.

A unit is whatever has a list of containers: `spec` of a Pod, the pod template of a
workload, and the same shape anywhere in a custom resource whose kind nobody told us.
A schema has no such list (its `containers:` holds a mapping), so it is no unit.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import yaml

from sidecar_spotter import injectors, operators
from sidecar_spotter.discover import form_of
from sidecar_spotter.look import Look
from sidecar_spotter.model import Container, Group, Mount, Port, Request, Text, Volume
from sidecar_spotter.tree import (
    Node,
    Unreadable,
    compose,
    documents,
    empty,
    entries,
    get,
    items,
    key,
    line,
    mend,
    scalars,
    text,
    walk,
    without_statements,
)

HINTS = (
    *(b"containers", b"Containers", b"Container:", b"sidecar", b"Sidecar", b"steps:"),
    *(b"annotations", b"Annotations", b"njection", b"\nvolumeMounts:"),
    *(b"kind: " + kind.encode() for kind in ("Namespace", *sorted(operators.KINDS))),
)
"""One of these is in every document with a unit, or with a request for one."""
LISTS = ("containers", "initContainers", "ephemeralContainers")
UNIT = (*LISTS, "steps", "sidecars")
"""Fields of which one at least is in every unit."""
LEVELS = 24
"""How deep in a document a unit is searched: a CronJob's lies six levels down."""


def suits(path: str, data: bytes) -> bool:
    """Whether the file could hold a unit."""
    form = form_of(path)
    if form == "template":
        return b"kind:" in data and hinted(data)
    return form in ("yaml", "json") and hinted(data, path)


def hinted(data: bytes, path: str = "") -> bool:
    """Whether a text could hold a unit, ask for a container, or be one by its name."""
    return any(hint in data for hint in HINTS) or NAMED_SO.search(path) is not None


NAMED_SO = re.compile(r"container[\w.-]{0,60}\.ya?ml$", re.IGNORECASE)
"""What a file with one container is called, at its end."""


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the units of all documents; raise Unreadable last if one was not YAML."""
    data = without_statements(data)
    faults = []
    found: list[Group] = []
    ways: list[Way] = []
    lines = data.split(b"\n")
    for before, document in documents(data):
        if hinted(document, path) or b"kind: Service" in document:
            try:
                node = mend(document, before)
            except Unreadable as fault:
                faults.append(fault)
                continue
            found += units(path, node, lines)
            ways += ways_in(node)
    yield from (with_ways(group, ways) for group in found)
    if faults:
        raise faults[0]


# --- units


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document a unit is: what its ancestors say of it."""

    path: str
    kind: str
    name: str
    lines: list[bytes]
    metadata: Node | None
    claims: tuple[Volume, ...]
    marks: frozenset[str]


def units(path: str, document: Node | None, lines: list[bytes]) -> Iterator[Group]:
    """Yield the units of one document, and what it asks others to add."""
    kind = text(get(document, "kind"))
    if kind.endswith("List") and get(document, "items") is not None:
        for item in items(get(document, "items")):
            yield from units(path, item, lines)
        return
    if kind == "CustomResourceDefinition" or document is None:
        return
    if text(get(document, "apiVersion")).startswith("skaffold/"):
        return  # its containers are tasks of a build tool
    if operations := items(document):
        yield from _json_patch(path, operations, lines)
        for one in operations:  # what an injector adds may be a list of such
            if get(one, "op") is None and items(get(one, "containers")):
                yield from units(path, one, lines)
        return
    if kind in KUSTOMIZE or (not kind and path.endswith(KUSTOMIZATION)):
        yield from _kustomization(path, document, lines)
        return
    if not kind and _is_container(path, document):
        box = container(document, lines)
        part = frozenset(("partial",))
        yield Group(
            path, box.line, "kubernetes", "container", box.name, (box,), marks=part
        )
        return
    metadata = get(document, "metadata")
    claims = tuple(
        Volume(text(name), "persistentVolumeClaim", line(name))
        for claim in items(get(document, "spec", "volumeClaimTemplates"))
        if (name := get(claim, "metadata", "name")) is not None
    )
    marks = {"patch"} if _is_patch(document, kind) else set()
    if not kind and items(get(document, "containers")):
        marks.add("fragment")  # a list for somebody else to add, as an injector does
    place = Place(
        path,
        kind,
        text(get(metadata, "name")),
        lines,
        metadata,
        claims,
        frozenset(marks),
    )
    asked = tuple(_requests(place, document))
    groups = list(_search(place, document, metadata, 0, set()))
    if not groups and asked:
        top = key(document, "kind") or document
        groups = [Group(path, line(top), "kubernetes", kind, place.name)]
    for number, group in enumerate(groups):
        yield replace(group, requests=group.requests + asked) if not number else group
    yield from _embedded(path, document, lines)


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


def _search(
    place: Place,
    node: Node,
    metadata: Node | None,
    depth: int,
    seen: set[int],
    field: str = "",
) -> Iterator[Group]:
    """Yield the units at *node*, which stands under *field*, and below.

    *metadata* is the nearest above.
    """
    if not isinstance(node, yaml.MappingNode) or depth > LEVELS or id(node) in seen:
        return
    seen.add(id(node))
    within = field
    pairs = [(text(name), name, value) for name, value in entries(node)]
    metadata = next((v for said, _, v in pairs if said == "metadata"), metadata)
    if any(said in UNIT for said, _, _ in pairs):
        unit = _unit(place, node, metadata, ordered=field == "containerSet")
        if unit is not None:
            yield unit
    for field, name, value in pairs:
        if field in LISTS:
            continue
        if (kind := operators.OF_VALUES.get(field)) is not None:
            inside = replace(place, kind=kind)
            yield from _search(inside, value, metadata, depth + 1, seen, field)
            continue
        if field == "traits" and place.kind == "Application":
            yield from _traits(place, node, value)
        # Values may group more init containers under a word of their own.
        early = "init" in within.lower() and "ontainer" in field
        helps = operators.holds_helpers(field) and not early
        early = early or field.endswith("InitContainers")
        if isinstance(value, yaml.ScalarNode):
            if not (helps or early) or "\n" not in value.value:
                continue
            # Charts take lists as text, too.
            value = next((tree for tree in _inside(value) if tree is not None), value)
        unit = None
        if helps:
            unit = _field(place, name, value, metadata, node)
        elif early:
            unit = _early(place, name, value)
        if unit is not None:
            yield unit
        elif items(value):
            for item in items(value):
                yield from _search(place, item, metadata, depth + 1, seen, field)
        else:
            yield from _search(place, value, metadata, depth + 1, seen, field)


def _unit(
    place: Place, node: Node, metadata: Node | None, *, ordered: bool
) -> Group | None:
    """Return the unit that *node* is, if it is one."""
    before, last = _both_sides(node)
    named = _boxes(last) or _by_name(last)
    early = _boxes(get(node, "initContainers"))
    early = early or _by_name(get(node, "initContainers"))
    if key(node, "initContainers") is not None:
        early += before
    else:
        named = before + named
    steps = _boxes(get(node, "steps"))
    single = get(node, "container") or get(node, "script")
    helpers = _boxes(get(node, "sidecars"))
    marks = set(place.marks)
    boxes: list[Container] = []
    if named or early:
        boxes += [container(box, place.lines, early=True) for box in early]
        own = operators.OWN_CONTAINERS.get(place.kind)
        for box in named:
            one = container(box, place.lines)
            added = own is not None and one.name not in own
            boxes.append(as_helper(one, "containers") if added else one)
        if own is not None:
            marks.add("partial")
        if ordered:
            marks.add("steps")
    elif helpers and (steps or single is not None):
        marks.add("operator-field")
        if single is not None:
            main = container(single, place.lines)
            boxes.append(replace(main, name=main.name or "main", notes=()))
        boxes += [replace(container(box, place.lines)) for box in steps]
        if len(steps) > 1:
            marks.add("steps")
        boxes += [as_helper(container(box, place.lines), "sidecars") for box in helpers]
        boxes += [container(b, place.lines, early=True) for b in early]
    elif len(steps) > 1 and place.kind in ("Task", "ClusterTask", "TaskRun", "Job"):
        marks.add("steps")
        boxes += [container(box, place.lines) for box in steps]
    if not boxes:
        return None
    boxes = [replace(box, waits_for=_waits(metadata, box.name)) for box in boxes]
    first = key(node, "containers") or key(node, "initContainers") or node
    return Group(
        place.path,
        line(first),
        "kubernetes",
        place.kind or "pod",
        place.name or text(get(metadata, "name")) or text(get(node, "name")),
        tuple(boxes),
        tuple(_volumes(node)) + place.claims,
        tuple(_asked(metadata, "pod")) if metadata is not place.metadata else (),
        tuple(_shares(node)),
        marks=frozenset(marks),
        labels=tuple(_labels(metadata)),
    )


def _both_sides(node: Node) -> tuple[list[Node], Node | None]:
    """Return the containers under all keys `containers` but the last, and the last.

    A template may have the key twice, each time under a condition. What stands between
    them then is in the one list or the other: with `initContainers` above, in that one.
    """
    found = [
        value
        for name, value in (node.value if isinstance(node, yaml.MappingNode) else ())
        if text(name) == "containers" and not empty(value)
    ]
    if len(found) < 2:
        return [], found[0] if found else get(node, "containers")
    return [box for one in found[:-1] for box in _boxes(one)], found[-1]


def _waits(metadata: Node | None, name: str) -> tuple[Text, ...]:
    """Return what a container waits for on Cloud Run, which an annotation says.

    https://cloud.google.com/run/docs/configuring/services/containers
    """
    said = get(metadata, "annotations", "run.googleapis.com/container-dependencies")
    try:
        waits = json.loads(text(said) or "{}").get(name, [])
    except (ValueError, AttributeError, RecursionError):
        return ()
    if said is None or not isinstance(waits, list):
        return ()
    return tuple(Text(str(one), line(said)) for one in waits)


def _field(
    place: Place, name: Node, value: Node, metadata: Node | None, node: Node
) -> Group | None:
    """Return a unit for a field that spells helpers out, or is there to be filled."""
    if get(node, "steps") or get(node, "container") or get(node, "script"):
        return None  # the unit beside it has taken them
    boxes = [
        container(box, place.lines)
        for box in items(value)
        if text(get(box, "image")) or text(get(box, "name"))
        if text(get(box, "runAsInit")) != "true"
    ]
    # By name, as in AWS Copilot's manifests, and in values of charts.
    boxes += [container(box, place.lines) for box in _by_name(value)]
    helpers = tuple(as_helper(box, text(name)) for box in boxes)
    requests: tuple[Request, ...] = ()
    if not helpers:
        if isinstance(value, yaml.SequenceNode) and not value.value and not place.kind:
            says = "is an empty list that users may fill; nothing is declared"
            requests = (
                Request(
                    text(name),
                    "extension-point",
                    line(name),
                    says,
                    False,
                    "placeholder",
                ),
            )
        else:
            return None
    return Group(
        place.path,
        line(name),
        "kubernetes",
        place.kind or "values",
        place.name,
        helpers,
        requests=requests,
        marks=place.marks | {"operator-field", "partial"},
        labels=tuple(_labels(metadata)),
    )


def _traits(place: Place, component: Node, traits: Node) -> Iterator[Group]:
    """Yield the containers that traits of KubeVela put beside a component's own.

    https://kubevela.io/docs/end-user/traits/references/#sidecar
    """
    given = [
        properties
        for one in items(traits)
        if text(get(one, "type")) == "sidecar"
        and (properties := get(one, "properties")) is not None
    ]
    if given:
        boxes = [as_helper(container(box, place.lines), "sidecar") for box in given]
        name = text(get(component, "name"))
        yield Group(
            place.path,
            line(given[0]),
            "kubernetes",
            "component",
            name,
            tuple(boxes),
            marks=frozenset(("partial", "operator-field")),
        )


def _early(place: Place, name: Node, value: Node) -> Group | None:
    """Return a unit for a field for more init containers, native sidecars or not."""
    boxes = [container(box, place.lines, early=True) for box in _boxes(value)]
    if not boxes or not any(box.image for box in boxes):
        return None
    marks = place.marks | {"partial"}
    kind = place.kind or "values"
    return Group(
        place.path,
        line(name),
        "kubernetes",
        kind,
        place.name,
        tuple(boxes),
        marks=marks,
    )


def as_helper(box: Container, field: str) -> Container:
    """Return the container with the note that a field for helpers declares it."""
    return replace(box, notes=(*box.notes, Text(f"field: {field}", box.line)))


def _boxes(node: Node | None) -> list[Node]:
    return [box for box in items(node) if any(True for _ in entries(box))]


def _by_name(node: Node | None) -> list[Node]:
    """Return the containers that a mapping declares by their names, with these.

    Values of charts do so; what they say of the image may be a mapping of its own.
    """
    found: list[Node] = []
    for name, value in entries(node):
        where = get(value, "image", "repository") or get(value, "image")
        if where is None or not text(where) or not isinstance(value, yaml.MappingNode):
            continue
        named = yaml.ScalarNode("", "name", name.start_mark, name.end_mark)
        runs = yaml.ScalarNode("", "image", where.start_mark, where.end_mark)
        given = [one for one in value.value if text(one[0]) not in ("image", "name")]
        fields = [(named, name), (runs, where), *given]
        ends = (value.start_mark, value.end_mark)
        found.append(yaml.MappingNode(value.tag, fields, *ends))
    return found


def _is_patch(document: Node, kind: str) -> bool:
    """Whether a workload lacks what the API demands, so only patches another."""
    spec = get(document, "spec")
    if get(spec, "template", "metadata", "labels") is not None and kind:
        return False  # it forgot the selector, or a template puts it in
    if not kind:  # what it patches is named elsewhere, as by a patch's target
        return get(spec, "template", "spec") is not None
    if kind not in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"):
        return False
    if "beta" in text(get(document, "apiVersion")):
        return False  # the selector was optional then
    return spec is not None and get(spec, "selector") is None


def _volumes(node: Node) -> Iterator[Volume]:
    for volume in items(get(node, "volumes")):
        name = get(volume, "name")
        kinds = [text(k) for k, _ in entries(volume) if text(k) != "name"]
        if name is not None:
            kind = kinds[0] if kinds else "emptyDir"
            yield Volume(text(name), kind, line(name))


def _shares(node: Node) -> Iterator[Text]:
    fields = {
        "shareProcessNamespace": "processes",
        "hostNetwork": "network-of-the-host",
        "hostPID": "processes-of-the-host",
    }
    for field, share in fields.items():
        if text(get(node, field)).lower() == "true":
            yield Text(share, line(key(node, field) or node))


# --- one container


def container(node: Node, lines: list[bytes], *, early: bool = False) -> Container:
    """Return the container that a mapping declares."""
    name, image = key(node, "name"), get(node, "image")
    name = name or key(node, "containerName")
    always = text(get(node, "restartPolicy")) == "Always"
    first = line(name or key(node, "image") or node)
    words = [
        word
        for field in ("command", "args", "cmd", "source", "script")
        for one in (*items(get(node, field)), get(node, field))
        for word in _scalar(one)
    ]
    return Container(
        name=text(get(node, "name") or get(node, "containerName")),
        line=first,
        stage="run" if not early else "native" if always else "init",
        image=Text(text(image), line(image)) if image is not None else None,
        words=tuple(words),
        settings=tuple(_settings(node)),
        ports=tuple(_ports(node)),
        mounts=tuple(_mounts(node)),
        probes=tuple(_probes(node)),
        capabilities=tuple(
            Text(text(one), line(one))
            for one in items(get(node, "securityContext", "capabilities", "add"))
        ),
        hooks=tuple(_hooks(node)),
        notes=comments(lines, line(node)),
    )


def _scalar(node: Node | None) -> list[Text]:
    return [Text(text(node), line(node))] if node is not None and text(node) else []


def _settings(node: Node) -> Iterator[Text]:
    for said, where in entries(get(node, "env")):
        if text(where):
            yield Text(f"{text(said)}={text(where)}", line(where))
    for one in items(get(node, "env")):
        name, value = get(one, "name"), get(one, "value")
        if name is not None:
            yield Text(f"{text(name)}={text(value)}", line(value or name))


def _ports(node: Node) -> Iterator[Port]:
    for one in items(get(node, "ports")):
        number = get(one, "containerPort")
        if number is not None:
            digits = text(number)
            yield Port(
                int(digits) if digits.isdecimal() and len(digits) < 6 else None,
                text(get(one, "name")),
                line(number),
            )


def _mounts(node: Node) -> Iterator[Mount]:
    for one in items(get(node, "volumeMounts")):
        name = get(one, "name")
        if name is not None:
            yield Mount(
                text(name),
                text(get(one, "mountPath")),
                text(get(one, "readOnly")).lower() == "true",
                line(name),
            )


def _probes(node: Node) -> Iterator[Text]:
    for field in ("startupProbe", "readinessProbe", "livenessProbe"):
        probe = get(node, field)
        for way in ("httpGet", "tcpSocket", "grpc"):
            port = get(probe, way, "port")
            if port is not None:
                where = text(port) + text(get(probe, way, "path"))
                yield Text(f":{where}", line(port))
        command = items(get(probe, "exec", "command"))
        if command:
            yield Text(" ".join(map(text, command)), line(command[0]))


def _hooks(node: Node) -> Iterator[Text]:
    for field in ("postStart", "preStop"):
        hook = get(node, "lifecycle", field)
        for one in walk(hook):
            if text(one):
                yield Text(text(one), line(one))


def comments(lines: list[bytes], at: int) -> tuple[Text, ...]:
    """Return the comment lines right above line *at*."""
    found: list[Text] = []
    while at > 1 and len(found) < 6:
        at -= 1
        said = lines[at - 1].strip() if at <= len(lines) else b""
        if not said.startswith(b"#"):
            break
        found.append(Text(said.lstrip(b"# ").decode("utf-8", "replace"), at))
    return tuple(reversed(found))


# --- what asks others to add a container


UNITLESS = (
    *("Service", "ServiceAccount", "ConfigMap", "Secret", "ClusterRole", "Role"),
    *("ClusterRoleBinding", "RoleBinding", "Ingress", "PersistentVolumeClaim"),
    *("ValidatingWebhookConfiguration", "PodDisruptionBudget", "NetworkPolicy"),
)
"""Kinds that no injector looks at, whatever their labels."""


def _requests(place: Place, document: Node) -> Iterator[Request]:
    where = {"Namespace": "namespace"}.get(place.kind, "pod")
    if get(document, "spec", "template", "spec") is not None:
        where = "workload"
    if place.kind not in UNITLESS:
        yield from _asked(place.metadata, where)
    if not place.kind:  # a patch whose target may be a namespace
        yield from (ask for ask in _asked(place.metadata, "namespace") if ask.wanted)
    template = get(document, "spec", "template")
    if get(template, "spec") is None:  # a patch that only adds annotations
        yield from _asked(get(template, "metadata"), "pod")
    yield from operators.requests(place.kind, document)
    if place.kind in ("", "HelmRelease", "Application") and _wish(place.lines):
        yield from _of_values(document)


FOR_PODS = re.compile(r"(?:pod|deployment)_?(?:annotations|labels)$", re.IGNORECASE)
"""Values of charts that become annotations and labels of pods."""


def _wish(lines: list[bytes]) -> bool:
    """Whether a file has a word that is in all whose values ask for something."""
    data = b"\n".join((b"", *lines))
    return b"inject" in data or b"dapr" in data or _OF_VALUES.search(data) is not None


_OF_VALUES = re.compile(rb"\n *(?:sidecar|prometheusSpec):")


def _of_values(document: Node) -> Iterator[Request]:
    """Yield what the values of a chart ask for."""
    for node in walk(document):
        for name, value in entries(node):
            if FOR_PODS.match(text(name)):
                yield from injectors.requests(list(_pairs(value)), "pod")
            elif text(name) == "sidecar":
                yield from operators.of_values(value)
            elif text(name) == "prometheusSpec":
                yield from operators.of_spec(value)


def _asked(metadata: Node | None, where: str) -> Iterator[Request]:
    pairs = [
        pair
        for field in ("annotations", "labels")
        for pair in _pairs(get(metadata, field))
    ]
    yield from injectors.requests(pairs, where)


def _pairs(node: Node | None) -> Iterator[tuple[Text, Text]]:
    for name, value in entries(node):
        yield Text(text(name), line(name)), Text(text(value), line(value))


def _labels(metadata: Node | None) -> Iterator[Text]:
    for name, value in _pairs(get(metadata, "labels")):
        yield Text(f"{name.text}={value.text}", name.line)


# --- patches and text in text


_TO_METADATA = re.compile(r"/metadata/(annotations|labels)/?([^/]*)$")
"""Where a JSON patch writes annotations: all of them, or the one whose key follows."""


def _json_patch(
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
            pairs = said or list(_pairs(value))
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


_TEXT = re.compile(rb"[|>][+-]?\d?[+-]? *\r?$")
_INSIDE = re.compile(
    r"^[ \t]*(?:-[ \t]+)?\w{0,60}(?:[cC]ontainers|[sS]ide_?[cC]ars?(?:Containers)?):"
    r"[ \t]*(?:$|[\[{|>&#])|^[ \t]*[\w.]{0,60}(?:[aA]nnotations|[lL]abels):[ \t]*$",
    re.M,
)
"""Keys of which one is in every text that is worth to be composed."""


def _embedded(path: str, document: Node, lines: list[bytes]) -> Iterator[Group]:
    """Yield the units in texts that are YAML themselves, as in a ConfigMap."""
    last = document.end_mark.line if document.end_mark is not None else len(lines)
    if not any(_TEXT.search(one) for one in lines[line(document) - 1 : last + 1]):
        return
    texts = {id(one): one for one in scalars(document) if one.style in ("|", ">")}
    for node in sorted(texts.values(), key=line):
        if _INSIDE.search(node.value):
            for tree in _inside(node):
                for group in units(path, tree, lines):
                    yield replace(group, marks=group.marks | {"embedded"})


def _inside(node: yaml.ScalarNode) -> Iterator[Node | None]:
    """Yield the documents in a text that is YAML itself, as far as they are."""
    for before, part in documents(node.value.encode("utf-8", "replace")):
        with suppress(Unreadable):
            yield compose(part, line(node) + before)


# --- Kustomize


KUSTOMIZE = ("Kustomization", "Component")
KUSTOMIZATION = ("kustomization.yaml", "kustomization.yml", "Kustomization")
PATCHES = ("patches", "patchesJson6902", "patchesStrategicMerge")


def _kustomization(path: str, document: Node, lines: list[bytes]) -> Iterator[Group]:
    """Yield what a kustomization asks for, and what the patches written in it add.

    What is common to all resources is put into the templates of pods, too.
    https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
    """
    if get(document, "sourceRef") or get(document, "spec"):
        return  # Flux has a kind of the same name
    top = key(document, "kind") or document
    common = [
        pair
        for field in ("commonAnnotations", "commonLabels")
        for pair in _pairs(get(document, field))
    ]
    for one in items(get(document, "labels")):
        common += _pairs(get(one, "pairs"))
    yield from _asking(path, "Kustomization", line(top), common, ("pod", "namespace"))
    for field in PATCHES:
        for one in items(get(document, field)):
            patch = one if isinstance(one, yaml.ScalarNode) else get(one, "patch")
            if isinstance(patch, yaml.ScalarNode) and "\n" in patch.value:
                for tree in _inside(patch):
                    yield from units(path, tree, lines)


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


# --- Services of the same file


@dataclass(frozen=True, slots=True)
class Way:
    """A Service: the labels that it selects, and the ports behind it."""

    selector: frozenset[tuple[str, str]]
    ports: tuple[str, ...]


def ways_in(document: Node | None) -> Iterator[Way]:
    """Yield the Services of a document."""
    for item in (*items(get(document, "items")), document):
        if text(get(item, "kind")) == "Service":
            selector = frozenset(
                (text(k), text(v)) for k, v in entries(get(item, "spec", "selector"))
            )
            ports = [
                text(get(one, "targetPort")) or text(get(one, "port"))
                for one in items(get(item, "spec", "ports"))
            ]
            if selector:
                yield Way(selector, tuple(ports))


def with_ways(group: Group, ways: list[Way]) -> Group:
    """Return *group* with the ports that Services of its file send requests to."""
    labels = {tuple(label.text.split("=", 1)) for label in group.labels}
    wanted = {port for way in ways if way.selector <= labels for port in way.ports}
    served = {int(port) for port in wanted if port.isdecimal() and len(port) < 6}
    served |= {
        port.number
        for box in group.containers
        for port in box.ports
        if port.name in wanted and port.number is not None
    }
    return replace(group, served=tuple(sorted(served))) if served else group
