"""Here-documents: the lines of a script that a command reads as if from a file.

For example those between `kubectl apply -f - <<EOF` and `EOF`.
"""

import re
from collections.abc import Iterator

MOST = 100
"""Here-documents of one text that are looked at."""

_BEGINS = re.compile(r"(?<!<)<<-?[ \t]*(\\|[\"']?)(\w{1,40})[\"']?(?!\w)[^\n]*\n")
_KEY = re.compile(r"^[ \t]*(?:- )?(?:apiVersion|kind|spec|metadata):", re.M)
"""A key that is in every manifest, and in every patch of one."""
_ESCAPED = re.compile(r"\\([$`\\])")
"""What the shell turns into the character alone, where the word is not quoted."""


def bodies(text: str) -> Iterator[tuple[int, str]]:
    """Yield the texts of the here-documents in *text*, and how many lines are ahead."""
    at = ahead = 0
    for _ in range(MOST):
        begun = _BEGINS.search(text, at)
        if begun is None:
            return
        ends = re.compile(rf"^[ \t]*{re.escape(begun[2])}[ \t]*$", re.M)
        end = ends.search(text, begun.end())
        if end is None:
            return  # no word closes it, nor what would begin behind it
        ahead += text.count("\n", at, begun.end())
        body = text[begun.end() : end.start()]
        yield ahead, body if begun[1] else _ESCAPED.sub(r"\1", body)
        ahead += text.count("\n", begun.end(), end.start())
        at = end.start()


def manifests(text: str) -> Iterator[tuple[int, str]]:
    """Yield those of them that could be manifests."""
    for ahead, body in bodies(text):
        if _KEY.search(body):
            yield ahead, body
