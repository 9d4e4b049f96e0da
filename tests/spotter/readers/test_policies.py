"""Policies and webhooks that add a container to pods."""

from pathlib import Path

from scanning import labels


def test_a_policy_that_merges_a_container_into_pods_adds_a_helper(
    tmp_path: Path,
) -> None:
    text = """\
    apiVersion: kyverno.io/v1
    kind: ClusterPolicy
    metadata: {name: add-agent}
    spec:
      rules:
        - name: add
          mutate:
            patchStrategicMerge:
              spec:
                template:
                  spec:
                    containers:
                      - {name: agent, image: "vault:1.5", args: [agent]}
                    initContainers:
                      - {name: agent-first, image: "vault:1.5"}
        - name: change
          mutate:
            patchStrategicMerge:
              spec:
                containers:
                  - (name): "*"
                    imagePullPolicy: Always
                  - {name: "{{ element.name }}", image: "mirror/{{ element.image }}"}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "agent": "sidecar",
        "agent-first": "init",
    }


def test_a_policy_may_add_it_by_a_json_patch_in_a_text(tmp_path: Path) -> None:
    text = """\
    apiVersion: kyverno.io/v1
    kind: ClusterPolicy
    metadata: {name: add-shipper}
    spec:
      rules:
        - mutate:
            patchesJson6902: |-
              - op: add
                path: /spec/containers/-
                value: {name: ship, image: "fluent/fluent-bit:3", args: [-q]}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {"ship": "sidecar"}


def test_what_an_injectors_text_lists_is_all_helpers(tmp_path: Path) -> None:
    text = """\
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: mesh-injector}
    data:
      template: |
        initContainers:
          - {name: routes, image: example.com/routes}
        containers:
          - {name: gate, image: example.com/gate}
          - {name: dikastes, image: example.com/dikastes}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "routes": "init",
        "gate": "sidecar",
        "dikastes": "sidecar",
    }


def test_a_resource_in_a_text_of_a_template_is_read_with_its_expressions(
    tmp_path: Path,
) -> None:
    text = """\
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: samples
    data:
      shop.yaml: |
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: shop
        spec:
          template:
            metadata:
              annotations:
                sidecar.istio.io/inject: "true"
            spec:
              containers:
                - name: shop
                  image: {{ .Values.shop.repo }}:{{ .Values.shop.tag }}
                {{- if .Values.metrics }}
                - name: metrics
                  image: {{ .Values.exporter.image }}
                {{- end }}
    """
    assert labels(tmp_path, {"chart/templates/samples.yaml": text}) == {
        "istio-proxy": "injected-sidecar",
        "shop": "main",
        "metrics": "sidecar",
    }


def test_a_webhook_may_inject_other_things_than_containers(tmp_path: Path) -> None:
    text = """\
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingWebhookConfiguration
    metadata:
      name: NAME
      labels: {istio.io/rev: default}
    webhooks:
      - name: pods.example.com
        namespaceSelector:
          matchLabels: {KEY: enabled}
        rules: [{resources: [pods]}]
    """
    gates = text.replace("NAME", "gates").replace(
        "KEY", "x.io/pod-readiness-gate-inject"
    )
    assert labels(tmp_path, {"a.yaml": gates}) == {}
    cars = text.replace("NAME", "sidecars").replace("KEY", "x.io/inject")
    assert list(labels(tmp_path, {"a.yaml": cars}).values()) == ["injected-sidecar"]
