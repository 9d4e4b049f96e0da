"""AWS CDK: containers that TypeScript and Python code adds to a task."""

from pathlib import Path

import pytest
from limits import within
from reading import Files, box, names, unit, units
from sidecar_spotter import scan
from sidecar_spotter.model import Text
from sidecar_spotter.readers import cdk
from sidecar_spotter.readers.common import code_files
from sidecar_spotter.tree import Unreadable

TYPESCRIPT = """\
export class Shop extends Stack {
  constructor(scope: Construct, id: string) {
    // this.task.addContainer('in a comment', {});
    this.task = new ecs.FargateTaskDefinition(this, 'Task', { cpu: 256 });
    const web = this.task.addContainer('web', {
      image: ecs.ContainerImage.fromRegistry('example.com/web:1'),
      environment: { COLLECTOR: 'http://localhost:4317', HOME: home },
      portMappings: [{ containerPort: 8080 }],
      logging: ecs.LogDrivers.firelens({}),
    });
    web.addMountPoints({ sourceVolume: 'logs', containerPath: '/out',
      readOnly: false });
    const ship = this.task!.addContainer("ship", {
      image: ecs.ContainerImage.fromAsset(path.join(__dirname, 'ship')),
      command: ['--follow', `/in/web.log`],
      essential: false,
    });
    ship.addMountPoints(
      { containerPath: '/in', sourceVolume: 'logs', readOnly: true },
    );
    ship.addPortMappings({ containerPort: 4317 });
    const first = this.task.addContainer('first', { image });
    web.addContainerDependencies({
      container: first, condition: ecs.ContainerDependencyCondition.SUCCESS,
    }, { container: ship, condition: ecs.ContainerDependencyCondition.START });
    this.task.addFirelensLogRouter('router', { image: obtain() });
    const other = new ecs.Ec2TaskDefinition(this, 'Other');
    other.addContainer('alone', { image: x });
  }
}
"""
PYTHON = '''\
"""task.add_container("in a text")"""
task = ecs.FargateTaskDefinition(self, "Task")
web = task.add_container(  # the shop
    "Main",
    container_name="web",
    image=ecs.ContainerImage.from_registry("example.com/web:1"),
    environment={"COLLECTOR": "http://localhost:4317"},
    port_mappings=[ecs.PortMapping(container_port=8080)],
)
web.add_mount_points(ecs.MountPoint(
    source_volume="logs", container_path="/out", read_only=False))
ship = task.add_container("ship", command=["--follow", "/in"], essential=False)
ship.add_mount_points(
    ecs.MountPoint(source_volume="logs", container_path="/in", read_only=True)
)
'''


def test_typescript_builds_a_task() -> None:
    group, other = units("lib/shop.ts", TYPESCRIPT)
    assert (group.platform, group.name) == ("ecs", "task")
    assert group.marks == {"code", "deploys"}
    assert [(one.name, one.line, one.stage) for one in group.containers] == [
        ("web", 5, "run"),
        ("ship", 13, "run"),
        ("first", 22, "init"),
        ("router", 26, "run"),
    ]
    web, ship = box(group, "web"), box(group, "ship")
    assert web.image == Text("example.com/web:1", 6)
    assert [one.text for one in web.settings] == [
        "COLLECTOR=http://localhost:4317",
        "HOME=home",
    ]
    assert [port.number for port in (*web.ports, *ship.ports)] == [8080, 4317]
    assert ship.image is not None and "fromAsset" in ship.image.text
    assert [word.text for word in ship.words] == ["--follow", "/in/web.log"]
    assert (web.essential, ship.essential) == (True, False)
    assert [wait.text for wait in web.waits_for] == ["ship"]
    mounts = [(one.volume, one.path, one.read_only) for one in (*web.mounts,)]
    mounts += [(one.volume, one.path, one.read_only) for one in ship.mounts]
    assert mounts == [("logs", "/out", False), ("logs", "/in", True)]
    assert "gets the logs" in box(group, "router").notes[0].text
    assert names(other) == ["alone"]
    assert other.marks == {"code", "deploys", "bridge-network"}


def test_python_builds_one_too() -> None:
    group = unit("shop/stack.py", PYTHON)
    assert [(one.name, one.line) for one in group.containers] == [
        ("web", 3),
        ("ship", 12),
    ]
    web = box(group, "web")
    assert web.image == Text("example.com/web:1", 6)
    assert [port.number for port in web.ports] == [8080]
    assert [one.text for one in web.settings] == ["COLLECTOR=http://localhost:4317"]
    mounts = [one.read_only for box in group.containers for one in box.mounts]
    assert mounts == [False, True]


def test_a_pattern_adds_the_main_container_by_itself() -> None:
    text = """\
    const service = new patterns.ApplicationLoadBalancedFargateService(this, 'S', {
      taskImageOptions: {
        image: ecs.ContainerImage.fromRegistry('example.com/shop'),
      },
    });
    service.taskDefinition.addContainer('agent', { image: agent });
    """
    group = unit("app.ts", text)
    found = [(one.name, one.line) for one in group.containers]
    assert found == [("web", 2), ("agent", 6)]


def test_a_task_that_is_handed_over_is_only_a_part() -> None:
    text = """\
    export function withProxy(task: ecs.TaskDefinition) {
      task.addContainer('envoy', { image: ecs.ContainerImage.fromRegistry('envoy') });
    }
    """
    assert unit("app.ts", text).marks == {"code", "partial"}


def test_a_variable_may_stand_for_one_task_after_another() -> None:
    text = """\
    a = ecs.FargateTaskDefinition(self, "A")
    a.add_container("one", image=x)
    a = ecs.FargateTaskDefinition(self, "B")
    a.add_container("two", image=y)
    """
    assert [names(group) for group in units("app.py", text)] == [["one"], ["two"]]


def test_only_projects_of_cdk_are_looked_at(tmp_path: Path) -> None:
    for folder in ("infra/lib", "elsewhere", "infra/test"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "shop.ts").write_text(TYPESCRIPT)
    (tmp_path / "elsewhere/link.ts").symlink_to("shop.ts")
    assert scan(tmp_path).groups == ()
    (tmp_path / "infra/cdk.json").write_text("{}")
    report = scan(tmp_path)
    assert {one.group.path for one in report.groups} == {"infra/lib/shop.ts"}
    assert report.verdict == "uses-sidecar"
    labels = {one.name: one.label for one in report.groups[0].findings}
    assert labels == {
        "web": "main",
        "ship": "sidecar",
        "first": "init",
        "router": "sidecar",
    }


@pytest.mark.parametrize("path", ["a.d.ts", "test/a.ts", "a.test.ts", "tests/a.py"])
def test_types_and_tests_are_passed_over(path: str) -> None:
    assert units(path, TYPESCRIPT) == []


@pytest.mark.parametrize(
    "piece",
    [
        "t.addContainer(",
        "t.addContainer({",
        "t = x; t.addContainer('a', {b: {",
        "{",
        '"',
        "`",
        "/*",
        "'''",
        "a.",
        "a!",
        "a =\n",
        "t.addMountPoints({sourceVolume: 'a'",
        "t.addContainer('a', {environment: {a: 1,",
        " ",
        "\\",
    ],
)
@pytest.mark.parametrize("path", ["a.ts", "a.py"])
def test_hostile_code_costs_little_time(path: str, piece: str) -> None:
    start = "t = new T(); c = t.addContainer('b', {});\n"
    text = (start + piece * code_files.LARGEST)[: code_files.LARGEST]
    with within(2):
        list(cdk.read(path, text.encode(), Files()))


def test_a_generated_giant_is_refused() -> None:
    with pytest.raises(Unreadable, match="bytes"):
        list(cdk.read("a.ts", b" " * (code_files.LARGEST + 1), Files()))


CDK8S = """\
import { Deployment, EnvValue, Service } from "cdk8s-plus-31";
import { withCommonProps } from "../common";

export function createShop(chart: Chart) {
  const deployment = new Deployment(chart, "shop", { replicas: 1 });
  deployment.addContainer(
    withCommonProps({
      name: "shop",
      image: `registry.example/shop:${versions["registry/shop"]}`,
      ports: [{ number: 8080, name: "web" }],
      envVariables: { LEVEL: EnvValue.fromValue("info") },
    }),
  );
  deployment.addInitContainer({
    name: "seed",
    image: "registry.example/shop:1",
    command: ["seed"],
  });
  // Counting sidecar - asks the shop how much it sells
  deployment.addContainer({
    name: "till",
    image: "registry.example/till:2",
    portNumber: 9000,
    envVariables: { SHOP: EnvValue.fromValue("http://localhost:8080") },
    args: ["--every", "10s"],
    volumeMounts: [{ path: "/till", volume: tills }],
  });
}
"""


def test_code_of_cdk8s_adds_containers_to_a_pod(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"dependencies": {"cdk8s": "2"}}')
    (tmp_path / "shop.ts").write_text(CDK8S)
    (judged,) = scan(tmp_path).groups
    assert (judged.group.platform, judged.group.kind) == ("kubernetes", "cdk8s pod")
    shop, seed, till = judged.group.containers
    assert seed.stage == "init"
    assert shop.image is not None
    assert shop.image.text.startswith("registry.example/shop:")
    assert [port.number for port in shop.ports] == [8080]
    assert [port.number for port in till.ports] == [9000]
    assert [word.text for word in till.words] == ["--every", "10s"]
    assert [one.text for one in till.settings] == ["SHOP=http://localhost:8080"]
    assert {one.name: one.label for one in judged.findings} == {
        "shop": "main",
        "seed": "init",
        "till": "sidecar",
    }
    (found,) = [one for one in judged.findings if one.name == "till"]
    assert {one.feature for one in found.evidence} >= {"localhost", "telling-name"}
