"""Stores beside a program: who but it can reach them?"""

from pathlib import Path

import pytest
from scanning import labels


def label(tmp_path: Path, name: str, text: str) -> str:
    return labels(tmp_path, {name: text})["redis"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "service.yaml",
            """\
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: {name: bridge}
            spec:
              template:
                spec:
                  containers:
                    - {name: bridge, image: example.com/b, ports: [{containerPort: 80}]}
                    - {name: redis, image: "redis:7"}
            """,
        ),
        (
            "main.tf",
            """\
            resource "azurerm_container_app" "bridge" {
              name = "bridge"
              template {
                container {
                  name  = "bridge"
                  image = "example.com/bridge"
                }
                container {
                  name  = "redis"
                  image = "redis:7"
                }
              }
              ingress {
                target_port = 80
              }
            }
            """,
        ),
    ],
)
def test_where_one_container_gets_the_requests_a_store_beside_it_is_private(
    tmp_path: Path, name: str, text: str
) -> None:
    assert label(tmp_path, name, text) == "sidecar"


def test_in_a_pod_others_may_reach_a_store(tmp_path: Path) -> None:
    text = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: bridge}
    spec:
      containers:
        - {name: bridge, image: example.com/b, ports: [{containerPort: 80}]}
        - {name: redis, image: "redis:7"}
    """
    assert label(tmp_path, "pod.yaml", text) == "not-a-sidecar"


def test_a_store_behind_one_door_is_private(tmp_path: Path) -> None:
    text = """\
properties:
  managedEnvironmentId: /subscriptions/x
  configuration:
    ingress: {external: true, targetPort: 8080}
  template:
    containers:
      - name: web
        image: example.com/web
      - name: redis
        image: redis:7
"""
    assert labels(tmp_path, {"app.yaml": text})["redis"] == "sidecar"
