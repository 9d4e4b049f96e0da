"""A telling name

A container, a file or a folder is called `sidecar`, `proxy`, `agent`, `exporter`,
`sync` or `reloader`.

**Weak**: a name is a promise that nobody checks. Most sidecars are not called so, and
much that is called so is none.

It need not be the name. A comment may say "our own sidecar that fetches the keys", or a
setting may be called `KEYS_SIDECAR_ARGS`. And a name may be the neighbor's with a word
behind it: `shopproxy` beside `shop`.

The second of two containers (`examples/features/telling-name/for.yaml`):

```yaml
- name: web
- name: log-sidecar
```

Looks like it, is not (`examples/features/telling-name/against.yaml`):

```yaml
containers:
  - name: photo-sidecar
    image: registry.example.com/photos/photo-sidecar:3.0.2
```

**What else it could mean.** A product: {project}`Substrate API Sidecar
<identify-substrate>` stands alone. A file format: photo programs keep their notes in
sidecar files. An old word: the folder {project}`javaweb-tomcat-sidecar
<identify-javaweb>` holds an init container. Use the name to open the file, then close
your eyes to it.
"""

import re
from collections.abc import Iterator, Sequence

from sidecar_spotter.model import Container, Evidence, Group, Text
from sidecar_spotter.tables.known import MAIN, split, telling
from sidecar_spotter.tables.variables import is_gateway
from sidecar_spotter.units import running

NAME = "telling-name"
STRENGTH = "weak"

SPOKEN_OF = re.compile(
    r"\b(?:as|own|an?|the|this)\s+(?:[\w-]+\s+){0,2}side-?car(?:\s+container)?\b"
    r"(?!\s+(?:will|is|can|may|needs|calls|injector)\b)"
    r"|\bthis\s+side-?car\b"
    r"|^(?:[\w-]+\s+){0,4}side-?car(?:\s+container)?(?:\s+for\b|\s+[-\u2013\u2014]\s|\s*$)"
    r"|\((?:[\w-]+\s+){0,2}side-?car\)$",
    re.IGNORECASE,
)
"""A comment that calls something a sidecar."""
CALLED_MAIN = re.compile(
    r"(?:(?:this is )?(?:the|your|our) )?(?:main|app|application|primary) container\b",
    re.IGNORECASE,
)
"""A comment that calls something the main container."""
OTHERS = re.compile(r"\b(?:to|from|by|with|for|of) (?:an?|the|its)\b.*side-?car", re.I)
"""One that only speaks of a neighbor."""
WHICH = re.compile(r"\b(\w+)\s+side-?car\b", re.IGNORECASE)
"""The word that says which sidecar a comment speaks of."""
ITS_SETTING = re.compile(
    r"\w*side_?car_?(?:args?|opt\w*|config|mode|log_?level)=", re.IGNORECASE
)
"""A setting that is called after the sidecar which it sets."""

LONGEST = 300
"""Characters of a comment or a setting that are looked at."""


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each container whose name has a word for helpers or mains."""
    boxes = running(group)
    whole = {"code", "partial"} <= group.marks and telling(group.name) == MAIN
    for box in boxes:
        if whole and {"app", "main"} & set(split(group.name)):
            says = f"is what {group.name} returns, the program itself"
            yield Evidence(NAME, box.name, box.line, says, -1.5)
            continue
        role = telling(box.name) or _glued(box, boxes)
        if role == "tunnel-proxy" and _goes_through_another(box):
            role = None
        if is_gateway(box):
            role = None  # it is called as the program is that it runs, not for its part
        if role is not None:
            kind = "a main program" if role == "main" else "a helper"
            says = f'is named "{box.name}", as {kind} would be'
            plainly = "sidecar" in "".join(split(box.name))
            weight = -0.6 if role == "main" else 1.5 if plainly else 1
            yield Evidence(NAME, box.name, box.line, says, weight)
        elif (other := _does_for(box, boxes)) is not None:
            says = f"is called after {other.name}, and after what it does for it"
            yield Evidence(NAME, box.name, box.line, says, 0.6, other.name)
        elif {"code", "partial"} <= group.marks and "sidecar" in split(group.name):
            says = f"is what {group.name} returns"
            yield Evidence(NAME, box.name, box.line, says, 1.5)
        elif (said := _variable(box)) is not None:
            says = f'is called "{said.text}" in the code, as a helper would be'
            yield Evidence(NAME, box.name, said.line, says, 0.7)
        elif group.kind == "named template" and telling(group.name) not in (None, MAIN):
            says = f"is all of the template {group.name}, which is called as a helper"
            yield Evidence(NAME, box.name, box.line, says, 1)
        for note in box.notes:
            if CALLED_MAIN.match(note.text[:LONGEST]):
                says = f'is called the main container by "{note.text[:60]}"'
                yield Evidence(NAME, box.name, note.line, says, -1.2)
        for said in _called_sidecar(box, boxes):
            says = f'is called a sidecar by "{said.text[:60]}"'
            yield Evidence(NAME, box.name, said.line, says, 0.7)


def _goes_through_another(box: Container) -> bool:
    """Whether `shop-vpn` is the shop, in the network of a tunnel, and no tunnel.

    In the network of `shop` it is that program's tunnel.
    """
    own = set(split(box.name))
    for join in box.joins:
        host = join.text.partition(":")[2]
        its = own.issuperset(split(host)) and telling(host) != "tunnel-proxy"
        if len(own) > 1 and not (its or box.capabilities):
            return True
    return False


DONE_FOR_IT = frozenset(
    (
        *("import", "importer", "export", "load", "loader", "provision", "provisioner"),
        *("configure", "configuration", "register", "restore", "restorer"),
        *("fetch", "fetcher", "pull", "push", "pusher", "download", "downloader"),
        *("rotate", "rotator", "renew", "refresh", "discover", "discovery"),
    )
)
"""Words for what is done for a program, where its own name stands in front of them."""


def _does_for(box: Container, boxes: Sequence[Container]) -> Container | None:
    """Return the neighbor that a container is called after: `shop-import-prices`."""
    words = split(box.name)
    for other in boxes:
        own = split(other.name)
        after = own and words[: len(own)] == own
        if after and not DONE_FOR_IT.isdisjoint(words[len(own) :]):
            return other
    return None


def _glued(box: Container, boxes: Sequence[Container]) -> str | None:
    """Return what a name tells that is a neighbor's with a word behind: `shopproxy`.

    What is called `shop-config` and runs on beside `shop` keeps its configuration.
    """
    for other in boxes:
        rest = box.name.removeprefix(other.name)
        if rest != box.name:
            return "config-reloader" if split(rest) == ["config"] else telling(rest)
    return None


def _variable(box: Container) -> Text | None:
    """Return what code calls a container, if that tells a helper."""
    for note in box.notes:
        if note.text.startswith("variable: "):
            name = note.text.removeprefix("variable: ")
            return Text(name, note.line) if telling(name) not in (None, MAIN) else None
    return None


def _names_a_neighbor(text: str, box: Container, boxes: Sequence[Container]) -> bool:
    """Whether a comment speaks of `the vpn sidecar`, and a neighbor ends in `vpn`."""
    ends = {end for one in boxes for end in split(one.name)[-1:]}
    others = ends.difference(split(box.name))
    return any(match[1].lower() in others for match in WHICH.finditer(text))


def _called_sidecar(box: Container, boxes: Sequence[Container]) -> Iterator[Text]:
    """Yield each word of its author that calls a container a sidecar."""
    for note in box.notes:
        text = note.text[:LONGEST]
        of_other = OTHERS.search(text) or _names_a_neighbor(text, box, boxes)
        if SPOKEN_OF.search(text) and not of_other:
            yield note
    for said in box.settings:
        if ITS_SETTING.match(said.text[:LONGEST]):
            yield Text(said.text.partition("=")[0], said.line)
