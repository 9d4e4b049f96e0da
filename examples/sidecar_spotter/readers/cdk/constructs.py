"""Constructs of the CDK that add a container to a task by themselves.

Their names are all that a program says of it. The container has the name that the
construct gives it.
"""

import re
from collections.abc import Iterator
from itertools import islice

from sidecar_spotter.model import Request
from sidecar_spotter.readers.common.source import Code

MOST = 50
"""Constructs of one file that are looked at."""

ADDING: dict[str, tuple[str, str]] = {
    # https://github.com/DataDog/datadog-cdk-constructs
    "DatadogECSFargate": ("datadog-agent", "metrics-agent"),
    # https://github.com/cdklabs/cdk-ecs-service-extensions
    "AppMeshExtension": ("envoy", "mesh-proxy"),
    "FireLensExtension": ("firelens", "log-shipper"),
    "XRayExtension": ("xray", "tracing-agent"),
    "CloudwatchAgentExtension": ("cloudwatch-agent", "metrics-agent"),
    # @aws-cdk/aws-applicationsignals-alpha
    "ApplicationSignalsIntegration": ("cloudwatch-agent", "metrics-agent"),
    "CloudWatchAgentIntegration": ("cloudwatch-agent", "metrics-agent"),
}
"""The container that a construct adds, and its role."""
CONNECT = ("ecs-service-connect", "mesh-proxy")

HINT = (
    r"[eE]rviceConnectConfiguration|service_connect_configuration"
    r"|enable_?[sS]ervice_?[cC]onnect\(|" + "|".join(f"{name}\\(" for name in ADDING)
)
_ADDED = re.compile(r"(?<![\w.])(?:new\s+)?(?:\w{1,60}\.){0,3}(\w{1,60})\(")
_CONNECTED = re.compile(
    r"\b(?:service_?connect_?configuration[\"']?\s*[:=](?!=)"
    r"(?!\s*(?:undefined|null|None|[\w.]{1,120}\s*[<\[]"
    r"|(?:[\w$?!]{1,60}\.){0,4}service_?connect_?configuration\b))"
    r"|enable_?service_?connect\s*\()",
    re.IGNORECASE,
)
"""Where the option gets a value. A type as `Input[Connect]` only declares it, and what
has the option's own name, as `args.serviceConnectConfiguration`, hands it on."""
_DEFINED = re.compile(r"\b(?:function|def|class)\s+$")


def requests(code: Code) -> Iterator[Request]:
    """Yield what a program asks the CDK, or ECS itself, to add to a task."""
    for match in islice(_ADDED.finditer(code.shape), MOST * 100):
        added = ADDING.get(match[1])
        if added is None or _DEFINED.search(code.before(match.start())):
            continue
        says = f"is added to the task by the construct {match[1]}"
        yield Request(*added, code.line(match.start()), says)
    for match in islice(_CONNECTED.finditer(code.shape), MOST):
        says = "asks for the proxy of Service Connect beside each task"
        yield Request(*CONNECT, code.line(match.start()), says)
