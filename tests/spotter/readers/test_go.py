"""Go code that builds containers, read by its text."""

from textwrap import dedent

import pytest
from limits import within
from sidecar_spotter.model import Container, Group
from sidecar_spotter.readers import go
from sidecar_spotter.readers.go.files import LARGEST
from sidecar_spotter.tree import Unreadable


class Files(dict[str, str]):
    """Stands for the other files of a checkout."""

    def __call__(self, path: str) -> bytes | None:
        return self[path].encode() if path in self else None

    def names(self, folder: str) -> list[str]:
        return sorted(path for path in self if path.rpartition("/")[0] == folder)

    def below(self, folder: str) -> list[str]:
        return self.names(folder)


def units(code: str, **others: str) -> list[Group]:
    head = 'package x\nimport corev1 "k8s.io/api/core/v1"\n'
    files = Files({f"pkg/{name}.go": text for name, text in others.items()})
    data = (head + dedent(code)).encode()
    return list(go.read("pkg/a.go", data, files))


def lone(code: str, **others: str) -> Container:
    (unit,) = units(code, **others)
    (box,) = unit.containers
    return box


def test_a_literal_gives_its_fields() -> None:
    box = lone(
        """\
        func sidecar() corev1.Container {
            return corev1.Container{
                Image: "quay.io/oauth2-proxy/oauth2-proxy:v7",
                Name:  "auth",
                Args:  []string{"--upstream=http://localhost:8080", "-v"},
                Env:   []corev1.EnvVar{{Name: "LEVEL", Value: "debug"}},
                Ports: []corev1.ContainerPort{{ContainerPort: 4180, Name: "http"}},
                VolumeMounts: []corev1.VolumeMount{
                    {Name: "keys", MountPath: "/keys", ReadOnly: true},
                },
            }
        }
        """
    )
    assert (box.name, box.line, box.stage) == ("auth", 6, "run")
    assert box.image is not None
    assert box.image.text == "quay.io/oauth2-proxy/oauth2-proxy:v7"
    assert [word.text for word in box.words] == [
        "--upstream=http://localhost:8080",
        "-v",
    ]
    assert [one.text for one in box.settings] == ["LEVEL=debug"]
    assert [(port.number, port.name) for port in box.ports] == [(4180, "http")]
    (mount,) = box.mounts
    assert (mount.volume, mount.path, mount.read_only) == ("keys", "/keys", True)


def test_a_lone_literal_is_a_unit_named_after_its_function() -> None:
    (unit,) = units(
        """\
        func (w *Webhook) agent(pod corev1.Pod) (corev1.Container, error) {
            return corev1.Container{Name: "agent"}, nil
        }
        """
    )
    assert unit.name == "agent"
    assert unit.marks == {"code", "partial"}


def test_appending_to_a_pod_that_was_given_is_injection() -> None:
    (unit,) = units(
        """\
        func mutate(pod *corev1.Pod) {
            proxy := corev1.Container{Name: "proxy"}
            pod.Spec.Containers = append(pod.Spec.Containers, proxy)
        }
        """
    )
    assert "injects" in unit.marks
    assert unit.containers[0].stage == "run"


def test_where_a_function_result_goes_tells_its_stage() -> None:
    (unit,) = units(
        """\
        func add(pod *corev1.Pod) {
            pod.Spec.InitContainers = append(pod.Spec.InitContainers, prepare())
        }
        func prepare() corev1.Container {
            return corev1.Container{Name: "setup"}
        }
        """
    )
    assert unit.containers[0].stage == "init"


def test_an_init_container_that_always_restarts_is_native() -> None:
    box = lone(
        """\
        func add(pod *corev1.Pod) {
            c := corev1.Container{
                Name: "proxy",
                RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways),
            }
            pod.Spec.InitContainers = append(pod.Spec.InitContainers, c)
        }
        """
    )
    assert box.stage == "native"


def test_a_pod_is_one_unit_with_what_is_handed_to_it() -> None:
    (unit,) = units(
        """\
        func deployment() *appsv1.Deployment {
            extra := corev1.Container{Name: "exporter"}
            return &appsv1.Deployment{Spec: appsv1.DeploymentSpec{
                Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
                    ShareProcessNamespace: ptr.To(true),
                    InitContainers: []corev1.Container{{Name: "setup"}},
                    Containers: []corev1.Container{{Name: "db"}, extra},
                    Volumes: []corev1.Volume{{
                        Name: "data",
                        VolumeSource: corev1.VolumeSource{
                            EmptyDir: &corev1.EmptyDirVolumeSource{},
                        },
                    }},
                }},
            }}
        }
        """
    )
    assert {box.name: box.stage for box in unit.containers} == {
        "exporter": "run",
        "setup": "init",
        "db": "run",
    }
    assert unit.marks == {"code"}
    assert [(volume.name, volume.kind) for volume in unit.volumes] == [
        ("data", "emptyDir")
    ]
    assert [share.text for share in unit.shares] == ["processes"]


def test_names_are_followed_to_the_strings_that_they_stand_for() -> None:
    code = """\
        const image = "envoyproxy/envoy:v1"
        func build(given string) []corev1.Container {
            name := proxyName
            a := corev1.Container{Name: name, Image: image}
            b := corev1.Container{Name: given}
            return nil
        }
        """
    first, second = (unit.containers[0] for unit in units(code))
    assert first.name == "name"
    assert first.image is not None
    assert first.image.text == "envoyproxy/envoy:v1"
    assert second.name == "given"
    other = 'package x\n\nconst proxyName = "edge-proxy"\nconst given = "no"\n'
    first, second = (unit.containers[0] for unit in units(code, names=other))
    assert (first.name, second.name) == ("edge-proxy", "given")


def test_arguments_that_a_variable_collects_are_found() -> None:
    box = lone(
        """\
        func build() corev1.Container {
            args := []string{"--a"}
            if deep {
                args = append(args, fmt.Sprintf("--b=%s", b))
            }
            return corev1.Container{Name: "x", Args: args}
        }
        """
    )
    assert [word.text for word in box.words] == ["--a", "--b=%s"]


def test_strings_and_comments_hold_no_code() -> None:
    assert not units(
        'var s = "corev1.Container{Name: 1}"\n// corev1.Container{Name: "x"}\n'
    )
    assert not units("var s = `\ncorev1.Container{Name: 1}\n`\n")
    box = lone('var c = corev1.Container{Name: "a", Image: "b" /* Name: "c" */}\n')
    assert box.name == "a"


@pytest.mark.parametrize(
    "code",
    [
        "var c = corev1.Container{}",
        "var c []corev1.Container",
        'var c = other.Container{Name: "x"}',
        'var c = Container{Name: "x"}',
        "func f(c corev1.Container) {}",
    ],
)
def test_what_builds_none_is_no_unit(code: str) -> None:
    assert units(code) == []


def test_the_comment_above_is_kept_for_what_its_author_says() -> None:
    box = lone(
        '// An adapter for\n// old clients.\nvar c = corev1.Container{Name: "x"}\n'
    )
    said = [note.text for note in box.notes]
    assert said == ["An adapter for", "old clients.", "variable: c"]


@pytest.mark.parametrize(
    ("path", "suits"),
    [
        ("pkg/inject/sidecar.go", True),
        ("pkg/inject/sidecar_test.go", False),
        ("vendor/k8s.io/api/a.go", False),
        ("api/zz_generated.deepcopy.go", False),
        ("api/generated.pb.go", False),
        ("a.yaml", False),
    ],
)
def test_tests_and_borrowed_code_are_left_out(path: str, suits: bool) -> None:
    assert go.suits(path, b"x := corev1.Container{}") is suits
    assert not go.suits(path, b"package x")


@pytest.mark.parametrize(
    "piece",
    [
        "v1.Container{",
        "v1.Container{Name: {",
        "/*",
        '"',
        "`",
        "'",
        "func f\n",
        "a, ",
        "a := ",
        "Containers: ",
        "v1.PodSpec{Containers: ",
        "}",
        "v1.Container{Name: a, Args: a, Env: a}\n",
        "\\",
    ],
)
def test_hostile_code_costs_little_time(piece: str) -> None:
    text = ("v1.Container{Name: b}" + piece * 600000)[:LARGEST]
    with within(2):
        list(go.read("a.go", text.encode(), Files()))


def test_a_generated_giant_is_refused() -> None:
    with pytest.raises(Unreadable, match="bytes"):
        list(go.read("a.go", b" " * (LARGEST + 1), Files()))


def test_what_bootstraps_ends() -> None:
    code = """\
    func createBootstrapContainer() corev1.Container {
        box := corev1.Container{Name: called, Image: image}
        return box
    }
    """
    assert lone(code).stage == "init"


@pytest.mark.parametrize(
    ("function", "name", "stage"),
    [
        ("initContainers", '"prepare"', "init"),
        ("generateInitContainerDef", "called", "init"),
        ("containersOf", '"init-config"', "init"),
        ("initialize", '"web"', "run"),
    ],
)
def test_a_list_that_is_only_called_containers_may_hold_what_ends(
    function: str, name: str, stage: str
) -> None:
    code = f"""\
    func {function}() []corev1.Container {{
        containers := []corev1.Container{{}}
        one := corev1.Container{{Name: {name}, Image: image}}
        containers = append(containers, one)
        return containers
    }}
    """
    assert lone(code).stage == stage
