"""The sections on features, made of the modules of the spotter."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from builds import Built, sphinx
from features import features
from sources import DOCS

MODULE = '''"""A {strength} thing

It *is* one.

Kubernetes (`examples/features/thing/for.yaml`):

```yaml
kind: Pod
```

Compose (`examples/features/thing/for.compose.yaml`):

```yaml
services:
```

More of it.

```{{doctest}}
>>> 1 + 1
2
```
"""

import nowhere

NAME = "some-thing"
STRENGTH = "{strength}"
'''
PAGE = """# Title

## Things

```{feature} some-thing
```

## After

See {ref}`LABEL`.
"""


def build(folder: Path, strength: str, page: str, builder: str = "html") -> Built:
    """Build one page with one feature."""
    modules = folder / "modules"
    modules.mkdir()
    (modules / "some_thing.py").write_text(MODULE.format(strength=strength))
    (folder / "conf.py").write_text(
        f"import pathlib, sys\nsys.path.insert(0, {str(DOCS / '_ext')!r})\n"
        f"import features\nfeatures.MODULES = pathlib.Path({str(modules)!r})\n"
        "extensions = ['myst_parser', 'sphinx.ext.doctest', 'sphinx_design']\n"
        "extensions += ['features']\n"
        "myst_enable_extensions = ['colon_fence']\n"
    )
    (folder / "index.md").write_text(page)
    return sphinx(folder, folder / builder, builder)


@pytest.mark.parametrize(
    ("strength", "label"),
    [("strong", "feature-some-thing"), ("against", "against-some-thing")],
)
def test_section(tmp_path: Path, strength: str, label: str) -> None:
    """It has label, heading, words and tabs, and stands below the heading above."""
    built = build(tmp_path, strength, PAGE.replace("LABEL", label))
    assert built.warnings == []
    html = (built.folder / "index.html").read_text(encoding="utf-8")
    section = BeautifulSoup(html, "html.parser").select_one(f"#things #{label}")
    assert section is not None
    heading = section.find("h3")
    assert heading is not None and heading.get_text().startswith(f"A {strength} thing")
    assert section.find("span", id=f"a-{strength}-thing") is not None
    assert section.find("em", string="is") is not None
    (tabs,) = section.select(".sd-tab-set")
    labels = [one.get_text(strip=True) for one in tabs.select("label")]
    assert labels == ["Kubernetes", "Compose"]
    captions = [one.get_text() for one in tabs.select(".caption-text")]
    assert captions == [
        "examples/features/thing/for.yaml",
        "examples/features/thing/for.compose.yaml",
    ]
    assert "More of it." not in tabs.get_text()
    assert f'<a class="reference internal" href="#{label}">' in html


def test_examples_in_a_section_run(tmp_path: Path) -> None:
    built = build(tmp_path, "strong", PAGE.replace(" {ref}`LABEL`", ""), "doctest")
    assert built.status == 0
    assert re.search(r"^\s*1 tests?$", built.said, re.MULTILINE)


def test_an_unknown_feature_is_a_warning(tmp_path: Path) -> None:
    built = build(tmp_path, "strong", "# Title\n\n```{feature} other\n```\n")
    assert built.status != 0
    (warning,) = built.warnings
    assert "index.md:3" in warning
    assert "no module for the feature 'other'" in warning


def test_a_module_is_named_after_its_feature() -> None:
    for name, one in features().items():
        assert one.path.stem == name.replace("-", "_")
