"""The wish for Dapr's container that a module of Bicep is handed.

The modules of Azure's own templates call it `daprEnabled`. A module of the same
checkout is looked into: what it switches its `dapr` on with is what it may be handed.
"""

import posixpath
import re
from collections.abc import Iterator

from sidecar_spotter.checkout.look import Look
from sidecar_spotter.model import Group, Request
from sidecar_spotter.readers.common.fields import Fields, fold
from sidecar_spotter.tree import Node, line, text

OF_APPS = ("daprappid", "containername", "imagename", "targetport")
"""What a module of one application is handed, and one of an environment is not."""
APP = re.compile(rb"'Microsoft\.App/(?:containerApps|jobs)@", re.IGNORECASE)
SWITCH = re.compile(
    rb"\bdapr\s*:\s*(?:\(?(\w+)\)?\s*\?"
    rb"|\{[^{}]{0,2000}?\benabled\s*:\s*\(?(\w+)\)?\s*\n)"
)
"""The parameter of a module that decides whether its application has Dapr."""


def wishes(
    path: str, symbol: Node, where: str, fields: Fields, look: Look
) -> Iterator[Group]:
    """Yield the wish that the call of a module, which is found at *where*, hands on."""
    handed = fields.under("params")
    for name in _switches(path, where, handed, look):
        top = handed.key(name)
        if top is None or not handed.true(name):
            continue
        says = f"asks the platform for Dapr's container: `{text(top)}` is true"
        ask = Request("daprd", "app-runtime", line(top), says)
        called = handed.say("name") or text(symbol)
        first = line(symbol)
        yield Group(path, first, "container-apps", "module", called, requests=(ask,))
        return


def module(path: str, where: str, look: Look) -> bytes | None:
    """Return the text of a module that the file at *path* calls, if it is in here."""
    if not where.endswith(".bicep"):
        return None
    place = posixpath.join(posixpath.dirname(path), where)
    return look(posixpath.normpath(place))


def _switches(path: str, where: str, handed: Fields, look: Look) -> list[str]:
    """Return the names of parameters that switch Dapr on for an application."""
    usual = ["daprenabled"] if any(name in handed for name in OF_APPS) else []
    data = module(path, where, look) or b""
    found = SWITCH.finditer(data) if APP.search(data) is not None else ()
    names = [fold((match[1] or match[2]).decode()) for match in found]
    return usual + [name for name in names if name not in usual]
