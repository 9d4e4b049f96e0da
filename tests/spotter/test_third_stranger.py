"""What a third stranger's repositories showed: each case by its smallest example."""

from pathlib import Path
from textwrap import dedent

import pytest
from sidecar_spotter.model import Finding, Report
from sidecar_spotter.scan import scan


def scanned(folder: Path, files: dict[str, str]) -> Report:
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dedent(text), encoding="utf-8")
    return scan(folder)


def found(report: Report) -> dict[str, Finding]:
    return {one.name: one for judged in report.groups for one in judged.findings}


def labels(report: Report) -> dict[str, str]:
    return {name: one.label for name, one in found(report).items()}


# --- code: what constants stand for

NEEDS = {"package.json": '{"dependencies": {"@pulumi/aws": "6"}}'}
CODE = """\
const LOOKUP_PORT = 8_081;

export const service = new cloud.Service("Shop", {
  containers: [
    {
      name: "shop-server",
      image: shopImage,
      environment: {
        LOOKUP_URL: `http://localhost:${LOOKUP_PORT}/v1`,
      },
    },
    {
      name: "words",
      image: wordsImage,
      environment: { WORDS_PORT: String(LOOKUP_PORT) },
    },
    {
      name: "other",
      image: otherImage,
    },
  ],
});
"""


def test_a_constant_tells_the_port_at_which_a_neighbor_is_called(
    tmp_path: Path,
) -> None:
    one = found(scanned(tmp_path, NEEDS | {"shop.ts": CODE}))["words"]
    assert (one.label, one.serves) == ("sidecar", "shop-server")
    assert any(reason.feature == "localhost" for reason in one.evidence)


def test_another_constant_tells_of_nobody(tmp_path: Path) -> None:
    code = CODE.replace("String(LOOKUP_PORT)", '"9090"')
    assert labels(scanned(tmp_path, NEEDS | {"shop.ts": code}))["words"] != "sidecar"
