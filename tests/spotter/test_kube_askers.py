"""Who asks for a helper in words of its own, and who goes on after the start."""

from pathlib import Path

import pytest
from scanning import labels
from sidecar_spotter import scan

# --- annotations


REQUEST = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: ledger}}
spec:
  selector: {{matchLabels: {{app: ledger}}}}
  template:
    metadata:
      annotations:
        {key}: {value}
    spec:
      containers:
        - name: ledger
          image: registry.example/ledger
"""


def test_an_own_policy_is_asked_for_a_sidecar_by_its_name(tmp_path: Path) -> None:
    key = "pods.example.com/policy-inject-sidecar-request"
    text = REQUEST.format(key=key, value="keys-agent")
    assert labels(tmp_path, {"a.yaml": text}) == {
        "keys-agent": "injected-sidecar",
        "ledger": "main",
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pods.example.com/inject-sidecar", '"false"'),
        ("pods.example.com/inject-sidecar-request", '"no"'),
        ("pods.example.com/inject-sidecar-resources", "small"),
    ],
)
def test_a_refusal_or_a_setting_asks_an_own_policy_for_nothing(
    tmp_path: Path, key: str, value: str
) -> None:
    said = labels(tmp_path, {"a.yaml": REQUEST.format(key=key, value=value)})
    assert "injected-sidecar" not in said.values()


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: ledger
spec:
  values:
    {part}:
      annotations:
        linkerd.io/inject: enabled
"""


def test_values_of_a_release_annotate_the_pods_of_a_part(tmp_path: Path) -> None:
    text = RELEASE.format(part="server")
    assert labels(tmp_path, {"a.yaml": text}) == {"linkerd-proxy": "injected-sidecar"}


@pytest.mark.parametrize("part", ["service", "ingress"])
def test_values_of_a_release_annotate_what_is_no_pod(tmp_path: Path, part: str) -> None:
    assert labels(tmp_path, {"a.yaml": RELEASE.format(part=part)}) == {}


def test_an_application_has_values_as_well(tmp_path: Path) -> None:
    text = """\
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: ledger
      annotations: {linkerd.io/inject: disabled}
    spec:
      source:
        helm:
          valuesObject:
            server:
              annotations:
                linkerd.io/inject: enabled
    """
    assert labels(tmp_path, {"a.yaml": text})["linkerd-proxy"] == "injected-sidecar"


# --- fields of custom resources


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


# --- what goes on with what an init container began


SEEDED = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop-shell}}
spec:
  template:
    spec:
      initContainers:
        - name: early
          image: registry.example/cert-maker:2
          command: [cert-maker]
          volumeMounts: [{{name: certs, mountPath: /certs}}]
      containers:
        - name: shop-shell
          image: registry.example/shop
          volumeMounts: [{{name: certs, mountPath: /certs}}]
        - name: later
          image: {image}
          command: {command}
          volumeMounts: [{{name: certs, mountPath: /certs}}]
"""


@pytest.mark.parametrize("command", ["[cert-maker]", "[cert-maker, again]"])
def test_a_helper_goes_on_with_what_an_init_container_did(
    tmp_path: Path, command: str
) -> None:
    image = "registry.example/cert-maker:2"
    text = SEEDED.format(image=image, command=command)
    assert labels(tmp_path, {"a.yaml": text}) == {
        "early": "init",
        "shop-shell": "main",
        "later": "sidecar",
    }


@pytest.mark.parametrize(
    ("image", "command"),
    [
        ("registry.example/cert-maker:2", "[serve-certs]"),
        ("registry.example/other:2", "[cert-maker, again]"),
    ],
)
def test_another_program_or_image_goes_on_with_nothing(
    tmp_path: Path, image: str, command: str
) -> None:
    text = SEEDED.format(image=image, command=command)
    assert labels(tmp_path, {"a.yaml": text})["later"] == "not-a-sidecar"


def test_a_comment_stands_above_the_name_of_a_container_in_values(
    tmp_path: Path,
) -> None:
    text = """\
    controllers:
      call:
        containers:
          app:
            image: {repository: registry.example/call}
          # Turns the key every hour. A sidecar rather than a CronJob.
          turn:
            image: {repository: registry.example/turn}
    """
    assert labels(tmp_path, {"values.yaml": text}) == {"app": "main", "turn": "sidecar"}
