"""Programs of one unit that are equals, though something of each looks like a helper's.

Each case is told with the one that differs in a word, and is a helper.
"""

import pytest
from reading import unit
from sidecar_spotter.model import Judged
from sidecar_spotter.verdict import judge


def judged(text: str) -> Judged:
    return judge(unit("unit.yaml", text))


def labels(text: str) -> dict[str, str]:
    return {one.name: one.label for one in judged(text).findings}


JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: first-load}
spec:
  template:
    spec:
      containers:
        - name: sync-users
          image: example.com/sync:1
          args: [users]
        - name: sync-orders
          image: example.com/sync:1
          args: [orders]
        - name: sync-stock
          image: IMAGE
"""


def test_who_is_called_for_the_same_work_and_runs_one_image_is_an_equal() -> None:
    found = labels(JOB.replace("IMAGE", "example.com/sync:1"))
    assert list(found.values()) == ["main", "not-a-sidecar", "not-a-sidecar"]


def test_another_image_may_do_another_work() -> None:
    found = labels(JOB.replace("IMAGE", "example.com/puller:1"))
    assert found["sync-stock"] == "sidecar"


TWINS = """\
apiVersion: v1
kind: Pod
metadata: {name: demo}
spec:
  shareProcessNamespace: true
  containers:
    - name: app-ten
      image: example.com/demo:1
      command: [/demo.sh]
      env: [{name: SECRET, value: /run/a}, {name: ROLE, value: "0"}]
      volumeMounts: [{name: secrets, mountPath: /run/a}]
    - name: control
      image: example.com/demo:1
      command: [/control.sh]
      env: [{name: SECRET, value: /run/a}, {name: SETTING, value: "1"}]
      volumeMounts: [{name: secrets, mountPath: /run/a}]
  volumes:
    - name: secrets
      csi: {driver: secrets.example.com, readOnly: true}
"""


@pytest.mark.parametrize(
    ("setting", "label"), [("ROLE", "not-a-sidecar"), ("WATCHES", "sidecar")]
)
def test_copies_with_the_same_mounts_and_settings_are_equals(
    setting: str, label: str
) -> None:
    assert labels(TWINS.replace("SETTING", setting))["control"] == label


SERVED = """\
apiVersion: v1
kind: Pod
metadata: {name: shop, labels: {app: shop}}
spec:
  containers:
    - name: shop
      image: example.com/shop:1
      ports: [{containerPort: 8080}]
    - name: distributor
      image: example.com/distributor:1
      ports: [{containerPort: PORT}]
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: shop}
  ports: [{port: 80, targetPort: 8080}, {port: 81, targetPort: 8081}]
"""


@pytest.mark.parametrize(("port", "reached"), [("8081", True), ("8080", False)])
def test_two_on_the_same_port_are_not_both_reached(port: str, reached: bool) -> None:
    says = [
        one.says
        for finding in judged(SERVED.replace("PORT", port)).findings
        for one in finding.evidence
    ]
    assert ("is reached from outside, as shop is" in says) == reached
