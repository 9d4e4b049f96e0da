"""Tunnels: who lends its network to whom."""

from pathlib import Path

import pytest
from scanning import labels
from sidecar_spotter import scan

OVERLAY = """\
services:
  api:
    network_mode: service:vpn
    environment: {VIA: tunnel}
"""


BASE = """\
services:
  api: {image: example/shop-api}
  vpn: {image: example/shop-vpn, cap_add: [NET_ADMIN]}
"""


def test_an_overlay_puts_a_service_into_the_network_of_a_tunnel(tmp_path: Path) -> None:
    files = {"docker-compose.yml": BASE, "docker-compose.vpn.yml": OVERLAY}
    assert labels(tmp_path, files) == {"api": "main", "vpn": "sidecar"}


STACK = """\
services:
  fetch:
    image: example/fetch
    network_mode: container:gluetun
  search:
    image: example/search
    network_mode: container:gluetun
"""


@pytest.mark.parametrize("host", ["gluetun", "home-vpn", "nordvpn", "zerotier"])
def test_a_stack_may_join_the_tunnel_of_another_stack(
    tmp_path: Path, host: str
) -> None:
    found = labels(tmp_path, {"media/compose.yaml": STACK.replace("gluetun", host)})
    assert found == {"fetch": "main", "search": "main", host: "sidecar"}
    (group,) = scan(tmp_path).groups
    helper = next(one for one in group.findings if one.name == host)
    assert (helper.line, helper.serves) == (4, "fetch")


@pytest.mark.parametrize("whose", ["shop", "${TARGET}", "service:shop"])
def test_whom_one_joins_elsewhere_is_no_helper_by_that_alone(
    tmp_path: Path, whose: str
) -> None:
    text = f"services:\n  books:\n    image: example/books\n    network_mode: {whose}\n"
    assert labels(tmp_path, {"compose.yaml": text}) == {}


def test_a_tunnel_that_joins_a_program_elsewhere_is_still_the_helper(
    tmp_path: Path,
) -> None:
    text = STACK.replace("example/fetch", "tailscale/tailscale").replace(
        "container:gluetun", "container:proxy", 1
    )
    assert labels(tmp_path, {"compose.yaml": text})["fetch"] == "sidecar"


ROUTER = """\
services:
  road:
    image: example/road
    cap_add: [NET_ADMIN]
  fetch: {image: example/fetch, network_mode: "service:road"}
  search: {image: example/search, network_mode: "service:road"}
"""


def test_several_that_live_in_the_network_of_a_router_are_served_by_it(
    tmp_path: Path,
) -> None:
    text = ROUTER.replace("  search:", "  search-vpn:")
    found = labels(tmp_path, {"road/compose.yaml": text})  # the folder has its name
    assert found == {"road": "sidecar", "fetch": "main", "search-vpn": "main"}


def test_helpers_of_a_program_that_may_change_its_network_stay_helpers(
    tmp_path: Path,
) -> None:
    text = ROUTER.replace("example/fetch", "tailscale/tailscale").replace(
        "example/search", "oliver006/redis_exporter"
    )
    found = labels(tmp_path, {"compose.yaml": text})
    assert found == {"road": "main", "fetch": "sidecar", "search": "sidecar"}


@pytest.mark.parametrize("host", ["${GLUETUN_NAME}", "{{ shop_vpn_name }}"])
def test_a_variable_may_tell_the_name_of_a_tunnel(tmp_path: Path, host: str) -> None:
    found = labels(tmp_path, {"media/compose.yaml": STACK.replace("gluetun", host)})
    assert found == {"fetch": "main", "search": "main", host: "sidecar"}


def test_a_tunnel_may_be_called_after_whose_network_it_joins(tmp_path: Path) -> None:
    text = """\
services:
  shop: {image: example/shop}
  shop-vpn: {image: example/way-in, network_mode: "service:shop"}
"""
    found = labels(tmp_path, {"compose.yaml": text})
    assert found == {"shop": "main", "shop-vpn": "sidecar"}


def test_who_may_change_routes_leads_several_guests_out(tmp_path: Path) -> None:
    guests = "\n".join(
        f"  {name}: {{image: example.com/{name}, network_mode: 'service:way'}}"
        for name in ("books", "films")
    )
    way = "  way: {image: example.com/way, cap_add: [NET_ADMIN]}"
    (tmp_path / "compose.yaml").write_text(f"services:\n{way}\n{guests}\n")
    [unit] = scan(tmp_path).groups
    [one] = [finding for finding in unit.findings if finding.name == "way"]
    assert one.label == "sidecar"
    assert any("leads its guests out" in why.says for why in one.evidence)


@pytest.mark.parametrize(
    ("image", "main"), [("qmcgaw/gluetun", "film_proxy"), ("example/road", "road")]
)
def test_what_a_tunnel_takes_out_is_served_whatever_it_is_called(
    tmp_path: Path, image: str, main: str
) -> None:
    road = f"  road: {{image: {image}, cap_add: [NET_ADMIN], ports: ['80:80']}}\n"
    film = "  film_proxy: {image: film-proxy, network_mode: 'service:road'}\n"
    found = labels(tmp_path, {"compose.yaml": f"services:\n{road}{film}"})
    other = "road" if main == "film_proxy" else "film_proxy"
    assert found == {main: "main", other: "sidecar"}


def test_a_tunnel_in_the_network_of_another_one_is_a_tunnel_all_the_same(
    tmp_path: Path,
) -> None:
    road = "  road: {image: qmcgaw/gluetun}\n"
    tail = "  tail: {image: tailscale/tailscale, network_mode: 'service:road'}\n"
    found = labels(tmp_path, {"compose.yaml": f"services:\n{road}{tail}"})
    assert found == {"road": "main", "tail": "sidecar"}
