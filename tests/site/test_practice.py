"""The cases to practice on: true, valid, and readable in every form."""

import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from bs4 import BeautifulSoup, Tag
from builds import Built, sphinx
from practice.cases import KINDS, PRACTICE, Case, Faulty, read
from sidecar_spotter.scan import scan
from sources import DOCS, fences
from test_manifests import check_compose, documents
from test_platform_examples import ecs_problems

Handbook = Callable[[str], Built]
FOLDERS = sorted(path for path in PRACTICE.iterdir() if path.is_dir())
CASES = [read(folder) for folder in FOLDERS]
PAGES = ("pattern/practice", "pattern/practice-more")
AT_LEAST = 12

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


# The cases ---------------------------------------------------------------------


def test_every_kind_of_case_is_there() -> None:
    """Enough cases, of all kinds and platforms, and no label that nobody may choose."""
    assert len(CASES) >= AT_LEAST
    assert {case.kind for case in CASES} == KINDS
    labels = Counter(box.label for case in CASES for box in case.containers)
    assert set(labels) == {
        *("main", "sidecar", "native-sidecar", "injected-sidecar"),
        *("ambassador", "adapter", "init", "not-a-sidecar"),
    }
    assert {case.path.name for case in CASES} >= {
        "compose.yaml",
        "task-definition.json",
    }


@each_case
def test_the_spotter_agrees(case: Case) -> None:
    """The handbook's own tool calls each container what the answer calls it."""
    findings = [
        finding
        for judged in scan(case.path.parent).groups
        for finding in judged.findings
    ]
    for box in case.containers:
        ours = {box.label, *box.also}
        lines = range(box.first, box.last + 1)
        found = [finding for finding in findings if finding.line in lines]
        if found:
            assert [f.label for f in found if f.label not in ours] == [], found
        else:
            # It says nothing of a program that is alone in its unit.
            assert "not-a-sidecar" in ours, f"{box.name} is not reported"
        findings = [finding for finding in findings if finding not in found]
    assert findings == []


@each_case
def test_the_manifest_is_valid(case: Case) -> None:
    """A platform would take the manifest as it stands."""
    text = case.path.read_text(encoding="utf-8")
    assert ":latest" not in text
    if case.path.suffix == ".json":
        assert ecs_problems(json.loads(text)) == []
        return
    for document in documents(case.path):
        if "services" in document:
            check_compose(case.path)
        elif document["apiVersion"].startswith("tekton.dev/"):
            validate(pod_of_task(document))
        else:
            validate(document)


def validate(document: dict[str, Any]) -> None:
    """Hold a document against the schemas of Kubernetes, old and new."""
    for version in ("1.29", "1.33", "1.37"):
        kubernetes_validate.validate(document, version, strict=True)


def pod_of_task(task: dict[str, Any]) -> dict[str, Any]:
    """Return a Pod with what a Tekton Task is made of: Tekton's own schema is no file.

    A step and a sidecar have the fields of a container, and no others here.
    """
    assert (task["apiVersion"], task["kind"]) == ("tekton.dev/v1", "Task")
    assert task["spec"].keys() == {"steps", "sidecars"}
    containers = task["spec"]["steps"] + task["spec"]["sidecars"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": task["metadata"],
        "spec": {"containers": containers},
    }


@each_case
def test_the_lines_are_those_of_the_container(case: Case) -> None:
    """What is marked for a container begins with its name, and ends before the next."""
    lines = case.text.splitlines()
    for box in case.containers:
        marked = lines[box.first - 1 : box.last]
        assert box.name in " ".join(marked[:2]), box.name
        depth = len(marked[0]) - len(marked[0].lstrip())
        deeper = (len(line) - len(line.lstrip()) > depth for line in marked[1:])
        assert all(deeper) or marked[-1].strip() in ("}", "},"), box.name
        assert box.shows, box.name


@each_case
def test_an_answer_is_short(case: Case) -> None:
    """A beginner gets one to four sentences, and a hint that does not say the label."""
    for box in case.containers:
        sentences = re.findall(r"[.?!)](?=\s|$)", box.why)
        assert 1 <= len(sentences) <= 4, box.name
    assert case.hint.endswith((".", "?", ")"))


def test_every_case_is_shown_once() -> None:
    """The pages show all cases, in the order of their numbers."""
    shown = [
        fence.argument
        for page in PAGES
        for fence in fences(DOCS / f"{page}.md")
        if fence.name == "{practice}"
    ]
    assert shown == [case.name for case in CASES]


# A faulty case -----------------------------------------------------------------

POD = """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      image: one
    - name: b
      image: two
# The end.

"""
CASE = """\
kind = "regular"
teaches = "start"
hint = "Look."
[[container]]
name = "a"
label = "main"
shows = ["image: one"]
why = "It is."
[[container]]
name = "b"
label = "sidecar"
shows = ["image: two"]
why = "It helps."
"""


def case_of(folder: Path, text: str, manifest: str = POD) -> Case:
    """Write a case into *folder* and read it."""
    folder.mkdir(exist_ok=True)
    (folder / "pod.yaml").write_text(manifest)
    (folder / "case.toml").write_text(text)
    return read(folder)


def test_a_case_is_read(tmp_path: Path) -> None:
    """The lines of a container end where the next begins, and where the file does."""
    a, b = case_of(tmp_path, CASE).containers
    assert (a.first, a.last, a.shows) == (5, 6, (6,))
    assert (b.first, b.last, b.shows) == (7, 8, (8,))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"main"', '"boss"', "a: no such label: boss"),
        ('"regular"', '"odd"', "no such kind: odd"),
        ('"image: one"', '"image: three"', "no line has: image: three"),
        ('"image: one"', '":"', "all have: :"),
        ('name = "a"', 'name = "c"', "0 containers are named c"),
        ('why = "It is."', "", "lacks why"),
        ('why = "It is."', 'why = ""', "empty: why"),
        ('hint = "Look."', 'hint = "Look."\nhnit = "x"', "unknown, .*: hnit"),
        ('hint = "Look."', "hint = ", "case.toml: .*line 3"),
        ('name = "b"', 'name = "a"', "in the order of the file"),
        ('["image: one"]', "[5]", "a: shows and also are lists of text"),
    ],
)
def test_a_faulty_case_says_what_to_mend(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    """A mistake in a case is named in words."""
    assert old in CASE
    with pytest.raises(Faulty, match=says):
        case_of(tmp_path, CASE.replace(old, new, 1))


def test_a_manifest_that_is_no_yaml(tmp_path: Path) -> None:
    """The fault of a manifest is named with its line."""
    with pytest.raises(Faulty, match="line 2"):
        case_of(tmp_path, CASE, "a: [\nb: }\n")


@pytest.mark.parametrize("argument", ["no-such-case", "01-weather"])
def test_a_faulty_case_fails_the_build(tmp_path: Path, argument: str) -> None:
    """A case that is not there, or links to a passage that is not, is no page."""
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(DOCS / '_ext')!r})\n"
        "extensions = ['myst_parser', 'sphinx_design', 'practice']\n"
    )
    text = f"# Title\n\n## Case\n\n```{{practice}} {argument}\n```\n"
    (tmp_path / "index.md").write_text(text)
    built = sphinx(tmp_path, tmp_path / "out", "html")
    assert built.status != 0
    said = "needs one manifest" if argument == "no-such-case" else "undefined label"
    assert said in built.said


# The page ----------------------------------------------------------------------


def shown_cases(handbook: Handbook) -> list[Tag]:
    """Return the cases on the built pages."""
    found: list[Tag] = []
    for page in PAGES:
        html = (handbook("html").folder / f"{page}.html").read_text(encoding="utf-8")
        found += BeautifulSoup(html, "html.parser").select(".practice")
    return found


def test_the_page_has_each_container_as_a_block(handbook: Handbook) -> None:
    """A block holds the container's own lines; those that decide are marked."""
    shown = shown_cases(handbook)
    assert [box["data-case"] for box in shown] == [case.name for case in CASES]
    for box, case in zip(shown, CASES, strict=True):
        lines = case.text.splitlines(keepends=True)
        code = box.select_one("pre")
        assert code is not None
        assert code.get_text() == case.text
        for i, container in enumerate(case.containers):
            block = code.select_one(f'[data-block="{i}"]')
            assert block is not None
            assert block.get_text() == "".join(
                lines[container.first - 1 : container.last]
            )
            marked = code.select(f'[data-shows~="{i}"]')
            assert [line.get_text() for line in marked] == [
                lines[number - 1] for number in container.shows
            ]


def test_the_answers_are_on_the_page_folded(handbook: Handbook) -> None:
    """Who has no JavaScript unfolds a hint, and an answer with a link to read on."""
    for box, case in zip(shown_cases(handbook), CASES, strict=True):
        titles = [title.get_text() for title in box.select("details > summary")]
        assert titles == ["Hint", "Answer"]
        items = box.select(".practice-answer li")
        assert len(items) == len(case.containers)
        for item, container in zip(items, case.containers, strict=True):
            assert item.get_text().strip().startswith(container.name)
            for number in container.shows:
                assert re.search(rf"See lines?\b.*\b{number}\b", item.get_text())
        assert box.select(".practice-answer > p a.reference")


def test_only_these_pages_load_the_script(handbook: Handbook) -> None:
    """Other pages do not pay for it."""
    for path in handbook("html").folder.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        name = path.relative_to(handbook("html").folder).with_suffix("").as_posix()
        here = name in PAGES
        assert ("practice.js" in page) is here, path.name
        assert ("practice.css" in page) is here, path.name


def test_on_paper_the_answers_come_last(handbook: Handbook) -> None:
    """In the PDF and the EPUB, lines have numbers and answers follow all cases."""
    tex = (handbook("latex").folder / "sidecar-handbook.tex").read_text()
    chapters = re.split(r"\\chapter\{", tex)
    halves = [
        chapter.split("The answers", 1)
        for chapter in chapters
        if chapter.startswith("Practice: ")
    ]
    assert len(halves) == len(PAGES)
    listings, answers = ("".join(parts) for parts in zip(*halves, strict=True))
    assert listings.count("numbers=left") == len(CASES)
    assert "is the \\sphinxstylestrong{main container}" not in listings
    for number, case in enumerate(CASES, start=1):
        assert answers.count(f"Case {number}:") == 1  # in its own chapter alone
        answer = answers.split(f"Case {number}:")[1].split("Read more:")[0]
        assert answer.count(r"\item") == len(case.containers)


def test_in_the_epub_too(handbook: Handbook) -> None:
    """The lines of the EPUB's listings have numbers, as the answers name them."""
    numbers = 0
    with zipfile.ZipFile(handbook("epub").folder / "sidecar-handbook.epub") as archive:
        for name in PAGES:
            text = archive.read(f"{name}.xhtml").decode()
            page = BeautifulSoup(text, "html.parser")
            assert not page.select("details, script[src*=practice], [data-block]")
            said = page.get_text()
            assert said.rindex("Hint") < said.index("The answers") < said.index("Recap")
            numbers += len(page.select("pre .linenos"))
    assert numbers == sum(len(case.text.splitlines()) for case in CASES)


def test_yaml_reads_each_manifest() -> None:
    """No tab and no duplicate hides in a manifest."""
    for case in CASES:
        assert "\t" not in case.text
        assert list(yaml.safe_load_all(case.text))
