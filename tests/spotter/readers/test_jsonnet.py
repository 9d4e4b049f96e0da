"""Jsonnet: lists through functions, and what a library mounts into a container."""

from pathlib import Path
from textwrap import dedent

import pytest
from reading import box, unit, units
from scanning import findings, labels

ROOT = """\
local k = import 'k.libsonnet';
local container = k.core.v1.container;
local volumeMount = k.core.v1.volumeMount;
"""


def test_a_list_without_its_nulls_is_a_list() -> None:
    code = """\
    {
      store:: container.new('store', $._images.store),
      query:: container.new('query', $._images.query),
      set: statefulset.new('store', 1, std.prune([
        $.store,
        if $._config.query.enabled then $.query,
      ]), {app: 'store'}),
    }
    """
    group = unit("a.libsonnet", ROOT + dedent(code))
    assert [one.name for one in group.containers] == ["store", "query"]
    assert "partial" not in group.marks


def test_a_function_may_make_an_init_container() -> None:
    code = """\
    {
      chown(volume, uid='10001')::
        container.new('chown', $._images.store) + container.withCommand('chown'),
      all: statefulset.spec.template.spec.withInitContainers([$.chown('data')]),
    }
    """
    group = unit("a.libsonnet", ROOT + dedent(code))
    assert [(one.name, one.stage) for one in group.containers] == [("chown", "init")]


def test_mounts_and_settings_are_a_librarys_or_an_objects() -> None:
    code = """\
    {
      store::
        container.new('store', $._images.store) +
        container.withEnvMap({AT: 'http://localhost:9000'}) +
        container.withVolumeMounts([
          volumeMount.new('log', '/var/log'),
          volumeMount.new('conf', '/etc/conf', readOnly=true),
        ]),
      ship:: {
        name: 'ship',
        image: 'example.com/ship',
        ports: [{ containerPort: 9000 }],
        volumeMounts: [{ name: 'log', mountPath: '/log', readOnly: true }],
      },
      all: deployment.new('store', 1, [$.store, $.ship]),
    }
    """
    group = unit("a.libsonnet", ROOT + dedent(code))
    store, ship = box(group, "store"), box(group, "ship")
    assert [(m.volume, m.path, m.read_only) for m in store.mounts] == [
        ("log", "/var/log", False),
        ("conf", "/etc/conf", True),
    ]
    assert [one.text for one in store.settings] == ["http://localhost:9000"]
    assert [(m.volume, m.read_only) for m in ship.mounts] == [("log", True)]
    assert [port.number for port in ship.ports] == [9000]


LIBRARY = """\
local k = import 'k.libsonnet';  // deployment.new('no', [container.new('no', 'no')])
{
  local container = k.core.v1.container,

  shop_container::
    container.new('shop', $._images.shop)
    + container.withPorts([k.core.v1.containerPort.new('http', 8080)]),
  watch_container::
    container.new('watch', $._images.watch) +
    container.withArgs(['curl', '-X', 'POST', 'http://localhost:8080/-/reload']),

  shop_deployment:
    k.apps.v1.deployment.new('shop', 2, [
      $.shop_container + container.withImagePullPolicy('Always'),
      $.watch_container,
    ]),
}
"""


def test_a_librarys_calls_make_containers_that_a_list_names(tmp_path: Path) -> None:
    pod = unit("shop.libsonnet", LIBRARY)
    assert (pod.name, pod.line) == ("shop", 13)
    assert [(box.name, box.line) for box in pod.containers] == [
        ("shop", 6),
        ("watch", 9),
    ]
    assert [port.number for port in pod.containers[0].ports] == [8080]
    said = labels(tmp_path, {"shop.libsonnet": LIBRARY})
    assert said == {"shop": "main", "watch": "sidecar"}


@pytest.mark.parametrize(
    "listed",
    [
        "withContainers([a, b])",
        "containers: [a, b]",
        "x: statefulset.new(name='x', replicas=1, containers=[self.a, $.b])",
        "containers: std.prune([a] + (if x then [b] else []))",
        "containers_+: { one: a, two: b { args: ['x'] } }",
    ],
)
def test_lists_of_jsonnet_are_written_in_many_ways(listed: str) -> None:
    text = f"""\
    {{
      local a = {{ name: 'one', image: 'example/one' }},
      b:: kube.Container('two') {{ image: 'example/two' }},
      {listed},
    }}
    """
    pod = unit("a.jsonnet", text)
    assert [box.name for box in pod.containers] == ["one", "two"]
    assert "partial" not in pod.marks


def test_a_list_of_one_is_all_of_its_pod_unless_it_is_added(tmp_path: Path) -> None:
    one = "container.new('exporter', 'example/redis-exporter')"
    whole = unit("a.jsonnet", f"{{ a: withContainers([{one}]), image: 1 }}")
    added = unit("a.jsonnet", f"{{ a: withContainersMixin([{one}]), image: 1 }}")
    assert ("partial" in whole.marks, "partial" in added.marks) == (False, True)


def test_both_lists_of_an_object_are_those_of_one_pod(tmp_path: Path) -> None:
    text = """\
    { spec: {
      initContainers: [{ name: 'first', image: 'example/first' }],
      containers: [{ name: 'app', image: 'example/app' }],
    } }
    """
    assert labels(tmp_path, {"a.jsonnet": text}) == {"first": "init", "app": "main"}


def test_each_object_of_jsonnet_may_have_a_container_of_its_own() -> None:
    text = """\
    {
      shop: {
        container:: container.new('shop', 'example/shop'),
        pod: deployment.new('shop', 1, [self.container]),
      },
      exporter: {
        container:: container.new('exporter', 'example/redis-exporter'),
        pod: deployment.new('exporter', 1, [self.container]),
      },
    }
    """
    found = units("a.jsonnet", text)
    assert [(one.name, one.containers[0].name) for one in found] == [
        ("shop", "shop"),
        ("exporter", "exporter"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "function(space) {\n  kind: 'Namespace',\n  metadata: {\n"
            "    labels: { 'istio-injection': 'enabled' },\n  },\n}\n",
            4,
        ),
        (
            "core.namespace.new('shop') +\n"
            "core.namespace.metadata.withLabelsMixin({\n"
            "  'istio-injection': 'enabled',\n})\n",
            3,
        ),
        (
            "{ all+: deployment.spec.template.metadata.withAnnotations(\n"
            "  { 'sidecar.istio.io/inject': 'true' }) }\n",
            2,
        ),
    ],
    ids=["an object", "a library", "a pod"],
)
def test_jsonnet_asks_for_a_proxy(tmp_path: Path, text: str, line: int) -> None:
    (one,) = findings(tmp_path, {"a.libsonnet": text}).values()
    assert (one.name, one.line, one.label) == ("istio-proxy", line, "injected-sidecar")


@pytest.mark.parametrize(
    "text",
    [
        "{ namespaceSelector: { matchLabels: { 'istio-injection': 'enabled' } } }",
        "// { kind: 'Namespace', labels: { 'istio-injection': 'enabled' } }\n{}",
        "{ kind: 'Namespace', labels: { 'istio-injection': 'later' } }",
    ],
    ids=["a selector", "a comment", "another word"],
)
def test_jsonnet_that_only_names_an_injector_asks_for_nothing(
    tmp_path: Path, text: str
) -> None:
    assert labels(tmp_path, {"a.jsonnet": text}) == {}


CUE = """\
package shop

#App: "pages"

deployment: pages: spec: template: spec: containers: [{
\timage: "busybox"
\tvolumeMounts: [
\t\t{name: "site", mountPath: "/www", readOnly: true},
\t]
\tcommand: ["httpd", "-f"]
\tname: #App
}, {
\timage: "registry.example/git-sync:4" // newer ones fail
\targs: [
\t\t"--period=60s",
\t]
\tname:  "git-sync"
\tvolumeMounts: [{
\t\tname:      "site"
\t\tmountPath: "/git"
\t}]
}]
"""


def test_in_cue_a_line_ends_a_field(tmp_path: Path) -> None:
    group = unit("a.cue", CUE)
    assert [(one.name, one.line) for one in group.containers] == [
        ("#App", 11),
        ("git-sync", 17),
    ]
    assert [m.path for one in group.containers for m in one.mounts] == ["/www", "/git"]
    assert "partial" not in group.marks
    found = findings(tmp_path, {"a.cue": CUE})
    assert found["git-sync"].label == "sidecar"
    assert found["git-sync"].serves == "#App"


def test_in_cue_a_container_may_get_its_name_elsewhere(tmp_path: Path) -> None:
    text = CUE.replace("\tname: #App\n", "")
    assert labels(tmp_path, {"a.cue": text}) == {"git-sync": "sidecar"}


def test_schemas_that_others_wrote_are_passed_over(tmp_path: Path) -> None:
    assert labels(tmp_path, {"cue.mod/gen/a.cue": CUE}) == {}
