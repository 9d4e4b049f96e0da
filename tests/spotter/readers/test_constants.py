"""Programs: what the constants of a file stand for in the settings of a container."""

from pathlib import Path

from scanning import findings, labels

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
    one = findings(tmp_path, NEEDS | {"shop.ts": CODE})["words"]
    assert (one.label, one.serves) == ("sidecar", "shop-server")
    assert any(reason.feature == "localhost" for reason in one.evidence)


def test_another_constant_tells_of_nobody(tmp_path: Path) -> None:
    code = CODE.replace("String(LOOKUP_PORT)", '"9090"')
    assert labels(tmp_path, NEEDS | {"shop.ts": code})["words"] != "sidecar"
