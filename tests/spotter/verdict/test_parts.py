"""Units of which a file shows a part, or a single container."""

from pathlib import Path

import pytest
from beginnings import placed
from scanning import labels, path_of

INIT = "initContainers: [{name: fill, image: a}]"


def patch(*rows: str, more: str = "", name: str = "trial") -> str:
    """Return a workload that only changes another, which has an image of its own."""
    text = placed(*rows, kind="Deployment", more=more, name=name)
    return text.replace(", image: none", "").replace(
        "    metadata: {labels: {app: trial}}\n", ""
    )


EMBEDDED = """\
kind: ConfigMap
metadata: {name: settings}
data:
  patch.yaml: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: trial}
    spec:
      template:
        spec:
          containers:
          - {NAMEimage: example.com/a-sidecar, args: [a]}
"""

CASES = [
    pytest.param(
        patch("trial, image: example.com/a-sidecar, args: [a]"),
        {},
        id="changed, with the unit's name",
    ),
    pytest.param(
        patch(", image: example.com/a-sidecar, args: [a]"),
        {"": "sidecar"},
        id="added without a name",
    ),
    pytest.param(
        EMBEDDED.replace("NAME", "name: relay, "),
        {"relay": "sidecar"},
        id="added by a patch in an overlay",
    ),
    pytest.param(
        EMBEDDED.replace("NAME", ""), {}, id="changed by a patch in an overlay"
    ),
    pytest.param(patch("rain, image: none"), {}, id="changed"),
    pytest.param(
        patch("rain, image: none", more=INIT),
        {"fill": "init", "rain": "main"},
        id="changed, with a step before it",
    ),
    pytest.param(
        patch("rain", more=INIT),
        {"fill": "init"},
        id="with an image, and a step before it",
    ),
    pytest.param(
        patch("trial-proxy, image: none", name="trial-proxy"),
        {},
        id="a proxy that is changed",
    ),
    pytest.param(
        patch("trial-proxy, image: none"),
        {"trial-proxy": "sidecar"},
        id="a proxy that is added",
    ),
    pytest.param(
        patch("rain, ports: [{containerPort: 80}]"),
        {"rain": "sidecar"},
        id="added with a port",
    ),
    pytest.param(placed("rain"), {}, id="alone"),
    pytest.param(
        placed("rain", kind="DaemonSet"),
        {"rain": "not-a-sidecar"},
        id="alone on each machine",
    ),
    pytest.param(
        placed("rain", kind="DaemonSet", more=INIT),
        {"fill": "init", "rain": "main"},
        id="alone on each machine, after a step",
    ),
    pytest.param(
        placed("rain, image: falco", kind="DaemonSet", more=INIT),
        {"fill": "init", "rain": "not-a-sidecar"},
        id="a node's agent, after a step",
    ),
    pytest.param(
        placed("relay", kind="Job", more=INIT),
        {"fill": "init", "relay": "main"},
        id="a job's relay, after a step",
    ),
    pytest.param(
        placed("relay", more=INIT),
        {"fill": "init", "relay": "not-a-sidecar"},
        id="a relay after a step",
    ),
    pytest.param(
        placed("relay", kind="Deployment", more=INIT),
        {"fill": "init", "relay": "main"},
        id="a relay's workload",
    ),
    pytest.param(
        placed("relay-sidecar", kind="Deployment", more=INIT),
        {"fill": "init", "relay-sidecar": "not-a-sidecar"},
        id="a sidecar's workload",
    ),
    pytest.param(
        placed("rain, args: [sleep, infinity]", more=INIT),
        {"fill": "init", "rain": "not-a-sidecar"},
        id="who waits after a step",
    ),
    pytest.param(placed("rain, args: [sleep, infinity]"), {}, id="who waits alone"),
]


@pytest.mark.parametrize(("text", "found"), CASES)
def test_what_a_part_of_a_unit_is(
    text: str, found: dict[str, str], tmp_path: Path
) -> None:
    assert labels(tmp_path, {path_of(text): text}) == found
