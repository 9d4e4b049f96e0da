"""The drawings: what they show, and that Mermaid takes every one of them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from diagrams.draw import Pen
from handmade import AGENT, EMPTY, HOSTILE, REPORT, WEB, hostile
from lab.manifest import read
from sidecar_spotter import scan
from sidecar_spotter.model import (
    Container,
    Finding,
    Group,
    Judged,
    Mount,
    Port,
    Report,
    Request,
    Text,
)
from sidecar_spotter.reports import render
from sidecar_spotter.reports.mermaid import draw

PODS = Path(__file__).parents[3] / "examples" / "pods"


def lab(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.fixture(scope="module")
def pen(tmp_path_factory: pytest.TempPathFactory) -> Pen:
    """What draws the handbook's own pictures: it raises what Mermaid does not take."""
    return Pen((), tmp_path_factory.mktemp("drawings"))


def pod(*boxes: Container, findings: tuple[Finding, ...] = ()) -> str:
    return draw(Judged(Group("a.yaml", 1, "kubernetes", "Pod", "a", boxes), findings))


def test_a_group_is_drawn_in_the_handbooks_style(pen: Pen) -> None:
    source = draw(WEB)
    assert (
        source
        == """\
flowchart TB
    accTitle: Deployment web and what its containers share
    accDescr: istio-proxy is an injected sidecar. seed is an init container. web, on \
port 8080, is the main container. ship, on port 9000, is a sidecar. All share one list \
of processes. seed ends before web starts. A Service sends requests to web, port 8080. \
seed may write to the volume logs. ship only reads the volume logs and the volume \
conf. web may write to the volume logs. web calls ship at localhost:9000. An injector \
or operator adds istio-proxy.
    service(["Service"]):::outside
    adder(["injector or operator"]):::outside
    subgraph unit["Deployment web, one list of processes"]
        c1["seed<br/>init container"]
        c2["web<br/>main container<br/>port 8080"]:::main
        c3["ship<br/>sidecar<br/>log-shipper<br/>port 9000"]:::sidecar
        v1[("logs<br/>emptyDir")]:::volume
        v2[("conf<br/>configMap")]:::volume
        a1["istio-proxy<br/>injected sidecar"]:::sidecar
    end
    c1 -.->|ends before| c2
    service -->|port 8080| c2
    c1 -->|may write| v1
    c3 -->|reads| v1
    c3 -->|reads| v2
    c2 -->|may write| v1
    c2 -->|calls localhost:9000| c3
    adder -.->|adds| a1
"""
    )
    drawn = BeautifulSoup(pen.svg(source), "html.parser")
    assert drawn.title is not None
    assert drawn.title.text == "Deployment web and what its containers share"
    said = " ".join(drawn.get_text(" ").split())
    for words in ("log-shipper", "port 9000", "ends before", "one list of processes"):
        assert words in said


def test_init_containers_and_native_sidecars_stand_in_their_order() -> None:
    source = pod(
        Container("first", 1, "init"),
        Container("helper", 2, "native"),
        Container("last", 3, "init"),
        Container("other", 4),
        Container("app", 5),
        findings=(Finding("app", 5, "main", "application", None, "is it"),),
    )
    assert "c1 -.->|ends before| c2" in source
    assert "c2 -.->|starts before| c3" in source
    assert "c3 -.->|ends before| c5" in source
    assert 'c2["helper<br/>native sidecar"]' in source


def test_a_joined_namespace_and_waiting_are_drawn() -> None:
    source = pod(
        Container("app", 1),
        Container(
            "vpn",
            2,
            joins=(Text("network:app", 3), Text("network:elsewhere", 4)),
            waits_for=(Text("app", 5),),
        ),
    )
    assert "c2 -->|shares the network of| c1" in source
    assert "c2 -.->|waits for| c1" in source
    assert source.count("|") == 4


def test_a_helper_without_a_visible_tie_still_points_to_whom_it_serves() -> None:
    helper = Finding("agent", 2, "sidecar", "agent", "app", "runs beside app")
    source = pod(Container("app", 1), Container("agent", 2), findings=(helper,))
    assert "c2 -.->|serves| c1" in source
    assert "serves" not in draw(WEB)


def test_no_word_stands_twice_in_a_box() -> None:
    """What a container is, and what it is for, if its name does not say so."""
    helpers = (
        Finding("log", 2, "sidecar", "helper", "app", "runs beside app"),
        Finding("adapter", 3, "adapter", "metrics-adapter", "app", "runs beside app"),
        Finding("proxy", 4, "ambassador", "proxy", "app", "runs beside app"),
    )
    boxes = (Container(one.name, one.line) for one in helpers)
    source = pod(Container("app", 1), *boxes, findings=helpers)
    for words in ("log<br/>sidecar", "adapter<br/>metrics-adapter", "proxy<br/>ambass"):
        assert f'["{words}' in source
    assert "helper" not in source


def test_a_helper_may_be_tied_by_the_list_of_processes_alone() -> None:
    boxes = (Container("app", 1), Container("top", 2))
    shares = (Text("processes", 3),)
    helper = Finding("top", 2, "sidecar", "helper", "app", "runs beside app")
    group = Group("a", 1, "kubernetes", "Pod", "a", boxes, shares=shares)
    source = draw(Judged(group, (helper,)))
    assert "c2 -.->|sees processes of| c1" in source
    assert "All share one list of processes. top sees processes of app." in source


def test_an_address_to_listen_on_is_no_call(tmp_path: Path) -> None:
    """redis is told `--bind 127.0.0.1`, and the old application its HOST."""
    for system, calls in (("adapter", 0), ("https_termination", 1)):
        source = render("mermaid", [scan(PODS / system / "pod.yaml")])
        assert source.count("|calls localhost") == calls
    manifest = tmp_path / "pod.yaml"
    text = (PODS / "adapter" / "pod.yaml").read_text(encoding="utf-8")
    manifest.write_text(text.replace("- --bind", "- --scrape"), encoding="utf-8")
    assert "c1 -->|calls localhost| c2" in render("mermaid", [scan(manifest)])


def test_an_arrow_from_outside_ends_at_a_container(pen: Pen) -> None:
    """Not at the frame around all of them."""
    box = Container("web", 2, ports=(Port(80, "", 3),))
    group = Group("a", 1, "kubernetes", "Pod", "a", (box,), served=(80,))
    drawn = BeautifulSoup(pen.svg(draw(Judged(group, ()))), "html.parser")
    frame, arrow = (
        drawn.select_one(".cluster rect"),
        drawn.select_one("path[marker-end]"),
    )
    assert frame is not None
    assert arrow is not None
    end = float(re.findall(r"-?[\d.]+", str(arrow["d"]))[-1]) + moved(arrow)
    assert end > float(str(frame["y"])) + moved(frame) + 20


def moved(element: Tag) -> float:
    """Return how far down the groups around an element of a drawing move it."""
    places = (str(around.get("transform", "")) for around in element.parents)
    found = (re.match(r"translate\([^,]+,([^)]+)\)", place) for place in places)
    return sum(float(place[1]) for place in found if place)


def test_a_volume_that_is_mounted_twice_is_drawn_once() -> None:
    mounts = (Mount("data", "/a", True, 2), Mount("data", "/b", False, 3))
    source = pod(Container("app", 1, mounts=mounts))
    assert source.count("v1") == 2
    assert "c1 -->|may write| v1" in source


def test_an_opt_out_is_not_drawn() -> None:
    ask = Request("istio-proxy", "injection-opt-out", 1, "is refused", wanted=False)
    nothing = Judged(Group("a", 1, "kubernetes", "Namespace", "a", requests=(ask,)), ())
    assert draw(nothing) == ""


def test_one_drawing_stands_alone_and_several_after_their_places() -> None:
    assert render("mermaid", [replace(REPORT, groups=(AGENT,))]).startswith("flowchart")
    text = render("mermaid", [REPORT])
    places = re.findall(r"(?m)^%% (.+)\nflowchart TB$", text)
    assert places == ["deploy/web.yaml:12", "deploy/agent.yaml:2"]
    assert render("mermaid", [EMPTY]) == ""


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 5))
def test_mermaid_takes_hostile_names(start: int, pen: Pen) -> None:
    names = HOSTILE[start : start + 5]
    svg = pen.svg("%% {init: {}}\n" + draw(hostile(names).groups[start // 5]))
    drawn = BeautifulSoup(svg, "html.parser")
    assert not drawn.find_all("script")
    said = "".join(drawn.get_text().split())
    for name in names:
        word = re.search(r"\w+", name)
        assert word is None or word[0][:20] in said


def test_mermaid_takes_hostile_names_of_units_and_files(pen: Pen) -> None:
    text = render("mermaid", [hostile()])
    assert len(re.findall(r"(?m)^%% .*\nflowchart TB$", text)) == len(HOSTILE)
    units = re.findall(r"(?m)^    subgraph unit(.*)", text)
    titles = "\n".join(f"subgraph u{i}{u}\nn{i}\nend" for i, u in enumerate(units))
    files = "\n".join(re.findall(r"(?m)^%% .*", text))
    pen.svg(f"{files}\nflowchart TB\n{titles}\n")


def test_a_huge_group_is_drawn_in_part() -> None:
    mounts = tuple(
        Mount(f"volume-{n}-{'x' * 40}", "/v", False, n + 1) for n in range(99)
    )
    boxes = tuple(
        Container(f"container-{n}-{'y' * 40}", n + 1, mounts=mounts) for n in range(999)
    )
    source = pod(*boxes)
    assert 'rest["not drawn: 959 containers, 59 volumes, 1500 arrows"]' in source
    assert len(source) < 50_000
    assert source.count("-->|") == 100


def test_drawing_does_not_depend_on_anything_but_the_report() -> None:
    report = Report(".", "uses-sidecar", "", (WEB, AGENT))
    assert render("mermaid", [report]) == render("mermaid", [report])


@pytest.mark.parametrize("path", sorted(PODS.glob("*/pod*.yaml")), ids=lab)
def test_every_lab_gives_one_picture(path: Path) -> None:
    source = render("mermaid", [scan(path)])
    assert source.startswith("flowchart TB\n")
    for box in read(path).containers:
        assert f'["{box.name}' in source


def test_a_drawing_shows_each_side_of_a_choice(tmp_path: Path) -> None:
    sides = "".join(
        f"        {{{{- {steer} }}}}\n        - {{name: {name}, image: a/{name}}}\n"
        f"        - {{name: {name}-proxy, image: a/{name}-proxy}}\n"
        for steer, name in (("if .Values.old", "elder"), ("else", "younger"))
    )
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n"
        "  selector: {}\n  template:\n    spec:\n      containers:\n"
        f"{sides}        {{{{- end }}}}\n"
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.yaml").write_text(text, encoding="utf-8")
    drawn = render("mermaid", [scan(tmp_path)])
    older, younger = drawn.split("flowchart")[1:]
    assert "elder-proxy" in older
    assert "younger-proxy" in younger
