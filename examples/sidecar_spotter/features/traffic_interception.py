"""A set-up that intercepts traffic

An init container, allowed to change the network, sends the application's traffic to a
port where a {term}`proxy` in the same unit listens.

**Strong**: the set-up makes no sense without the neighbor. If nobody listens on that
port, the application has no network.

Kubernetes (`examples/features/traffic-interception/for.yaml`):

```yaml
initContainers:
  - name: redirect
    args: [istio-iptables, -p, "15001", -u, "1337", -m, REDIRECT]
    securityContext:
      capabilities: {add: [NET_ADMIN, NET_RAW], drop: [ALL]}
containers:
  - name: web
  - name: envoy
    ports: [{containerPort: 15001}]
```

Amazon ECS (`examples/features/traffic-interception/for.ecs.json`):

```json
"proxyConfiguration": {
  "type": "APPMESH",
  "containerName": "envoy",
  "properties": [
    {"name": "ProxyEgressPort", "value": "15001"},
    {"name": "AppPorts", "value": "8080"},
    {"name": "IgnoredUID", "value": "1337"}
  ]
}
```

Looks like it, is not (`examples/features/traffic-interception/against.yaml`):

```yaml
initContainers:
  - name: tune
    command: [ip, link, set, eth0, txqueuelen, "2000"]
    securityContext:
      capabilities: {add: [NET_ADMIN, NET_RAW], drop: [ALL]}
```

The ECS field belongs to App Mesh, whose support ended in September 2026
{cite:p}`appmesh-end`. Older repositories still have it.

**What else it could mean.** `NET_ADMIN` alone is a permission, not a redirection: in
`against.yaml` it sets the length of a queue, and no port of a neighbor appears. A VPN
client needs it for itself. In the wild: {project}`an init container that redirects to
Envoy <features-opa-redirect>`.
"""

import re
from collections.abc import Iterator

from sidecar_spotter.model import Container, Evidence, Group
from sidecar_spotter.tables.known import known
from sidecar_spotter.units import running

NAME = "traffic-interception"
STRENGTH = "strong"

RULES = re.compile(
    r"iptables|nftables|redirect-dns|proxy[-_]?(?:uid|inbound-port)|proxy-init"
)


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each proxy to which an init container leads the traffic."""
    for box in group.containers:
        if box.stage == "init" and _redirects(box):
            for other in running(group):
                if _is_proxy(other):
                    says = f"gets the traffic that {box.name} redirects"
                    yield Evidence(NAME, other.name, box.line, says, 1.5, box.name)
    for box in running(group):
        for note in box.notes:
            if note.text.startswith("proxy of "):
                says = "gets its neighbor's traffic: the unit names it as the proxy"
                yield Evidence(NAME, box.name, note.line, says, 2)


def _redirects(box: Container) -> bool:
    texts = [word.text for word in (*box.words, *box.settings)]
    texts.append(box.image.text if box.image else "")
    admin = any(one.text == "NET_ADMIN" for one in box.capabilities)
    return any(RULES.search(text) for text in texts) or (admin and "init" in box.name)


def _is_proxy(box: Container) -> bool:
    image = box.image.text if box.image else ""
    found = known(image, [word.text for word in box.words])
    return "proxy" in box.name or (found is not None and "proxy" in found.role)
