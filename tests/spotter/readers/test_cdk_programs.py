"""AWS CDK: programs that deploy, constructs, and other languages."""

from pathlib import Path

import pytest
from reading import names, unit, units
from scanning import labels, scanned

STACK = """\
const task = new ecs.FargateTaskDefinition(this, 'task');
task.addContainer('shop', {image: ecs.ContainerImage.fromRegistry('shop')});
task.addContainer('xray', {
  image: ecs.ContainerImage.fromRegistry('amazon/aws-xray-daemon'),
});
"""


@pytest.mark.parametrize(
    ("needs", "text"),
    [
        ("package.json", '{"peerDependencies": {"aws-cdk-lib": "^2.1.0"}}'),
        ("pyproject.toml", 'dependencies = ["aws-cdk-lib"]'),
    ],
)
def test_a_library_of_constructs_has_no_application(
    tmp_path: Path, needs: str, text: str
) -> None:
    files = {"lib/stack.ts": STACK}
    assert labels(tmp_path, files) == {}
    found = labels(tmp_path, {needs: text, **files})
    assert found == {"shop": "main", "xray": "sidecar"}


def test_code_that_needs_something_else_is_left_alone(tmp_path: Path) -> None:
    files = {"package.json": '{"dependencies": {"express": "4"}}', "a/b.ts": STACK}
    assert labels(tmp_path, files) == {}


def test_a_task_may_be_a_patterns(tmp_path: Path) -> None:
    text = """\
const pat = new patterns.ApplicationLoadBalancedFargateService(this, 'shop', {
  taskImageOptions: {containerName: 'web', image: ecs.ContainerImage.fromAsset('.')},
});
const task = pat.taskDefinition;
task.addContainer('xray', {image: ecs.ContainerImage.fromRegistry('xray-daemon')});
"""
    found = labels(tmp_path, {"cdk.json": "{}", "stack.ts": text})
    assert found == {"web": "main", "xray": "sidecar"}


BUILT = """\
{
  var task = new ApplicationLoadBalancedFargateService(this, "shop",
      new Props { TaskImageOptions = new Options { ContainerName = "web" } });
  task.TaskDefinition.AddContainer("agent", new ContainerDefinitionOptions {
      Image = ContainerImage.FromRegistry("datadog/agent:7") });
}
"""


JAVA = """\
class Shop {
  Shop() {
    var task = ApplicationLoadBalancedFargateService.Builder.create(this, "shop")
        .taskImageOptions(Options.builder()
            .image(ContainerImage.fromRegistry("shop")).containerName("web").build())
        .build();
    task.getTaskDefinition().addContainer("x", ContainerDefinitionOptions.builder()
        .image(ContainerImage.fromRegistry("datadog/agent:7"))
        .containerName("agent").build());
  }
}
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [("a.js", STACK), ("src/Shop.cs", BUILT), ("src/main/java/Shop.java", JAVA)],
)
def test_the_cdk_has_other_languages(tmp_path: Path, path: str, text: str) -> None:
    found = labels(tmp_path, {"cdk.json": "{}", path: text})
    assert sorted(found.values()) == ["main", "sidecar"]
    assert found.get("agent", "sidecar") == "sidecar"


PROJECT = {"cdk.json": "{}"}


def test_a_program_of_the_cdk_is_a_deployment(tmp_path: Path) -> None:
    text = """\
task = ecs.FargateTaskDefinition(self, "Task")
task.add_container("shop", image=ecs.ContainerImage.from_registry("example.com/shop"))
task.add_container("xray-daemon",
    image=ecs.ContainerImage.from_registry("amazon/aws-xray-daemon"))
"""
    report = scanned(tmp_path, {**PROJECT, "stack.py": text})
    assert report.verdict == "uses-sidecar"
    assert "uses the sidecar pattern" in report.summary


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "stack.ts",
            """\
const task = new ecs.FargateTaskDefinition(this, 'T');
new ecs.ContainerDefinition(this, 'shop', {
  taskDefinition: task, image: ecs.ContainerImage.fromRegistry('example.com/shop') });
new ecs.ContainerDefinition(this, 'xray-daemon', {
  taskDefinition: task, image: ecs.ContainerImage.fromRegistry('amazon/aws-xray') });
""",
        ),
        (
            "main.go",
            """\
package main

import "github.com/aws/aws-cdk-go/awscdk/v2/awsecs"

func stack() {
	task := awsecs.NewFargateTaskDefinition(stack, jsii.String("T"), nil)
	task.AddContainer(jsii.String("shop"), &awsecs.ContainerDefinitionOptions{
		Image: awsecs.ContainerImage_FromRegistry(jsii.String("example.com/shop"), nil),
	})
	task.AddContainer(jsii.String("xray-daemon"), &awsecs.ContainerDefinitionOptions{
		Image: awsecs.ContainerImage_FromRegistry(jsii.String("amazon/aws-xray"), nil),
	})
}
""",
        ),
    ],
)
def test_the_cdk_has_other_ways_to_add_a_container(
    path: str, text: str, tmp_path: Path
) -> None:
    found = labels(tmp_path, {**PROJECT, path: text})
    assert found == {"shop": "main", "xray-daemon": "sidecar"}


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("\nconst dd = new DatadogECSFargate({ apiKey });", "datadog-agent", 2),
        ("service.add(new ext.AppMeshExtension({ mesh }));", "envoy", 1),
        (
            "new ecs.FargateService(this, {\n  serviceConnectConfiguration: {} });",
            "ecs-service-connect",
            2,
        ),
        ("service.enable_service_connect()", "ecs-service-connect", 1),
    ],
)
def test_a_construct_adds_a_container_by_itself(
    text: str, name: str, line: int
) -> None:
    (group,) = units("lib/stack.ts", text)
    assert [(ask.container, ask.line) for ask in group.requests] == [(name, line)]


def test_a_construct_that_is_written_here_adds_nothing() -> None:
    assert units("lib/stack.ts", "function FireLensExtension() {}") == []


CDK = """\
import * as ecs from "aws-cdk-lib/aws-ecs";
const trace: ecs.ContainerDefinitionOptions = {
  image: ecs.ContainerImage.fromRegistry("amazon/aws-xray-daemon"),
};
const task = new ecs.FargateTaskDefinition(this, "T");
task.addContainer("app", { image: ecs.ContainerImage.fromAsset(".") });
task.addContainer("daemon", trace);
for (const one of props.sidecars) {
  task.addContainer(one.name, { image: one.image });
}
task.addContainer("web", { image: ecs.ContainerImage.fromAsset("web") });
"""


def test_a_call_of_the_cdk_is_given_options_by_name() -> None:
    group = unit("stack.ts", CDK)
    assert names(group) == ["app", "daemon", "one.name", "web"]
    app, daemon, one, web = group.containers
    assert daemon.image is not None
    assert daemon.image.text == "amazon/aws-xray-daemon"
    assert [note.text for note in one.notes] == ["field: props.sidecars"]
    assert app.notes == web.notes == ()


def test_a_program_of_the_cdk_deploys_what_it_lists() -> None:
    text = 'import * as ecs from "aws-cdk-lib/aws-ecs";\n'
    text += "new ecs.CfnTaskDefinition(this, 't', { containerDefinitions: [\n"
    text += '  { name: "web", image: "a" }, { name: "log", image: "b" }] });\n'
    assert unit("stack.ts", text).marks == {"code", "deploys"}
