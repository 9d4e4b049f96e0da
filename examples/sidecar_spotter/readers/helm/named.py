"""The named templates of a chart: where they begin, and what they hold."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.parse import documents_in

DEFINE = re.compile(r"\{\{-?\s*(?:define|block)\s+\"([^\"]+)\"[^}]*\}\}")

LIBRARY = re.compile(rb"repository: *[\"']?file://([\w./-]{1,100})")


def pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield documents and bodies of named templates, with the lines before each."""
    text = data.decode("utf-8", "replace")
    if DEFINE.search(text) is None:
        yield from documents_in(data)
        return
    starts = [match.start() for match in DEFINE.finditer(text)] + [len(text)]
    head = text[: starts[0]]
    yield from documents_in(head.encode())
    before = head.count("\n")
    for start, end in pairwise(starts):
        body = text[start:end]
        for inner, part in documents_in(body.encode()):
            yield before + inner, part
        before += body.count("\n")


def named_templates(path: str, look: Look) -> dict[str, str]:
    """Return the named templates of the chart that *path* belongs to, by name.

    Without an image in its text, one can bring no container: it is empty here.
    """
    folders = path.split("/")[:-1]
    found: dict[str, str] = {}
    if "templates" not in folders:
        return found
    depth = len(folders) - folders[::-1].index("templates")
    chart = "/".join([*folders[: depth - 1], ""])
    libraries = _libraries(look(f"{chart}Chart.yaml") or b"")
    for other in (
        *look.below("/".join(folders[:depth])),
        *(look.names("/".join(folders)) if len(folders) > depth + 1 else ()),
        *(one for path in libraries for one in look.names(f"{chart}{path}/templates")),
    ):
        if other.endswith(".tpl") or other.rpartition("/")[2].startswith("_"):
            for name, body in _defined(look(other) or b""):
                found.setdefault(name, body)
    return found


@lru_cache(maxsize=64)
def _defined(data: bytes) -> list[tuple[str, str]]:
    """Return the named templates of a file; the text of those alone that hold images.

    A chart's other templates read the same file.
    """
    text = data.decode("utf-8", "replace")
    matches = list(DEFINE.finditer(text))
    ends = [*(match.start() for match in matches), len(text)][1:]
    bodies = (text[m.end() : end] for m, end in zip(matches, ends, strict=True))
    return [
        (match[1], body if "image" in body else "")
        for match, body in zip(matches, bodies, strict=True)
    ]


def _libraries(chart: bytes) -> list[str]:
    """Return where the charts lie that a chart names, in the same checkout."""
    return [match[1].decode() for match in LIBRARY.finditer(chart)][:8]
