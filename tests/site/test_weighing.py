"""Which pages of a built site the bench weighs, and how it names the site."""

from pathlib import Path

from weight import called, names_of_pages, spread


def test_a_sample_is_spread_over_the_site() -> None:
    """It has the first page, pages from all parts, and no page twice."""
    names = [f"{number:03}.html" for number in range(601)]
    some = spread(names, 60)
    assert some[0] == "000.html"
    assert len(set(some)) == 60
    assert some == sorted(some)
    assert some[-1] > "580.html"
    assert spread(names[:7], 60) == names[:7]


def test_only_pages_are_weighed(tmp_path: Path) -> None:
    """Parts of a theme, a page that leads to another, and that for 404 are none."""
    site = tmp_path / "guide" / "html"
    for name in ("index", "part/one", "_static/frame", "old", "404"):
        file = site / f"{name}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("<p>Hello")
    (site / "old.html").write_text('<meta http-equiv="refresh" content="0; url=/">')
    assert names_of_pages(site) == ["index.html", "part/one.html"]
    assert called(site) == "guide"
    assert called(site / "part") == "part"
