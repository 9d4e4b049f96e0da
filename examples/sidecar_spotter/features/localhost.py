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
- Nomad: `NOMAD_ADDR_proxy_http` stands for the address of a neighbor called `proxy`.

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
from collections.abc import Iterator

from sidecar_spotter.known import MAIN, split, telling
from sidecar_spotter.model import Container, Evidence, Group, Text
from sidecar_spotter.units import idles, listens, running, stem
from sidecar_spotter.variables import known_as

NAME = "localhost"
STRENGTH = "strong"

HERE = re.compile(
    r"(?<![\w.-])(?:localhost|127\.0\.0\.1|\[::1\])(?::(?P<port>\d{1,5}|\$?[({\w]+))?"
    r"(?![\w.-])"
)
ASKS = re.compile(
    r"upstream|target|backend|scrape|uri|url|addr|reload|endpoint|webhook|server|forward"
    r"|proxy|connect|dsn|source",
    re.IGNORECASE,
)
LISTENS = re.compile(
    r"listen|bind|--?(?:web|http|metrics|telemetry|health)[\w.-]*addr|advertise",
    re.IGNORECASE,
)

TURNS = re.compile("upstream|reload", re.IGNORECASE)
"""Words that turn an option of the first kind into one that names another."""
OWN = re.compile(
    r"(?:(?:phx|virtual|public|external|listen|bind|http|app|site|advertised?)_?)?"
    r"host(?:_?name)?=\S+",
    re.IGNORECASE,
)
"""A setting that names no one: the address that the program itself has."""
NEAR = 60
"""Characters in front of an address that are looked at."""
TASK = re.compile(r"NOMAD_(?:HOST_)?(?:ADDR|PORT|IP)_(\w+)")
"""A variable in which Nomad tells a task the address of another one of its group."""
BINDS = re.compile(r"--?addr(?:ess)?[= ]\S*")
"""An address without a port, which a program is given to listen on."""


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


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each end of a call to a neighbor at localhost."""
    boxes = running(group)
    if len(boxes) < 2 or "bridge-network" in group.marks:
        return
    for box in boxes:
        others = [
            one
            for one in boxes
            if one is not box and not idles(one) and _one_network(group, box, one)
        ]
        seen: set[tuple[str, str]] = set()
        for said, option in _of_others(box):
            for call in HERE.finditer(said.text):
                port = call["port"] or ""
                other = _callee(box, others, port, said)
                if other is None or (other.name, port) in seen:
                    continue
                seen.add((other.name, port))
                asks = (helps(box) and not helps(other)) or (
                    said not in box.settings
                    and (
                        ASKS.search(said.text) is not None
                        or _is_told_of(other, f"{option} {said.text[: call.start()]}")
                    )
                )
                yield from _both_ends(box, other, port, said, asks=asks)
        if group.platform == "nomad":
            yield from _told_by_nomad(box, others)


def asks_elsewhere(box: Container) -> bool:
    """Whether a container is told to call a port at localhost that is not its own."""
    for said in box.words:
        for call in HERE.finditer(said.text):
            port = call["port"] or ""
            ahead = said.text[: call.start()]
            asks = ASKS.search(ahead) is not None and not LISTENS.search(ahead)
            if asks and not (port.isdecimal() and int(port) in listens(box)):
                return True
    return False


def _told_by_nomad(box: Container, others: list[Container]) -> Iterator[Evidence]:
    """Yield both ends of a call to a task that a variable of Nomad names."""
    for said in (*box.words, *box.settings):
        for match in TASK.finditer(said.text):
            for other in others:
                name = re.sub(r"\W", "_", other.name)
                if match[1] != name and not match[1].startswith(f"{name}_"):
                    continue
                asks = helps(box)
                if asks == helps(other):
                    continue  # equals call one another, too
                says = f"is told the address of {other.name} by {match[0]}"
                weight = 0.5 if asks else -0.2
                yield Evidence(NAME, box.name, said.line, says, weight, other.name)
                says = f"is called by {box.name}, which is told {match[0]}"
                weight = 0.1 if asks else 0.5
                yield Evidence(NAME, other.name, said.line, says, weight, box.name)
                return


def _of_others(box: Container) -> Iterator[tuple[Text, str]]:
    """Yield what a container is told, without the address that is its own.

    Beside it stands the option that it is the value of, if it is one of a command's.
    """
    option = ""
    for word in box.words:
        if not (LISTENS.search(option) and not TURNS.search(option)):
            yield word, option
        waits = word.text.startswith("-") and "=" not in word.text
        option = word.text if waits else ""
    yield from ((one, "") for one in box.settings if not OWN.fullmatch(one.text))


def _one_network(group: Group, one: Container, other: Container) -> bool:
    """Whether two containers have the same localhost: Compose gives each its own."""
    if group.platform != "compose":
        return True
    home, away = (
        next((j.text[8:] for j in box.joins if j.text.startswith("network:")), box.name)
        for box in (one, other)
    )
    return home == away


def _callee(
    box: Container, others: list[Container], port: str, said: Text
) -> Container | None:
    """Return the neighbor that a call to localhost reaches, if it is one."""
    if not port and BINDS.fullmatch(said.text):
        return None
    if LISTENS.search(said.text) and not TURNS.search(said.text):
        return None
    if port.isdecimal():
        number = int(port)
        own = [other for other in others if OF_STORES.get(stem(other)) == number]
        found = [other for other in others if number in listens(other)]
        if own and own[0] not in found and len(others) > 1:
            return None  # it is a store, and anybody's
        if found:
            return found[0]
        if number in listens(box):
            return None
        whose = OF_THE_MACHINE.get(number)
        if whose is not None and not any(whose in stem(other) for other in others):
            return None
    if len(others) == 1:
        return others[0]
    # `SHOP_STORE_URL=http://localhost:8083` is named after `shop-store`.
    named = "".join(split(re.split(r"[:=]", said.text, maxsplit=1)[0]))
    called = ((one, "".join(split(one.name))) for one in others)
    return next((one for one, name in called if name and name in named), None)


def helps(box: Container) -> bool:
    """Whether a container looks like a helper: whom it calls is whom it serves."""
    found = known_as(box)
    if found is not None:
        return found.sure > 0
    return telling(box.name) not in (None, MAIN)


def _is_told_of(other: Container, option: str) -> bool:
    """Whether a command names the neighbor that it is about, as `--reader` does.

    A neighbor with the name of a helper is what helps; any other is what is helped.
    """
    words = split(other.name)
    named = bool(words) and set(words) <= set(split(option[-NEAR:]))
    return named and telling(other.name) in (None, MAIN)


def _both_ends(
    box: Container, other: Container, port: str, said: Text, *, asks: bool
) -> Iterator[Evidence]:
    at = f"localhost:{port}" if port.isdecimal() else "localhost"
    says = f"calls {at}, where {other.name} listens"
    yield Evidence(NAME, box.name, said.line, says, 0.5 if asks else -0.2, other.name)
    says = f"is called by {box.name} at {at}"
    weight = 0.1 if asks else 0.5
    yield Evidence(NAME, other.name, said.line, says, weight, box.name)
