"""Services: what they ask for, and what they say of the tasks that they run."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sidecar_spotter.model import Group, Request
from sidecar_spotter.readers.common.fields import Fields, number
from sidecar_spotter.readers.ecs.documents import resources
from sidecar_spotter.tree import Node, entries, line


def by_definition(services: Iterable[Fields]) -> dict[str, list[Fields]]:
    """Return the services by each word of the task definition that they name."""
    found: dict[str, list[Fields]] = defaultdict(list)
    for service in services:
        for word in set(re.findall(r"[\w-]+", service.say("taskdefinition")[:200])):
            found[word].append(service)
    return found


def balanced(services: Iterable[Fields]) -> Iterator[int]:
    """Yield the ports of a task that load balancers send requests to."""
    for service in services:
        for target in service.mappings("loadbalancers", "loadbalancer"):
            if (port := number(target.get("containerport"))) is not None:
                yield port


def daemon(services: Iterable[Fields]) -> frozenset[str]:
    """Return the mark of a task that runs once on each machine, if it does."""
    every = any(one.say("schedulingstrategy") == "DAEMON" for one in services)
    return frozenset({"daemon"} if every else ())


def connect(fields: Fields, top: Node) -> Request:
    """Return what the configuration *fields* of Service Connect ask for.

    ECS adds a proxy to each task of the service, which no task definition lists.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html
    """
    said = fields.said("enabled")
    wanted = said is None or said.text.lower() != "false"
    says = "asks Amazon ECS for a proxy container: Service Connect is on"
    if not wanted:
        says = "asks for no proxy: Service Connect is off"
    where = line(top)
    return Request("ecs-service-connect", "mesh-proxy", where, says, wanted)


def connected(tree: Node | None) -> Iterator[Group]:
    """Yield what services ask Service Connect for.

    They are resources of a template, or what the API is handed, in a file of its own.
    """
    services = list(resources(tree, "AWS::ECS::Service"))
    top_one = Fields(tree)
    if tree is not None and ("taskdefinition" in top_one or "servicename" in top_one):
        services.append((top_one.say("servicename", "service"), tree))
    for name, node in services:
        service = Fields(node)
        top = service.key("serviceconnectconfiguration")
        if top is None:
            continue
        for body in service.each("serviceconnectconfiguration"):
            if next(entries(body), None) is not None:
                ask = connect(Fields(body), top)
                kind = "AWS::ECS::Service"
                yield Group("", line(top), "ecs", kind, name, requests=(ask,))
