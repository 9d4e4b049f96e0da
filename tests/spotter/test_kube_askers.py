"""Who asks for a helper in words of its own, and who works on after the start."""

from pathlib import Path
from textwrap import dedent

import pytest
from sidecar_spotter import scan


def found(tmp_path: Path, text: str, name: str = "a.yaml") -> dict[str, str]:
    """Return the labels that a scan of one file gives, by container."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    report = scan(tmp_path)
    assert report.skipped == ()
    return {one.name: one.label for j in report.groups for one in j.findings}


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
    assert found(tmp_path, text) == {
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
    labels = found(tmp_path, REQUEST.format(key=key, value=value))
    assert "injected-sidecar" not in labels.values()


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
    assert found(tmp_path, text) == {"linkerd-proxy": "injected-sidecar"}


@pytest.mark.parametrize("part", ["service", "ingress"])
def test_values_of_a_release_annotate_what_is_no_pod(tmp_path: Path, part: str) -> None:
    assert found(tmp_path, RELEASE.format(part=part)) == {}


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
    assert found(tmp_path, text)["linkerd-proxy"] == "injected-sidecar"


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
    assert found(tmp_path, text) == {"sql-door": "sidecar", "key-turner": "sidecar"}
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
    assert found(tmp_path, text) == {}


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
    assert found(tmp_path, text) == {
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
    assert found(tmp_path, text)["later"] == "not-a-sidecar"


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
    assert found(tmp_path, text, "values.yaml") == {"app": "main", "turn": "sidecar"}


# --- main programs


def test_a_program_is_called_as_its_image_and_its_worker_is_not(
    tmp_path: Path,
) -> None:
    text = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: errors}
    spec:
      containers:
        - name: snap-worker
          image: registry.example/bugs:1
          args: [work]
        - name: bugs
          image: registry.example/bugs:1
          args: [serve]
    """
    assert found(tmp_path, text)["bugs"] == "main"


def test_a_web_server_of_ones_own_is_in_front_of_what_answers(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: orders-deployment}
    spec:
      template:
        spec:
          containers:
            - name: lamp
              image: registry.example/orders-lamp:1
              ports: [{containerPort: 9000}]
            - name: nginx
              image: registry.example/orders-nginx:1
              ports: [{containerPort: 8080}]
    """
    assert found(tmp_path, text) == {"lamp": "main", "nginx": "sidecar"}


def test_a_tool_with_a_script_works_for_the_program_beside_it(tmp_path: Path) -> None:
    text = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: farm}
    spec:
      containers:
        - name: farm
          image: registry.example/farm:7
          volumeMounts: [{name: settings, mountPath: /farm/settings}]
        - name: happenings
          image: alpine/curl
          command: [sh, /farm/scripts/happen.sh]
          volumeMounts:
            - {name: settings, mountPath: /farm/settings}
            - {name: scripts, mountPath: /farm/scripts}
      volumes:
        - {name: settings, configMap: {name: settings}}
        - {name: scripts, configMap: {name: scripts}}
    """
    assert found(tmp_path, text) == {"farm": "main", "happenings": "sidecar"}


def test_a_shell_that_waits_beside_servers_serves_nobody(tmp_path: Path) -> None:
    text = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: farm}
    spec:
      containers:
        - name: farm
          image: registry.example/farm:7
        - name: happenings
          image: busybox
          command: [sleep, infinity]
    """
    assert found(tmp_path, text)["happenings"] == "not-a-sidecar"


# --- Jsonnet


def test_a_container_that_a_list_of_its_own_file_names_stands_alone(
    tmp_path: Path,
) -> None:
    text = """\
    {
      deployment:
        local c = {
          name: 'counter-metrics',
          image: $.image,
        };
        {
          kind: 'Deployment',
          spec: {template: {spec: {containers: [c]}}},
        },
    }
    """
    labels = found(tmp_path, text, "counter.libsonnet")
    assert labels in ({}, {"counter-metrics": "not-a-sidecar"})


# --- what does not tie


SCRATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: mill}}
spec:
  template:
    spec:
      containers:
        - name: mill
          image: registry.example/mill
          volumeMounts: [{{name: tmp, mountPath: /tmp}}]
        - name: second
          image: registry.example/grain
          {told}
          volumeMounts: [{{name: tmp, mountPath: /tmp}}]
      volumes: [{{name: tmp, emptyDir: {{}}}}]
"""


def test_a_folder_for_scratch_ties_nobody(tmp_path: Path) -> None:
    text = SCRATCH.format(told="")
    assert found(tmp_path, text) == {"mill": "main", "second": "not-a-sidecar"}


def test_a_file_in_such_a_folder_ties_them(tmp_path: Path) -> None:
    text = SCRATCH.format(told="args: [--follow=/tmp/mill.log]")
    assert found(tmp_path, text) == {"mill": "main", "second": "sidecar"}


def test_the_image_that_is_called_as_the_unit_is_the_main_one(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: our-pages}
    spec:
      template:
        spec:
          containers:
            - name: rain
              image: registry.example/rain
            - name: httpd
              image: registry.example/our-pages:3
    """
    assert found(tmp_path, text) == {"rain": "not-a-sidecar", "httpd": "main"}
