"""Who is whom's equal, main program or helper in pods that tests and charts declare."""

from pathlib import Path
from textwrap import dedent, indent

import pytest
from scanning import labels
from sidecar_spotter import scan


def pod(boxes: str, kind: str = "Pod", name: str = "trial") -> str:
    head = f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n"
    head += "" if kind == "Pod" else "  selector: {}\n"
    return head + indent(dedent(boxes), "  ")


# --- equals


@pytest.mark.parametrize("image", ["nginx", "nginx:1.27", "docker.io/library/httpd:2"])
def test_a_public_web_server_that_was_given_nothing_helps_nobody(
    tmp_path: Path, image: str
) -> None:
    boxes = f"""\
    containers:
      - {{name: busybox, image: "busybox:1.36"}}
      - {{name: nginx, image: "{image}", ports: [{{containerPort: 80}}]}}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)}) == {
        "busybox": "main",
        "nginx": "not-a-sidecar",
    }


@pytest.mark.parametrize(
    "given",
    [
        "image: shop/nginx",
        "image: nginx, env: [{name: UPSTREAM, value: '127.0.0.1:9000'}]",
        "image: nginx, volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]",
    ],
)
def test_a_web_server_that_was_given_something_does(tmp_path: Path, given: str) -> None:
    boxes = f"""\
    containers:
      - {{name: shop, image: example.com/shop, ports: [{{containerPort: 9000}}]}}
      - {{name: nginx, {given}}}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)})["nginx"] == "sidecar"


def test_names_that_differ_in_a_word_before_the_last_are_of_equals(
    tmp_path: Path,
) -> None:
    boxes = """\
    containers:
      - name: users-validation
        image: example.com/tests
        command: [/bin/users]
        volumeMounts: [{name: tmp, mountPath: /tmp}]
      - name: orders-validation
        image: example.com/tests
        command: [/bin/orders, --all]
        volumeMounts: [{name: tmp, mountPath: /tmp}]
    """
    said = labels(tmp_path, {"a.yaml": pod(boxes)})
    assert sorted(said.values()) == ["main", "not-a-sidecar"]


def test_a_word_for_helpers_before_the_last_says_what_the_work_is_on(
    tmp_path: Path,
) -> None:
    boxes = """\
    template:
      spec:
        containers:
          - {name: image-secret-clean, image: example.com/tools, command: [/a]}
          - {name: backup-secret-clean, image: example.com/tools, command: [/b]}
    """
    said = labels(tmp_path, {"a.yaml": pod(boxes, "Job")})
    assert sorted(said.values()) == ["main", "not-a-sidecar"]


def test_the_second_of_two_that_are_numbered_and_told_nothing_is_an_equal(
    tmp_path: Path,
) -> None:
    boxes = """\
    volumes: [{name: data, emptyDir: {}}, {name: more, emptyDir: {}}]
    containers:
      - {name: box, image: busybox, volumeMounts: [{name: data, mountPath: /data}]}
      - name: box02
        image: busybox
        volumeMounts: [{name: data, mountPath: /d}, {name: more, mountPath: /m}]
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)}) == {
        "box": "main",
        "box02": "not-a-sidecar",
    }


def test_two_that_serve_the_machine_are_equals_at_its_files(tmp_path: Path) -> None:
    boxes = """\
    template:
      spec:
        volumes: [{name: lock, hostPath: {path: /run/xtables.lock}}]
        containers:
          - name: calico-node
            image: calico/node:v3
            volumeMounts: [{name: lock, mountPath: /run/xtables.lock}]
          - name: flannel
            image: flannel/flannel:v0.24
            volumeMounts: [{name: lock, mountPath: /run/xtables.lock}]
    """
    assert (
        labels(tmp_path, {"a.yaml": pod(boxes, "DaemonSet")})["flannel"]
        == "not-a-sidecar"
    )


def test_words_in_place_of_an_image_are_no_image(tmp_path: Path) -> None:
    boxes = """\
    template:
      spec:
        volumes: [{name: log, hostPath: {path: /dev/log}}]
        containers:
          - name: driver
            image: "FILLED BY THE OPERATOR"
            command: [/bin/driver]
            volumeMounts: [{name: log, mountPath: /dev/log}]
          - name: copies
            image: "FILLED BY THE OPERATOR"
            command: [/bin/copies]
            volumeMounts: [{name: log, mountPath: /dev/log, readOnly: true}]
    """
    assert (
        labels(tmp_path, {"a.yaml": pod(boxes, "DaemonSet", "driver-daemon")})["copies"]
        == "sidecar"
    )


# --- the main one


def test_the_only_one_that_a_template_always_has_is_the_main_one(
    tmp_path: Path,
) -> None:
    text = """\
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: {{ .name }}
    spec:
      template:
        spec:
          containers:
            - name: "{{ .service.label }}"
              image: "{{ .Values.Image.tag }}"
              volumeMounts: [{name: tmp, mountPath: /tmp}, {name: data, mountPath: /d}]
            {{- if .Values.ui.enabled }}
            - name: store-ui
              image: "{{ .Values.Image.tag }}"
            {{- end }}
            {{- if .Values.control.enabled }}
            - name: store-controller
              image: "{{ .Values.Image.tag }}"
              volumeMounts: [{name: tmp, mountPath: /tmp}]
            {{- end }}
    """
    said = labels(tmp_path, {"chart/templates/a.yaml": text})
    assert said["{{ .service.label }}"] == "main"
    assert said["store-controller"] == "sidecar"


def test_a_name_that_goes_on_where_the_units_ends_is_the_main_one(
    tmp_path: Path,
) -> None:
    boxes = """\
    template:
      spec:
        containers:
          - {name: turner, image: example.com/a}
          - {name: disk-osd-default, image: example.com/a2}
    """
    said = labels(tmp_path, {"a.yaml": pod(boxes, "DaemonSet", "disk-osd")})
    assert said["disk-osd-default"] == "main"


def test_a_proxy_with_a_step_before_it_is_what_its_deployment_is_for(
    tmp_path: Path,
) -> None:
    boxes = """\
    template:
      spec:
        initContainers: [{name: credentials, image: example.com/relay}]
        containers: [{name: relay, image: example.com/relay}]
    """
    assert (
        labels(tmp_path, {"a.yaml": pod(boxes, "Deployment", "x")})["relay"] == "main"
    )


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


# --- what others add


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


def test_a_banner_says_who_is_the_main_container_and_who_the_sidecar(
    tmp_path: Path,
) -> None:
    boxes = """\
    volumes: [{name: sock, emptyDir: {}}]
    containers:
      ##########################
      # Application container. #
      ##########################
      - name: application
        image: ghostunnel/ghostunnel
        volumeMounts: [{name: sock, mountPath: /sock}]
      #####################
      # Decisions sidecar #
      #####################
      - name: decisions
        image: example.com/decisions
        volumeMounts: [{name: sock, mountPath: /sock}]
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)}) == {
        "application": "main",
        "decisions": "sidecar",
    }


def test_a_file_called_a_patch_is_one_though_it_has_labels(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: controller-manager}
    spec:
      template:
        metadata: {labels: {app: controller}}
        spec:
          containers:
            - name: debug
              image: busybox
              command: [/bin/sh, -c, "while true; do sleep 3600; done"]
              volumeMounts: [{name: staging, mountPath: /staging}]
    """
    assert labels(tmp_path, {"config/debug-patch.yaml": text}) == {"debug": "sidecar"}
    (tmp_path / "config/debug-patch.yaml").unlink()
    assert labels(tmp_path, {"config/debug.yaml": text}) == {"debug": "not-a-sidecar"}


def test_the_runners_of_github_get_a_docker_daemon_by_a_value(tmp_path: Path) -> None:
    text = "githubConfigUrl: https://example.com\ncontainerMode:\n  type: dind\n"
    assert labels(tmp_path, {"values.yaml": text}) == {"dind": "injected-sidecar"}


def test_an_application_of_another_group_is_a_program(tmp_path: Path) -> None:
    text = """\
    apiVersion: GROUP/v1alpha1
    kind: Application
    metadata: {name: shop}
    spec:
      idporten:
        sidecar: {enabled: true}
    """
    said = labels(tmp_path, {"a.yaml": text.replace("GROUP", "nais.io")})
    assert list(said.values()) == ["injected-sidecar"]
    assert labels(tmp_path, {"a.yaml": text.replace("GROUP", "argoproj.io")}) == {}


def test_a_web_server_with_a_place_for_its_cache_is_as_it_comes(tmp_path: Path) -> None:
    boxes = """\
    volumes: [{name: cache, emptyDir: {}}]
    containers:
      - name: nginx-1
        image: nginx:1.7.9
        volumeMounts: [{name: cache, mountPath: /tmp/cache}]
      - {name: tomcat, image: tomcat, ports: [{containerPort: 8080}]}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)})["nginx-1"] == "not-a-sidecar"


def test_who_is_told_the_same_does_the_same(tmp_path: Path) -> None:
    boxes = """\
    containers:
      - {name: first, image: opa/first, args: [run, --server, "--addr=localhost:80"]}
      - {name: opa, image: opa/other, args: [run, --server, "--addr=localhost:80"]}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)}) == {
        "first": "main",
        "opa": "not-a-sidecar",
    }


def test_a_named_template_may_hold_an_init_container(tmp_path: Path) -> None:
    (tmp_path / "chart/templates").mkdir(parents=True)
    (tmp_path / "chart/templates/pod.yaml").write_text(
        "kind: Pod\nspec:\n  initContainers:\n"
        '    {{- include "rules.initContainer" . | nindent 4 }}\n'
        "  containers:\n    - name: eye\n      image: eye\n"
    )
    text = """\
    {{- define "rules.initContainer" -}}
    - name: rules-install
      image: {{ .Values.rules.image }}
      args: [install]
    {{- end -}}
    """
    path = tmp_path / "chart/templates/_helpers.tpl"
    path.write_text(dedent(text), encoding="utf-8")
    said = {
        (judged.group.path.rpartition("/")[2], one.name, one.label)
        for judged in scan(tmp_path).groups
        for one in judged.findings
    }
    assert ("_helpers.tpl", "rules-install", "init") in said


def test_a_loop_over_the_init_containers_of_users_gives_none(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: shop}
    spec:
      selector: {}
      template:
        spec:
          {{- if .Values.initContainers }}
          initContainers:
          {{- range $key, $value := .Values.initContainers }}
            - name: {{ $key }}
    {{ toYaml $value | indent 10 }}
          {{- end }}
          {{- end }}
          containers:
            - name: shop
              image: {{ .Values.image }}
    """
    said = labels(tmp_path, {"chart/templates/shop.yaml": text})
    assert "main" not in said.values() and "init" not in said.values()


def test_two_servers_with_a_service_each_may_call_each_other(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: portal}
    spec:
      selector: {}
      template:
        metadata: {labels: {app: portal}}
        spec:
          containers:
            - name: graphql-server
              image: example.com/portal-server
              env: [{name: AUTH_URL, value: "http://localhost:3000"}]
              ports: [{containerPort: 8080}]
            - name: auth-server
              image: example.com/portal-auth
              env: [{name: GRAPHQL_URL, value: "http://localhost:8080"}]
              ports: [{containerPort: 3000}]
    ---
    apiVersion: v1
    kind: Service
    spec:
      selector: {app: portal}
      ports: [{port: 9002, targetPort: 8080}, {port: 9003, targetPort: 3000}]
    """
    assert sorted(labels(tmp_path, {"a.yaml": text}).values()) == [
        "main",
        "not-a-sidecar",
    ]


def test_an_encrypted_resource_says_nothing(tmp_path: Path) -> None:
    text = """\
    kind: "ENC[AES256_GCM,data:nL,type:str]"
    spec:
      containers:
        - {name: "ENC[AES256_GCM,data:o]", image: "ENC[AES256_GCM,data:pf]"}
        - {name: "ENC[AES256_GCM,data:k]", image: "ENC[AES256_GCM,data:pg]"}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {}


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


def test_what_stands_beside_an_expression_is_a_part_of_the_units_name(
    tmp_path: Path,
) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: {{ include "chart.fullname" . }}-controller-manager
    spec:
      selector: {}
      template:
        spec:
          containers:
            - {name: job-scheduler, image: example.com/b}
            - name: manager
              image: example.com/a
              volumeMounts: [{name: uds, mountPath: /s}]
            - name: infra-manager
              image: example.com/c
              volumeMounts: [{name: uds, mountPath: /s, readOnly: true}]
    """
    assert labels(tmp_path, {"chart/templates/a.yaml": text})["manager"] == "main"


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


def test_a_cache_of_names_serves_the_server_beside_it(tmp_path: Path) -> None:
    boxes = """\
    containers:
      - {name: kubedns, image: "{{ContainerImage 'k8s-dns-kube-dns'}}"}
      - {name: dnsmasq, image: "{{ContainerImage 'nanny'}}"}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)})["dnsmasq"] == "sidecar"


def test_a_task_of_ansible_may_define_a_resource(tmp_path: Path) -> None:
    text = """\
    - name: Deploy
      kubernetes.core.k8s:
        state: present
        definition:
          apiVersion: apps/v1
          kind: Deployment
          metadata: {name: web}
          spec:
            selector: {}
            template:
              spec:
                containers:
                  - {name: web, image: "{{ web_image }}"}
                  - {name: fluent-bit, image: "fluent/fluent-bit:2"}
    """
    said = labels(tmp_path, {"roles/web/tasks/main.yml": text})
    assert said == {"web": "main", "fluent-bit": "sidecar"}


def test_who_forwards_a_port_helps(tmp_path: Path) -> None:
    boxes = """\
    containers:
      - {name: app, image: example.com/torrent}
      - {name: port-forward, image: example.com/vpn-port-manager}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)})["port-forward"] == "sidecar"


def test_what_is_called_as_its_neighbor_with_config_behind_configures_it(
    tmp_path: Path,
) -> None:
    boxes = """\
    containers:
      - {name: pgbouncer, image: "example/pgbouncer:1"}
      - {name: pgbouncer-config, image: "example/pgbouncer:1"}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)}) == {
        "pgbouncer": "main",
        "pgbouncer-config": "sidecar",
    }


def test_a_patch_may_add_several_plugins_of_argo_cd(tmp_path: Path) -> None:
    text = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: argocd-repo-server}
    spec:
      template:
        spec:
          containers:
            - {name: one, image: "quay.io/argoproj/argocd:v2", command: [CMP]}
            - {name: two, image: "quay.io/argoproj/argocd:v2", command: [CMP]}
    """
    text = text.replace("CMP", "/var/run/argocd/argocd-cmp-server")
    assert labels(tmp_path, {"a.yaml": text}) == {"one": "sidecar", "two": "sidecar"}


def test_what_its_author_calls_the_sidecar_is_not_the_main_program(
    tmp_path: Path,
) -> None:
    boxes = """\
    containers:
      # Application container. Replace with your own.
      - name: application
        image: ghostunnel/ghostunnel
        args: [server, "--listen=:3592", "--target=unix:/sock/cerbos.sock"]
        ports: [{containerPort: 3592}]
        volumeMounts: [{name: sock, mountPath: /sock}]
      # Cerbos sidecar
      - name: cerbos
        image: "{app-docker-img}"
        args: [server, "--config=/config/.cerbos.yaml"]
        volumeMounts: [{name: sock, mountPath: /sock}]
    volumes: [{name: sock, emptyDir: {}}]
    """
    text = pod(boxes, name="cerbos-sidecar-demo")
    assert labels(tmp_path, {"a.yaml": text}) == {
        "application": "main",
        "cerbos": "sidecar",
    }
