"""What stands on two sides of an `if` never runs together."""

from pathlib import Path
from textwrap import dedent, indent

import pytest
from scanning import labels, neighbors
from sidecar_spotter import scan
from sidecar_spotter.model import Container, Group
from sidecar_spotter.verdict.branches import MOST as MOST_FORMS
from sidecar_spotter.verdict.branches import forms

FORKED = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
        {{- if eq .Values.kind "php" }}
        - name: shop-front
          image: nginx
          volumeMounts: [{name: socket, mountPath: /run/php}]
        - name: shop-app
          image: example.com/php-shop
          volumeMounts: [{name: socket, mountPath: /run/php}]
        {{- else if eq .Values.kind "java" }}
        - name: jvm
          image: example.com/java-shop
        {{- else }}
        - name: shop
          image: example.com/shop
        {{- end }}
        - name: tls-proxy
          image: example.com/envoy
      volumes: [{name: socket, emptyDir: {}}]
"""


def test_the_branches_of_a_template_are_judged_apart(tmp_path: Path) -> None:
    found = neighbors(tmp_path, {"templates/deployment.yaml": FORKED})
    assert found == {
        "shop-front": ("sidecar", "shop-app"),
        "shop-app": ("main", None),
        "jvm": ("main", None),
        "shop": ("main", None),
        "tls-proxy": ("sidecar", "shop-app"),
    }


def test_a_branch_with_one_container_has_no_helper(tmp_path: Path) -> None:
    text = FORKED[: FORKED.index("        - name: tls-proxy")].replace(
        "image: nginx", "image: example.com/php-front"
    )
    found = labels(tmp_path, {"templates/deployment.yaml": text})
    assert set(found) == {"shop-front", "shop-app"}


def test_many_branches_are_bounded() -> None:
    boxes = tuple(
        Container(f"{fork}-{number}", fork, branches=((fork, number),))
        for fork in range(10)
        for number in range(3)
    )
    group = Group("a.yaml", 1, "kubernetes", "Pod", "shop", boxes)
    found = forms(group)
    assert len(found) == MOST_FORMS
    assert all(len(one.containers) == 10 for one in found)


def test_each_side_of_an_if_has_the_label_of_its_own_list(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: grafana
    spec:
      template:
        spec:
          initContainers:
            {{- if .Values.native }}
            - name: grafana-image-renderer
              image: grafana/grafana-image-renderer:3
              restartPolicy: Always
            {{- end }}
          containers:
            {{- if not .Values.native }}
            - name: grafana-image-renderer
              image: grafana/grafana-image-renderer:3
            {{- end }}
            - name: grafana
              image: grafana/grafana:11
    """
    path = tmp_path / "chart/templates/a.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(dedent(text), encoding="utf-8")
    said = [
        (one.line, one.label)
        for judged in scan(tmp_path).groups
        for one in judged.findings
        if one.name == "grafana-image-renderer"
    ]
    assert sorted(said) == [(10, "native-sidecar"), (16, "sidecar")]


def test_what_stands_on_two_sides_of_an_if_never_runs_together(tmp_path: Path) -> None:
    text = """\
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: snapshot}
    spec:
      jobTemplate:
        spec:
          template:
            spec:
              initContainers:
                - {name: take, image: example.com/etcd}
              containers:
                {{- if .Values.s3.enabled }}
                - name: upload
                  image: example.com/uploader
                {{- else }}
                - name: noop
                  image: example.com/etcd
                {{- end }}
    """
    assert labels(tmp_path, {"chart/templates/a.yaml": text}) == {
        "take": "init",
        "upload": "main",
        "noop": "main",
    }


def test_the_key_of_a_list_may_stand_on_both_sides_of_an_if(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: shop}
    spec:
      selector: {}
      template:
        spec:
          {{- if .Values.real }}
          initContainers:
            - {name: first, image: example.com/first}
          containers:
            - {name: shop, image: example.com/shop}
            - {name: log-shipper, image: example.com/ship}
          {{- else }}
          containers:
            - {name: stand-in, image: example.com/pause}
          {{- end }}
    """
    assert labels(tmp_path, {"chart/templates/a.yaml": text}) == {
        "first": "init",
        "shop": "main",
        "log-shipper": "sidecar",
        "stand-in": "main",
    }


EITHER = """\
{{- if .Values.a }}
- {name: rain, image: example.com/rain}
{{- else }}
- {name: stock, image: example.com/stock}
{{- end }}
"""
LAMP = "- {name: lamp, image: example.com/lamp}\n"
READS = "volumeMounts: [{name: data, mountPath: /data, readOnly: true}]"
WRITES = "volumeMounts: [{name: data, mountPath: /data}]"


@pytest.mark.parametrize(
    ("boxes", "found"),
    [
        pytest.param(
            EITHER + LAMP,
            {"rain": "main", "stock": "main", "lamp": "not-a-sidecar"},
            id="what one of two branches adds is no addition",
        ),
        pytest.param(
            EITHER + "{{- if .Values.b }}\n" + LAMP + "{{- end }}\n",
            {"rain": "main", "stock": "main", "lamp": "sidecar"},
            id="what a condition adds to two branches",
        ),
        pytest.param(
            EITHER + "{{- if .Values.b }}\n" + LAMP + "{{- else }}\n{{- end }}\n",
            {"rain": "main", "stock": "main", "lamp": "sidecar"},
            id="what a condition adds to two branches, or nothing",
        ),
        pytest.param(
            EITHER.replace("stock}", f"stock, {WRITES}}}")
            + LAMP.replace("lamp}", f"lamp, {READS}}}"),
            {"rain": "main", "stock": "main", "lamp": "sidecar"},
            id="who serves the one of the second branch alone",
        ),
    ],
)
def test_what_stands_beside_branches(
    boxes: str, found: dict[str, str], tmp_path: Path
) -> None:
    text = "kind: Deployment\nmetadata: {name: trial}\nspec:\n  template:\n"
    text += "    spec:\n      volumes: [{name: data, emptyDir: {}}]\n"
    text += "      containers:\n" + indent(boxes, "      ")
    assert labels(tmp_path, {"chart/templates/a.yaml": text}) == found
