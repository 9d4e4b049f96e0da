"""Programs in seven languages: the containers that they put into a pod."""

from pathlib import Path

import pytest
from limits import within
from reading import Files, box, names, refuses, unit, units
from sidecar_spotter import scan
from sidecar_spotter.model import Mount, Text
from sidecar_spotter.readers import programs
from sidecar_spotter.readers.common import code_files

PYTHON = '''\
"""Says containers=[V1Container(name="none", image="none")] in a text."""

def web(image):
    box = V1Container(
        name="web",
        image=image,
        ports=[V1ContainerPort(container_port=8080, name="http")],
        volume_mounts=[V1VolumeMount(name="logs", mount_path="/var/log/web")],
    )
    boxes = [box]
    # The sidecar that ships the log.
    if SHIPS:
        boxes.append(
            client.V1Container(
                name="ship",
                image="example.com/ship:1",
                args=["--follow", "/in/web.log"],
                volume_mounts=[
                    V1VolumeMount(mount_path="/in", name="logs", read_only=True)
                ],
            )
        )
    return boxes

def pod():
    boxes = web(IMAGE)
    return V1PodSpec(
        init_containers=[V1Container(name="first", image="busybox")],
        containers=boxes,
    )
'''


def test_a_list_leads_through_names_and_functions_to_its_containers() -> None:
    group = unit("operator/pod.py", PYTHON)
    assert group.platform == "kubernetes"
    assert group.marks == {"code"}
    found = [(one.name, one.line, one.stage) for one in group.containers]
    assert sorted(found, key=lambda one: one[1]) == [
        ("web", 5, "run"),
        ("ship", 15, "run"),
        ("first", 28, "init"),
    ]
    web, ship = box(group, "web"), box(group, "ship")
    assert web.image == Text("image", 6)
    assert [port.number for port in web.ports] == [8080]
    assert web.mounts == (Mount("logs", "/var/log/web", False, 8),)
    assert ship.mounts == (Mount("logs", "/in", True, 19),)
    assert ship.image == Text("example.com/ship:1", 16)
    assert [word.text for word in ship.words] == ["--follow", "/in/web.log"]
    assert [note.text for note in ship.notes] == ["The sidecar that ships the log."]


TYPESCRIPT = """\
const shop = new k8s.apps.v1.Deployment("shop", {
  spec: { template: { spec: {
    initContainers: [{
      name: "tail", image: "busybox", restartPolicy: "Always",
    }, { name: "migrate", image: shopImage }],
    containers: [
      { name: "shop", image: shopImage, ports: [{ containerPort: 80 }] },
      {
        image: "quay.io/oauth2-proxy/oauth2-proxy",
        name: "auth", // in front of it
      },
    ],
  } } },
});
"""


def test_objects_in_a_list_of_containers_are_containers() -> None:
    group = unit("index.ts", TYPESCRIPT)
    found = [(one.name, one.line, one.stage) for one in group.containers]
    assert found == [
        ("tail", 4, "native"),
        ("migrate", 5, "init"),
        ("shop", 7, "run"),
        ("auth", 10, "run"),
    ]
    assert box(group, "auth").image == Text("quay.io/oauth2-proxy/oauth2-proxy", 9)


def test_a_dictionary_of_python_is_such_an_object() -> None:
    group = unit(
        "pod.py",
        """\
        spec = {"initContainers": [{"name": "first", "image": "busybox"}],
                "containers": [{"name": "shop", "image": "shop:1"}]}
        """,
    )
    assert [(one.name, one.stage) for one in group.containers] == [
        ("first", "init"),
        ("shop", "run"),
    ]


JAVA = """\
class Shop {
  PodSpec pod(String image) {
    return new PodSpecBuilder()
        .addNewInitContainer().withName("first").withImage("busybox").endInitContainer()
        .addNewContainer()
          .withName("shop")
          .withImage(image)
          .addNewEnv().withName("HOME").withValue("/tmp").endEnv()
          .addNewPort().withContainerPort(8080).endPort()
        .endContainer()
        .addToContainers(exporter())
        .build();
  }
  Container exporter() {
    return new ContainerBuilder().withName("exporter").withImage("redis_exporter")
        .build();
  }
}
"""


def test_a_chain_of_calls_is_read_without_what_is_nested_in_it() -> None:
    group = unit("src/main/java/Shop.java", JAVA)
    found = [(one.name, one.line, one.stage) for one in group.containers]
    assert sorted(found, key=lambda one: one[1]) == [
        ("first", 4, "init"),
        ("shop", 6, "run"),
        ("exporter", 15, "run"),
    ]
    assert [port.number for port in box(group, "shop").ports] == [8080]


RUST = """\
fn build(pb: &mut PodBuilder, image: &'a str) {
    let mut shop = ContainerBuilder::new("shop");
    shop.image(image);
    pb.add_container(shop.build());
    let metrics = ContainerBuilder::new("metrics").args(vec!["run".into()]).build();
    pb.add_container(metrics);
    pb.add_init_container(first());
}
fn first() -> Container {
    Container { name: "first".to_string(), image: Some("busybox".into()),
                ..Default::default() }
}
"""


def test_what_a_builder_of_rust_is_given_is_one_pod() -> None:
    group = unit("src/pod.rs", RUST)
    found = [(one.name, one.stage) for one in group.containers]
    assert found == [("shop", "run"), ("metrics", "run"), ("first", "init")]
    assert box(group, "first").image == Text("busybox", 10)


def test_setters_fill_a_container_of_java() -> None:
    group = unit(
        "A.java",
        """\
        void add(Deployment deployment) {
            Container shaper = new Container();
            deployment.getSpec().getInitContainers().add(shaper);
            shaper.setName("shaper-init");
            shaper.setImage(images.shaper());
        }
        """,
    )
    assert [(one.name, one.line) for one in group.containers] == [("shaper-init", 4)]


def test_a_literal_of_csharp_is_a_struct() -> None:
    group = unit(
        "Pods.cs",
        """\
        var spec = new V1PodSpec {
            Containers = new List<V1Container> {
                new V1Container { Name = "shop", Image = "shop:1" },
                new V1Container { Name = "envoy", Image = "envoyproxy/envoy:v1" },
            },
        };
        """,
    )
    assert names(group) == ["shop", "envoy"]
    assert "partial" not in group.marks


def test_a_container_for_a_pod_that_is_given_is_a_part() -> None:
    group = unit(
        "patch.py",
        """\
        def add_sidecar(pod):
            proxy = V1Container(name="log-shipper", image=IMAGE)
            pod.spec.containers.append(proxy)
        """,
    )
    assert group.marks == {"code", "partial"}


def test_a_task_of_pulumi_is_one_of_ecs() -> None:
    group = unit(
        "index.ts",
        """\
        const task = new aws.ecs.TaskDefinition("shop", {
          containerDefinitions: pulumi.output([
            { name: "shop", image: shop, essential: true },
            { name: "router", image: "amazon/aws-for-fluent-bit" },
          ]).apply(JSON.stringify),
        });
        """,
    )
    assert group.platform == "ecs"
    assert names(group) == ["shop", "router"]


def test_an_annotation_in_a_program_asks_for_injection() -> None:
    text = """\
    app = Deployment("app", spec=DeploymentSpecArgs(template=PodTemplateSpecArgs(
        metadata=ObjectMetaArgs(annotations={"dapr.io/enabled": "VALUE"}))))
    """
    group = unit("__main__.py", text.replace("VALUE", "true"))
    assert [(one.container, one.line, one.wanted) for one in group.requests] == [
        ("daprd", 2, True)
    ]
    group = unit("__main__.py", text.replace("VALUE", "false"))
    assert [one.wanted for one in group.requests] == [False]


@pytest.mark.parametrize(
    ("code", "asks"),
    [
        ('annotations.put("dapr.io/enabled", "true");', 1),
        ('.addToAnnotations("dapr.io/enabled", "true")', 1),
        ('annotations["dapr.io/enabled"] = "true"', 1),
        ('Row("dapr.io/enabled", "true")', 0),
        ('// about "dapr.io/enabled" and "true"', 0),
    ],
)
def test_a_call_may_give_an_annotation(code: str, asks: int) -> None:
    assert len(units("A.java", f"{code}\n")) == asks


def test_a_text_about_a_manifest_is_none() -> None:
    text = """\
    '''A page about a pod.

    containers:
      - name: shop
      - name: log-shipper
    '''
    containers = []
    """
    assert units("page.py", text) == []


def test_a_manifest_may_be_a_text_in_a_program() -> None:
    group = unit(
        "pod.py",
        """\
        # containers = [
        POD = '''
        kind: Pod
        spec:
          containers:
            - name: shop
              image: shop:1
            - name: envoy
              image: envoyproxy/envoy:v1
        '''
        """,
    )
    assert [(one.name, one.line) for one in group.containers] == [
        ("shop", 6),
        ("envoy", 8),
    ]
    assert {"code", "embedded"} <= group.marks


def test_a_field_may_be_short_and_a_name_a_key() -> None:
    text = """\
    const a = { containers: [{ name: 'runner', image }, { name: 'dind', image: d }] };
    const b = { containers: { web: { image: w }, router: { image: r } } };
    """
    first, second = units("index.ts", text)
    assert (names(first), names(second)) == (["runner", "dind"], ["web", "router"])


def test_a_list_may_be_filled_after_it_is_made() -> None:
    group = unit(
        "A.java",
        """\
        List<Container> containers() {
            List<Container> containers = new ArrayList<>(2);
            Container shop = new ContainerBuilder().withName(SHOP).build();
            Container proxy = new ContainerBuilder().withName("tls-proxy").build();
            containers.add(shop);
            containers.add(proxy);
            return containers;
        }
        """,
    )
    assert names(group) == ["SHOP", "tls-proxy"]
    assert group.marks == {"code"}


def test_a_name_may_be_an_argument_without_its_name() -> None:
    text = """\
    Containers = new[] { new V1Container("shop", image: "shop:1"),
                         new V1Container("envoy", image: "envoyproxy/envoy:v1") };
    """
    assert names(unit("Pods.cs", text)) == ["shop", "envoy"]


@pytest.mark.parametrize(
    ("path", "suits"),
    [
        ("src/pod.py", True),
        ("tests/test_pod.py", False),
        ("src/pod.spec.ts", False),
        ("types/pod.d.ts", False),
        ("pod.rb", False),
    ],
)
def test_tests_and_other_languages_are_left_out(path: str, suits: bool) -> None:
    assert programs.suits(path, b"V1Container(") is suits


def test_only_projects_that_need_it_are_read(tmp_path: Path) -> None:
    text = "import k8s\n" + PYTHON
    (tmp_path / "pod.py").write_text(text, encoding="utf-8")
    assert scan(tmp_path).groups == ()
    (tmp_path / "requirements.txt").write_text("kubernetes==30.1.0\n", encoding="utf-8")
    report = scan(tmp_path)
    assert report.verdict == "injects-or-operates-sidecars-in-code-only"
    (judged,) = report.groups
    found = {one.name: one.label for one in judged.findings}
    assert found == {"first": "init", "web": "main", "ship": "sidecar"}


@pytest.mark.parametrize(
    ("ending", "piece"),
    [
        ("py", "containers=["),
        ("py", "containers=boxes\n"),
        ("ts", "containers: {"),
        ("ts", "a = (b) => {"),
        ("ts", "containers: [{ name: 'a', image: 'b' }],\n"),
        ("java", ".addNewContainer()"),
        ("java", 'new ContainerBuilder().withName("a")'),
        ("java", "new Container();"),
        ("rs", "pb.add_container(a);"),
        ("py", "def f():\n    boxes = g()\n    containers=f()\n"),
        ("py", 'V1Container(name="a",'),
        ("cs", "a b c d e f("),
        ("py", "def f():\n  a = b\n"),
        ("py", "x=containers"),
        ("ts", "f(){"),
        ("rs", "fn f(){ let a = b; "),
        ("ts", "{name: image, image: name},"),
        ("ts", "{{name: image, image: name,"),
    ],
)
def test_hostile_programs_cost_little_time(ending: str, piece: str) -> None:
    text = piece * ((code_files.LARGEST - 1) // len(piece))
    with within(5):
        list(programs.read(f"x.{ending}", text.encode(), Files()))


def test_a_giant_is_refused() -> None:
    assert "more than" in refuses("x.py", "V1Container(\n" * code_files.LARGEST)


def test_what_hands_a_name_on_is_no_part_of_it() -> None:
    group = unit(
        "src/pod.rs",
        """\
        fn updater() -> Container {
            let mut builder = ContainerBuilder::new(
                &crate::crd::Container::PasswordFileUpdater.to_string(),
            );
            builder.build()
        }
        """,
    )
    assert names(group) == ["crate::crd::Container::PasswordFileUpdater"]
