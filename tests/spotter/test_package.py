"""The package, as somebody installs it: built, installed and called."""

import os
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

REPO = Path(__file__).parents[2]
PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPO,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in an environment of its own that sees the dependencies here."""
    home = tmp_path_factory.mktemp("installed")
    make = ("-m", "virtualenv", "--quiet", "--no-download", str(home))
    subprocess.run([sys.executable, *make], check=True, timeout=120)
    install = ("-m", "pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel))
    subprocess.run([home / "bin" / "python", *install], check=True, timeout=120)
    packages = next(home.glob("lib/python*/site-packages"))
    (packages / "here.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "sidecar-spotter"


def call(command: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [command, *words], cwd="/", env=env, capture_output=True, text=True, timeout=60
    )


def test_the_wheel_holds_the_spotter_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"sidecar_spotter", f"{wheel.name.split('-py3')[0]}.dist-info"}
    source = REPO / "examples" / "sidecar_spotter"
    modules = {
        f"sidecar_spotter/{path.relative_to(source).as_posix()}"
        for path in source.rglob("*.py")
    }
    data = {"sidecar_spotter/py.typed", "sidecar_spotter/report.schema.json"}
    assert {name for name in names if name.startswith("sidecar")} - {
        name for name in names if ".dist-info/" in name
    } == modules | data


def test_the_installed_command_says_its_version(installed: Path) -> None:
    done = call(installed, "--version")
    assert done.stderr == ""
    assert done.stdout == f"sidecar-spotter {PROJECT['project']['version']}\n"


def test_the_installed_command_scans(installed: Path) -> None:
    pod = REPO / "examples" / "pods" / "served_log" / "pod.yaml"
    done = call(installed, "scan", str(pod))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Verdict: uses-sidecar" in done.stdout


def test_tests_use_what_the_package_needs() -> None:
    groups = PROJECT["dependency-groups"]
    assert groups["spotter"] == PROJECT["project"]["dependencies"]


def test_the_pre_commit_hook_calls_the_command(installed: Path) -> None:
    text = (REPO / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    (hook,) = yaml.safe_load(text)
    assert (hook["id"], hook["language"]) == ("sidecar-spotter", "python")
    command, *words = hook["entry"].split()
    assert command in PROJECT["project"]["scripts"]
    assert hook["args"] == ["."]
    pod = str(REPO / "examples" / "pods" / "served_log")
    assert call(installed, *words, pod).returncode == 0
