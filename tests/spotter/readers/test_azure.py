"""Azure Container Apps and Container Instances: YAML, ARM templates and Bicep."""

from pathlib import Path

import pytest
from reading import box, names, refuses, unit, units
from scanning import labels

APP = """\
type: Microsoft.App/containerApps
name: shop
properties:
  configuration:
    dapr:
      enabled: true
    ingress:
      targetPort: 80
  template:
    containers:
      - image: w
        name: web
        env: [{name: TO, value: "localhost:1"}]
        volumeMounts: [{volumeName: logs, mountPath: /logs}]
      - image: s
        name: ship
        probes: [{type: Liveness, httpGet: {path: /up, port: 9000}}]
    initContainers:
      - {image: i, name: seed}
    volumes:
      - {name: logs, storageType: EmptyDir}
"""


def test_an_app_in_yaml_is_a_unit() -> None:
    group = unit("app.yaml", APP)
    assert (group.platform, group.name, group.served) == (
        "container-apps",
        "shop",
        (80,),
    )
    assert [(one.name, one.line, one.stage) for one in group.containers] == [
        ("seed", 19, "init"),
        ("web", 12, "run"),
        ("ship", 16, "run"),
    ]
    assert [mount.volume for mount in box(group, "web").mounts] == ["logs"]
    assert [probe.text for probe in box(group, "ship").probes] == [":9000/up"]
    assert [(one.name, one.kind) for one in group.volumes] == [("logs", "emptyDir")]


@pytest.mark.parametrize(("said", "wanted"), [("true", True), ("false", False)])
def test_dapr_is_asked_for_or_not(said: str, wanted: bool) -> None:
    (ask,) = unit("app.yaml", APP.replace("true", said)).requests
    assert (ask.container, ask.line, ask.wanted) == ("daprd", 6, wanted)


TEMPLATE = """\
{
  // ARM templates may have comments
  "resources": [{
    "type": "Microsoft.App/containerApps",
    "name": "[parameters('name')]",
    "properties": {"template": {"containers": [
      {"name": "web", "image": "w"},
      {"name": "agent", "image": "a"}
    ]}}
  }, {
    "type": "Microsoft.ContainerInstance/containerGroups",
    "name": "group",
    "properties": {"containers": [
      {"name": "one", "properties": {"image": "o", "ports": [{"port": 80}]}}
    ]}
  }]
}
"""


def test_a_template_may_hold_apps_and_groups() -> None:
    first, second = units("main.json", TEMPLATE)
    assert [(one.name, one.line) for one in first.containers] == [
        ("web", 7),
        ("agent", 8),
    ]
    assert (second.platform, second.kind) == (
        "container-instances",
        "Microsoft.ContainerInstance/containerGroups",
    )
    (one,) = second.containers
    assert one.image is not None and one.image.text == "o"
    assert [port.number for port in one.ports] == [80]


BICEP = """\
@description('''
the app's { name
''')
param name string = 'shop'
param withDapr bool = false
@allowed([
  'a'
])
param tag string
var base = [
  {
    name: 'web'
    image: 'w:${tag}'
  }
]
/* { */
resource app 'Microsoft.App/containerApps@2024-03-01' = if (tag != '') {
  name: name
  properties: {
    configuration: {
      dapr: {
        enabled: withDapr
      }
      ingress: { targetPort: 80 }
    }
    template: {
      containers: concat(base, withProxy ? [
        // takes the traffic
        {
          name: 'proxy'
          image: 'it\\'s'
          env: [
            { name: 'A', value: 'b' }
          ]
        }
      ] : [])
    }
  }
}
"""


def test_bicep_is_read_with_its_names_and_conditions() -> None:
    group = unit("app.bicep", BICEP)
    assert (group.kind, group.name, group.line) == (
        "Microsoft.App/containerApps",
        "shop",
        17,
    )
    assert [(one.name, one.line) for one in group.containers] == [
        ("web", 12),
        ("proxy", 30),
    ]
    proxy = box(group, "proxy")
    assert proxy.condition is not None and proxy.condition.text == "${withProxy}"
    assert [note.text for note in proxy.notes] == ["takes the traffic"]
    assert proxy.image is not None and proxy.image.text == "it's"
    (ask,) = group.requests
    assert (ask.line, ask.wanted) == (22, True)
    assert "withDapr" in ask.says


def test_modules_loops_and_other_resources() -> None:
    text = """\
    resource other 'Microsoft.Storage/accounts@1' = {
      properties: { containers: [ { name: 'blobs', image: 'x' } ] }
    }
    module app 'br/public:avm/res/app/container-app:0.1' = [for n in list: {
      params: {
        containers: [
          { name: 'web', image: 'w' }
        ]
        dapr: { enabled: false }
      }
    }]
    """
    group = unit("main.bicep", text)
    assert names(group) == ["web"]
    (ask,) = group.requests
    assert not ask.wanted


def test_deep_nesting_is_refused() -> None:
    assert "deep" in refuses("a.bicep", "var containers = " + "[" * 10_000)
    assert "deep" in refuses("a.json", '{"Microsoft.App/":{"containers":' + "[" * 9_999)


def test_either_side_of_a_condition_may_ask_for_dapr() -> None:
    text = """\
    resource app 'Microsoft.App/containerApps@2024' = {
      properties: {
        configuration: {
          dapr: withDapr ? {
            enabled: true
            appId: 'shop'
          } : { enabled: false }
        }
        template: { containers: [ { name: 'web', image: 'w' } ] }
      }
    }
    """
    (ask,) = unit("app.bicep", text).requests
    assert (ask.container, ask.line, ask.wanted) == ("daprd", 5, True)
    assert "where ${withDapr} holds" in ask.says


@pytest.mark.parametrize(
    ("given", "asks"),
    [
        ("daprEnabled: true\n    daprAppId: 'shop'", True),
        ("daprEnabled: false\n    daprAppId: 'shop'", False),
        ("daprEnabled: true", False),  # of an environment
    ],
)
def test_a_module_of_an_app_is_handed_the_wish(given: str, asks: bool) -> None:
    text = f"""\
module shop 'core/host/container-app.bicep' = {{
  params: {{
    name: 'shop'
    {given}
  }}
}}
"""
    found = [ask for group in units("main.bicep", text) for ask in group.requests]
    assert [(ask.container, ask.line) for ask in found] == [("daprd", 4)] * asks


def test_a_module_of_an_application_needs_no_identity_for_dapr() -> None:
    text = """\
    module app '../core/host/container-app.bicep' = {
      name: 'api'
      params: {
        targetPort: 7001
        daprEnabled: true
      }
    }
    """
    (group,) = units("api.bicep", text)
    assert [(ask.container, ask.line) for ask in group.requests] == [("daprd", 5)]
    assert units("api.bicep", text.replace("targetPort", "location")) == []


BESIDE = """\
resource web 'Microsoft.Web/sites/sitecontainers@2024-04-01' = {
  parent: site
  name: 'web'
  properties: { image: 'example.com/web:1', isMain: true, targetPort: '8080' }
}
resource cache 'Microsoft.Web/sites/sitecontainers@2024-04-01' = {
  parent: site
  name: 'cache'
  properties: { image: 'example.com/cache:1', isMain: false }
}
"""


def test_a_web_app_has_sidecars(tmp_path: Path) -> None:
    found = labels(tmp_path, {"site.bicep": BESIDE})
    assert found == {"web": "main", "cache": "sidecar"}


def test_an_extension_of_radius_asks_for_dapr() -> None:
    text = """\
resource shop 'Applications.Core/containers@2023-10-01-preview' = {
  name: 'shop'
  properties: {
    container: { image: 'example.com/shop' }
    extensions: [
      {
        kind: 'daprSidecar'
        appId: 'shop'
      }
    ]
  }
}
"""
    group = unit("app.bicep", text)
    assert [(ask.container, ask.line) for ask in group.requests] == [("daprd", 7)]
    assert units("app.bicep", text.replace("daprSidecar", "manualScaling")) == []


AZAPI = """\
resource "azapi_resource" "shop" {
  type = "Microsoft.App/containerApps@2024-03-01"
  name = "shop"
  body = BODY({
    properties = {
      configuration = { dapr = { enabled = true } }
      template = {
        containers = [
          { name = "shop", image = "example/shop" },
          { name = "oauth2-proxy", image = "quay.io/oauth2-proxy/oauth2-proxy" },
        ]
      }
    }
  })
}
"""


@pytest.mark.parametrize("call", ["jsonencode", ""])
def test_a_resource_of_azures_interface_is_what_it_says(
    tmp_path: Path, call: str
) -> None:
    found = labels(tmp_path, {"main.tf": AZAPI.replace("BODY", call)})
    assert found == {
        "daprd": "injected-sidecar",
        "shop": "main",
        "oauth2-proxy": "sidecar",
    }


LOCAL = """\
param isOn bool = false
param name string

resource one 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  properties: {
    configuration: {
      dapr: {
        appId: name
        enabled: isOn
      }
    }
    template: {
      containers: [
        {name: name, image: 'i'}
      ]
    }
  }
}
"""
CALL = """\
module till '../parts/one.bicep' = {
  name: 'till-deployment'
  params: {
    name: 'till'
    isOn: true
  }
}
"""


def called(call: str, part: str) -> list[tuple[str, int]]:
    found = units("apps/main.bicep", call, {"parts/one.bicep": part})
    return [(ask.container, ask.line) for group in found for ask in group.requests]


def test_a_call_of_a_local_module_may_switch_dapr_on() -> None:
    assert called(CALL, LOCAL) == [("daprd", 5)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("isOn: true", "isOn: false"),
        ("isOn: true", "hasDoor: true"),
        ("../parts/one.bicep", "../parts/two.bicep"),
    ],
)
def test_a_call_that_switches_nothing_on_asks_for_nothing(old: str, new: str) -> None:
    assert called(CALL.replace(old, new), LOCAL) == []


def test_what_another_module_calls_containers_are_none_of_an_app() -> None:
    call = """\
module store 'store.bicep' = {
  params: {
    isPublic: true
    containers: [
      {name: 'tills', id: 'tills'}
      {name: 'stock', id: 'stock'}
    ]
  }
}
"""
    assert units("main.bicep", call) == []


def test_a_module_may_choose_between_dapr_and_nothing() -> None:
    part = LOCAL.replace("enabled: isOn", "enabled: true").replace(
        "dapr: {", "dapr: isOn ? {"
    )
    part = part.replace("enabled: true\n      }", "enabled: true\n      } : null")
    assert called(CALL, part) == [("daprd", 5)]
