"""Jsonnet: lists through functions, and what a library mounts into a container."""

from textwrap import dedent

from reading import box, unit

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
