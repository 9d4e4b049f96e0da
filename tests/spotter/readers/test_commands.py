"""Command lines and run files that start a program with its sidecar, or ask for one."""

from pathlib import Path

import pytest
from limits import within
from reading import Files
from scanning import scanned
from sidecar_spotter.model import Report
from sidecar_spotter.readers import shell
from sidecar_spotter.readers.common import code_files
from sidecar_spotter.readers.shell import commands


def told(report: Report) -> list[tuple[str, int, str, str]]:
    return [
        (judged.group.name, one.line, one.name, one.label)
        for judged in report.groups
        for one in judged.findings
    ]


RUN = """\
version: 1
common:
  resourcesPath: ./resources
apps:
  - appDirPath: ./till
    appID: desk
    command: [python3, till.py]
  - appDirPath: ./stock
    appPort: 8001
"""


def test_a_run_file_of_dapr_asks_for_a_sidecar_of_each_program(tmp_path: Path) -> None:
    report = scanned(tmp_path, {"local.yaml": RUN})
    assert told(report) == [
        ("desk", 6, "daprd", "injected-sidecar"),
        ("stock", 8, "daprd", "injected-sidecar"),
    ]
    assert report.verdict == "uses-sidecar"


@pytest.mark.parametrize("word", ["folder", "version"])
def test_a_list_of_apps_alone_is_no_run_file(tmp_path: Path, word: str) -> None:
    text = RUN.replace("appDirPath", word)
    assert scanned(tmp_path, {"local.yaml": text}).verdict == "no-sidecar"


AZURE = {
    "up.sh": """\
        #!/bin/sh
        az containerapp create \\
          --name till \\
          --enable-dapr \\
          --dapr-app-id till
        """,
    "up.ps1": """\
        $GROUP = "shop"
        az containerapp create `
          --name till `
          --enable-dapr true
        """,
    "up.cmd": """\
        rem the shop
        call az containerapp update ^
          --name till ^
          --enable-dapr
        """,
}


@pytest.mark.parametrize("name", AZURE)
def test_a_script_may_switch_dapr_on_for_an_app(tmp_path: Path, name: str) -> None:
    report = scanned(tmp_path, {name: AZURE[name]})
    assert told(report) == [("till", 4, "daprd", "injected-sidecar")]


def test_a_script_may_switch_dapr_off(tmp_path: Path) -> None:
    text = AZURE["up.ps1"].replace("dapr true", "dapr false")
    report = scanned(tmp_path, {"up.ps1": text})
    assert told(report) == [("till", 4, "daprd", "not-a-sidecar")]
    (finding,) = report.groups[0].findings
    assert "`--enable-dapr` is false" in finding.why
    assert report.verdict == "no-sidecar"


@pytest.mark.parametrize(
    "line",
    [
        "dapr run --app-id till --app-port 80 -- python3 till.py",
        "cd till && dapr run -a till python3 till.py &",
        "exec dapr run --app-id=till",
        "(cd till; dapr run --app-id till)",
    ],
)
def test_a_script_may_run_a_program_with_dapr(tmp_path: Path, line: str) -> None:
    report = scanned(tmp_path, {"run.sh": f"set -e\n{line}\n"})
    assert told(report) == [("till", 2, "daprd", "injected-sidecar")]


def test_a_comment_does_not_go_on_in_the_next_line(tmp_path: Path) -> None:
    text = "# the folder is shop\\\ndapr run --app-id till -- ./till\n"
    found = told(scanned(tmp_path, {"run.sh": text}))
    assert found == [("till", 2, "daprd", "injected-sidecar")]


@pytest.mark.parametrize("name", ["Makefile", "deploy/shop.mk", "justfile"])
@pytest.mark.parametrize("quiet", ["", "@", "-@"])
def test_a_recipe_is_made_of_commands(tmp_path: Path, name: str, quiet: str) -> None:
    text = f"run:\n\t{quiet}dapr run --app-id till -- ./till\n"
    found = told(scanned(tmp_path, {name: text}))
    assert found == [("till", 2, "daprd", "injected-sidecar")]


@pytest.mark.parametrize(
    "line",
    [
        "# dapr run --app-id till",
        "# as it was: cd till; dapr run --app-id till",
        'echo "start it by dapr run --app-id till"',
        "dapr run --run-file local.yaml",
        "dapr stop --app-id till",
        "az containerapp show --query properties.dapr  # --enable-dapr",
        "az group create --name shop",
    ],
)
def test_what_is_no_such_command_asks_for_nothing(tmp_path: Path, line: str) -> None:
    assert told(scanned(tmp_path, {"run.sh": f"{line}\n"})) == []


@pytest.mark.parametrize(
    ("line", "name", "label"),
    [
        ("kubectl label namespace shop istio-injection=enabled", "istio-proxy", "yes"),
        ("kubectl label ns/shop --overwrite istio-injection=disabled", "", "no"),
        ('oc annotate ns "$NS" linkerd.io/inject="enabled"', "linkerd-proxy", "yes"),
        ("kubectl -n shop annotate pod till dapr.io/enabled=true", "daprd", "yes"),
        ("kubectl label ns shop team=tills", "", ""),
        ("kubectl label ns shop istio-injection-", "", ""),
        ("kubectl get ns -l istio-injection=enabled", "", ""),
    ],
)
def test_a_script_may_label_what_a_controller_looks_at(
    tmp_path: Path, line: str, name: str, label: str
) -> None:
    found = told(scanned(tmp_path, {"mesh.sh": f"set -e\n{line}\n"}))
    if not label:
        assert found == []
        return
    ((_, at, box, said),) = found
    assert at == 2
    assert said == {"yes": "injected-sidecar", "no": "not-a-sidecar"}[label]
    assert not name or box == name


REVISION = """\
    #!/bin/sh
    gcloud run deploy till --region europe-west1 --quiet \\
      --container=envoy \\
      --image="$REGISTRY/envoy" --port 8080 \\
      --set-env-vars="^@^KEYS=a,b@APP_PORT=8081" \\
      --depends-on=app \\
      --container=app \\
      --image="$REGISTRY/till"
    """


def test_a_script_may_list_the_containers_of_a_revision(tmp_path: Path) -> None:
    report = scanned(tmp_path, {"up.sh": REVISION})
    assert told(report) == [
        ("till", 3, "envoy", "sidecar"),
        ("till", 7, "app", "main"),
    ]
    group = report.groups[0].group
    assert [one.text for one in group.containers[0].settings] == [
        "KEYS=a,b",
        "APP_PORT=8081",
    ]
    assert [one.number for one in group.containers[0].ports] == [8080]
    assert report.verdict == "uses-sidecar"


@pytest.mark.parametrize(
    "line",
    [
        "gcloud run deploy till --image till:1 --port 8080",
        "gcloud run deploy till --container till --image till:1",
        "gcloud run services describe till --container a --container b",
        "# gcloud run deploy till --container envoy --container app",
    ],
)
def test_one_container_of_a_revision_has_no_neighbor(tmp_path: Path, line: str) -> None:
    assert told(scanned(tmp_path, {"up.sh": f"{line}\n"})) == []


@pytest.mark.parametrize(
    "piece",
    [
        "oc ",
        "gcloud run deploy a --container b ",
        'gcloud run deploy a --container b --image="',
        " --container ",
        "dapr run ",
        "dapr run --app-id a;",
        "kubectl label ns a b=c &&",
        "kubectl -a=b ",
        "az containerapp up --enable-dapr \\\n",
        "\\\n",
        "do ",
        "; ",
        "a=b ",
    ],
)
def test_hostile_scripts_cost_little_time(piece: str) -> None:
    start = "dapr run --app-id a\n"
    text = (start + piece * code_files.LARGEST)[: code_files.LARGEST]
    with within(2):
        assert shell.suits("a.sh", text.encode())
        list(shell.read("a.sh", text.encode(), Files()))


def test_a_giant_script_is_not_looked_at() -> None:
    text = "dapr run --app-id a\n"
    assert len(list(commands.units("a.sh", text))) == 1
    assert not list(commands.units("a.sh", text * code_files.LARGEST))
