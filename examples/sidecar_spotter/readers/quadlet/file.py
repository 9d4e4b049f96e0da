"""One file of Quadlet: the container that it declares."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.model import Container, Mount, Port, Text, Volume
from sidecar_spotter.readers.common.fields import comment_above, port, words
from sidecar_spotter.readers.compose import options_of, parts, volume

LINES = 5_000
"""Lines of a unit that are read; a real one has dozens."""
LONGEST = 20_000
"""Characters of a value that are read."""
SECTION = re.compile(rb"^\[Container\]", re.MULTILINE)
_NETWORK = re.compile(r"--net(?:work)?[= ](\S+)")
_POD = re.compile(r"--pod[= ](\S+)")
_PID = re.compile(r"--pid[= ](\S+)")


def declares(path: str) -> bool:
    """Whether a file is a container's by its name, be it a template of one."""
    return form_of(path) == "unit" and (
        path.endswith(".container") or ".container." in path
    )


Settings = dict[str, list[Text]]
"""What a unit sets, by key in small letters; a key may stand often."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The container of a file, and what ties it to others."""

    path: str
    stem: str
    """The file's name without its ending."""
    box: Container
    pod: str
    volumes: tuple[Volume, ...]
    published: tuple[int, ...]
    hosts: tuple[Text, ...]


def settings(data: bytes) -> Settings:
    """Return what a unit sets; a line that ends in a backslash goes on."""
    found: Settings = {}
    lines = data.decode("utf-8", "replace").split("\n", LINES)[:LINES]
    whole, first = "", 0
    for number, one in enumerate(lines, 1):
        bare = one.strip()
        if bare.startswith(("#", ";")):
            continue
        first = first or number
        whole += bare.removesuffix("\\")
        if bare.endswith("\\") and len(whole) < LONGEST:
            whole += " "
            continue
        key, sign, value = whole.partition("=")
        if sign:
            said = Text(value.strip()[:LONGEST], first)
            found.setdefault(key.strip().lower(), []).append(said)
        whole, first = "", 0
    return found


def unit_of(path: str, data: bytes) -> Unit:
    """Return the container that a file declares."""
    found = settings(data)
    stem = path.rpartition("/")[2].partition(".container")[0]
    arguments = found.get("podmanargs", [])
    networks = [*found.get("network", []), *_options(_NETWORK, arguments)]
    pods = [*found.get("pod", []), *_options(_POD, arguments)]
    named, image = found.get("containername", []), found.get("image", [])
    itself = {f"network:{one}" for one in (stem, *(said.text for said in named))}
    joins = tuple(
        join
        for one in networks
        if (join := _join(one)) is not None and join.text not in itself
    )
    mounts, volumes = _mounts(stem, found)
    lines = [*pods, *joins, *named, *image]
    first = lines[0].line if lines else 1
    box = Container(
        name=named[-1].text if named else stem,
        line=first,
        stage="init" if _says(found, "type") == "oneshot" else "run",
        image=image[-1] if image else None,
        words=tuple(_words(found, "entrypoint", "exec")),
        settings=tuple(_words(found, "environment")),
        ports=tuple(
            Port(number, "", one.line)
            for one, number in _ports(found, "exposehostport")
        ),
        mounts=mounts,
        probes=tuple(found.get("healthcmd", [])),
        joins=joins,
        waits_for=tuple(
            replace(one, text=one.text.removesuffix(".service"))
            for key in ("after",)  # `Requires=` orders nothing
            for said in found.get(key, [])
            for one in (replace(said, text=word) for word in said.text.split())
        ),
        capabilities=tuple(_words(found, "addcapability")),
        notes=(*_notes(data, image), *found.get("description", [])),
    )
    hosts = [
        Text("network-of-the-host", one.line) for one in networks if one.text == "host"
    ]
    hosts += [
        Text("processes-of-the-host", one.line)
        for one in _options(_PID, arguments)
        if one.text == "host"
    ]
    pod = pods[-1].text.removesuffix(".pod") if pods else ""
    return Unit(path, stem, box, pod, volumes, tuple(published(found)), tuple(hosts))


def _options(option: re.Pattern[str], arguments: list[Text]) -> list[Text]:
    """Return the values of an option of podman's own command line."""
    return [
        Text(match[1], one.line)
        for one in arguments
        for match in option.finditer(one.text)
    ]


def _says(found: Settings, key: str) -> str:
    return found[key][-1].text if key in found else ""


def _notes(data: bytes, image: list[Text]) -> tuple[Text, ...]:
    """Return the comment above the section, which tells what the container is for."""
    lines = data.decode("utf-8", "replace").split("\n")
    at = next((n for n, one in enumerate(lines, 1) if one.startswith("[Container]")), 0)
    above = image[0].line if image else 0
    top = next((n for n, one in enumerate(lines, 1) if not one.startswith("#")), 0)
    return (
        *comment_above([*lines[: top - 1], ""], top, ("#",)),
        *comment_above(lines, at, ("#",)),
        *comment_above(lines, above, ("#",)),
    )


def _words(found: Settings, *keys: str) -> Iterator[Text]:
    for key in keys:
        for said in found.get(key, []):
            yield from words(said)


def _join(network: Text) -> Text | None:
    """Return the container whose network one joins, if it does."""
    how, _, name = network.text.partition(":")
    if how == "container" and name:
        return Text(f"network:{name}", network.line)
    if network.text.endswith(".container"):
        return Text(f"network:{network.text.removesuffix('.container')}", network.line)
    return None


def _ports(found: Settings, *keys: str) -> Iterator[tuple[Text, int]]:
    for key in ("publishport", *keys):
        for one in found.get(key, []):
            said = one.text.split(":")[-1].split("/")[0].split("-")[0]
            if (number := port(said)) is not None:
                yield one, number


def published(found: Settings) -> Iterator[int]:
    """Yield the ports that the machine passes on."""
    for _, number in _ports(found):
        yield number


def _mounts(stem: str, found: Settings) -> tuple[tuple[Mount, ...], tuple[Volume, ...]]:
    """Return what a container mounts, and the volumes that these are."""
    mounts, volumes = [], []
    for said in found.get("volume", []):
        source, path, options = parts(said.text)
        name, kind = volume(source)
        if kind == "anonymous":
            name = f"{stem}:{path}"
        name = name.removesuffix(".volume")
        mounts.append(Mount(name, path, "ro" in options.split(","), said.line))
        volumes.append(Volume(name, kind, said.line))
    for said in found.get("mount", []):
        source, path, read_only = options_of(said.text)
        name, kind = volume(source)
        name = name.removesuffix(".volume")
        if name:
            mounts.append(Mount(name, path, read_only, said.line))
            volumes.append(Volume(name, kind, said.line))
    return tuple(mounts), tuple(volumes)
