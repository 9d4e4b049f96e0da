"""The one sheet of the theme: without what no page uses, with all that one does."""

import re
from collections.abc import Callable

import assets
from builds import Built


def test_no_page_uses_what_is_left_out(handbook: Callable[[str], Built]) -> None:
    """A class that a page has is not among those whose rules are dropped."""
    built = handbook("html")
    assert built.status == 0, built.said[-2000:]
    used = {
        name
        for page in built.folder.rglob("*.html")
        for names in re.findall(r'class="([^"]*)"', page.read_text("utf-8"))
        for name in names.split()
    }
    assert len(used) > 100
    assert sorted(name for name in used if assets.UNUSED.match(name)) == []


def test_a_rule_is_kept_for_what_is_used() -> None:
    """Of a list of selectors, those stay that a page can have; so do their media."""
    css = "/* x */.sd-btn,.sd-card{a:b}.sd-btn-x{c:d}@media print{.sd-btn{e:f}.z{g:h}}"
    assert assets.pruned(css) == ".sd-card{a:b}@media print{.z{g:h}}"


def test_a_property_goes_with_its_last_reader() -> None:
    """One that only an idle one reads goes too; one read elsewhere stays."""
    css = "body{--a:1;--b:var(--a);--c:2;color:red}"
    assert assets.without_idle_properties(css, "") == "body{color:red}"
    kept = assets.without_idle_properties(css, "x { y: var(--b) }")
    assert kept == "body{--a:1;--b:var(--a);color:red}"
