"""Compose files: which services become a unit, and what is known of each."""

import pytest
from limits import within
from reading import box, names, refuses, unit, units
from sidecar_spotter.model import Text

VPN = """\
services:
  # All traffic of web goes through here.
  tunnel:
    image: example/tunnel:1
    container_name: the-tunnel
    cap_add: [NET_ADMIN]
    ports: ["8080:80"]
  web:
    image: example/web
    network_mode: "service:tunnel"
    depends_on:
      tunnel: {condition: service_healthy}
  other:
    image: example/other
"""


def test_services_that_share_a_network_are_a_unit_and_others_are_left_out() -> None:
    group = unit("deploy/compose.yaml", VPN)
    assert (group.platform, group.name, group.served) == ("compose", "deploy", (80,))
    assert [(one.name, one.line) for one in group.containers] == [
        ("tunnel", 3),
        ("web", 8),
    ]
    tunnel, web = group.containers
    assert [(join.text, join.line) for join in web.joins] == [("network:tunnel", 10)]
    assert [wait.text for wait in web.waits_for] == ["tunnel"]
    assert [one.text for one in tunnel.capabilities] == ["NET_ADMIN"]
    assert [note.text for note in tunnel.notes] == [
        "All traffic of web goes through here."
    ]


@pytest.mark.parametrize(
    "line",
    [
        "network_mode: container:the-tunnel",
        "network_mode: service:${VIA:-tunnel}",
        "pid: service:tunnel",
        "ipc: service:tunnel",
        "volumes_from: [tunnel]",
    ],
)
def test_each_way_to_share_ties_two_services(line: str) -> None:
    text = VPN.replace('network_mode: "service:tunnel"', line)
    assert names(unit("compose.yaml", text)) == ["tunnel", "web"]


def test_a_volume_that_one_service_writes_ties_those_that_mount_it() -> None:
    group = unit(
        "compose.yaml",
        """\
        services:
          web:
            image: web
            volumes: ["logs:/var/log/web", "./pages:/pages:ro"]
          shipper:
            image: shipper
            volumes:
              - type: volume
                source: logs
                target: /logs
                read_only: true
          cache:
            image: cache
            volumes: ["./pages:/pages:ro"]
        """,
    )
    assert names(group) == ["web", "shipper"]
    (mount,) = box(group, "shipper").mounts
    assert (mount.volume, mount.path, mount.read_only) == ("logs", "/logs", True)
    assert ("logs", "named") in {(one.name, one.kind) for one in group.volumes}


@pytest.mark.parametrize(
    "source",
    [
        "/etc/localtime:/etc/localtime",
        ".:/src",
        "./nginx.conf:/etc/nginx.conf",
        "/var/run/docker.sock:/sock/docker.socket.d",
        "/data",
    ],
)
def test_what_belongs_to_the_machine_or_the_project_ties_nothing(source: str) -> None:
    service = f"image: x\n    volumes: [{source!r}]"
    text = f"services:\n  one:\n    {service}\n  two:\n    {service}\n"
    assert all(len(group.containers) == 1 for group in units("compose.yaml", text))


def test_a_shared_network_alone_ties_nothing() -> None:
    text = """\
    services:
      db: {image: postgres, networks: [back]}
      exporter: {image: postgres-exporter, networks: [back], depends_on: [db]}
    networks: {back: {}}
    """
    assert units("compose.yaml", text) == []


@pytest.mark.parametrize(
    "service",
    [
        "sidecar: {image: x}",
        "agent: {image: me/metrics-sidecar}",
        'agent: {image: x, volumes: ["/var/run/docker.sock:/s.sock"]}',
        'agent: {image: x, volumes: ["/:/host:ro"]}',
        "agent: {image: x, pid: host}",
    ],
)
def test_a_lone_service_that_looks_like_a_sidecar_stands_alone(service: str) -> None:
    text = f"services:\n  web: {{image: web}}\n  {service}\n"
    group = unit("compose.yaml", text)
    assert (group.kind, len(group.containers), group.line) == ("service", 1, 3)


def test_the_names_of_folders_and_registries_do_not_make_a_lookalike() -> None:
    assert units("compose.yaml", "services: {a: {image: sidecar.io/sidecar/web}}") == []


def test_a_process_namespace_of_the_machine_is_told() -> None:
    text = "services:\n  agent:\n    image: x\n    pid: host\n"
    (share,) = unit("compose.yaml", text).shares
    assert (share.text, share.line) == ("processes-of-the-host", 4)


def test_a_partner_in_another_file_leaves_a_part_of_a_unit() -> None:
    text = "services:\n  debug:\n    image: x\n    network_mode: service:web\n"
    group = unit("compose.debug.yaml", text)
    assert names(group) == ["debug"]
    assert "partial" in group.marks


def test_a_service_that_must_have_ended_runs_once_and_first() -> None:
    group = unit(
        "compose.yaml",
        """\
        services:
          migrate: {image: m, volumes: ["data:/data"]}
          web:
            image: w
            volumes: ["data:/data"]
            depends_on:
              migrate: {condition: service_completed_successfully}
        """,
    )
    assert [one.stage for one in group.containers] == ["init", "run"]


def test_a_profile_is_a_condition() -> None:
    text = VPN.replace("    image: example/web", "    image: w\n    profiles: [vpn]")
    condition = box(unit("compose.yaml", text), "web").condition
    assert condition is not None
    assert (condition.text, condition.line) == ("profile vpn", 10)


def test_anchors_merges_and_services_that_extend_one_another_are_followed() -> None:
    group = unit(
        "compose.yaml",
        """\
        x-base: &base
          image: base
          volumes: ["data:/data"]
        services:
          one:
            <<: *base
          two:
            extends: one
            image: two
          three:
            extends: {service: two}
        """,
    )
    assert [one.image.text for one in group.containers if one.image] == [
        "base",
        "two",
        "two",
    ]


def test_what_a_service_runs_and_says_is_kept_with_its_lines() -> None:
    group = unit(
        "compose.yaml",
        """\
        services:
          sidecar:
            image: x
            entrypoint: /bin/run --to="a b"
            command:
              - serve
            environment:
              TO: localhost:1
            ports:
              - "127.0.0.1:9000:90/udp"
              - target: 91
                name: admin
            expose: ["92-93"]
            healthcheck:
              test: ["CMD", "curl", "localhost:90"]
        """,
    )
    (one,) = group.containers
    assert [(word.text, word.line) for word in one.words] == [
        ("/bin/run", 4),
        ("--to=a b", 4),
        ("serve", 6),
    ]
    assert [(said.text, said.line) for said in one.settings] == [("TO=localhost:1", 8)]
    assert [(p.number, p.name) for p in one.ports] == [
        (90, ""),
        (91, "admin"),
        (92, ""),
    ]
    assert [said.text for said in one.probes] == ["curl localhost:90"]
    assert group.served == (90, 91)


def test_a_file_of_the_first_version_has_its_services_at_the_top() -> None:
    text = "web: {image: w, volumes_from: [data]}\ndata: {image: d, volumes: [/data]}\n"
    assert names(unit("docker-compose.yml", text)) == ["web", "data"]


def test_a_template_is_read_without_its_expressions() -> None:
    group = unit(
        "compose.yml.j2",
        """\
        services:
        {% if vpn %}
          tunnel:
            image: {{ registry }}/tunnel
        {% endif %}
          web:
            image: "{{ image }}"
            network_mode: service:tunnel
        """,
    )
    assert [(one.name, one.line) for one in group.containers] == [
        ("tunnel", 3),
        ("web", 6),
    ]
    assert "template" in group.marks


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("values.yaml", VPN),
        ("a.yaml", "kind: X\napiVersion: v1\n" + VPN),
        ("ci.yaml", "services:\n  - docker\nimage: x\n"),
        ("a.yaml", "services:\n  web:\n    port: 80\n"),
        ("compose.yaml", ""),
        ("compose.yaml", "services:\n"),
        ("compose.yaml", "- image\n"),
        ("compose.yaml", "services: {a: null, b: 1, c: [image]}"),
    ],
)
def test_what_is_no_compose_file_gives_no_units(path: str, text: str) -> None:
    assert [group for group in units(path, text) if group.platform == "compose"] == []


def test_a_compose_file_is_known_by_what_it_says_too() -> None:
    assert names(unit("stacks/vpn.yml", VPN)) == ["tunnel", "web"]


def test_aliases_that_multiply_are_refused_at_once() -> None:
    bomb = "a0: &a0 [x]\n"
    for level in range(1, 12):
        bomb += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n"
    text = f"{bomb}services:\n  web:\n    image: x\n    volumes: *a11\n"
    with within(1):
        assert "values" in refuses("compose.yaml", text)


def test_a_mapping_that_merges_itself_is_refused() -> None:
    text = "services: &all\n  web:\n    image: x\n    <<: *all\n"
    assert "aliases" in refuses("compose.yaml", text)


COMMON = """\
services:
  base:
    image: example.com/base:1
    volumes: [logs:/var/log/web]
"""


def test_a_service_extends_one_of_another_file() -> None:
    text = """\
    services:
      web:
        extends:
          file: ../common/services.yml
          service: base
      shipper:
        image: example.com/shipper
        volumes: [logs:/logs:ro]
    """
    group = unit("web/compose.yaml", text, {"common/services.yml": COMMON})
    web = box(group, "web")
    assert web.image == Text("example.com/base:1", 4)  # the line that names the file
    assert [(mount.volume, mount.line) for mount in web.mounts] == [("logs", 4)]
    assert names(group) == ["web", "shipper"]


def test_an_included_service_is_part_of_the_unit_that_it_joins() -> None:
    vpn = "services:\n  tunnel:\n    image: tailscale/tailscale\n"
    text = """\
    include:
      - vpn/compose.yaml
    services:
      web:
        image: web
        network_mode: service:tunnel
    """
    group = unit("compose.yaml", text, {"vpn/compose.yaml": vpn})
    found = [(one.name, one.line) for one in group.containers]
    assert sorted(found) == [("tunnel", 2), ("web", 4)]


@pytest.mark.parametrize(
    "include", ["[{path: a.yaml}]", "[{path: [a.yaml, none.yaml]}]", "['${A:-a.yaml}']"]
)
def test_other_ways_to_include(include: str) -> None:
    text = f"include: {include}\nservices:\n  web: {{image: web, pid: 'service:a'}}\n"
    other = "services:\n  a: {image: a}\n"
    assert sorted(names(unit("compose.yaml", text, {"a.yaml": other}))) == ["a", "web"]


def test_what_is_only_included_is_told_where_it_is_written() -> None:
    text = "include: [vpn.yaml]\nservices:\n  web:\n    image: web\n"
    assert units("compose.yaml", text, {"vpn.yaml": VPN}) == []


@pytest.mark.parametrize(
    "other",
    [
        "include: [compose.yaml, other.yaml]\nservices: {a: {image: a}}\n",
        "services: {base: {extends: {file: compose.yaml, service: web}}}\n",
        "services: [",
        "services: {base: null}\n",
        "- a\n",
    ],
)
def test_files_that_name_one_another_end(other: str) -> None:
    text = """\
    include: [other.yaml, other.yaml, none.yaml, "", {path: {a: b}}, [x]]
    services:
      web:
        extends: {file: other.yaml, service: base}
        image: web
        network_mode: service:shop
    """
    found = units("compose.yaml", text, {"other.yaml": other})
    assert [names(group) for group in found] == [["web"]]
