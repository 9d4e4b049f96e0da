"""Drop, by bytes and in microseconds, what can hold nothing to report.

Most YAML of a repository deploys one container or none, and most of the bytes that
speak of containers are schemas (custom resource definitions). To compose all that
would take nearly all of a scan's time. So each document is asked whether it has a
second container, or a word that tells of another one; if in doubt, it stays.

An expression here begins with plain text wherever it can: the search for that alone
runs at the speed of memory.
"""

import re
from functools import lru_cache

from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.lists import sift_list
from sidecar_spotter.parse import documents_in
from sidecar_spotter.tables.injectors import INJECTORS
from sidecar_spotter.tables.known import known, telling
from sidecar_spotter.tables.operators import FIELDS, OWN_CONTAINERS

DEEPEST = 100
"""Columns of indentation of a list that is looked into; a deeper one is composed."""

WORDS = (
    *(b"sidecar", b"spec/containers", b"spec/initcontainers", b"containermode:"),
    *(b"additionalcontainer:", b"containerlist:", b"prometheusspec:"),
    *(b"network_mode", b"volumes_from", b"gitsync:"),
    *(b"containerdefinitions", b"container_definitions", b"aws::ecs::task"),
    *(b"serviceconnectconfiguration", b"appdirpath"),
)
"""One of these is enough, in small letters."""

CALLS = (
    *(b"Container(", b"container(", b"Router(", b"router(", b"ontainerArgs("),
    *(b"ontainerBuilder", b"ontainer_builder", b"Container {", b"ontainers"),
    *(b"ontainerDefinition", b"container_definitions", b"inject", b"dapr.io"),
    *(b"Extension(", b"erviceConnect", b"ervice_connect", b"irelens"),
    *(b"Sidecar = {", b"sidecar = {", b"Container = {", b"container = {"),
    *(b"ContainerDefinitionArgs", b"istio.io/rev"),
)
"""One of these is in a program that builds a task or a pod."""

IN_GO = (b"ontainer", b"inject", b"dapr.io", b"istio.io/rev")
"""One of these is in Go code that builds a pod, or asks for a helper in one."""

JOB = re.compile(rb"^[ \t]*(?:job[ \t]+[\"{\[<$\w-]|\[\[-? *define )", re.MULTILINE)
"""What begins a job of Nomad, or a part of a template of one, which is no YAML."""

_KEYS = {injector.key.rstrip("*").lower().encode() for injector in INJECTORS}
ASKING = (
    *(b"inject", b"dapr", b"hostpid", b"hostnetwork"),
    *sorted(key for key in _KEYS if not re.search(b"sidecar|inject|dapr", key)),
)
"""One of these is enough where there is a pod, or what may become part of one."""
_ALL = (b"containers", *WORDS, *ASKING)
ENOUGH = tuple(
    word for word in _ALL if not any(one in word for one in _ALL if one != word)
)
"""One of these is in every text that has any of them."""
POD = re.compile(
    rb"containers|\n[ -]*kind: *[\"']?(?:namespace|mutatingwebhookconfiguration"
    rb"|kustomization|component)\b"
)
OF_PODS = re.compile(
    rb"\n *[\"']?(?:pod|\w*(?:pod|deployment)_?(?:annotations|labels|metadata))[\"']?:"
)
"""Fields that a resource has for pods which somebody else makes of it."""
GIVEN = re.compile(rb"\nkind: *[\"']?(?:helmrelease|application)\b")
"""Resources that hold a chart's values."""
PART = re.compile(rb"annotations|labels|metadata")

_TOLD = {kind for field in FIELDS for kind in field.kinds.split()} | set(OWN_CONTAINERS)
_TOLD |= {"DaemonSet", "Task", "ClusterTask", "TaskRun", "AuthProxyWorkload"}
KINDS = re.compile(
    r"kind[\"']?: *[\"']?(?:{})\b".format("|".join(sorted(_TOLD))).lower().encode()
)
"""Kinds of which one container is enough, or a field that asks for one."""

SCHEMA = re.compile(rb"\nkind: *[\"']?CustomResourceDefinition\b")
WHOLE = re.compile(rb"[\n ]selector[\"']?:|\nkind: *[\"']?(?:pod|job|cronjob)\b")
"""What a workload has and a patch of one lacks, so that its one container is all."""

MENTION = re.compile(rb"containers[\"']?:|\? *[\"']?containers")
FIRST = re.compile(
    rb" *(?:[#&!].*)?\n"  # nothing else stands on the key's line
    rb"(?: *(?:#.*)?\n)*"
    rb"( *)-(?=[ \n])"
)
"""What follows the key of a list in block style, up to the dash of its first item."""
PUT_IN = re.compile(rb"\n *\{[{%]-? *(?:include|template|tpl|range|for)\b|<%")
"""A template's line that could stand for more items."""
INCLUDING = re.compile(
    rb"kind: *(?:deployment|statefulset|replicaset|daemonset|job|cronjob|pod)\b"
)
"""Without containers in its text, such a template includes them."""

STARTS_JSON = re.compile(rb"\s*(?:\[|\{(?![{%#]))")
IMAGE = re.compile(rb"\"image\"\s*:\s*(?:[^{\s]|\{\s*\"(?:fn::|ref\b))")
RESOURCE = re.compile(rb"\"(?:apiversion|op)\"\s*:\s*\"")
"""These keys in JSON have text as their value; in an API's description a mapping."""


def sift(path: str, data: bytes) -> bytes:
    """Return *data* with the documents emptied that hold nothing to report.

    No line moves; b"" where nothing is left. What is in another form than YAML, JSON
    and Go comes back as it is: its readers see for themselves.
    """
    form = form_of(path)
    if form == "go":
        return data if any(word in data for word in IN_GO) else b""
    if form == "program":
        return data if any(call in data for call in CALLS) else b""
    if form not in ("yaml", "json", "template"):
        return data
    if form == "template" and b"task " in data and JOB.search(data):
        return data
    if form == "json" or STARTS_JSON.match(data):
        return data if _json(path, data.lower()) else b""
    if not _whole(path, data.lower()):
        return b""
    several = b"\n---" in data
    parts = [part for _, part in documents_in(data)] if several else [data]
    kept = [not _is_schema(part) and _yaml(path, part.lower()) for part in parts]
    if not any(kept):
        return b""
    template = b"{{" in data or b"{%" in data or b"<%" in data
    return b"".join(
        (sift_list(part, lambda item: _yaml(path, item)) if keep else part)
        if keep or _stays(part, template)
        else b"\n" * part.count(b"\n")
        for part, keep in zip(parts, kept, strict=True)
    )


def _stays(document: bytes, template: bool) -> bool:
    """Whether a document matters for another one of its file.

    A Service tells which ports of its neighbors are reached from outside. In a template
    an `if` may enclose several documents.
    """
    return b"kind: Service" in document or (template and not _is_schema(document))


def _is_schema(document: bytes) -> bool:
    """Whether a document describes what others may say."""
    if document.startswith((b"swagger:", b"openapi:")):
        return True
    if b"CustomResourceDefinition" not in document:
        return False
    return SCHEMA.search(b"\n" + document) is not None


def _whole(path: str, low: bytes) -> bool:
    """Whether one of the documents of a file could be kept."""
    return any(word in low for word in ENOUGH) or _declares(path, low)


def _yaml(path: str, low: bytes) -> bool:
    """Whether a document in small letters, or a template, could hold something."""
    return (
        any(word in low for word in WORDS)
        or (b"containers" in low and _lists_telling(low))
        or (any(word in low for word in ASKING) and _is_pod(low))
        or _declares(path, low)
    )


def _declares(path: str, low: bytes) -> bool:
    """Whether containers could be declared in a form that has no list of them."""
    return (
        low.startswith(b"services:")
        or b"\nservices:" in low
        or ("compose" in path and b"image" in low)
        or (b'define "' in low and b"image:" in low)
        or (b"\nvolumemounts:" in low and b"\nname:" in b"\n" + low)
        or (path.endswith(("container.yaml", "container.yml")) and b"name:" in low)
        or b"initcontainers: |" in low
        or KINDS.search(low) is not None
        or (b"{{" in low and b"containers" not in low and bool(INCLUDING.search(low)))
    )


def _is_pod(low: bytes) -> bool:
    """Whether a document could declare a pod, or values for the template of one."""
    if POD.search(b"\n" + low):
        return True
    kind = b"\nkind:" in b"\n" + low
    part = PART.search(low) is not None or b"define " in low
    given = not kind or GIVEN.search(low) is not None
    return part and bool(given or b"template:" in low or OF_PODS.search(low))


def _lists_telling(low: bytes) -> bool:
    """Whether a document has several containers, or one that looks like a helper.

    The key of a list in another style, or by another name, is one to be composed.
    """
    lists = []
    for key in MENTION.finditer(low):
        before = low[key.start() - 1 : key.start()]
        first = FIRST.match(low, key.end())
        if before.isalpha() or before == b"_" or first is None:
            return True
        if len(first[1]) > DEEPEST:
            return True
        own = key.start() - (low.rfind(b"\n", 0, key.start()) + 1)
        lists.append((first, own))
    return bool(lists) and (
        not WHOLE.search(b"\n" + low)
        or any(_is_telling(low, one.end(), len(one[1]), own) for one, own in lists)
    )


def _is_telling(low: bytes, start: int, column: int, own: int) -> bool:
    """Whether a list has an item more than one, or one that looks like a helper.

    The dash of its first item ends at *start* and stands in *column*, its key in the
    column *own*. A dash between them is an item that somebody has put askew.
    """
    after = _outdented(column).search(low, start)
    end = after.start() if after else len(low)
    if after and low[after.end()] == ord("-") and column >= len(after[1]) >= own:
        return True
    if after and len(after[1]) == column > own:
        return True  # it is no item, and no key either
    if PUT_IN.search(low, start, end):
        return True
    item = low[start:end].lstrip(b" ")
    if item.startswith(b"\n"):
        return True  # its first key stands on the next line
    column += 1 + end - start - len(item)
    fields = dict(_fields(column).findall(b"\n" + b" " * column + item))
    role = telling(fields.get(b"name", b"").decode())
    image = known(fields.get(b"image", b"").decode(), ())
    return role not in (None, "main") or (image is not None and image.sure > 0)


@lru_cache
def _fields(column: int) -> re.Pattern[bytes]:
    """Return what finds name and image of a container whose keys are at *column*."""
    return re.compile(rb"\n {%d}(name|image): *([^\n]+)" % column)


@lru_cache
def _outdented(column: int) -> re.Pattern[bytes]:
    """Return what finds the next line that begins at *column* or before it."""
    return re.compile(rb"\n( {0,%d})(?=[^ \n#{<])" % column)


def _json(path: str, low: bytes) -> bool:
    """Whether JSON in small letters could hold something."""
    if b'"customresourcedefinition"' in low and b'"list"' not in low:
        return False
    images = len(IMAGE.findall(low))
    if images and low.lstrip()[:1] == b",":
        return True  # one more for the list of another template
    if b'"taskgroups"' in low or b'"serviceconnectconfiguration"' in low:
        return True  # Nomad's tasks need no image, and ECS brings its proxy's
    if images > 1 or "compose" in path:
        return True
    if b'"kind"' not in low and b'"template"' in low and b'"spec"' in low:
        # A patch, whose target is named elsewhere.
        return b'"containers"' in low or any(word in low for word in ASKING)
    # Without an image it is a patch, or a resource that asks for a container.
    if not images and not RESOURCE.search(low):
        return False
    told = any(word in low for word in (*WORDS, *ASKING)) or KINDS.search(low)
    return bool(told) or (not images and b'containers"' in low)
