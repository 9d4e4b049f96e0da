"""Two that share the folder in which the program of one of them is set up."""

from pathlib import Path

import pytest
from beginnings import MOUNT, placed, services
from scanning import findings, labels, neighbors

PORT = "ports: [{containerPort: 80}]"
START = "command: [sh, -c, 'fetch /etc/traefik; exec traefik']"
LOOP = "command: [sh, -c, 'while true; do fetch /out; sleep 30; done']"


def at(folder: str, more: str = "") -> str:
    """Return a mount of the shared volume at a folder."""
    return f"volumeMounts: [{{name: data, mountPath: {folder}{more}}}]"


@pytest.mark.parametrize("folder", ["/etc/lamp", "/etc/lamp/routes"])
def test_whose_folder_it_is_reads_what_another_writes(
    tmp_path: Path, folder: str
) -> None:
    text = placed(f"lamp, {PORT}, {at(folder)}", f"rain, {MOUNT}")
    found = findings(tmp_path, {"a.yaml": text})
    assert found["rain"].serves == "lamp"
    said = [one.says for one in found["lamp"].evidence]
    assert "reads the volume data, which rain may write" in said


@pytest.mark.parametrize("folder", ["/etc/rains", "/lamp", "/var/lamp", "/etc"])
def test_another_folder_is_nobodys(tmp_path: Path, folder: str) -> None:
    text = placed(f"lamp, {PORT}, {at(folder)}", f"rain, {MOUNT}")
    said = [one.says for one in findings(tmp_path, {"a.yaml": text})["lamp"].evidence]
    assert "shares the volume data with rain" in said


def test_what_looks_after_the_folder_of_a_gateway_serves_it(tmp_path: Path) -> None:
    folder = "volumes: [./routes:/etc/traefik/routes]"
    loop = LOOP.replace("/out", "/etc/traefik/routes/a.yml")
    text = services(
        f"traefik, image: traefik:v3, {START}, ports: ['80:80'], {folder}",
        f"rain, {loop}, {folder}",
    ).replace("image: example.com/rain", "build: .")
    found = neighbors(tmp_path, {"compose.yaml": text})
    assert found == {"traefik": ("main", None), "rain": ("sidecar", "traefik")}


def test_who_is_set_up_by_files_does_not_take_them(tmp_path: Path) -> None:
    reads = at("/etc/settings", ", readOnly: true")
    told = "args: [--from, /etc/settings]"
    text = placed(f"rain, {MOUNT}", f"lamp, {told}, {reads}")
    assert labels(tmp_path, {"a.yaml": text}) == {"rain": "sidecar", "lamp": "main"}
