"""Items of a list that begin on either side of an `if`, and go on behind its end.

    {{- if .Values.digest }}
    - image: "shop@{{ .Values.digest }}"
    {{- else }}
    - image: "shop:{{ .Values.tag }}"
    {{- end }}
      name: shop

That is one item and no two: what begins on one side alone would have no name.

And sides that say the same key, as `volumes:` behind the end of a list. Only one of
them is ever there, and where one alone has containers, the list may go on in it.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

FAR = 400
"""Lines behind a place that are looked at, as each `if` costs as many."""

_KEY = re.compile(r"( *)([\w.-]+):(?: |$)")
_IMAGE = re.compile(r" *(?:- +)?image: *\S")


def joined(
    lines: list[str], rows: Sequence[int], forks: Iterable[tuple[int, ...]]
) -> list[str]:
    """Return *lines* with the last beginning alone of each item that has several.

    Of sides that say the same key the one stays that has containers. *rows* has the
    line of the template for each line. *forks* are in the order in which they end, so
    that the inner ones come first.
    """
    for *begins, last in forks:
        after = bisect_left(rows, last + 1)
        ends = [*begins[1:], last]
        sides = [
            (bisect_left(rows, begin + 1), bisect_left(rows, end))
            for begin, end in zip(begins, ends, strict=True)
        ]
        if sides[-1][1] - sides[0][0] <= FAR:
            _keep_containers(lines, sides)
        firsts = [_first(lines, start, end) for start, end in sides]
        goes_on = _first(lines, after, len(lines))
        dashes = {_dash(lines, at) for at in firsts if at is not None}
        if (
            sides[-1][0] - sides[0][0] > FAR
            or None in firsts
            or len(dashes) != 1
            or goes_on is None
        ):
            continue
        column = dashes.pop()
        line = lines[goes_on]
        if 0 <= column < len(line) - len(line.lstrip()) and line.strip():
            for start, end in sides[:-1]:
                lines[start:end] = [""] * (end - start)
    return lines


def _keep_containers(lines: list[str], sides: list[tuple[int, int]]) -> None:
    """Empty the sides without containers where all sides say a key of one mapping."""
    texts = [
        [line for line in lines[start:end] if line.strip()] for start, end in sides
    ]
    with_images = [any(map(_IMAGE.match, text)) for text in texts]
    if sum(with_images) != 1:
        return
    column = min(len(line) - len(line.lstrip()) for text in texts for line in text)
    keys = [
        {key[2] for line in text if (key := _KEY.match(line)) and len(key[1]) == column}
        for text in texts
    ]
    if not set.intersection(*keys):
        return
    for (start, end), kept in zip(sides, with_images, strict=True):
        if not kept:
            lines[start:end] = [""] * (end - start)


def _first(lines: Sequence[str], start: int, end: int) -> int | None:
    """Return the first line between two that is not empty."""
    end = min(end, start + FAR)
    return next((at for at in range(start, end) if lines[at].strip()), None)


def _dash(lines: Sequence[str], at: int) -> int:
    """Return the column of the dash with which a line begins; -1 without one."""
    line = lines[at].lstrip() if at < len(lines) else ""
    return len(lines[at]) - len(line) if line.startswith("- ") else -1
