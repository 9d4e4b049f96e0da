"""Named templates that hold containers, to be put into a unit elsewhere."""

import re
from collections.abc import Iterator

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group
from sidecar_spotter.readers import kubernetes
from sidecar_spotter.readers.helm.named import DEFINE
from sidecar_spotter.tables import injectors
from sidecar_spotter.tables.known import split
from sidecar_spotter.tree import Node, get, items

INCLUDES_SEEN = 20
"""Places in a file that include one template that are looked at."""

FAR = 20_000
"""Characters between the key of a list and what is included in it."""

ADDS = re.compile(rb"[aA]dditionalContainers|[eE]xtraContainers|[sS]idecars?\b")
"""A list of helpers, to which a template may hand on what it includes."""

NEAR = 300
"""Characters behind an include that are looked at for that."""

LISTS = re.compile(rb"\b(containers|initContainers):")

DEFINED = re.compile(rb"\{\{-? *define\b")

NOT_BESIDE = {"init", "wait", "migrate", "migration", "migrations", "job"}
"""In the name of a template, these tell that its containers end."""


def named_part(
    path: str, part: bytes, tree: Node | None, look: Look
) -> Iterator[Group]:
    """Yield what a named template is there for: containers, or what asks for one."""
    if tree is None or not part.startswith(b"{{"):
        return
    name = DEFINE.match(part.decode("utf-8", "replace"))
    if name is not None:
        yield from _asking(path, name[1], tree)
    whole = get(tree, "image") is not None and get(tree, "name") is not None
    if name is None or not (items(tree) or whole):
        return
    lists = _put_into(name[1].encode(), path, look)
    if not lists and not NOT_BESIDE.isdisjoint(split(name[1])):
        return
    early = bool(lists) and b"containers" not in lists
    boxes = [
        kubernetes.container(box, part.split(b"\n"), early=early)
        for box in ([tree] if whole else items(tree))
        if get(box, "image") is not None and get(box, "name") is not None
    ]
    if boxes:
        yield Group(
            path,
            boxes[0].line,
            "kubernetes",
            "named template",
            name[1],
            tuple(boxes),
            marks=frozenset(
                {"partial", "beside"} if lists and not early else {"partial"}
            ),
        )


def _asking(path: str, name: str, tree: Node) -> Iterator[Group]:
    """Yield what a named template asks for by annotations, which pods will include."""
    own = [] if get(tree, "kind") is not None else [tree]
    blocks = [*own, get(tree, "annotations"), get(tree, "labels")]
    pairs = [pair for block in blocks for pair in kubernetes.pairs_of(block)]
    if asked := tuple(injectors.requests(pairs, "pod")):
        at = asked[0].line
        yield Group(path, at, "kubernetes", "named template", name, requests=asked)


def _put_into(name: bytes, path: str, look: Look) -> set[bytes]:
    """Return the lists, `containers` or `initContainers`, that include a template."""
    found = set()
    folders = path.split("/")
    if "templates" in folders:
        top = "/".join(folders[: len(folders) - folders[::-1].index("templates")])
        for other in look.below(top):
            data = (look(other) or b"") if other.endswith((".yaml", ".tpl")) else b""
            at = -1
            for _ in range(INCLUDES_SEEN):
                at = data.find(b'"%s"' % name, at + 1)
                if at < 0:
                    break
                if ADDS.search(data, at, at + NEAR):
                    found.add(b"containers")
                keys = list(LISTS.finditer(data, max(at - FAR, 0), at))
                if keys and not DEFINED.search(data, keys[-1].end(), at):
                    found.add(keys[-1][1])
    return found
