"""The list of places in real projects, and the links and tables made from it."""

import re
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from builds import sphinx
from projects import Place, read_places
from sources import DOCS, written
from sphinx.errors import ExtensionError

PLACES = read_places(DOCS / "projects.toml")
PROJECTS_IN_TABLES = 25

ENTRY = """[demo]
repo = "owner/name"
commit = "{commit}"
path = "deploy/pod.yaml"
lines = "{lines}"
says = "restartPolicy: Always"
job = "logs"
form = "{form}"
notice = "It says `Always`."
"""
GOOD = {"commit": "a" * 40, "lines": "12-14", "form": "native"}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_place(place: Place) -> None:
    """Each place has what a permanent link and its table row need."""
    assert re.fullmatch(r"[0-9a-f]{40}", place.commit)
    assert re.fullmatch(r"\d+(-\d+)?", place.lines)
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", place.repo)
    assert not place.path.startswith("/")
    assert 0 < len(place.says) <= 80
    assert bool(place.job) == bool(place.notice) == bool(place.form), (
        "job, form and notice go together"
    )


def test_each_place_stands_once() -> None:
    """No two entries name the same lines."""
    urls = Counter(place.url for place in PLACES.values())
    assert [url for url, count in urls.items() if count > 1] == []


def test_each_place_is_used() -> None:
    """Each place is linked from a page or stands in a table of one."""
    text = written()
    linked = set(re.findall(r"\{project\}`(?:[^`<]*<)?([\w-]+)>?`", text))
    jobs = {job.strip() for job in re.findall(r"\{projects\}\s+(.+)", text)}
    unused = [k for k, p in PLACES.items() if k not in linked and p.job not in jobs]
    assert unused == []
    projects = {place.repo for place in PLACES.values() if place.job in jobs}
    assert len(projects) >= PROJECTS_IN_TABLES


def build(folder: Path, entry: dict[str, str], page: str) -> tuple[str, str]:
    """Build one page with one place; return its HTML and what the build said."""
    (folder / "conf.py").write_text("extensions = ['myst_parser', 'projects']\n")
    (folder / "projects.toml").write_text(ENTRY.format(**entry))
    (folder / "index.md").write_text(page)
    (folder / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(DOCS / '_ext')!r})\n"
        "extensions = ['myst_parser', 'projects']\n"
    )
    built = sphinx(folder, folder / "out", "html")
    html = folder / "out" / "index.html"
    return html.read_text() if html.exists() else "", built.said


def test_a_link_is_permanent(tmp_path: Path) -> None:
    """The role links the lines at the commit; the table shows form and notice."""
    page = "# T\n\nSee {project}`the pod <demo>`.\n\n```{projects} logs\n```\n"
    html, said = build(tmp_path, GOOD, page)
    soup = BeautifulSoup(html, "html.parser")
    url = f"https://github.com/owner/name/blob/{'a' * 40}/deploy/pod.yaml#L12-L14"
    assert [a.get_text() for a in soup.find_all("a", href=url)] == [
        "the pod",
        "owner/name",
    ], said
    table = soup.find("table")
    assert table is not None
    assert "native" in table.get_text()
    assert table.find("code") is not None


def test_an_unknown_place_is_a_warning(tmp_path: Path) -> None:
    """A link to a place that the list lacks names the page and the line."""
    _, said = build(tmp_path, GOOD, "# T\n\nSee {project}`nothing`.\n")
    assert "index.md:3: WARNING: no place 'nothing'" in said


def test_an_unknown_job_is_a_warning(tmp_path: Path) -> None:
    """A table without rows is noticed."""
    _, said = build(tmp_path, GOOD, "# T\n\n```{projects} nothing\n```\n")
    assert "no place with the job 'nothing'" in said


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"commit": "abc"}, "all 40 digits"), ({"form": "odd"}, "form is one of")],
)
def test_a_wrong_entry_is_named(
    tmp_path: Path, wrong: dict[str, str], words: str
) -> None:
    """A mistake in the list names the entry and what is wrong with it."""
    (tmp_path / "projects.toml").write_text(ENTRY.format(**GOOD | wrong))
    with pytest.raises(ExtensionError, match=rf"\[demo\].*{words}"):
        read_places(tmp_path / "projects.toml")
