"""What a service mounts, and whose it is: the project's or the machine's."""

import posixpath
import re
from dataclasses import replace

from sidecar_spotter.model import Container, Mount, Volume
from sidecar_spotter.readers.common.fields import Fields
from sidecar_spotter.tree import line, text

OF_THE_MACHINE = re.compile(
    r"/?$|/(?:etc|proc|sys|dev|usr|lib|boot|run/udev|var/lib/docker|var/log)(?:/|$)"
    r"|.*docker\.sock$|.*podman\.sock$|/var/run/?$|/run/?$"
)
"""Places that belong to the machine: who shares one is not tied by that."""

OF_A_PERSON = re.compile(r"(?:~|\$\{?HOME\}?)/\.(?:aws|kube|ssh|docker|config|gnupg)\b")
"""Places of the person who starts the services: their keys and settings."""

SETTINGS = re.compile(
    r"\.(?:ya?ml|json|conf|cnf|cfg|ini|toml|env|pem|crt|cer|key|sql|sh|xml|properties"
    r"|html?|tmpl|template|py|js|lua|vcl)$",
    re.IGNORECASE,
)

MOST = 50
"""Folders of a file that are looked for in others."""

SOCKET = re.compile(r"(?:docker|podman|containerd)\.sock$")

_DEFAULT = re.compile(r"\$\{\w+:?-([^${}]*)\}")

COLON = re.compile(r":(?![^{}]{0,200}\})")


def mounts_of(
    service: str, fields: Fields
) -> tuple[tuple[Mount, ...], tuple[Volume, ...]]:
    """Return what a service mounts, and the volumes that these are."""
    mounts, volumes = [], []
    for said in fields.texts("tmpfs"):
        path = said.text.partition(":")[0]  # its options stand behind it
        mounts.append(Mount(f"{service}:{path}", path, False, said.line))
        volumes.append(Volume(f"{service}:{path}", "anonymous", said.line))
    for one in fields.each("volumes"):
        long = Fields(one)
        if "target" in long:
            source, path = long.say("source"), long.say("target")
            read_only = long.true("readonly")
            tmpfs = long.say("type") == "tmpfs"
        else:
            source, path, options = parts(with_defaults(text(one)))
            read_only = "ro" in options.split(",")
            tmpfs = False
        name, kind = volume(with_defaults(source))
        if kind == "anonymous" or tmpfs:
            name, kind = f"{service}:{path}", "anonymous"
        if path:
            mounts.append(Mount(name, path, read_only, line(one)))
            volumes.append(Volume(name, kind, line(one)))
    return tuple(mounts), tuple(volumes)


def with_defaults(said: str) -> str:
    """Return *said* with the default values of its variables put in."""
    return _DEFAULT.sub(lambda one: one[1], said)


def parts(said: str) -> tuple[str, str, str]:
    """Return source, path and options of a volume's short form."""
    parts = COLON.split(said)
    if re.fullmatch(r"[A-Za-z]", parts[0]) and len(parts) > 1:
        parts[:2] = [":".join(parts[:2])]  # a drive of Windows
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], ",".join(parts[2:])


def options_of(said: str) -> tuple[str, str, bool]:
    """Return source, path, and whether it is only read: `type=…,source=…,target=…`."""
    found = dict(part.partition("=")[::2] for part in said.split(","))
    source = found.get("source") or found.get("src", "")
    path = found.get("target") or found.get("destination") or found.get("dst", "")
    only = any(found.get(word) in ("", "true") for word in ("ro", "readonly"))
    return source, path, only


def volume(source: str) -> tuple[str, str]:
    """Return name and kind of the volume that a mount's source means."""
    if not source:
        return "", "anonymous"
    bare = re.sub(r"^\$(?:\{PWD\}|PWD)(?=/|$)|^\.(?=/|$)", "", source)
    project = bare != source
    if not project and source[0] not in "/~$.%" and "\\" not in source:
        return source, "named"
    if project:
        path = posixpath.normpath("./" + bare.lstrip("/"))
    else:
        path = posixpath.normpath(source)
    if not project and OF_THE_MACHINE.match(path):
        return path, "host"
    if OF_A_PERSON.match(source):
        return path, "settings"
    if path == "." or SETTINGS.search(path) or SOCKET.search(path):
        return path, "host" if SOCKET.search(path) else "settings"
    return path, "bind"


INSIDE = re.compile(r"(?:^|[/_.-])(?:logs?|conf(?:ig)?|certs?|spool)$", re.IGNORECASE)
"""What a folder within another one is called that somebody else has a part in."""


def with_folders_inside(
    boxes: list[Container], volumes: dict[str, Volume]
) -> list[Container]:
    """Return *boxes* with the folders that lie in those which they mount.

    Who mounts `./data` has `./data/log`, too, which another one mounts to read it.
    """
    inner = [
        name
        for name, volume in volumes.items()
        if volume.kind == "bind" and INSIDE.search(name)
    ][:MOST]
    found = []
    for box in boxes:
        own = {mount.volume for mount in box.mounts}
        more = tuple(
            replace(mount, volume=name, path=mount.path + name[len(mount.volume) :])
            for mount in box.mounts
            for name in inner
            if name.startswith(f"{mount.volume}/")
            and volumes[mount.volume].kind == "bind"
            and name not in own
        )
        found.append(replace(box, mounts=(*box.mounts, *more)) if more else box)
    return found
