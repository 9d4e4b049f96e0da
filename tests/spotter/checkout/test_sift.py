"""What the quick filter drops, and what it must not."""

from pathlib import Path

import pytest
from scanning import scanned
from sidecar_spotter.checkout.sift import sift

LONE = """\
kind: Deployment
metadata: {name: web}
spec:
  selector: {}
  template:
    spec:
      containers:
      - name: web
        image: registry.example/web
        env:
        - name: MODE
          value: quick
      volumes:
      - name: data
"""
SCHEMA = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  containers:
    description: such as a sidecar
"""
SERVICE = "kind: Service\nspec: {}\n"


def stays(text: str, path: str = "a.yaml") -> bool:
    return bool(sift(path, text.encode()).strip())


@pytest.mark.parametrize(
    "text",
    [
        LONE,
        SCHEMA,
        SERVICE,
        "kind: ConfigMap\ndata: {a: b}\n",
        LONE.replace("kind: Deployment", "kind: Pod").replace("  selector: {}\n", ""),
        LONE.replace("registry.example/web", "{{ .Values.image }}"),
        LONE + "---\n" + SCHEMA + "---\n" + SERVICE,
        # Words that ask for a container, where nothing could be one.
        "kind: ClusterRole\nmetadata: {labels: {istio.io/rev: default}}\n",
        "lockfileVersion: 9\npackages: {inject-stylesheet: 1}\n",
    ],
)
def test_what_deploys_one_program_at_most_is_dropped(text: str) -> None:
    assert not stays(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("      volumes:", "      - name: second\n      volumes:"),
        ("      volumes:", "      # and\n      - name: second\n      volumes:"),
        ("      volumes:", "\n{{ if .Values.x }}\n      - name: y\n      volumes:"),
        ("      volumes:", "      {{- include `x` . | nindent 6 }}\n      volumes:"),
        ("      volumes:", "      {%- for x in y %}\n      volumes:"),
        (
            "      volumes:",
            "      initContainers:\n      - name: z\n      volumes:",
        ),
        ("      volumes:", "      extraContainers: []\n      volumes:"),
        ("      volumes:", "      hostPID: true\n      volumes:"),
        ("  selector: {}\n", ""),  # a patch of another one
        ("  selector: {}\n", "  nodeSelector: {}\n"),
        ("name: web\n", "name: sidecar\n"),
        ("name: web\n", "name: log-shipper\n"),
        ("registry.example/web", "quay.io/oauth2-proxy/oauth2-proxy:v7"),
        ("kind: Deployment", "kind: DaemonSet"),
        ("{name: web}", "{name: web, labels: {sidecar.istio.io/inject: 'false'}}"),
        ("{name: web}", "{name: web, annotations: {dapr.io/enabled: 'true'}}"),
        ("containers:\n", "containers: &boxes\n      - name: zero\n"),
        ("containers:\n", "containers: *boxes\n      other:\n"),
        ("containers:\n", "containers: [{name: a}, {name: b}]\n      other:\n"),
        ("containers:\n", "containers:\n      {{- range .Values.all }}\n"),
        ("containers:\n", "? containers\n      : - name: a\n        - name: b\n"),
        ("      - name: web", "      -\n        name: web"),
    ],
)
def test_what_may_hold_a_second_one_or_a_near_miss_stays(old: str, new: str) -> None:
    assert old in LONE
    assert stays(LONE.replace(old, new, 1))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("compose.yaml", "web:\n  image: a\n"),
        ("stack.yml", "services:\n  web:\n    image: a\n"),
        ("task.yaml", "Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n"),
        ("ns.yaml", "kind: Namespace\nmetadata:\n  labels: {istio-injection: enabled}"),
        (
            "p.yaml",
            "- op: add\n  path: /x/spec/containers/-\n  value: {}\n",
        ),
        ("values.yaml", "podAnnotations:\n  linkerd.io/inject: enabled\n"),
        ("values.yaml", "sidecars: []\n"),
        ("pg.yaml", "kind: PostgresCluster\nspec: {}\n"),
        ("_box.tpl", '{{ define "x.box" }}\n- name: a\n  image: b\n{{ end }}\n'),
        ("t.yaml", 'kind: Deployment\nspec:\n  {{ include "x.pod" . | nindent 2 }}\n'),
        ("task.json", '{"containerDefinitions": [{"image": "a"}, {"image": "b"}]}'),
        ("boxes.json", '[{"name": "a", "image": "a"}, {"name": "b", "image": "b"}]'),
        ("cfn.json", '{"Image": {"Ref": "A"}, "x": {"Image": {"Fn::Sub": "B"}}}'),
        ("ds.json", '{"kind": "DaemonSet", "containers": [{"image": "agent"}]}'),
        (
            "ns.json",
            '{"apiVersion": "v1", "kind": "Namespace", "x": "inject"}',
        ),
        ("p.json", '[{"op": "add", "path": "/spec/containers/-", "value": {}}]'),
        ("main.tf", "anything"),
        ("x.go", "corev1.Container{}"),
    ],
)
def test_other_forms_stay(path: str, text: str) -> None:
    assert stays(text, path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("package-lock.json", '{"node_modules/inject": {"version": "1"}}'),
        ("openapi.json", '{"image": {"type": "x"}, "sidecar": {}, "image": {}}'),
        ("crd.json", '{"kind": "CustomResourceDefinition", "image": "sidecar"}'),
        ("x.go", "package x"),
    ],
)
def test_other_forms_are_dropped(path: str, text: str) -> None:
    assert not stays(text, path)


def test_no_line_moves_when_a_document_is_dropped() -> None:
    two = LONE.replace("      volumes:", "      - name: second\n      volumes:")
    text = f"# first\n{LONE}---\n{SCHEMA}---\n{two}---\n{SERVICE}"
    left = sift("a.yaml", text.encode()).decode()
    assert left.count("\n") == text.count("\n")
    assert left.strip("\n") == f"---\n{two}---\n{SERVICE}".strip("\n")


def test_a_template_stays_whole_but_for_its_schemas() -> None:
    one = "{{ if .x }}\n" + LONE
    two = LONE.replace("name: web\n", "name: sidecar\n") + "{{ end }}\n"
    left = sift("a.yaml", f"{one}---\n{SCHEMA}---\n{two}".encode()).decode()
    assert left == one + "\n" * 6 + "---\n" + two


BACKUP = """\
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: shop
  spec:
    selector: {}
    template:
      spec:
        containers:
        - name: shop
          image: registry.example/shop
        - name: log-shipper
          image: registry.example/ship
"""
COPY = BACKUP.replace("Deployment", "ReplicaSet").replace(
    "  spec:\n",
    "    ownerReferences:\n    - apiVersion: apps/v1\n      kind: Deployment\n"
    "      name: shop\n  spec:\n",
    1,
)
SERVES = "- kind: Service\n  spec: {ports: [{port: 80}]}\n"
SINGLES = ("- " + LONE.replace("\n", "\n  ").rstrip(" ")) * 500


def backup(*objects: str, of: str = "List") -> str:
    return f"apiVersion: v1\nitems:\n{''.join(objects)}kind: {of}\nmetadata: {{}}\n"


def test_of_a_long_list_only_what_could_hold_something_stays() -> None:
    text = backup(SINGLES, BACKUP, COPY, SERVES, SINGLES)
    left = sift("a.yaml", text.encode()).decode()
    assert left.count("\n") == text.count("\n")
    lines = [line for line in left.splitlines() if line]
    assert lines == backup(BACKUP, SERVES).splitlines()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(backup(BACKUP, COPY), id="short"),
        pytest.param(backup(SINGLES, BACKUP, of="Shelf"), id="no List"),
        pytest.param(
            backup(SINGLES, BACKUP).replace("items:\n", "items: # all\n"),
            id="unlike one",
        ),
    ],
)
def test_of_others_everything_stays(text: str) -> None:
    assert sift("a.yaml", text.encode()).decode() == text


def test_what_the_cluster_has_made_is_told_where_its_maker_is_not(
    tmp_path: Path,
) -> None:
    """Of a Deployment and its ReplicaSet, one tells it; each does so if it is alone."""
    for objects, line in (((SINGLES, BACKUP, COPY), 7014), ((SINGLES, COPY), 7018)):
        report = scanned(tmp_path, {"all.yaml": backup(*objects)})
        assert [one.line for _, one in report.sidecars] == [line]
