"""The questions: their format, their answers, and what each form of the book has."""

import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from bs4 import BeautifulSoup, Tag
from builds import Built, sphinx
from exercises.read import GOALS, KINDS, FormatError, Question, read_file, read_folder
from markup import parsed
from sources import DOCS, REPO

Handbook = Callable[[str], Built]
FOLDER = DOCS / "exercises"
SCHEMA = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
QUESTIONS = read_folder(FOLDER, REPO)
AT_LEAST, OF_EACH_GOAL, OF_EACH_KIND, WITH_A_MANIFEST = 60, 12, 5, 8

GOOD: dict[str, str] = {
    "one": """
- id: first
  title: First
  kind: one
  goal: 1
  passage: start
  question: Which?
  choices:
    - {text: This., right: true, why: It is.}
    - {text: That., why: It is not.}
  explanation: So it is.
""",
    "line": """
- id: second
  title: Second
  kind: line
  goal: 2
  passage: start
  question: Which line?
  manifest: {file: pod.yaml, start-at: "spec:"}
  choices:
    - {line: "b: 2", right: true, why: It is.}
    - {line: "c: 3", why: It is not.}
  explanation: So it is.
""",
    "order": """
- id: third
  title: Third
  kind: order
  goal: 3
  passage: start
  question: In which order?
  steps: [One., Two., Three.]
  explanation: So it is.
""",
}
WRONG = {
    "no goal": ("one", "goal: 1", "", "has no goal"),
    "a goal that is none": ("one", "goal: 1", "goal: 5", "write 1, 2, 3 or 4"),
    "a kind that is none": ("one", "kind: one", "kind: two", "one, several, order"),
    "no passage": ("one", "passage: start", "", "has no passage"),
    "an unknown field": ("one", "goal: 1", "goal: 1\n  hint: No.", "'hint'"),
    "an id in capitals": ("one", "id: first", "id: First", "'First'"),
    "a choice without why": ("one", ", why: It is not.", "", "choice 2 has no why"),
    "choices without text": ("one", "text: That., ", "", "choice 2 has no text"),
    "steps for a choice": ("one", "goal: 1", "goal: 1\n  steps: [a, b, c]", "steps"),
    "two steps": ("order", ", Three.", "", "at least three"),
    "the same step twice": ("order", "Two.", "One.", "all different"),
    "a line without manifest": (
        "line",
        'manifest: {file: pod.yaml, start-at: "spec:"}',
        "",
        "no manifest",
    ),
}
WRONG_BEYOND_THE_SCHEMA = {
    "no right choice": ("one", "right: true, ", "", "0 right choices"),
    "two right choices": ("one", "That.,", "That., right: true,", "2 right choices"),
    "a file that is gone": ("line", "pod.yaml", "gone.yaml", "no file gone.yaml"),
    "a marker that is gone": ("line", '"spec:"', '"spec2:"', "'spec2:' (start-at)"),
    "a line that is gone": ("line", '"b: 2"', '"b: 9"', "'b: 9' stands 0 times"),
    "a line that stands twice": ("line", '"c: 3"', '"a: 1"', "'a: 1' stands 2 times"),
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a small repository with a manifest."""
    (tmp_path / "pod.yaml").write_text(
        "kind: Pod\nspec:\n  a: 1\n  b: 2\n  c: 3\n  d:\n    a: 1\n"
    )
    return tmp_path


def questions_of(repository: Path, text: str) -> list[Question]:
    """Read questions from *text*."""
    path = repository / "page.yaml"
    path.write_text(text, encoding="utf-8")
    return read_file(path, repository)


@pytest.mark.parametrize("kind", GOOD)
def test_what_is_in_form_is_read(repository: Path, kind: str) -> None:
    """A question in form has no problems, neither by our code nor by the schema."""
    assert [q.kind for q in questions_of(repository, GOOD[kind])] == [kind]
    jsonschema.validate(yaml.safe_load(GOOD[kind]), SCHEMA)


@pytest.mark.parametrize("case", WRONG | WRONG_BEYOND_THE_SCHEMA)
def test_what_is_wrong_is_named(repository: Path, case: str) -> None:
    """An error names the file, the question and what to do."""
    kind, before, after, said = (WRONG | WRONG_BEYOND_THE_SCHEMA)[case]
    text = GOOD[kind].replace(before, after)
    assert text != GOOD[kind]
    with pytest.raises(FormatError) as error:
        questions_of(repository, text)
    assert said in str(error.value)
    name = yaml.safe_load(text)[0]["id"]
    assert str(error.value).startswith(f"page.yaml: question {name!r}: ")
    if case in WRONG:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.safe_load(text), SCHEMA)


def test_no_yaml_no_list_and_an_id_twice(repository: Path) -> None:
    """What cannot be read is named as well, and so is an id that stands twice."""
    with pytest.raises(FormatError, match=r"page\.yaml: this is not YAML"):
        questions_of(repository, "- id: [")
    with pytest.raises(FormatError, match=r"page\.yaml: write a list"):
        questions_of(repository, "id: first")
    folder = repository / "exercises"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text(GOOD["one"])
    with pytest.raises(FormatError, match=r"b\.yaml: question 'first': .* a\.yaml"):
        read_folder(folder, repository)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda p: p.stem)
def test_the_schema_holds(path: Path) -> None:
    """Each file keeps to the one schema."""
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), SCHEMA)


def test_there_are_enough() -> None:
    """There are enough questions: in all, for each goal, of each kind, on manifests."""
    assert len(QUESTIONS) >= AT_LEAST
    goals = Counter(question.goal for question in QUESTIONS.values())
    assert min(goals[goal] for goal in GOALS) >= OF_EACH_GOAL
    kinds = Counter(question.kind for question in QUESTIONS.values())
    assert min(kinds[kind] for kind in KINDS) >= OF_EACH_KIND
    manifests = [q for q in QUESTIONS.values() if q.listing]
    assert len(manifests) >= WITH_A_MANIFEST


def test_the_right_choice_has_no_place_of_its_own() -> None:
    """Who always takes the second choice is wrong more often than not."""
    places = Counter(q.answer[0] for q in QUESTIONS.values() if q.kind == "one")
    assert max(places.values()) <= 0.5 * sum(places.values())
    assert all(q.answer != sorted(q.answer) for q in QUESTIONS.values() if q.steps)


def site(handbook: Handbook, name: str) -> BeautifulSoup:
    """Return a page of the built site."""
    text = (handbook("html").folder / f"{name}.html").read_text(encoding="utf-8")
    return parsed(text)


def on_the_site(handbook: Handbook) -> dict[str, Tag]:
    """Return every question of the site by its id."""
    return {
        str(one["data-question"]): one
        for path in sorted(handbook("html").folder.rglob("*.html"))
        if 'class="exercise"' in path.read_text(encoding="utf-8")
        for one in site(
            handbook,
            path.relative_to(handbook("html").folder).with_suffix("").as_posix(),
        ).select(".exercise")
    }


def test_every_question_is_shown_once(handbook: Handbook) -> None:
    """Each question of the files stands on one page of the site."""
    pages = handbook("html").folder.rglob("*.html")
    found = re.findall(
        r'data-question="([^"]+)"', "".join(p.read_text("utf-8") for p in pages)
    )
    assert sorted(found) == sorted(QUESTIONS)


def test_every_answer_names_its_passage(handbook: Handbook) -> None:
    """Each answer ends with a link to a place that is there, on a page with words."""
    root = handbook("html").folder
    for name, one in on_the_site(handbook).items():
        link = one.select("details a.reference.internal")[-1]
        page, _, place = str(link["href"]).rpartition("#")
        paths = [root / page, root / "pattern" / page, root / "context" / page]
        found = [path for path in paths if page and path.is_file()]
        if not page:  # The passage stands on the question's own page.
            found = list(root.rglob(f"{QUESTIONS[name].path.stem}.html"))
        anchors = {
            str(element["id"])
            for path in found
            for element in parsed(path.read_text("utf-8"))
            .select_one("[role=main]")
            .find_all(id=True)  # type: ignore[union-attr]
        }
        assert place in anchors, f"{name}: {link['href']}"


def test_every_choice_is_explained(handbook: Handbook) -> None:
    """Each choice has its reason at its letter, and the script knows the right ones."""
    for name, one in on_the_site(handbook).items():
        question = QUESTIONS[name]
        reasons = one.select(".exercise-whys > li")
        if question.choices and question.kind != "line":
            assert len(one.select(".exercise-choices > li")) == len(reasons), name
        right = [
            number
            for number, reason in enumerate(reasons)
            if "Right." in reason.get_text()
        ]
        if question.kind in ("one", "several"):
            assert one["data-answer"] == ",".join(map(str, right)), name
        if question.kind == "line":
            lines = one.select_one("pre").get_text().splitlines()  # type: ignore[union-attr]
            for number in map(int, str(one["data-answer"]).split(",")):
                assert any(
                    c.right and c.text in lines[number] for c in question.choices
                )
        if question.kind == "order":
            shown = [li.get_text() for li in one.select(".exercise-choices > li")]
            order = [shown[int(n)] for n in str(one["data-answer"]).split(",")]
            assert order == [reason.get_text() for reason in reasons], name


def test_questions_load_their_script_and_others_do_not(handbook: Handbook) -> None:
    """Only pages with questions load what makes forms of them."""
    loaded = {
        name: {
            str(script["src"]).rpartition("/")[2].partition("?")[0]
            for script in site(handbook, name).select("script[src*=exercise]")
        }
        for name in ("pattern/define", "index", "reference/glossary")
    }
    assert loaded["pattern/define"] == {"exercises.js"}
    assert loaded["index"] == {"exercise-progress.js"}
    assert loaded["reference/glossary"] == set()


def test_the_first_page_knows_every_question(handbook: Handbook) -> None:
    """What shows how far the reader is counts each question, under its goal."""
    lines = site(handbook, "index").select(".exercise-progress li")
    listed = [str(line["data-questions"]).split() for line in lines]
    assert len(listed) == len(GOALS)
    for goal, names in enumerate(listed, 1):
        assert names == [q.id for q in QUESTIONS.values() if q.goal == goal]


def test_the_epub_has_questions_and_solutions_apart(handbook: Handbook) -> None:
    """A link leads from each question to its solution, and another one back."""
    with zipfile.ZipFile(handbook("epub").folder / "sidecar-handbook.epub") as archive:
        pages = {
            name: parsed(archive.read(name).decode())
            for name in archive.namelist()
            if name.endswith(".xhtml")
        }
    solutions = pages["solutions.xhtml"]
    questions = {
        str(one["data-question"]): (name, one)
        for name, page in pages.items()
        for one in page.select(".exercise")
    }
    assert sorted(questions) == sorted(QUESTIONS)
    for name, (page, one) in questions.items():
        assert not one.select(".exercise-answer, details, .exercise-whys"), name
        there = one.select("a.reference")[-1]
        assert str(there["href"]).endswith(f"solutions.xhtml#solution-{name}")
        solution = solutions.find(id=f"solution-{name}")
        assert solution is not None, name
        back = solution.select_one("a.reference")
        assert back is not None, name
        assert str(back["href"]) == f"{page}#question-{name}"


def test_the_pdf_says_the_page_of_each_solution(handbook: Handbook) -> None:
    """LaTeX gets the answers in the appendix alone, with the number of the page."""
    tex = (handbook("latex").folder / "sidecar-handbook.tex").read_text("utf-8")
    before, after = tex.split(r"\chapter{Solutions}")
    for name in QUESTIONS:
        page = rf"\handbookpage{{\detokenize{{solutions:solution-{name}}}}}"
        assert before.count(page) == 1, name
        assert rf"\label{{\detokenize{{solutions:solution-{name}}}}}" in after, name
        assert re.search(rf"handbookpage.*:question-{name}\}}", after), name
    assert "Wrong." in after
    assert r"\sphinxstylestrong{Wrong.}" not in before


def test_a_passage_that_is_gone_fails_the_build(tmp_path: Path) -> None:
    """A label that nobody has is a warning that names the file of the question."""
    source = project(tmp_path, GOOD["one"].replace("passage: start", "passage: gone"))
    built = sphinx(source, tmp_path / "out", "html")
    assert built.status != 0
    assert "page.yaml" in built.warnings[0]
    assert "gone" in built.warnings[0]


def test_a_question_out_of_form_fails_the_build(tmp_path: Path) -> None:
    """The build ends with the file, the question and what to do."""
    source = project(tmp_path, GOOD["one"].replace("goal: 1", "goal: 7"))
    built = sphinx(source, tmp_path / "out", "html")
    assert built.status != 0
    assert "page.yaml: question 'first': goal is 7: write 1, 2, 3 or 4" in built.said


def test_ids_that_nobody_has_are_named(tmp_path: Path) -> None:
    """A directive that asks for a question that is not there is a warning."""
    source = project(tmp_path, GOOD["one"], ":ids: first nobody")
    built = sphinx(source, tmp_path / "out", "html")
    assert ["'nobody'" in warning for warning in built.warnings] == [True]


def project(root: Path, questions: str, option: str = ":file: page") -> Path:
    """Make a small book with one file of questions; return its folder."""
    source = root / "docs"
    (source / "exercises").mkdir(parents=True)
    (source / "exercises" / "page.yaml").write_text(questions, encoding="utf-8")
    (source / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(DOCS / '_ext')!r})\n"
        "extensions = ['myst_parser', 'exercises']\nproject = 'Demo'\n"
    )
    (source / "index.md").write_text(
        f"(start)=\n# Title\n\n```{{exercises}}\n{option}\n```\n\n"
        "## Solutions\n\n```{solutions}\n```\n"
    )
    return source
