"""Rules about what stands in another file: services, options and namespaces."""

from pathlib import Path

import pytest
from sidecar_spotter import scan


def labels(tmp_path: Path, files: dict[str, str]) -> dict[str, str]:
    """Return the labels that a scan of these files gives, by container."""
    for path, text in files.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    report = scan(tmp_path)
    assert report.skipped == ()
    return {one.name: one.label for judged in report.groups for one in judged.findings}


# --- an option of a library is not yet a request

PULUMI = {"package.json": '{"dependencies": {"@pulumi/aws": "6"}}'}
DECLARED = """\
class ShopArgs:
    def __init__(__self__, *,
                 name: Optional[str] = None,
                 service_connect_configuration: Optional['ConnectArgs'] = None):
        __self__.service_connect_configuration = service_connect_configuration
"""
KEPT = """\
class Shop {
  readonly serviceConnectConfiguration: Output<Connect | undefined>;
  constructor(args: ShopArgs) {
    this.serviceConnectConfiguration = args.serviceConnectConfiguration;
    const inputs = { serviceConnectConfiguration: args?.serviceConnectConfiguration };
  }
}
"""
ASKED = """\
new aws.ecs.Service("shop", { serviceConnectConfiguration: { enabled: true } });
"""
HELD = """\
const connect = { enabled: true };
new aws.ecs.Service("shop", { serviceConnectConfiguration: connect });
"""


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("shop.py", DECLARED, {}),
        ("shop.ts", KEPT, {}),
        ("shop.ts", ASKED, {"ecs-service-connect": "injected-sidecar"}),
        ("shop.ts", HELD, {"ecs-service-connect": "injected-sidecar"}),
    ],
)
def test_an_option_that_a_library_declares_asks_for_nothing(
    tmp_path: Path, path: str, text: str, found: dict[str, str]
) -> None:
    files = {**PULUMI, "requirements.txt": "pulumi_aws", path: text}
    assert labels(tmp_path, files) == found
