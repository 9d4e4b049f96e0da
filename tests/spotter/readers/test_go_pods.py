"""Go code: whose variable a container is, and what a function makes of it."""

from pathlib import Path
from textwrap import dedent

import pytest
from reading import names, units
from scanning import labels, neighbors

JOBS = """\
package jobs

import corev1 "k8s.io/api/core/v1"

func moveRows() corev1.PodSpec {
	container := corev1.Container{
		Name:  "move-rows",
		Image: "example.com/rows",
	}
	return corev1.PodSpec{Containers: []corev1.Container{container}}
}

func moveLogs() corev1.PodSpec {
	container := corev1.Container{
		Name:  "move-logs",
		Image: "example.com/logs",
	}
	return corev1.PodSpec{Containers: []corev1.Container{container}}
}
"""


def test_a_variable_of_another_function_is_another_container() -> None:
    found = [names(group) for group in units("jobs.go", JOBS)]
    assert found == [["move-rows"], ["move-logs"]]


def test_a_variable_may_get_what_another_function_returns() -> None:
    text = """\
package jobs

import corev1 "k8s.io/api/core/v1"

func proxy() corev1.Container {
	made := corev1.Container{Name: "proxy", Image: "example.com/proxy"}
	return made
}

func pod() corev1.PodSpec {
	shop := corev1.Container{Name: "shop", Image: "example.com/shop"}
	side := proxy()
	return corev1.PodSpec{Containers: []corev1.Container{shop, side}}
}
"""
    (group,) = units("jobs.go", text)
    assert set(names(group)) == {"shop", "proxy"}


@pytest.mark.parametrize("variable", ["reloader", "second"])
def test_code_may_call_a_container_what_it_is(variable: str, tmp_path: Path) -> None:
    text = f"""\
package pods

import (
	corev1 "k8s.io/api/core/v1"
	"example.com/shop/naming"
)

func pod(image string) corev1.PodSpec {{
	container := corev1.Container{{Name: naming.Shop, Image: image}}
	{variable} := corev1.Container{{
		Name:    naming.ShopRates,
		Image:   image,
		Command: watch(naming.ShopRates),
	}}
	return corev1.PodSpec{{Containers: []corev1.Container{{container, {variable}}}}}
}}
"""
    found = labels(tmp_path, {"go.mod": "require k8s.io/api v0.30.0\n", "pod.go": text})
    assert (found["naming.ShopRates"] == "sidecar") == (variable == "reloader")


@pytest.mark.parametrize(
    "line", ["container.Args = agentArgs()", "", "other.Args = agentArgs()"]
)
def test_a_function_makes_a_container_of_what_another_returns(line: str) -> None:
    text = f"""\
package builder

import corev1 "k8s.io/api/core/v1"

func (b *Builder) agent(image string) (*corev1.Container, error) {{
	container, err := b.buildContainer(image)
	if err != nil {{
		return nil, err
	}}
	container.Name = "agent"
	container.Ports = []corev1.ContainerPort{{
		{{Name: "agent", ContainerPort: 5555}},
	}}
	{line}
	return container, nil
}}

func (b *Builder) buildContainer(image string) (*corev1.Container, error) {{
	return &corev1.Container{{Image: image}}, nil
}}
"""
    found = [
        (one.name, one.line, [port.number for port in one.ports])
        for group in units("builder.go", text)
        for one in group.containers
        if one.name
    ]
    assert found == ([("agent", 10, [5555])] if line.startswith("con") else [])


def test_a_function_for_the_programs_own_container_adds_no_sidecar(
    tmp_path: Path,
) -> None:
    text = """\
package pods

func AppContainer(spec Spec) corev1.Container {
	appc := corev1.Container{
		Name:  "sql-proxy",
		Image: spec.Image,
		Ports: []corev1.ContainerPort{{ContainerPort: 6032}},
	}
	return appc
}
"""
    assert "sidecar" not in labels(tmp_path, {"pods.go": text}).values()
    text = text.replace("AppContainer", "ProxyContainer")
    assert labels(tmp_path, {"pods.go": text}) == {"sql-proxy": "sidecar"}


def of_go(tmp_path: Path, body: str) -> dict[str, str]:
    (tmp_path / "go.mod").write_text("module shop.example\n", encoding="utf-8")
    text = 'package pods\n\nimport corev1 "k8s.io/api/core/v1"\n\n' + dedent(body)
    return labels(tmp_path, {"pods.go": text})


NUMBERED = """\
func WithMore(spec *corev1.PodSpec, count int) {
    for i := 1; i < count; i++ {
        spec.Containers = append(spec.Containers, corev1.Container{
            Name:    fmt.Sprintf("container-%d", i),
            Image:   image,
            Command: []string{"sh", "-c", command},
        })
    }
}
"""


def test_containers_that_code_counts_up_are_no_helpers(tmp_path: Path) -> None:
    assert "sidecar" not in of_go(tmp_path, NUMBERED).values()
    proxies = NUMBERED.replace("container-%d", "proxy-%d")
    assert of_go(tmp_path, proxies) == {"proxy-%d": "sidecar"}


def test_a_list_may_go_into_the_init_containers(tmp_path: Path) -> None:
    body = """\
    func spec(p *Shop, spec *corev1.PodSpec) {
        authContainers := []corev1.Container{}
        for _, plugin := range p.Plugins {
            authContainers = append(authContainers, corev1.Container{
                Name:    "plugin",
                Image:   plugin.Image,
                Command: []string{"cp", plugin.Source, "/plugins"},
            })
        }
        spec.InitContainers = append(spec.InitContainers, authContainers...)
    }
    """
    assert of_go(tmp_path, body) == {"plugin": "init"}


def test_a_function_goes_on_with_a_container_that_it_is_given(tmp_path: Path) -> None:
    body = """\
    func Mutate(pod *corev1.Pod) {
        add(&pod.Spec, corev1.Container{Args: []string{"serve"}}, os.Getenv("IMAGE"))
    }
    func add(spec *corev1.PodSpec, template corev1.Container, image string) {
        template.Name = "backup-agent"
        template.Image = image
        template.Env = append(template.Env, settings()...)
        template.RestartPolicy = ptr.To(corev1.ContainerRestartPolicyAlways)
        spec.InitContainers = append(spec.InitContainers, template)
    }
    """
    assert of_go(tmp_path, body) == {"backup-agent": "native-sidecar"}


def test_containers_are_put_in_front_of_those_of_a_pod(tmp_path: Path) -> None:
    body = """\
    func add(pod *corev1.Pod) {
        pod.Spec.Containers = append([]corev1.Container{
            {Name: "log-shipper", Image: "example/shipper"},
        }, pod.Spec.Containers...)
    }
    """
    assert of_go(tmp_path, body) == {"log-shipper": "sidecar"}
    whole = body.replace("pod.Spec.Containers...", "more...")
    assert of_go(tmp_path, whole) == {"log-shipper": "not-a-sidecar"}


@pytest.mark.parametrize(
    "begins", ["agent := &corev1.Container{}", "var agent corev1.Container"]
)
def test_an_empty_container_gets_its_fields_one_by_one(
    tmp_path: Path, begins: str
) -> None:
    body = f"""\
    func add(pod *corev1.Pod) {{
        {begins}
        agent.Name = "log-agent"
        agent.Image = "example/agent"
        agent.Args = []string{{"--all"}}
        pod.Spec.Containers = append(pod.Spec.Containers, agent)
        keep(corev1.Container{{}})
    }}
    """
    assert of_go(tmp_path, body) == {"log-agent": "sidecar"}


DRIVERLESS = """\
package disks

import corev1 "k8s.io/api/core/v1"

func diskHelpers() corev1.PodSpec {
	return corev1.PodSpec{Containers: []corev1.Container{
		{Name: "csi-attacher", Image: cfg.CSIAttacherImage},
		{Name: "NAME", Image: cfg.CSIResizerImage},
	}}
}
"""


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (
            "csi-resizer",
            {"csi-attacher": ("sidecar", None), "csi-resizer": ("sidecar", None)},
        ),
        ("disk", {"csi-attacher": ("sidecar", "disk"), "disk": ("main", None)}),
    ],
)
def test_where_all_that_code_lists_helps_the_program_stands_elsewhere(
    name: str, found: dict[str, tuple[str, str | None]], tmp_path: Path
) -> None:
    text = DRIVERLESS.replace("NAME", name)
    assert neighbors(tmp_path, {"disks.go": text}) == found
