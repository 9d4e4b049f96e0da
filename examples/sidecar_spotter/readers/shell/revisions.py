"""Containers of Cloud Run that a command line lists, each with options of its own.

    gcloud run deploy shop --container till --image till:1 --port 8080 \\
        --container mail --image mail:1

What follows a `--container` is that container's, up to the next one:
https://docs.cloud.google.com/sdk/gcloud/reference/run/deploy
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from sidecar_spotter.model import Container, Group, Port, Text

MOST = 200
"""Options of one command that are looked at."""

_OPTION = re.compile(
    r"(?<=\s)--(?P<option>container|image|port|command|args|depends-on"
    r"|(?:set|update)-env-vars|(?:startup|liveness)-probe)(?:=|[ \t\\`^\n]{1,200})"
    r"(?:\"(?P<two>[^\"\n]{0,2000})\"|'(?P<one>[^'\n]{0,2000})'|(?P<bare>[^\s\"';)]+))"
)
_NAME = re.compile(r"[ \t\\`^\n]*[\"']?(?P<said>[^\s\"'-][^\s\"']*)")
_PORT = re.compile(r"\d{1,5}")
_PARTS = re.compile(r"\^(?P<by>[^^]{1,9})\^(?P<said>.*)", re.DOTALL)
"""A list whose parts something else than a comma is between: `^:^a:b`."""


def units(path: str, first: int, said: str) -> Iterator[Group]:
    """Yield the unit of a command, whose options *said* begins on the line *first*."""
    boxes: list[dict[str, list[Text]]] = []
    for match in islice(_OPTION.finditer(said), MOST):
        at = first + said.count("\n", 0, match.start())
        value = Text(match["two"] or match["one"] or match["bare"] or "", at)
        if match["option"] == "container":
            boxes.append(defaultdict(list))
        if boxes:
            boxes[-1][match["option"]].append(value)
    if boxes:
        name = _NAME.match(said)
        called = name["said"] if name is not None else ""
        listed = tuple(map(_container, boxes))
        yield Group(path, first, "cloud-run", "gcloud run", called, listed)


def _container(options: dict[str, list[Text]]) -> Container:
    """Return the container that the options after one `--container` describe."""
    name = options["container"][0]
    return Container(
        name.text,
        name.line,
        image=next(iter(options["image"]), None),
        words=tuple(_parts(options["command"] + options["args"])),
        settings=tuple(_parts(options["set-env-vars"] + options["update-env-vars"])),
        ports=tuple(
            Port(int(port.text) if _PORT.fullmatch(port.text) else None, "", port.line)
            for port in options["port"]
        ),
        probes=tuple(options["startup-probe"] + options["liveness-probe"]),
        waits_for=tuple(_parts(options["depends-on"])),
    )


def _parts(lists: list[Text]) -> Iterator[Text]:
    """Yield what stands between the commas of each list."""
    for one in lists:
        match = _PARTS.match(one.text)
        text, by = (match["said"], match["by"]) if match else (one.text, ",")
        for part in text.split(by):
            if part:
                yield Text(part, one.line)
