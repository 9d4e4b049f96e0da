"""What a reader types: `podman kube play` of a manifest as it stands in its folder."""

import re
from pathlib import Path

import pytest
from lab.manifest import load
from lab.podman import BASE, Podman
from lab.systems import PODS

# A Job is not for this podman, and a native sidecar is for none.
PLAIN = [
    path
    for path in sorted(PODS.glob("*/pod*.yaml"))
    if path.name != "pod-native.yaml" and "kind: Pod" in path.read_text()
]


def test_a_second_build_leaves_no_images_behind(podman: Podman) -> None:
    podman.build("topz")
    before = podman.must("images", "--all", "--quiet", "--no-trunc")
    podman.make_base()
    podman.build("topz")
    assert podman.must("images", "--all", "--quiet", "--no-trunc") == before


def test_python_need_not_compile_its_library_at_each_start(podman: Podman) -> None:
    say = ("python3", "-v", "-c", "import http.server")
    done = podman("run", "--rm", "--pull=never", "--read-only", BASE, *say)
    assert done.returncode == 0
    assert re.search(r"http/__pycache__/server\S+ matches ", done.stderr)


@pytest.mark.parametrize("path", PLAIN, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_podman_makes_the_pod(
    podman: Podman, built: dict[str, str], path: Path
) -> None:
    system = path.parent.name
    if system not in built:
        built[system] = podman.build(system)
    try:
        podman.must("kube", "play", "--start=false", str(path))
        made = podman.must("ps", "--all", "--format={{.Names}}")
        pod = load(path)
        for box in pod["spec"]["containers"]:
            assert f"{pod['metadata']['name']}-{box['name']}" in made.split()
        # The lab of the served log warns of this: no hostPort, and open to everybody.
        if path.parent.name == "served_log" and " 4.3." in podman.must("--version"):
            ports = podman.must("ps", "--all", "--format={{.Ports}}")
            assert "0.0.0.0:8080-8081->8080-8081/tcp" in ports
    finally:
        podman("kube", "down", str(path))
        for volume in load(path)["spec"].get("volumes", []):
            podman("volume", "rm", "--force", volume["name"])
