"""Tasks of Ansible: the containers that they run, and resources that they define."""

from pathlib import Path

from scanning import labels


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


ANSIBLE = """\
- name: Media
  block:
    - name: Run the tunnel
      community.docker.docker_container:
        name: tunnel
        image: example/tunnel
        capabilities: [NET_ADMIN]
        published_ports: ["8080:80"]
    - name: Run the fetcher
      community.docker.docker_container:
        name: fetcher
        image: example/fetcher
        network_mode: container:tunnel
- name: Remove an old one
  docker_container: {name: old, state: absent, network_mode: container:tunnel}
- name: Run another
  docker_container: {name: shop, image: example/shop}
"""


def test_tasks_of_ansible_run_containers_that_share_a_network(tmp_path: Path) -> None:
    found = labels(tmp_path, {"roles/media/tasks/main.yml": ANSIBLE})
    assert found == {"tunnel": "sidecar", "fetcher": "main"}


def test_a_task_of_ansible_may_join_the_tunnel_of_another_role(tmp_path: Path) -> None:
    text = ANSIBLE.replace("name: tunnel", "name: other").replace(
        "image: example/tunnel", "image: example/other"
    )
    found = labels(tmp_path, {"tasks/main.yml": text})
    assert found == {"tunnel": "sidecar", "fetcher": "main"}
