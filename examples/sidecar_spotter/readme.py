"""What a README says of its own program: that it is there to be run as a sidecar.

A repository may hold nothing but the source of a helper. No file of it declares a
container, but it builds an image, and its README says in the first lines what for.
"""

import re

from sidecar_spotter.look import Look
from sidecar_spotter.model import Text

NAMES = re.compile(r"README(?:\.(?:md|markdown|rst|adoc|txt))?", re.IGNORECASE)
IMAGE = re.compile(r"(?:.*[./-])?(?:Docker|Container)file(?:[.-].*)?", re.IGNORECASE)
"""The name of a file from which an image is built."""
FIRST = 4_000
"""Characters of a README in which it says what its program is."""

_WORDS = r"(?:[\w()/*`'+-]+,?\s+){0,6}?"
_SELF = re.compile(
    r"\b(?:is|contains|provides|implements|offers)\s+(?:an?\s+|the\s+)"
    rf"{_WORDS}[*`_]*side-?car\b"
    rf"|^\W*(?:an?|the)\s+{_WORDS}side-?car\s+(?:\w+\s+){{0,2}}?"
    r"(?:written|that|which|to|for|proxy|container|service|process|agent|program)\b"
    r"|^\W*side-?car\s+(?:proxy|container|service|process|agent|program)\s+"
    r"(?:for|to|that|which|written)\b"
    r"|\b(?:run|runs|running|deployed|used|works?|designed|intended|meant|built)"
    r"\s+(?:\w+\s+){0,2}?as\s+an?\s+(?:\w+\s+){0,2}?side-?car\s+"
    r"(?:container\s+|proxy\s+)?(?:to|for|with|next|along|beside|in)",
    re.IGNORECASE,
)
"""A sentence on the program itself, and not on one that it has or reads."""
_PLACED = re.compile(r"\b(?:containers?|pods?|kubernetes|docker|k8s|podman)\b", re.I)
"""The world in which a sidecar is a container, and no file beside a photo."""
_NO_SENTENCE = ("|", "- [", "* [", "* link:", "#", "<", "[!")


def program_is_a_sidecar(look: Look, folder: str = ".") -> tuple[str, Text] | None:
    """Return where the README of a folder calls its program a sidecar, if it does."""
    readme = next(
        (one for one in look.names(folder) if NAMES.fullmatch(one.rpartition("/")[2])),
        None,
    )
    data = look(readme) if readme is not None else None
    if readme is None or data is None:
        return None
    text = data.decode("utf-8", "replace")[:FIRST]
    if not _PLACED.search(text) or "sidecar" not in text.lower().replace("-", ""):
        return None
    for number, said in enumerate(text.split("\n"), 1):
        plain = said.strip()
        if plain.startswith(_NO_SENTENCE) or not _SELF.search(plain[:400]):
            continue
        if any(IMAGE.fullmatch(one.rpartition("/")[2]) for one in look.below(folder)):
            return readme, Text(plain[:120], number)
        return None
    return None
