"""Command lines of scripts that ask for a sidecar, or start a program with one.

A script of a shell, of PowerShell or of Windows, and a recipe of make, deploys as a
manifest does, where it hands a platform the wish for a sidecar as an option. Only
these commands are looked at, where a line begins with one or one follows another;
nothing is run.

- `dapr run --app-id NAME`: https://docs.dapr.io/reference/cli/dapr-run/
- `az containerapp create --enable-dapr`:
  https://learn.microsoft.com/cli/azure/containerapp
- `kubectl label` and `kubectl annotate`, with what an injector looks at
- `gcloud run deploy --container NAME`, once for each container: `revisions`
"""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Group, Request, Text
from sidecar_spotter.readers.common import code_files
from sidecar_spotter.readers.shell import revisions
from sidecar_spotter.readers.shell.lines import NEXT, START, lines_of
from sidecar_spotter.tables import injectors

HINT = re.compile(
    rb"--enable-dapr\b|\bdapr\s+run\b|\b(?:kubectl|oc)\b[^\n]{0,200}\b(?:label|annotate)\b"
    rb"|\bgcloud\s[^\n]{0,200}\brun\s"
)
COMMAND = re.compile(
    START + r"(?P<what>dapr\s+run|az\s+containerapp\s+(?:create|update|up)"
    r"|(?:kubectl|oc)\s+(?:-[\w-]+[= ]\S+\s+)*(?:label|annotate)"
    r"|gcloud\s+(?:(?:alpha|beta)\s+)?run\s+(?:(?:services|jobs|worker-pools)\s+)?"
    r"(?:deploy|create|update))(?=\s)"
)
MOST = 500
"""Commands of one file that are looked at."""

_SAID = r"[= \t\\`^\n]+[\"']?(?P<said>[^\s\"';)]+)"
_SWITCH = re.compile(r"--enable-dapr(?![\w-])(?:[= \t]+[\"']?(?P<said>true|false)\b)?")
_APP = re.compile(r"(?:--app-id|\s-a)" + _SAID)
_NAME = re.compile(r"(?:--name|\s-n)" + _SAID)
_PAIR = re.compile(r"(?<=\s)[\"']?(?P<key>[\w./-]+)=[\"']?(?P<value>[\w.,-]+)[\"']?")
_OBJECT = re.compile(
    r"\s(?P<kind>namespaces?|ns|pods?|po|deploy\w*|sts|statefulsets?)(?=[\s/])"
    r"[\s/]*[\"']?(?P<said>[^\s\"']*)"
)


def units(path: str, text: str) -> Iterator[Group]:
    """Yield a unit for each command that asks for a sidecar, or places several."""
    if len(text) > code_files.LARGEST:
        return
    left = MOST
    for first, row in lines_of(text):
        for command in COMMAND.finditer(row):
            left -= 1
            if left < 0:
                return
            after = NEXT.search(row, command.end())
            said = row[command.end() : after.start() if after else len(row)]
            at = first + row.count("\n", 0, command.end())
            yield from _unit(path, at, command["what"], said)


def _unit(path: str, first: int, what: str, said: str) -> Iterator[Group]:
    """Yield what a command asks for, whose options *said* begins on a line."""
    said = re.sub(r"(?<=\s)#[^\n]*", "", said)
    if what.startswith("gcloud"):
        yield from revisions.units(path, first, said)
        return
    if what.startswith("dapr"):
        asks, name = _run(first, said), _APP.search(said)
        platform, kind = "dapr", "dapr run"
    elif what.startswith("az"):
        asks, name = _switch(first, said), _NAME.search(said)
        platform, kind = "container-apps", "az containerapp"
    else:
        asks, name = _labels(first, said), _OBJECT.search(said)
        platform, kind = "kubernetes", " ".join(what.split()[:1])
    if requests := tuple(asks):
        called = name["said"] if name is not None else ""
        yield Group(path, first, platform, kind, called, requests=requests)


def _run(first: int, said: str) -> Iterator[Request]:
    """Yield the sidecar that starts with a program, which the command gives a name."""
    if (name := _APP.search(said)) is not None:
        says = "is started beside the program by `dapr run`"
        at = first + said.count("\n", 0, name.start("said"))
        yield Request("daprd", "app-runtime", at, says)


def _switch(first: int, said: str) -> Iterator[Request]:
    if (switch := _SWITCH.search(said)) is not None:
        wanted = switch["said"] != "false"
        says = "asks the platform for Dapr's container: `--enable-dapr`"
        if not wanted:
            says = "asks for no Dapr container: `--enable-dapr` is false"
        at = first + said.count("\n", 0, switch.start())
        yield Request("daprd", "app-runtime", at, says, wanted)


def _labels(first: int, said: str) -> Iterator[Request]:
    """Yield what is asked of an injector by the labels that an object is given."""
    what = _OBJECT.search(said)
    if what is None:
        return
    kind = what["kind"]
    where = "pod" if kind.startswith("po") else "workload"
    where = "namespace" if kind.startswith("n") else where
    pairs = []
    for pair in _PAIR.finditer(said):
        at = first + said.count("\n", 0, pair.start())
        pairs.append((Text(pair["key"], at), Text(pair["value"], at)))
    yield from injectors.requests(pairs, where)
