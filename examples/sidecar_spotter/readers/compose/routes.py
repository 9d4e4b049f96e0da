"""Services that an edge proxy sends callers to, by a route in their labels.

A proxy in front of all services of a machine needs no published port of theirs: it
reads a rule in the labels of each, or in its environment. So its callers come from
outside all the same.
"""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Port
from sidecar_spotter.readers.common.fields import Fields

ROUTE = re.compile(
    r"traefik\.(?:enable=true$|(?:http|tcp)\.routers\.[\w-]+\.rule=|frontend\.rule=)"
    r"|caddy(?:_\d+)?=\S|virtual_host=\S|nginx\.virtual_host=\S",
    re.IGNORECASE,
)
"""A label or a variable that gives a service a route of its own."""
_PORT = re.compile(
    r"(?:traefik\.[\w.-]*port|virtual_port)=(\d{1,5})$"
    r"|caddy[\w.]*reverse_proxy=.*?(?:upstreams|:)\s*(\d{1,5})\b",
    re.IGNORECASE,
)
SOME_PORT = -1
"""The port that a proxy finds out by itself."""


def routed(fields: Fields) -> Iterator[Port]:
    """Yield the port to which a proxy sends callers from outside, if one does."""
    said = [
        *fields.pairs("labels"),
        *fields.under("deploy").pairs("labels"),
        *fields.pairs("environment"),
    ]
    route = next((one for one in said if ROUTE.match(one.text)), None)
    if route is None:
        return
    ports = (match for one in said if (match := _PORT.match(one.text)) is not None)
    match = next(ports, None)
    number = int(match[1] or match[2]) if match is not None else SOME_PORT
    yield Port(number, "", route.line)
