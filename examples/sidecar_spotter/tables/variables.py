"""What the variables of a container's environment tell of the program in it.

Where an image is a parameter, or a copy in a registry of one's own, its name tells
nothing. But some variables are read by one product alone. Those that an application
is given too, such as the address of an agent, are none of them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from sidecar_spotter.model import Container, Text
from sidecar_spotter.tables.known import (
    ALWAYS,
    MAIN,
    MOSTLY,
    PAIRS,
    Known,
    known,
    split,
)
from sidecar_spotter.units import OWN_IMAGE

TABLE: tuple[tuple[str, str, float, str], ...] = (
    ("mesh-proxy", "envoy of App Mesh", ALWAYS, r"APPMESH_\w+"),
    ("mesh-proxy", "envoy of Istio", ALWAYS, r"ISTIO_META_\w+"),
    ("log-shipper", "aws-for-fluent-bit", ALWAYS, r"aws_fluent_bit_init_\w+"),
    ("tracing-agent", "aws-otel-collector", MOSTLY, r"AOT_CONFIG_CONTENT"),
    ("metrics-agent", "cloudwatch-agent", MOSTLY, r"CW_CONFIG_CONTENT"),
    (
        "metrics-agent",
        "datadog-agent",
        MOSTLY,
        r"ECS_FARGATE|DD_(?:APM|DOGSTATSD)_NON_LOCAL_TRAFFIC|DD_APM_RECEIVER_SOCKET",
    ),
    ("metrics-agent", "newrelic-infra", MOSTLY, r"NRIA_\w+"),
    ("metrics-adapter", "redis-exporter", ALWAYS, r"REDIS_EXPORTER_\w+"),
    ("metrics-adapter", "a database's exporter", MOSTLY, r"DATA_SOURCE_(?:NAME|URI)"),
    ("tunnel-proxy", "tailscale", MOSTLY, r"TS_(?:AUTHKEY|STATE_DIR|USERSPACE)"),
    ("tunnel-proxy", "gluetun", MOSTLY, r"VPN_SERVICE_PROVIDER"),
    ("tunnel-proxy", "cloudflared", MOSTLY, r"TUNNEL_TOKEN"),
    ("auth-proxy", "oauth2-proxy", MOSTLY, r"OAUTH2_PROXY_\w+"),
    ("database-proxy", "cloud-sql-proxy", ALWAYS, r"CSQL_PROXY_\w+"),
    ("git-sync", "git-sync", ALWAYS, r"GIT_?SYNC_(?:REPO|ROOT|DEST|LINK)"),
    ("backup", "litestream", MOSTLY, r"LITESTREAM_(?:REPLICA_URL|CONFIG)"),
)
"""Role, name and how sure it is that it helps; and the variables, as expressions."""
MOST = 100
"""Variables of one container that are looked at."""

_NAMES = re.compile("|".join(f"({names})" for _, _, _, names in TABLE))


def known_as(box: Container) -> Known | None:
    """Return what a container is known as by image, command or variables."""
    image = box.image.text if box.image is not None else ""
    found = known(image, [word.text for word in box.words])
    if found is None and not OWN_IMAGE.search(image):  # a chart is for its own program
        return of_variables(box.settings)
    if found is not None and found.by == "expression" and found.sure > 0:
        # Two words of its own name say more than one that gives the image.
        told = PAIRS.get("-".join(split(box.name)[-2:]), MAIN)
        return found if told == MAIN else replace(found, role=told)
    return found


def is_gateway(box: Container) -> bool:
    """Whether the command of a mesh's proxy makes it a gateway: others come to it."""
    found = known_as(box)
    return found is not None and found.role == "gateway"


def of_variables(settings: Sequence[Text]) -> Known | None:
    """Return what the environment of a container tells, if it is some product's."""
    for said in settings[:MOST]:
        match = _NAMES.fullmatch(said.text.partition("=")[0])
        if match is not None and match.lastindex is not None:
            role, name, sure, _ = TABLE[match.lastindex - 1]
            return Known(name, role, sure, "expression")
    return None
