"""The examples of `pattern/features` are what their platforms would take.

The files are `examples/features/FEATURE/for*` and `…/against*`. What follows the
first dot of the name says how to read a file: `.yaml` alone is Kubernetes,
`.compose.yaml` Compose, `.ecs.json` an Amazon ECS task definition, and so on. That each
feature is in them or not is for tests/spotter/test_features.py.
"""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session  # type: ignore[import-untyped, import-not-found, unused-ignore]
import botocore.validate  # type: ignore[import-untyped, import-not-found, unused-ignore]
import hcl2  # type: ignore[import-untyped, import-not-found, unused-ignore]
import kubernetes_validate  # type: ignore[import-untyped, import-not-found, unused-ignore]
import pytest
import yaml
from features import features

REPO = Path(__file__).resolve().parents[2]
FEATURES = REPO / "examples" / "features"
PAGE = REPO / "docs" / "pattern" / "features.md"
KUBERNETES = "1.33"

Doc = Any
"""A parsed document: what YAML, JSON or HCL makes of a file."""

FILES = {
    str(path.relative_to(FEATURES)): path
    for path in sorted(FEATURES.rglob("*.*"))
    if re.match(r"[^/]+/(for|against)\b", str(path.relative_to(FEATURES)))
}


def form(name: str) -> str:
    """Name the platform or kind of file that *name* stands for."""
    words = name.rsplit("/", 1)[-1].split(".")[1:-1]
    return words[0] if words else "kubernetes"


def named(*forms: str) -> list[str]:
    """List the files of these kinds."""
    return [name for name in FILES if form(name) in forms]


def read(path: Path) -> list[Doc]:
    """Parse every document of the file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return [json.loads(text)]
    return list(yaml.safe_load_all(text))


def containers(doc: Doc) -> Iterator[Doc]:
    """Yield the containers of a workload, those that start first too."""
    spec = doc["spec"] if doc["kind"] == "Pod" else doc["spec"]["template"]["spec"]
    yield from spec.get("initContainers", [])
    yield from spec["containers"]


def patched(docs: list[Doc]) -> list[Doc]:
    """Apply the patch to the Deployment of the example against the feature."""
    (target,) = copy.deepcopy(read(FEATURES / "second-container" / "against.yaml"))
    for step in docs[0]:
        *way, last = step["path"].strip("/").split("/")
        place = target
        for key in way:
            place = place[key]
        assert (step["op"], last) == ("add", "-")
        place.append(step["value"])
    return [target]


def test_page_has_each_feature() -> None:
    """Its section, and its row in a table that gives its strength."""
    page = PAGE.read_text(encoding="utf-8")
    sections = re.findall(r"^```\{feature\} (.+)$", page, re.MULTILINE)
    assert sorted(sections) == sorted(features())
    rows = dict(
        re.findall(r"^\* - \{ref\}`[^<]+<([\w-]+)>`\n  - (.+)$", page, re.MULTILINE)
    )
    assert rows.keys() == {one.label for one in features().values()}
    for one in features().values():
        assert one.strength in (rows[one.label], "against")


@pytest.mark.parametrize("name", named("kubernetes"))
def test_kubernetes_file_is_valid(name: str) -> None:
    """What Kubernetes itself defines passes its strict schema."""
    for doc in read(FILES[name]):
        group = doc["apiVersion"].rpartition("/")[0]
        if group in {"opentelemetry.io", "tekton.dev"}:
            assert {"apiVersion", "kind", "metadata", "spec"} == doc.keys()
            continue
        kubernetes_validate.validate(doc, KUBERNETES, strict=True)


@pytest.mark.parametrize("name", named("patch", "namespace"))
def test_other_kubernetes_file_is_valid(name: str) -> None:
    """A namespace, and the Deployment that comes of the patch, are valid."""
    docs = read(FILES[name])
    for doc in patched(docs) if form(name) == "patch" else docs:
        kubernetes_validate.validate(doc, KUBERNETES, strict=True)


@pytest.mark.parametrize("name", named("kubernetes"))
def test_each_container_is_pinned_and_limited(name: str) -> None:
    """The examples are fit to be copied: pinned image, requests and limits."""
    kinds = {"Pod", "Deployment", "StatefulSet", "DaemonSet", "Job"}
    for doc in read(FILES[name]):
        for container in containers(doc) if doc["kind"] in kinds else ():
            assert re.search(r":v?\d[\w.-]*$", container["image"])
            assert {"requests", "limits"} == container["resources"].keys()


def test_compose_files_match_the_specification() -> None:
    """The schema of the specification, which check-jsonschema carries."""
    paths = [str(FILES[name]) for name in named("compose")]
    command = [sys.executable, "-m", "check_jsonschema"]
    command += ["--builtin-schema", "vendor.compose-spec", *paths]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", named("ecs"))
def test_ecs_file_matches_the_api(name: str) -> None:
    """The API's own model of RegisterTaskDefinition."""
    model = botocore.session.get_session().get_service_model("ecs")
    shape = model.operation_model("RegisterTaskDefinition").input_shape
    (task,) = read(FILES[name])
    report = botocore.validate.ParamValidator().validate(task, shape)
    assert report.generate_report() == ""


@pytest.mark.parametrize("name", named("nomad"))
def test_nomad_file_is_hcl(name: str) -> None:
    """One job with one group."""
    (job,) = hcl2.loads(FILES[name].read_text(encoding="utf-8"))["job"]
    ((_, body),) = job.items()
    assert len(body["group"]) == 1
