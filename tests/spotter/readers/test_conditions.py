"""Charts: lists and items that begin on either side of an `if`."""

from pathlib import Path

from scanning import labels

TWICE = """\
kind: Deployment
spec:
  selector: {}
  template:
    metadata: {labels: {app: ci}}
    spec:
      {{- if .Values.native }}
      initContainers:
      {{- else }}
      containers:
      {{- end }}
        - name: daemon
          image: docker:dind
          {{- if .Values.native }}
          restartPolicy: Always
          {{- end }}
      {{- if .Values.native }}
      containers:
      {{- end }}
        - name: builder
          image: example/builder
"""


def test_a_list_may_begin_under_either_of_two_conditions(tmp_path: Path) -> None:
    said = labels(tmp_path, {"templates/ci.yaml": TWICE})
    assert said == {"daemon": "native-sidecar", "builder": "main"}


def test_both_sides_of_a_condition_may_list_the_containers(tmp_path: Path) -> None:
    text = """\
    kind: Deployment
    spec:
      selector: {}
      template:
        spec:
          {{- if .Values.tls }}
          containers:
            - {name: web, image: example/web}
            - {name: tls-proxy, image: example/ghostunnel}
          {{- else }}
          containers:
            - {name: web, image: example/web, args: [--plain]}
          {{- end }}
    """
    said = labels(tmp_path, {"templates/a.yaml": text})
    assert said == {"web": "main", "tls-proxy": "sidecar"}


HALVES = """\
kind: Deployment
spec:
  selector: {}
  template:
    spec:
      containers:
      {{- if .Values.registry }}
      - image: "{{ .Values.registry }}/shop"
      {{- else }}
      {{- if .Values.digest }}
      - image: "shop@{{ .Values.digest }}"
      {{- else }}
      - image: "shop:{{ .Values.tag }}"
      {{- end }}
      {{- end }}
        name: shop
        ports: [{containerPort: 80}]
"""


def test_an_item_that_begins_on_either_side_of_an_if_is_one(tmp_path: Path) -> None:
    assert labels(tmp_path, {"chart/templates/shop.yaml": HALVES}) == {}


def test_a_helper_beside_an_item_of_two_beginnings(tmp_path: Path) -> None:
    helper = "      - name: log-shipper\n        image: fluent/fluent-bit\n"
    found = labels(tmp_path, {"chart/templates/shop.yaml": HALVES + helper})
    assert found == {"shop": "main", "log-shipper": "sidecar"}
