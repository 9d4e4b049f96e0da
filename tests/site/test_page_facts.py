"""What a page says of itself, on a host that knows the repository, and on none."""

import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import page_facts
import pytest
from bs4 import BeautifulSoup
from builds import Built, sphinx
from published import addresses
from sources import DOCS, REPO, pages

Handbook = Callable[[str], Built]
NAMES = [path.relative_to(DOCS).with_suffix("").as_posix() for path in pages()]
HOST = "https://handbook.example/en/stable/"
ON_A_HOST = {
    "READTHEDOCS": "True",
    "READTHEDOCS_CANONICAL_URL": HOST,
    "READTHEDOCS_GIT_CLONE_URL": "https://github.com/someone/handbook.git",
    "READTHEDOCS_GIT_IDENTIFIER": "main",
}


def soup(built: Built, name: str) -> BeautifulSoup:
    """Parse one built page."""
    return parsed(built.folder / f"{name}.html")


@cache
def parsed(path: Path) -> BeautifulSoup:
    """Parse a file, once; what the drawings say is not looked at."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"<svg\b.*?</svg>", "", text, flags=re.DOTALL)
    return BeautifulSoup(text, "html.parser")


def meta(page: BeautifulSoup, name: str) -> str:
    """Return what a page says of itself under *name*, once."""
    [tag] = page.select(f"meta[name='{name}'], meta[property='{name}']")
    return str(tag["content"])


@pytest.fixture(scope="module")
def hosted(handbook: Handbook, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build a copy of the handbook that is no clone, as Read the Docs would."""
    room = tmp_path_factory.mktemp("hosted")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("docs", "examples", "images", "tests"):
        shutil.copytree(REPO / name, room / name, ignore=ignored)
    for name in ("noxfile.py", "pyproject.toml"):
        shutil.copy(REPO / name, room)
    drawn = REPO / ".cache" / "diagrams"  # by the other build
    options = ("-j", "auto", "-D", f"diagrams_cache={drawn}")
    return sphinx(room / "docs", room / "html", "html", *options, **ON_A_HOST)


def test_a_host_needs_no_clone(hosted: Built) -> None:
    """Without git the handbook builds without a warning, and names no change."""
    assert (hosted.status, hosted.warnings) == (0, []), hosted.said[-2000:]
    assert soup(hosted, "pattern/define").select(".last-updated") == []
    assert "lastmod" not in (hosted.folder / "sitemap.xml").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_each_page_describes_itself(hosted: Built, name: str) -> None:
    """Search engines and messengers get a sentence, the title and the full address."""
    page = soup(hosted, name)
    words = meta(page, "description")
    assert 40 <= len(words) <= page_facts.SUMMARY_LENGTH + 60
    assert words[-1] in ".…"
    assert "[" not in words
    assert meta(page, "og:description") == words
    assert meta(page, "og:url") == f"{HOST}{name}.html"
    assert meta(page, "og:image").startswith(HOST)
    [canonical] = page.select("link[rel=canonical]")
    assert canonical["href"] == f"{HOST}{name}.html"


def test_descriptions_differ(hosted: Built) -> None:
    """No two pages say the same of themselves."""
    words = [meta(soup(hosted, name), "description") for name in NAMES]
    assert len(set(words)) == len(words)


def test_the_breadcrumb_names_the_part(handbook: Handbook) -> None:
    """A page says in which part it stands, as the menu does; the first has none."""
    html = handbook("html")
    for name in NAMES:
        page = soup(html, name)
        crumbs = [item.get_text() for item in page.select("[aria-label=Breadcrumb] li")]
        if name == "index":
            assert crumbs == []
            continue
        entry = page.select_one(".sidebar-tree [aria-current=page]")
        assert entry is not None
        caption = entry.find_previous("p", class_="caption")
        assert caption is not None
        assert crumbs == ["Home", caption.get_text().strip(), entry.get_text()], name


def test_a_book_has_no_breadcrumb(handbook: Handbook) -> None:
    """In the EPUB the reader's device shows where a chapter stands."""
    chapter = (handbook("epub").folder / "context/history.xhtml").read_text()
    assert "Breadcrumb" not in chapter
    assert "minutes to read" not in chapter


def test_the_neighbors_have_titles(handbook: Handbook) -> None:
    """Previous and next are named, and lead along the menu."""
    html = handbook("html")
    menu = soup(html, "index").select(".sidebar-tree a.reference")
    for before, here, after in zip(menu, menu[1:], menu[2:], strict=False):
        page = soup(html, str(here["href"]).removesuffix(".html"))
        for kind, neighbor in (("prev", before), ("next", after)):
            [link] = page.select(f"a.{kind}-page .title")
            assert link.get_text() == neighbor.get_text()


def test_the_time_to_read_is_that_of_the_text(handbook: Handbook) -> None:
    """The minutes are the words, listings left out, by two hundred."""
    page = soup(handbook("html"), "context/history")
    said = page.select_one(".page-facts p")
    assert said is not None
    article = page.select_one("article")
    assert article is not None
    words = len(article.get_text(" ").split())
    for listing in article.select("pre, .page-facts, .headerlink"):
        words -= len(listing.get_text(" ").split())
    shown = re.fullmatch(r"(\d+) minutes to read", said.get_text())
    assert shown is not None
    assert abs(int(shown[1]) - words / 200) < 2


def test_the_last_change_is_that_of_the_commit(handbook: Handbook) -> None:
    """Each page shows the day of the newest commit that touched it."""
    if subprocess.run(["git", "rev-parse"], cwd=REPO, capture_output=True).returncode:
        pytest.skip("no clone, no changes")
    command = ["git", "log", "-1", "--format=%as", "--", "docs/context/history.md"]
    day = subprocess.run(command, cwd=REPO, capture_output=True, text=True).stdout
    year, _, date = day.strip().split("-")
    shown = soup(handbook("html"), "context/history").select_one(".last-updated")
    if not day.strip():
        assert shown is None  # the clone does not reach back so far
        return
    assert shown is not None
    assert re.search(rf"[A-Z]\w+ {int(date)}, {year}", shown.get_text())


def git(folder: Path, *command: str) -> None:
    """Run git in *folder*, as somebody, at one time."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    day = {"GIT_AUTHOR_DATE": "2026-03-01T12:00:00Z", "PATH": "/usr/bin:/bin"}
    subprocess.run(["git", *who, *command], cwd=folder, check=True, env=day)


def test_a_shallow_clone_does_not_guess(tmp_path: Path) -> None:
    """What is older than the clone reaches back has no day, rather than a wrong one."""
    origin = tmp_path / "origin"
    (origin / "docs").mkdir(parents=True)
    git(origin, "init", "-q")
    for name in ("old", "new"):
        (origin / "docs" / f"{name}.md").write_text(name)
        git(origin, "add", ".")
        git(origin, "commit", "-q", "-m", name)
    assert page_facts.changes(origin / "docs") == {
        "new": "2026-03-01",
        "old": "2026-03-01",
    }
    git(tmp_path, "clone", "-q", "--depth", "1", origin.as_uri(), "clone")
    known = page_facts.changes(tmp_path / "clone" / "docs")
    assert not any(known.values())
    assert page_facts.changes(tmp_path) == {}


def test_edit_this_page_where_the_repository_is_known(
    handbook: Handbook, hosted: Built
) -> None:
    """The link leads to the page's source on the host; unknown, there is no link."""
    [link] = soup(hosted, "pattern/define").select("a[rel=edit]")
    address = "https://github.com/someone/handbook/edit/main/docs/pattern/define.md"
    assert link["href"] == address
    assert soup(handbook("html"), "pattern/define").select("a[rel=edit]") == []


def test_the_lists_for_machines(hosted: Built) -> None:
    """The site map and llms.txt have each page once, and nothing that is no page."""
    tree = ElementTree.parse(hosted.folder / "sitemap.xml")
    listed = [str(place.text) for place in tree.iter() if place.tag.endswith("loc")]
    wanted = {f"{HOST}{page}" for page in addresses(hosted.folder) if "#" not in page}
    assert sorted(listed) == sorted(wanted)
    llms = (hosted.folder / "llms.txt").read_text()
    assert llms.startswith("# The Sidecar Handbook\n\n> ")
    linked = re.findall(r"^- \[[^]]+\]\(([^)]+)\): .{40,}$", llms, re.MULTILINE)
    assert sorted(linked) == sorted(wanted - {f"{HOST}index.html"})
    robots = (hosted.folder / "robots.txt").read_text()
    assert f"Sitemap: {HOST}sitemap.xml" in robots


def test_what_is_no_page_is_not_listed_by_others(hosted: Built) -> None:
    """The search and the page for lost readers ask not to be found."""
    for name in ("search", "404"):
        assert meta(soup(hosted, name), "robots") == "noindex"


def test_two_builds_are_the_same(handbook: Handbook, hosted: Built) -> None:
    """What we write beside the pages does not depend on order, place or time."""
    first, second = handbook("html").folder, hosted.folder
    for pattern in ("pagefind/**/*", "_static/terms_data.js"):
        files = {path.relative_to(first) for path in first.glob(pattern)}
        assert files
        assert files == {path.relative_to(second) for path in second.glob(pattern)}
        for file in files:
            if (first / file).is_file():
                assert (first / file).read_bytes() == (second / file).read_bytes()
    days = re.compile(r"<lastmod>.*?</lastmod>")
    for name in ("sitemap.xml", "llms.txt"):
        text = days.sub("", (first / name).read_text())
        base = "https://sidecar-handbook.readthedocs.io/en/latest/"
        assert text.replace(base, HOST) == (second / name).read_text()


def test_all_tabs_have_a_key(handbook: Handbook) -> None:
    """Each tab says with which others it stays in step."""
    for name in NAMES:
        for tab in soup(handbook("html"), name).select(".sd-tab-label"):
            assert tab.get("data-sync-id"), f"{name}: {tab.get_text()}"
