"""Compose: services that share more than a named network.

A Compose file has no word for a unit. Services become one where they share what
belongs to one program elsewhere: a network or process namespace, or a volume that one
of them writes. A service without such a tie is left out, unless something about it
misleads: then it stands alone, so that the report can say what it is not.

What stands in another file, because the file includes it or a service extends one of
it, has the line of the word that fetches it. Services that are only included are told
where they are written. A tunnel of another stack stands on the line that joins its
network, and nothing is known of it but its name.

From module to module: `documents` makes a tree of a text, a template's, too; `others`
fetches what other files bring; `services` describes each service, with its `volumes`;
`units` finds out which are tied, by `ties`.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group
from sidecar_spotter.parse import documents_in
from sidecar_spotter.readers.compose.documents import tree_in
from sidecar_spotter.readers.compose.others import Others, included, services_in
from sidecar_spotter.readers.compose.services import Service, service
from sidecar_spotter.readers.compose.units import grouped
from sidecar_spotter.readers.compose.volumes import SOCKET, options_of, parts, volume
from sidecar_spotter.tree import get, text

__all__ = (
    "SOCKET",
    "Service",
    "grouped",
    "options_of",
    "parts",
    "read",
    "suits",
    "tree_in",
    "volume",
)

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
    for before, part in documents_in(data):
        tree, marks = tree_in(part, before)
        services = [service(*entry, lines) for entry in services_in(tree, others)]
        own = {one.box.name for one in services}
        for entry in included(tree, others):
            if text(entry[0]) not in own:
                services.append(service(*entry, []))
        name = text(get(tree, "name")) or posixpath.basename(posixpath.dirname(path))
        for group in grouped(services):
            if not own.isdisjoint(box.name for box in group.containers):
                yield replace(
                    group,
                    path=path,
                    name=group.name or name,
                    marks=group.marks | marks,
                )
