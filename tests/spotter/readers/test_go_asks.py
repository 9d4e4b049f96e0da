"""What Go code asks an injector for, and pods that it puts together bit by bit."""

from pathlib import Path

import pytest
import scanning
from sidecar_spotter.model import Report


def scanned(root: Path, code: str, name: str = "pkg/build.go") -> Report:
    """Return the report on a repository with one file of Go."""
    report = scanning.scanned(root, {name: code})
    assert report.skipped == ()
    return report


def labels(report: Report) -> list[tuple[str, str, int]]:
    """Return name, label and line of all findings."""
    found = [one for judged in report.groups for one in judged.findings]
    return [(one.name, one.label, one.line) for one in found]


MESH = """\
package orchard

func mark(pod *Pod, mesh bool) {
	if mesh {
		pod.AddLabel(map[string]string{"sidecar.istio.io/inject": "true"})
	} else {
		pod.AddLabel(map[string]string{"sidecar.istio.io/inject": "false"})
	}
}
"""


def test_go_code_may_label_a_pod_for_an_injector(tmp_path: Path) -> None:
    report = scanned(tmp_path, MESH)
    found = labels(report)
    assert ("istio-proxy", "injected-sidecar", 5) in found
    assert ("istio-proxy", "not-a-sidecar", 7) in found
    assert report.verdict == "injects-or-operates-sidecars-in-code-only"


@pytest.mark.parametrize(
    "line",
    [
        'pods.Annotations["dapr.io/enabled"] = "true"',
        'space.Labels = map[string]string{"linkerd.io/inject": "enabled"}',
    ],
)
def test_it_may_set_an_annotation(tmp_path: Path, line: str) -> None:
    found = labels(scanned(tmp_path, f"package a\n\nfunc f() {{\n\t{line}\n}}\n"))
    assert [(label, at) for _, label, at in found] == [("injected-sidecar", 4)]


@pytest.mark.parametrize(
    "line",
    [
        'Selector: sel{L: map[string]string{"istio-injection": "enabled"}},',
        'MatchLabels: map[string]string{"sidecar.istio.io/inject": "true"},',
        'if pod.Labels["sidecar.istio.io/inject"] == "true" {}',
        'const key = "sidecar.istio.io/inject"',
    ],
)
def test_who_looks_for_such_a_label_asks_for_nothing(tmp_path: Path, line: str) -> None:
    found = labels(scanned(tmp_path, f"package a\n\nvar x = T{{\n\t{line}\n}}\n"))
    assert found == []


def units(report: Report) -> list[dict[str, str]]:
    """Return the labels in each unit that has any, by container."""
    found: list[dict[str, str]] = [
        {one.name: one.label for one in judged.findings} for judged in report.groups
    ]
    return [one for one in found if one]


BIT_BY_BIT = """\
package orchard

import corev1 "k8s.io/api/core/v1"

func meter(cr *Cider) *corev1.Container {
	if !cr.Metered {
		return nil
	}
	return &corev1.Container{Name: "exporter", Image: "example.com/press-exporter"}
}

func build(cr *Cider) appsv1.Deployment {
	press := corev1.Container{Name: "press", Image: "example.com/press"}
	containers := []corev1.Container{press}
	if more := meter(cr); more != nil {
		more.SecurityContext = nil
		containers = append(containers, *more)
	}
	return appsv1.Deployment{Spec: podOf(containers)}
}
"""


def test_a_list_grows_by_what_a_function_returns(tmp_path: Path) -> None:
    report = scanned(tmp_path, BIT_BY_BIT)
    assert units(report) == [{"press": "main", "exporter": "sidecar"}]


SHARED = """\
package orchard

import corev1 "k8s.io/api/core/v1"

func reloader() corev1.Container {
	made := corev1.Container{Name: "config-reloader", Image: "example.com/reload"}
	return made
}

func agent() (corev1.Container, error) {
	made := corev1.Container{Name: "barrel-collector", Image: "example.com/barrel"}
	return made, nil
}

func daemon() corev1.PodSpec {
	made, err := agent()
	return corev1.PodSpec{
		ShareProcessNamespace: ptr(true),
		Containers: []corev1.Container{made, reloader()},
	}
}

func single() corev1.PodSpec {
	return corev1.PodSpec{
		Containers: []corev1.Container{
			{Name: "cellar", Image: "example.com/cellar"},
			reloader(),
		},
	}
}
"""


def test_one_function_may_give_a_helper_to_several_pods(tmp_path: Path) -> None:
    assert units(scanned(tmp_path, SHARED)) == [
        {"barrel-collector": "main", "config-reloader": "sidecar"},
        {"cellar": "main", "config-reloader": "sidecar"},
    ]


def test_containers_of_a_pod_stand_in_the_order_of_its_list(tmp_path: Path) -> None:
    code = """\
package orchard

import corev1 "k8s.io/api/core/v1"

func offsets() corev1.Container {
	return corev1.Container{Name: "offset-sync", Image: "example.com/offset-sync"}
}

func agent() corev1.Container {
	return corev1.Container{Name: "log-collector", Image: "example.com/log-collector"}
}

func build() corev1.PodSpec {
	spec := corev1.PodSpec{Containers: []corev1.Container{agent()}}
	spec.Containers = append(spec.Containers, offsets())
	return spec
}
"""
    assert units(scanned(tmp_path, code)) == [
        {"log-collector": "main", "offset-sync": "sidecar"}
    ]


OWN_TYPES = """\
package orchard

func build() Job {
	return Job{Spec: PodSpec{
		InitContainers: []Container{
			{Name: "wait", Image: "busybox:1.36"},
		},
		Containers: []Container{
			{Name: "press", Image: "example.com/press"},
			{Name: "log-shipper", Image: "fluent/fluent-bit:3"},
		},
	}}
}
"""


def test_a_program_may_have_types_of_its_own_for_pods(tmp_path: Path) -> None:
    assert units(scanned(tmp_path, OWN_TYPES)) == [
        {"wait": "init", "press": "main", "log-shipper": "sidecar"}
    ]


def test_other_lists_of_containers_are_no_pods(tmp_path: Path) -> None:
    text = OWN_TYPES.replace(", Image:", ", Size:")
    assert units(scanned(tmp_path, text)) == []
