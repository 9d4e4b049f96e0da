"""What a page tells readers to put into their own repositories."""

import re
import subprocess
import sys
from typing import Any

import yaml
from sources import REPO

IN_CI = REPO / "examples" / "in_ci"


def workflow() -> dict[str, Any]:
    """Return the workflow as data."""
    data = yaml.safe_load((IN_CI / "sidecars.yml").read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def test_the_workflow_is_one() -> None:
    """GitHub would take the workflow, and each action is named by a commit."""
    path = IN_CI / "sidecars.yml"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.github-workflows", str(path)),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    actions = [
        step["uses"] for step in workflow()["jobs"]["spot"]["steps"] if "uses" in step
    ]
    assert len(actions) == 2
    assert all(re.search(r"@[0-9a-f]{40}$", action) for action in actions)


def test_the_workflow_calls_the_command_as_it_is() -> None:
    """The command and its options in the workflow are those of the program."""
    [line] = [
        step["run"]
        for step in workflow()["jobs"]["spot"]["steps"]
        if "sidecar-spotter" in step.get("run", "")
    ]
    words = line.replace("\\\n", " ").split()
    words = words[words.index("sidecar-spotter") + 1 :]
    assert words[:2] == ["scan", "."]
    done = subprocess.run(
        [sys.executable, "-m", "sidecar_spotter", "scan", "pod.yaml", *words[2:4]],
        cwd=REPO / "examples" / "pods" / "served_log",
        env={"PYTHONPATH": str(REPO / "examples")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert '"version": "2.1.0"' in done.stdout
    assert words[4] == "--output"


def test_the_hook_is_one_of_ours() -> None:
    """The hook that a reader configures is declared in the clone."""
    config = yaml.safe_load((IN_CI / "pre-commit-config.yaml").read_text("utf-8"))
    declared = yaml.safe_load((REPO / ".pre-commit-hooks.yaml").read_text("utf-8"))
    wanted = {hook["id"] for repo in config["repos"] for hook in repo["hooks"]}
    assert wanted <= {hook["id"] for hook in declared}
