"""A container as most platforms shape it, in whichever spelling.

Kubernetes resources in Terraform, Cloud Run, Azure Container Apps and Container
Instances declare a container by the same few fields.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sidecar_spotter.model import Container, Mount, Port, Stage, Text, Volume
from sidecar_spotter.readers.common.fields import MOST, Fields, comment_above, number
from sidecar_spotter.readers.common.values import say
from sidecar_spotter.tree import Unreadable, entries, line, text, walk

PROBES = ("startupprobe", "readinessprobe", "livenessprobe", "probes")


def container(
    fields: Fields,
    lines: list[str],
    signs: tuple[str, ...],
    *,
    stage: Stage = "run",
    condition: Text | None = None,
) -> Container:
    """Return the container that *fields* declare, in a file of these *lines*.

    *signs* begin a comment in that file.
    """
    here = fields.node
    inner = fields.under(
        "properties"
    )  # Azure Container Instances nest all but the name
    if "image" in inner:
        fields, outer = inner, fields
    else:
        outer = fields
    always = fields.say("restartpolicy") == "Always"
    top = outer.key("name", "containername")
    top = top or fields.key("image", "containerimage") or here
    return Container(
        name=outer.say("name", "containername"),
        line=line(top) if top is not None else 1,
        stage="native" if stage == "init" and always else stage,
        image=fields.said("image", "containerimage"),
        words=tuple(
            fields.texts("command", "args", "containercommand", "containerargs")
        ),
        settings=tuple(fields.pairs("env", "environmentvariables")),
        ports=tuple(_ports(fields)),
        mounts=tuple(_mounts(fields)),
        probes=tuple(_probes(fields)),
        waits_for=tuple(fields.texts("dependson")),
        capabilities=tuple(
            fields.under("securitycontext", "capabilities").texts("add")
        ),
        hooks=tuple(_hooks(fields)),
        notes=comment_above(lines, line(here), signs) if here is not None else (),
        condition=condition,
    )


def volumes(fields: Fields, *names: str) -> Iterator[Volume]:
    """Yield the volumes that *fields* declare in the fields *names*."""
    for one in fields.mappings(*names):
        name = one.get("name")
        if name is not None:
            yield Volume(say(name), _kind(one), line(name))


def _kind(volume: Fields) -> str:
    """Return what a volume is, in Kubernetes' words."""
    storage = volume.say("storagetype")
    if storage:
        return {"EmptyDir": "emptyDir", "Secret": "secret"}.get(storage, storage)
    kinds = {
        "emptydir": "emptyDir",
        "configmap": "configMap",
        "secret": "secret",
        "hostpath": "hostPath",
        "projected": "projected",
        "downwardapi": "downwardAPI",
        "persistentvolumeclaim": "persistentVolumeClaim",
        "azurefile": "azureFile",
        "cloudsqlinstance": "cloudSqlInstance",
        "gcs": "gcs",
        "nfs": "nfs",
        "csi": "csi",
    }
    return next((kind for field, kind in kinds.items() if field in volume), "emptyDir")


def _ports(fields: Fields) -> Iterator[Port]:
    for one in fields.mappings("ports", "port"):
        node = one.get("containerport", "port", "number")
        if node is not None:
            yield Port(number(node), one.say("name"), line(node))


def _mounts(fields: Fields) -> Iterator[Mount]:
    for one in fields.mappings("volumemounts", "volumemount", "volume"):
        name = one.get("volumename", "name")
        if name is not None:
            path = one.say("mountpath", "path")
            yield Mount(say(name), path, one.true("readonly"), line(name))


def _probes(fields: Fields) -> Iterator[Text]:
    for probe in fields.mappings(*PROBES):
        for one in (probe, *probe.mappings("httpget", "tcpsocket", "grpc")):
            port = one.get("port")
            if port is not None:
                yield Text(f":{say(port)}{one.say('path')}", line(port))
        command = tuple(probe.under("exec").texts("command"))
        if command:
            yield Text(" ".join(word.text for word in command), command[0].line)


def _hooks(fields: Fields) -> Iterator[Text]:
    for hook in fields.under("lifecycle").each("poststart", "prestop"):
        for node in walk(hook):
            for _, value in entries(node):
                if text(value):
                    yield Text(text(value), line(value))


Taken = Mapping[str, Sequence[tuple[Text, bool]]]
"""By container, whose volumes it takes over, and whether only to read."""


def with_volumes_from(boxes: Sequence[Container], taken: Taken) -> list[Container]:
    """Return *boxes* with the mounts that they take over from one another.

    An image may declare volumes that the file does not show: they get a name here.
    """
    mounts = {box.name: list(box.mounts) for box in boxes}
    copied = 0
    for box in boxes:
        for source, read_only in taken.get(box.name, ()):
            if source.text not in mounts or source.text == box.name:
                continue
            if not mounts[source.text]:
                hidden = Mount(f"volumes of {source.text}", "", False, source.line)
                mounts[source.text].append(hidden)
            copied += len(mounts[source.text])
            if copied > MOST:
                raise Unreadable(f"holds more than {MOST:,} mounts")
            mounts[box.name] += [
                replace(
                    mount,
                    read_only=mount.read_only or read_only,
                    line=source.line,
                )
                for mount in mounts[source.text]
            ]
    return [replace(box, mounts=tuple(mounts[box.name])) for box in boxes]
