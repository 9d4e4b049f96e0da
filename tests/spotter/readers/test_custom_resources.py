"""Custom resources: what an operator brings, and which fields hold helpers."""

from pathlib import Path

import pytest
from scanning import labels
from sidecar_spotter import scan


@pytest.mark.parametrize(
    "path", ["podMetadata", "inheritMetadata", "restoreJob:\n    metadata"]
)
def test_a_custom_resource_says_what_its_pods_carry(path: str, tmp_path: Path) -> None:
    text = f"""\
apiVersion: shop.example.com/v1
kind: Shop
metadata:
  name: shop
spec:
  {path}:
      labels:
        sidecar.istio.io/inject: "VALUE"
"""
    for value, label in (("false", "not-a-sidecar"), ("true", "injected-sidecar")):
        found = labels(tmp_path, {"shop.yaml": text.replace("VALUE", value)})
        assert found == {"istio-proxy": label}


def test_a_trait_of_kubevela_adds_a_helper(tmp_path: Path) -> None:
    text = """\
    apiVersion: core.oam.dev/v1beta1
    kind: Application
    spec:
      components:
        - name: web
          type: webservice
          properties: {image: example/web}
          traits:
            - type: sidecar
              properties: {name: count, image: busybox, cmd: [tail, -F, /log]}
            - type: scaler
              properties: {name: no, image: no}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {"count": "sidecar"}


def test_a_field_lists_the_sidecars_of_each_program(tmp_path: Path) -> None:
    text = """\
    apiVersion: ships.example.com/v1
    kind: Fleet
    metadata: {name: all}
    spec:
      config:
        sidecars:
          ship-one:
            - name: sql-door
              dockerImage: registry.example/door:1
              port: 3306
          ship-two:
            - name: key-turner
              image: registry.example/turner
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "sql-door": "sidecar",
        "key-turner": "sidecar",
    }
    units = scan(tmp_path).groups
    assert [one.group.name for one in units] == ["ship-one", "ship-two"]


def test_a_field_with_lists_of_settings_has_no_sidecars(tmp_path: Path) -> None:
    text = """\
    apiVersion: ships.example.com/v1
    kind: Fleet
    metadata: {name: all}
    spec:
      sidecars:
        env:
          - name: LEVEL
            value: info
    """
    assert labels(tmp_path, {"a.yaml": text}) == {}


def test_the_runners_of_github_get_a_docker_daemon_by_a_value(tmp_path: Path) -> None:
    text = "githubConfigUrl: https://example.com\ncontainerMode:\n  type: dind\n"
    assert labels(tmp_path, {"values.yaml": text}) == {"dind": "injected-sidecar"}


def test_an_encrypted_resource_says_nothing(tmp_path: Path) -> None:
    text = """\
    kind: "ENC[AES256_GCM,data:nL,type:str]"
    spec:
      containers:
        - {name: "ENC[AES256_GCM,data:o]", image: "ENC[AES256_GCM,data:pf]"}
        - {name: "ENC[AES256_GCM,data:k]", image: "ENC[AES256_GCM,data:pg]"}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {}


@pytest.mark.parametrize("field", ["sidecarConfigs", "sidecarSpecs", "sidecars"])
def test_a_custom_resource_spells_helpers_out(tmp_path: Path, field: str) -> None:
    text = f"""\
    apiVersion: flow.example.com/v1
    kind: FlowCluster
    spec:
      {field}:
      - name: app-log
        image: busybox
        args: [tail, -F, /var/log/app.log]
    """
    assert labels(tmp_path, {"a.yaml": text}) == {"app-log": "sidecar"}


def test_an_operator_brings_the_main_container(tmp_path: Path) -> None:
    text = """\
    apiVersion: example.org/v1
    kind: Dashboard
    spec:
      deployment:
        containers:
          - name: front
            image: quay.io/openshift/origin-oauth-proxy
            args: [-upstream=http://localhost:3000]
    """
    assert labels(tmp_path, {"a.yaml": text}) == {"front": "sidecar"}


def test_a_pod_that_calls_nobody_is_alone(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    spec:
      containers:
        - name: front
          image: quay.io/openshift/origin-oauth-proxy
          args: [-upstream=http://localhost:3000]
    """
    assert labels(tmp_path, {"a.yaml": text}) == {"front": "not-a-sidecar"}


def test_what_an_operator_runs_may_be_changed_beside_a_helper(tmp_path: Path) -> None:
    text = """\
    kind: Elasticsearch
    spec:
      nodeSets:
        - podTemplate:
            spec:
              containers:
                - name: elasticsearch
                  env: [{name: A, value: b}]
                - name: stats
                  image: registry.example.com/stats
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "elasticsearch": "main",
        "stats": "sidecar",
    }


def test_a_store_in_a_field_for_sidecars_is_one(tmp_path: Path) -> None:
    text = """\
    kind: Task
    spec:
      sidecars: [{name: db, image: "postgres:16"}]
      steps: [{name: test, image: golang}]
    """
    assert labels(tmp_path, {"a.yaml": text})["db"] == "sidecar"


@pytest.mark.parametrize(
    "field",
    ["additionalContainer", "extraPodContainers", "workerSidecars", "extra_containers"],
)
def test_a_field_tells_by_its_name_that_it_holds_helpers(
    field: str, tmp_path: Path
) -> None:
    text = f"""\
    kind: Druid
    spec:
      {field}:
        - containerName: send
          image: registry.example.com/send
    """
    assert labels(tmp_path, {"a.yaml": text}) == {"send": "sidecar"}


@pytest.mark.parametrize("field", ["extraInitContainers", "includesContainers"])
def test_other_lists_hold_no_helpers(field: str, tmp_path: Path) -> None:
    text = f"""\
    kind: Druid
    spec:
      {field}:
        - name: send
          image: registry.example.com/send
    """
    assert "sidecar" not in labels(tmp_path, {"a.yaml": text}).values()
