"""Pods in Jenkinsfiles, and containers in Jsonnet."""

import pytest
from reading import box, names, unit, units
from sidecar_spotter.checkout.forms import form_of
from sidecar_spotter.readers import reader_of
from sidecar_spotter.readers.common.lines import Lines

PIPELINE = """\
pipeline {
  agent { kubernetes { yaml '''
kind: Pod
spec:
  containers:
  - name: build
    image: maven:3
    command: [sleep, infinity]
  - name: docker-daemon
    image: docker:24-dind
''' } }
}
"""


@pytest.mark.parametrize("path", ["Jenkinsfile", "ci/Jenkinsfile.release", "a.groovy"])
def test_a_pod_stands_as_text_in_a_pipeline(path: str) -> None:
    pod = unit(path, PIPELINE)
    assert names(pod) == ["build", "docker-daemon"]
    assert box(pod, "docker-daemon").line == 9


def test_calls_that_follow_one_another_are_a_pod() -> None:
    code = """\
    podTemplate(containers: [
        containerTemplate(name: 'build', image: 'maven:3', ttyEnabled: true),
        containerTemplate(
            name: "daemon", image: "docker:dind", privileged: true),
    ]) { }
    podTemplate(containers: [containerTemplate(name: 'x', image: 'y')]) { }
    """
    pod = unit("Jenkinsfile", code)
    assert [(one.name, one.line) for one in pod.containers] == [
        ("build", 2),
        ("daemon", 4),
    ]


def test_other_groovy_holds_no_pod() -> None:
    assert reader_of("build.groovy", b"println 'containers'") is None


JSONNET = """\
local cfg = import 'cfg.libsonnet';  // image: { name: 'no' }
{
  deployment: {
    spec: { template: { spec: { containers: [
      { name: 'app', image: cfg.image },
      {
        name: 'kube-rbac-proxy',
        image: 'quay.io/brancz/kube-rbac-proxy:v0.15',
        args: ['--upstream=http://127.0.0.1:8080/'] + cfg.args,
        ports: [{ name: 'https', containerPort: 8443 }],
      },
    ] } } },
  },
}
"""


def test_objects_of_jsonnet_that_have_an_image_are_containers() -> None:
    pod = unit("jsonnet/a.libsonnet", JSONNET)
    app, proxy = pod.containers
    assert (app.name, app.line) == ("app", 5)
    assert (proxy.name, proxy.line) == ("kube-rbac-proxy", 7)
    assert proxy.image is not None and proxy.image.text.startswith("quay.io/brancz/")
    assert [word.text for word in proxy.words] == ["--upstream=http://127.0.0.1:8080/"]
    assert [port.number for port in proxy.ports] == [8443]
    assert "partial" not in pod.marks


@pytest.mark.parametrize(
    ("path", "form"),
    [("a.jsonnet", "jsonnet"), ("x/Jenkinsfile", "jenkins"), ("myJenkinsfile", None)],
)
def test_files_have_a_form(path: str, form: str | None) -> None:
    assert form_of(path) == form


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("Jenkinsfile", "containers: '''" * 20_000),
        ("Jenkinsfile", "containerTemplate(" * 20_000),
        ("Jenkinsfile", 'containers: "' + "a'" * 100_000),
        ("a.jsonnet", "container { image: " * 10_000),
        ("a.jsonnet", "container " + "{ image: [" * 10_000 + "'" * 10_000),
        ("a.jsonnet", "image container.new(" * 10_000),
        ("a.jsonnet", "image containers: [ x.withContainers( a, " * 5_000),
    ],
    ids=["texts", "calls", "quotes", "objects", "lists", "makers", "pods"],
)
def test_text_that_never_ends_what_it_begins_holds_nothing(
    path: str, data: str
) -> None:
    assert units(path, data) == []


def test_a_place_is_on_the_line_that_has_it() -> None:
    text = "one\n\nthree"
    assert [Lines(text).of(at) for at in (0, 3, 4, 5, 9)] == [1, 1, 2, 3, 3]
