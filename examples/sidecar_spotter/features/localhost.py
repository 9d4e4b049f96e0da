r"""A localhost link

A container is told to call {term}`localhost`, or `127.0.0.1`, on a port that a
neighbor in the same unit listens on.

**Strong**: `localhost` means "this machine", and it reaches another container only
where both share one network. Whoever wrote that address relied on a neighbor, one for
each copy.

Kubernetes (`examples/features/localhost/for.yaml`):

```yaml
- name: api
  env:
    - name: DATABASE_URL
      value: postgresql://127.0.0.1:5432/shop
- name: cloud-sql-proxy
  ports: [{containerPort: 5432}]
```

Compose (`examples/features/localhost/for.compose.yaml`):

```yaml
api:
  environment:
    DATABASE_URL: postgresql://127.0.0.1:5432/shop
cloud-sql-proxy:
  command: [--port=5432, my-project:europe-west1:shop]
  network_mode: service:api
```

Looks like it, is not (`examples/features/localhost/against.compose.yaml`):

```yaml
api:
  environment:
    DATABASE_URL: postgresql://db:5432/shop
db:
  image: postgres:16.3
```

Where a call to localhost reaches a neighbor:

- Kubernetes: all containers of a Pod share it {cite:p}`k8s-pods`.
- Compose: only services with `network_mode: service:` {cite:p}`compose-services`.
- Amazon ECS: a task with `awsvpc`, not with `bridge` {cite:p}`ecs-awsvpc`.
- Cloud Run: all containers of an instance {cite:p}`cloud-run-contract`.
- Nomad: `NOMAD_ADDR_proxy_http` stands for the address of a neighbor called `proxy`,
  and `NOMAD_ADDR_http` for that of the neighbor with the group's port `http`.

So the same two lines are a link in `for.ecs.json` and a mistake in `against.ecs.json`.

**What else it could mean.** A program that asks itself whether it is well: the
{term}`probe` in `against.yaml` calls the port of its own container. Sample settings for
a laptop name localhost too. Always find the container that owns the port:

```{doctest}
>>> import re, yaml
>>> path = REPO / "examples/features/localhost/for.yaml"
>>> containers = yaml.safe_load(path.read_text())["spec"]["containers"]
>>> owner = {port["containerPort"]: container["name"]
...          for container in containers for port in container["ports"]}
>>> for container in containers:
...     for port in re.findall(r"127\.0\.0\.1:(\d+)", str(container)):
...         print(container["name"], "calls", owner[int(port)])
api calls cloud-sql-proxy
```

In the wild: {project}`kube-rbac-proxy checks who may ask, and passes requests on to
127.0.0.1 <features-rbac-proxy>`. It shares no volume with the program behind it: this
link is the only one. To run: {ref}`the lab of HTTPS termination
<lab-https-termination>`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from sidecar_spotter.features.common.addresses import (
    ASKS,
    FAR,
    LISTENS,
    TURNS,
    calls,
    names_no_callee,
    told_of_others,
)
from sidecar_spotter.features.common.helping import helps, measures
from sidecar_spotter.features.common.nomad_addresses import told_by_nomad
from sidecar_spotter.model import Container, Evidence, Group, Text
from sidecar_spotter.tables.known import MAIN, split, telling
from sidecar_spotter.tables.operators import OWN_CONTAINERS
from sidecar_spotter.tables.variables import known_as
from sidecar_spotter.units import OF_NUMBERS, idles, listens, running, stem

NAME = "localhost"
STRENGTH = "strong"

NEAR = 60
"""Characters in front of an address that are looked at for a name."""
BINDS = re.compile(r"--?addr(?:ess)?[= ]\S*")
"""An address without a port, which a program is given to listen on."""
HOST = re.compile(r"(?:^|\s)--?(?:host(?:-?name)?)[=\s]+\Z", re.IGNORECASE)
CLIENT = re.compile(
    r"\b(?:mysql\w*|mariadb\w*|psql|pg_\w+|\w+-cli|\w+-client|mongo\w*|cqlsh|curl|nc)\b"
)
"""Programs that are told with such an option whom to call."""
OF_STORES = {
    **dict.fromkeys(("redis", "valkey", "keydb", "redict"), 6379),
    **dict.fromkeys(("postgres", "postgresql", "pgvector", "postgis"), 5432),
    **dict.fromkeys(("mysql", "mariadb"), 3306),
    **dict.fromkeys(("mongo", "mongodb"), 27017),
    **dict.fromkeys(("elasticsearch", "opensearch"), 9200),
    **{"memcached": 11211, "rabbitmq": 5672, "minio": 9000, "nats": 4222},
}
"""Ports that images of stores listen on where nothing is said of it."""
OF_THE_MACHINE = {
    **{4646: "nomad", 8200: "vault", 8500: "consul", 8501: "consul", 8502: "consul"},
}
"""Ports on which each machine's own agent listens, by its image."""


Heard = dict[int, frozenset[int]]
"""The ports on which each container listens, by its identity."""


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each end of a call to a neighbor at localhost."""
    boxes = running(group)
    if "bridge-network" in group.marks:
        return
    added = {port for ask in group.requests for port in ask.ports}
    callers = _callers(boxes)
    heard = {id(box): listens(box) for box in boxes}
    # An operator adds the main container, and it may be who listens.
    whole = "operator-field" not in group.marks and group.kind not in OWN_CONTAINERS
    for box in boxes:
        others = [
            one
            for one in boxes
            if one is not box and not idles(one) and _one_network(group, box, one)
        ]
        settings = {(one.line, _name(one)) for one in box.settings}
        seen: set[tuple[str, str]] = set()
        for said, option in told_of_others(box):
            for call in calls(said):
                port = call["port"] or ""
                if names_no_callee(said.text, call):
                    continue
                ahead = said.text[max(call.start() - FAR, 0) : call.start()]
                ahead = f"{option[-FAR:]} {ahead}"
                if port.isdecimal() and int(port) in added:
                    continue  # a proxy answers there, which the platform adds
                if not port and _is_told_its_host(box, ahead):
                    continue
                near = others
                if said.source and not port.isdecimal():
                    near = [one for one in others if _is_named(one, ahead)]
                elif port.isdecimal() and (said.source or not whole):
                    near = [one for one in others if int(port) in heard[id(one)]]
                other = _callee(box, near, port, said, callers[port], heard)
                if other is None or (other.name, port) in seen:
                    continue
                seen.add((other.name, port))
                asks = (helps(box) and not helps(other)) or (
                    (said.line, _name(said)) not in settings
                    and (
                        ASKS.search(said.text) is not None or _is_told_of(other, ahead)
                    )
                )
                asks = asks or measures(box) or _tells_numbers_of(box, other)
                yield from _both_ends(box, other, port, said, asks=asks)
        yield from told_by_nomad(group, box, others, NAME)


def _name(setting: Text) -> str:
    return setting.text.partition("=")[0]


def _listens_elsewhere(box: Container) -> bool:
    """Whether a container that says where it listens has not said this port.

    A main program need not name all of its ports, but a helper with a port is there
    for that port. Where it is asked how it is, is no such port.
    """
    return helps(box) and not measures(box) and bool(listens(replace(box, probes=())))


def _callers(boxes: list[Container]) -> dict[str, set[str]]:
    """Return who calls each port at localhost."""
    found: dict[str, set[str]] = defaultdict(set)
    for box in boxes:
        for said, _ in told_of_others(box):
            for call in calls(said):
                found[call["port"] or ""].add(box.name)
    return found


def _left(others: list[Container], rivals: set[str], heard: Heard) -> Container | None:
    """Return the only one that does not call a port itself: it is who listens there.

    One that says on which ports it listens would have said so.
    """
    there = [one for one in others if one.name not in rivals]
    alone = len(there) == 1 < len(others)
    return there[0] if alone and not heard[id(there[0])] else None


def _is_told_its_host(box: Container, ahead: str) -> bool:
    """Whether an option gives a program the address on which it listens itself.

    To a client of a store, such an option says where the store is.
    """
    asks = CLIENT.search(ahead) is not None or measures(box)
    return HOST.search(ahead) is not None and not asks


def _one_network(group: Group, one: Container, other: Container) -> bool:
    """Whether two containers have the same localhost: Compose gives each its own."""
    if group.platform != "compose" and group.kind != "containers":
        return True
    home, away = (
        next((j.text[8:] for j in box.joins if j.text.startswith("network:")), box.name)
        for box in (one, other)
    )
    return home == away


def _callee(
    box: Container,
    others: list[Container],
    port: str,
    said: Text,
    rivals: set[str],
    heard: Heard,
) -> Container | None:
    """Return the neighbor that a call to localhost reaches, if it is one.

    *rivals* are those that call the same port.
    """
    if not port and BINDS.fullmatch(said.text):
        return None
    if LISTENS.search(said.text) and not TURNS.search(said.text):
        return None
    if port.isdecimal():
        number = int(port)
        own = [other for other in others if OF_STORES.get(stem(other)) == number]
        found = [other for other in others if number in heard[id(other)]]
        if own and own[0] not in found and len(others) > 1:
            return None  # it is a store, and anybody's
        if found:
            return found[0]
        if number in heard[id(box)]:
            return None
        whose = OF_THE_MACHINE.get(number)
        if whose is not None and not any(whose in stem(other) for other in others):
            return None
        if (left := _left(others, rivals, heard)) is not None:
            return left
        if len(others) == 1 and _listens_elsewhere(others[0]):
            return None
    if len(others) == 1:
        return others[0]
    # `SHOP_STORE_URL=http://localhost:8083` is named after `shop-store`.
    named = "".join(split(re.split(r"[:=]", said.text, maxsplit=1)[0]))
    called = ((one, "".join(split(one.name))) for one in others)
    return next((one for one, name in called if name and name in named), None)


def _tells_numbers_of(box: Container, other: Container) -> bool:
    """Whether a container has ports for numbers alone, and so is called for no more.

    If it calls a helper or a store, it is a program with numbers of its own.
    """
    numbers = box.ports and all(OF_NUMBERS.search(port.name) for port in box.ports)
    return bool(numbers) and known_as(other) is None and not helps(other)


def _is_told_of(other: Container, option: str) -> bool:
    """Whether a command names the neighbor that it is about, as `--reader` does.

    A neighbor with the name of a helper is what helps; any other is what is helped.
    """
    return _is_named(other, option) and telling(other.name) in (None, MAIN)


def _is_named(other: Container, ahead: str) -> bool:
    """Whether what stands in front of an address has a neighbor's name in it."""
    words = split(other.name)
    return bool(words) and set(words) <= set(split(ahead[-NEAR:]))


def _both_ends(
    box: Container, other: Container, port: str, said: Text, *, asks: bool
) -> Iterator[Evidence]:
    at = f"localhost:{port}" if port.isdecimal() else "localhost"
    source = f", as {said.source} says" if said.source else ""
    says = f"calls {at}, where {other.name} listens{source}"
    yield Evidence(NAME, box.name, said.line, says, 0.5 if asks else -0.2, other.name)
    says = f"is called by {box.name} at {at}{source}"
    # What is measured is what somebody cares for.
    weight = (-0.1 if measures(box) else 0.1) if asks else 0.5
    yield Evidence(NAME, other.name, said.line, says, weight, box.name)
