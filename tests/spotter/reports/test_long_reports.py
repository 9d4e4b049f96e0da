"""Long reports: what is told first, and what in short."""

from pathlib import Path

import pytest
from scanning import labels
from sidecar_spotter import scan
from sidecar_spotter.reports import Form, render

EMPTY_LIST = "shop:\n  extraContainers: []\n"


PLAIN = """\
apiVersion: v1
kind: Pod
metadata: {name: plain}
spec:
  initContainers: [{name: first, image: example.com/first}]
  containers: [{name: only, image: example.com/only}]
"""


HELPED = """\
apiVersion: v1
kind: Pod
metadata: {name: helped}
spec:
  containers:
    - {name: shop, image: example.com/shop}
    - {name: log-shipper, image: fluent/fluent-bit}
"""


def many(count: int) -> dict[str, str]:
    files = {f"a{number}/values.yaml": EMPTY_LIST for number in range(count)}
    files |= {f"b{number}/policy-tests/pod.yaml": PLAIN for number in range(count)}
    return files | {"y/plain.yaml": PLAIN, "z/z.yaml": HELPED}


def told(tmp_path: Path, count: int, form: Form) -> str:
    labels(tmp_path, many(count))
    return render(form, [scan(tmp_path)])


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_many_of_little_interest_are_told_in_short(form: Form, tmp_path: Path) -> None:
    text = told(tmp_path, 12, form).replace("\\", "")
    assert text.index("z.yaml") < text.index("Lists that nobody has filled: 12")
    assert text.index("plain.yaml") < text.index("Units for tests")
    assert "Units for tests, without a sidecar: 12" in text
    assert text.count("extraContainers") == 0
    assert text.count("values.yaml") == 8
    assert text.count("and 4 more files") == 2


def test_few_of_little_interest_stand_behind_the_others(tmp_path: Path) -> None:
    text = told(tmp_path, 2, "text")
    assert text.index("z.yaml") < text.index("a0/values.yaml")
    # Both files say the same.
    assert text.count("extraContainers") == 1
    assert "a1/values.yaml" in text
    assert "Units for tests" not in text


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_programs_are_told_all_in_the_order_of_the_files(
    form: Form, tmp_path: Path
) -> None:
    text = told(tmp_path, 12, form)
    assert text.index('"a0/values.yaml"') < text.index('"z/z.yaml"')
    assert text.count("/values.yaml") >= 12
    assert str(tmp_path) not in text.replace(f'"root": "{tmp_path}"', "")


def test_the_text_names_files_as_they_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels(tmp_path, {"deploy/pod.yaml": HELPED})
    monkeypatch.chdir(tmp_path)
    for called, place in {
        ".": "deploy/pod.yaml:5",
        "deploy": "deploy/pod.yaml:5",
        "deploy/": "deploy/pod.yaml:5",
        "deploy/pod.yaml": "deploy/pod.yaml:5",
        str(tmp_path): f"{tmp_path}/deploy/pod.yaml:5",
    }.items():
        text = render("text", [scan(called)])
        found = [line for line in text.splitlines() if "pod.yaml:5" in line]
        assert found[0].split()[0] == place
    monkeypatch.chdir(tmp_path / "deploy")
    assert "pod.yaml:5  Pod helped" in render("text", [scan("pod.yaml")])
