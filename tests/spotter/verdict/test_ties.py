"""What ties programs: files, sockets, signals, scripts, and whom each serves."""

from pathlib import Path

import pytest
from beginnings import pod
from reading import judged, unit, units
from scanning import findings, labels, neighbors
from sidecar_spotter.features import helper_configuration

MEASURED = """\
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: shop
      image: example.com/shop
    - name: mcrouter
      image: example.com/mcrouter
      ports: [{containerPort: 11213}]
    - name: other
      image: example.com/other
      ports: [{containerPort: 11214}]
    - name: mcrouter-exporter
      image: example.com/exporter
      args: ["--server=localhost:11213"]
    - name: other-exporter
      image: example.com/exporter
      args: ["--server=localhost:11214"]
"""


def test_to_be_measured_ties_nobody_to_others(tmp_path: Path) -> None:
    found = neighbors(tmp_path, {"pod.yaml": MEASURED})
    assert found["mcrouter"] == ("sidecar", "shop")
    assert found["other"] == ("not-a-sidecar", None)
    assert found["mcrouter-exporter"] == ("sidecar", "mcrouter")


RELOADED = """\
apiVersion: v1
kind: Pod
metadata: {name: repository}
spec:
  containers:
    - name: pgbackrest
      command: [pgbackrest, server]
    - name: pgbackrest-config
      command: [bash, -c, "while read -t 5; do SIGNAL pgbackrest; done"]
"""


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("signal", ["pkill -HUP --exact", "killall -s HUP"])
def test_who_reloads_a_neighbor_serves_it(
    signal: str, order: int, tmp_path: Path
) -> None:
    head, first, second = RELOADED.split("    - name: ")
    text = "    - name: ".join((head, *(first, second)[::order]))
    found = neighbors(tmp_path, {"pod.yaml": text.replace("SIGNAL", signal)})
    assert found["pgbackrest-config"] == ("sidecar", "pgbackrest")
    assert found["pgbackrest"] == ("main", None)


def test_a_folder_in_memory_is_each_services_own() -> None:
    text = """\
    services:
      dns: {image: example.com/dns, tmpfs: ["/tmp:size=10M,mode=1777"]}
      cache: {image: example.com/cache, tmpfs: ["/tmp:size=10M,mode=1777"]}
    """
    assert units("compose.yaml", text) == []


def test_who_is_told_to_notify_a_neighbor_serves_it_among_many() -> None:
    others = "".join(
        f"      site{n}: {{image: example.com/site{n}, volumes: ['rc:/rc']}}\n"
        for n in range(5)
    )
    text = f"""\
    services:
      tor: {{image: example.com/tor, volumes: ["rc:/etc/tor"]}}
      tor-gen:
        image: example.com/docker-gen:1
        entrypoint: docker-gen -notify-sighup WHOM -watch /rc.tmpl /etc/tor/rc
        volumes: ["rc:/etc/tor"]
{others}
    volumes: {{rc: }}
    """
    found = judged("compose.yaml", text.replace("WHOM", "tor"))
    assert (found["tor-gen"].label, found["tor-gen"].serves) == ("sidecar", "tor")
    says = [
        [one.says for one in helper_configuration.look(unit("compose.yaml", whom))]
        for whom in (text.replace("WHOM", "tor"), text.replace("WHOM", "tori"))
    ]
    assert says == [["is told to notify tor"], []]


DAEMON = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: node-enricher}
spec:
  selector: {}
  template:
    spec:
      containers:
        - name: node-enricher
          image: example.com/node-enricher
        - name: meter
          image: example.com/meter
          volumeMounts: [{name: meter-config, mountPath: /etc/meter, readOnly: true}]
        - name: meter-config-sync
          image: example.com/config-sync
          volumeMounts:
            - {name: meter-config, mountPath: /etc/meter}
      volumes:
        - {name: meter-config, emptyDir: {}}
"""


def test_whoever_fills_a_folder_of_another_serves_that_one() -> None:
    found = judged("daemon.yaml", DAEMON)
    assert found["meter-config-sync"].serves == "meter"
    mount = "volumeMounts: [{name: meter-config, mountPath: /etc/meter}]"
    shared = DAEMON.replace(
        "image: example.com/node-enricher", f"image: x\n          {mount}"
    )
    # Of a folder that all share, it serves the one that the unit exists for.
    assert judged("daemon.yaml", shared)["meter-config-sync"].serves != "meter"


def test_a_web_server_serves_what_its_neighbor_writes(tmp_path: Path) -> None:
    text = """\
kind: Pod
spec:
  containers:
    - name: nginx-container
      image: nginx
      volumeMounts: [{name: shared-data, mountPath: /usr/share/nginx/html}]
    - name: debian-container
      image: debian
      args: [-c, "echo Hello > /pod-data/index.html; sleep infinity"]
      volumeMounts: [{name: shared-data, mountPath: /pod-data}]
  volumes: [{name: shared-data, emptyDir: {}}]
"""
    found = labels(tmp_path, {"two.yaml": text})
    assert found == {"nginx-container": "main", "debian-container": "sidecar"}


def test_a_folder_in_a_folder_is_shared_too(tmp_path: Path) -> None:
    text = """\
services:
  shop:
    image: example.com/shop
    volumes: ["./data:/data"]
  tail:
    image: bash
    command: bash -c 'tail -f /log/*.log'
    volumes: ["./data/shop/log:/log"]
  rows:
    image: postgres
    volumes: ["./data/rows:/var/lib/postgresql/data"]
"""
    found = labels(tmp_path, {"compose.yaml": text})
    assert found == {"shop": "main", "tail": "sidecar"}


def test_a_cache_of_names_serves_the_server_beside_it(tmp_path: Path) -> None:
    boxes = """\
    containers:
      - {name: kubedns, image: "{{ContainerImage 'k8s-dns-kube-dns'}}"}
      - {name: dnsmasq, image: "{{ContainerImage 'nanny'}}"}
    """
    assert labels(tmp_path, {"a.yaml": pod(boxes)})["dnsmasq"] == "sidecar"


def test_a_tool_with_a_script_works_for_the_program_beside_it(tmp_path: Path) -> None:
    text = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: orchard}
    spec:
      containers:
        - name: orchard
          image: registry.example/orchard:7
          volumeMounts: [{name: settings, mountPath: /etc/orchard}]
        - name: happenings
          image: alpine/curl
          command: [sh, /etc/scripts/happen.sh]
          volumeMounts:
            - {name: settings, mountPath: /etc/orchard}
            - {name: scripts, mountPath: /etc/scripts}
      volumes:
        - {name: settings, configMap: {name: settings}}
        - {name: scripts, configMap: {name: scripts}}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "orchard": "main",
        "happenings": "sidecar",
    }


def test_a_shell_that_waits_beside_servers_serves_nobody(tmp_path: Path) -> None:
    text = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: orchard}
    spec:
      containers:
        - name: orchard
          image: registry.example/orchard:7
        - name: happenings
          image: busybox
          command: [sleep, infinity]
    """
    assert labels(tmp_path, {"a.yaml": text})["happenings"] == "not-a-sidecar"


SCRIPT = """\
kind: Deployment
metadata: {name: identity}
spec:
  selector: {}
  template:
    spec:
      containers:
      - name: keycloak
        image: quay.io/keycloak/keycloak
      - name: announce
        image: example/tools
        command: [bash, -c]
        args:
        - |
          while :
          do
            ADDRESS=$(kubectl get service NAME -o jsonpath="{.status}")
            kubectl patch class shop --patch "$ADDRESS"
            sleep 30
          done
"""


@pytest.mark.parametrize(
    ("name", "looks"), [("keycloak", True), ("mykeycloak-2", False)]
)
def test_a_script_looks_after_a_neighbor_again_and_again(
    tmp_path: Path, name: str, looks: bool
) -> None:
    found = findings(tmp_path, {"a.yaml": SCRIPT.replace("NAME", name)})["announce"]
    says = "has a script that looks after keycloak again and again"
    assert found.label == "sidecar"
    assert (says in [one.says for one in found.evidence]) is looks


def test_a_volume_that_only_an_init_container_writes_ties_nobody(
    tmp_path: Path,
) -> None:
    text = """\
    kind: Pod
    spec:
      initContainers:
        - name: render
          image: registry.example.com/jobs
          volumeMounts: [{name: shared, mountPath: /out}]
      containers:
        - name: east
          image: registry.example.com/jobs
          args: [east]
          volumeMounts: [{name: shared, mountPath: /in, readOnly: true}]
        - name: west
          image: registry.example.com/jobs
          args: [west]
          volumeMounts: [{name: shared, mountPath: /in, readOnly: true}]
      volumes: [{name: shared, emptyDir: {}}]
    """
    assert "sidecar" not in labels(tmp_path, {"a.yaml": text}).values()


def test_an_editor_serves_the_program_whose_files_it_edits(tmp_path: Path) -> None:
    text = """\
    kind: HelmRelease
    spec:
      values:
        controllers:
          home:
            containers:
              app:
                image: {repository: registry.example.com/home}
              code-server:
                image: {repository: ghcr.io/coder/code-server}
                env: {HOME_SERVER: "http://localhost:8123"}
    """
    assert labels(tmp_path, {"a.yaml": text}) == {
        "app": "main",
        "code-server": "sidecar",
    }


def test_what_ends_a_gateway_gently_helps_it(tmp_path: Path) -> None:
    text = """\
    kind: Pod
    spec:
      containers:
        - name: ending
          image: ghcr.io/projectcontour/contour:v1
          args: [envoy, shutdown-manager]
        - name: envoy
          image: envoyproxy/envoy:v1.30
    """
    assert labels(tmp_path, {"a.yaml": text}) == {"ending": "sidecar", "envoy": "main"}
