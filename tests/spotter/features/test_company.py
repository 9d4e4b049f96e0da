"""What is said of those in one unit: peers, who lends a namespace, who runs beside."""

from pathlib import Path

import pytest
from beginnings import MOUNT, READ, placed, services
from scanning import findings, path_of

PORT = "ports: [{{containerPort: {}}}]"
ADMIN = "cap_add: [NET_ADMIN]"
IN = "network_mode: 'service:rain'"
LENDS = "lends its network namespace to {}"
OTHER = READ.replace("data", "rows")
NESTED = "{0}, image: 'shop/{0}:${{TAG:-a/${{NEWEST}}}}'"
COMPUTED = "{0}, image: '{{{{ printf \"%s:%s\" .{0}.repository .{0}.tag }}}}'"
TEMPLATE = """\
# chart
kind: Deployment
spec:
  template:
    spec:
      containers:
        - {name: rain, image: example.com/rain}
        {{- if .Values.lamp }}
        - name: lamp
          image: example.com/lamp
        {{- end }}
"""
PATCH = """\
- op: add
  path: /spec/template/spec/containers/-
  value: {name: sync, image: example.com/sync}
"""

PEERS = [
    (
        placed(*(f"{name}, image: a" for name in "abcdef"), "lamp"),
        *("a", ["is one of 6 programs from the same image"]),
    ),
    (
        placed(*(f"{name}, image: a" for name in "abcde"), "lamp"),
        *("a", ["runs the same image as b"]),
    ),
    (placed(*(COMPUTED.format(name) for name in ("rain", "lamp"))), "rain", []),
    (placed(*(NESTED.format(name) for name in ("rain", "lamp"))), "rain", []),
    (
        placed(*(COMPUTED.format("rain").replace("rain", n, 1) for n in ("a", "b"))),
        *("a", ["runs the same image as b"]),
    ),
    (placed(f"rain, image: a, {MOUNT}", f"lamp, image: a, {READ}"), "rain", []),
    (
        placed(f"rain, image: a, {READ}", f"lamp, image: a, {READ}"),
        *("rain", ["runs the same image as lamp"]),
    ),
    (
        placed(f"rain, image: a, {MOUNT}", f"lamp, image: a, {OTHER}"),
        *("rain", ["runs the same image as lamp"]),
    ),
    (
        placed(
            *(f"{name}, {PORT.format(at)}" for at, name in enumerate("abc", 80)),
            served=(80, 81, 82),
        ),
        *("a", ["is reached from outside, as b is"]),
    ),
    (
        placed(
            f"rain, image: git-sync, {PORT.format(80)}",
            f"lamp, {PORT.format(81)}",
            served=(80, 81),
        ),
        *("rain", ["is reached from outside, as lamp is"]),
    ),
]
NAMESPACES = [
    (
        services(f"rain, {ADMIN}", f"lamp, {IN}", f"snow, {IN}"),
        "rain",
        [
            "leads its guests out: it may change the routes of their network",
            *(LENDS.format("lamp"), LENDS.format("snow")),
        ],
    ),
    (services(f"rain, {ADMIN}", f"lamp, {IN}"), "rain", [LENDS.format("lamp")]),
    (
        services("rain", f"lamp, {IN}", f"snow, {IN}"),
        *("rain", [LENDS.format("lamp"), LENDS.format("snow")]),
    ),
    (
        services(f"rain, {ADMIN}", f"lamp, {IN}", "snow, pid: 'service:rain'"),
        *("rain", [LENDS.format("lamp"), "lends its processes namespace to snow"]),
    ),
    (
        placed(
            "lamp, image: redis-exporter",
            kind="Deployment",
            more="shareProcessNamespace: true",
        ),
        *("lamp", []),
    ),
]
BESIDE = [
    (
        services("rain, pid: 'service:lamp', profiles: [a]", "lamp"),
        *("rain", ["runs beside lamp in one unit"]),
    ),
    (
        TEMPLATE,
        "lamp",
        ["runs beside rain in one unit, on a condition: if .Values.lamp"],
    ),
    (
        TEMPLATE.replace(
            "        - {name: rain, image: example.com/rain}\n", ""
        ).replace(
            "{{- end", "- {name: rain, image: example.com/rain}\n        {{- end"
        ),
        *("lamp", ["runs beside rain in one unit"]),
    ),
    (placed(*"abcd"), "a", ["runs beside b, c, d in one unit"]),
    (placed(*"abcde"), "a", ["runs beside b, c, d and 1 more in one unit"]),
    (placed("rain", ""), "rain", ["runs beside another in one unit"]),
    (placed("rain", "rain", "lamp"), "rain", ["runs beside lamp in one unit"] * 2),
    (PATCH, "sync", ["runs beside containers that stand elsewhere, in one unit"]),
]
CASES = [
    (feature, *case)
    for feature, cases in (
        ("peers", PEERS),
        ("shared-namespace", NAMESPACES),
        ("second-container", BESIDE),
    )
    for case in cases
]


@pytest.mark.parametrize(("feature", "text", "name", "says"), CASES)
def test_what_is_said_of_company(
    tmp_path: Path, feature: str, text: str, name: str, says: list[str]
) -> None:
    found = findings(tmp_path, {path_of(text): text})[name].evidence
    assert [one.says for one in found if one.feature == feature] == says
