"""What one container says of itself."""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Container, Mount, Port, Text
from sidecar_spotter.tree import Node, entries, get, items, key, line, text, walk


def container(node: Node, lines: list[bytes], *, early: bool = False) -> Container:
    """Return the container that a mapping declares."""
    name, image = key(node, "name"), image_of(node)
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
        image=None if image is None else _written(image, lines),
        words=tuple(words),
        settings=tuple(_settings(node)),
        variables=tuple(_variables(node)),
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


def image_of(node: Node) -> Node | None:
    """Return the image of a container; some resources have another word for it."""
    return get(node, "image") or get(node, "dockerImage")


_COMPUTED = re.compile(rb":\s+(#@\s[^\r\n]{1,200})")
"""A value of ytt, which stands in a comment: `image: #@ data.values.relay.image`."""


def _written(image: Node, lines: list[bytes]) -> Text:
    """Return an image as its file writes it."""
    at, said = line(image), text(image)
    if not said and 0 < at <= len(lines):
        computed = _COMPUTED.search(lines[at - 1])
        said = computed[1].decode("utf-8", "replace").strip() if computed else ""
    return Text(said, at)


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


def _variables(node: Node) -> Iterator[Text]:
    for one in items(get(node, "envFrom")):
        yield from _scalar(get(one, "configMapRef", "name"))


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
                folder(one),
            )


def folder(mount: Node) -> str:
    """Return the folder of a volume that is mounted; "" where that is not known."""
    said = text(get(mount, "subPath")).strip("/")
    return "" if re.search(r"[{$]", said) else said


def _probes(node: Node) -> Iterator[Text]:
    for kind in ("startup", "readiness", "liveness"):
        # Values of charts may group them, beside the word that enables each.
        probe = get(node, f"{kind}Probe") or get(node, "probes", kind, "spec")
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
        found.append(Text(said.strip(b"# ").decode("utf-8", "replace"), at))
    return tuple(reversed(found))
