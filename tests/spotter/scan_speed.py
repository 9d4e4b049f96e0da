"""Time a scan beside what it could be compared to, on made and on real checkouts.

``nox -s bench`` prints a table. Arguments are folders to scan too, such as large real
checkouts. The floor is `git grep -l containers:`, which reads the same files and thinks
nothing; the goal is four times that and 0.15 s. semgrep, if it is installed, looks for
pods that list two containers. A time is the median of three runs, each a process of its
own, so that its start is part of it; memory is that of both processes.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from samples import SAMPLES

RUNS = 3
SIZES = (1_000, 10_000, 100_000)
YAML = 5_000
# As an installed package is: compiled.
ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}

SCAN = """
import resource, sys
from sidecar_spotter import scan
report = scan(sys.argv[1])
own, other = (
    resource.getrusage(who).ru_maxrss
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
)
print(len(report.groups), own // 1024, other // 1024)
"""
RULE = """
rules:
- id: two-containers
  languages: [yaml]
  severity: INFO
  message: lists two containers
  pattern: |
    containers:
    - name: $FIRST
      ...
    - name: $SECOND
      ...
"""

ONE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-{number}
spec:
  selector: {{matchLabels: {{app: web-{number}}}}}
  template:
    metadata:
      labels: {{app: web-{number}}}
    spec:
      containers:
      - name: web-{number}
        image: registry.example/web:{number}
        env:
        - {{name: NUMBER, value: "{number}"}}
---
apiVersion: v1
kind: Service
metadata: {{name: web-{number}}}
spec:
  selector: {{app: web-{number}}}
  ports: [{{port: 80}}]
"""
SCHEMA = (
    """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: things-{number}}}
spec:
"""
    + "  containers: {{description: a sidecar, type: array}}\n" * 400
)
SETTINGS = "apiVersion: v1\nkind: ConfigMap\ndata:\n" + "  key: value {number}\n" * 30


def yaml_files() -> Iterator[tuple[str, str]]:
    """Yield names and texts of YAML files, mixed as in repositories, without end."""
    several = [text for name, text in SAMPLES.items() if name.endswith(".yaml")]
    number = 0
    while True:
        number += 1
        kind = number % 20
        if kind < 3:
            text = several[number % len(several)]
        else:
            made = SCHEMA if kind == 3 else ONE if kind < 12 else SETTINGS
            text = made.format(number=number)
        yield f"{number}.yaml", text


def lay(root: Path, files: int, *, yaml_only: bool) -> None:
    """Lay out a checkout of so many files, twenty to a folder."""
    manifests = yaml_files()
    code = "def work(number):\n    return number + {number}\n" * 40
    for number in range(files):
        folder = root / f"part-{number // 2000}" / f"folder-{number // 20}"
        if not number % 20:
            folder.mkdir(parents=True)
        if yaml_only or not number % 10:
            name, text = next(manifests)
        else:
            name = f"{number}{('.py', '.ts', '.go', '.md', '.json')[number % 5]}"
            text = code.format(number=number)
        (folder / name).write_text(text, encoding="utf-8")


def run(command: Sequence[str]) -> tuple[float, str]:
    """Return the median of the seconds that a command takes, and what it prints.

    The first run, which compiles the package and warms the file cache, does not count.
    """
    times, printed = [], ""
    for _ in range(1 + RUNS):
        begun = time.perf_counter()
        done = subprocess.run(
            command, env=ENVIRONMENT, capture_output=True, text=True, timeout=1800
        )
        times.append(time.perf_counter() - begun)
        printed = done.stdout
    return statistics.median(times[1:]), printed


def count(root: Path) -> int:
    """Return how many files lie below *root*."""
    return sum(len(files) for _, _, files in os.walk(root))


def measure(name: str, root: Path) -> None:
    """Print the line of the table for one checkout."""
    files = count(root)
    took, printed = run([sys.executable, "-c", SCAN, str(root)])
    groups, own, other = map(int, printed.split())
    grep = ["git", "-C", str(root), "grep", "--no-index", "-l", "containers:"]
    floor, _ = run(grep)
    goal = 4 * floor + 0.15
    print(
        f"{name:24.24} {files:7,} {groups:6,} {took:7.2f} {files / took:9,.0f} "
        f"{own:5} {other:5} {floor:6.2f} {goal:6.2f} {semgrep(root):>8}",
        flush=True,
    )


def semgrep(root: Path) -> str:
    """Return the seconds that semgrep takes, or a dash where it is not installed."""
    program = shutil.which("semgrep", path=str(Path(sys.executable).parent))
    if program is None or count(root) > 20_000:
        return "-"
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as rule:
        rule.write(RULE)
        rule.flush()
        options = ["--metrics=off", "--disable-version-check", "--no-git-ignore"]
        begun = time.perf_counter()
        subprocess.run(
            [program, "scan", "-q", *options, f"--config={rule.name}", str(root)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=1800,
        )
        return f"{time.perf_counter() - begun:.1f}"


def main() -> None:
    """Print the table."""
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    empty, _ = run([sys.executable, "-c", "pass"])
    loaded, _ = run([sys.executable, "-c", "import sidecar_spotter"])
    print(f"start: {loaded - empty:.3f} s beside Python's own {empty:.3f} s")
    print(
        f"{'checkout':24} {'files':>7} {'groups':>6} {'seconds':>7} {'a second':>9} "
        f"{'MiB':>5} {'2nd':>5} {'floor':>6} {'goal':>6} {'semgrep':>8}"
    )
    with tempfile.TemporaryDirectory() as name:
        for files in (*SIZES, YAML):
            only = files == YAML
            root = Path(name) / str(files)
            lay(root, files, yaml_only=only)
            measure("YAML only" if only else "made, a tenth is YAML", root)
            shutil.rmtree(root)
    for path in sys.argv[1:]:
        measure(Path(path).name, Path(path))


if __name__ == "__main__":
    main()
