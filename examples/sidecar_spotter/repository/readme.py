"""What a README says of its own program: that it is there to be run as a sidecar.

A repository may hold nothing but the source of a helper. No file of it declares a
container, but it builds an image, and its README says in the first lines what for.
"""

import re
from itertools import takewhile

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Text

NAMES = re.compile(r"README(?:\.(?:md|markdown|rst|adoc|txt))?", re.IGNORECASE)
IMAGE = re.compile(r"(?:.*[./-])?(?:Docker|Container)file(?:[.-].*)?", re.IGNORECASE)
"""The name of a file from which an image is built."""
FIRST = 4_000
"""Characters of a README's sentences in which it says what its program is."""
LINES = 1_000
"""Lines that are looked at, with pictures and contents, which are no sentences."""

_WORDS = r"(?:[\w()/*`'+[-]+,?\s+){0,6}?"
_SELF = re.compile(
    r"\b(?:is|contains|provides|implements|offers)\s+(?:an?\s+|the\s+)"
    rf"{_WORDS}[*`_]*side-?car\b"
    rf"|^\W*(?:an?|the)\s+{_WORDS}side-?car\s+(?:\w+\s+){{0,2}}?"
    r"(?:written|that|which|to|for|proxy|container|service|process|agent|program"
    r"|application)\b"
    r"|^\W*side-?cars?\s+(?:proxy|containers?|services?|process|agents?|programs?)\s+"
    r"(?:for|to|that|which|written)\b"
    r"|\b(?:run|runs|running|deployed|used|works?|designed|intended|meant|built)"
    r"\s+(?:\w+\s+){0,2}?as\s+an?\s+(?:\w+\s+){0,2}?side-?car\s+"
    r"(?:container\s+|proxy\s+)?(?:to|for|with|next|along|beside|in)",
    re.IGNORECASE,
)
"""A sentence on the program itself, and not on one that it has or reads."""
_MADE_FOR = re.compile(r"^\W*(?:\w+\s+){0,3}side-?cars?\s+for\s", re.IGNORECASE)
"""What is no sentence, and only says whose sidecars these are."""
_BESIDE = re.compile(
    r"^\W*(?:this|it|these)\s+(?:\w+\s+){0,6}?"
    r"(?:runs?|sits?|(?:is|are)\s+(?:run|deployed|placed))\s+"
    r"(?:along\s?side(?:\s+of)?|beside|next\s+to)\s+(?:an?|the|your|each|every)\s+"
    r"(?:[\w-]+\s+){0,8}?"
    r"(?:app|application|service|program|server|database|container)s?\b",
    re.IGNORECASE,
)
"""A sentence on the program that says where it runs, without the word."""
_KIND = r"side-?cars?(?:\s+(?:containers?|proxy|proxies|agents?|services?|images?))?"
_TITLE = re.compile(
    rf"\W*(?:[\w-]+\s+)+{_KIND}\W*|\W*\w[\w-]*-sidecars?\W*", re.IGNORECASE
)
"""A title that calls the program a sidecar of a kind; a bare one is a product's."""
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_EMPHASIS = re.compile(r"[*`]|(?<!\w)_+|_+(?!\w)")
LONGEST = 400
"""Characters of a line that are looked at."""
AROUND = 4
"""Lines over which a sentence may go."""
_END = re.compile(r"(?<=[\w)][.!?])\s+(?=[A-Z])")
QUOTED = 120
"""Characters of a sentence that are quoted."""
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
    text = data.decode("utf-8", "replace")
    said = _sentence(text)
    built = (one.rpartition("/")[2] for one in look.below(folder))
    if said is None or not any(map(IMAGE.fullmatch, built)):
        return None
    return readme, said


def _sentence(text: str) -> Text | None:
    """Return the sentence of a README that calls its program a sidecar."""
    if "sidecar" not in text.lower().replace("-", ""):
        return None
    titled: bool | None = None
    read = ""
    found: list[tuple[Text, bool]] = []
    lines = text.split("\n")[:LINES]
    for number, line in enumerate(lines, 1):
        plain = line.strip()
        if titled is None and plain.strip("#=- "):
            titled = _TITLE.fullmatch(plain) is not None
        if len(read) > FIRST:
            break
        if plain.startswith(_NO_SENTENCE):
            continue
        read += f"{line}\n"
        plain = _as_seen(plain[:LONGEST])
        sure = bool(titled) and _BESIDE.match(plain) is not None
        if sure or _SELF.search(plain) or (titled and _MADE_FOR.match(plain)):
            found.append((Text(_quoted(lines[number - 1 :]), number), sure))
    placed = _PLACED.search(f"{text[:FIRST]}\n{read}") is not None
    return next((said for said, sure in found if sure or placed), None)


def _as_seen(line: str) -> str:
    """Return a line of Markdown without its marks: the text of a link for a link."""
    return " ".join(_EMPHASIS.sub("", _LINK.sub(r"\1", line)).lstrip("> ").split())


def _quoted(lines: list[str]) -> str:
    """Return the sentence with which *lines* begin, or so much of it as is short."""
    plain = (one.strip() for one in lines[:AROUND])
    paragraph = takewhile(lambda one: one and not one.startswith(_NO_SENTENCE), plain)
    said = _as_seen(" ".join(one[:LONGEST] for one in paragraph))
    said = _END.split(said, maxsplit=1)[0]
    if len(said) <= QUOTED:
        return said
    return said[: QUOTED - 1].rpartition(" ")[0].rstrip(" ,;:") + "…"
