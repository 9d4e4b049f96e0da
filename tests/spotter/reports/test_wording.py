"""The words of a report: each can be checked on its line, and none says too much."""

from dataclasses import replace
from pathlib import Path

import pytest
from handmade import AGENT, REPORT, WEB
from reading import unit, units
from sidecar_spotter import scan
from sidecar_spotter.features import evidence
from sidecar_spotter.model import Evidence, Finding, Group, Judged, Report
from sidecar_spotter.reports import render
from sidecar_spotter.reports.words import reasons
from sidecar_spotter.repository.summary import short, summary_of
from sidecar_spotter.verdict import judge

SHIP = WEB.findings[3]


def with_reasons(finding: Finding, *reasons: Evidence) -> Judged:
    return Judged(WEB.group, (replace(finding, evidence=reasons),))


def reason(says: str, weight: float, feature: str = "telling-name") -> Evidence:
    return Evidence(feature, "ship", 33, says, weight)


def said_of(path: str, text: str, feature: str) -> list[tuple[int, str]]:
    """Return line and words of what one feature says of a file."""
    return [
        (one.line, one.says)
        for group in units(path, text)
        for one in evidence(group)
        if one.feature == feature
    ]


# The two sentences ---------------------------------------------------------------


def test_the_nearest_miss_is_told_with_both_sides() -> None:
    assert summary_of([AGENT]) == (
        "No sidecar was found in here. The nearest miss is agent (deploy/agent.yaml, "
        'line 9): it is named "agent", as a helper, but it serves the machine: one '
        "copy runs on each."
    )


def test_a_miss_that_nothing_speaks_for_has_its_reason_alone() -> None:
    [finding] = AGENT.findings
    bare = Judged(AGENT.group, (replace(finding, evidence=finding.evidence[:1]),))
    end = "It is none, because it serves the machine: one copy runs on each."
    assert summary_of([bare]).endswith(end)


def test_where_no_unit_was_recognized_nothing_is_said_of_units() -> None:
    assert summary_of([]) == (
        "No sidecar was found in here. No unit of containers was recognized."
    )
    one = Judged(AGENT.group, ())
    assert "No unit has two programs" in summary_of([one])


def test_the_clearest_is_not_the_one_that_most_speaks_against() -> None:
    doubtful = with_reasons(SHIP, reason("starts first", 1), reason("is a peer", -3))
    clear = with_reasons(
        replace(SHIP, name="clear"), reason("only reads the volume logs", 2)
    )
    assert "The clearest is clear, beside web" in summary_of([doubtful, clear])


@pytest.mark.parametrize("folder", ["archive", ".archived", "DEPRECATED", "apps/old"])
def test_the_clearest_is_in_use_if_any_is(folder: str) -> None:
    strong = with_reasons(SHIP, reason("only reads the volume logs", 2))
    old = replace(strong, group=replace(strong.group, path=f"{folder}/web.yaml"))
    weak = with_reasons(replace(SHIP, name="weak"), reason("starts first", 1))
    assert "The clearest is weak, beside web" in summary_of([old, weak])
    assert "The clearest is ship, beside web" in summary_of([old])
    assert "The clearest is ship, beside web" in summary_of([strong, weak])


def test_sidecars_of_tests_alone_are_told_as_such() -> None:
    made_up = with_reasons(SHIP, reason("stands in a folder", -0.1, "test-fixture"))
    told = "1 sidecar in 1 unit, in folders for tests alone."
    assert told in summary_of([made_up])
    assert "tests" not in summary_of([made_up, WEB])


def test_beside_tests_the_program_code_that_builds_sidecars_is_told() -> None:
    made_up = with_reasons(SHIP, reason("stands in a folder", -0.1, "test-fixture"))
    built = with_reasons(SHIP, reason("reads the volume logs", 0.5))
    built = replace(
        built, group=replace(built.group, path="pod.go", marks=frozenset({"code"}))
    )
    told = summary_of([made_up, built], 12)
    assert "alone; program code builds 1 sidecar. The clearest is ship" in told
    assert "(pod.go, line" in told


def test_to_run_beside_another_is_no_reason_of_its_own() -> None:
    beside = with_reasons(SHIP, reason("runs beside web", 0.5, "second-container"))
    [finding] = beside.findings
    assert summary_of([beside]).endswith(f"it {finding.why}.")


def test_who_finds_nothing_says_in_how_many_files() -> None:
    end = "in the 12 files that could tell has two programs that run side by side."
    assert summary_of([], 12).endswith(end)


# The rows of reasons -------------------------------------------------------------


@pytest.mark.parametrize(
    ("feature", "word"),
    [
        ("telling-name", "but "),
        ("known-image", "but "),
        ("operator-field", "but "),
        ("shared-volume", ""),
        ("localhost", ""),
    ],
)
def test_a_main_program_is_one_in_spite_of_the_look_of_a_helper(
    feature: str, word: str
) -> None:
    main = replace(SHIP, label="main", serves=None)
    main = replace(main, evidence=(reason("looks so", 1, feature),))
    assert list(reasons(main)) == [(33, f"{word}looks so ({feature})")]
    main = replace(main, evidence=(reason("looks so", -1, feature),))
    assert list(reasons(main)) == [(33, f"looks so ({feature})")]


def test_reasons_of_one_kind_are_counted_from_the_fourth_on() -> None:
    many = [
        Evidence("shared-volume", "ship", line, f"shares the volume v{line}", 0.3)
        for line in range(50, 57)
    ]
    rows = list(reasons(replace(SHIP, evidence=tuple(many))))
    assert rows[2] == (52, "shares the volume v52 (shared-volume)")
    assert rows[3:] == [
        (53, "4 more of this kind: here, and on 54, 55, 56 (shared-volume)")
    ]
    four = list(reasons(replace(SHIP, evidence=tuple(many[:4]))))
    assert [line for line, _ in four] == [50, 51, 52, 53]


def test_long_expressions_of_templates_are_left_out_of_reasons() -> None:
    name = '{{ template "shop.fullname" . }}-log'
    assert short(f"runs beside {name}") == "runs beside {{…}}-log"
    assert short("{{ .Chart.Name }}") == "{{ .Chart.Name }}"
    served = replace(SHIP, name=name, serves=name, why=f"runs beside {name}")
    text = render("text", [_report(Judged(WEB.group, (served,)))])
    assert "runs beside {{…}}-log" in text and "serves {{…}}-log" in text
    assert '"shop.fullname"' in text  # the column of names keeps it


def test_to_call_the_one_that_it_serves_is_no_contradiction() -> None:
    call = Evidence("localhost", "ship", 35, "calls localhost:80", -0.2, "web")
    [(_, words)] = reasons(replace(SHIP, evidence=(call,)))
    assert words == "calls localhost:80 (localhost)"
    [(_, words)] = reasons(replace(SHIP, evidence=(replace(call, about="db"),)))
    assert words.startswith("but calls")


def _report(judged: Judged) -> Report:
    return replace(REPORT, groups=(judged,))


# What the features say -----------------------------------------------------------

POD = """\
    apiVersion: v1
    kind: Pod
    metadata: {name: shop}
    spec:
      containers:
        - name: shop
          image: example.com/shop:1
        - name: beside
          image: IMAGE
          command: [COMMAND]
"""


@pytest.mark.parametrize(
    ("image", "command", "line", "says"),
    [
        ("fluent/fluent-bit", "run", 9, "runs fluent-bit, known as log-shipper"),
        (
            "registry.k8s.io/git-sync/git-sync:v4",
            "run",
            9,
            "runs git-sync, a known helper, which keeps a copy of a Git repository up "
            "to date",
        ),
        (
            "'{{ .Values.sidecar.image }}'",
            "run",
            9,
            "gets its image from a value that is called sidecar",
        ),
        (
            "'{{ .Values.nodeDriverRegistrar.image }}'",
            "run",
            9,
            "gets its image from a value that is called nodeDriverRegistrar, known as "
            "csi-registrar, which tells the machine where its storage driver is",
        ),
        (
            "example.com/ledger-sidecar",
            "run",
            9,
            "runs ledger-sidecar, whose name says sidecar",
        ),
        ("busybox", "tail, -f, /log", 10, "runs tail, known as log-shipper"),
        (
            "busybox",
            "sh, -c, 'kill -HUP 1'",
            10,
            "has a command that makes a program reload, as a config-reloader does",
        ),
    ],
)
def test_what_tells_a_part_stands_on_its_line(
    image: str, command: str, line: int, says: str
) -> None:
    text = POD.replace("IMAGE", image).replace("COMMAND", command)
    assert (line, says) in said_of("pod.yaml", text, "known-image")


def test_a_unit_of_many_says_how_many_more() -> None:
    names = [f"    - {{name: n{i}, image: example.com/n{i}}}\n" for i in range(6)]
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec:\n  containers:\n"
    [first, *_] = said_of("pod.yaml", text + "".join(names), "second-container")
    assert first[1] == "runs beside n1, n2, n3 and 2 more in one unit"


@pytest.mark.parametrize(
    ("hook", "when"), [("prestart", "before"), ("poststart", "after")]
)
def test_a_hook_tells_when_a_task_starts(hook: str, when: str) -> None:
    text = f"""\
        job "shop" {{
          group "shop" {{
            task "shop" {{
              driver = "docker"
              config {{ image = "example.com/shop:1" }}
            }}
            task "log" {{
              driver = "docker"
              lifecycle {{
                hook    = "{hook}"
                sidecar = true
              }}
              config {{ image = "example.com/log:1" }}
            }}
          }}
        }}
    """
    [(_, says)] = said_of("shop.nomad", text, "native-sidecar")
    assert says == f"starts {when} the main task, and runs on beside it"


def test_a_volume_is_shared_with_all_that_mount_it() -> None:
    boxes = [
        f"        - {{name: n{i}, volumeMounts: [{{name: data, mountPath: /d}}]}}\n"
        for i in range(6)
    ]
    text = POD[: POD.index("        - name: shop")] + "".join(boxes)
    text += "      volumes: [{name: data, emptyDir: {}}]\n"
    [first, *_] = said_of("pod.yaml", text, "shared-volume")
    assert first[1] == "shares the volume data with n1, n2, n3, n4 and 1 more"


def test_one_that_waits_does_so_on_the_line_of_its_command() -> None:
    text = POD.replace("IMAGE", "busybox").replace("COMMAND", "sleep, infinity")
    assert said_of("pod.yaml", text, "placeholder") == [(10, "does nothing but wait")]


def test_a_folder_for_tests_is_no_reason_to_be_none(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    text = POD.replace("IMAGE", "busybox").replace("COMMAND", "run")
    (folder / "pod.yaml").write_text(text)
    found = [one for judged in scan(tmp_path).groups for one in judged.findings]
    [beside] = [one for one in found if one.name == "beside"]
    assert "folder for tests" not in beside.why


def test_equals_have_a_main_one_that_is_only_taken_for_it() -> None:
    text = POD.replace("IMAGE", "example.com/shop:1").replace("COMMAND", "run")
    [group] = units("pod.yaml", text)
    [main] = [one for one in judge(group).findings if one.label == "main"]
    assert main.why.startswith("is taken for the main one")
    helped = text.replace("- name: beside", "- name: log-shipper")
    [group] = units("pod.yaml", helped)
    [main] = [one for one in judge(group).findings if one.label == "main"]
    assert main.why == "is what the unit exists for"


def test_a_helper_on_thin_ground_is_only_taken_for_one() -> None:
    text = POD.replace("IMAGE", "example.com/else:1").replace("COMMAND", "run")
    mount = "          volumeMounts: [{name: data, mountPath: /data}]\n"
    text = text.replace("          image", mount + "          image")
    text += "      volumes: [{name: data, emptyDir: {}}]\n"
    [group] = units("pod.yaml", text)
    [beside] = [one for one in judge(group).findings if one.label == "sidecar"]
    assert beside.why == "runs beside shop, and is taken for its helper"
    [group] = units("pod.yaml", text.replace("name: beside", "name: log-shipper"))
    [beside] = [one for one in judge(group).findings if one.label == "sidecar"]
    assert beside.why == "runs beside shop and serves it"


def test_a_step_with_the_image_of_a_database_is_no_database() -> None:
    text = POD.replace("IMAGE", "example.com/else:1").replace("COMMAND", "run")
    text += "      initContainers: [{name: fill, image: 'postgres:17'}]\n"
    [group] = units("pod.yaml", text)
    [fill] = [one for one in judge(group).findings if one.label == "init"]
    assert fill.role == "init"


def test_a_container_of_two_branches_is_told_once() -> None:
    [group] = units("pod.yaml", POD.replace("IMAGE", "fluent/fluent-bit"))
    shop, beside = group.containers
    twice: Group = replace(group, containers=(shop, beside, replace(shop)))
    names = [one.name for one in judge(twice).findings]
    assert names == ["shop", "beside"]
    for one in judge(twice).findings:
        assert len(set(one.evidence)) == len(one.evidence)
        assert not any("shop, shop" in reason.says for reason in one.evidence)


def test_only_in_kubernetes_a_service_sends_requests(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(
        "services:\n"
        "  web: {image: example.com/web, ports: ['80:80']}\n"
        "  log: {image: example.com/log, network_mode: 'service:web'}\n"
    )
    drawn = render("mermaid", [scan(path)])
    assert 'service(["callers"])' in drawn
    assert "Callers from outside send requests to web, port 80." in drawn


def test_an_operator_is_told_with_whose_it_is() -> None:
    text = """\
    apiVersion: postgresql.cnpg.example/v1
    kind: PostgresCluster
    metadata: {name: shop}
    spec: {monitoring: {pgmonitor: {exporter: {}}}}
    """
    [ask] = unit("cluster.yaml", text).requests
    assert "the operator of PostgresCluster (postgresql.cnpg.example)" in ask.says
