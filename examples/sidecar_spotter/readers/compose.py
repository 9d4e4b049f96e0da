"""Compose: services that share more than a named network.

A Compose file has no word for a unit. Services become one where they share what
belongs to one program elsewhere: a network or process namespace, or a volume that one
of them writes. A service without such a tie is left out, unless something about it
misleads: then it stands alone, so that the report can say what it is not.

What stands in another file, because the file includes it or a service extends one of
it, has the line of the word that fetches it. Services that are only included are told
where they are written.
"""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import yaml

from sidecar_spotter.discover import form_of
from sidecar_spotter.look import Look
from sidecar_spotter.model import Container, Group, Mount, Port, Text, Volume
from sidecar_spotter.readers.fields import (
    MOST,
    Fields,
    comment_above,
    port,
    say,
    tree_of,
    words,
)
from sidecar_spotter.readers.shapes import with_volumes_from
from sidecar_spotter.tree import (
    Node,
    Unreadable,
    documents,
    entries,
    get,
    items,
    line,
    settle,
    text,
)
from sidecar_spotter.units import stem

FORMS = ("yaml", "json", "template")
NAMED = re.compile(r"(?:^|[/._-])(?:docker-?)?compose[^/]*$", re.IGNORECASE)
SERVICES = re.compile(
    rb"^services:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t\r]*(?:#[^\n]*)?\n)*"
    rb"[ \t]+[^\s:#-][^:\n]*:[ \t]*(?:[&#*][^\n]*)?\r?$",
    re.MULTILINE,
)
"""The first service of a file. No possessive repeats: Python before 3.11.5 gets them
wrong."""
IMAGE = re.compile(rb"^[ \t]+[\"']?(?:image|build|network_mode|extends)[\"']?:", re.M)
FOREIGN = re.compile(rb"^(?:apiVersion|kind):[ \t]*\S", re.MULTILINE)

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
PREPARES = re.compile(
    r"(?:^|[-_])(?:init|setup|seed|migrat\w*|bootstrap|prepare|create|permissions)",
    re.IGNORECASE,
)
"""Names of services that prepare something and end, where nothing restarts them."""
OTHERS = 20
"""Other files that one file may name, and those that they name."""
EXTENDS = 5
"""How many services may extend one another in a row."""
SOCKET = re.compile(r"(?:docker|podman|containerd)\.sock$")

FOR_ONE = re.compile(r"--?app-channel-address(?:[= ]([\w.-]+))?$")
"""An option of a helper that names the one program which it is there for: Dapr's, where
it has a network of its own."""

_DEFAULT = re.compile(r"\$\{\w+:?-([^${}]*)\}")
_COLON = re.compile(r":(?![^{}]{0,200}\})")


def suits(path: str, data: bytes) -> bool:
    """Whether the file is a Compose file, by its name or by what it declares."""
    form = form_of(path)
    if form not in FORMS:
        return False
    named = form != "template" and NAMED.search(path) is not None
    if not named and b"services:" not in data:
        return False
    if FOREIGN.search(data) is not None:
        return False
    if named:
        return b"image" in data or b"build" in data or b"services" in data
    values = path.rsplit("/", 1)[-1].startswith("values")
    return not values and bool(SERVICES.search(data) and IMAGE.search(data))


def read(path: str, data: bytes, look: Look) -> Iterator[Group]:
    """Yield the units that the services of a file form."""
    lines = data.decode("utf-8", "replace").split("\n")
    others = Others(path, look)
    for before, part in documents(data):
        tree, marks = _tree(part, before)
        services = [_service(*entry, lines) for entry in _services(tree, others)]
        own = {one.box.name for one in services}
        for entry in _included(tree, others):
            if text(entry[0]) not in own:
                services.append(_service(*entry, []))
        name = text(get(tree, "name")) or posixpath.basename(posixpath.dirname(path))
        for group in grouped(services):
            if not own.isdisjoint(box.name for box in group.containers):
                yield replace(group, path=path, name=name, marks=group.marks | marks)


class Others:
    """The other files that a file names, by paths from its folder."""

    def __init__(self, path: str, look: Look) -> None:
        """Look from the file at *path*."""
        self.path = path
        self._look = look
        self._left = OTHERS

    def tree(self, named: Node) -> tuple[Node | None, "Others"]:
        """Return the tree of the file that *named* names, all of it on that line.

        Beside it is what looks from there. Files that name one another end here.
        """
        said = _with_defaults(text(named))
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), said))
        there = Others(path, self._look)
        self._left -= 1
        there._left = self._left
        data = self._look(path) if said and self._left >= 0 else None
        if data is None or path == self.path:
            return None, there
        try:
            tree, _ = _tree(data, 0)
        except Unreadable:
            return None, there  # its own report says why
        settle(tree, line(named))
        return tree, there


def _included(tree: Node | None, others: Others) -> Iterator[tuple[Node, Fields]]:
    """Yield the services of the files that a file includes."""
    for one in items(get(tree, "include")):
        paths = items(get(one, "path")) or [get(one, "path") or one]
        for named in paths:
            found, there = others.tree(named)
            yield from _services(found, there)


def _tree(data: bytes, before: int) -> tuple[Node | None, frozenset[str]]:
    """Return the tree of a document, and the mark `template` if it is one."""
    try:
        return tree_of(data, before), frozenset()
    except Unreadable:
        said = data.decode("utf-8", "replace")
        if "{{" not in said and "{%" not in said:
            raise
        for brackets in (("{%", "%}"), ("{#", "#}"), ("{{", "}}")):
            said = _without(said, *brackets)
        return tree_of(said.encode("utf-8", "replace"), before), frozenset({"template"})


def _without(said: str, opening: str, closing: str) -> str:
    """Return *said* with a variable for each expression, and no statements.

    A line that holds nothing else is left empty; no line moves.
    """
    found = []
    at = 0
    while (start := said.find(opening, at)) >= 0:
        end = said.find(closing, start)
        if end < 0:
            break
        inside = said[start + 2 : end]
        end += 2
        row = said[said.rfind("\n", 0, start) + 1 : start]
        alone = not row.strip() and said[end : end + 1] in ("\n", "\r", "")
        found.append(said[at:start] + "\n" * inside.count("\n"))
        if opening == "{{" and not alone:
            found.append("$" + "_".join(re.findall(r"[\w.]+", inside[:200])))
        at = end
    return "".join(found) + said[at:]


# --- services


@dataclass(frozen=True, slots=True)
class Service:
    """A service as a container, and what ties it to others."""

    box: Container
    called: str
    """Its `container_name`."""
    volumes: tuple[Volume, ...]
    taken: tuple[tuple[Text, bool], ...]
    """The services whose volumes it takes over, and whether only to read."""
    ended: tuple[str, ...]
    """The services that must have ended before it starts."""
    restart: str
    """When it is started again: `no`, `always` and the like, or nothing."""
    hosts: tuple[Text, ...]
    """The namespaces of the machine that it asks for."""
    published: tuple[int, ...]
    """The ports that the machine passes on to it."""
    everywhere: bool
    """Whether it runs once on each machine."""


def _services(tree: Node | None, others: Others) -> Iterator[tuple[Node, Fields]]:
    """Yield name and fields of each service; before version 2 they stood at the top."""
    found = get(tree, "services")
    if found is None and get(tree, "version") is None:
        found = tree
    bodies = {text(name): value for name, value in entries(found)}
    fields = 0
    for name, value in entries(found):
        if text(name).startswith("x-") or not isinstance(value, yaml.MappingNode):
            continue
        whole = _extended(value, bodies, others)
        fields += len(whole.value)
        if fields > MOST:
            raise Unreadable(f"holds more than {MOST:,} fields, by `extends`")
        yield name, Fields(whole)


def _extended(
    node: yaml.MappingNode, bodies: dict[str, Node], others: Others
) -> yaml.MappingNode:
    """Return a service with the fields of those that it extends."""
    fields = [*node.value]
    base: Node | None = node
    for _ in range(EXTENDS):
        extends = get(base, "extends")
        if extends is None:
            break
        if (file := get(extends, "file")) is not None:
            tree, others = others.tree(file)
            bodies = {text(name): body for name, body in entries(get(tree, "services"))}
        base = bodies.get(text(extends) or text(get(extends, "service")))
        own = {text(key) for key, _ in fields}
        fields += [entry for entry in entries(base) if text(entry[0]) not in own]
    return yaml.MappingNode(node.tag, fields, node.start_mark, node.end_mark)


def _service(name: Node, fields: Fields, lines: list[str]) -> Service:
    first = line(name)
    mounts, volumes = _mounts(text(name), fields)
    profiles = list(fields.texts("profiles"))
    privileged = fields.said("privileged") if fields.true("privileged") else None
    box = Container(
        name=text(name),
        line=first,
        image=fields.said("image"),
        words=(*_words(fields, "entrypoint"), *_words(fields, "command")),
        settings=tuple(fields.pairs("environment")),
        ports=tuple(_ports(fields, "ports", "expose")),
        mounts=mounts,
        probes=tuple(_probes(fields)),
        joins=tuple(_joins(fields)),
        waits_for=(
            *_waits(fields),
            *(
                replace(one, text=one.text.split(":")[0])
                for one in fields.texts("links")
            ),
        ),
        capabilities=(
            *fields.texts("capadd"),
            *((replace(privileged, text="privileged"),) if privileged else ()),
        ),
        notes=comment_above(lines, first, ("#",)),
        condition=(
            Text("profile " + ", ".join(one.text for one in profiles), profiles[0].line)
            if profiles
            else None
        ),
    )
    return Service(
        box,
        fields.say("containername"),
        volumes,
        tuple(_taken(fields)),
        tuple(_ended(fields)),
        fields.say("restart"),
        tuple(_hosts(fields)),
        tuple(one.number for one in _ports(fields, "ports") if one.number),
        fields.under("deploy").say("mode") == "global",
    )


def _words(fields: Fields, name: str) -> Iterator[Text]:
    line_ = isinstance(fields.get(name), yaml.ScalarNode)
    for one in fields.texts(name):
        yield from words(one) if line_ else (one,)


def _ports(fields: Fields, *names: str) -> Iterator[Port]:
    """Yield the ports of the container, not of the machine."""
    for one in fields.each(*names):
        inside = Fields(one).get("target")
        said = say(inside) if inside is not None else text(one)
        number = _COLON.split(said)[-1].split("/")[0].split("-")[0]
        if said:
            yield Port(port(number), Fields(one).say("name"), line(one))


def _probes(fields: Fields) -> Iterator[Text]:
    words = list(fields.under("healthcheck").texts("test"))
    said = [word.text for word in words if word.text not in ("CMD", "CMD-SHELL")]
    if said and said != ["NONE"]:
        yield Text(" ".join(said), words[0].line)


def _mounts(
    service: str, fields: Fields
) -> tuple[tuple[Mount, ...], tuple[Volume, ...]]:
    """Return what a service mounts, and the volumes that these are."""
    mounts, volumes = [], []
    for one in fields.each("volumes", "tmpfs"):
        long = Fields(one)
        if "target" in long:
            source, path = long.say("source"), long.say("target")
            read_only = long.true("readonly")
            tmpfs = long.say("type") == "tmpfs"
        else:
            source, path, options = parts(_with_defaults(text(one)))
            read_only = "ro" in options.split(",")
            tmpfs = False
        name, kind = volume(_with_defaults(source))
        if kind == "anonymous" or tmpfs:
            name, kind = f"{service}:{path}", "anonymous"
        if path:
            mounts.append(Mount(name, path, read_only, line(one)))
            volumes.append(Volume(name, kind, line(one)))
    return tuple(mounts), tuple(volumes)


def _with_defaults(said: str) -> str:
    """Return *said* with the default values of its variables put in."""
    return _DEFAULT.sub(lambda one: one[1], said)


def parts(said: str) -> tuple[str, str, str]:
    """Return source, path and options of a volume's short form."""
    parts = _COLON.split(said)
    if re.fullmatch(r"[A-Za-z]", parts[0]) and len(parts) > 1:
        parts[:2] = [":".join(parts[:2])]  # a drive of Windows
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], ",".join(parts[2:])


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


def _joins(fields: Fields) -> Iterator[Text]:
    for field, what in (
        ("networkmode", "network"),
        ("pid", "processes"),
        ("ipc", "ipc"),
    ):
        said = fields.said(field)
        if said is not None:
            how, _, name = _with_defaults(said.text).partition(":")
            if how in ("service", "container") and name:
                yield Text(f"{what}:{name}", said.line)


def _hosts(fields: Fields) -> Iterator[Text]:
    for field, what in (
        ("networkmode", "network-of-the-host"),
        ("pid", "processes-of-the-host"),
    ):
        said = fields.said(field)
        if said is not None and said.text == "host":
            yield Text(what, said.line)


def _waits(fields: Fields) -> Iterator[Text]:
    for one in fields.each("dependson"):
        if text(one):
            yield Text(text(one), line(one))
        for name, _ in entries(one):
            yield Text(text(name), line(name))


def _ended(fields: Fields) -> Iterator[str]:
    for name, value in entries(fields.get("dependson")):
        if text(get(value, "condition")) == "service_completed_successfully":
            yield text(name)


def _taken(fields: Fields) -> Iterator[tuple[Text, bool]]:
    for one in fields.texts("volumesfrom"):
        parts = one.text.removeprefix("container:").split(":")
        yield replace(one, text=parts[0]), parts[-1] == "ro"


# --- units


def grouped(services: list[Service]) -> Iterator[Group]:
    """Yield a unit for each set of services that are tied, and each that misleads."""
    called = {one.called: one.box.name for one in services if one.called}
    # A container without a name of its own gets `project-service-1`.
    made = {
        whose: one.box.name
        for other in services
        for join in other.box.joins
        for one in services
        if re.fullmatch(
            rf".+[_-]{re.escape(one.box.name)}[_-]\d+",
            whose := join.text.partition(":")[2],
        )
    }
    ended = {name for one in services for name in one.ended}
    ended |= {
        one.box.name
        for one in services
        if one.restart.startswith(("no", "on-failure"))
        and PREPARES.search(one.box.name)
    }
    boxes = with_volumes_from(
        [_with_names(one.box, called | made, ended) for one in services],
        {one.box.name: one.taken for one in services},
    )
    kinds = {mounted.name: mounted for one in services for mounted in one.volumes}
    sets = _Sets([box.name for box in boxes])
    users: dict[str, list[tuple[str, Mount]]] = defaultdict(list)
    for box in boxes:
        for join in box.joins:
            sets.unite(box.name, join.text.partition(":")[2])
        for mount in box.mounts:
            users[mount.volume].append((box.name, mount))
    living = {name for box in boxes for name in _lent_to(box)}
    roofs = {name: sets.of(name) for name in living & sets.up.keys()}
    names = {*called, *sets.up}
    for number, box in enumerate(boxes):
        if (said := _is_for(box)) is not None and said.text in names:
            name = called.get(said.text, said.text)
            sets.unite(name, box.name)
            says = f"configured: is told to serve {name} alone, by app-channel-address"
            boxes[number] = replace(box, notes=(*box.notes, Text(says, said.line)))
    for name, uses in users.items():
        ties = name not in kinds or kinds[name].kind in ("named", "bind", "anonymous")
        if ties and not all(mount.read_only for _, mount in uses):
            for user, _ in uses[1:]:
                first = roofs.get(uses[0][0])
                if first is None or roofs.get(user) in (None, first):
                    sets.unite(uses[0][0], user)
    together: dict[str, list[int]] = defaultdict(list)
    for number, box in enumerate(boxes):
        together[sets.of(box.name)].append(number)
    for numbers in together.values():
        found = [boxes[number] for number in numbers]
        tied = [services[number] for number in numbers]
        alone = len(numbers) == 1
        if alone and not (found[0].joins or _misleads(found[0], tied[0])):
            continue
        marks = set()
        if alone and found[0].joins:
            marks.add("partial")
        if alone and tied[0].everywhere:
            marks.add("daemon")
        volumes = dict.fromkeys(mount.volume for box in found for mount in box.mounts)
        yield Group(
            "",
            found[0].line,
            "compose",
            "services" if not alone else "service",
            "",
            tuple(found),
            tuple(kinds[name] for name in volumes if name in kinds),
            shares=tied[0].hosts if alone else (),
            served=tuple(sorted({p for one in tied for p in one.published})),
            marks=frozenset(marks),
        )


def _lent_to(box: Container) -> tuple[str, ...]:
    """Return a service that joins another's namespace, and that other one.

    Whoever lives under one roof is one unit, whatever files it shares with other units.
    """
    lent = tuple(join.text.partition(":")[2] for join in box.joins)
    return (box.name, *lent) if lent else ()


def _is_for(box: Container) -> Text | None:
    """Return the program that a helper's command says it is for, if it does."""
    option = False
    for word in box.words:
        if option:
            return word
        match = FOR_ONE.match(word.text)
        if match is not None and match[1]:
            return replace(word, text=match[1])
        option = match is not None
    return None


def _with_names(box: Container, called: dict[str, str], ended: set[str]) -> Container:
    """Return *box* with services where it names containers, and its stage."""
    joins = []
    for join in box.joins:
        what, _, name = join.text.partition(":")
        joins.append(Text(f"{what}:{called.get(name, name)}", join.line))
    stage = "init" if box.name in ended else box.stage
    return replace(box, joins=tuple(joins), stage=stage)


def _misleads(box: Container, service: Service) -> bool:
    """Whether a service that is tied to none has something of a sidecar's look."""
    said = f"{box.name} {service.called} {stem(box)}".lower()
    host = any(
        mount.volume == "/" or SOCKET.search(mount.volume) for mount in box.mounts
    )
    pid = any(share.text == "processes-of-the-host" for share in service.hosts)
    return "sidecar" in said or host or pid


class _Sets:
    """Which names belong together, as a union-find."""

    def __init__(self, names: list[str]) -> None:
        self.up = {name: name for name in names}

    def of(self, name: str) -> str:
        while self.up[name] != name:
            self.up[name] = self.up[self.up[name]]
            name = self.up[name]
        return name

    def unite(self, one: str, other: str) -> None:
        if one in self.up and other in self.up:
            self.up[self.of(other)] = self.of(one)
