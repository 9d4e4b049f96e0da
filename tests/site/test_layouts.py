"""What the layouts extension promises: a picture cannot differ from its manifest."""

import os
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from builds import Built
from sources import DOCS, REPO, diagrams
from test_diagrams import build

CONF = """
import sys
sys.path.insert(0, {ext!r})
project = "tiny"
author = copyright = "us"
extensions = ["myst_parser", "layouts"]
html_static_path = [{static!r}]
mermaid_cmd = "mermaidx"
diagrams_cache = {cache!r}
"""
POD = """\
kind: Pod
apiVersion: v1
metadata: {name: shop}
spec:
  shareProcessNamespace: true
  volumes: [{name: logs, emptyDir: {}}, {name: ship, emptyDir: {}}]
  containers:
    - name: web
      image: example/web
      ports: [{containerPort: 8080}]
      volumeMounts: [{name: logs, mountPath: /logs}]
    - name: ship
      image: example/ship
      volumeMounts:
        - {name: logs, mountPath: /logs, readOnly: true}
        - {name: ship, mountPath: /ship}
"""
PAGE = """\
# Tiny

```{layout} pod.yaml
:title: A shop
:also: You ask web.
you([you]):::outside -->|pages| {web}
```
"""


def project(root: Path, page: str = PAGE, pod: str = POD) -> Path:
    """Make a project of one page and one manifest below *root*."""
    docs = root / "docs"
    docs.mkdir(parents=True, exist_ok=True)
    places = {"ext": DOCS / "_ext", "static": DOCS / "_static", "cache": root / "cache"}
    conf = CONF.format(**{name: str(path) for name, path in places.items()})
    (docs / "conf.py").write_text(conf, encoding="utf-8")
    (docs / "index.md").write_text(page, encoding="utf-8")
    (docs / "pod.yaml").write_text(pod, encoding="utf-8")
    return docs


def shown(built: Built) -> str:
    """Return the words of the drawing on the page."""
    html = (built.folder / "index.html").read_text(encoding="utf-8")
    drawing = BeautifulSoup(html, "html.parser").select_one(".diagram svg")
    assert drawing is not None
    return " ".join(drawing.get_text(" ").split())


def test_a_changed_manifest_changes_the_picture(tmp_path: Path) -> None:
    """Without a change to the page, in the same folder of output."""
    docs = project(tmp_path)
    built = build(docs)
    assert built.said == ""
    first = shown(built)
    for words in ("A shop", "port 8080", "you", "pages", "You ask web.", "may write"):
        assert words in first
    changed = POD.replace("8080", "9999").replace("name: web", "name: till")
    (docs / "pod.yaml").write_text(changed, encoding="utf-8")
    later = (docs / "pod.yaml").stat().st_mtime + 5
    os.utime(docs / "pod.yaml", (later, later))
    # The page still names web: that is an error now, and not an old picture.
    built = build(docs)
    assert "no container or volume 'web'" in built.said
    project(tmp_path, PAGE.replace("{web}", "{till}"), changed)
    second = shown(build(docs))
    assert "port 9999" in second
    assert "8080" not in second


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "you --> {wbe}",
            "no container or volume 'wbe' is in the file, which has: web",
        ),
        ("you --> {volume web}", "no volume 'web' is in the file"),
        (
            "you --> {ship}",
            "'ship' is a container and a volume: write {container ship}",
        ),
    ],
)
def test_a_wrong_name_is_a_warning_with_page_and_line(
    tmp_path: Path, line: str, message: str
) -> None:
    """The line is that of the name, not of the block; and no picture is left."""
    built = build(project(tmp_path, PAGE.replace("you([", f"{line}\nyou([")), "text")
    (warning,) = built.warnings
    assert re.search(r"index\.md:6: WARNING", warning)
    assert message in warning
    assert "A shop" not in (built.folder / "index.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("pod", "message"),
    [
        ("kind: Service\n", "pod.yaml holds no group of containers"),
        (f"{POD}---\n{POD}", "pod.yaml holds 2 groups of containers"),
        (f"{POD}\0", "pod.yaml cannot be read: binary"),
    ],
)
def test_a_file_without_one_system_is_a_warning(
    tmp_path: Path, pod: str, message: str
) -> None:
    """So is one that holds two, or cannot be read."""
    (warning,) = build(project(tmp_path, pod=pod), "text").warnings
    assert "index.md:3: WARNING" in warning
    assert message in warning


def test_a_file_that_is_not_there_is_a_warning(tmp_path: Path) -> None:
    """The warning calls the file as the page does."""
    docs = project(tmp_path, PAGE.replace("pod.yaml", "../pods/no.yaml"))
    (warning,) = build(docs, "text").warnings
    assert "index.md:3: WARNING" in warning
    assert "there is no file ../pods/no.yaml" in warning


def test_what_is_drawn_by_hand_is_said_in_words(tmp_path: Path) -> None:
    """Lines of the page's own, but no words for them: who hears them would miss it."""
    docs = project(tmp_path, PAGE.replace(":also: You ask web.\n", ""))
    (warning,) = build(docs, "text").warnings
    assert "index.md:3: WARNING" in warning
    assert ":also:" in warning


def test_a_tie_of_the_page_replaces_the_spotters_guess(tmp_path: Path) -> None:
    """The page knows how the two talk; the manifest shows only that one serves."""
    pod = re.sub(r" +volumeMounts:(?: \[.*|\n(?: +- \{.*\n)+)", "", POD)
    guess = build(project(tmp_path, pod=pod), "text")
    told = PAGE.replace("you([", "{ship} -->|asks| {web}\nyou([")
    without = build(project(tmp_path, told, pod), "text", "again")
    said = "ship sees processes of web"
    assert said in (guess.folder / "index.txt").read_text(encoding="utf-8")
    assert said not in (without.folder / "index.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page", sorted((DOCS / "labs").glob("*.md")), ids=lambda page: page.stem
)
def test_the_picture_of_each_lab_comes_from_its_manifest(page: Path) -> None:
    """The first picture of the page is drawn from the file that the tests run."""
    first = diagrams(page)[0]
    assert first.name == "{layout}"
    file = (page.parent / first.argument).resolve()
    assert file == REPO / "examples" / "pods" / page.stem / "pod.yaml"
