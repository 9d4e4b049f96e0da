"""What a module of Bicep is handed for its containers."""

from pathlib import Path

import pytest
from scanning import findings, labels, scanned

MODULE = """\
param image string
param label string = 'shop'
@description('Run beside the shop')
param more array = []
param rules array = []
var own = [
  {
    name: label
    image: image
    env: rules
  }
]
var all = concat(own, more)
resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: label
  properties: {
    template: {
      containers: all
    }
  }
}
"""
CALL = """\
param tag string = 'till:1'
module till 'parts/one.bicep' = {
  name: 'till-deployment'
  params: {
    label: 'till'
    image: tag
    more: [
      {
        name: 'log-forwarder'
        image: image
      }
    ]
  }
}
"""


def test_a_list_that_callers_may_fill_is_a_place_for_a_sidecar(tmp_path: Path) -> None:
    found = findings(tmp_path, {"one.bicep": MODULE})
    assert {name: one.label for name, one in found.items()} == {
        "shop": "main",
        "more": "not-a-sidecar",
    }
    assert (found["more"].role, found["more"].line) == ("extension-point", 4)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("concat(own, more)", "own"),
        ("param more array = []", "param more array"),
        ("concat(own, more)", "more"),  # the module has nothing of its own
    ],
)
def test_all_else_that_callers_give_is_none(tmp_path: Path, old: str, new: str) -> None:
    assert "more" not in labels(tmp_path, {"one.bicep": MODULE.replace(old, new)})


@pytest.mark.parametrize(
    "joined",
    [
        MODULE,
        MODULE.replace("containers: all", "containers: concat(own, more)"),
    ],
)
def test_a_call_adds_a_container_to_the_modules_own(
    tmp_path: Path, joined: str
) -> None:
    report = scanned(tmp_path, {"main.bicep": CALL, "parts/one.bicep": joined})
    (unit,) = (one for one in report.groups if one.group.path == "main.bicep")
    assert (unit.group.line, unit.group.platform) == (2, "container-apps")
    assert [(one.name, one.label, one.line) for one in unit.findings] == [
        ("till", "main", 2),
        ("log-forwarder", "sidecar", 9),
    ]
    assert [box.image and box.image.text for box in unit.group.containers] == [
        "till:1",
        "${image}",  # a name of the caller's file, and not of the module's
    ]


def test_what_is_not_put_beside_the_modules_own_is_no_sidecar(tmp_path: Path) -> None:
    alone = MODULE.replace("concat(own, more)", "own")
    assert labels(tmp_path, {"main.bicep": CALL, "parts/one.bicep": alone}) == {}


@pytest.mark.parametrize("where", ["parts/gone.bicep", "br/public:shop/one:0.1"])
def test_a_module_that_is_not_here_tells_by_its_parameter(
    tmp_path: Path, where: str
) -> None:
    call = CALL.replace("parts/one.bicep", where)
    assert labels(tmp_path, {"main.bicep": call}) == {}
    call = call.replace("more:", "sidecarContainers:").replace("log-forwarder", "peer")
    assert labels(tmp_path, {"main.bicep": call}) == {"peer": "sidecar"}
