"""Lists of containers that Go code fills, and what becomes of a container."""

from pathlib import Path
from textwrap import dedent

import pytest
import scanning
from reading import Files, unit
from sidecar_spotter.readers import read

HEAD = 'package x\nimport corev1 "k8s.io/api/core/v1"\n'


def labels(tmp_path: Path, code: str) -> dict[str, str]:
    return scanning.labels(tmp_path, {"a.go": HEAD + dedent(code)})


def test_a_list_that_a_function_fills_is_a_unit(tmp_path: Path) -> None:
    code = """\
    func pods() {
        dbContainer := &corev1.Container{Name: "db", Image: i}
        containers := []corev1.Container{
            *dbContainer,
        }
        containers = append(containers, *metrics())
    }
    func metrics() *corev1.Container {
        return &corev1.Container{Name: "stats", Image: exporterImage}
    }
    """
    assert labels(tmp_path, code) == {"db": "main", "stats": "sidecar"}


def test_a_list_may_be_handed_through_calls(tmp_path: Path) -> None:
    code = """\
    func pods() {
        containers := withMore(v, withLogs(v, []corev1.Container{
            {Name: "db", Image: i},
            {Name: "log-shipper", Image: j},
        }))
    }
    """
    assert labels(tmp_path, code) == {"db": "main", "log-shipper": "sidecar"}


@pytest.mark.parametrize("name", ["sidecars", "extraContainers", "logAgent"])
def test_a_list_of_helpers_has_no_main_program(name: str, tmp_path: Path) -> None:
    code = f"""\
    func {name}() []corev1.Container {{
        return []corev1.Container{{
            {{Name: "log-tailer", Image: i}},
            {{Name: "log-rotate", Image: j}},
        }}
    }}
    """
    assert set(labels(tmp_path, code).values()) <= {"sidecar"}


def test_a_pod_that_its_function_goes_on_filling_is_a_unit(tmp_path: Path) -> None:
    code = """\
    func pods() {
        sts.Spec.Template.Spec = corev1.PodSpec{
            Containers: []corev1.Container{{Name: "db", Image: i}},
        }
        spec.Containers = append(spec.Containers, agentSidecar(h))
    }
    func agentSidecar() corev1.Container {
        return corev1.Container{Name: "agent", Image: agent}
    }
    """
    assert labels(tmp_path, code) == {"db": "main", "agent": "sidecar"}


def test_a_pod_outside_of_any_function_is_read(tmp_path: Path) -> None:
    code = """\
    var pod = corev1.PodSpec{Containers: []corev1.Container{{Name: "db", Image: i}}}
    """
    assert labels(tmp_path, code) == {}


def marks(code: str) -> list[frozenset[str]]:
    found = Files({"a.go": HEAD + dedent(code)})
    return [unit.marks for unit in read("a.go", found["a.go"].encode(), found)]


def test_a_pod_grows_by_what_its_own_function_appends() -> None:
    code = """\
    func grow(pod *corev1.Pod) *corev1.Pod {
        pod.Spec = corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: i}}}
        pod.Spec.Containers = append(pod.Spec.Containers, others...)
        return pod
    }

    var fixed = corev1.PodSpec{Containers: []corev1.Container{{Name: "b", Image: i}}}
    """
    assert marks(code) == [{"code", "grows"}, {"code"}]


def test_a_variable_may_hold_one_result_after_another(tmp_path: Path) -> None:
    code = """\
    func pods() {
        var initContainers []corev1.Container
        if c := first(); c != nil {
            initContainers = append(initContainers, *c)
        }
        if c := second(); c != nil {
            containers = append(containers, *c)
        }
    }
    func first() *corev1.Container {
        return &corev1.Container{Name: "chmod", Image: i}
    }
    func second() *corev1.Container {
        return &corev1.Container{Name: "log-shipper", Image: j}
    }
    """
    assert labels(tmp_path, code) == {"chmod": "init", "log-shipper": "sidecar"}


EMPTY = """\
    func pods() corev1.PodSpec {
        EMPTY
        containers = append(containers, m.createServer(cr))
        if cr.Spec.Monitor != nil {
            monitor := m.createMonitor(cr)
            containers = append(containers, monitor)
        }
        ADDED
        return corev1.PodSpec{Containers: containers}
    }
    func (m *Maker) createMonitor(cr *Cluster) corev1.Container {
        return corev1.Container{Name: monitor.Name, Image: cr.Spec.Monitor.Image}
    }
    func (m *Maker) createServer(cr *Cluster) corev1.Container {
        return corev1.Container{Name: server.Name, Image: cr.Spec.Server.Image}
    }
    """


@pytest.mark.parametrize(
    "empty",
    [
        "containers := make([]corev1.Container, 0)",
        "containers := make([]corev1.Container, 0, len(all))",
        "var containers []corev1.Container",
        "containers := []corev1.Container{}",
    ],
)
def test_a_list_may_begin_with_nothing(empty: str, tmp_path: Path) -> None:
    found = labels(tmp_path, EMPTY.replace("EMPTY", empty).replace("ADDED", ""))
    assert found == {"server.Name": "main", "monitor.Name": "sidecar"}


def test_what_is_appended_to_nothing_has_to_be_known() -> None:
    code = EMPTY.replace("EMPTY", "var containers []corev1.Container")
    added = "containers = append(containers, pod.Spec.Containers...)"
    assert {"code", "partial"} in marks(code.replace("ADDED", added))
    assert marks(code.replace("ADDED", "")) == [{"code"}]


def test_a_call_may_append_two(tmp_path: Path) -> None:
    code = """\
    func pods() {
        containers := []corev1.Container{{Name: "db", Image: i}}
        containers = append(containers, stats(), logs())
    }
    func stats() corev1.Container {
        return corev1.Container{Name: "stats-exporter", Image: j}
    }
    func logs() corev1.Container {
        return corev1.Container{Name: "log-shipper", Image: k}
    }
    """
    helpers = {"stats-exporter": "sidecar", "log-shipper": "sidecar"}
    assert labels(tmp_path, code) == {"db": "main", **helpers}
    assert marks(code) == [{"code"}]


def test_a_list_of_init_containers_may_begin_small(tmp_path: Path) -> None:
    code = """\
    func init() {
        initContainers := []corev1.Container{{Name: "copy", Image: i}}
    }
    """
    assert labels(tmp_path, code) == {"copy": "init"}


def test_the_policy_of_a_native_sidecar_may_be_a_variable(tmp_path: Path) -> None:
    code = """\
    func mutate(pod *corev1.Pod) {
        always := corev1.ContainerRestartPolicyAlways
        pod.Spec.InitContainers = append([]corev1.Container{{
            Name: "agent", Image: i, RestartPolicy: &always,
        }}, pod.Spec.InitContainers...)
    }
    """
    assert labels(tmp_path, code) == {"agent": "native-sidecar"}


CONSTRUCTOR = """\
package shop

import corev1 "k8s.io/api/core/v1"

func (s *syncer) containers() []corev1.Container {
	shop := s.ensure("shop", s.Image, nil)
	exporter := s.ensure(exporterName, s.ExporterImage, []string{"--metrics"})
	return []corev1.Container{shop, exporter}
}

func (s *syncer) ensure(name, image string, args []string) corev1.Container {
	return corev1.Container{Name: name, Image: image, Args: args}
}

const exporterName = "metrics-exporter"
"""


def test_a_constructor_makes_as_many_containers_as_it_has_calls(
    tmp_path: Path,
) -> None:
    assert labels(tmp_path, CONSTRUCTOR) == {
        "shop": "main",
        "metrics-exporter": "sidecar",
    }


APPLY = """\
package shop

func pod() *applyv1.PodSpecApplyConfiguration {
	return applyv1.PodSpec().
		WithInitContainers(applyv1.Container().WithName("first").WithImage("busybox")).
		WithContainers(
			applyv1.Container().
				WithName("shop").
				WithImage("shop:1"),
			applyv1.Container().WithName("ship").WithImage("fluent/fluent-bit"),
		)
}
"""


def test_a_configuration_to_apply_is_a_chain_of_calls(tmp_path: Path) -> None:
    assert labels(tmp_path, APPLY) == {
        "first": "init",
        "shop": "main",
        "ship": "sidecar",
    }


def test_options_may_make_a_container(tmp_path: Path) -> None:
    code = """\
package shop

func agent() container.Modification {
	return container.Apply(
		container.WithName("mongodb-agent"),
		container.WithImage(agentImage),
	)
}
"""
    assert labels(tmp_path, code) == {"mongodb-agent": "sidecar"}


def test_a_list_is_not_what_it_is_called(tmp_path: Path) -> None:
    code = """\
    func add(set *appsv1.StatefulSet) {
        containers := []corev1.Container{{Name: "db-create", Image: i}}
        spec := &set.Spec.Template.Spec
        spec.InitContainers = append(containers, spec.InitContainers...)
    }
    func other() {
        containers := []corev1.Container{{Name: "log-shipper", Image: i}}
        set.Spec.Template.Spec.Containers = append(containers, more...)
    }
    """
    assert labels(tmp_path, code) == {"db-create": "init", "log-shipper": "sidecar"}


def test_a_policy_may_be_made_far_from_its_list(tmp_path: Path) -> None:
    code = """\
    func slowLog() *corev1.Container {
        restartPolicy := corev1.ContainerRestartPolicyAlways
        return &corev1.Container{
            Name: "slow-log", Image: i, RestartPolicy: &restartPolicy,
        }
    }
    """
    assert labels(tmp_path, code) == {"slow-log": "native-sidecar"}


def test_a_function_is_called_after_what_it_is_for(tmp_path: Path) -> None:
    code = """\
    func makeImporterContainers() []corev1.Container {
        containers := []corev1.Container{{Name: "server", Image: i, Args: logs}}
        containers = append(containers, corev1.Container{
            Name: common.ImporterPodName, Image: j,
        })
        return append(containers, corev1.Container{Name: "log-shipper", Image: k})
    }
    """
    found = labels(tmp_path, code)
    assert found["common.ImporterPodName"] == "main"
    assert found["server"] == "not-a-sidecar"


def test_a_manifest_may_be_a_text_of_go(tmp_path: Path) -> None:
    code = """\
    const deployment = `---
    apiVersion: apps/v1
    kind: Deployment
    spec:
      template:
        spec:
          containers:
            - name: shop-main
              image: {SHOP_IMAGE}
            - name: csi-provisioner
              image: {CSI_SIDECAR_REGISTRY}/csi-provisioner:v1
    `
    """
    found = labels(tmp_path, code)
    assert found == {"shop-main": "main", "csi-provisioner": "sidecar"}


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ('operator.CreateReloader("config-reloader", opts...)', "config-reloader"),
        ("common.BuildConfigReloader(p, false)", "ConfigReloader"),
        ("r.sidecars.newMetricsExporter(p)", "MetricsExporter"),
    ],
)
def test_a_call_in_a_list_is_a_container_that_another_file_describes(
    tmp_path: Path, call: str, name: str
) -> None:
    code = f"""\
    func (r *R) spec(p Stand) {{
        boxes := append([]corev1.Container{{
            {{Name: "store", Image: i}},
            {call},
        }}, more...)
    }}
    """
    assert labels(tmp_path, code) == {"store": "main", name: "sidecar"}


def test_a_call_in_a_pods_list_is_one_of_its_containers(tmp_path: Path) -> None:
    code = """\
    func spec() corev1.PodSpec {
        return corev1.PodSpec{Containers: []corev1.Container{
            {Name: "store", Image: i},
            r.logShipper(p),
        }}
    }
    """
    assert labels(tmp_path, code) == {"store": "main", "logShipper": "sidecar"}


def test_a_list_to_which_others_are_appended_begins_with_the_main_one(
    tmp_path: Path,
) -> None:
    code = """\
    func spec() {
        boxes := append([]corev1.Container{{Name: "ruler", Image: i}}, others...)
    }
    """
    assert labels(tmp_path, code) == {"ruler": "main"}


def test_a_call_of_the_files_own_function_is_the_container_that_it_makes(
    tmp_path: Path,
) -> None:
    code = """\
    func spec() corev1.PodSpec {
        return corev1.PodSpec{Containers: []corev1.Container{
            buildStoreContainer(p),
        }}
    }
    func buildStoreContainer(p P) corev1.Container {
        return corev1.Container{Name: "store", Image: i}
    }
    """
    assert labels(tmp_path, code) == {}


def test_what_a_call_does_not_tell_makes_it_no_main_program(tmp_path: Path) -> None:
    code = """\
    func daemonset() corev1.PodSpec {
        return corev1.PodSpec{Containers: []corev1.Container{
            {Name: "mr-agent", Image: i, Ports: p},
            *common.KubeRBACProxyContainerWithConfig(ctx),
        }}
    }
    """
    assert labels(tmp_path, code) == {"mr-agent": "main", "KubeRBACProxy": "sidecar"}


def test_a_store_that_an_expression_names_is_not_the_main_one(tmp_path: Path) -> None:
    code = """\
    func statefulset() corev1.PodSpec {
        return corev1.PodSpec{Containers: []corev1.Container{
            {Name: Component, Image: ctx.ImageName(repo, "market", tag)},
            {Name: "redis", Image: ctx.ImageName(hub, "library/redis", "6.2")},
        }}
    }
    """
    assert labels(tmp_path, code)["Component"] == "main"


def test_a_copy_of_a_value_is_the_value(tmp_path: Path) -> None:
    code = """\
    func cases() {
        store := corev1.Container{Name: "store", Image: i}
        ship := corev1.Container{Name: "log-shipper", Image: j}
        one := corev1.PodSpec{Containers: []corev1.Container{
            *store.DeepCopy(), *ship.DeepCopy(),
        }}
    }
    """
    assert labels(tmp_path, code) == {"store": "main", "log-shipper": "sidecar"}


def test_a_pods_lists_may_be_filled_by_its_variable(tmp_path: Path) -> None:
    code = """\
    func podSpec(cr *CR) corev1.PodSpec {
        spec := corev1.PodSpec{}
        spec.Containers = append(spec.Containers, mainContainer(cr))
        if cr.Spec.Metrics {
            spec.Containers = append(spec.Containers, exporterContainer(cr))
        }
        spec.InitContainers = []corev1.Container{configContainer(cr)}
        return spec
    }
    func mainContainer(cr *CR) corev1.Container {
        return corev1.Container{Name: "valkey", Image: cr.Spec.Image}
    }
    func exporterContainer(cr *CR) corev1.Container {
        return corev1.Container{Name: "exporter", Image: cr.Spec.Exporter}
    }
    func configContainer(cr *CR) corev1.Container {
        return corev1.Container{Name: "config", Image: cr.Spec.Image}
    }
    """
    assert labels(tmp_path, code) == {
        "valkey": "main",
        "exporter": "sidecar",
        "config": "init",
    }


def test_what_is_put_behind_an_unknown_list_is_no_main_program(tmp_path: Path) -> None:
    code = """\
    func set(cr *CR) *appsv1.StatefulSet {
        desired := &appsv1.StatefulSet{Spec: appsv1.StatefulSetSpec{
            Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
                Containers: elsewhere.All(cr),
            }},
        }}
        desired.Spec.Template.Spec.Containers = append(
            desired.Spec.Template.Spec.Containers, exporter(cr))
        return desired
    }
    func exporter(cr *CR) corev1.Container {
        return corev1.Container{Name: "exporter", Image: cr.Spec.Exporter}
    }
    """
    assert labels(tmp_path, code) == {"exporter": "sidecar"}


GIVEN = """\
func Pod(template *corev1.PodTemplateSpec) {
    db := corev1.Container{
        Name: naming.Database,
        Image: config.Image(cluster),
        VolumeMounts: []corev1.VolumeMount{dataMount, certMount},
    }
    copier := corev1.Container{
        Name: naming.CertCopy,
        Image: db.Image,
        VolumeMounts: []corev1.VolumeMount{certMount},
    }
    startup := corev1.Container{Name: naming.Startup, Image: db.Image}
    template.Spec.Containers = []corev1.Container{db, copier}
    template.Spec.Volumes = []corev1.Volume{{Name: certMount.Name}}
    template.Spec.InitContainers = []corev1.Container{startup}
}
"""


def test_a_pod_that_is_given_gets_all_that_it_has(tmp_path: Path) -> None:
    assert labels(tmp_path, GIVEN) == {
        "naming.Database": "main",
        "naming.CertCopy": "sidecar",
        "naming.Startup": "init",
    }


def test_an_unknown_element_makes_the_given_pod_unknown(tmp_path: Path) -> None:
    code = GIVEN.replace("{db, copier}", "{db, other}")
    assert "naming.Database" not in labels(tmp_path, code)


def test_one_container_is_the_main_one_of_a_pod_that_is_given(tmp_path: Path) -> None:
    code = """\
    func Pod(pod *corev1.PodSpec) {
        admin := corev1.Container{Name: "admin", Image: i}
        pod.InitContainers = []corev1.Container{{Name: "prepare", Image: i}}
        pod.Containers = []corev1.Container{admin}
    }
    """
    assert labels(tmp_path, code) == {"admin": "main", "prepare": "init"}


def test_a_field_of_another_struct_is_what_that_says() -> None:
    code = """\
    func Pod(spec *corev1.PodSpec) {
        dataMount := corev1.VolumeMount{Name: "data", MountPath: "/data"}
        certMount := CertMount()
        db := corev1.Container{
            Name: "db",
            Image: "quay.io/db:1",
            VolumeMounts: []corev1.VolumeMount{dataMount, certMount},
        }
        copier := corev1.Container{
            Name: "copier",
            Image: db.Image,
            VolumeMounts: []corev1.VolumeMount{dataMount},
        }
        spec.Volumes = []corev1.Volume{{Name: dataMount.Name}, {Name: certMount.Name}}
        spec.Containers = []corev1.Container{db, copier}
    }
    """
    group = unit("a.go", HEAD + dedent(code))
    db, copier = group.containers
    assert [one.image and one.image.text for one in (db, copier)] == [
        "quay.io/db:1"
    ] * 2
    assert [(one.volume, one.path) for one in db.mounts] == [
        ("data", "/data"),
        ("certMount.Name", ""),
    ]
    assert [(one.volume, one.path) for one in copier.mounts] == [("data", "/data")]
    assert [one.name for one in group.volumes] == ["data", "certMount.Name"]


def test_structs_that_name_each_other_lead_nowhere(tmp_path: Path) -> None:
    code = """\
    func Pod(spec *corev1.PodSpec) {
        one := corev1.Container{Name: "one", Image: two.Image}
        two := corev1.Container{Name: "two", Image: one.Image}
        spec.Containers = []corev1.Container{one, two}
    }
    """
    assert set(labels(tmp_path, code)) == {"one", "two"}


def test_a_constant_is_called_as_the_code_calls_it_without_its_conversion(
    tmp_path: Path,
) -> None:
    code = """\
    func pods() []corev1.Container {
        containers := []corev1.Container{coreAgent()}
        return append(containers, traceAgent())
    }
    func coreAgent() corev1.Container {
        return corev1.Container{Name: string(common.CoreAgentName), Image: image()}
    }
    func traceAgent() corev1.Container {
        return corev1.Container{Name: string(common.TraceAgentName), Image: image()}
    }
    """
    assert labels(tmp_path, code) == {
        "common.CoreAgentName": "main",
        "common.TraceAgentName": "sidecar",
    }


@pytest.mark.parametrize(
    ("option", "label"),
    [
        ("--csi-address=$(ADDRESS)", "sidecar"),
        ("--address=$(ADDRESS)", "not-a-sidecar"),
    ],
)
def test_who_calls_a_storage_driver_helps_it(
    tmp_path: Path, option: str, label: str
) -> None:
    code = f"""\
    func pods() []corev1.Container {{
        plugin := box("disk-driver", i, []string{{"--csi-endpoint=$(CSI_ENDPOINT)"}})
        groups := box("disk-groups", j, []string{{"{option}"}})
        return []corev1.Container{{plugin, groups}}
    }}
    func box(name, image string, args []string) corev1.Container {{
        return corev1.Container{{Name: name, Image: image, Args: args}}
    }}
    """
    said = labels(tmp_path, code)
    assert said == {"disk-driver": "main", "disk-groups": label}
