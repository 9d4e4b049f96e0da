"""Variables of Go functions: how far they reach, and what they may stand for."""

from pathlib import Path

import pytest
from reading import box, names, unit
from scanning import labels

HEAD = 'package shop\n\nimport corev1 "k8s.io/api/core/v1"\n\n'
MADE = """\
func FUNCTION() *corev1.Container {
	return &corev1.Container{Name: "NAME", Image: "example.com/NAME"}
}

"""


def made(function: str, name: str) -> str:
    return MADE.replace("FUNCTION", function).replace("NAME", name)


FUNCTIONS = (
    made("keys", "copy-keys") + made("web", "shop") + made("numbers", "shop-exporter")
)
LISTS = """\
func spec() corev1.PodSpec {
	var initContainers []corev1.Container
	if c := keys(); c != nil {
		initContainers = append(initContainers, *c)
	}
	boxes := []corev1.Container{*web()}
	if c := numbers(); c != nil {
		boxes = append(boxes, *c)
	}
	return corev1.PodSpec{InitContainers: initContainers, Containers: boxes}
}
"""
POD = """\
func spec() corev1.PodSpec {
	made := corev1.PodSpec{Containers: []corev1.Container{*web()}}
	if c := keys(); c != nil {
		made.InitContainers = append(made.InitContainers, *c)
	}
	if c := numbers(); c != nil {
		made.Containers = append(made.Containers, *c)
	}
	return made
}
"""


@pytest.mark.parametrize("built", [LISTS, POD], ids=["lists", "a pod"])
def test_a_variable_of_a_condition_ends_with_its_block(
    tmp_path: Path, built: str
) -> None:
    assert labels(tmp_path, {"a.go": HEAD + FUNCTIONS + built}) == {
        "copy-keys": "init",
        "shop": "main",
        "shop-exporter": "sidecar",
    }


CHOICE = """\
func spec(kind string) corev1.PodSpec {
	var box *corev1.Container
	switch kind {
	case "row":
		box = rows()
	default:
		box = files()
	}
	return corev1.PodSpec{Containers: []corev1.Container{*box}}
}
"""


def test_a_variable_may_stand_for_one_of_several(tmp_path: Path) -> None:
    text = HEAD + made("rows", "rows-dump") + made("files", "files-dump") + CHOICE
    pod = unit("a.go", text)
    assert names(pod) == ["rows-dump", "files-dump"]
    assert box(pod, "rows-dump").branches != box(pod, "files-dump").branches
    assert "sidecar" not in labels(tmp_path, {"a.go": text}).values()


WRAPPED = """\
func spec(base Base) corev1.PodSpec {
	box := corev1.Container{Name: "event-tail", Image: "example.com/tail"}
	return corev1.PodSpec{Containers: []corev1.Container{
		base.Override(box),
		base.Proxy(),
	}}
}
"""


def test_a_call_that_is_given_a_container_makes_no_other() -> None:
    pod = unit("a.go", HEAD + WRAPPED)
    assert names(pod) == ["event-tail", "Proxy"]
