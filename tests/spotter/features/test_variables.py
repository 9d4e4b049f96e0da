"""What variables tell of an image of one's own."""

from pathlib import Path

import pytest
from beginnings import task
from scanning import findings, labels
from sidecar_spotter.model import Container, Text
from sidecar_spotter.tables.variables import known_as, of_variables


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("APPMESH_RESOURCE_ARN", "mesh-proxy"),
        ("AOT_CONFIG_CONTENT", "tracing-agent"),
        ("NRIA_LICENSE_KEY", "metrics-agent"),
        ("ECS_FARGATE", "metrics-agent"),
        ("OAUTH2_PROXY_CLIENT_ID", "auth-proxy"),
        ("GIT_SYNC_REPO", "git-sync"),
    ],
)
def test_a_variable_tells_what_an_image_of_ones_own_is(name: str, role: str) -> None:
    said = (Text("PATH=/bin", 1), Text(f"{name}=x", 2))
    found = of_variables(said)
    assert found is not None
    assert found.role == role
    image = Text("${var.image}", 1)
    own = known_as(Container("a", 1, image=image, settings=said))
    assert own is not None
    assert own.role == role
    assert of_variables((Text(f"MY_{name}=x", 1),)) is None


def test_a_chart_is_there_for_its_own_program() -> None:
    image = Text("{{ .Values.image.repository }}", 1)
    said = (Text("TS_AUTHKEY=x", 1),)
    assert known_as(Container("a", 1, image=image, settings=said)) is None


def test_the_variables_of_a_proxy_make_it_a_sidecar(tmp_path: Path) -> None:
    text = task(
        '{"name": "one", "image": "${one}"}',
        '{"name": "two", "image": "${two}",'
        ' "environment": [{"name": "APPMESH_VIRTUAL_NODE_NAME", "value": "x"}]}',
    )
    assert labels(tmp_path, {"task.json": text}) == {"one": "main", "two": "sidecar"}


def test_two_words_of_a_name_say_more_than_one_that_gives_the_image(
    tmp_path: Path,
) -> None:
    text = """\
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: driver
          image: {{ .Values.images.driver }}
          volumeMounts: [{name: sockets, mountPath: /sockets}]
        - name: csi-resizer
          image: {{ .Values.resizerImage }}
          volumeMounts: [{name: sockets, mountPath: /sockets}]
        - name: csi-snapshotter
          image: {{ .Values.snapshotterImage }}
          volumeMounts: [{name: sockets, mountPath: /sockets}]
      volumes:
        - name: sockets
          emptyDir: {}
"""
    files = {"shop/Chart.yaml": "name: shop\n", "shop/templates/a.yaml": text}
    found = findings(tmp_path, files)
    told = {one.says for each in found.values() for one in each.evidence}
    assert found["csi-snapshotter"].role == "csi-snapshotter"
    assert not any("reads" in says or "backup" in says for says in told)
