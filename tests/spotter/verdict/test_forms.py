"""The same unit in the forms that Podman and Docker have: its ties alone decide."""

from collections.abc import Callable
from pathlib import Path

import pytest
from scanning import findings

Files = dict[str, str]
Form = Callable[[list[str], str], Files]


def in_compose(rows: list[str], tie: str) -> Files:
    """Return the file of services of which all are tied to the first."""
    text = "services:\n"
    for row in rows:
        name, image, says = row.split(", ")
        text += f"  {name}:\n    image: {image}\n    command: [{says}]\n"
        if tie == "files":
            text += "    volumes: [data:/data]\n"
        elif row != rows[0]:
            text += f"    network_mode: service:{rows[0].split(', ')[0]}\n"
        text += PUBLISHED if name in DOORS else ""
    return {"compose.yaml": text + ("volumes: {data: }\n" if tie == "files" else "")}


def in_quadlet(rows: list[str], tie: str) -> Files:
    """Return the files of containers of which all are tied to the first."""
    files = {}
    for row in rows:
        name, image, says = row.split(", ")
        text = f"[Container]\nContainerName={name}\nImage={image}\nExec={says}\n"
        if tie == "files":
            text += "Volume=data.volume:/data\n"
        elif row != rows[0]:
            text += f"Network={rows[0].split(', ')[0]}.container\n"
        text += "PublishPort=8443:8443\n" if name in DOORS else ""
        files[f"{name}.container"] = text
    return files


def in_pod(rows: list[str], tie: str) -> Files:
    """Return the files of a pod, which all join: they have one network."""
    assert tie == "network"
    files = {"trial.pod": "[Pod]\nPublishPort=8443:8443\n"}
    for row in rows:
        name, image, says = row.split(", ")
        text = f"[Container]\nContainerName={name}\nImage={image}\nExec={says}\n"
        files[f"{name}.container"] = f"{text}Pod=trial.pod\n"
    return files


DOORS = ("relay", "caddy", "shop-door")
PUBLISHED = '    ports: ["8443:8443"]\n'
RELAY = "relay, envoyproxy/envoy, --upstream=http://localhost:4180"
AUTH = "oauth2-proxy, oauth2-proxy/oauth2-proxy, --upstream=http://localhost:8080"
SHOP = "shop, example.com/shop, --port=8080"
CADDY = "caddy, caddy, --upstream=http://localhost:4180"
ENVOY = "envoy, envoyproxy/envoy, --listen=0.0.0.0:4180"


@pytest.mark.parametrize("form", [in_compose, in_quadlet, in_pod])
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        pytest.param(
            [RELAY, AUTH, SHOP],
            {"relay": "shop", "oauth2-proxy": "shop", "shop": None},
            id="a proxy before the proxy of a program",
        ),
        pytest.param(
            [CADDY, ENVOY],
            {"caddy": None, "envoy": "caddy"},
            id="a proxy that is called before another",
        ),
        pytest.param(
            [ENVOY, CADDY],
            {"caddy": None, "envoy": "caddy"},
            id="a proxy that calls before another",
        ),
    ],
)
def test_whom_the_proxies_of_one_network_serve(
    form: Form, rows: list[str], said: dict[str, str | None], tmp_path: Path
) -> None:
    found = findings(tmp_path, form(rows, "network"))
    assert {name: one.serves for name, one in found.items()} == said
    mains = [name for name, one in found.items() if one.label == "main"]
    assert mains == [name for name, serves in said.items() if serves is None]


@pytest.mark.parametrize("form", [in_compose, in_quadlet])
def test_a_call_at_localhost_reaches_no_neighbor_that_only_shares_files(
    form: Form, tmp_path: Path
) -> None:
    lamp = "lamp, example.com/lamp, --upstream=http://localhost:8080"
    found = findings(tmp_path, form([SHOP, lamp], "files"))
    assert {name: one.label for name, one in found.items()} == {
        "shop": "not-a-sidecar",
        "lamp": "not-a-sidecar",
    }
    said = {one.feature for one in (*found["lamp"].evidence, *found["shop"].evidence)}
    assert "localhost" not in said


@pytest.mark.parametrize("form", [in_compose, in_quadlet])
def test_a_published_port_counts_in_the_file_of_a_neighbor(
    form: Form, tmp_path: Path
) -> None:
    rows = ["lamp, example.com/lamp, run", "shop-door, example.com/shop, run"]
    found = findings(tmp_path, form(rows, "files"))
    why = "runs beside shop-door, and nothing says that it serves it"
    assert found["lamp"].why == why
