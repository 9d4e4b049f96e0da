"""A request for injection

The file shows one container, and an {term}`annotation`, a label or a short block asks
a controller to add a second one. This is {term}`injection`.

**Strong**: the key belongs to one product, and adding a sidecar is what the product
does with it {cite:p}`dapr-kubernetes,istio-injection`. But the helper is not in the
repository. Write down: "asks for a sidecar". Whether it came, only a Pod of the cluster
shows: the Deployment goes on listing one container {cite:p}`istio-injection`.

Kubernetes Pod (`examples/features/injection/for.yaml`):

```yaml
template:
  metadata:
    annotations:
      dapr.io/enabled: "true"
      dapr.io/app-id: web
  spec:
    containers:
      - name: web
```

Kubernetes namespace (`examples/features/injection/for.namespace.yaml`):

```yaml
kind: Namespace
metadata:
  name: shop
  labels:
    istio-injection: enabled
```

Nomad (`examples/features/injection/for.nomad.hcl`):

```text
service {
  name = "web"
  connect {
    sidecar_service {}
  }
}
```

Looks like it, is not (`examples/features/injection/against.yaml`):

```yaml
annotations:
  dapr.io/enabled: "false"
  dapr.io/app-id: web
```

Other switches: `linkerd.io/inject`, `vault.hashicorp.com/agent-inject`,
`sidecar.opentelemetry.io/inject`. In Nomad, `sidecar_service` adds the proxy Envoy as a
task to the {term}`task group` {cite:p}`nomad-sidecar-task`.

**What else it could mean.** Read the value, not only the key: `"false"` and `disabled`
are opt-outs. Read the place as well. Istio and Dapr look at the Pod, so their key must
stand in the template of a {term}`Deployment`, not on the Deployment. {project}`In one
file the Jaeger operator looks at the Deployment, and Istio at the template
<features-istio-app>`. A key on a namespace proves least: it reaches only Pods that
are made after it, and Istio and {project}`Linkerd <features-linkerd-host>` pass over
one that opts out or has `hostNetwork: true` {cite:p}`istio-injection-problems`.

In the wild: {project}`Nomad's own example of a service that asks for its proxy
<features-nomad-connect>`.
"""

from collections.abc import Iterator

from sidecar_spotter.model import Evidence, Group

NAME = "injection"
STRENGTH = "strong"


def look(group: Group) -> Iterator[Evidence]:
    """Yield a reason for each line that asks for injection, or against it."""
    for ask in group.requests:
        if ask.how == NAME:
            weight = 3 if ask.wanted else -3
            yield Evidence(NAME, ask.container, ask.line, ask.says, weight)
            for box in group.containers:
                if ask.wanted and box.name == ask.container:
                    says = "has the name of what the unit asks to be given"
                    yield Evidence(NAME, box.name, box.line, says, 2)
